//! What changed in plans between two readings.

use std::collections::HashMap;

use super::types::{Item, ItemState, Plan};
use crate::ids::{ItemId, PlanId};

/// A plan that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanChange {
    /// Which.
    pub plan: PlanId,
    /// What of it.
    pub kind: ChangeKind,
}

/// What of a plan changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It came to be.
    New,
    /// It is not there any more.
    Gone,
    /// Items of it, in plan order; none when something else of it changed (a title, a need, a problem).
    Items(Vec<ItemChange>),
}

/// An item that came, went, or stands otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemChange {
    /// Which.
    pub item: ItemId,
    /// How it stood; absent for one that is new.
    pub before: Option<ItemState>,
    /// How it stands; absent for one that is gone.
    pub after: Option<ItemState>,
}

/// The plans that differ between two readings: those that are there in their order, then those that
/// are gone. That a file was merely touched is no change.
#[must_use]
pub fn differences(before: &[Plan], after: &[Plan]) -> Vec<PlanChange> {
    let was: HashMap<&PlanId, &Plan> = before.iter().map(|plan| (&plan.id, plan)).collect();
    let is: HashMap<&PlanId, &Plan> = after.iter().map(|plan| (&plan.id, plan)).collect();
    let there = after.iter().filter_map(|plan| {
        let kind = match was.get(&plan.id) {
            None => ChangeKind::New,
            Some(old) if without_times(old) == without_times(plan) => return None,
            Some(old) => ChangeKind::Items(items(old, plan)),
        };
        Some(PlanChange { plan: plan.id.clone(), kind })
    });
    let gone = before.iter().filter(|plan| !is.contains_key(&plan.id));
    there.chain(gone.map(|it| PlanChange { plan: it.id.clone(), kind: ChangeKind::Gone })).collect()
}

fn without_times(plan: &Plan) -> Plan {
    let items = plan.items.iter().map(|item| Item { changed: None, ..item.clone() }).collect();
    Plan { items, ..plan.clone() }
}

fn items(before: &Plan, after: &Plan) -> Vec<ItemChange> {
    let states =
        |plan: &Plan| plan.items.iter().map(|it| (it.id.clone(), it.state)).collect::<HashMap<_, _>>();
    let (was, is) = (states(before), states(after));
    let change = |item: &Item| {
        let id = &item.id;
        ItemChange { item: id.clone(), before: was.get(id).copied(), after: is.get(id).copied() }
    };
    let there = after.items.iter().map(change).filter(|it| it.before != it.after);
    let gone = before.items.iter().filter(|it| !is.contains_key(&it.id)).map(change);
    there.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Selection, listing::Listing, read_workspace};

    fn plans(files: &[(&str, &str)]) -> Vec<Plan> {
        let listing = files.iter().fold(Listing::new(), |all, (path, text)| all.with(path, text));
        read_workspace(&listing, &Selection::default()).plans
    }

    #[test]
    fn every_kind_of_change_is_told_and_no_change_is_not() {
        let check = |before: &[(&str, &str)], after: &[(&str, &str)], expected: &[&str]| {
            let shown: Vec<String> = differences(&plans(before), &plans(after))
                .into_iter()
                .map(|it| match it.kind {
                    ChangeKind::New => format!("{} new", it.plan.as_str()),
                    ChangeKind::Gone => format!("{} gone", it.plan.as_str()),
                    ChangeKind::Items(items) => {
                        let word = |state: Option<ItemState>| state.map_or("-", ItemState::word);
                        let items = items.iter().map(|it| {
                            format!(" {} {}>{}", it.item.as_str(), word(it.before), word(it.after))
                        });
                        format!("{}{}", it.plan.as_str(), items.collect::<String>())
                    }
                })
                .collect();
            assert_eq!(shown, expected);
        };
        let a = |text| ("specs/a/tasks.md", text);
        let two = "- [ ] T001 one\n- [ ] T002 two (depends on T001)\n";
        let ticked = "- [x] T001 one\n- [ ] T002 two (depends on T001)\n";
        check(&[a(two)], &[a(two)], &[]);
        check(&[a(two)], &[a(ticked)], &["a T001 ready>done T002 blocked>ready"]);
        check(&[a("- [ ] T001 one\n")], &[a("- [ ] T001 uno\n- [ ] T003 x\n")], &["a T003 ->ready"]);
        check(&[a("- [ ] T001 one\n")], &[a("- [ ] T001 uno\n")], &["a"]);
        check(&[a("- [ ] T001 one\n- [ ] T002 x\n")], &[a("- [ ] T001 one\n")], &["a T002 ready>-"]);
        check(&[a(two)], &[("specs/b/tasks.md", two)], &["b new", "a gone"]);
    }
}
