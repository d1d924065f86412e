//! Short texts beside the prompt: what just ended, whose the digits are.

use super::{ends::subject, words::count};
use crate::{
    ids::PlanId,
    run::{RunSummary, Status},
    text::format_duration,
};

/// What is said above the prompt when a run in the background ends: the status is shown before it.
#[must_use]
pub fn announcement(run: &RunSummary) -> (Status, String) {
    let took = run.duration().map_or(String::new(), |it| format!(" after {}", format_duration(it)));
    let subject = subject(run);
    (run.status, format!("run {}{took}: {subject}; run get {} shows it", run.id.short(), run.id.short()))
}

/// What the prompt says before its mark: the plan, and whose the digits are when they are not the
/// page's (`ALPHA · advice 1-3`).
#[must_use]
pub fn prompt_words(plan: Option<&PlanId>, block: Option<(&str, usize)>) -> String {
    let plan = plan.map(ToString::to_string);
    let block = block.map(|(name, entries)| match entries {
        0 | 1 => format!("{name} {entries}"),
        _ => format!("{name} 1-{}", entries.min(9)),
    });
    [plan, block].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What quitting leaves going: `2 runs go on: 3f9c2a, 81d0e4`; absent when nothing does.
#[must_use]
pub fn left_going(runs: &[RunSummary]) -> Option<String> {
    let going: Vec<_> = runs.iter().filter(|run| !run.status.is_over()).map(|run| run.id.short()).collect();
    let verb = if going.len() == 1 { "goes" } else { "go" };
    (!going.is_empty())
        .then(|| format!("{} {verb} on: {}", count(going.len(), "run"), super::words::list(&going, 6)))
}
