//! What is known of a child that ended: what the system said, and what its log says.

use std::{fs, io, path::Path};

use regex::Regex;

use crate::{
    logs::{find_pattern, last_lines, test_counts},
    process::launcher::End,
    run::{Exit, Report, Reported, Task, TestCounts, Work},
    schedule::Facts,
};

/// A summary stands at the end of the output. Of so many lines and bytes.
const SUMMARY: (usize, usize) = (4000, 256 * 1024);

pub(super) fn facts(task: &Task, log: &Path, report: &Path, end: End) -> Facts {
    let End { exit, bytes, leaky, survivors } = end;
    let failure = if exit == Exit::Code(0) { failure(task, log) } else { None };
    let report = self::report(task, report, exit);
    Facts { exit, bytes, leaky, survivors, tests: tests(log, bytes), failure, report }
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

/// The line that makes exit 0 a failure. A pattern that can't be looked for is one: what can't be
/// checked is no success.
fn failure(task: &Task, log: &Path) -> Option<String> {
    if task.fail_on.is_empty() {
        return None;
    }
    let patterns: Result<Vec<Regex>, _> = task.fail_on.iter().map(|it| Regex::new(it)).collect();
    let patterns = match patterns {
        Ok(patterns) => patterns,
        Err(error) => return Some(format!("fail_on can't be used: {error}")),
    };
    match find_pattern(log, &patterns) {
        Ok(line) => line,
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => Some(format!("the output could not be searched for fail_on: {error}")),
    }
}

fn tests(log: &Path, bytes: u64) -> Option<TestCounts> {
    if bytes == 0 {
        return None;
    }
    let (lines, most) = SUMMARY;
    let tally = test_counts(&last_lines(log, lines, most).join("\n"))?;
    Some(TestCounts { passed: tally.passed, failed: tally.failed, skipped: tally.skipped })
}
