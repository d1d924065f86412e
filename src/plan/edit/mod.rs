//! How a plan's files change when an item's state is set: a line here and there, every other byte as
//! it was.
//!
//! Pure: given the texts, it says which lines become what. What a dialect keeps twice (a task's file
//! and a list of all tasks) is changed twice, so that the two go on saying the same. Where state is
//! which files exist, there is no line to change.

mod boxes;
mod desk;
mod json;
mod mend;
mod record;
mod sites;
mod splice;
#[cfg(test)]
mod tests;
mod words;

pub use mend::{Mend, mends};
pub use record::{Failed, Record};

use std::collections::{BTreeMap, BTreeSet};

use desk::Desk;
use splice::{Patch, Splice};

use super::{
    listing::Listing,
    readers::{READERS, Scope},
    types::{Dialect, Item, ItemState, Plan},
};
use crate::clock::Timestamp;

/// A line of a file and what it becomes. Both without their line ending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineEdit {
    /// Relative to the workspace.
    pub file: String,
    /// Counts from 1.
    pub line: usize,
    /// What stands there.
    pub seen: String,
    /// What will stand there.
    pub new: String,
}

/// Why an item's state can't be set by changing a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoEdit {
    /// State is which files exist: approve or reject instead.
    StateIsFiles,
    /// The dialect has no mark or word for this state.
    NoWord,
    /// The line that holds the state was not found where the item stands.
    NotFound,
    /// It has this state already.
    Already,
    /// Its state follows from the items it contains.
    Container,
    /// Something beside its mark or word decides: the folder it lies in, a line through its text.
    DecidedElsewhere,
}

/// The changes that give an item this state; all of them or none are to be made. `texts` holds at
/// least [`texts_for`]; `now` is for dialects that keep the time of a change beside the state.
///
/// # Errors
/// When no change of a line can.
pub fn set_state(
    plan: &Plan,
    item: &Item,
    state: ItemState,
    texts: &Listing,
    now: Timestamp,
) -> Result<Vec<LineEdit>, NoEdit> {
    let change = Change { item, state, record: None };
    let mut set = set_states(plan, std::slice::from_ref(&change), texts, now);
    set.answers.pop().expect("one change, one answer")?;
    let before = read_again(plan, item, texts);
    let after = read_again(plan, item, &with_lines_set(texts, &set.edits));
    // Alone it may not be found at all; what was found must be found again, and be what was asked for.
    if before.is_some() && after.is_none_or(|it| !it.container && it.state != state) {
        return Err(NoEdit::DecidedElsewhere);
    }
    Ok(set.edits)
}

/// The texts with these lines in them.
fn with_lines_set(texts: &Listing, edits: &[LineEdit]) -> Listing {
    let mut after = texts.clone();
    for edit in edits {
        let Some(text) = after.text(&edit.file) else { continue };
        let Some(range) = splice::LineStarts::of(text).range(text, edit.line) else { continue };
        let text = [&text[..range.start], &edit.new, &text[range.end..]].concat();
        after = after.with(&edit.file, &text);
    }
    after
}

/// The item as it is read from these texts; nothing when it is not there, or is there twice.
///
/// A value that goes on in the next line, a sign that means nothing where it stands: what a line says is
/// only known by reading it.
fn read_again(plan: &Plan, item: &Item, texts: &Listing) -> Option<Item> {
    let scope = match plan.dialect {
        Dialect::Checklist => Scope::Named(vec![plan.path.clone()]),
        _ => Scope::Workspace,
    };
    let reader = READERS.iter().find(|it| it.dialect == plan.dialect)?;
    let plans = (reader.read)(texts, &scope).plans;
    // As its file has it, an id is not unique yet.
    let names = |given: &str, unique: &str| {
        given == unique || unique.strip_prefix(given).is_some_and(|it| it.starts_with('~'))
    };
    let of_plan = |it: &Plan| it.folder == plan.folder && names(it.id.as_str(), plan.id.as_str());
    let same = |it: &Item| it.place == item.place && names(it.id.as_str(), item.id.as_str());
    let mut found = plans.into_iter().filter(of_plan).flat_map(|it| it.items).filter(same);
    found.next().filter(|_| found.next().is_none())
}

/// An item and the state it is to have.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// Of the plan.
    pub item: &'a Item,
    /// What it shall be.
    pub state: ItemState,
    /// How it came to this, when a run of it knows.
    pub record: Option<&'a Record>,
}

/// What becomes of several changes that are made at once.
#[derive(Debug)]
pub struct SetStates {
    /// By file and line, each line once.
    pub edits: Vec<LineEdit>,
    /// An answer for each change, in their order. What is refused is not among the edits.
    pub answers: Vec<Result<(), NoEdit>>,
}

/// The same as [`set_state`] for many items at once: each text is understood once, so that ten thousand
/// changes cost no more than reading the plan does.
pub fn set_states(plan: &Plan, changes: &[Change<'_>], texts: &Listing, now: Timestamp) -> SetStates {
    let desk = Desk::new(plan, texts);
    let mut splices: BTreeMap<String, Vec<Splice>> = BTreeMap::new();
    let mut answers = Vec::with_capacity(changes.len());
    for change in changes {
        let patches = patches(&desk, change, now);
        answers.push(patches.map(|patches| {
            for Patch { file, splice } in patches {
                splices.entry(file).or_default().push(splice);
            }
        }));
    }
    let of_file = |(file, splices): (&String, &Vec<Splice>)| {
        let (text, starts) = desk.texts.text(file).zip(desk.starts(file))?;
        Some(splice::lines(file, text, &starts, splices.iter().collect()))
    };
    let edits = splices.iter().filter_map(of_file).flatten().collect();
    SetStates { edits, answers }
}

fn patches(desk: &Desk<'_>, change: &Change<'_>, now: Timestamp) -> Result<Vec<Patch>, NoEdit> {
    let &Change { item, state, record } = change;
    let dialect = desk.plan.dialect;
    if dialect == Dialect::Methodology {
        return Err(NoEdit::StateIsFiles);
    }
    if item.container && !has_own_state(dialect) {
        return Err(NoEdit::Container);
    }
    if matches!(state, ItemState::Ready | ItemState::Unknown) {
        return Err(NoEdit::NoWord);
    }
    let patches = sites::patches(&sites::Wish { desk, item, state, now, record })?;
    let changes = |patch: &Patch| {
        let text = desk.texts.text(&patch.file)?;
        let starts = desk.starts(&patch.file)?;
        splice::fits(text, &starts, &patch.splice)
            .then(|| text[patch.splice.range.clone()] != patch.splice.new)
    };
    let said: Option<Vec<bool>> = patches.iter().map(changes).collect();
    match said {
        None => Err(NoEdit::NotFound),
        Some(said) if said.contains(&true) => Ok(patches),
        Some(_) => Err(NoEdit::Already),
    }
}

/// The files whose texts [`set_state`] looks into; some of them need not exist.
pub fn texts_for(plan: &Plan, item: &Item) -> BTreeSet<String> {
    let own = std::iter::once(item.place.file.clone());
    own.chain(sites::beside(plan)).collect()
}

/// What lets a session say itself that all of its tasks are over; nothing where it says so, or where the
/// plan's dialect has no word for the plan as a whole. `file` is the one that says it, in `texts`.
pub fn complete_session(plan: &Plan, file: &str, texts: &Listing, now: Timestamp) -> Vec<LineEdit> {
    let over = plan.leaves().count() > 0 && plan.leaves().all(|item| item.state.is_over());
    let Some(text) = texts.text(file).filter(|_| over && plan.dialect == Dialect::Ccw) else {
        return Vec::new();
    };
    let json = super::json::Json::new(text);
    let splices = json.root().ok().and_then(|root| json::completed(root, now)).unwrap_or_default();
    let starts = splice::LineStarts::of(text);
    splice::lines(file, text, &starts, splices.iter().collect())
}

/// The file in which a plan of this dialect says how it stands as a whole, where it has one.
pub fn says_how_it_stands(plan: &Plan) -> Option<String> {
    let has_one = plan.dialect == Dialect::Ccw && !plan.folder.is_empty();
    has_one.then(|| format!("{}/{}", plan.folder, super::readers::ccw::METADATA))
}

/// The files that [`set_state`] looks into beside the items' own.
pub fn beside(plan: &Plan) -> Vec<String> {
    sites::beside(plan)
}

/// Dialects in which a task keeps a word of its own beside those of its parts.
const fn has_own_state(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Taskmaster | Dialect::Beads | Dialect::Backlog | Dialect::Compozy)
}
