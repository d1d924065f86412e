//! A run that is watched: whatever its size, it fits the rows there are.

use std::time::Duration;

use plandeck::{
    clock::Timestamp,
    ids::{Seq, TaskName},
    render::{self, Style},
    run::{AttemptRecord, Event, EventKind, Outcome, RunRecord, Status},
    view::{self, Estimate, FollowRow, Forecast},
};

use crate::{
    picture, pictures,
    plans::{HOSTILE, at},
    runs::{ending, id, spec},
};

fn second(second: i64) -> Timestamp {
    Timestamp::from_millis(at("2026-03-14T12:00:00Z").millis() + second * 1000)
}

fn attempt(number: u32, from: i64, to: Option<(i64, Outcome)>) -> AttemptRecord {
    AttemptRecord {
        number,
        started_at: Some(second(from)),
        ended_at: to.as_ref().map(|(to, _)| second(*to)),
        process: None,
        ending: to.map(|(_, outcome)| ending(outcome, plandeck::run::Exit::Code(0))),
    }
}

/// A thousand tasks in groups of a hundred, each after the one before it but for the first of a group.
/// Group by group one has failed, some have ended, one runs.
fn thousand() -> RunRecord {
    let names: Vec<String> = (1..=1000).map(|it| format!("T{it:04}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut spec = spec(9, &names);
    for (at, task) in spec.tasks.iter_mut().enumerate() {
        task.group = Some(format!("Phase {}: along the quay", at / 100 + 1));
        task.needs = (at % 100 > 0).then(|| TaskName::new(names[at - 1])).into_iter().collect();
    }
    let mut record = RunRecord { id: id(9), status: Status::Running, ..RunRecord::new(spec) };
    record.started_at = Some(second(0));
    for (at, task) in record.tasks.iter_mut().enumerate() {
        let (group, place) = (at / 100, at % 100);
        let from = i64::try_from(place).unwrap();
        if place < 10 + group {
            task.status = Status::Succeeded;
            task.attempts = vec![attempt(1, from, Some((from + 1, Outcome::Succeeded)))];
        } else if place == 10 + group && group == 3 {
            task.status = Status::Failed;
            task.attempts = vec![attempt(1, from, Some((from + 9, Outcome::Failed { code: 1 })))];
        } else if place == 10 + group {
            task.status = Status::Running;
            task.attempts = vec![attempt(2, from, None)];
        }
    }
    record
}

fn estimate(low: u64, high: u64) -> Estimate {
    let (low, high) = (Duration::from_secs(low), Duration::from_secs(high));
    Estimate { low, high, overdue: false, samples: 14, off_by: Some(22) }
}

#[test]
fn a_thousand_tasks_fit_whatever_rows_there_are() {
    let record = thousand();
    let forecast = Forecast {
        tasks: vec![(TaskName::new("T0011"), estimate(40, 95))],
        rest: Some(estimate(3_000, 5_100)),
        critical: Vec::new(),
    };
    for room in [1, 4, 9, 18, 54] {
        let following = view::following(&record, &forecast, second(60), room);
        assert!(following.rows.len() <= room, "{room}: {}", following.rows.len());
        let shown = following.rows.iter().filter(|row| matches!(row, FollowRow::Task(_))).count();
        let hidden: usize = following.left_out.iter().map(|(_, number)| number).sum();
        assert_eq!(shown + hidden, 1000, "nothing is hidden without being counted");
    }
    let mut following = view::following(&record, &forecast, second(60), 18);
    for task in following.tasks_mut().filter(|it| it.status == Status::Running) {
        task.said = Some(format!("\u{1b}[32mmoored\u{1b}[0m {HOSTILE}"));
    }
    pictures("following_many", &|style| render::following(&following, style));
}

#[test]
fn what_runs_is_shown_first_and_then_what_went_wrong() {
    let record = thousand();
    let names = |room: usize| -> Vec<(String, Status)> {
        let mut following = view::following(&record, &Forecast::default(), second(60), room);
        following.tasks_mut().map(|it| (it.name.to_string(), it.status)).collect()
    };
    let of = |names: &[(String, Status)], status| names.iter().filter(|(_, it)| *it == status).count();
    let nine = names(9);
    assert_eq!(of(&nine, Status::Running), 9, "{nine:?}");
    let ten = names(10);
    assert_eq!((of(&ten, Status::Running), of(&ten, Status::Failed)), (9, 1), "{ten:?}");
    assert!(ten.is_sorted(), "in the order of the plan");
    let twenty = names(20);
    assert_eq!((of(&twenty, Status::Queued), of(&twenty, Status::Succeeded)), (0, 10), "{twenty:?}");
}

#[test]
fn every_event_is_one_line_in_words() {
    let spec = spec(9, &["wiring"]);
    let mut record = RunRecord::new(spec);
    let attempt = |number| serde_json::json!({ "task": "wiring", "number": number });
    let process = serde_json::json!({ "pid": 7, "birth": 1, "boot": "b", "namespace": "n" });
    let end = |number: u32, outcome: serde_json::Value| {
        let mut end = serde_json::json!({ "kind": "attempt_ended", "attempt": attempt(number), "exit": null,
            "bytes": 0, "leaky": false, "survivors": [], "tests": null });
        end.as_object_mut().unwrap().extend(outcome.as_object().unwrap().clone());
        end
    };
    let kinds = [
        serde_json::json!({ "kind": "run_created", "workflow": "next", "plan": null, "item": null }),
        serde_json::json!({ "kind": "run_started", "supervisor": process }),
        serde_json::json!({ "kind": "task_queued", "task": "wiring" }),
        serde_json::json!({ "kind": "task_ready", "attempt": attempt(1) }),
        serde_json::json!({ "kind": "attempt_started", "attempt": attempt(1), "process": process }),
        serde_json::json!({ "kind": "attempt_slow", "attempt": attempt(1) }),
        serde_json::json!({ "kind": "attempt_stopping", "attempt": attempt(1), "reason": "timed_out" }),
        serde_json::json!({ "kind": "attempt_killing", "attempt": attempt(1) }),
        end(1, serde_json::json!({ "outcome": "timed_out" })),
        serde_json::json!({ "kind": "attempt_started", "attempt": attempt(2), "process": process }),
        serde_json::json!({ "kind": "clock_gap", "gap_ms": 7_200_000 }),
        end(2, serde_json::json!({ "outcome": "failed_pattern", "line": HOSTILE })),
        serde_json::json!({ "kind": "task_ended", "task": "wiring", "outcome": "failed", "code": 2 }),
        serde_json::json!({ "kind": "task_blocked", "task": "wiring", "by": "wiring" }),
        serde_json::json!({ "kind": "run_paused", "by": "ada" }),
        serde_json::json!({ "kind": "run_unpaused", "by": "ada" }),
        serde_json::json!({ "kind": "run_cancelling", "reason": "wrong pier", "by": "ada" }),
        serde_json::json!({ "kind": "run_ended", "verdict": "failed", "deliverables": [], "survivors": [] }),
    ];
    let mut album = String::new();
    for (seq, kind) in (1..).zip(kinds) {
        let kind: EventKind = serde_json::from_value(kind).unwrap();
        // The machine sleeps for two hours between the tenth event and the next.
        let late = if seq > 10 { 7_200 } else { 0 };
        let ts = second(i64::try_from(seq).unwrap() * 5 + late);
        let event = Event { run: record.id, seq: Seq(seq), at: plandeck::clock::Moment::default(), ts, kind };
        record.apply(&event);
        let told = view::told(&event, &record);
        for line in [
            render::told(&told, &Style::plain(80)),
            render::told(&told, &Style { accessible: true, ..Style::plain(80) }),
            render::plain::told(&event, &told).replace('\t', " | "),
        ] {
            assert!(!line.contains('\n'), "{line}");
            album.push_str(&line);
            album.push('\n');
        }
    }
    picture("told", &album, usize::MAX);
}
