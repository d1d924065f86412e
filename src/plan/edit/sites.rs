//! Where each dialect keeps the state of an item.

use super::{
    NoEdit,
    boxes::{Boxes, Marks},
    desk::Desk,
    json,
    record::Record,
    splice::{Patch, Splice},
    words,
};
use std::rc::Rc;

use crate::{
    clock::Timestamp,
    plan::{
        frontmatter::{self, Fields},
        json::{Json, Part},
        listing::file_name,
        markdown::Cover,
        readers::{backlog, ccw, compozy, speckit},
        types::{Dialect, Item, ItemState, Plan},
    },
};

/// What a session's task may call its id.
pub(super) const CCW_IDS: [&str; 3] = ["id", "task_id", "taskId"];

/// An item, and what it shall be.
pub(super) struct Wish<'w, 'a> {
    pub(super) desk: &'w Desk<'a>,
    pub(super) item: &'w Item,
    pub(super) state: ItemState,
    pub(super) now: Timestamp,
    /// What is to be kept of how it came to this, where the dialect keeps such things.
    pub(super) record: Option<&'w Record>,
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

pub(super) fn patches(wish: &Wish<'_, '_>) -> Result<Vec<Patch>, NoEdit> {
    match wish.plan().dialect {
        Dialect::Methodology => Err(NoEdit::StateIsFiles),
        // A person's own list gets no mark of ours for what is only begun.
        Dialect::Checklist if wish.record.is_some() => wish.own_box(Marks::Known).map(one),
        Dialect::Checklist => wish.own_box(Marks::Any).map(one),
        Dialect::Openspec => wish.own_box(Marks::Known).map(one),
        Dialect::Speckit => speckit_task(wish).map(one),
        Dialect::Ccw => ccw_task(wish),
        Dialect::Taskmaster => taskmaster_task(wish),
        Dialect::Beads => beads_issue(wish),
        Dialect::Backlog => backlog_task(wish).map(one),
        Dialect::Compozy => compozy_task(wish),
    }
}

fn one(patch: Patch) -> Vec<Patch> {
    vec![patch]
}

impl<'w, 'a> Wish<'w, 'a> {
    fn plan(&self) -> &'a Plan {
        self.desk.plan
    }

    fn file(&self) -> &'w str {
        &self.item.place.file
    }

    fn text(&self) -> Result<&'a str, NoEdit> {
        self.desk.texts.text(self.file()).ok_or(NoEdit::NotFound)
    }

    fn line(&self) -> Result<usize, NoEdit> {
        self.item.place.line.ok_or(NoEdit::NotFound)
    }

    fn word(&self) -> Result<String, NoEdit> {
        words::word(self.desk, self.item, self.state).ok_or(NoEdit::NoWord)
    }

    fn boxes(&self) -> Result<Rc<Boxes<'a>>, NoEdit> {
        self.desk.boxes(self.file()).ok_or(NoEdit::NotFound)
    }

    /// A splice in the item's own file.
    fn patch(&self, splice: Splice) -> Patch {
        Patch { file: self.file().to_owned(), splice }
    }

    fn patched(&self, splices: Option<Vec<Splice>>) -> Result<Vec<Patch>, NoEdit> {
        let splices = splices.ok_or(NoEdit::NotFound)?;
        Ok(splices.into_iter().map(|it| self.patch(it)).collect())
    }

    /// The box on the item's own line.
    fn own_box(&self, marks: Marks) -> Result<Patch, NoEdit> {
        let boxes = self.boxes()?;
        self.unless_struck(&boxes)?;
        boxes.tick(self.line()?, self.state, marks).map(|splice| self.patch(splice))
    }

    /// A line through a task's text says that nobody will do it: in a CCW list whatever its box says,
    /// in spec-kit when the box says nothing.
    fn unless_struck(&self, boxes: &Boxes<'_>) -> Result<(), NoEdit> {
        let text = boxes.item(self.line()?).map_or("", |it| it.text);
        let outweighs = match self.plan().dialect {
            Dialect::Ccw => self.state != ItemState::Skipped && ccw::todo::is_struck(text),
            Dialect::Speckit => self.state == ItemState::Pending && text.starts_with("~~"),
            _ => false,
        };
        if outweighs { Err(NoEdit::DecidedElsewhere) } else { Ok(()) }
    }
}

/// A task is a box; in files without boxes a heading with a status below it, or a sign.
fn speckit_task(wish: &Wish<'_, '_>) -> Result<Patch, NoEdit> {
    let boxes = wish.boxes()?;
    let line = wish.line()?;
    match boxes.item(line) {
        Some(item) if item.mark.is_some() => wish.own_box(Marks::Known),
        Some(_) => wish.sign(&boxes, line),
        None => status_below_heading(wish, line),
    }
}

fn status_below_heading(wish: &Wish<'_, '_>, heading: usize) -> Result<Patch, NoEdit> {
    let boxes = wish.boxes()?;
    let outline = &boxes.outline;
    let next = outline.headings.partition_point(|it| it.line <= heading);
    let next = outline.headings.get(next).map_or(usize::MAX, |it| it.line);
    let below = outline.lines().skip_while(|it| it.number <= heading).take_while(|it| it.number < next);
    let found = below.into_iter().find_map(|it| {
        let word = (it.cover == Cover::Prose).then(|| speckit::status_word(it.text)).flatten()?;
        Some((it.offset + (word.as_ptr().addr() - it.text.as_ptr().addr()), word))
    });
    let Some((start, word)) = found else {
        let follows = wish.plan().items.iter().any(|it| it.parent.as_ref() == Some(&wish.item.id));
        return Err(if follows { NoEdit::Container } else { NoEdit::NotFound });
    };
    let short = word.split(['(', ',', ';']).next().unwrap_or(word).trim_end();
    Ok(wish.patch(Splice::new(start..start + short.len(), wish.word()?)))
}

/// The task's own file decides; the list is ticked beside it, so that the two do not drift apart.
fn ccw_task(wish: &Wish<'_, '_>) -> Result<Vec<Patch>, NoEdit> {
    if file_name(wish.file()) == ccw::TODO {
        let boxes = wish.boxes()?;
        let line = wish.line()?;
        wish.unless_struck(&boxes)?;
        let splice = boxes.tick(line, wish.state, Marks::Any).or_else(|_| wish.sign_splice(&boxes, line))?;
        return Ok(one(wish.patch(splice)));
    }
    let word = wish.word()?;
    let splices = |object: Part<'_>| json::ccw(object, &CCW_IDS, &word, wish.record);
    let mut patches = if file_name(wish.file()) == ccw::METADATA {
        let objects = wish.desk.objects(wish.file()).ok_or(NoEdit::NotFound)?;
        let object = objects.find(wish.plan(), wish.item).ok_or(NoEdit::NotFound)?;
        wish.patched(splices(object))?
    } else {
        let json = Json::new(wish.text()?);
        let root = json.root().map_err(|_| NoEdit::NotFound)?;
        wish.patched(splices(root))?
    };
    patches.extend(todo_box(wish.desk, wish.item, wish.state));
    patches.extend(summary_link(wish));
    Ok(patches)
}

impl Wish<'_, '_> {
    fn sign_splice(&self, boxes: &Boxes<'_>, line: usize) -> Result<Splice, NoEdit> {
        let range = self.desk.line(self.file(), line).ok_or(NoEdit::NotFound)?;
        boxes.sign(range, self.state)
    }

    fn sign(&self, boxes: &Boxes<'_>, line: usize) -> Result<Patch, NoEdit> {
        self.sign_splice(boxes, line).map(|splice| self.patch(splice))
    }
}

/// What lets a session's list say of a task what its file says; nothing where they agree.
pub(super) fn todo_box(desk: &Desk<'_>, item: &Item, state: ItemState) -> Option<Patch> {
    let path = beside(desk.plan).pop()?;
    let entry = desk.entry(&path, item.id.as_str())?;
    let listed = entry.state?;
    if ccw::agrees(state, listed) {
        return None;
    }
    let boxes = desk.boxes(&path)?;
    // A line through the text says more than its box: that is for a person to take out.
    if boxes.state(entry.line).is_some_and(|it| it != listed) {
        return None;
    }
    let range = desk.line(&path, entry.line)?;
    let sign = |state| boxes.sign(range.clone(), state);
    let tick = |state| boxes.tick(entry.line, state, Marks::Known).or_else(|_| sign(state)).ok();
    // A blank box says no more than "not done", and the list's own tool knows no other sign for it.
    tick(state).or_else(|| tick(ItemState::Pending)).map(|splice| Patch { file: path, splice })
}

/// The link to what a finished task left for those after it, behind its line in the list.
fn summary_link(wish: &Wish<'_, '_>) -> Option<Patch> {
    if wish.state != ItemState::Done || !wish.record?.has_summary {
        return None;
    }
    let path = beside(wish.plan()).pop()?;
    let id = wish.item.id.as_str();
    let entry = wish.desk.entry(&path, id)?;
    wish.desk.boxes(&path)?.state(entry.line)?;
    let range = wish.desk.line(&path, entry.line)?;
    let line = wish.desk.texts.text(&path)?[range.clone()].trim_end();
    if line.contains(".summaries/") {
        return None;
    }
    let separator = if line.contains("](") { "|" } else { "→" };
    let at = range.start + line.len();
    let behind = format!(" {separator} [✅](./.summaries/{id}-summary.md)");
    Some(Patch { file: path, splice: Splice::new(at..at, behind) })
}

fn taskmaster_task(wish: &Wish<'_, '_>) -> Result<Vec<Patch>, NoEdit> {
    let word = wish.word()?;
    let objects = wish.desk.objects(wish.file()).ok_or(NoEdit::NotFound)?;
    let object = objects.find(wish.plan(), wish.item).ok_or(NoEdit::NotFound)?;
    wish.patched(json::status(object, &["id"], &word).map(|it| vec![it]))
}

/// One line is one issue.
fn beads_issue(wish: &Wish<'_, '_>) -> Result<Vec<Patch>, NoEdit> {
    let range = wish.desk.line(wish.file(), wish.line()?).ok_or(NoEdit::NotFound)?;
    let json = Json::new(&wish.text()?[range.clone()]);
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
    wish.patched(Some(splices))
}

fn backlog_task(wish: &Wish<'_, '_>) -> Result<Patch, NoEdit> {
    if wish.item.step {
        return wish.own_box(Marks::Known);
    }
    if !backlog::file_decides(&wish.plan().folder, wish.file(), wish.state) {
        return Err(NoEdit::DecidedElsewhere);
    }
    let text = wish.text()?;
    let matter = frontmatter::split(text).ok_or(NoEdit::NotFound)?;
    let line = Fields::read(&matter).get("status").map(|it| it.line).ok_or(NoEdit::NotFound)?;
    let texts = wish.desk.texts;
    let word = backlog::word_for(texts, &wish.plan().folder, wish.state).ok_or(NoEdit::NoWord)?;
    status_field(wish, line, &word)
}

/// The task's own file decides, and the index is ticked beside it. Without a file, or without a
/// status in it, the index is all there is.
fn compozy_task(wish: &Wish<'_, '_>) -> Result<Vec<Patch>, NoEdit> {
    if wish.item.step || file_name(wish.file()) == compozy::INDEX {
        return wish.own_box(Marks::Known).map(one);
    }
    let index = index_box(wish.desk, wish.item, wish.state);
    let Some(line) = compozy::status_line(wish.text()?) else {
        // A tick says done or not, and no more.
        let says = matches!(wish.state, ItemState::Done | ItemState::Pending);
        return if says { index.map(one).ok_or(NoEdit::NotFound) } else { Err(NoEdit::NoWord) };
    };
    let patch = status_field(wish, line, &wish.word()?)?;
    Ok(std::iter::once(patch).chain(index).collect())
}

/// What lets an index say of a task what its file says: done, or not.
pub(super) fn index_box(desk: &Desk<'_>, item: &Item, state: ItemState) -> Option<Patch> {
    let path = beside(desk.plan).pop()?;
    let (line, listed) = desk.index_line(&path, &item.place.file)?;
    let done = state == ItemState::Done;
    if done == (listed == ItemState::Done) {
        return None;
    }
    let boxes = desk.boxes(&path)?;
    if boxes.state(line).is_some_and(|it| it != listed) {
        return None;
    }
    let state = if done { ItemState::Done } else { ItemState::Pending };
    boxes.tick(line, state, Marks::Known).ok().map(|splice| Patch { file: path, splice })
}

/// `status: word` on a line, as a field of front matter, as a heading or in bold. Quotes and remarks
/// behind it stay.
fn status_field(wish: &Wish<'_, '_>, line: usize, word: &str) -> Result<Patch, NoEdit> {
    let text = wish.text()?;
    let range = wish.desk.line(wish.file(), line).ok_or(NoEdit::NotFound)?;
    let (value, quote) = status_value(&text[range.clone()]).ok_or(NoEdit::NotFound)?;
    let gap = if text[..range.start + value.start].ends_with(':') { " " } else { "" };
    let written = match quote {
        Some(_) => word.to_owned(),
        None if is_plain_yaml(word) => word.to_owned(),
        None => serde_json::Value::from(word).to_string(),
    };
    let range = range.start + value.start..range.start + value.end;
    Ok(wish.patch(Splice::new(range, format!("{gap}{written}"))))
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
