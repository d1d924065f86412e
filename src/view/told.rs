//! What happened, an event a line: for a pipe, a file, a screen reader.

use std::time::Duration;

use super::{
    ends::subject,
    words::{list, outcome_words},
};
use crate::{
    ids::AttemptId,
    run::{Event, EventKind, RunRecord, Status, StopReason},
    text::format_duration,
};

/// An event in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// When, from the run's beginning on, without the time the machine slept.
    pub at: Duration,
    /// How what it is about stands now, where the event says so.
    pub status: Option<Status>,
    /// What it is about: a task's name, or nothing for the run itself.
    pub about: String,
    /// What happened, as the end of a sentence that begins with what it is about.
    pub words: String,
}

/// An event in words; `record` has taken it in already.
#[must_use]
pub fn told(event: &Event, record: &RunRecord) -> Told {
    let begin = record.started_at.unwrap_or(record.spec.created_at);
    let status = match &event.kind {
        EventKind::AttemptStarted { .. } | EventKind::RunStarted { .. } => Some(Status::Running),
        EventKind::AttemptStopping { .. } => Some(Status::Stopping),
        EventKind::TaskEnded { .. } | EventKind::TaskBlocked { .. } => {
            event.kind.task().and_then(|task| record.task(task)).map(|task| task.status)
        }
        EventKind::RunEnded { verdict, .. } => Some((*verdict).into()),
        _ => None,
    };
    Told {
        at: record.awake(begin, event.ts),
        status,
        about: event.kind.task().map_or_else(String::new, |task| task.as_str().to_owned()),
        words: words(event, record),
    }
}

fn words(event: &Event, record: &RunRecord) -> String {
    match &event.kind {
        EventKind::RunCreated { .. } => {
            format!("run {} was asked for: {}", event.run.short(), subject(&record.into()))
        }
        EventKind::RunStarted { .. } => "the run begins".to_owned(),
        EventKind::TaskQueued { .. } => "waits for its turn".to_owned(),
        EventKind::TaskReady { attempt } => format!("is launched{}", nth(attempt)),
        EventKind::AttemptStarted { attempt, .. } => format!("runs{}", nth(attempt)),
        EventKind::AttemptSlow { .. } => "has used half of its time".to_owned(),
        EventKind::AttemptStopping { reason, .. } => format!("is asked to end, {}", why(*reason)),
        EventKind::AttemptKilling { .. } => "did not end when asked, and is killed".to_owned(),
        EventKind::AttemptEnded { attempt, ending } => {
            let took =
                took(record, attempt).map_or(String::new(), |it| format!(" after {}", format_duration(it)));
            format!("{}{took}{}", outcome_words(&ending.outcome), nth(attempt))
        }
        EventKind::TaskEnded { .. } => {
            let over = record.tasks.iter().filter(|task| task.status.is_over()).count();
            format!("is over, {over} of {} tasks", record.tasks.len())
        }
        EventKind::TaskBlocked { by: Some(by), .. } => format!("will not run, it waited for {by}"),
        EventKind::TaskBlocked { by: None, .. } => "will not run".to_owned(),
        EventKind::PlanWritten { tasks } => format!("the plan's files say what became of {}", list(tasks, 6)),
        EventKind::PlanNotWritten { why, .. } => format!("is not in the plan's files: {why}"),
        EventKind::RunCancelling { reason, by } => {
            let because = reason.as_ref().map_or(String::new(), |it| format!(": {it}"));
            format!("the run is cancelled by {by}{because}")
        }
        EventKind::RunPaused { by } => format!("the run is paused by {by}, nothing more is launched"),
        EventKind::RunUnpaused { by } => format!("the run goes on, unpaused by {by}"),
        EventKind::ClockGap { gap_ms } => {
            format!(
                "the machine slept for {}, which is not counted",
                format_duration(Duration::from_millis(*gap_ms))
            )
        }
        EventKind::RunEnded { .. } => format!("the run ended, {}", record.status.word()),
    }
}

/// Which try it is, when it is not the first.
fn nth(attempt: &AttemptId) -> String {
    if attempt.number > 1 { format!(", attempt {}", attempt.number) } else { String::new() }
}

const fn why(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Idle => "it printed nothing for too long",
        StopReason::TimedOut => "its time is up",
        StopReason::Cancelled => "it is cancelled",
    }
}

fn took(record: &RunRecord, attempt: &AttemptId) -> Option<Duration> {
    let attempts = &record.task(&attempt.task)?.attempts;
    let it = attempts.iter().find(|it| it.number == attempt.number)?;
    Some(record.awake(it.started_at?, it.ended_at?))
}
