//! What changed in a plan's files, in words.

use super::{Choice, KeyState, MenuEntry};
use crate::{
    plan::{ChangeKind, ItemChange, ItemState, PlanChange},
    text,
};

/// Most items that are told one by one.
const TOLD: usize = 3;

/// `HARBOUR-LIGHTS changed: 1.2 ready → done`: one line, safe for a terminal.
#[must_use]
pub fn changed(change: &PlanChange) -> String {
    let plan = text::plain(change.plan.as_str()).into_owned();
    match &change.kind {
        ChangeKind::New => format!("{plan} is a new plan"),
        ChangeKind::Gone => format!("{plan} is gone"),
        ChangeKind::Items(items) if items.is_empty() => format!("{plan} changed"),
        ChangeKind::Items(items) => {
            let told: Vec<String> = items.iter().take(TOLD).map(item).collect();
            let more = items.len() - told.len();
            let more = if more > 0 { format!(", and {more} more") } else { String::new() };
            format!("{plan} changed: {}{more}", told.join(", "))
        }
    }
}

fn item(change: &ItemChange) -> String {
    let id = text::plain(change.item.as_str()).into_owned();
    let word = |state: ItemState| state.word().replace('_', " ");
    match (change.before, change.after) {
        (Some(before), Some(after)) => format!("{id} {} → {}", word(before), word(after)),
        (None, Some(after)) => format!("{id} is new ({})", word(after)),
        (_, None) => format!("{id} is gone"),
    }
}

/// What to say of a key that would do something else now than when it was last looked at; nothing for
/// a key that asks which item it is for, or does the same.
#[must_use]
pub fn disarmed(before: &MenuEntry, now: &MenuEntry) -> Option<String> {
    let acts_at_once = matches!(now.choice, Choice::ExecuteNext | Choice::ExecuteParallel | Choice::Review);
    let (KeyState::Enabled { says: was, .. }, KeyState::Enabled { says: is, .. }) =
        (&before.state, &now.state)
    else {
        return None;
    };
    (acts_at_once && was != is).then(|| {
        let (key, was, is) = (now.key, text::plain(was), text::plain(is));
        format!(
            "{key} was \"{was}\", and the plan has changed: it is \"{is}\" now. Press {key} again for that."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ItemId, PlanId};

    #[test]
    fn a_change_is_one_line() {
        let check = |kind: ChangeKind, expected: &str| {
            assert_eq!(changed(&PlanChange { plan: PlanId::new("HARBOUR\u{1b}"), kind }), expected);
        };
        let item = |id: &str, before, after| ItemChange { item: ItemId::new(id), before, after };
        let ready = Some(ItemState::Ready);
        check(ChangeKind::New, "HARBOUR␛ is a new plan");
        check(ChangeKind::Gone, "HARBOUR␛ is gone");
        check(ChangeKind::Items(Vec::new()), "HARBOUR␛ changed");
        check(
            ChangeKind::Items(vec![
                item("1.2", ready, Some(ItemState::InProgress)),
                item("1.3", None, ready),
                item("1.4", ready, None),
                item("1.5", ready, None),
            ]),
            "HARBOUR␛ changed: 1.2 ready → in progress, 1.3 is new (ready), 1.4 is gone, and 1 more",
        );
    }

    #[test]
    fn only_a_key_that_would_do_something_else_is_disarmed() {
        let entry = |choice, says: &str| MenuEntry {
            key: '1',
            choice,
            state: KeyState::Enabled { says: says.to_owned(), why: String::new() },
            brief: String::new(),
        };
        let check = |before: &MenuEntry, now: &MenuEntry, expected: bool| {
            assert_eq!(disarmed(before, now).is_some(), expected, "{before:?} {now:?}");
        };
        let fix = entry(Choice::ExecuteNext, "Fix 1.1");
        check(&fix, &fix, false);
        check(&fix, &entry(Choice::ExecuteNext, "Run 1.2"), true);
        check(&entry(Choice::Runs, "1 run"), &entry(Choice::Runs, "2 runs"), false);
        let dead = MenuEntry { state: KeyState::Dead { why: "x".into() }, ..fix.clone() };
        check(&dead, &fix, false);
    }
}
