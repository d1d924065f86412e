//! One item: its state and the evidence for it, what it needs, its documents and its runs.

use super::{RunLine, panel::Fact, run_line, words};
use crate::{
    clock::Timestamp,
    ids::{ItemId, PlanId},
    plan::{Document, Hours, Item, ItemState, Plan, problem::Problem},
    run::RunSummary,
};

/// An item's page.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemPage {
    /// Its plan.
    pub plan: PlanId,
    /// Its id.
    pub id: ItemId,
    /// What it is about.
    pub title: String,
    /// How it stands.
    pub state: ItemState,
    /// What is known of it, by name; the evidence for its state first.
    pub facts: Vec<Fact>,
    /// Items that must be done before it.
    pub needs: Vec<NeedLine>,
    /// Items that wait for it.
    pub needed_by: Vec<ItemId>,
    /// Files that belong to it.
    pub documents: Vec<Document>,
    /// Problems in those files.
    pub problems: Vec<Problem>,
    /// Runs that moved it, newest first.
    pub runs: Vec<RunLine>,
}

/// A need of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeedLine {
    /// As the plan writes it.
    pub id: ItemId,
    /// What it is and how it stands; absent when the plan has no such item.
    pub known: Option<(ItemState, String)>,
}

/// An item's page; `runs` may hold those of other items, which are passed over.
#[must_use]
pub fn item_page(plan: &Plan, item: &Item, runs: &[RunSummary], now: Timestamp) -> ItemPage {
    let of_item =
        |run: &&RunSummary| run.plan.as_ref() == Some(&plan.id) && run.item.as_ref() == Some(&item.id);
    let needed_by = plan.items.iter().filter(|other| other.needs.contains(&item.id));
    let about_it = |problem: &&Problem| {
        problem.place == item.place || item.documents.iter().any(|it| it.path == problem.place.file)
    };
    ItemPage {
        plan: plan.id.clone(),
        id: item.id.clone(),
        title: item.title.clone(),
        state: item.state,
        facts: facts(plan, item, now),
        needs: item.needs.iter().map(|id| need(plan, id)).collect(),
        needed_by: needed_by.map(|other| other.id.clone()).collect(),
        documents: item.documents.clone(),
        problems: plan.problems.iter().filter(about_it).cloned().collect(),
        runs: runs.iter().filter(of_item).map(|run| run_line(run, None, now)).collect(),
    }
}

fn need(plan: &Plan, id: &ItemId) -> NeedLine {
    let known = plan.item(id).map(|item| (item.state, item.title.clone()));
    NeedLine { id: id.clone(), known }
}

fn facts(plan: &Plan, item: &Item, now: Timestamp) -> Vec<Fact> {
    let mut facts = vec![Fact::new("because", item.why.clone())];
    let mut known = |name, value: Option<String>| facts.extend(value.map(|value| Fact::new(name, value)));
    known("written", item.raw_state.clone().filter(|it| !it.trim().is_empty()));
    let can_begin = !item.state.is_over() && item.state != ItemState::Blocked;
    known("next", item.action.filter(|_| can_begin).map(|action| action.sentence(&item.id)));
    let group = item.group.and_then(|at| plan.groups.get(at));
    known("group", group.map(|group| group.name.clone()));
    known("checkpoint", group.and_then(|group| group.checkpoint.clone()));
    known("parent", item.parent.as_ref().map(ToString::to_string));
    known("executed", item.executions.map(|it| format!("{} of {}", it.complete, it.planned)));
    known("hours", item.hours.map(hours_words));
    known("parallel", item.parallel.then(|| "may run beside others of its group".to_owned()));
    known("changed", item.changed.map(|changed| words::ago(now, changed)));
    facts.push(Fact::path("place", item.place.to_string()));
    facts
}

/// `4h`, `3h to 5h`.
#[must_use]
pub fn hours_words(hours: Hours) -> String {
    let (low, high) = (hours.low, hours.high);
    if (high - low).abs() < f64::EPSILON { format!("{low}h") } else { format!("{low}h to {high}h") }
}
