//! What a test runner's summary says. One row of the table for each runner.
//!
//! The summary must stand in the text that is given: the last lines of a log. A runner that printed
//! no summary counts as none, never as zero tests.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::without_escapes;

/// How many tests passed, failed and were not run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
    /// Tests that were not run.
    pub skipped: u64,
}

impl Tally {
    /// Adds `count` tests of which a runner says `word`. Other words (`total`, `deselected`) count nothing.
    fn add(&mut self, word: &str, count: u64) {
        let field = match word {
            "passed" | "pass" | "xpassed" | "PASS" | "ok" => &mut self.passed,
            "failed" | "fail" | "FAIL" | "error" | "errors" | "exec failed" | "timed out" | "cancelled"
            | "leaky-failed" => &mut self.failed,
            "skipped" | "skip" | "SKIP" | "ignored" | "xfailed" | "todo" | "pending" => &mut self.skipped,
            _ => return,
        };
        *field += count;
    }
}

/// How a runner's summary lines are told and put together.
struct Runner {
    /// Matches a summary line; where there is a group 1, that is the part that holds the counts.
    line: Regex,
    fold: Fold,
}

enum Fold {
    /// Every summary is one of several: all are summed (`3 passed; 1 failed`).
    Sum,
    /// The last summary speaks for all.
    Last,
    /// Each line is one test (or package), and group 1 is what is said of it.
    Each,
    /// Each line is one count: group 1 the word, group 2 the number.
    Words,
    /// Each line is one test of the Test Anything Protocol, if the text holds a plan.
    Tap,
}

/// The order matters: a more telling summary stands before a poorer one.
static RUNNERS: LazyLock<Vec<Runner>> = LazyLock::new(|| {
    let row = |line: &str, fold| Runner { line: Regex::new(line).expect("a fixed pattern"), fold };
    vec![
        // cargo nextest: `Summary [ 0.5s] 10 tests run: 9 passed (1 slow), 1 failed, 2 skipped`
        row(r"^\s*Summary \[.*?\]\s+\d+(?:/\d+)? tests? run: (.*)$", Fold::Last),
        // cargo test: `test result: FAILED. 5 passed; 1 failed; 2 ignored; 0 measured; ...`
        row(r"^test result: \w+\. (.*)$", Fold::Sum),
        // jest: `Tests:       1 failed, 2 skipped, 10 passed, 13 total`
        row(r"^Tests:\s+(\d.*\btotal)\s*$", Fold::Sum),
        // vitest: `      Tests  1 failed | 10 passed | 2 skipped (13)`
        row(r"^\s+Tests\s+(\d+ (?:failed|passed|skipped|todo).*)$", Fold::Sum),
        // pytest: `=== 3 failed, 10 passed, 2 skipped in 1.20s ===`, without the frame under -q
        row(r"^(?:=+ )?((?:\d+ [a-z]+(?:, )?)+) in \d[\d.]*m?s\b.*$", Fold::Last),
        // go test -v: `--- PASS: TestName (0.00s)`; subtests are indented and counted with their test
        row(r"^--- (PASS|FAIL|SKIP): ", Fold::Each),
        // go test: `ok  	pkg	0.1s`, `FAIL	pkg	0.1s`: packages are all it tells
        row(r"^(ok|FAIL)\s*\t", Fold::Each),
        // node --test and other TAP writers with a summary of their own: `# pass 10`
        row(r"^[#ℹ] (pass|fail|cancelled|skipped|todo)\s+(\d+)\s*$", Fold::Words),
        // TAP: `ok 1 - name`, `not ok 2 - name # TODO`
        row(r"^(?:not )?ok\b(?: \d+)?", Fold::Tap),
    ]
});

static COUNT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(\d+) (exec failed|timed out|[a-z]+)").expect("a fixed pattern"));

static TAP_PLAN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^(?:TAP version \d+|1\.\.\d+)\b").expect("a fixed pattern"));

static TAP_DIRECTIVE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)#\s*(?:skip|todo)\b").expect("a fixed pattern"));

/// What the known summary lines in the last output say; `None` when there is none. Colours don't
/// matter. Known: cargo test (several blocks are summed), nextest, pytest, go test, jest, vitest,
/// node's runner, TAP.
#[must_use]
pub fn test_counts(tail: &str) -> Option<Tally> {
    let text = without_escapes(tail);
    RUNNERS.iter().find_map(|runner| runner.read(&text))
}

impl Runner {
    fn read(&self, text: &str) -> Option<Tally> {
        if matches!(self.fold, Fold::Tap) && !TAP_PLAN.is_match(text) {
            return None;
        }
        let mut tally = None;
        for line in text.lines() {
            let Some(found) = self.line.captures(line) else { continue };
            let group = |number| found.get(number).map_or("", |it| it.as_str());
            let so_far: &mut Tally = tally.get_or_insert_default();
            match self.fold {
                Fold::Sum => add_counts(so_far, group(1)),
                Fold::Last => {
                    *so_far = Tally::default();
                    add_counts(so_far, group(1));
                }
                Fold::Each => so_far.add(group(1), 1),
                Fold::Words => so_far.add(group(1), group(2).parse().unwrap_or(0)),
                Fold::Tap => so_far.add(tap_word(line), 1),
            }
        }
        // A line that only looked like a summary (`5 files in 2s`) counts no test.
        tally.filter(|it| *it != Tally::default() || !matches!(self.fold, Fold::Last))
    }
}

/// Adds what `3 passed (1 slow), 1 failed; 2 ignored` says; what stands in brackets is part of a count.
fn add_counts(tally: &mut Tally, counts: &str) {
    let mut depth = 0_u32;
    let bare: String = counts
        .chars()
        .filter(|character| {
            match character {
                '(' => depth += 1,
                ')' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect();
    for count in COUNT.captures_iter(&bare) {
        tally.add(&count[2], count[1].parse().unwrap_or(0));
    }
}

fn tap_word(line: &str) -> &'static str {
    match (TAP_DIRECTIVE.is_match(line), line.starts_with("not")) {
        (true, _) => "skip",
        (false, true) => "fail",
        (false, false) => "pass",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_summary_is_read() {
        let check = |text: &str, passed, failed, skipped| {
            assert_eq!(test_counts(text), Some(Tally { passed, failed, skipped }), "{text}");
        };
        check(
            "test result: ok. 5 passed; 0 failed; 2 ignored; 0 measured; 3 filtered out; finished in 0.1s\n\
             test result: FAILED. 7 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out\n",
            12,
            1,
            2,
        );
        check(
            "\x1b[32m     Summary\x1b[0m [   0.5s] 12 tests run: 9 passed (1 slow, 1 flaky), 1 failed, 1 exec failed, 1 timed out, 4 skipped",
            9,
            3,
            4,
        );
        check("     Summary [   0.5s] 3/9 tests run: 2 passed, 1 failed, 0 skipped", 2, 1, 0);
        check("==== 3 failed, 10 passed, 2 skipped, 1 xfailed, 5 warnings, 1 error in 1.20s ====", 10, 4, 3);
        check("4 passed, 1 deselected in 0.03s", 4, 0, 0);
        check("==== 4 passed in 65.20s (0:01:05) ====", 4, 0, 0);
        check(
            "--- PASS: TestA (0.00s)\n    --- PASS: TestA/sub (0.00s)\n--- FAIL: TestB (0.1s)\n--- SKIP: TestC (0s)\nFAIL\tx\t0.1s",
            1,
            1,
            1,
        );
        check("ok  \texample.org/a\t0.003s\nFAIL\texample.org/b\t0.010s\nFAIL\n", 1, 1, 0);
        check(
            "Test Suites: 1 failed, 2 passed, 3 total\nTests:       1 failed, 2 skipped, 10 passed, 13 total",
            10,
            1,
            2,
        );
        check(" Test Files  1 passed (1)\n      Tests  1 failed | 10 passed | 2 skipped (13)\n", 10, 1, 2);
        check(
            "TAP version 13\nok 1 - a\nnot ok 2 - b\nok 3 # SKIP none\nnot ok 4 - later # TODO\n1..4",
            1,
            1,
            2,
        );
        check("ok 1 - a\n1..1\n# tests 1\n# pass 9\n# fail 1\n# cancelled 0\n# skipped 2\n# todo 0", 9, 1, 2);
        check("test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out", 0, 0, 0);
    }

    #[test]
    fn what_is_no_summary_counts_nothing() {
        for text in [
            "",
            "ok then\n",
            "5 files in 2s",
            "all tests passed",
            "compiled 3 crates in 2.5s",
            "ok 1 of many",
        ] {
            assert_eq!(test_counts(text), None, "{text}");
        }
    }
}
