//! `TODO_LIST.md`: boxes, containers and headings with the ids of tasks.
//!
//! A line speaks of a task when it carries an id or a link to a task file; the boxes of a legend or
//! of success criteria carry neither.

use super::id::{self, Known};
use crate::plan::{
    markdown::{Cover, ListItem, Outline},
    readers::parts,
    types::ItemState,
};

/// The signs of a task that gathers others.
const CONTAINER: [char; 3] = ['▸', '▶', '►'];

/// A list as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TodoList {
    /// The lines that speak of tasks, in their order; each task once, at its first line.
    pub entries: Vec<Entry>,
    /// Every checkbox, whatever it is for.
    pub boxes: usize,
    /// Those that are ticked.
    pub ticked: usize,
    /// The headings that entries stand under, in their order.
    pub headings: Vec<String>,
}

/// A task, as the list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// As the list writes it, or as the session does where only the case of letters differs.
    pub id: String,
    /// Without id, links and marks.
    pub title: String,
    /// Counts from 1.
    pub line: usize,
    /// What its box says; what the boxes below it say, when only they are there.
    pub state: Option<ItemState>,
    /// What stands in the box.
    pub mark: String,
    /// `▸`: it gathers the tasks below it.
    pub container: bool,
    /// The heading it stands under, by position in [`TodoList::headings`].
    pub heading: Option<usize>,
}

/// Reads a list; `ids` are the tasks that the session has files of, if it has any. Short ids
/// (`T1`, `L0`) count only when they are among them or come with a link.
pub fn read<'a>(text: &str, ids: impl Iterator<Item = &'a str>) -> TodoList {
    read_known(text, &Known::new(ids))
}

pub(super) fn read_known(text: &str, known: &Known) -> TodoList {
    let outline = Outline::read(text);
    let mut list = TodoList::default();
    for item in outline.boxes() {
        list.boxes += 1;
        list.ticked += usize::from(state_of_mark(item.mark.map_or("", |mark| mark.text)) == ItemState::Done);
    }
    let mut found = box_entries(&outline, known);
    found.extend(marked_lines(&outline, known));
    found.extend(headed_entries(&outline, known));
    found.sort_by_key(|(entry, _)| entry.line);
    let mut seen = std::collections::HashSet::new();
    found.retain(|(entry, _)| seen.insert(entry.id.clone()));
    list.place_below_headings(found, &outline);
    list
}

/// An entry and the heading that it stands under, by position in the outline.
type Found = (Entry, Option<usize>);

impl TodoList {
    /// One heading over everything (`Task Progress`) is none.
    fn place_below_headings(&mut self, found: Vec<Found>, outline: &Outline<'_>) {
        let mut used: Vec<usize> = found.iter().filter_map(|(_, heading)| *heading).collect();
        used.sort_unstable();
        used.dedup();
        if used.len() < 2 {
            used.clear();
        }
        self.headings = used.iter().map(|at| outline.headings[*at].text.clone()).collect();
        self.entries = found
            .into_iter()
            .map(|(entry, heading)| Entry {
                heading: heading.and_then(|at| used.binary_search(&at).ok()),
                ..entry
            })
            .collect();
    }
}

/// List items with a box and an id.
fn box_entries(outline: &Outline<'_>, known: &Known) -> Vec<Found> {
    let entry = |item: &ListItem<'_>| {
        let mark = item.mark?.text;
        let named = Named::read(item.text, known)?;
        let state = if named.struck { ItemState::Skipped } else { state_of_mark(mark) };
        let container = item.text.starts_with(CONTAINER);
        let entry = named.entry(item.line, Some(state), mark.to_owned());
        Some((Entry { container, ..entry }, item.heading))
    };
    outline.boxes().filter_map(entry).collect()
}

/// Lines that begin with a sign instead of a box: `▸` for a container, `☐` and `☑` for a task.
fn marked_lines(outline: &Outline<'_>, known: &Known) -> Vec<Found> {
    let mut found = Vec::new();
    let mut heading = None;
    for line in outline.lines().filter(|line| line.cover == Cover::Prose) {
        let next = heading.map_or(0, |at| at + 1);
        if outline.headings.get(next).is_some_and(|it| it.line == line.number) {
            heading = Some(next);
        }
        let text = line.text.trim_start().trim_start_matches(['-', '*', '+']).trim_start();
        let Some(sign) = text.chars().next() else { continue };
        let state = match sign {
            sign if CONTAINER.contains(&sign) => None,
            '☐' => Some(ItemState::Pending),
            '☑' | '✅' => Some(ItemState::Done),
            _ => continue,
        };
        let rest = text[sign.len_utf8()..].trim_start_matches('\u{fe0f}').trim_start();
        if let Some(named) = Named::read(rest, known) {
            let container = state.is_none();
            let entry = named.entry(line.number, state, sign.to_string());
            found.push((Entry { container, ..entry }, heading));
        }
    }
    found
}

/// Headings with an id, over boxes without: the boxes say together how the task stands.
fn headed_entries(outline: &Outline<'_>, known: &Known) -> Vec<Found> {
    let mut found: Vec<Option<(Found, usize, usize)>> = outline
        .headings
        .iter()
        .enumerate()
        .map(|(at, heading)| {
            let named = Named::read(&heading.text, known)?;
            let above = outline.headings[..at].iter().rposition(|it| it.level < heading.level);
            let above = above.filter(|at| outline.headings[*at].level > 1);
            Some(((named.entry(heading.line, None, String::new()), above), 0, 0))
        })
        .collect();
    for item in outline.boxes().filter(|item| Named::read(item.text, known).is_none()) {
        if let Some((_, total, done)) = item.heading.and_then(|at| found[at].as_mut()) {
            *total += 1;
            *done += usize::from(state_of_mark(item.mark.map_or("", |mark| mark.text)) == ItemState::Done);
        }
    }
    found
        .into_iter()
        .flatten()
        .map(|((entry, above), total, done)| (entry.summed_up(total, done), above))
        .collect()
}

impl Entry {
    fn summed_up(self, total: usize, done: usize) -> Self {
        let state = match (done, total) {
            (_, 0) => return self,
            (0, _) => ItemState::Pending,
            _ if done == total => ItemState::Done,
            _ => ItemState::InProgress,
        };
        Self { state: Some(state), mark: format!("{done} of {total}"), ..self }
    }
}

/// What a mark in a box says. CCW's legend has `⚠️` for what is under way.
pub(in crate::plan) fn state_of_mark(mark: &str) -> ItemState {
    match mark.trim().trim_end_matches('\u{fe0f}') {
        "" => ItemState::Pending,
        "⚠" => ItemState::InProgress,
        "❌" | "✗" | "✘" => ItemState::Blocked,
        other => parts::state_of_sign(other),
    }
}

/// A line through the text of an entry: nobody means to do it, whatever its box says.
pub(in crate::plan) fn is_struck(text: &str) -> bool {
    text.starts_with("~~") || text.starts_with("**~~")
}

/// The id and the title of a text that begins with an id or has a link to a task's file.
struct Named {
    id: String,
    title: String,
    struck: bool,
}

impl Named {
    fn read(text: &str, known: &Known) -> Option<Self> {
        let struck = is_struck(text);
        let linked = linked_task(text);
        let bare = text.trim_start_matches(|it: char| !it.is_alphanumeric());
        let token = id::leading(bare);
        let found = known.find(token).map(str::to_owned);
        let found = found.or_else(|| {
            let is_new = !token.is_empty() && (known.may_be(token) || linked == Some(token));
            is_new.then(|| token.to_owned())
        });
        let (id, rest) = match (found, linked) {
            (Some(id), _) => (id, behind_id(&bare[token.len()..])),
            (None, Some(linked)) => (known.find(linked).unwrap_or(linked).to_owned(), text),
            (None, None) => return None,
        };
        Some(Self { id, title: title(rest), struck })
    }

    fn entry(self, line: usize, state: Option<ItemState>, mark: String) -> Entry {
        Entry { id: self.id, title: self.title, line, state, mark, container: false, heading: None }
    }
}

/// `IMPL-1` of `[📋](./.task/IMPL-1.json)`.
fn linked_task(text: &str) -> Option<&str> {
    let (_, path) = text.split_once(".task/")?;
    let (stem, _) = path.split_once(".json")?;
    (!stem.is_empty() && !stem.contains([')', '/', ' '])).then_some(stem)
}

/// What follows an id, without the signs that close it, its own link, and the separator.
fn behind_id(rest: &str) -> &str {
    let rest = rest.trim_start_matches(['*', '`', '~', ']', '_', ')']);
    let rest = match rest.strip_prefix('(').and_then(|link| link.split_once(')')) {
        Some((link, behind)) if link.contains('/') => behind,
        _ => rest,
    };
    rest.trim_start_matches(['*', '`', '~', '_'])
        .trim_start()
        .trim_start_matches([':', '：', '-', '–', '—'])
        .trim()
}

/// A title without the links behind it.
fn title(text: &str) -> String {
    let end = ["→", "->", "[📋]", "[✅]", "[Task JSON]", "[Summary]"]
        .iter()
        .filter_map(|sign| text.find(sign))
        .min();
    let text = &text[..end.unwrap_or(text.len())];
    text.trim_matches(|it: char| it.is_whitespace() || "*~|`".contains(it)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `id state title` of every entry, with `>` before a container.
    fn shown(text: &str, ids: &[&str]) -> Vec<String> {
        let list = read(text, ids.iter().copied());
        let one = |entry: &Entry| {
            let sign = if entry.container { "> " } else { "" };
            format!("{sign}{} {} {}", entry.id, entry.state.map_or("-", ItemState::word), entry.title)
        };
        list.entries.iter().map(one).collect()
    }

    #[test]
    fn every_way_to_write_a_line_is_read() {
        let check = |line: &str, expected: &str| {
            assert_eq!(shown(line, &[]), [expected], "{line}");
        };
        check(
            "- [ ] **IMPL-001**: Fill the tank → [📋](./.task/IMPL-001.json)",
            "IMPL-001 pending Fill the tank",
        );
        check(
            "  * [x] IMPL-1.2 - Open it -> [📋](./.task/IMPL-1.2.json) [✅](./.summaries/IMPL-1.2-summary.md)",
            "IMPL-1.2 done Open it",
        );
        check("1. [X] `TEST-002` – Try it | [✅](x)", "TEST-002 done Try it");
        check("- [~] IMPL-A1: Half", "IMPL-A1 in_progress Half");
        check("- [⚠️] **IMPL-3**: Half", "IMPL-3 in_progress Half");
        check("- [>] **IMPL-3**: Half", "IMPL-3 in_progress Half");
        check("- [!] **IMPL-fix-3**: Stuck", "IMPL-fix-3 blocked Stuck");
        check("- [❌] **IMPL-3**: Stuck", "IMPL-3 blocked Stuck");
        check("- [✅] **IMPL-3: Inside the bold**", "IMPL-3 done Inside the bold");
        check("- [-] **IMPL-3**: Dropped", "IMPL-3 skipped Dropped");
        check("- [x] ~~**IMPL-3**: Dropped~~ (deprecated)", "IMPL-3 skipped Dropped~~ (deprecated)");
        check("- [ ] [IMPL-3](./.task/IMPL-3.json): Linked", "IMPL-3 pending Linked");
        check("- [ ] Pump it out [📋](.task/T7.json)", "T7 pending Pump it out");
        check("▸ **IMPL-001**: Everything → [📋](./.task/IMPL-001.json)", "> IMPL-001 - Everything");
        check("- ▶ **IMPL-001**: Everything", "> IMPL-001 - Everything");
        check("- [ ] ▸ **IMPL-001**: Everything", "> IMPL-001 pending Everything");
        check("- [ ] 🔴 (IMPL-001) Urgent", "IMPL-001 pending Urgent");
        check("☐ **IMPL-001**: Unlisted", "IMPL-001 pending Unlisted");
        check("- ☑ IMPL-001: Unlisted", "IMPL-001 done Unlisted");
        check("- [ ] **IMPL-001**：全角冒号", "IMPL-001 pending 全角冒号");
        check("- [x] **IMPL-001**: Ends with a return\r", "IMPL-001 done Ends with a return");
    }

    #[test]
    fn what_only_looks_like_a_task_is_none() {
        let check = |text: &str, ids: &[&str]| assert_eq!(shown(text, ids), [""; 0], "{text}");
        check("- `- [ ]` = Pending task", &[]);
        check("- [ ] All tests are green", &[]);
        check("- [x] T1 is short", &[]);
        check("- [ ] UTF-8 works", &["IMPL-1"]);
        check("## Phase-1: Ground\n- [ ] dig", &[]);
        check("```\n- [ ] **IMPL-001**: In a fence\n```", &[]);
        check("```\n▸ **IMPL-001**: In a fence\n```", &[]);
        check("<!--\n- [ ] **IMPL-001**: In a comment\n-->", &[]);
        check("- IMPL-001 → IMPL-002", &[]);
        check("", &[]);
    }

    #[test]
    fn an_id_of_the_session_counts_whatever_it_looks_like() {
        assert_eq!(
            shown("- [x] t1: Short\n- [ ] L0 - Ground", &["T1", "L0"]),
            ["T1 done Short", "L0 pending Ground"]
        );
    }

    #[test]
    fn an_id_in_a_heading_stands_as_the_boxes_below_it() {
        let text = "# Tasks\n## Phase 1\n### IMPL-1.1: Dig\n- [x] **task**: a\n- [x] b\n### IMPL-1.2: Line\n- [x] a\n- [ ] b\n### IMPL-1.3: Fill\n- [ ] a\n## Phase 2\n### IMPL-2.1: Wait\ntext\n";
        assert_eq!(
            shown(text, &[]),
            ["IMPL-1.1 done Dig", "IMPL-1.2 in_progress Line", "IMPL-1.3 pending Fill", "IMPL-2.1 - Wait"]
        );
        let list = read(text, std::iter::empty());
        assert_eq!(list.headings, ["Phase 1", "Phase 2"]);
        assert_eq!((list.boxes, list.ticked), (5, 3));
    }

    #[test]
    fn headings_are_groups_when_there_are_several() {
        let groups = |text: &str| {
            let list = read(text, std::iter::empty());
            (list.headings.clone(), list.entries.iter().map(|entry| entry.heading).collect::<Vec<_>>())
        };
        let one = groups("# T\n## Task Progress\n- [ ] IMPL-1: a\n- [ ] IMPL-2: b\n## Legend\n- [ ] x\n");
        assert_eq!(one, (vec![], vec![None, None]));
        let two =
            groups("# T\n## Phase 1\n- [ ] IMPL-1: a\n## Phase 2\n- [ ] IMPL-2: b\n- [ ] IMPL-1: again\n");
        assert_eq!(two, (vec!["Phase 1".to_owned(), "Phase 2".to_owned()], vec![Some(0), Some(1)]));
    }
}
