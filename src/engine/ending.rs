//! What is known of a child that ended: what its launcher says, and what its performer left behind.

use std::{fs, path::Path};

use crate::{
    process::launcher::End,
    run::{Exit, Report, Reported, Task, Work},
    schedule::Facts,
};

pub(super) fn facts(task: &Task, report: &Path, end: End) -> Facts {
    let End { exit, bytes, leaky, survivors, tests, failure } = end;
    let report = self::report(task, report, exit).map(Box::new);
    Facts { exit, bytes, leaky, survivors, tests, failure, report }
}

/// What the performer left behind. One that ends well and says nothing has not proven anything.
fn report(task: &Task, path: &Path, exit: Exit) -> Option<Report> {
    if task.work == Work::Program {
        return None;
    }
    let missing = |why: String| (exit == Exit::Code(0)).then(|| Report::of(Reported::AgentFailed { why }));
    match fs::read(path).map(|bytes| serde_json::from_slice::<Report>(&bytes)) {
        Ok(Ok(report)) => Some(report),
        Ok(Err(error)) => missing(format!("the report of the attempt can't be read: {error}")),
        Err(error) => missing(format!("the attempt left no report: {error}")),
    }
}
