//! What a task needs, from the six places where that is written, and what is meant by it.
//!
//! The `depends_on` of a step in `flow_control.implementation_approach` or `implementation` looks
//! the same and is not: it numbers the steps of one task.

use std::collections::HashSet;

use super::id::{self, Known};
use crate::{
    ids::ItemId,
    plan::{
        json::{Members, Part},
        problem::{Code, Problem},
        types::Item,
    },
};

/// Texts for "nothing".
const NOTHING: [&str; 8] = ["", "-", "none", "null", "n/a", "na", "无", "nothing"];

/// Every need that is written in a task, once, as it is written.
pub fn written(task: &Members<'_>) -> Vec<String> {
    let context = task.get("context").and_then(Part::members);
    let meta = task.get("meta").and_then(Part::members);
    let flow = task.get("flow_control").and_then(Part::members);
    let places = [
        context.as_ref().and_then(|it| it.get("depends_on")),
        task.get("depends_on"),
        meta.as_ref().and_then(|it| it.get("depends_on")),
        task.get("dependencies"),
        task.get("relations"),
        flow.as_ref().and_then(|it| it.get("depends_on")),
        flow.as_ref().and_then(|it| it.get("requires")),
    ];
    let mut seen = HashSet::new();
    let words = places.into_iter().flatten().flat_map(words);
    words.filter(|word| seen.insert(word.clone())).collect()
}

/// A list of ids, a text with some, or an object that says which are before.
fn words(part: Part<'_>) -> Vec<String> {
    if let Some(elements) = part.elements() {
        return elements.into_iter().filter_map(word).collect();
    }
    match part.members() {
        None => word(part).into_iter().collect(),
        Some(members) => {
            let before = ["depends_on", "upstream", "blocked_by", "requires", "dependencies"];
            before.iter().filter_map(|name| members.get(name)).flat_map(words).collect()
        }
    }
}

fn word(part: Part<'_>) -> Option<String> {
    let names = ["id", "task_id", "task", "ref"];
    let word = part.word().or_else(|| part.members()?.word(&names))?;
    let word = word.trim();
    (!NOTHING.contains(&word.to_lowercase().as_str())).then(|| word.to_owned())
}

/// Turns what is written into ids of the session; what stays unknown is kept as it is written.
pub fn resolve(item: &mut Item, written: &[String], known: &Known) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen = HashSet::new();
    for word in written {
        if word.starts_with("CROSS::") {
            problems.push(placeholder(item, word));
        }
        for need in meant(word, known) {
            if need != *word && need.eq_ignore_ascii_case(word) {
                problems.push(other_case(item, word, &need));
            }
            if seen.insert(need.clone()) {
                item.needs.push(ItemId::new(need));
            }
        }
    }
    problems
}

/// What one written need means: itself, all that a wild card or a range covers, or every id of a list.
fn meant(text: &str, known: &Known) -> Vec<String> {
    if let Some(id) = known.find(text) {
        return vec![id.to_owned()];
    }
    if text.starts_with("CROSS::") {
        return vec![text.to_owned()];
    }
    let parts = text.split([',', '，', '、', ';', '+', '&', '\n']).flat_map(|part| part.split(" and "));
    let mut ids = Vec::new();
    for part in parts.map(str::trim).filter(|part| !NOTHING.contains(&part.to_lowercase().as_str())) {
        ids.extend(one_of_list(part, ids.last().map(String::as_str), known));
    }
    ids
}

/// One piece of a list; `before` is the id before it, of which a bare number is a brother.
fn one_of_list(text: &str, before: Option<&str>, known: &Known) -> Vec<String> {
    let owned = |ids: Vec<&str>| ids.into_iter().map(str::to_owned).collect::<Vec<_>>();
    if let Some((prefix, _)) = text.split_once('*') {
        let covered = known.beginning(prefix);
        return if covered.is_empty() { vec![text.to_owned()] } else { owned(covered) };
    }
    if let Some(covered) = range(text, known) {
        return covered;
    }
    if text.contains('/') {
        let mut ids: Vec<String> = Vec::new();
        for part in text.split('/').map(str::trim) {
            ids.push(brother(part, ids.last().map(String::as_str).or(before), known));
        }
        return ids;
    }
    vec![brother(text, before, known)]
}

/// `IMPL-1 to IMPL-4`, `IMPL-1 ~ IMPL-4`.
fn range(text: &str, known: &Known) -> Option<Vec<String>> {
    let signs = [" to ", "~", "～", "–", "..", "至", "→"];
    let (first, last) = signs.iter().find_map(|sign| text.split_once(sign))?;
    let (first, last) = (first.trim(), last.trim());
    let last = brother(last, Some(first), known);
    (id::is_plain(first) && id::is_plain(&last)).then_some(())?;
    let covered: Vec<_> = known.between(first, &last).into_iter().map(str::to_owned).collect();
    if covered.is_empty() { Some(vec![first.to_owned(), last]) } else { Some(covered) }
}

/// One id: as it is known, without what is said behind it (`IMPL-1 (schema first)`), or with the
/// word of the id before it (`002` after `IMPL-001`).
fn brother(text: &str, before: Option<&str>, known: &Known) -> String {
    let token = id::leading(text);
    if let Some(id) = known.find(text).or_else(|| known.find(token)) {
        return id.to_owned();
    }
    let is_number = text.starts_with(|it: char| it.is_ascii_digit());
    if let (true, Some((head, _))) = (is_number, before.and_then(|it| it.rsplit_once('-'))) {
        let whole = format!("{head}-{text}");
        return known.find(&whole).map_or(whole.clone(), str::to_owned);
    }
    if id::is_plain(token) { token.to_owned() } else { text.to_owned() }
}

fn placeholder(item: &Item, word: &str) -> Problem {
    let message = format!("{} needs {word}, which nobody has replaced by a task yet", item.id);
    Problem::new(Code::Placeholder, item.place.clone(), message, "replace it by the id of a task")
}

fn other_case(item: &Item, word: &str, need: &str) -> Problem {
    let message = format!("{} needs {word}, and the task is called {need}", item.id);
    Problem::new(Code::NameMismatch, item.place.clone(), message, format!("write {need}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::json::Json;

    #[test]
    fn needs_stand_in_six_places_and_steps_are_none() {
        let check = |task: &str, expected: &[&str]| {
            let json = Json::new(task);
            assert_eq!(written(&json.root().unwrap().members().unwrap()), expected, "{task}");
        };
        check(r#"{"context": {"depends_on": ["A-1"]}}"#, &["A-1"]);
        check(r#"{"depends_on": ["A-1", "A-2"]}"#, &["A-1", "A-2"]);
        check(r#"{"meta": {"depends_on": ["A-1"]}}"#, &["A-1"]);
        check(r#"{"dependencies": ["A-1"]}"#, &["A-1"]);
        check(r#"{"dependencies": {"depends_on": ["A-1"], "blocks": ["A-9"]}}"#, &["A-1"]);
        check(
            r#"{"dependencies": {"upstream": ["A-1"], "blocked_by": ["A-2"], "downstream": ["A-9"]}}"#,
            &["A-1", "A-2"],
        );
        check(r#"{"relations": {"dependencies": {"upstream": ["A-1"]}}}"#, &["A-1"]);
        check(r#"{"flow_control": {"depends_on": ["A-1"]}}"#, &["A-1"]);
        check(
            r#"{"flow_control": {"requires": ["A-1"], "blocks": ["A-9"], "parallel_with": ["A-8"]}}"#,
            &["A-1"],
        );
        check(r#"{"flow_control": {"implementation_approach": [{"step": 2, "depends_on": [1]}]}}"#, &[]);
        check(r#"{"implementation": [{"step": 2, "depends_on": ["1"]}]}"#, &[]);
        check(r#"{"depends_on": ["A-1"], "context": {"depends_on": ["A-1", "A-2"]}}"#, &["A-1", "A-2"]);
        check(r#"{"depends_on": "A-1, A-2"}"#, &["A-1, A-2"]);
        check(r#"{"depends_on": ["None", null, {"id": "A-1", "why": "schema"}, 7, ""]}"#, &["A-1", "7"]);
        check(r#"{"depends_on": null, "context": []}"#, &[]);
    }

    #[test]
    fn a_written_need_means_one_id_or_several() {
        let ids = ["IMPL-001", "IMPL-002", "IMPL-003", "IMPL-1", "IMPL-1.1", "IMPL-1.2", "IMPL-1.10"];
        let known = Known::new(ids.into_iter());
        let check = |text: &str, expected: &[&str]| assert_eq!(meant(text, &known), expected, "{text}");
        check("IMPL-001", &["IMPL-001"]);
        check("impl-001", &["IMPL-001"]);
        check("IMPL-009", &["IMPL-009"]);
        check("IMPL-1.*", &["IMPL-1.1", "IMPL-1.2", "IMPL-1.10"]);
        check("IMPL-7.*", &["IMPL-7.*"]);
        check("IMPL-001/002/003", &["IMPL-001", "IMPL-002", "IMPL-003"]);
        check("IMPL-001, 002", &["IMPL-001", "IMPL-002"]);
        check("IMPL-001 and IMPL-003", &["IMPL-001", "IMPL-003"]);
        check("IMPL-001 + IMPL-1.2", &["IMPL-001", "IMPL-1.2"]);
        check("IMPL-1.1 to IMPL-1.2", &["IMPL-1.1", "IMPL-1.2"]);
        check("IMPL-002 ~ 003", &["IMPL-002", "IMPL-003"]);
        check("IMPL-001 (schema first)", &["IMPL-001"]);
        check("IMPL-002: Write the parser", &["IMPL-002"]);
        check("the database", &["the database"]);
        check("CROSS::auth::login*", &["CROSS::auth::login*"]);
    }
}
