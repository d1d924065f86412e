//! Where each dialect keeps the state of an item.

use super::{
    LineEdit, NoEdit,
    boxes::{Boxes, Meaning},
    json,
    splice::{Splice, line_range, on_one_line},
    words,
};
use crate::{
    clock::Timestamp,
    plan::{
        frontmatter::{self, Fields},
        json::{Json, Part},
        listing::{Listing, file_name},
        markdown::{Cover, Outline},
        readers::{backlog, ccw, compozy, speckit, state_of_mark, taskmaster},
        types::{Dialect, Item, ItemState, Plan},
    },
};

/// An item, and what it shall be.
pub(super) struct Wish<'a> {
    pub(super) plan: &'a Plan,
    pub(super) item: &'a Item,
    pub(super) state: ItemState,
    pub(super) texts: &'a Listing,
    pub(super) now: Timestamp,
}

/// What a dialect looks into beside the item's own file.
pub(super) fn beside(plan: &Plan) -> Vec<String> {
    let name = |name: &str| {
        if plan.folder.is_empty() { name.to_owned() } else { format!("{}/{name}", plan.folder) }
    };
    match plan.dialect {
        Dialect::Ccw => vec![name(ccw::TODO)],
        Dialect::Compozy => vec![name(compozy::INDEX)],
        Dialect::Backlog => backlog::SETTINGS.map(name).to_vec(),
        _ => Vec::new(),
    }
}

pub(super) fn edits(wish: &Wish<'_>) -> Result<Vec<LineEdit>, NoEdit> {
    match wish.plan.dialect {
        Dialect::Methodology => Err(NoEdit::StateIsFiles),
        Dialect::Checklist => wish.own_box(true).map(one),
        Dialect::Openspec => wish.own_box(false).map(one),
        Dialect::Speckit => speckit_task(wish).map(one),
        Dialect::Ccw => ccw_task(wish),
        Dialect::Taskmaster => taskmaster_task(wish).map(one),
        Dialect::Beads => beads_issue(wish).map(one),
        Dialect::Backlog => backlog_task(wish).map(one),
        Dialect::Compozy => compozy_task(wish),
    }
}

fn one(edit: LineEdit) -> Vec<LineEdit> {
    vec![edit]
}

impl Wish<'_> {
    fn file(&self) -> &str {
        &self.item.place.file
    }

    fn text(&self) -> Result<&str, NoEdit> {
        self.texts.text(self.file()).ok_or(NoEdit::NotFound)
    }

    fn line(&self) -> Result<usize, NoEdit> {
        self.item.place.line.ok_or(NoEdit::NotFound)
    }

    fn word(&self) -> Result<String, NoEdit> {
        words::word(self.plan, self.item, self.state).ok_or(NoEdit::NoWord)
    }

    fn boxes(&self, any_mark: bool) -> Result<Boxes<'_>, NoEdit> {
        Ok(Boxes::read(self.file(), self.text()?, meaning(self.plan.dialect), any_mark))
    }

    /// The box on the item's own line.
    fn own_box(&self, any_mark: bool) -> Result<LineEdit, NoEdit> {
        let edit = self.boxes(any_mark)?.tick(self.line()?, self.state)?;
        self.unless_decided_elsewhere(edit)
    }

    /// A line through an open task's text says that nobody will do it, whatever its box says.
    fn unless_decided_elsewhere(&self, edit: LineEdit) -> Result<LineEdit, NoEdit> {
        let struck = edit.seen == edit.new
            && self.state == ItemState::Pending
            && self.item.state == ItemState::Skipped;
        if struck { Err(NoEdit::DecidedElsewhere) } else { Ok(edit) }
    }

    /// An object of the item's JSON file, with what changes in it.
    fn in_json<'j>(
        &self,
        json: &'j Json<'_>,
        find: impl FnOnce(Part<'j>) -> Option<Part<'j>>,
        splices: impl FnOnce(Part<'j>) -> Option<Vec<Splice>>,
    ) -> Result<LineEdit, NoEdit> {
        let root = json.root().map_err(|_| NoEdit::NotFound)?;
        let object = find(root).ok_or(NoEdit::NotFound)?;
        let splices = splices(object).ok_or(NoEdit::NotFound)?;
        on_one_line(self.file(), self.text()?, splices).ok_or(NoEdit::NotFound)
    }

    /// Of objects with their ids and lines, the one that this item was read from. An id that two
    /// objects have got `~2` for the second of them.
    fn own<'j>(&self, objects: impl Iterator<Item = (String, usize, Part<'j>)>) -> Option<Part<'j>> {
        let id = self.item.id.as_str();
        let bare = id.rsplit_once('~').filter(|(_, it)| it.parse::<usize>().is_ok()).map(|it| it.0);
        let line = self.item.place.line?;
        let on_line: Vec<_> = objects.filter(|it| it.1 == line).collect();
        let exact = on_line.iter().find(|it| it.0 == id);
        exact.or_else(|| on_line.iter().rfind(|it| Some(it.0.as_str()) == bare)).map(|it| it.2)
    }
}

/// What marks mean in a dialect.
pub(super) fn meaning(dialect: Dialect) -> Meaning {
    if dialect == Dialect::Ccw { ccw::state_of_mark } else { state_of_mark }
}

/// A task is a box; in files without boxes a heading with a status below it, or a sign.
fn speckit_task(wish: &Wish<'_>) -> Result<LineEdit, NoEdit> {
    let boxes = wish.boxes(false)?;
    let line = wish.line()?;
    match boxes.item(line) {
        Some(item) if item.mark.is_some() => wish.own_box(false),
        Some(_) => boxes.sign(line, wish.state),
        None => status_below_heading(wish, line),
    }
}

fn status_below_heading(wish: &Wish<'_>, heading: usize) -> Result<LineEdit, NoEdit> {
    let text = wish.text()?;
    let outline = Outline::read(text);
    let next = outline.headings.iter().map(|it| it.line).find(|it| *it > heading).unwrap_or(usize::MAX);
    let mut below = outline.lines().filter(|it| it.number > heading && it.number < next);
    let found = below.find_map(|it| {
        let word = (it.cover == Cover::Prose).then(|| speckit::status_word(it.text)).flatten()?;
        Some((it.offset + (word.as_ptr().addr() - it.text.as_ptr().addr()), word))
    });
    let Some((start, word)) = found else {
        let follows = wish.plan.items.iter().any(|it| it.parent.as_ref() == Some(&wish.item.id));
        return Err(if follows { NoEdit::Container } else { NoEdit::NotFound });
    };
    let short = word.split(['(', ',', ';']).next().unwrap_or(word).trim_end();
    let splice = Splice::new(start..start + short.len(), wish.word()?);
    on_one_line(wish.file(), text, vec![splice]).ok_or(NoEdit::NotFound)
}

/// The task's own file decides; the list is ticked beside it, so that the two do not drift apart.
fn ccw_task(wish: &Wish<'_>) -> Result<Vec<LineEdit>, NoEdit> {
    const IDS: [&str; 3] = ["id", "task_id", "taskId"];
    if file_name(wish.file()) == ccw::TODO {
        let boxes = wish.boxes(true)?;
        let line = wish.line()?;
        let edit = boxes.tick(line, wish.state).or_else(|_| boxes.sign(line, wish.state))?;
        return wish.unless_decided_elsewhere(edit).map(one);
    }
    let json = Json::new(wish.text()?);
    let word = wish.word()?;
    let edit = wish.in_json(
        &json,
        |root| ccw_object(wish, root, &IDS),
        |object| Some(vec![json::status_or_meta(object, &IDS, &word)?]),
    )?;
    Ok(std::iter::once(edit).chain(todo_box(wish.plan, wish.item, wish.state, wish.texts)).collect())
}

fn ccw_object<'j>(wish: &Wish<'_>, root: Part<'j>, ids: &[&str]) -> Option<Part<'j>> {
    if file_name(wish.file()) != ccw::METADATA {
        return root.members().map(|_| root);
    }
    let tasks = root.members()?.any(&["tasks", "task_list"])?;
    let parts: Vec<(String, Part<'j>)> = match tasks.members() {
        Some(members) => members.iter().map(|(id, part)| (id.to_owned(), part)).collect(),
        None => {
            let elements = tasks.elements()?.into_iter().enumerate();
            elements.map(|(at, part)| (format!("IMPL-{}", at + 1), part)).collect()
        }
    };
    wish.own(parts.into_iter().filter_map(|(fallback, part)| {
        let members = part.members()?;
        let line = members.any(ids).map_or_else(|| part.line(), Part::line);
        Some((members.word(ids).unwrap_or(fallback), line, part))
    }))
}

/// What lets a session's list say of a task what its file says; nothing where they agree.
pub(super) fn todo_box(plan: &Plan, item: &Item, state: ItemState, texts: &Listing) -> Option<LineEdit> {
    let path = beside(plan).pop()?;
    let text = texts.text(&path)?;
    let list = ccw::todo::read(text, plan.items.iter().map(|it| it.id.as_str()));
    let entry = list.entries.iter().find(|it| it.id == item.id.as_str() && !it.container)?;
    let listed = entry.state?;
    if ccw::agrees(state, listed) {
        return None;
    }
    let boxes = Boxes::read(&path, text, ccw::state_of_mark, false);
    // A line through the text says more than its box: that is for a person to take out.
    if boxes.state(entry.line).is_some_and(|it| it != listed) {
        return None;
    }
    let tick = |state| boxes.tick(entry.line, state).or_else(|_| boxes.sign(entry.line, state)).ok();
    // A blank box says no more than "not done", and the list's own tool knows no other sign for it.
    tick(state).or_else(|| tick(ItemState::Pending)).filter(|it| it.seen != it.new)
}

fn taskmaster_task(wish: &Wish<'_>) -> Result<LineEdit, NoEdit> {
    let json = Json::new(wish.text()?);
    let word = wish.word()?;
    wish.in_json(
        &json,
        |root| {
            let objects = taskmaster::objects(root, wish.plan.id.as_str());
            wish.own(objects.into_iter().map(|(id, part)| (id, part.line(), part)))
        },
        |object| Some(vec![json::status(object, &["id"], &word)?]),
    )
}

/// One line is one issue.
fn beads_issue(wish: &Wish<'_>) -> Result<LineEdit, NoEdit> {
    let text = wish.text()?;
    let range = line_range(text, wish.line()?).ok_or(NoEdit::NotFound)?;
    let json = Json::new(&text[range.clone()]);
    let root = json.root().map_err(|_| NoEdit::NotFound)?;
    let word = wish.word()?;
    let status = json::status(root, &["id"], &word).ok_or(NoEdit::NotFound)?;
    let same = root.members().and_then(|it| it.word(&["status"])).as_deref() == Some(word.as_str());
    if same {
        return Err(NoEdit::Already);
    }
    let mut splices = json::closing(root, wish.state == ItemState::Done, wish.now);
    splices.insert(0, status);
    for splice in &mut splices {
        splice.range = splice.range.start + range.start..splice.range.end + range.start;
    }
    on_one_line(wish.file(), text, splices).ok_or(NoEdit::NotFound)
}

fn backlog_task(wish: &Wish<'_>) -> Result<LineEdit, NoEdit> {
    if wish.item.step {
        return wish.own_box(false);
    }
    if !backlog::file_decides(&wish.plan.folder, wish.file(), wish.state) {
        return Err(NoEdit::DecidedElsewhere);
    }
    let text = wish.text()?;
    let matter = frontmatter::split(text).ok_or(NoEdit::NotFound)?;
    let line = Fields::read(&matter).get("status").map(|it| it.line).ok_or(NoEdit::NotFound)?;
    let word = backlog::word_for(wish.texts, &wish.plan.folder, wish.state).ok_or(NoEdit::NoWord)?;
    status_field(wish.file(), text, line, &word)
}

/// The task's own file decides, and the index is ticked beside it. Without a file, or without a
/// status in it, the index is all there is.
fn compozy_task(wish: &Wish<'_>) -> Result<Vec<LineEdit>, NoEdit> {
    if wish.item.step || file_name(wish.file()) == compozy::INDEX {
        return wish.own_box(false).map(one);
    }
    let text = wish.text()?;
    let index = index_box(wish.plan, wish.item, wish.state, wish.texts);
    let Some(line) = compozy::status_line(text) else {
        return index.map(one).ok_or(NoEdit::NotFound);
    };
    let edit = status_field(wish.file(), text, line, &wish.word()?)?;
    Ok(std::iter::once(edit).chain(index).collect())
}

/// What lets an index say of a task what its file says: done, or not.
pub(super) fn index_box(plan: &Plan, item: &Item, state: ItemState, texts: &Listing) -> Option<LineEdit> {
    let path = beside(plan).pop()?;
    let text = texts.text(&path)?;
    let (line, listed) = compozy::index_line(text, &item.place.file)?;
    let done = state == ItemState::Done;
    if done == (listed == ItemState::Done) {
        return None;
    }
    let boxes = Boxes::read(&path, text, state_of_mark, false);
    if boxes.state(line).is_some_and(|it| it != listed) {
        return None;
    }
    let state = if done { ItemState::Done } else { ItemState::Pending };
    boxes.tick(line, state).ok().filter(|it| it.seen != it.new)
}

/// `status: word` on a line, as a field of front matter, as a heading or in bold. Quotes and remarks
/// behind it stay.
fn status_field(file: &str, text: &str, line: usize, word: &str) -> Result<LineEdit, NoEdit> {
    let range = line_range(text, line).ok_or(NoEdit::NotFound)?;
    let (value, quote) = status_value(&text[range.clone()]).ok_or(NoEdit::NotFound)?;
    let gap = if text[..range.start + value.start].ends_with(':') { " " } else { "" };
    let written = match quote {
        Some(_) => word.to_owned(),
        None if is_plain_yaml(word) => word.to_owned(),
        None => serde_json::Value::from(word).to_string(),
    };
    let splice = Splice::new(range.start + value.start..range.start + value.end, format!("{gap}{written}"));
    on_one_line(file, text, vec![splice]).ok_or(NoEdit::NotFound)
}

/// The bytes of the value behind `status:`, and the quote around it.
fn status_value(line: &str) -> Option<(std::ops::Range<usize>, Option<char>)> {
    let decoration = |it: char| it.is_whitespace() || "#*_->\"'".contains(it);
    let bare = line.trim_start_matches(decoration);
    let rest = bare.get(..6).filter(|it| it.eq_ignore_ascii_case("status")).map(|_| &bare[6..])?;
    let rest = rest.trim_start_matches(['*', '_', '"', '\'']).trim_start().strip_prefix(':')?;
    let rest = rest.trim_start_matches(['*', '_']);
    let value = rest.trim_start();
    let start = line.len() - value.len();
    if let Some(quote) = value.chars().next().filter(|it| matches!(it, '"' | '\'')) {
        let length = value[1..].find(quote)?;
        return Some((start + 1..start + 1 + length, Some(quote)));
    }
    let end = [" #", "\t#", "<!--"].iter().filter_map(|it| value.find(it)).min().unwrap_or(value.len());
    let end = if value.starts_with('#') { 0 } else { end };
    let length = value[..end].trim_end_matches(|it: char| it.is_whitespace() || it == '*').len();
    Some((start..start + length, None))
}

/// Words that YAML reads as the text they are, without quotes.
fn is_plain_yaml(word: &str) -> bool {
    let mut characters = word.chars();
    characters.next().is_some_and(char::is_alphabetic)
        && characters.all(|it| it.is_alphanumeric() || matches!(it, ' ' | '_' | '-' | '.' | '/' | '\'' | '’'))
        && !matches!(
            word.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "null"
        )
}
