//! `parallel.json`: what needs what, what may run side by side, and estimates. Its own states are
//! compared and never trusted.

use std::collections::HashSet;

use serde_json::Value;

use super::{evidence::positions, hours};
use crate::{
    ids::ItemId,
    plan::{
        Hours, Item, Place,
        listing::{Content, Listing},
        problem::{Code, Problem},
    },
};

/// The names that it goes by, the usual one first.
pub(super) const NAMES: &[&str] = &[
    "parallel.json",
    "PARALLEL-EXECUTION-ANALYSIS.json",
    "parallel-execution.json",
    "parallel_analysis.json",
];

/// The file, read.
pub(super) struct Parallel {
    pub(super) path: String,
    level: Level,
    pub(super) entries: Vec<Entry>,
}

/// One achievement of it.
pub(super) struct Entry {
    pub(super) id: String,
    needs: Vec<ItemId>,
    hours: Option<Hours>,
    /// Its own word for how far the achievement is.
    pub(super) status: Option<String>,
}

/// How far work may run side by side.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    /// Only the executions of one achievement.
    Achievement,
    /// Achievements of one priority.
    Priority,
    /// Achievements of all priorities.
    Plan,
}

/// Reads the first of these files that the plan's folder holds.
pub(super) fn read(listing: &Listing, folder: &str, problems: &mut Vec<Problem>) -> Option<Parallel> {
    let path = NAMES
        .iter()
        .map(|name| format!("{folder}/{name}"))
        .find(|path| listing.get(path).is_some_and(|entry| entry.content != Content::Folder))?;
    let text = listing.text(&path)?;
    match serde_json::from_str::<Value>(text) {
        Ok(value) => Some(parse(path, &value, problems)),
        Err(error) => {
            let message = format!("it is not JSON: {error}");
            let fix = "Mend it; until then nothing is known of what needs what";
            problems.push(Problem::new(
                Code::Malformed,
                Place::line(path, error.line().max(1)),
                message,
                fix,
            ));
            None
        }
    }
}

fn parse(path: String, value: &Value, problems: &mut Vec<Problem>) -> Parallel {
    let level = value.get("parallelization_level").and_then(Value::as_str);
    let level = match level {
        Some("level_1") => Level::Achievement,
        Some("level_3") => Level::Plan,
        Some("level_2") | None => Level::Priority,
        Some(other) => {
            let message = format!("`{other}` is no parallelization_level; it is read as level_2");
            let fix =
                "Write level_1 (one achievement), level_2 (one priority) or level_3 (across priorities)";
            problems.push(Problem::new(Code::UnknownState, Place::file(&path), message, fix));
            Level::Priority
        }
    };
    let Some(list) = value.get("achievements").and_then(Value::as_array) else {
        let fix = "Write \"achievements\": [{\"achievement_id\": \"1.1\", \"dependencies\": []}]";
        problems.push(Problem::new(Code::Malformed, Place::file(&path), "it lists no achievements", fix));
        return Parallel { path, level, entries: Vec::new() };
    };
    let mut entries = Vec::new();
    for (at, value) in list.iter().enumerate() {
        if let Some(entry) = entry(value) {
            entries.push(entry);
            continue;
        }
        let message = format!("entry {} of its achievements has no achievement_id", at + 1);
        let fix = "Give it an \"achievement_id\" such as \"1.1\"";
        problems.push(Problem::new(Code::Malformed, Place::file(&path), message, fix));
    }
    Parallel { path, level, entries }
}

fn entry(value: &Value) -> Option<Entry> {
    let id = value.get("achievement_id").or_else(|| value.get("id")).and_then(scalar)?;
    let needs = value.get("dependencies").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Some(Entry {
        id,
        needs: needs.iter().filter_map(scalar).map(ItemId::new).collect(),
        hours: value.get("estimated_hours").and_then(scalar).and_then(|it| hours::bare(&it)),
        status: value.get("status").and_then(scalar),
    })
}

/// A text or a number as text.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().trim_start_matches("Achievement ").to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Gives items their needs, estimates and leave to run side by side.
pub(super) fn apply(parallel: &Parallel, items: &mut [Item], problems: &mut Vec<Problem>) {
    let mut unknown = Vec::new();
    let mut listed = HashSet::new();
    let positions = positions(items);
    for entry in &parallel.entries {
        let Some(&at) = positions.get(&entry.id) else {
            unknown.push(entry.id.as_str());
            continue;
        };
        listed.insert(at);
        let item = &mut items[at];
        item.needs.clone_from(&entry.needs);
        item.hours = entry.hours.or(item.hours);
        item.parallel = parallel.level != Level::Achievement;
        item.across_groups = parallel.level == Level::Plan;
    }
    let left_out: Vec<String> = items
        .iter()
        .enumerate()
        .filter(|(at, _)| !listed.contains(at))
        .map(|(_, item)| item.id.to_string())
        .collect();
    let mut report = |message: String, fix: &str| {
        problems.push(Problem::new(Code::IndexMismatch, Place::file(&parallel.path), message, fix));
    };
    if !unknown.is_empty() {
        let message =
            format!("it lists {}, which the plan does not have", crate::text::plain(&unknown.join(", ")));
        report(message, "Declare them in the plan, or take them out");
    }
    if !left_out.is_empty() && !parallel.entries.is_empty() {
        report(format!("it leaves out {}", left_out.join(", ")), "Add them, with what they need");
    }
}
