//! What a dialect writes for a state: the word its own tools accept, in the spelling the plan has.

use super::desk::Desk;
use crate::plan::{
    readers::{is_put_off, state_of_word},
    types::{Dialect, Item, ItemState, Plan},
};

/// The word, or nothing where the dialect has none.
///
/// Where the dialect's tool checks the word, only words that it accepts are written; elsewhere the
/// plan's own spelling goes before the usual one.
pub(super) fn word(desk: &Desk<'_>, item: &Item, state: ItemState) -> Option<String> {
    match desk.plan.dialect {
        Dialect::Ccw => ccw(state).map(str::to_owned),
        Dialect::Taskmaster => taskmaster(state).map(str::to_owned),
        Dialect::Beads => beads(state).map(str::to_owned),
        Dialect::Compozy => desk.spelling(state).or_else(|| compozy(item, state)),
        Dialect::Speckit => desk.spelling(state).or_else(|| heading(state)),
        _ => None,
    }
}

/// What `ccw session task` accepts; it rejects `active` and `failed` although its schema has them.
pub(super) const fn ccw(state: ItemState) -> Option<&'static str> {
    match state {
        ItemState::Pending => Some("pending"),
        ItemState::InProgress => Some("in_progress"),
        ItemState::Done => Some("completed"),
        ItemState::Blocked => Some("blocked"),
        ItemState::Skipped => Some("cancelled"),
        _ => None,
    }
}

const fn taskmaster(state: ItemState) -> Option<&'static str> {
    match state {
        ItemState::Pending => Some("pending"),
        ItemState::InProgress => Some("in-progress"),
        ItemState::InReview => Some("review"),
        ItemState::Done => Some("done"),
        ItemState::Blocked => Some("blocked"),
        ItemState::Skipped => Some("cancelled"),
        _ => None,
    }
}

/// An issue that nobody means to do is closed as well; a tombstone would be a deletion.
const fn beads(state: ItemState) -> Option<&'static str> {
    match state {
        ItemState::Pending => Some("open"),
        ItemState::InProgress => Some("in_progress"),
        ItemState::Blocked => Some("blocked"),
        ItemState::Done => Some("closed"),
        _ => None,
    }
}

fn compozy(item: &Item, state: ItemState) -> Option<String> {
    let word = match state {
        ItemState::Pending => "pending",
        // The files called `task_04.md` are read by a tool that knows this spelling only.
        ItemState::InProgress if item.id.as_str().starts_with("task_") => "in_progress",
        ItemState::InProgress => "in-progress",
        ItemState::Done => "completed",
        ItemState::Blocked => "blocked",
        ItemState::Skipped => "excluded",
        _ => return None,
    };
    Some(word.to_owned())
}

/// Below a heading that stands for a task people write words, not marks.
fn heading(state: ItemState) -> Option<String> {
    let word = match state {
        ItemState::Pending => "Pending",
        ItemState::InProgress => "In Progress",
        ItemState::InReview => "In Review",
        ItemState::Done => "Done",
        ItemState::Blocked => "Blocked",
        ItemState::Skipped => "Skipped",
        _ => return None,
    };
    Some(word.to_owned())
}

/// The word that most items of the plan have for this state; of several, the first. The word itself
/// must mean it: a pending item that waits for another one is blocked too. That some are put off is no
/// word for what is stuck.
pub(super) fn own_spelling(plan: &Plan, state: ItemState) -> Option<String> {
    let is_word = |word: &&str| {
        word.chars().all(|it| it.is_ascii_alphanumeric() || " _-".contains(it))
            && word.chars().filter(char::is_ascii_alphabetic).count() > 2
            && !is_put_off(word)
            && state_of_word(word) == Some(state)
    };
    let words = plan.items.iter().filter(|it| !it.step && !it.container);
    most_used(words.filter_map(|it| it.raw_state.as_deref()).filter(is_word))
}

/// What comes most often; of several, what came first.
pub(super) fn most_used<'a>(words: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for word in words {
        match counts.iter_mut().find(|(it, _)| *it == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max()?;
    counts.iter().find(|(_, count)| *count == most).map(|(word, _)| (*word).to_owned())
}
