//! What could come next on a line: verbs, flags, plans, items, runs. Pure; the line editor shows it.

use std::sync::Arc;

use clap::{Arg, Command};

use crate::{
    commands::Plans,
    ids::{PlanId, RunId, WorkflowName},
    run::Status,
    text,
};

/// What names are made of, as it was when the prompt was drawn. Nobody may ask for them.
#[derive(Clone, Debug, Default)]
pub struct Namable {
    /// The plans with their items.
    pub plans: Arc<Plans>,
    /// Runs, newest first.
    pub runs: Vec<(RunId, Status, WorkflowName)>,
    /// Workflows of the configuration.
    pub own_workflows: Vec<String>,
    /// The plan whose page is open.
    pub open_plan: Option<PlanId>,
}

/// The workflows that need no configuration.
const WORKFLOWS: [&str; 5] = ["next", "subplan", "execution", "task", "parallel"];

impl Namable {
    /// The names, with what is said of each.
    pub fn names(&self) -> Names {
        let plans = &self.plans.plans;
        let items = plans.iter().flat_map(|plan| {
            plan.items.iter().map(|item| ItemName {
                plan: plan.id.as_str().to_owned(),
                name: Name::new(item.id.as_str(), &format!("{} · {}", item.state.word(), item.title)),
            })
        });
        let run = |(run, status, workflow): &(RunId, Status, WorkflowName)| {
            Name::new(&run.short(), &format!("{} {workflow}", status.word()))
        };
        let own = self.own_workflows.iter().map(|it| Name::new(it, "of plandeck.toml"));
        Names {
            plans: plans.iter().map(|it| Name::new(it.id.as_str(), &it.title)).collect(),
            items: items.collect(),
            runs: self.runs.iter().map(run).collect(),
            workflows: WORKFLOWS.iter().map(|it| Name::new(it, "")).chain(own).collect(),
            open_plan: self.open_plan.as_ref().map(|it| it.as_str().to_owned()),
        }
    }
}

/// The names there are to complete to, as they were when the prompt was drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Plans with their titles.
    pub plans: Vec<Name>,
    /// Items of every plan, with the plan they belong to.
    pub items: Vec<ItemName>,
    /// Runs by their short ids, newest first.
    pub runs: Vec<Name>,
    /// Workflows.
    pub workflows: Vec<Name>,
    /// The plan whose page is open: its items come first where no plan was typed.
    pub open_plan: Option<String>,
}

/// A name and what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// What is typed.
    pub text: String,
    /// What it is, for the menu.
    pub about: String,
}

impl Name {
    fn new(word: &str, about: &str) -> Self {
        Self { text: word.to_owned(), about: text::plain(about).into_owned() }
    }
}

/// An item's id and what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemName {
    /// Whose.
    pub plan: String,
    /// The id and the title.
    pub name: Name,
}

/// Something the word under the cursor could become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The whole word.
    pub text: String,
    /// What it is, for the menu.
    pub about: String,
    /// The byte at which the word begins; it ends at the cursor.
    pub start: usize,
}

/// Everything the word under the cursor could become, the likely ones first.
pub fn complete(line: &str, cursor: usize, grammar: &Command, names: &Names) -> Vec<Candidate> {
    let typed = line.get(..cursor).unwrap_or(line);
    let start = typed.rfind(char::is_whitespace).map_or(0, |it| it + 1);
    let word = &typed[start..];
    let before: Vec<&str> = typed[..start].split_whitespace().collect();
    let (command, arguments) = descend(grammar, &before);
    let found = match open_flag(command, arguments) {
        Some(flag) => values(flag, arguments, names),
        None if word.starts_with('-') => flags(command),
        None => words(command, arguments, names),
    };
    let fits = |candidate: &Name| fits(&candidate.text, word);
    let candidate = |Name { text, about }| Candidate { text, about, start };
    let mut candidates: Vec<_> = found.into_iter().filter(fits).map(candidate).collect();
    // What begins so stands before what only contains it; the sort keeps the order otherwise.
    candidates.sort_by_key(|it| !it.text.to_lowercase().starts_with(&word.to_lowercase()));
    candidates
}

fn fits(text: &str, word: &str) -> bool {
    text.to_lowercase().contains(&word.to_lowercase())
}

/// The innermost subcommand that the words name, and the words that are left as its arguments.
fn descend<'a, 'w>(grammar: &'a Command, words: &'w [&'w str]) -> (&'a Command, &'w [&'w str]) {
    let Some((first, rest)) = words.split_first() else { return (grammar, words) };
    match grammar.find_subcommand(first) {
        Some(command) => descend(command, rest),
        None => (grammar, words),
    }
}

/// The flag that the last word names, when it still waits for its value.
fn open_flag<'a>(command: &'a Command, arguments: &[&str]) -> Option<&'a Arg> {
    let last = arguments.last()?;
    let named = |arg: &&Arg| {
        let long = arg.get_long().is_some_and(|long| last.strip_prefix("--") == Some(long));
        let short = arg.get_short().is_some_and(|it| last.strip_prefix('-') == Some(it.to_string().as_str()));
        long || short
    };
    command.get_arguments().filter(|arg| arg.get_action().takes_values()).find(named)
}

fn flags(command: &Command) -> Vec<Name> {
    let flag = |arg: &Arg| {
        let about = arg.get_help().map(ToString::to_string).unwrap_or_default();
        arg.get_long().filter(|_| !arg.is_hide_set()).map(|long| Name { text: format!("--{long}"), about })
    };
    command.get_arguments().filter_map(flag).collect()
}

/// Subcommands where there are any, else the values of the positional that comes next.
fn words(command: &Command, arguments: &[&str], names: &Names) -> Vec<Name> {
    if command.has_subcommands() && arguments.is_empty() {
        let shown = command.get_subcommands().filter(|it| !it.is_hide_set());
        let name = |it: &Command| Name {
            text: it.get_name().to_owned(),
            about: it.get_about().map(ToString::to_string).unwrap_or_default(),
        };
        return shown.map(name).collect();
    }
    let given = arguments.iter().filter(|it| !it.starts_with('-')).count();
    let positionals: Vec<&Arg> = command.get_positionals().collect();
    let next = positionals.get(given).or_else(|| positionals.last());
    next.map_or_else(Vec::new, |arg| values(arg, arguments, names))
}

/// What an argument can be, by the names that its help gives to its values.
fn values(arg: &Arg, arguments: &[&str], names: &Names) -> Vec<Name> {
    let possible = arg.get_possible_values();
    if !possible.is_empty() {
        let name = |it: &clap::builder::PossibleValue| Name {
            text: it.get_name().to_owned(),
            about: it.get_help().map(ToString::to_string).unwrap_or_default(),
        };
        return possible.iter().map(name).collect();
    }
    let value_names = arg.get_value_names().unwrap_or_default();
    let called = |name: &str| value_names.iter().any(|it| it.as_str().eq_ignore_ascii_case(name));
    if called("plan") && called("item") {
        return plan_or_item(arguments, names);
    }
    if called("plan") {
        return names.plans.clone();
    }
    if called("item") {
        return items_of(plan_named(arguments, names), names);
    }
    if called("run") || called("runs") {
        return names.runs.clone();
    }
    if called("workflow") {
        return names.workflows.clone();
    }
    Vec::new()
}

/// `[PLAN] ITEM`: after a plan its items, before one the open plan's items and all plans.
fn plan_or_item(arguments: &[&str], names: &Names) -> Vec<Name> {
    if let Some(plan) = plan_named(arguments, names) {
        return items_of(Some(plan), names);
    }
    let mut found = match &names.open_plan {
        Some(plan) => items_of(Some(plan), names),
        None => Vec::new(),
    };
    found.extend(names.plans.iter().cloned());
    found
}

fn plan_named<'n>(arguments: &[&str], names: &'n Names) -> Option<&'n str> {
    names.plans.iter().map(|it| it.text.as_str()).find(|plan| arguments.contains(plan))
}

fn items_of(plan: Option<&str>, names: &Names) -> Vec<Name> {
    let plan = plan.or(names.open_plan.as_deref());
    let of_plan = |it: &&ItemName| plan.is_none_or(|plan| it.plan == plan);
    names.items.iter().filter(of_plan).map(|it| it.name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Grammar;

    fn names() -> Names {
        let name = |text: &str| Name { text: text.to_owned(), about: format!("about {text}") };
        let item = |plan: &str, id: &str| ItemName { plan: plan.to_owned(), name: name(id) };
        Names {
            plans: vec![name("ALPHA"), name("BETA")],
            items: vec![item("ALPHA", "1.1"), item("ALPHA", "2.3"), item("BETA", "T001")],
            runs: vec![name("3f9c2a")],
            workflows: vec![name("next"), name("survey")],
            open_plan: Some("ALPHA".to_owned()),
        }
    }

    #[test]
    fn each_place_on_a_line_has_its_own_candidates() {
        let mut grammar = Grammar::Deck.command();
        grammar.build();
        let check = |line: &str, expected: &[&str]| {
            let found = complete(line, line.len(), &grammar, &names());
            let texts: Vec<_> = found.iter().map(|it| it.text.as_str()).collect();
            assert_eq!(texts, expected, "{line:?}");
        };
        check("subp", &["subplan"]);
        check("subplan ", &["1.1", "2.3", "ALPHA", "BETA"]);
        check("subplan BETA ", &["T001"]);
        check("subplan 2", &["2.3"]);
        check("status b", &["BETA"]);
        check("cancel 3f", &["3f9c2a"]);
        check("run create su", &["survey"]);
        check("runs --status f", &["failed"]);
        check("runs --pl", &["--plan"]);
        check("runs --plan ", &["ALPHA", "BETA"]);
        check("zzz", &[]);
    }

    #[test]
    fn the_word_under_the_cursor_is_what_is_replaced() {
        let mut grammar = Grammar::Deck.command();
        grammar.build();
        let found = complete("status BE more", 9, &grammar, &names());
        assert_eq!(found, [Candidate { text: "BETA".into(), about: "about BETA".into(), start: 7 }]);
    }
}
