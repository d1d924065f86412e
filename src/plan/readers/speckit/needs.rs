//! Which task needs which: spec-kit has no field for it, only sentences.
//!
//! Read are sentences that name tasks by id on both sides, or that stand in a task: `(depends on
//! T012)`, `T008 blocks T009, T015`, `Tests (T004-T007) before implementation (T008-T014)`, and
//! chains of arrows in sections about order (`T011 || T012 -> T013`). A later phase does not need
//! the earlier ones by edges: phases are the plan's groups, and their order is the plan's order.

use std::{collections::HashSet, sync::LazyLock};

use regex::Regex;

use super::{
    ids::{self, Known},
    task::split_id,
};

/// What may stand between two sides. ASCII classes only: they keep the search in the fast automaton,
/// and no language of the templates writes these words otherwise.
static RELATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix-u) \b(?: depends?[\ ]+(?:up)?on | depends: | dependenc(?:y|ies)[*_`\ ]{0,4}: | deps?[.:]{0,2}(?:[\ ]|$)
            | blocked[\ ]+by | requires? | requiring | prerequisites?[*_`\ ]{0,4}: | after | needs | waits?[\ ]+for
            | blocks | before | must[\ ]+precede | precedes )",
    )
    .expect("a pattern that is a constant")
});

/// Headings of sections about order, in the languages of the templates.
static ORDER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)depend|dépend|abhäng|execution order|sequen|graph|critical path|зависим|依赖|依存|의존")
        .expect("a pattern that is a constant")
});

/// One task that needs another. The need may name no task of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Edge {
    pub(super) task: String,
    pub(super) need: String,
}

/// No plan states more by hand; a range of ten thousand against another would be.
const MOST: usize = 20_000;

/// Edges as they are found, each once.
#[derive(Default)]
pub(super) struct Edges {
    pub(super) list: Vec<Edge>,
    seen: HashSet<Edge>,
    /// The bound was reached: not all that the file says is here.
    pub(super) cut: bool,
}

impl Edges {
    fn add(&mut self, tasks: &[String], needs: &[String]) {
        for task in tasks {
            for need in needs {
                if self.list.len() >= MOST {
                    self.cut = true;
                    return;
                }
                let edge = Edge { task: task.clone(), need: need.clone() };
                if task != need && self.seen.insert(edge.clone()) {
                    self.list.push(edge);
                }
            }
        }
    }
}

/// True when a heading speaks of order, so that arrows below it are needs.
pub(super) fn speaks_of_order(heading: &str) -> bool {
    ORDER.is_match(heading)
}

/// What the text of a task, or a line below it, says of the task itself.
pub(super) fn in_task(task: &str, text: &str, known: &Known<'_>, edges: &mut Edges) {
    for relation in relations(text) {
        if edges.cut {
            return;
        }
        let Some(start) = list_start(text, relation.end) else { continue };
        let (others, _) = ids::list(text, start, known);
        let own = [task.to_owned()];
        if relation.needs {
            edges.add(&own, &others);
        } else {
            edges.add(&known_only(others, known), &own);
        }
    }
}

/// What a line outside of tasks says.
pub(super) fn in_prose(line: &str, known: &Known<'_>, edges: &mut Edges) {
    let found = relations(line);
    for (number, relation) in found.iter().enumerate() {
        if edges.cut {
            return;
        }
        let from = found[..number].last().map_or(0, |it| it.end);
        let Some(left_text) = subject(line, from, relation) else { continue };
        let end = found.get(number + 1).map_or(line.len(), |it| it.start);
        let right_text = line[relation.end..end].split(['.', ';']).next().unwrap_or("");
        let left = known_only(ids::all(left_text, known), known);
        let right = known_only(ids::all(right_text, known), known);
        let (tasks, needs) = if relation.needs { (left, right) } else { (right, left) };
        edges.add(&tasks, &needs);
    }
}

/// `T001 -> T002, T003 → T004`: each link needs all of the one before it.
pub(super) fn in_chain(line: &str, known: &Known<'_>, edges: &mut Edges) {
    let mut before: Vec<String> = Vec::new();
    for link in links(line) {
        if edges.cut {
            return;
        }
        let tasks = known_only(ids::all(link, known), known);
        edges.add(&tasks, &before);
        before = tasks;
    }
}

/// True when there is an arrow in it.
pub(super) fn has_arrow(line: &str) -> bool {
    ["→", "->", "=>", "⟶", "➜"].iter().any(|it| line.contains(it))
}

fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split(['→', '⟶', '➜']).flat_map(|it| it.split("->")).flat_map(|it| it.split("=>"))
}

struct Relation {
    start: usize,
    end: usize,
    /// The left side needs the right one; else it blocks it.
    needs: bool,
}

/// Nobody relates more in one line.
const MOST_IN_LINE: usize = 50;

fn relations(text: &str) -> Vec<Relation> {
    // A relation is a word, and what it is about follows it: a line's own id alone relates nothing.
    let Some(word) = text.bytes().position(|it| it.is_ascii_alphabetic()) else { return Vec::new() };
    if !ids::are_in(&text[word + 1..]) {
        return Vec::new();
    }
    let found = RELATION.find_iter(text).filter(|it| !is_denied(&text[..it.start()]));
    found
        .take(MOST_IN_LINE)
        .map(|it| Relation { start: it.start(), end: it.end(), needs: !is_blocking(it.as_str()) })
        .collect()
}

/// True for the words that say that the left side comes first.
fn is_blocking(words: &str) -> bool {
    let first = words.split(' ').next().unwrap_or_default();
    ["blocks", "before", "must", "precedes"].iter().any(|it| first.eq_ignore_ascii_case(it))
}

/// True when the words before a relation deny it: `does not`, `no`.
fn is_denied(before: &str) -> bool {
    let last = before.trim_end().rsplit(' ').next().unwrap_or_default();
    ["not", "no", "never", "não", "without"].iter().any(|it| last.eq_ignore_ascii_case(it))
        || last.ends_with("n't")
}

/// Where the list begins that a relation is about: right behind it, but for signs and `tasks`.
fn list_start(text: &str, from: usize) -> Option<usize> {
    let mut rest = text[from..].trim_start_matches([' ', ':', '*', '_', '`', '(', '[', '"']);
    for word in ["tasks ", "task ", "completion of "] {
        if rest.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word)) {
            rest = rest[word.len()..].trim_start();
        }
    }
    rest.starts_with('T').then(|| text.len() - rest.len())
}

/// The text that names the left side of a relation; `from` is the end of the one before it.
fn subject<'l>(line: &'l str, from: usize, relation: &Relation) -> Option<&'l str> {
    let whole = &line[from..relation.start];
    if !relation.needs {
        return Some(whole);
    }
    let clause = last_clause(whole);
    if clause.trim().is_empty() {
        // `T015: Title (depends on T014)`: the line's own subject.
        return begins_with_ids(line).then(|| line.split([':', '(', '"']).next().unwrap_or(""));
    }
    // `(e.g. after T033, after T060)`: what follows another relation is no subject of this one.
    let own = from == 0 || clause.len() < whole.len();
    (own && begins_with_ids(clause)).then_some(clause)
}

/// What stands behind the last `;`, full stop, or parenthesis that is not closed.
fn last_clause(text: &str) -> &str {
    let mut closed = false;
    let opens = |it: &(usize, &str)| {
        closed |= it.1 == ")";
        it.1 == ";" || it.1 == "(" && !closed
    };
    let at = text.rmatch_indices([';', '(', ')']).find(opens);
    let text = at.map_or(text, |(at, _)| &text[at + 1..]);
    text.rsplit_once(". ").map_or(text, |(_, last)| last)
}

/// True when a clause is about the ids it begins with, whatever label stands before them.
fn begins_with_ids(clause: &str) -> bool {
    let clause = clause.rsplit_once("**:").map_or(clause, |(_, rest)| rest);
    let words = clause.trim_start_matches(|it: char| !it.is_alphabetic());
    let bare = ["Tasks ", "Task ", "tasks ", "task ", "Run "].iter().find_map(|it| words.strip_prefix(it));
    split_id(bare.unwrap_or(words).trim_start_matches(['*', '`', '('])).is_some()
}

fn known_only(mut ids: Vec<String>, known: &Known<'_>) -> Vec<String> {
    ids.retain(|id| known.position(id).is_some());
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [&str; 9] = ["T001", "T002", "T003", "T004", "T005", "T006", "T007", "T008", "T009"];

    fn shown(edges: &Edges) -> Vec<String> {
        edges.list.iter().map(|it| format!("{}<{}", it.task, it.need)).collect()
    }

    #[test]
    fn a_task_says_what_it_needs() {
        let known = Known::new(IDS.into_iter());
        let check = |text: &str, expected: &[&str]| {
            let mut edges = Edges::default();
            in_task("T005", text, &known, &mut edges);
            assert_eq!(shown(&edges), expected, "{text}");
        };
        check("Write it (depends on T001, T003)", &["T005<T001", "T005<T003"]);
        check("Write it (depends on T001-T003)", &["T005<T001", "T005<T002", "T005<T003"]);
        check("**Dependencies**: T001 and T099", &["T005<T001", "T005<T099"]);
        check("**BLOCKED BY T002** - wait", &["T005<T002"]);
        check("Requires Task T002 (types)", &["T005<T002"]);
        check("Write it after T004", &["T005<T004"]);
        check("Write it before T006", &["T006<T005"]);
        check("(dep T004; não [P])", &["T005<T004"]);
        check("after confirming T001, see T002 and T003", &[]);
        check("does not depend on T001", &[]);
        check("requires data (T001)", &[]);
        check("depends on T005", &[]);
    }

    #[test]
    fn a_sentence_names_both_sides() {
        let known = Known::new(IDS.into_iter());
        let check = |text: &str, expected: &[&str]| {
            let mut edges = Edges::default();
            in_prose(text, &known, &mut edges);
            assert_eq!(shown(&edges), expected, "{text}");
        };
        check("- T001 blocks T002, T004", &["T002<T001", "T004<T001"]);
        check("- T003 depends on T002", &["T003<T002"]);
        check("Task T003: \"Join\" (depends on T002)", &["T003<T002"]);
        check(
            "- Tests (T001-T002) before implementation (T003-T004)",
            &["T003<T001", "T003<T002", "T004<T001", "T004<T002"],
        );
        check("(say, after T003 compiles, after T004 passes)", &[]);
        check(
            "- **Phase 2**: Tasks T002, T003 can run in parallel after T001 completes",
            &["T002<T001", "T003<T001"],
        );
        check("- US2 depends on US1 (T001)", &[]);
        check("- T001-T002 must complete before T003", &["T003<T001", "T003<T002"]);
        check("- T004 does not depend on T001", &[]);
        check("- **US1**: after Foundational (T001-T003)", &[]);
        check("- T002 depends on T088", &[]);
    }

    #[test]
    fn arrows_chain() {
        let known = Known::new(IDS.into_iter());
        let check = |text: &str, expected: &[&str]| {
            let mut edges = Edges::default();
            in_chain(text, &known, &mut edges);
            assert_eq!(shown(&edges), expected, "{text}");
        };
        check("T001 (a) || T002 (b) -> T003 (c) -> T004", &["T003<T001", "T003<T002", "T004<T003"]);
        check("T001 → review → T002", &[]);
        check("T001 --> T002", &["T002<T001"]);
        check("Setup → Foundational (T003)", &[]);
    }

    #[test]
    fn a_hostile_range_is_cut_and_says_so() {
        let names: Vec<String> = (0..1_000).map(|it| format!("T{it:03}")).collect();
        let known = Known::new(names.iter().map(String::as_str));
        let mut edges = Edges::default();
        in_chain("T000-T499 -> T500-T999", &known, &mut edges);
        assert!(edges.cut);
        assert_eq!(edges.list.len(), MOST);
    }
}
