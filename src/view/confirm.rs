//! What is asked before something is done: what will happen, why, and what would be lost.

use super::{PlanPage, words::count, words::list};
use crate::{
    plan::Next,
    run::{RunSummary, Specification},
    text::{format_bytes, format_duration},
};

/// A question before an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirm {
    /// Ends in a question mark.
    pub question: String,
    /// What will be done, a sentence each.
    pub does: Vec<String>,
    /// Why it is suggested; absent when a person asked for exactly this.
    pub why: Option<String>,
    /// What would be lost; empty for what destroys nothing.
    pub loses: Vec<String>,
}

impl Confirm {
    /// What Enter alone answers: yes, unless something would be lost.
    #[must_use]
    pub const fn default_yes(&self) -> bool {
        self.loses.is_empty()
    }
}

/// Before the next step of a plan.
#[must_use]
pub fn confirm_action(next: &Next, page: &PlanPage) -> Confirm {
    Confirm {
        question: format!("{}?", next.action.sentence(&next.item)),
        does: vec![format!("It is the next step of {}.", page.summary.id)],
        why: Some(next.why.clone()),
        loses: Vec::new(),
    }
}

/// Before a run is started: what it would launch, exactly.
#[must_use]
pub fn confirm_run(spec: &Specification, why: Option<String>) -> Confirm {
    let mut does: Vec<String> =
        spec.tasks.iter().take(5).map(|task| launch(task, spec.tasks.len())).collect();
    if spec.tasks.len() > 5 {
        does.push(format!("and {} more", count(spec.tasks.len() - 5, "task")));
    }
    if spec.tasks.len() > 1 {
        does.push(format!("At most {} at once.", spec.slots));
    }
    let item = spec.item.as_ref().map_or(String::new(), |item| format!(" for {}", item.id));
    Confirm { question: format!("Run {}{item}?", spec.workflow), does, why, loses: Vec::new() }
}

fn launch(task: &crate::run::Task, tasks: usize) -> String {
    let name = if tasks > 1 { format!("{}: ", task.name) } else { String::new() };
    let limit =
        task.limits.wall.map_or(String::new(), |wall| format!(" (at most {})", format_duration(wall)));
    format!("{name}{}{limit}", shell_words::join(&task.argv))
}

/// Before runs are cancelled.
#[must_use]
pub fn confirm_cancel(runs: &[RunSummary]) -> Confirm {
    let names = list(runs.iter().map(|run| run.id.short()), 4);
    let lost = |run: &RunSummary| {
        let open = run.tasks.saturating_sub(run.tasks_over);
        format!(
            "{} {}: what its {} had not written yet",
            run.id.short(),
            run.workflow,
            count(open, "open task")
        )
    };
    Confirm {
        question: format!("Cancel {names}?"),
        does: vec!["Everything it started is asked to end, and killed when it does not.".to_owned()],
        why: None,
        loses: runs.iter().map(lost).collect(),
    }
}

/// Before runs are forgotten with their logs.
#[must_use]
pub fn confirm_prune(runs: &[RunSummary], bytes: u64) -> Confirm {
    let names = list(runs.iter().map(|run| run.id.short()), 6);
    Confirm {
        question: format!("Forget {}?", count(runs.len(), "run")),
        does: vec![format!("{} of logs are freed.", format_bytes(bytes))],
        why: None,
        loses: vec![format!("the records and logs of {names}")],
    }
}
