//! Placeholders: `{plan.id}` and its like, replaced inside one argument and never splitting it.

use std::collections::BTreeMap;

use crate::{ids::WorkflowName, run::Refusal, text};

/// Every placeholder there is, but for `param.NAME`.
const NAMES: [&str; 13] = [
    "plan.id",
    "plan.title",
    "plan.path",
    "item.id",
    "item.code",
    "item.title",
    "item.path",
    "subplan.path",
    "execution.path",
    "run.id",
    "workspace",
    "prompt",
    "prompt.file",
];

/// The values that placeholders have in one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Values(pub BTreeMap<String, String>);

impl Values {
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// Replaces every placeholder of `text`. `{{name}}` stands for a literal `{name}`; braces
    /// around anything that can't be a name (JSON, `${x}` of a shell is one) are left alone.
    pub fn fill(&self, workflow: &WorkflowName, text: &str) -> Result<String, Refusal> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find('{') {
            filled.push_str(&rest[..start]);
            rest = &rest[start..];
            let (piece, taken) = match leading_placeholder(rest) {
                Found::Name(name) => (self.value(workflow, name)?.to_owned(), name.len() + 2),
                Found::Literal(literal) => (literal.to_owned(), literal.len() + 2),
                Found::Nothing => ("{".to_owned(), 1),
            };
            filled.push_str(&piece);
            rest = &rest[taken..];
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// The same for each of a list.
    pub fn fill_all(&self, workflow: &WorkflowName, texts: &[String]) -> Result<Vec<String>, Refusal> {
        texts.iter().map(|text| self.fill(workflow, text)).collect()
    }

    fn value(&self, workflow: &WorkflowName, name: &str) -> Result<&str, Refusal> {
        if let Some(value) = self.0.get(name) {
            return Ok(value);
        }
        let (why, fix) = if NAMES.contains(&name) {
            (format!("{{{name}}} has no value in this run"), without_value(name).to_owned())
        } else {
            (format!("there is no placeholder {{{name}}}"), self.suggestion(name))
        };
        Err(Refusal::BadRecipe { workflow: workflow.clone(), why, fix })
    }

    fn suggestion(&self, name: &str) -> String {
        let params = self.0.keys().map(String::as_str).filter(|it| it.starts_with("param."));
        match text::nearest(name, NAMES.into_iter().chain(params)) {
            Some(near) => format!("did you mean {{{near}}}? Write {{{{{name}}}}} for the text itself"),
            None => format!("write {{{{{name}}}}} for the text itself"),
        }
    }
}

fn without_value(name: &str) -> &'static str {
    match name.split('.').next() {
        Some("plan") => "choose a plan, or set needs = \"plan\"",
        Some("item") => "choose an item, or set needs = \"item\"",
        Some("subplan") => "the item has no SUBPLAN yet; set needs = \"subplan\" to say so first",
        Some("execution") => "the item has no EXECUTION_TASK yet",
        _ => "give the recipe a prompt or a prompt_file",
    }
}

enum Found<'a> {
    /// `{name}`, without the braces.
    Name(&'a str),
    /// `{{name}}`, with one pair of braces.
    Literal(&'a str),
    Nothing,
}

fn leading_placeholder(text: &str) -> Found<'_> {
    if let Some(name) = name_in_braces(text) {
        return Found::Name(name);
    }
    match name_in_braces(&text[1..]) {
        Some(name) if text[name.len() + 3..].starts_with('}') => Found::Literal(&text[1..name.len() + 3]),
        _ => Found::Nothing,
    }
}

/// The name when `text` begins with `{name}`.
fn name_in_braces(text: &str) -> Option<&str> {
    let body = text.strip_prefix('{')?;
    let name = &body[..body.find('}')?];
    let is_name = name.starts_with(|it: char| it.is_ascii_lowercase())
        && name.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '.' | '_' | '-'));
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        let mut values = Values::default();
        values.set("item.id", "2.3");
        values.set("plan.title", "a b; rm -rf $HOME {item.id}");
        values.set("param.level", "7");
        values
    }

    #[test]
    fn a_placeholder_is_replaced_once_and_in_place() {
        let check = |text: &str, expected: &str| {
            assert_eq!(values().fill(&"w".into(), text).as_deref(), Ok(expected), "{text}");
        };
        check("{item.id}", "2.3");
        check("@{item.id}-{param.level}!", "@2.3-7!");
        check("{plan.title}", "a b; rm -rf $HOME {item.id}");
        check("{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1}}");
        check("{}", "{}");
        check("{{item.id}}", "{item.id}");
        check("a { b", "a { b");
        check("é{item.id}日", "é2.3日");
        check("", "");
    }

    #[test]
    fn an_unknown_one_and_one_without_a_value_are_refused() {
        let check = |text: &str, why: &str, fix: &str| {
            let refusal = values().fill(&"w".into(), text).expect_err(text);
            let expected =
                Refusal::BadRecipe { workflow: "w".into(), why: why.to_owned(), fix: fix.to_owned() };
            assert_eq!(refusal, expected, "{text}");
        };
        check(
            "{item.idd}",
            "there is no placeholder {item.idd}",
            "did you mean {item.id}? Write {{item.idd}} for the text itself",
        );
        check(
            "{param.levl}",
            "there is no placeholder {param.levl}",
            "did you mean {param.level}? Write {{param.levl}} for the text itself",
        );
        check(
            "{subplan.path}",
            "{subplan.path} has no value in this run",
            "the item has no SUBPLAN yet; set needs = \"subplan\" to say so first",
        );
    }
}
