//! One run: what it was meant to do and what became of each task and attempt.

use std::time::Duration;

use super::{
    Fact, Forecast, NumberedAdvice, RunLine,
    ends::{tests, tests_words},
    panel::numbered,
    run_line,
    words::{ago, outcome_words},
};
use crate::{
    clock::Timestamp,
    ids::TaskName,
    run::{Advice, AttemptRecord, RunRecord, RunSummary, Status, TaskRecord},
    text::format_duration,
};

/// A run's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunPage {
    /// What lists say of it.
    pub line: RunLine,
    /// What is known of it, by name.
    pub facts: Vec<Fact>,
    /// In the specification's order.
    pub tasks: Vec<TaskLine>,
    /// Files it made or changed.
    pub deliverables: Vec<String>,
    /// What can be done about it.
    pub advice: Vec<NumberedAdvice>,
    /// The run, what it retries and what retries it; empty when it stands alone.
    pub family: Vec<Relative>,
}

/// A run in a history of retries, in the order of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relative {
    /// How many runs lie between it and the first one, its own level included; 0 for the first.
    pub depth: usize,
    /// The run.
    pub line: RunLine,
    /// True for the run that the page is about.
    pub is_this: bool,
}

impl RunPage {
    /// This page with how long the run may still take.
    #[must_use]
    pub fn with_forecast(mut self, forecast: &Forecast) -> Self {
        if let Some(rest) = &forecast.rest {
            self.facts.push(Fact::new("left", rest.words()));
        }
        for (task, estimate) in &forecast.tasks {
            let line = self.tasks.iter_mut().find(|line| line.name == *task);
            if let Some(attempt) = line.and_then(|line| line.attempts.last_mut()) {
                attempt.words.push_str(&format!(", {} left", estimate.range()));
            }
        }
        self
    }

    /// This page with the history of retries that the run belongs to: each run with its depth, a run
    /// before what retries it.
    #[must_use]
    pub fn with_family(mut self, family: &[(usize, RunSummary)], now: Timestamp) -> Self {
        if family.len() > 1 {
            let relative = |(depth, run): &(usize, RunSummary)| Relative {
                depth: *depth,
                line: run_line(run, None, now),
                is_this: run.id == self.line.id,
            };
            self.family = family.iter().map(relative).collect();
        }
        self
    }
}

/// A task of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskLine {
    /// Its name.
    pub name: TaskName,
    /// For people; empty where it would repeat the name.
    pub title: String,
    /// How it stands.
    pub status: Status,
    /// Tasks that had to succeed before.
    pub needs: Vec<TaskName>,
    /// The task it waited for in vain.
    pub blocked_by: Option<TaskName>,
    /// In order.
    pub attempts: Vec<AttemptLine>,
}

/// A launch of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptLine {
    /// Counts from 1.
    pub number: u32,
    /// What became of it.
    pub words: String,
    /// How it stands.
    pub status: Status,
    /// How long it took, or has been going on.
    pub duration: Option<Duration>,
    /// Bytes of output, once it ended.
    pub bytes: Option<u64>,
}

/// A run's page.
#[must_use]
pub fn run_page(record: &RunRecord, advice: &[Advice], now: Timestamp) -> RunPage {
    RunPage {
        line: run_line(&record.into(), None, now),
        facts: facts(record, now),
        tasks: record.tasks.iter().map(|task| task_line(record, task, now)).collect(),
        deliverables: record.deliverables.clone(),
        advice: numbered(advice),
        family: Vec::new(),
    }
}

fn facts(record: &RunRecord, now: Timestamp) -> Vec<Fact> {
    let spec = &record.spec;
    let mut facts = vec![Fact::new("id", record.id.to_string())];
    if let Some(plan) = &spec.plan {
        facts.push(Fact::new("plan", format!("{}: {}", plan.id, plan.title)));
    }
    if let Some(item) = &spec.item {
        facts.push(Fact::new("item", format!("{}: {}", item.id, item.title)));
    }
    let asked = &spec.asked_by;
    facts.push(Fact::new(
        "asked",
        format!("by {}, {}, {}", asked.user, asked.face, ago(now, spec.created_at)),
    ));
    facts.extend(spec.params.iter().map(|(name, value)| Fact::new("param", format!("{name} = {value}"))));
    if let Some(parent) = spec.parent {
        facts.push(Fact::new("retries", format!("run {}", parent.short())));
    }
    if let Some(commit) = &spec.git_commit {
        facts.push(Fact::new("commit", commit.clone()));
    }
    if let Some(tests) = tests(record) {
        facts.push(Fact::new("tests", tests_words(tests)));
    }
    let asleep = RunSummary::from(record).asleep;
    if !asleep.is_zero() {
        facts.push(Fact::new("asleep", format!("{}, which no figure counts", format_duration(asleep))));
    }
    if let Some(reason) = &record.cancel_reason {
        facts.push(Fact::new("reason", reason.clone()));
    }
    facts.extend(
        record
            .survivors
            .iter()
            .map(|survivor| Fact::new("survivor", format!("pid {}: {}", survivor.pid, survivor.command))),
    );
    facts
}

fn task_line(record: &RunRecord, task: &TaskRecord, now: Timestamp) -> TaskLine {
    let spec = record.spec.task(&task.name);
    let title = spec.map(|task| task.title.clone()).filter(|title| title != task.name.as_str());
    TaskLine {
        name: task.name.clone(),
        title: title.unwrap_or_default(),
        status: task.status,
        needs: spec.map(|task| task.needs.clone()).unwrap_or_default(),
        blocked_by: task.blocked_by.clone(),
        attempts: task.attempts.iter().map(|attempt| attempt_line(record, attempt, now)).collect(),
    }
}

fn attempt_line(record: &RunRecord, attempt: &AttemptRecord, now: Timestamp) -> AttemptLine {
    let until = if attempt.ending.is_some() { attempt.ended_at } else { Some(now) };
    let duration = attempt.started_at.zip(until).map(|(start, end)| record.awake(start, end));
    let (status, words) = match (&attempt.ending, attempt.started_at) {
        (Some(ending), _) => ((&ending.outcome).into(), outcome_words(&ending.outcome)),
        (None, Some(_)) => (Status::Running, "is running".to_owned()),
        (None, None) => (Status::Queued, "is being launched".to_owned()),
    };
    let bytes = attempt.ending.as_ref().map(|ending| ending.bytes);
    AttemptLine { number: attempt.number, words, status, duration, bytes }
}
