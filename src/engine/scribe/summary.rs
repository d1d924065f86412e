//! What a finished task leaves for those after it, when its agent left nothing: only what is known.

use std::fmt::Write as _;

use super::ledger::{Note, Totals};
use crate::{
    plan::{Item, Plan},
    run::Specification,
    text,
};

/// The summary of a finished task, in the form of its dialect.
pub fn summary(spec: &Specification, note: &Note, item: &Item) -> String {
    let title = text::plain(&item.title);
    let mut summary = format!("# Task: {} {title}\n\n## Run\n\n", item.id);
    let work = &note.work;
    let mut say = |name: &str, value: String| {
        // Writing to a string never fails.
        let _ = writeln!(summary, "- **{name}**: {value}");
    };
    say("Run", format!("`{}`, task `{}`", spec.run, note.task));
    say("Attempts", work.attempts.to_string());
    if let Some((started, ended)) = work.started.zip(work.ended) {
        say("Started", started.rfc3339());
        say("Ended", format!("{} ({})", ended.rfc3339(), text::format_duration(ended.since(started))));
    }
    if let Some(tests) = work.tests {
        say("Tests", format!("{} passed, {} failed, {} skipped", tests.passed, tests.failed, tests.skipped));
    }
    say("Log", format!("`plandeck logs {} {}`", spec.run.short(), note.task));
    summary.push_str("\n## Status: ✅ Complete\n");
    summary
}

/// What is left when all of a session is over: figures that were counted, and none that were not.
pub fn session_summary(spec: &Specification, totals: &Totals, plan: &Plan) -> String {
    let progress = plan.progress();
    let mut summary = format!("# Session: {}\n\n", text::plain(&plan.title));
    let mut say = |name: &str, value: String| {
        // Writing to a string never fails.
        let _ = writeln!(summary, "- **{name}**: {value}");
    };
    let skipped =
        if progress.skipped > 0 { format!(", {} skipped", progress.skipped) } else { String::new() };
    say("Tasks", format!("{} done{skipped} of {}", progress.done, progress.total));
    say("Last run", format!("`{}`", spec.run));
    if let Some(parent) = spec.parent {
        say("It carried on", format!("`{parent}`"));
    }
    let (succeeded, others) = (totals.succeeded, totals.others);
    say("Its tasks", format!("{succeeded} succeeded, {others} did not, in {} attempts", totals.attempts));
    if let Some((started, ended)) = totals.started.zip(totals.ended) {
        say("From", started.rfc3339());
        say("To", format!("{} ({})", ended.rfc3339(), text::format_duration(ended.since(started))));
    }
    summary
}
