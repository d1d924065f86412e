//! Plans, items and problems.

use serde_json::{Value, json};

use super::{envelope, time};
use crate::{
    plan::{ChangeKind, Hours, Item, ItemChange, ItemState, Next, Plan, PlanChange, problem::Problem},
    view::Outlook,
};

/// `plan list` and `status`: every plan, and what is wrong with the workspace.
#[must_use]
pub fn plan_list(outlooks: &[Outlook], problems: &[Problem]) -> Value {
    let plans: Vec<_> = outlooks.iter().map(plan).collect();
    let problem_list: Vec<_> = problems.iter().map(problem).collect();
    envelope("plan.list", json!({ "plans": plans, "problem_list": problem_list }))
}

/// `plan show`: one plan with its items, groups and problems.
#[must_use]
pub fn plan_show(outlook: &Outlook) -> Value {
    let source = outlook.plan;
    let mut shown = plan(outlook);
    shown["items"] = source.items.iter().map(|it| item(source, it)).collect();
    let members = |at| source.items.iter().filter(|item| item.group == Some(at)).count();
    let groups = source.groups.iter().enumerate();
    shown["groups"] = groups
        .map(|(at, it)| json!({ "name": it.name, "items": members(at), "checkpoint": it.checkpoint }))
        .collect();
    shown["problem_list"] = source.problems.iter().map(problem).collect();
    shown["parallel_group"] = json!(outlook.group);
    envelope("plan.show", json!({ "plan": shown }))
}

/// `plan watch`: what changed in a plan, and how it stands now.
#[must_use]
pub fn plan_changed(change: &PlanChange, now: Option<&Outlook>) -> Value {
    let (word, items) = match &change.kind {
        ChangeKind::New => ("new", Vec::new()),
        ChangeKind::Gone => ("gone", Vec::new()),
        ChangeKind::Items(items) => ("changed", items.iter().map(item_change).collect()),
    };
    let standing = now.map(plan);
    envelope("plan.changed", json!({ "id": change.plan, "change": word, "items": items, "plan": standing }))
}

fn item_change(change: &ItemChange) -> Value {
    let word = |state: Option<ItemState>| state.map(ItemState::word);
    json!({ "id": change.item, "before": word(change.before), "after": word(change.after) })
}

fn plan(outlook: &Outlook) -> Value {
    let plan = outlook.plan;
    let progress = plan.progress();
    let last = plan.last_done();
    json!({
        "id": plan.id,
        "title": plan.title,
        "dialect": plan.dialect.word(),
        "path": plan.path,
        "state": plan.state.word(),
        "progress": { "done": progress.done, "total": progress.total, "skipped": progress.skipped },
        "last_done": last.map(|item| &item.id),
        "last_done_at": time(last.and_then(|item| item.changed)),
        "next": outlook.next.iter().map(next).collect::<Vec<_>>(),
        "problems": plan.problems.len(),
        "why": plan.why,
        "raw_state": plan.raw_state,
        "badges": plan.badges,
    })
}

fn next(next: &Next) -> Value {
    json!({ "item": next.item, "action": next.action.word(), "why": next.why })
}

fn item(plan: &Plan, item: &Item) -> Value {
    let documents = item.documents.iter();
    json!({
        "id": item.id,
        "title": item.title,
        "state": item.state.word(),
        "raw_state": item.raw_state,
        "group": item.group.and_then(|at| plan.groups.get(at)).map(|group| &group.name),
        "needs": item.needs,
        "blocked_by": item.blocked_by,
        "parallel": item.parallel,
        "parent": item.parent,
        "file": item.place.file,
        "line": item.place.line,
        "why": item.why,
        "container": item.container,
        "action": item.action.map(crate::plan::Action::word),
        "hours": item.hours.map(hours),
        "executions": item.executions.map(|it| json!({ "complete": it.complete, "planned": it.planned })),
        "priority": item.priority,
        "changed_at": time(item.changed),
        "documents": documents.map(|it| json!({ "kind": it.kind.word(), "path": it.path })).collect::<Vec<_>>(),
    })
}

fn hours(hours: Hours) -> Value {
    json!({ "low": hours.low, "high": hours.high })
}

/// A problem.
#[must_use]
pub fn problem(problem: &Problem) -> Value {
    json!({
        "severity": problem.severity.word(),
        "code": problem.code.word(),
        "message": problem.message,
        "file": problem.place.file,
        "line": problem.place.line,
        "fix": problem.fix,
    })
}
