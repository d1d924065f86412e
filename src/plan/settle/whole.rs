//! The state of the plan as a whole.

use crate::plan::{
    Item, ItemState, Place, Plan, PlanState,
    problem::{Code, Problem},
};

/// The badge by which a reader says that a person put the plan aside.
const PAUSED: &str = "paused";

/// Derives [`Plan::state`]. The first that holds: empty, done, paused, needs attention, in progress,
/// ready, blocked. A finished plan is done even when somebody left a pause mark beside it.
pub(super) fn settle_whole(plan: &mut Plan) {
    let (state, why) = judge(plan);
    plan.state = state;
    plan.why = why;
    if state == PlanState::Empty && !plan.problems.iter().any(|problem| problem.code == Code::EmptyPlan) {
        let place = Place::file(&plan.path);
        let fix = "Write its first item, or take the file away";
        plan.problems.push(Problem::new(Code::EmptyPlan, place, "The plan has no items", fix));
    }
}

fn judge(plan: &Plan) -> (PlanState, String) {
    let progress = plan.progress();
    if progress.total == 0 {
        return (PlanState::Empty, "it has no items".to_owned());
    }
    if progress.done + progress.skipped == progress.total {
        return (PlanState::Done, all_over(progress.done, progress.skipped));
    }
    if plan.badges.iter().any(|badge| badge == PAUSED) {
        return (PlanState::Paused, "somebody marked it as paused".to_owned());
    }
    let first = |state| plan.leaves().find(|item| item.state == state);
    if let Some(item) = first(ItemState::NeedsFix).or_else(|| first(ItemState::InReview)) {
        return (PlanState::NeedsAttention, reason(item));
    }
    if let Some(item) = first(ItemState::InProgress) {
        return (PlanState::InProgress, reason(item));
    }
    match first(ItemState::Ready) {
        Some(item) if progress.done + progress.skipped == 0 => (PlanState::Ready, reason(item)),
        Some(_) => (PlanState::InProgress, format!("{} of {} are done", progress.done, progress.total)),
        None => (PlanState::Blocked, nothing_moves(plan)),
    }
}

fn all_over(done: usize, skipped: usize) -> String {
    match (done, skipped) {
        (1, 0) => "its one item is done".to_owned(),
        (done, 0) => format!("all {done} items are done"),
        (done, skipped) => format!("everything is over: {done} done, {skipped} skipped"),
    }
}

fn nothing_moves(plan: &Plan) -> String {
    plan.leaves().find(|item| !item.state.is_over()).map_or_else(String::new, reason)
}

fn reason(item: &Item) -> String {
    if item.why.is_empty() {
        return format!("{} is {}", item.id, item.state.word());
    }
    format!("{}: {}", item.id, item.why)
}
