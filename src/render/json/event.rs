//! Events, one object a line.

use serde_json::{Value, json};

use super::{
    SCHEMA_VERSION,
    runs::{exit, outcome_message, survivors, tests},
    time,
};
use crate::{
    ids::AttemptId,
    run::{Ending, Event, EventKind, Outcome, StopReason},
};

/// An event with the keys that every event has: print it with [`super::line`].
#[must_use]
pub fn event(event: &Event) -> Value {
    let mut shown = json!({
        "schema_version": SCHEMA_VERSION,
        "run_id": event.run,
        "seq": event.seq,
        "ts": time(Some(event.ts)),
        "kind": event.kind.word(),
    });
    let own = fields(&event.kind);
    if let (Value::Object(all), Value::Object(own)) = (&mut shown, own) {
        all.extend(own);
    }
    shown
}

fn fields(kind: &EventKind) -> Value {
    match kind {
        EventKind::RunCreated { workflow, plan, item } => {
            json!({ "workflow": workflow, "plan": plan, "item": item })
        }
        EventKind::RunStarted { supervisor } => json!({ "pid": supervisor.pid }),
        EventKind::TaskQueued { task } => json!({ "task": task }),
        EventKind::TaskReady { attempt }
        | EventKind::AttemptSlow { attempt }
        | EventKind::AttemptKilling { attempt } => of_attempt(attempt, json!({})),
        EventKind::AttemptStarted { attempt, process } => of_attempt(attempt, json!({ "pid": process.pid })),
        EventKind::AttemptStopping { attempt, reason } => {
            of_attempt(attempt, json!({ "reason": stop_word(*reason) }))
        }
        EventKind::AttemptEnded { attempt, ending } => of_attempt(attempt, of_ending(ending)),
        EventKind::TaskEnded { task, outcome } => {
            json!({ "task": task, "outcome": outcome.word(), "message": message(outcome) })
        }
        EventKind::TaskBlocked { task, by } => json!({ "task": task, "by": by }),
        EventKind::PlanWritten { tasks } => json!({ "tasks": tasks }),
        EventKind::PlanNotWritten { task, why } => json!({ "task": task, "why": why }),
        EventKind::RunCancelling { reason, by } => json!({ "reason": reason, "by": by }),
        EventKind::RunPaused { by } | EventKind::RunUnpaused { by } => json!({ "by": by }),
        EventKind::ClockGap { gap_ms } => json!({ "gap_ms": gap_ms }),
        EventKind::RunEnded { verdict, deliverables, survivors: left } => json!({
            "verdict": verdict.word(),
            "deliverables": deliverables,
            "survivors": survivors(left),
        }),
    }
}

fn of_attempt(attempt: &AttemptId, more: Value) -> Value {
    let mut fields = json!({ "task": attempt.task, "attempt": attempt.number });
    if let (Value::Object(fields), Value::Object(more)) = (&mut fields, more) {
        fields.extend(more);
    }
    fields
}

fn of_ending(ending: &Ending) -> Value {
    let (code, signal) = exit(ending.exit);
    json!({
        "outcome": ending.outcome.word(),
        "exit": code,
        "signal": signal,
        "message": message(&ending.outcome),
        "bytes": ending.bytes,
        "leaky": ending.leaky,
        "tests": ending.tests.map(tests),
        "survivors": survivors(&ending.survivors),
    })
}

fn message(outcome: &Outcome) -> Value {
    outcome_message(outcome).map_or(Value::Null, Value::String)
}

const fn stop_word(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Idle => "idle",
        StopReason::TimedOut => "timed_out",
        StopReason::Cancelled => "cancelled",
    }
}
