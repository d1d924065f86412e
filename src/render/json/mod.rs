//! The public JSON, written by hand in this one place so that it never changes by accident: it has
//! nothing to do with how the journal serializes.
//!
//! Times are RFC 3339 in UTC with milliseconds, durations whole milliseconds. What is not known is
//! `null`, what there is none of is an empty list.

mod event;
mod kept;
mod plans;
mod proof;
mod runs;
mod schedule;
mod timeline;

pub use event::event;
pub use kept::{run_diff, run_export, run_prune};
pub use plans::{plan_changed, plan_list, plan_show, problem};
pub use proof::plan_proof;
pub use runs::{forecast, run_created, run_get, run_get_with, run_list};
pub use schedule::run_specification;
pub use timeline::timeline;

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{
    clock::Timestamp,
    run::{Advice, Refusal, Remedy},
    text,
};

/// The version of every shape here. Keys may be added under it; none moves or goes.
pub const SCHEMA_VERSION: u32 = 1;

/// What every reading verb prints.
#[must_use]
pub fn envelope(kind: &str, data: Value) -> Value {
    json!({ "schema_version": SCHEMA_VERSION, "kind": kind, "data": data })
}

/// What an operation that failed prints on standard error. `code` is a stable word.
#[must_use]
pub fn error(code: &str, message: &str, details: Value, suggestions: &[Suggestion]) -> Value {
    let suggestions: Vec<_> =
        suggestions.iter().map(|it| json!({ "text": it.text, "command": it.command })).collect();
    json!({
        "schema_version": SCHEMA_VERSION,
        "kind": "error",
        "error": { "code": code, "message": message, "details": details, "suggestions": suggestions },
    })
}

/// What could be done about an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// As an instruction.
    pub text: String,
    /// As it would be typed; absent when only a person can do it.
    pub command: Option<String>,
}

impl From<&Advice> for Suggestion {
    fn from(advice: &Advice) -> Self {
        let command = advice.remedy.as_ref().map(|remedy| match remedy {
            Remedy::Deck(command) => command.clone(),
            Remedy::Program(argv) => shell_words::join(argv),
        });
        Self { text: advice.say.clone(), command }
    }
}

/// What a wish that can't be granted prints on standard error.
#[must_use]
pub fn refused(refusal: &Refusal, advice: &[Advice]) -> Value {
    let mut suggestions: Vec<Suggestion> = advice.iter().map(Suggestion::from).collect();
    if suggestions.is_empty() {
        suggestions.extend(refusal.hint().map(|text| Suggestion { text, command: None }));
    }
    error(refusal_code(refusal), &refusal.to_string(), refusal_details(refusal), &suggestions)
}

const fn refusal_code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NoSuchPlan { .. } => "no_such_plan",
        Refusal::AmbiguousPlan { .. } => "ambiguous_plan",
        Refusal::NoSuchItem { .. } => "no_such_item",
        Refusal::BadItemId { .. } => "bad_item_id",
        Refusal::NoSuchRun { .. } => "no_such_run",
        Refusal::AmbiguousRun { .. } => "ambiguous_run",
        Refusal::NoSuchWorkflow { .. } => "no_such_workflow",
        Refusal::Missing { .. } => "missing",
        Refusal::BadInput { .. } => "bad_input",
        Refusal::HoldsCommands { .. } => "holds_commands",
        Refusal::NothingToRun { .. } => "nothing_to_run",
        Refusal::SubplanMissing { .. } => "subplan_missing",
        Refusal::AlreadyThere { .. } => "already_there",
        Refusal::NotForDialect { .. } => "not_for_dialect",
        Refusal::WrongState { .. } => "wrong_state",
        Refusal::BadRecipe { .. } => "bad_recipe",
        Refusal::AlreadyEnded { .. } => "already_ended",
    }
}

fn refusal_details(refusal: &Refusal) -> Value {
    match refusal {
        Refusal::NoSuchPlan { asked, nearest } | Refusal::NoSuchWorkflow { asked, nearest } => {
            json!({ "asked": asked, "nearest": nearest })
        }
        Refusal::NoSuchItem { plan, asked, nearest } => {
            json!({ "plan": plan, "asked": asked, "nearest": nearest })
        }
        Refusal::AmbiguousPlan { asked, candidates } | Refusal::AmbiguousRun { asked, candidates } => {
            json!({ "asked": asked, "candidates": candidates })
        }
        Refusal::BadItemId { asked, form } => json!({ "asked": asked, "form": form }),
        Refusal::NoSuchRun { asked } => json!({ "asked": asked }),
        Refusal::Missing { workflow, what } | Refusal::BadInput { workflow, what, .. } => {
            json!({ "workflow": workflow, "what": what })
        }
        Refusal::HoldsCommands { workflow, commands } => {
            json!({ "workflow": workflow, "commands": commands })
        }
        Refusal::NothingToRun { plan, why } => json!({ "plan": plan, "why": why }),
        Refusal::SubplanMissing { plan, item } => json!({ "plan": plan, "item": item }),
        Refusal::AlreadyThere { what } => json!({ "what": what }),
        Refusal::NotForDialect { workflow, dialect, .. } => {
            json!({ "workflow": workflow, "dialect": dialect })
        }
        Refusal::WrongState { what, why } => json!({ "what": what, "why": why }),
        Refusal::BadRecipe { workflow, why, .. } => json!({ "workflow": workflow, "why": why }),
        Refusal::AlreadyEnded { run, status } => json!({ "run": run, "status": status.word() }),
    }
}

/// A value on one line, for streams.
#[must_use]
pub fn line(value: &Value) -> String {
    harmless(&value.to_string())
}

/// A value over several lines, for documents.
#[must_use]
pub fn document(value: &Value) -> String {
    harmless(&format!("{value:#}"))
}

/// JSON in which characters that a terminal would act on are written as escapes too: serde_json
/// leaves everything from `U+007F` on as it is, and `U+009B` begins a control sequence.
fn harmless(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    let mut units = [0; 2];
    for character in json.chars() {
        if character == '\n' || text::is_plain(character.encode_utf8(&mut [0; 4])) {
            safe.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut units) {
            let _ = write!(safe, "\\u{unit:04x}");
        }
    }
    safe
}

fn time(time: Option<Timestamp>) -> Value {
    time.map_or(Value::Null, |time| json!(time.rfc3339()))
}

fn millis(duration: Option<std::time::Duration>) -> Value {
    duration.map_or(Value::Null, |it| json!(u64::try_from(it.as_millis()).unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_json_reaches_a_terminal_raw_and_it_reads_back_the_same() {
        let hostile = json!({ "title": "a\u{1b}[2J\u{9b}31m\u{7f}\u{202e}\u{e0001}\n日本" });
        for text in [line(&hostile), document(&hostile)] {
            assert!(text::is_plain(&text.replace('\n', "")), "{text}");
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), hostile);
        }
    }
}
