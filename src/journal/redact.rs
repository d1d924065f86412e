//! Taking secrets out of a typed line before it is kept.

use std::{borrow::Cow, ops::Range};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use regex::Regex;

/// Knows which names are secret.
#[derive(Clone, Debug)]
pub struct Redactor {
    secret: GlobSet,
    assignment: Regex,
}

/// What stands in place of a secret value.
pub const REDACTED: &str = "***";

impl Redactor {
    /// From the names whose values are never written (`*TOKEN*`, `*_KEY`); capitals don't count.
    ///
    /// # Errors
    /// When one of them is no pattern.
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Result<Self, globset::Error> {
        let mut secret = GlobSetBuilder::new();
        for pattern in patterns {
            secret.add(GlobBuilder::new(pattern).case_insensitive(true).build()?);
        }
        let assignment = Regex::new(r#"(?<name>[A-Za-z_][A-Za-z0-9_.-]*)(?<sign>=|"\s*:\s*)"#)
            .expect("a pattern that a test has tried");
        Ok(Self { secret: secret.build()?, assignment })
    }

    /// The line with `***` for every value that is given to a secret name, as `NAME=value`,
    /// `NAME="a value"`, `"NAME=a value"` or, in JSON, `"name": "value"`.
    #[must_use]
    pub fn redact<'a>(&self, line: &'a str) -> Cow<'a, str> {
        let mut kept = String::new();
        let mut from = 0;
        while let Some(value) = self.next_secret(line, from) {
            kept += &line[from..value.start];
            kept += REDACTED;
            from = value.end;
        }
        if from == 0 { Cow::Borrowed(line) } else { Cow::Owned(kept + &line[from..]) }
    }

    /// Where the next secret value stands.
    fn next_secret(&self, line: &str, from: usize) -> Option<Range<usize>> {
        let mut at = from;
        while let Some(found) = self.assignment.captures_at(line, at) {
            let (name, sign) = (found.name("name")?, found.name("sign")?);
            at = sign.end();
            if !self.secret.is_match(name.as_str()) {
                continue;
            }
            let length = if sign.as_str() == "=" {
                word(&line[at..], line[..name.start()].chars().next_back().filter(|it| is_quote(*it)))
            } else {
                json_value(&line[at..])
            };
            if length > 0 {
                return Some(at..at + length);
            }
        }
        None
    }
}

const fn is_quote(it: char) -> bool {
    matches!(it, '"' | '\'')
}

/// How many bytes a shell's word goes on, `open` being the quote that it stands in. The quote that
/// closes what was open before is not part of it.
fn word(text: &str, open: Option<char>) -> usize {
    let mut quote = open;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match (character, quote) {
            _ if escaped => escaped = false,
            ('\\', None | Some('"')) => escaped = true,
            (_, Some(inside)) if character == inside && open.is_some() => return at,
            (_, Some(inside)) if character == inside => quote = None,
            (_, None) if character.is_whitespace() => return at,
            (_, None) if is_quote(character) => quote = Some(character),
            _ => {}
        }
    }
    text.len()
}

/// How many bytes a JSON string, number or word goes on.
fn json_value(text: &str) -> usize {
    let Some(inside) = text.strip_prefix('"') else {
        return text.find([',', '}', ']', ' ', '\'']).unwrap_or(text.len());
    };
    let mut escaped = false;
    for (at, character) in inside.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 2,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_secret_names_are_taken_out() {
        let redactor = Redactor::new(["*TOKEN*", "*PASSWORD*", "*_KEY"]).unwrap();
        let check = |line: &str, expected: &str| assert_eq!(redactor.redact(line), expected, "{line}");
        check("status", "status");
        check("next --param level=3", "next --param level=3");
        check("next --param API_TOKEN=abc --follow", "next --param API_TOKEN=*** --follow");
        check("next --param api_token=abc", "next --param api_token=***");
        check("A_KEY=x B_KEY='y z' C=3", "A_KEY=*** B_KEY=*** C=3");
        check(r#"next --param "PASSWORD=a b c" x"#, r#"next --param "PASSWORD=***" x"#);
        check(r#"PASSWORD="a \" b" rest"#, "PASSWORD=*** rest");
        check(r"PASSWORD=a\ b rest", "PASSWORD=*** rest");
        check(r#"next --input '{"my_token": "a b", "n": 1}'"#, r#"next --input '{"my_token": ***, "n": 1}'"#);
        check(r#"next --input '{"the_key":12,"n":1}'"#, r#"next --input '{"the_key":***,"n":1}'"#);
        check("TOKEN=", "TOKEN=");
        check("TOKEN='never closed and long", "TOKEN=***");
        check("ä TOKEN=ä ö", "ä TOKEN=*** ö");
    }
}
