//! A run along its time.

use serde_json::{Value, json};

use super::{millis, time};
use crate::view::{Span, SpanKind, Timeline, TimelineRow};

/// What stands beside `run` in `run get --timeline`. Offsets are milliseconds from `begin` on, without the
/// time the machine slept.
#[must_use]
pub fn timeline(timeline: &Timeline) -> Value {
    let gap =
        |(at, length): &(_, _)| json!({ "at_ms": millis(Some(*at)), "length_ms": millis(Some(*length)) });
    json!({
        "begin": time(Some(timeline.begin)),
        "wall_ms": millis(Some(timeline.wall)),
        "work_ms": millis(Some(timeline.work)),
        "saved_ms": millis(Some(timeline.saved())),
        "critical": timeline.critical,
        "gaps": timeline.gaps.iter().map(gap).collect::<Vec<_>>(),
        "tasks": timeline.rows.iter().map(row).collect::<Vec<_>>(),
    })
}

fn row(row: &TimelineRow) -> Value {
    json!({
        "name": row.name,
        "status": row.status.word(),
        "critical": row.is_critical,
        "attempts": row.attempts,
        "waited_ms": millis(Some(row.waited())),
        "ran_ms": millis(Some(row.ran())),
        "spans": row.spans.iter().map(span).collect::<Vec<_>>(),
    })
}

fn span(span: &Span) -> Value {
    let outcome = if let SpanKind::Ran(status) = span.kind { Some(status.word()) } else { None };
    json!({
        "kind": span.kind.word(),
        "outcome": outcome,
        "from_ms": millis(Some(span.from)),
        "to_ms": millis(Some(span.to)),
    })
}
