//! What the readers of Markdown plans share: what a mark or a word means, and an empty plan.

use crate::{
    ids::PlanId,
    plan::{
        Action, Dialect, Document, DocumentKind, Item, ItemState, Plan, PlanState,
        listing::{Listing, file_name, parent},
        markdown::Mark,
    },
};

/// A plan of this file with nothing in it yet; its id and first title are its folder's name.
pub(super) fn empty_plan(dialect: Dialect, path: &str) -> Plan {
    let folder = parent(path);
    let name = if folder.is_empty() { file_name(path) } else { file_name(folder) };
    Plan {
        id: PlanId::new(name),
        title: name.to_owned(),
        dialect,
        path: path.to_owned(),
        folder: folder.to_owned(),
        state: PlanState::Empty,
        why: String::new(),
        raw_state: None,
        badges: Vec::new(),
        items: Vec::new(),
        groups: Vec::new(),
        order: None,
        problems: Vec::new(),
    }
}

/// What a checkbox says. Beside `[ ]` and `[x]` these are the marks people agree on; any other one
/// means nothing to us.
pub(super) fn state_of_mark(mark: Mark<'_>) -> ItemState {
    if mark.is_blank() { ItemState::Pending } else { state_of_sign(mark.text) }
}

/// The same, for the text between the brackets.
pub(in crate::plan) fn state_of_text(mark: &str) -> ItemState {
    if mark.trim().is_empty() { ItemState::Pending } else { state_of_sign(mark) }
}

/// What a sign says that stands for a state.
pub(super) fn state_of_sign(sign: &str) -> ItemState {
    match sign.trim_end_matches('\u{fe0f}') {
        "x" | "X" | "✅" | "✓" | "✔" | "☑" => ItemState::Done,
        "~" | "/" | ">" | "▶" | "🚧" | "🔄" | "⏳" => ItemState::InProgress,
        "-" | "s" | "S" | "⏭" | "🚫" => ItemState::Skipped,
        "!" | "b" | "B" | "⚠" | "⛔" | "🛑" => ItemState::Blocked,
        "⬜" | "☐" | "⭕" | "🔲" => ItemState::Pending,
        _ => ItemState::Unknown,
    }
}

/// What a status word says, whatever stands around it (`✅ DONE`, `[DEFERRED]`, `In Progress`); nothing
/// when it means nothing to us.
///
/// One vocabulary for all dialects: the words that they define and those found in real plans. What a
/// plan puts off (`deferred`, `pinned`) waits for a person and so is blocked: it is not for now, and
/// not given up.
pub(in crate::plan) fn state_of_word(text: &str) -> Option<ItemState> {
    let mut word = String::new();
    for part in text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty()) {
        if !word.is_empty() {
            word.push('_');
        }
        word.push_str(&part.to_lowercase());
    }
    let state = match word.as_str() {
        "completed" | "complete" | "done" | "finished" | "closed" | "resolved" | "merged" => ItemState::Done,
        "pending" | "todo" | "to_do" | "open" | "not_started" | "planned" | "new" | "ready" | "backlog"
        | "draft" | "proposed" | "queued" | "unstarted" => ItemState::Pending,
        "in_progress" | "inprogress" | "started" | "doing" | "active" | "wip" | "partial" | "running"
        | "hooked" | "working" | "implementing" => ItemState::InProgress,
        "in_review" | "review" | "needs_review" | "reviewing" | "ready_for_review" | "testing" => {
            ItemState::InReview
        }
        "needs_fix" | "rejected" | "failed" | "error" => ItemState::NeedsFix,
        "blocked" => ItemState::Blocked,
        word if is_put_off(word) => ItemState::Blocked,
        "excluded" | "skipped" | "cancelled" | "canceled" | "not_needed" | "dropped" | "removed"
        | "wont_do" | "won_t_do" | "wontfix" | "wont_fix" | "won_t_fix" | "obsolete" | "abandoned"
        | "deprecated" | "superseded" | "tombstone" => ItemState::Skipped,
        _ => return None,
    };
    Some(state)
}

/// Words of what is blocked by nothing but a person's wish.
pub(in crate::plan) fn is_put_off(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "deferred"
            | "on_hold"
            | "on hold"
            | "on-hold"
            | "paused"
            | "waiting"
            | "pinned"
            | "stuck"
            | "postponed"
    )
}

/// What moves a task of this state on: running it, unless it is over or waits for a person.
pub(super) fn action(state: ItemState) -> Option<Action> {
    let runs =
        matches!(state, ItemState::Pending | ItemState::Ready | ItemState::InProgress | ItemState::NeedsFix);
    runs.then_some(Action::Run)
}

/// Gives an item the state that a line of its file says, and what follows from it.
pub(super) fn decide(item: &mut Item, state: ItemState, raw: &str, why: String) {
    item.state = state;
    item.raw_state = Some(raw.to_owned());
    item.why = why;
    item.action = action(state).filter(|_| !item.container && !item.step);
}

/// Gives an item the state of its checkbox.
pub(super) fn decide_by_mark(item: &mut Item, mark: Mark<'_>) {
    let line = item.place.line.unwrap_or(1);
    let why = format!("`[{}]` in {}:{line}", mark.text, item.place.file);
    decide(item, state_of_mark(mark), mark.text, why);
}

/// Gives an item its file: as a document, and as the time of its last change.
pub(super) fn belongs_to(item: &mut Item, path: &str, listing: &Listing) {
    // Most items have this one document and no other: room for one is enough.
    item.documents.reserve_exact(1);
    item.documents.push(Document { kind: DocumentKind::Task, path: path.to_owned() });
    item.changed = listing.get(path).and_then(|it| it.modified);
}

/// Marks a plan as put away: it is shown, and nothing of it is proposed.
pub(super) fn archive(plan: &mut Plan) {
    plan.badges.push("archived".to_owned());
    for item in &mut plan.items {
        item.action = None;
    }
}

/// The paths that a scope allows: one file, or what `is_plan` knows at and below a folder.
pub(super) fn paths_in<'l>(
    listing: &'l Listing,
    place: &str,
    is_plan: impl Fn(&str) -> bool,
) -> Vec<&'l str> {
    let place = place.trim_end_matches('/');
    let is_file = listing.has_text(place);
    let all = listing.iter().map(|(path, _)| path);
    if is_file {
        return all.filter(|path| *path == place).collect();
    }
    let inside = |path: &str| {
        matches!(place, "" | ".") || path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
    };
    all.filter(|path| inside(path) && is_plan(path) && listing.has_text(path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_state_means_the_same() {
        let check = |words: &[&str], expected: Option<ItemState>| {
            for word in words {
                assert_eq!(state_of_word(word), expected, "{word}");
            }
        };
        check(&["pending", "To Do", "todo", "not_started", "open", "Draft"], Some(ItemState::Pending));
        check(
            &["in_progress", "in-progress", "In Progress", "ACTIVE", "hooked"],
            Some(ItemState::InProgress),
        );
        check(&["review", "In Review"], Some(ItemState::InReview));
        check(&["failed"], Some(ItemState::NeedsFix));
        check(&["blocked", "deferred", "[⚠️ DEFERRED]", "pinned", "On Hold"], Some(ItemState::Blocked));
        check(&["done", "✅ DONE", "completed", "complete", "closed", "merged"], Some(ItemState::Done));
        check(&["skipped", "cancelled", "Won't Do", "tombstone"], Some(ItemState::Skipped));
        check(&["container", "perhaps", ""], None);
    }
}
