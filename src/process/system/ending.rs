//! What the log of a child that ended says: the line that makes a success a failure, and counts of tests.

use std::{io, path::Path};

use regex::Regex;

use crate::{
    logs::{find_pattern, last_lines, test_counts},
    process::launcher::{End, Order},
    run::{Capture, Exit, TestCounts},
};

/// A summary stands at the end of the output. Of so many lines and bytes.
const SUMMARY: (usize, usize) = (4000, 256 * 1024);

/// So much is read where others wait for it; more than that is for a thread of its own.
const LITTLE: u64 = 16 * 1024;

/// True when looking into the log of a child that ended like this takes no time worth mentioning.
pub(super) fn is_quick(order: &Order, end: &End) -> bool {
    order.capture != Capture::File && end.bytes <= LITTLE
}

/// Reads the log, once and in little memory, and says what it says.
pub(super) fn read_log(order: &Order, end: End) -> End {
    let failure = if end.exit == Exit::Code(0) { failure(&order.fail_on, &order.log) } else { None };
    End { failure, tests: tests(&order.log, end.bytes), ..end }
}

/// The line that makes exit 0 a failure. A pattern that can't be looked for is one: what can't be
/// checked is no success.
fn failure(patterns: &[String], log: &Path) -> Option<String> {
    if patterns.is_empty() {
        return None;
    }
    let patterns: Result<Vec<Regex>, _> = patterns.iter().map(|it| Regex::new(it)).collect();
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
