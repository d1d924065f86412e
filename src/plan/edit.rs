//! How a plan's file changes when an item's state is set: one line, every other byte as it was.
//!
//! Pure: given the file's text, it says which line becomes what. Where state is which files exist,
//! there is no line to change.

use super::types::{Dialect, Item, ItemState, Plan};

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
}

/// The change that gives an item this state, in the file at its place, whose text this is.
///
/// # Errors
/// When no change of a line can.
pub fn set_state(plan: &Plan, item: &Item, state: ItemState, text: &str) -> Result<LineEdit, NoEdit> {
    if plan.dialect == Dialect::Methodology {
        return Err(NoEdit::StateIsFiles);
    }
    let number = item.place.line.ok_or(NoEdit::NotFound)?;
    let line = text.split('\n').nth(number - 1).ok_or(NoEdit::NotFound)?;
    let line = line.strip_suffix('\r').unwrap_or(line);
    let edit =
        |new: String| LineEdit { file: item.place.file.clone(), line: number, seen: line.to_owned(), new };
    match plan.dialect {
        Dialect::Speckit | Dialect::Openspec | Dialect::Checklist => tick(line, state, text).map(edit),
        _ => Err(NoEdit::NotFound),
    }
}

/// The line with another character in its box; the file's own habit decides between `x` and `X`.
fn tick(line: &str, state: ItemState, text: &str) -> Result<String, NoEdit> {
    let open = line.find('[').ok_or(NoEdit::NotFound)?;
    let close = open + line[open..].find(']').ok_or(NoEdit::NotFound)?;
    let mark = match state {
        ItemState::Pending => ' ',
        ItemState::Done if text.matches("[X]").count() > text.matches("[x]").count() => 'X',
        ItemState::Done => 'x',
        ItemState::InProgress => '~',
        ItemState::Skipped => '-',
        ItemState::Blocked => '!',
        _ => return Err(NoEdit::NoWord),
    };
    let new = format!("{}{mark}{}", &line[..=open], &line[close..]);
    if new == line { Err(NoEdit::Already) } else { Ok(new) }
}
