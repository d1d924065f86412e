//! A run along its time, at several widths.

use std::time::Duration;

use plandeck::{
    clock::Timestamp,
    ids::TaskName,
    render::{self, json},
    run::{AttemptRecord, Ending, Gap, Outcome, RunRecord, Status, TaskRecord},
    view,
};

use crate::{
    picture, pictures,
    plans::at,
    runs::{id, spec},
};

fn second(second: i64) -> Timestamp {
    Timestamp::from_millis(at("2026-03-14T12:00:00Z").millis() + second * 1000)
}

fn attempt(number: u32, from: i64, to: Option<i64>, outcome: Outcome) -> AttemptRecord {
    AttemptRecord {
        number,
        started_at: Some(second(from)),
        ended_at: to.map(second),
        process: None,
        ending: to.map(|_| Ending::bare(outcome)),
    }
}

/// Charts and lamps side by side; the wiring is tried twice and waits for the lamps; the harbour master
/// comes after both, and the machine sleeps for an hour meanwhile. `extra` tasks wait for a slot.
fn record() -> RunRecord {
    let names = ["charts", "lamps", "wiring", "harbour-master-\u{1b}[2J", "ledger"];
    let mut spec = spec(9, &names);
    for task in &mut spec.tasks {
        task.needs.clear();
    }
    let needs = |names: &[&str]| names.iter().map(|it| TaskName::new(*it)).collect::<Vec<_>>();
    spec.tasks[2].needs = needs(&["lamps"]);
    spec.tasks[3].needs = needs(&["charts", "wiring"]);
    let failed = Outcome::Failed { code: 1 };
    let attempts = [
        vec![attempt(1, 0, Some(20), Outcome::Succeeded)],
        vec![attempt(1, 0, Some(45), Outcome::Succeeded)],
        vec![attempt(1, 45, Some(60), failed), attempt(2, 65, Some(90), Outcome::Succeeded)],
        vec![attempt(1, 90, None, Outcome::Succeeded)],
        vec![attempt(1, 20, Some(50), Outcome::Succeeded)],
    ];
    let tasks = names.iter().zip(attempts).map(|(name, attempts)| TaskRecord {
        name: TaskName::new(*name),
        status: if attempts[0].ended_at.is_some() { Status::Succeeded } else { Status::Running },
        blocked_by: None,
        attempts,
    });
    let tasks = tasks.collect();
    RunRecord {
        id: id(9),
        status: Status::Running,
        started_at: Some(second(0)),
        tasks,
        gaps: vec![Gap { until: second(100 + 3600), length: Duration::from_hours(1) }],
        ..RunRecord::new(spec)
    }
}

#[test]
fn a_timeline_shows_what_waited_what_ran_and_what_the_end_waited_for() {
    let timeline = view::timeline(&record(), second(120 + 3600));
    assert_eq!(timeline.wall, Duration::from_mins(2), "what the machine slept is not counted");
    assert_eq!(timeline.work, Duration::from_secs(20 + 45 + 15 + 25 + 30 + 30));
    assert_eq!(timeline.saved(), Duration::from_secs(45));
    let critical: Vec<&str> = timeline.critical.iter().map(TaskName::as_str).collect();
    assert_eq!(critical, ["lamps", "wiring", "harbour-master-\u{1b}[2J"]);
    pictures("timeline", &|style| render::timeline(&timeline, style));
    picture("json_timeline", &json::document(&json::timeline(&timeline)), usize::MAX);
}

#[test]
fn before_anything_ran_and_with_tasks_of_no_length_it_is_drawn_too() {
    let begun = RunRecord::new(spec(9, &["one", "two"]));
    let timeline = view::timeline(&begun, begun.spec.created_at);
    assert_eq!((timeline.wall, timeline.critical.len()), (Duration::ZERO, 0));
    assert!(!render::timeline(&timeline, &render::Style::plain(40)).is_empty());
    let mut instant = record();
    for task in &mut instant.tasks {
        task.attempts = vec![attempt(1, 7, Some(7), Outcome::Succeeded)];
    }
    let timeline = view::timeline(&instant, second(7));
    assert!(timeline.critical.len() <= 5, "no circle: {:?}", timeline.critical);
}

#[test]
fn ten_thousand_tasks_are_no_trouble() {
    let names: Vec<String> = (0..10_000).map(|it| format!("t{it}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut long = RunRecord::new(spec(9, &names));
    long.started_at = Some(second(0));
    for (at, task) in long.tasks.iter_mut().enumerate() {
        let at = i64::try_from(at).unwrap();
        task.status = Status::Succeeded;
        task.attempts = vec![attempt(1, at, Some(at + 1), Outcome::Succeeded)];
    }
    assert_eq!(view::timeline(&long, second(10_000)).critical.len(), 10_000);
}
