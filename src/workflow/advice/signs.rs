//! What the end of an output gives away: one table of patterns.

use std::sync::LazyLock;

use regex::Regex;

/// Something that the end of an output gives away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sign {
    /// It wanted to read from its standard input, and there is nothing.
    WaitedForInput,
    /// The SUBPLAN it works on is not there.
    SubplanMissing,
    /// The item it was given is not in the plan.
    ItemUnknown,
    /// The id it was given is no id.
    BadId,
    /// The system refused access.
    PermissionDenied,
    /// No room is left.
    DiskFull,
    /// A module or package is not installed.
    ModuleMissing,
    /// The interpreter is too old for the script, or the script is broken.
    SyntaxError,
    /// A file it was given is not there.
    FileMissing,
    /// An agent is not signed in.
    NotSignedIn,
    /// An agent was told to come back later.
    RateLimited,
    /// An agent's conversation is longer than it can hold.
    OverContext,
}

/// Tried in this order. Each was seen in the wild, or is the message of a well-known program.
const PATTERNS: [(Sign, &str); 12] = [
    (
        Sign::WaitedForInput,
        r"(?i)EOFError|EOF when reading a line|input is not a terminal|stdin is not a (tty|terminal)|not a tty\b|inappropriate ioctl for device|cannot prompt|the input device is not a TTY|read: read error|unexpected end of input from (stdin|terminal)",
    ),
    (
        Sign::SubplanMissing,
        r"(?i)(no SUBPLAN found|SUBPLAN\S* (was )?(not found|does not exist)|SubplanNotFound|no such file.*SUBPLAN_|SUBPLAN_.*(no such file|not found))",
    ),
    (
        Sign::ItemUnknown,
        r"(?i)(achievement|task|item) \S+ (was )?(not found|does not exist|is unknown)|AchievementNotFound|no such (achievement|task|item)\b",
    ),
    (
        Sign::BadId,
        r"(?i)(invalid|malformed|bad) (achievement|item|task)( id| number| format)?\b|InvalidAchievementFormat|expected (format )?X\.Y",
    ),
    (Sign::DiskFull, r"(?i)no space left on device|ENOSPC|disk (is )?full|disk quota exceeded"),
    (Sign::PermissionDenied, r"(?i)permission denied|EACCES|operation not permitted|PermissionError"),
    (
        Sign::ModuleMissing,
        r"(?i)ModuleNotFoundError|ImportError: |No module named|cannot find module|Could not find or load main class|error while loading shared libraries",
    ),
    (Sign::SyntaxError, r"(?m)^\s*(SyntaxError|IndentationError): "),
    (
        Sign::NotSignedIn,
        r"(?i)not (logged|signed) in|please (log|sign) in|run /login|invalid api key|authentication[_ ](failed|error|required)|\b401 unauthorized|api key (not|is not|is missing)|no api key",
    ),
    (
        Sign::RateLimited,
        r"(?i)rate[ _-]?limit(ed|_error| exceeded| reached)|too many requests|\b429\b.*(retry|requests|error)|(usage|session) limit reached|quota exceeded|overloaded_error",
    ),
    (
        Sign::OverContext,
        r"(?i)context[ _](length|window)[ _]?(exceeded|is full|limit)|prompt is too long|maximum context length|input is too long|context_length_exceeded",
    ),
    (
        Sign::FileMissing,
        r"(?i)no such file or directory|FileNotFoundError|can't open file|cannot open (file )?'",
    ),
];

static TABLE: LazyLock<Vec<(Sign, Regex)>> = LazyLock::new(|| {
    let compile = |(sign, pattern): (Sign, &str)| {
        (sign, Regex::new(pattern).expect("every pattern of the table is tried by the tests"))
    };
    PATTERNS.into_iter().map(compile).collect()
});

/// What the end of an output gives away, in the order of the table.
#[must_use]
pub fn signs(tail: &str) -> Vec<Sign> {
    TABLE.iter().filter(|(_, pattern)| pattern.is_match(tail)).map(|(sign, _)| *sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_output_gives_the_reason_away() {
        let check = |tail: &str, expected: &[Sign]| assert_eq!(signs(tail), expected, "{tail}");
        check(
            "Select an option [1-7]: Traceback\nEOFError: EOF when reading a line\n",
            &[Sign::WaitedForInput],
        );
        check("the input device is not a TTY", &[Sign::WaitedForInput]);
        check("stty: standard input: Inappropriate ioctl for device", &[Sign::WaitedForInput]);
        check("❌ Error: No SUBPLAN found for 2.3", &[Sign::SubplanMissing]);
        check(
            "FileNotFoundError: [Errno 2] No such file or directory: 'SUBPLAN_ALPHA_23.md'",
            &[Sign::SubplanMissing, Sign::FileMissing],
        );
        check("Error: Achievement 9.9 not found in PLAN", &[Sign::ItemUnknown]);
        check("invalid achievement format: abc", &[Sign::BadId]);
        check("bash: ./x.sh: Permission denied", &[Sign::PermissionDenied]);
        check("write failed: No space left on device", &[Sign::DiskFull]);
        check("ModuleNotFoundError: No module named 'yaml'", &[Sign::ModuleMissing]);
        check("    SyntaxError: f-string expression part cannot include a backslash", &[Sign::SyntaxError]);
        check("Invalid API key · Please run /login", &[Sign::NotSignedIn]);
        check("HTTP 429 Too Many Requests", &[Sign::RateLimited]);
        check("prompt is too long: 214000 tokens > 200000 maximum", &[Sign::OverContext]);
        check("python3: can't open file 'x.py': [Errno 2] No such file or directory", &[Sign::FileMissing]);
    }

    #[test]
    fn ordinary_output_gives_nothing_away() {
        for tail in [
            "",
            "test result: ok. 12 passed; 0 failed",
            "reading the plan … 429 lines read",
            "the subplan is written; the limit is 3",
            "checking permissions: fine",
            "EOF marker written",
        ] {
            assert_eq!(signs(tail), [], "{tail}");
        }
    }
}
