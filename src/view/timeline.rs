//! When each task of a run waited, ran and was tried again; what its end waited for; and what running side
//! by side saved. Every offset counts from the run's beginning, without the time the machine slept.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use super::{RunLine, run_line};
use crate::{
    clock::Timestamp,
    ids::TaskName,
    run::{RunRecord, Status, Task, TaskRecord},
};

/// A run along its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// What lists say of it.
    pub line: RunLine,
    /// When its supervisor began, or when it was asked for.
    pub begin: Timestamp,
    /// From there to its end, or to now.
    pub wall: Duration,
    /// It goes on.
    pub goes_on: bool,
    /// What all attempts took together.
    pub work: Duration,
    /// The tasks that its end waited for, in order.
    pub critical: Vec<TaskName>,
    /// When the machine slept, as offsets, and for how long.
    pub gaps: Vec<(Duration, Duration)>,
    /// In the specification's order.
    pub rows: Vec<TimelineRow>,
}

/// A task along the run's time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineRow {
    /// Its name.
    pub name: TaskName,
    /// For people.
    pub title: String,
    /// How it stands.
    pub status: Status,
    /// The run's end waited for it.
    pub is_critical: bool,
    /// In order, without what lies before its needs were done.
    pub spans: Vec<Span>,
    /// How many attempts.
    pub attempts: usize,
}

/// A part of a task's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it did then.
    pub kind: SpanKind,
    /// Offset of its beginning.
    pub from: Duration,
    /// Offset of its end.
    pub to: Duration,
}

/// What a task did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// Its needs were done, and it had no slot yet.
    Waited,
    /// An attempt ran, and ended so or goes on.
    Ran(Status),
    /// It waited to be tried again.
    BackedOff,
}

impl SpanKind {
    /// The word in JSON and in words.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waited => "waited",
            Self::Ran(_) => "ran",
            Self::BackedOff => "backed_off",
        }
    }
}

impl Span {
    /// How long it was.
    #[must_use]
    pub fn length(&self) -> Duration {
        self.to.saturating_sub(self.from)
    }
}

impl TimelineRow {
    /// How long all of its attempts took.
    #[must_use]
    pub fn ran(&self) -> Duration {
        self.sum(|kind| matches!(kind, SpanKind::Ran(_)))
    }

    /// How long it waited for a slot or another try.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.sum(|kind| !matches!(kind, SpanKind::Ran(_)))
    }

    fn sum(&self, counts: impl Fn(SpanKind) -> bool) -> Duration {
        self.spans.iter().filter(|span| counts(span.kind)).map(Span::length).sum()
    }
}

impl Timeline {
    /// What running side by side saved: work without wall.
    #[must_use]
    pub fn saved(&self) -> Duration {
        self.work.saturating_sub(self.wall)
    }
}

/// A run along its time.
#[must_use]
pub fn timeline(record: &RunRecord, now: Timestamp) -> Timeline {
    let begin = record.started_at.unwrap_or(record.spec.created_at);
    let specs: HashMap<&TaskName, &Task> = record.spec.tasks.iter().map(|task| (&task.name, task)).collect();
    let tasks = record.tasks.iter().map(|task| (&task.name, task)).collect();
    let axis = Axis { record, specs, tasks, begin, end: record.ended_at.unwrap_or(now) };
    let critical = axis.critical();
    let on_chain: HashSet<&TaskName> = critical.iter().collect();
    let rows: Vec<TimelineRow> = record
        .tasks
        .iter()
        .map(|task| TimelineRow {
            name: task.name.clone(),
            title: axis.specs.get(&task.name).map(|it| it.title.clone()).unwrap_or_default(),
            status: task.status,
            is_critical: on_chain.contains(&task.name),
            spans: axis.spans(task),
            attempts: task.attempts.len(),
        })
        .collect();
    Timeline {
        line: run_line(&record.into(), None, now),
        begin,
        wall: axis.at(axis.end),
        goes_on: !record.status.is_over(),
        work: rows.iter().map(TimelineRow::ran).sum(),
        gaps: record.gaps.iter().map(|gap| (axis.at(gap.until), gap.length)).collect(),
        rows,
        critical,
    }
}

struct Axis<'a> {
    record: &'a RunRecord,
    specs: HashMap<&'a TaskName, &'a Task>,
    tasks: HashMap<&'a TaskName, &'a TaskRecord>,
    begin: Timestamp,
    end: Timestamp,
}

impl<'a> Axis<'a> {
    fn at(&self, time: Timestamp) -> Duration {
        self.record.awake(self.begin, time)
    }

    fn spans(&self, task: &TaskRecord) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut add = |kind, from: Timestamp, to: Timestamp| {
            let (from, to) = (self.at(from), self.at(to));
            if to > from || matches!(kind, SpanKind::Ran(_)) {
                spans.push(Span { kind, from, to });
            }
        };
        let mut before: Option<Timestamp> = None;
        for attempt in &task.attempts {
            let Some(start) = attempt.started_at else { continue };
            match before {
                None => add(SpanKind::Waited, self.ready(task), start),
                Some(end) => add(SpanKind::BackedOff, end, start),
            }
            let status = attempt.ending.as_ref().map_or(Status::Running, |it| (&it.outcome).into());
            let end = attempt.ended_at.unwrap_or(self.end);
            add(SpanKind::Ran(status), start, end);
            before = Some(end);
        }
        if before.is_none() && !task.status.is_over() && self.needs_are_done(task) {
            add(SpanKind::Waited, self.ready(task), self.end);
        }
        spans
    }

    /// When the last of its needs was done.
    fn ready(&self, task: &TaskRecord) -> Timestamp {
        let ended = |need: &TaskName| self.tasks.get(need)?.last_attempt()?.ended_at;
        let ends = self.needs(task).iter().filter_map(ended);
        ends.max().unwrap_or(self.begin).max(self.begin)
    }

    fn needs_are_done(&self, task: &TaskRecord) -> bool {
        let done = |need| self.tasks.get(need).is_none_or(|task| task.status == Status::Succeeded);
        self.needs(task).iter().all(done)
    }

    fn needs(&self, task: &TaskRecord) -> &'a [TaskName] {
        self.specs.get(&task.name).map(|it| it.needs.as_slice()).unwrap_or_default()
    }

    /// From the task that ended last back to the first: before each comes what it waited for, the last need of
    /// it that was done or, when it waited longer for a slot, the task whose end made room.
    fn critical(&self) -> Vec<TaskName> {
        let times = |task: &'a TaskRecord| {
            let start = task.attempts.iter().find_map(|it| it.started_at)?;
            Some((start, task.last_attempt()?.ended_at.unwrap_or(self.end)))
        };
        let mut begun: Vec<(Timestamp, Timestamp, &TaskRecord)> = self
            .record
            .tasks
            .iter()
            .filter_map(|task| times(task).map(|(start, end)| (end, start, task)))
            .collect();
        begun.sort_by_key(|(end, start, _)| (*end, *start));
        let mut chain = Vec::new();
        let mut at = begun.len().checked_sub(1);
        while let Some(place) = at {
            let (_, start, task) = begun[place];
            chain.push(task.name.clone());
            // Only backwards in this order, so that tasks of no length go in no circle.
            let before = begun[..place].partition_point(|(end, ..)| *end <= start);
            let Some(latest) = before.checked_sub(1) else { break };
            let same = begun[..before]
                .iter()
                .rposition(|(end, _, it)| *end == begun[latest].0 && self.needs(task).contains(&it.name));
            at = same.or(Some(latest));
        }
        chain.reverse();
        chain
    }
}
