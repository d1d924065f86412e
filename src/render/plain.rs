//! The plain output: one line per record, fields separated by tabs, no heading, no decoration. A
//! field never holds a tab or a line break, and an unknown one is empty.

use crate::{
    clock::Timestamp,
    plan::{Plan, problem::Problem, proof::ItemProof},
    run::{Event, RunRecord, RunSummary},
    text,
    view::{Change, Outlook, RunDiff, Sides, TaskSide, Told},
};

/// `id state done total problems next title`, a plan a line.
#[must_use]
pub fn plans(outlooks: &[Outlook]) -> String {
    let row = |outlook: &Outlook| {
        let plan = outlook.plan;
        let progress = plan.progress();
        record(&[
            plan.id.as_str(),
            plan.state.word(),
            &progress.done.to_string(),
            &progress.total.to_string(),
            &plan.problems.len().to_string(),
            outlook.next.first().map_or("", |next| next.item.as_str()),
            &plan.title,
        ])
    };
    outlooks.iter().map(row).collect::<Vec<_>>().join("\n")
}

/// `id state group title place`, an item a line.
#[must_use]
pub fn items(plan: &Plan) -> String {
    let group = |at: Option<usize>| at.and_then(|at| plan.groups.get(at)).map_or("", |group| &group.name);
    let row = |item: &crate::plan::Item| {
        let place = item.place.to_string();
        record(&[item.id.as_str(), item.state.word(), group(item.group), &item.title, &place])
    };
    plan.items.iter().map(row).collect::<Vec<_>>().join("\n")
}

/// `severity code place message fix`, a problem a line.
#[must_use]
pub fn problems(problems: &[Problem]) -> String {
    let row = |it: &Problem| {
        record(&[it.severity.word(), it.code.word(), &it.place.to_string(), &it.message, &it.fix])
    };
    problems.iter().map(row).collect::<Vec<_>>().join("\n")
}

/// `id status workflow plan item started ended milliseconds`, a run a line.
#[must_use]
pub fn runs(runs: &[RunSummary]) -> String {
    let time = |time: Option<Timestamp>| time.map_or(String::new(), Timestamp::rfc3339);
    let row = |run: &RunSummary| {
        record(&[
            &run.id.to_string(),
            run.status.word(),
            run.workflow.as_str(),
            run.plan.as_ref().map_or("", |plan| plan.as_str()),
            run.item.as_ref().map_or("", |item| item.as_str()),
            &time(run.started_at),
            &time(run.ended_at),
            &run.duration().map_or(String::new(), |it| it.as_millis().to_string()),
        ])
    };
    runs.iter().map(row).collect::<Vec<_>>().join("\n")
}

/// `seq time kind task words`, an event.
#[must_use]
pub fn told(event: &Event, told: &Told) -> String {
    record(&[&event.seq.0.to_string(), &event.ts.rfc3339(), event.kind.word(), &told.about, &told.words])
}

/// `run` and the fields of [`runs`] in the first line, then `task name status attempts outcome`.
#[must_use]
pub fn run(run: &RunRecord) -> String {
    let mut lines = vec![format!("run\t{}", runs(&[run.into()]))];
    lines.extend(run.tasks.iter().map(|task| {
        let ending = task.last_attempt().and_then(|attempt| attempt.ending.as_ref());
        let outcome = ending.map_or("", |ending| ending.outcome.word());
        let attempts = task.attempts.len().to_string();
        record(&["task", task.name.as_str(), task.status.word(), &attempts, outcome])
    }));
    lines.join("\n")
}

/// `plan id standing kind detail`, a piece of evidence a line; an item without any has one too.
#[must_use]
pub fn proofs(proofs: &[(&Plan, Vec<ItemProof>)]) -> String {
    let mut lines = Vec::new();
    for (plan, items) in proofs {
        for item in items {
            let row = |kind: &str, detail: &str| {
                record(&[plan.id.as_str(), item.item.as_str(), item.standing.word(), kind, detail])
            };
            lines.extend(item.evidence.iter().map(|it| row(it.kind.word(), &it.detail)));
            if item.evidence.is_empty() {
                lines.push(row("", ""));
            }
        }
    }
    lines.join("\n")
}

/// `change what before after`, then `task name before after milliseconds milliseconds line`, where the
/// last is the number of the first line of output that differs.
#[must_use]
pub fn diff(diff: &RunDiff) -> String {
    let change = |it: &Change| {
        let said = |it: &Option<String>| it.clone().unwrap_or_default();
        record(&["change", &it.what, &said(&it.before), &said(&it.after)])
    };
    let changes = diff.changes.iter().map(change);
    let tasks = diff.tasks.iter().map(|task| {
        let (before, after) = match task.sides {
            Sides::Both { before, after } => (Some(before), Some(after)),
            Sides::Before(it) => (Some(it), None),
            Sides::After(it) => (None, Some(it)),
        };
        let word = |it: Option<TaskSide>| it.map_or("", |it| it.status.word());
        let millis = |it: Option<TaskSide>| {
            it.and_then(|it| it.duration).map_or(String::new(), |it| it.as_millis().to_string())
        };
        let line = task.output.as_ref().map_or(String::new(), |it| it.number.to_string());
        let name = task.name.as_str();
        record(&["task", name, word(before), word(after), &millis(before), &millis(after), &line])
    });
    changes.chain(tasks).collect::<Vec<_>>().join("\n")
}

fn record(fields: &[&str]) -> String {
    fields.iter().map(|field| text::plain(field)).collect::<Vec<_>>().join("\t")
}
