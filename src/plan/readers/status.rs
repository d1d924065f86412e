//! What dialects of plain tasks have in common: a word for the state of each, written by hand or by
//! an agent, in one of many spellings.

use crate::{
    ids::PlanId,
    plan::{
        listing::file_name,
        problem::{Code, Problem},
        readers::parts::{self, action},
        types::{Dialect, Item, ItemState, Place, Plan},
    },
};

/// A plan of which nothing is known but where it lies.
pub fn blank_plan(dialect: Dialect, id: &str, title: String, path: &str, folder: &str) -> Plan {
    let folder = folder.to_owned();
    Plan { id: PlanId::new(id), title, folder, ..parts::empty_plan(dialect, path) }
}

/// A word for a state, in one spelling: `In Progress`, `in-progress` and `IN_PROGRESS` are one.
pub fn spelled(word: &str) -> String {
    let parts = word.split(|letter: char| letter.is_whitespace() || "-_".contains(letter));
    parts.filter(|part| !part.is_empty()).map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

/// Gives an item its state by the plan's own word and the line it stands on, or pending when the
/// plan has none. Gives back the problem of a word that means nothing.
pub fn stand(item: &mut Item, word: Option<(String, usize)>) -> Option<Problem> {
    stand_by(item, word, parts::state_of_word)
}

/// The same, for a plan that gives words a meaning of its own.
pub fn stand_by(
    item: &mut Item,
    word: Option<(String, usize)>,
    meaning: impl Fn(&str) -> Option<ItemState>,
) -> Option<Problem> {
    let Some((word, line)) = word else {
        item.state = ItemState::Pending;
        item.action = action(item.state);
        item.why = format!("{} says nothing of a state", short(&item.place));
        return None;
    };
    let place = Place::line(item.place.file.clone(), line);
    let state = meaning(&word);
    item.state = state.unwrap_or(ItemState::Unknown);
    item.action = action(item.state);
    item.why = format!("{} says {word}", short(&place));
    let unknown = state.is_none().then(|| {
        let message = format!("{} is {word:?}, a state that means nothing to us", item.id);
        let fix = "write one of: pending, in-progress, review, blocked, done, cancelled";
        Problem::new(Code::UnknownState, place, message, fix)
    });
    item.raw_state = Some(word);
    unknown
}

/// A place by the file's name alone: whoever shows a *why* has the item's place in full beside it.
pub fn short(place: &Place) -> Place {
    Place { file: file_name(&place.file).to_owned(), line: place.line }
}
