//! Plans built by hand: a harbour's booking system, and things nobody should call a plan.

use plandeck::{
    clock::Timestamp,
    ids::{ItemId, PlanId},
    plan::{
        Action, Dialect, Document, DocumentKind, Executions, Group, Hours, Item, ItemState, Place, Plan,
        PlanState,
        problem::{Code, Problem},
    },
    view::Outlook,
};

pub fn now() -> Timestamp {
    Timestamp::parse("2026-03-14T12:00:00Z").unwrap()
}

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// What a hostile title tries: to clear the screen, set the window's title and turn the text round.
pub const HOSTILE: &str = "\x1b[2J\x1b]0;owned\x07over\r\n\u{202e}there\u{9b}31m";

pub fn plan(id: &str, title: &str, dialect: Dialect, state: PlanState) -> Plan {
    Plan {
        id: PlanId::new(id),
        title: title.to_owned(),
        dialect,
        path: format!("work-space/plans/{id}/PLAN_{id}.md"),
        folder: format!("work-space/plans/{id}"),
        state,
        why: String::new(),
        raw_state: None,
        badges: Vec::new(),
        items: Vec::new(),
        groups: Vec::new(),
        order: None,
        problems: Vec::new(),
    }
}

pub fn item(id: &str, title: &str, state: ItemState, group: usize) -> Item {
    let place = Place::line("work-space/plans/HARBOUR/PLAN_HARBOUR.md", 20 + 10 * group);
    let mut item = Item::new(ItemId::new(id), title, place);
    item.state = state;
    item.group = Some(group);
    item
}

fn done(id: &str, title: &str, group: usize, when: &str) -> Item {
    let mut item = item(id, title, ItemState::Done, group);
    let file = format!("work-space/plans/HARBOUR/execution/feedbacks/APPROVED_{}.md", id.replace('.', ""));
    item.why = format!("{file} exists");
    item.changed = Some(at(when));
    let subplan =
        document(DocumentKind::Subplan, &format!("subplans/SUBPLAN_HARBOUR_{}.md", id.replace('.', "")));
    item.documents = vec![subplan, Document { kind: DocumentKind::Approval, path: file }];
    item.executions = Some(Executions { complete: 1, planned: 1 });
    item
}

fn document(kind: DocumentKind, path: &str) -> Document {
    Document { kind, path: format!("work-space/plans/HARBOUR/{path}") }
}

/// A plan in the middle of its life, in which every state occurs.
pub fn harbour() -> Plan {
    let mut plan =
        plan("HARBOUR", "Book a berth from the quay", Dialect::Methodology, PlanState::NeedsAttention);
    plan.why = "FIX_21.md is not answered".to_owned();
    plan.raw_state = Some("🚀 Ready to Execute".to_owned());
    plan.groups = ["Foundations", "Booking", "Payment", "Later"].map(Group::new).into();
    plan.items = vec![
        done("1.1", "Map of berths", 0, "2026-02-20T09:00:00Z"),
        done("1.2", "Tide tables", 0, "2026-02-26T09:00:00Z"),
        done("1.3", "Harbour master's calendar", 0, "2026-03-11T10:00:00Z"),
        needs_fix(),
        in_review(),
        stale(),
        ready("2.4", 3.0, 4.0),
        ready("2.5", 2.0, 2.0),
        blocked("3.1", "Deposit by card", &["2.4"]),
        blocked("3.2", "Refund when the wind is above eight", &["3.1", "2.5"]),
        pending("3.3"),
        pending("3.4"),
        item("4.1", "Winter storage", ItemState::Skipped, 3),
    ];
    plan.problems = vec![
        Problem::new(
            Code::StaleStatus,
            Place::line("work-space/plans/HARBOUR/PLAN_HARBOUR.md", 7),
            "the header says \"Planning\", three items are approved",
            "write \"In progress\" there",
        ),
        Problem::new(
            Code::DanglingNeed,
            Place::line("work-space/plans/HARBOUR/PLAN_HARBOUR.md", 88),
            "3.2 needs 9.9, which is no item of this plan",
            "name the item that was meant, or take the need out",
        ),
        Problem::new(
            Code::Placeholder,
            Place::line("work-space/plans/HARBOUR/subplans/SUBPLAN_HARBOUR_21.md", 3),
            "[FEATURE] was never filled in",
            "say what the feature is",
        ),
    ];
    plan
}

fn needs_fix() -> Item {
    let mut item = item("2.1", "Ask for a berth", ItemState::NeedsFix, 1);
    item.raw_state = Some("🔧 FIX".to_owned());
    item.why = "FIX_21.md is newer than every approval".to_owned();
    item.action = Some(Action::Fix);
    item.needs = vec![ItemId::new("1.1"), ItemId::new("9.9")];
    item.documents = vec![
        document(DocumentKind::Subplan, "subplans/SUBPLAN_HARBOUR_21.md"),
        document(DocumentKind::Execution, "execution/EXECUTION_TASK_HARBOUR_21_01.md"),
        document(DocumentKind::Fix, "execution/feedbacks/FIX_21.md"),
    ];
    item.executions = Some(Executions { complete: 1, planned: 2 });
    item.hours = Some(Hours { low: 3.0, high: 5.0 });
    item.changed = Some(at("2026-03-13T18:00:00Z"));
    item
}

fn in_review() -> Item {
    let mut item = item("2.2", "Answer within a tide", ItemState::InReview, 1);
    item.why = "all 3 executions are complete and nobody has judged them".to_owned();
    item.action = Some(Action::Review);
    item.documents = vec![document(DocumentKind::Subplan, "subplans/SUBPLAN_HARBOUR_22.md")];
    item.executions = Some(Executions { complete: 3, planned: 3 });
    item.hours = Some(Hours { low: 1.0, high: 1.0 });
    item.changed = Some(at("2026-03-14T11:40:00Z"));
    item
}

fn stale() -> Item {
    let mut item = item("2.3", "日本語の件名 for boats from afar ⛵️", ItemState::InProgress, 1);
    item.why = "EXECUTION_TASK_HARBOUR_23_01.md says \"in progress\"".to_owned();
    item.documents = vec![document(DocumentKind::Subplan, "subplans/SUBPLAN_HARBOUR_23.md")];
    item.executions = Some(Executions { complete: 0, planned: 4 });
    item.hours = Some(Hours { low: 4.0, high: 6.0 });
    item.changed = Some(at("2026-03-01T08:00:00Z"));
    item
}

fn ready(id: &str, low: f64, high: f64) -> Item {
    let mut item = item(id, "A berth that is given back", ItemState::Ready, 1);
    item.why = "every need is done and there is no SUBPLAN".to_owned();
    item.action = Some(Action::CreateSubplan);
    item.hours = Some(Hours { low, high });
    item.parallel = true;
    item
}

fn blocked(id: &str, title: &str, by: &[&str]) -> Item {
    let mut item = item(id, title, ItemState::Blocked, 2);
    item.needs = by.iter().map(|it| ItemId::new(*it)).collect();
    item.blocked_by = item.needs.clone();
    item.why = format!("{} is not done", by[0]);
    item.hours = Some(Hours { low: 2.0, high: 3.5 });
    item
}

fn pending(id: &str) -> Item {
    let mut item = item(id, "Receipts", ItemState::Pending, 2);
    item.hours = Some(Hours { low: 1.0, high: 2.0 });
    item
}

/// A plan and what is next in it.
pub fn outlook(plan: &Plan) -> Outlook<'_> {
    Outlook::of(plan)
}

/// A plan in which nothing is left.
pub fn finished() -> Plan {
    let mut plan = plan("LIGHTHOUSE", "A new lamp", Dialect::Speckit, PlanState::Done);
    plan.groups = vec![Group::new("Setup")];
    plan.items = vec![done("T001", "Order the lamp", 0, "2026-01-02T09:00:00Z")];
    plan.items[0].documents.clear();
    plan.items[0].executions = None;
    plan
}

/// A plan whose files were written by somebody who means no good, or has no sense of measure.
pub fn hostile() -> Plan {
    let mut plan = plan("BUOY\x1b[2J", HOSTILE, Dialect::Checklist, PlanState::Blocked);
    plan.why = HOSTILE.to_owned();
    plan.raw_state = Some(HOSTILE.to_owned());
    plan.badges = vec![HOSTILE.to_owned()];
    plan.path = "docs/\x1b[31mbuoy.md".to_owned();
    plan.groups = vec![Group::new(HOSTILE)];
    let long = "a title that goes on and on ".repeat(20);
    let mut circle = item("T\x07001", &long, ItemState::Blocked, 0);
    circle.blocked_by = (0..40).map(|it| ItemId::new(format!("T{it:03}\x1b"))).collect();
    circle.needs = circle.blocked_by.clone();
    circle.raw_state = Some(HOSTILE.to_owned());
    circle.why = HOSTILE.to_owned();
    let cjk = item("長い識別子長い識別子長い識別子", &"漢字".repeat(60), ItemState::Unknown, 0);
    let family = item("T2", &"👨‍👩‍👧‍👦".repeat(30), ItemState::InProgress, 0);
    plan.items = vec![circle, cjk, family];
    plan.problems =
        vec![Problem::new(Code::NotUtf8, Place::line("docs/\x1b]8;;x\x07.md", 3), HOSTILE, HOSTILE)];
    plan
}
