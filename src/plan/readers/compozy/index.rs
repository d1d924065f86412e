//! `_tasks.md`: numbered checkboxes, a table, or a graph; often two of them.

use super::name::{self, Number};
use crate::plan::{
    ItemState,
    frontmatter::{self, Fields},
    markdown::{Cover, Line, Outline},
    readers::parts,
};

/// What an index says of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) number: Number,
    pub(super) title: String,
    pub(super) state: ItemState,
    /// The box's mark or the table's word.
    pub(super) raw: String,
    pub(super) line: usize,
    /// The heading it stands under.
    pub(super) section: Option<String>,
}

/// An edge of the graph: `to` needs `from`. Ids as they are written, and the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) line: usize,
}

/// An index, read.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) title: Option<String>,
    /// In the order of the file; a task may be listed twice.
    pub(super) entries: Vec<Entry>,
    /// Ids and files of the graph; absent without a manifest.
    pub(super) nodes: Option<Vec<(String, String, usize)>>,
    pub(super) edges: Vec<Edge>,
    /// The front matter is no YAML: where, and why.
    pub(super) broken: Option<frontmatter::Broken>,
}

/// Reads an index.
pub(super) fn read(text: &str) -> Index {
    let outline = Outline::read(text);
    let title = outline.headings.iter().find(|it| it.level == 1).map(|it| title_of(&it.text));
    let mut index = Index { title, ..Index::default() };
    if let Some(matter) = frontmatter::split(text) {
        let fields = Fields::read(&matter);
        add_graph(&mut index, &fields);
        index.broken = fields.broken;
    }
    index.entries = boxes(&outline);
    if index.entries.is_empty() {
        index.entries = rows(&outline);
    }
    index
}

/// `X Implementation Task Summary` is called `X`.
fn title_of(heading: &str) -> String {
    let tails = ["Implementation Task Summary", "Task Summary", "Implementation Tasks", "Task List", "Tasks"];
    let heading = heading.trim();
    let name = tails.iter().find_map(|it| heading.strip_suffix(it)).unwrap_or(heading);
    let name = name.trim_end_matches(|it: char| it.is_whitespace() || ":-–—".contains(it));
    if name.is_empty() { heading.to_owned() } else { name.to_owned() }
}

/// `- [x] 1.0 Title (S)` and its variants. Steps (`1.1`) and
/// batches (`Batch 2: 2.0, 3.0`, `26.0–43.0`) are none.
fn boxes(outline: &Outline<'_>) -> Vec<Entry> {
    let entry = |item: &crate::plan::markdown::ListItem<'_>| {
        let mark = item.mark?;
        let (number, title) = numbered(item.text)?;
        Some(Entry {
            number,
            title: title.to_owned(),
            state: state_of(mark, title),
            raw: mark.text.to_owned(),
            line: item.line,
            section: item.heading.map(|it| outline.headings[it].text.clone()),
        })
    };
    outline.items.iter().filter_map(entry).collect()
}

/// A box says done or not; words behind an open one may say that nobody will do it.
fn state_of(mark: crate::plan::markdown::Mark<'_>, title: &str) -> ItemState {
    let state = parts::state_of_mark(mark);
    let upper = title.to_uppercase();
    let left_out = ["DEFERRED", "NOT NEEDED", "EXCLUDED"].iter().any(|it| upper.contains(it));
    if left_out { ItemState::Skipped } else { state }
}

/// The number of a whole task at the start of an entry: `1.0 Title`, `**1.0** Title`, `Task 1.0:
/// Title`, `[_task_1.md](_task_1.md) - 1.0 Title`.
fn numbered(text: &str) -> Option<(Number, &str)> {
    let mut rest = text.trim_start_matches(['*', '_', '`']);
    if let Some((_, after)) = rest.strip_prefix('[').and_then(|it| it.split_once("](")) {
        rest = after.split_once(')')?.1.trim_start_matches([' ', '-', '–', '—', '*', ':']);
    }
    rest = rest.strip_prefix("Task ").unwrap_or(rest);
    let length = rest.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(rest.len());
    let written = rest[..length].trim_end_matches('.');
    let (_, part) = written.split_once('.')?;
    let number = Number::read(written).filter(|_| part.bytes().all(|it| it == b'0'))?;
    let behind = &rest[written.len()..];
    let range = behind.trim_start().strip_prefix(['-', '–', '—']).map(str::trim_start);
    if range.is_some_and(|it| it.starts_with(|it: char| it.is_ascii_digit())) {
        return None;
    }
    let title = behind.trim_start_matches(|it: char| it.is_whitespace() || "*_`:.-–—".contains(it));
    Some((number, title.trim_end_matches(['*', ' '])))
}

/// The rows of tables with a `Status` column.
fn rows(outline: &Outline<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut columns: Option<Columns> = None;
    for line in outline.lines() {
        if line.cover != Cover::Table {
            columns = None;
        } else if let Some(columns) = &columns {
            entries.extend(row(&line, columns));
        } else {
            columns = Some(Columns::read(&line));
        }
    }
    entries
}

/// Where a table has its number, title and status.
struct Columns {
    number: usize,
    title: Option<usize>,
    status: Option<usize>,
}

impl Columns {
    fn read(line: &Line<'_>) -> Self {
        let cells = cells(line.text);
        let find = |names: &[&str]| {
            cells.iter().position(|it| names.iter().any(|name| it.eq_ignore_ascii_case(name)))
        };
        Self {
            number: find(&["#", "id", "task", "no", "no."]).unwrap_or(0),
            title: find(&["title", "name", "task", "description"]),
            status: find(&["status", "state"]),
        }
    }
}

fn row(line: &Line<'_>, columns: &Columns) -> Option<Entry> {
    let cells = cells(line.text);
    let number = Number::read(cells.get(columns.number)?.trim_matches(['*', '`', '[', ']']))?;
    let raw = (*cells.get(columns.status?)?).to_owned();
    Some(Entry {
        number,
        title: columns.title.and_then(|it| cells.get(it)).copied().unwrap_or_default().to_owned(),
        state: parts::state_of_word(&raw).unwrap_or(ItemState::Unknown),
        raw,
        line: line.number,
        section: None,
    })
}

fn cells(line: &str) -> Vec<&str> {
    let inside = line.trim().trim_start_matches('|').trim_end_matches('|');
    inside.split('|').map(str::trim).collect()
}

/// `graph: nodes: [{id, file}], edges: [{from, to}]`.
fn add_graph(index: &mut Index, fields: &Fields) {
    let Some(graph) = fields.get("graph").and_then(|it| it.value.map()) else { return };
    let list = |key: &str| graph.get(key).map(|it| it.value.entries()).unwrap_or_default();
    let maps = |key: &str| list(key).iter().filter_map(|it| it.map()).collect::<Vec<_>>();
    let text = |map: &Fields, key: &str| map.text(key).map(str::to_owned).unwrap_or_default();
    let line = |map: &Fields| map.list.first().map_or(1, |it| it.line);
    index.nodes =
        Some(maps("nodes").into_iter().map(|it| (text(it, "id"), text(it, "file"), line(it))).collect());
    index.edges = maps("edges")
        .into_iter()
        .map(|it| Edge { from: text(it, "from"), to: text(it, "to"), line: line(it) })
        .collect();
}

/// The entry's title without the marks of size and state that indexes put behind it.
pub(super) fn bare_title(title: &str) -> &str {
    name::of_heading(title).1
}
