//! How a run ended, as a panel: one for each verdict.

use super::{
    Fact, NumberedAdvice, Panel, Tail, Tone,
    panel::{numbered, sentence},
    words::{exit_words, list, outcome_words},
};
use crate::{
    plan::Next,
    run::{Advice, Outcome, RunRecord, RunSummary, Status, TaskRecord, TestCounts},
    text::{self, format_duration},
};

/// What the panel of an end is made from.
#[derive(Clone, Copy, Debug)]
pub struct Ended<'a> {
    /// The run.
    pub record: &'a RunRecord,
    /// The log of the task it is about, as an absolute path.
    pub log: Option<&'a str>,
    /// Lines of that log as they were written: the first ones of a success, else the last ones.
    pub output: &'a [String],
    /// What to do about a failure.
    pub advice: &'a [Advice],
    /// What is next in the plan after a success.
    pub next: Option<&'a Next>,
}

/// How many files a panel lists.
const FILES: usize = 6;
/// How many ends that the plan's files do not say are named.
const UNWRITTEN: usize = 3;
/// How many lines of output the panel of a success shows, and any other.
const OUTPUT_OF_SUCCESS: usize = 4;
const OUTPUT_OF_FAILURE: usize = 8;

/// The panel of a run that ended.
#[must_use]
pub fn ended(ended: &Ended) -> Panel {
    let record = ended.record;
    let task = task_at_issue(record);
    let left_out = record.deliverables.len().saturating_sub(FILES);
    Panel {
        tone: tone(record.status),
        title: title(record),
        sentences: sentences(ended, task),
        facts: facts(ended, task),
        deliverables: record.deliverables.iter().take(FILES).cloned().collect(),
        more_deliverables: left_out,
        tail: tail(ended),
        advice: advice(ended),
    }
}

const fn tone(status: Status) -> Tone {
    match status {
        Status::Succeeded => Tone::Good,
        Status::Failed | Status::Lost | Status::Blocked => Tone::Bad,
        _ => Tone::Caution,
    }
}

fn title(record: &RunRecord) -> String {
    format!("Run {} {}: {}", record.id.short(), record.status.word(), subject(&record.into()))
}

/// What a run was for: `next ALPHA 2.3`.
pub(super) fn subject(run: &RunSummary) -> String {
    let plan = run.plan.as_ref().map(ToString::to_string);
    let item = run.item.as_ref().map(ToString::to_string);
    [Some(run.workflow.to_string()), plan, item].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The task that a panel speaks of: the first whose end is the run's own, because under
/// `--fail-fast` the tasks before it may only have been cancelled for its sake.
fn task_at_issue(record: &RunRecord) -> Option<&TaskRecord> {
    let same = record.tasks.iter().find(|task| task.status == record.status);
    if record.status == Status::Succeeded { record.tasks.last() } else { same.or(record.failing_task()) }
}

fn sentences(ended: &Ended, task: Option<&TaskRecord>) -> Vec<String> {
    let record = ended.record;
    let mut said = match record.status {
        Status::Succeeded => Vec::new(),
        Status::TimedOut => timed_out(ended, task),
        Status::Cancelled => cancelled(record),
        Status::Lost => lost(record),
        _ => failed(record, task),
    };
    if !record.survivors.is_empty() {
        said.push(match record.survivors.len() {
            1 => "A process outlived the kill and may still be at work.".to_owned(),
            some => format!("{some} processes outlived the kill and may still be at work."),
        });
    }
    said.extend(unwritten(record));
    said
}

/// What the plan's own files do not say although it happened.
fn unwritten(record: &RunRecord) -> Vec<String> {
    let told = record.unwritten.iter().take(UNWRITTEN).map(|(task, why)| {
        format!("The plan's files do not say what became of {task}: {}", sentence(&text::plain(why)))
    });
    let more = record.unwritten.len().saturating_sub(UNWRITTEN);
    let more =
        (more > 0).then(|| format!("Nor do they of {more} more; events {} lists them.", record.id.short()));
    told.chain(more).collect()
}

fn failed(record: &RunRecord, task: Option<&TaskRecord>) -> Vec<String> {
    let Some(task) = task else { return vec!["It failed before any task began.".to_owned()] };
    let ending = task.last_attempt().and_then(|attempt| attempt.ending.as_ref());
    let what = ending.map_or("failed".to_owned(), |ending| outcome_words(&ending.outcome));
    let mut said = vec![sentence(&format!("{} {what}", name(record, task)))];
    if task.attempts.len() > 1 {
        said.push(format!("It was tried {} times.", task.attempts.len()));
    }
    let blocked = record.tasks.iter().filter(|it| it.status == Status::Blocked).map(|it| &it.name);
    let blocked = list(blocked, 4);
    if !blocked.is_empty() {
        said.push(format!("Not run because of it: {blocked}."));
    }
    said
}

fn timed_out(ended: &Ended, task: Option<&TaskRecord>) -> Vec<String> {
    let Some(task) = task else { return vec!["Its time was up.".to_owned()] };
    let limits = ended.record.spec.task(&task.name).map(|task| task.limits);
    let outcome =
        task.last_attempt().and_then(|attempt| attempt.ending.as_ref()).map(|ending| &ending.outcome);
    let idle = matches!(outcome, Some(Outcome::TimedOutIdle));
    let name = name(ended.record, task);
    let limit = limits.and_then(|limits| if idle { limits.idle } else { limits.wall }).map(format_duration);
    let what = match (idle, limit) {
        (true, Some(limit)) => format!("{name} printed nothing for {limit} and was stopped."),
        (true, None) => format!("{name} printed nothing for too long and was stopped."),
        (false, Some(limit)) => format!("{name} did not end within {limit} and was stopped."),
        (false, None) => format!("{name} did not end in time and was stopped."),
    };
    vec![what, doing(ended.output, idle)]
}

/// What a stopped task was doing, by the last thing it said.
fn doing(output: &[String], idle: bool) -> String {
    let state = if idle { "idle" } else { "still at work" };
    match output.iter().rev().find(|line| !line.trim().is_empty()) {
        Some(line) => {
            format!("It was {state}; the last thing it printed was: {}", text::plain(line.trim()))
        }
        None => {
            "It never printed anything: it may have waited for input, which it can't be given.".to_owned()
        }
    }
}

fn cancelled(record: &RunRecord) -> Vec<String> {
    let over = record.tasks.iter().filter(|task| task.status == Status::Succeeded).count();
    let reason =
        record.cancel_reason.as_ref().map(|reason| sentence(&format!("Cancelled because: {reason}")));
    let done = format!("Tasks done by then: {over} of {}.", record.tasks.len());
    reason.into_iter().chain([done]).collect()
}

fn lost(record: &RunRecord) -> Vec<String> {
    let lost = record.tasks.iter().filter(|task| task.status == Status::Lost).map(|task| &task.name);
    let lost = list(lost, 6);
    let mut said = vec!["Its supervisor went away while it ran, so nobody saw how it ended.".to_owned()];
    if !lost.is_empty() {
        said.push(format!("These tasks had been launched and may have had effects: {lost}."));
    }
    said
}

/// A task by its title, with its name where that says more.
fn name(record: &RunRecord, task: &TaskRecord) -> String {
    let title = record.spec.task(&task.name).map_or("", |task| task.title.as_str());
    if title.is_empty() || title == task.name.as_str() {
        return task.name.to_string();
    }
    format!("{title} ({})", task.name)
}

fn facts(ended: &Ended, task: Option<&TaskRecord>) -> Vec<Fact> {
    let record = ended.record;
    let ending = task.and_then(TaskRecord::last_attempt).and_then(|attempt| attempt.ending.as_ref());
    let mut facts = Vec::new();
    if let Some(exit) = ending.and_then(|ending| ending.exit).filter(|_| record.status != Status::Succeeded) {
        facts.push(Fact::new("exit", exit_words(exit)));
    }
    if let Some(tests) = tests(record) {
        facts.push(Fact::new("tests", tests_words(tests)));
    }
    if record.tasks.len() > 1 {
        facts.push(Fact::new("tasks", tasks_words(record)));
    }
    if let Some(duration) = RunSummary::from(record).duration() {
        facts.push(Fact::new("took", format_duration(duration)));
    }
    if ending.is_some_and(|ending| ending.leaky) {
        facts.push(Fact::new("note", "it left processes behind, which were ended"));
    }
    facts.extend(
        record
            .survivors
            .iter()
            .map(|survivor| Fact::new("survivor", format!("pid {}: {}", survivor.pid, survivor.command))),
    );
    if let Some(log) = ended.log {
        facts.push(Fact::path("log", log));
        facts.push(Fact::new("show it", format!("logs {}", record.id.short())));
    }
    facts
}

/// What all tasks together tested, by their last attempts.
pub(super) fn tests(record: &RunRecord) -> Option<TestCounts> {
    let endings = record.tasks.iter().filter_map(|task| task.last_attempt()?.ending.as_ref());
    endings.filter_map(|ending| ending.tests).reduce(|a, b| TestCounts {
        passed: a.passed + b.passed,
        failed: a.failed + b.failed,
        skipped: a.skipped + b.skipped,
    })
}

/// `12 passed, 1 failed, 0 skipped`.
pub(super) fn tests_words(tests: TestCounts) -> String {
    format!("{} passed, {} failed, {} skipped", tests.passed, tests.failed, tests.skipped)
}

/// `3 succeeded, 1 failed, 1 blocked`, in the order of [`Status::ALL`].
fn tasks_words(record: &RunRecord) -> String {
    let with = |status| record.tasks.iter().filter(|task| task.status == status).count();
    let some = Status::ALL.into_iter().map(|status| (with(status), status)).filter(|(number, _)| *number > 0);
    some.map(|(number, status)| format!("{number} {}", status.word())).collect::<Vec<_>>().join(", ")
}

fn tail(ended: &Ended) -> Option<Tail> {
    let blank = ended.output.iter().rev().take_while(|line| line.trim().is_empty()).count();
    let output = &ended.output[..ended.output.len() - blank];
    if output.is_empty() {
        return None;
    }
    if ended.record.status == Status::Succeeded {
        let lines = output.iter().take(OUTPUT_OF_SUCCESS).cloned().collect();
        return Some(Tail { heading: "output begins", lines });
    }
    let lines = output[output.len().saturating_sub(OUTPUT_OF_FAILURE)..].to_vec();
    Some(Tail { heading: "last output", lines })
}

fn advice(ended: &Ended) -> Vec<NumberedAdvice> {
    match (ended.record.status, ended.next) {
        (Status::Succeeded, Some(next)) => vec![NumberedAdvice {
            key: 1,
            say: next.action.sentence(&next.item),
            why: next.why.clone(),
            command: ended.record.spec.plan.as_ref().map(|plan| format!("next {}", plan.id)),
        }],
        _ => numbered(ended.advice),
    }
}
