//! How grave a line of output is, by what it says of itself. Pure.
//!
//! Known shapes: JSON lines, logfmt, `LEVEL message`, syslog's `<N>`, and what the loggers of Rust
//! (env_logger, tracing), Python (logging), Go (log, slog, zap, klog) and Java (logback, log4j,
//! java.util.logging) write. A line that says nothing has no level; which one it counts as is for the
//! reader to decide.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{IgnoredAny, MapAccess, Visitor},
};

use crate::text::without_escapes;

/// How grave a line is. Ordered: what is graver is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Every step.
    Trace,
    /// For who looks for a fault.
    Debug,
    /// What happens.
    Info,
    /// It went on, but not as it should.
    Warn,
    /// Something did not come about.
    Error,
    /// Nothing comes about any more.
    Fatal,
}

impl Level {
    /// Every level, the mildest first.
    pub const ALL: [Self; 6] = [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Fatal];

    /// The word in the command line and on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }

    /// The level that a logger means by a word, in any case: `WARNING`, `err`, `SEVERE`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        if !(3..=11).contains(&word.len()) {
            return None;
        }
        let found = WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
        found.map(|(_, level)| *level)
    }

    /// The numbers of pino, bunyan and Python: ten steps each.
    const fn from_number(number: u64) -> Option<Self> {
        Some(match number {
            1..=10 => Self::Trace,
            11..=20 => Self::Debug,
            21..=30 => Self::Info,
            31..=40 => Self::Warn,
            41..=50 => Self::Error,
            51..=60 => Self::Fatal,
            _ => return None,
        })
    }

    /// Syslog's severity: the lower three bits of its priority.
    const fn from_priority(priority: u8) -> Self {
        match priority % 8 {
            0..=2 => Self::Fatal,
            3 => Self::Error,
            4 => Self::Warn,
            5 | 6 => Self::Info,
            _ => Self::Debug,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.word())
    }
}

const WORDS: [(&str, Level); 30] = [
    ("trace", Level::Trace),
    ("trc", Level::Trace),
    ("finest", Level::Trace),
    ("finer", Level::Trace),
    ("verbose", Level::Trace),
    ("debug", Level::Debug),
    ("dbg", Level::Debug),
    ("fine", Level::Debug),
    ("info", Level::Info),
    ("inf", Level::Info),
    ("information", Level::Info),
    ("notice", Level::Info),
    ("note", Level::Info),
    ("warn", Level::Warn),
    ("warning", Level::Warn),
    ("wrn", Level::Warn),
    ("error", Level::Error),
    ("err", Level::Error),
    ("eror", Level::Error),
    ("severe", Level::Error),
    ("fatal", Level::Fatal),
    ("ftl", Level::Fatal),
    ("critical", Level::Fatal),
    ("crit", Level::Fatal),
    ("alert", Level::Fatal),
    ("emerg", Level::Fatal),
    ("emergency", Level::Fatal),
    ("panic", Level::Fatal),
    ("dpanic", Level::Fatal),
    ("pnc", Level::Fatal),
];

/// The words under which structured lines say their level.
const KEYS: [&str; 9] =
    ["level", "lvl", "severity", "levelname", "log.level", "loglevel", "log_level", "@l", "level_name"];

/// Lines that programs end with when nobody caught it, and what build tools say.
const BEGINNINGS: [(&str, Level); 8] = [
    ("Traceback (most recent call last)", Level::Error),
    ("Exception in thread ", Level::Error),
    ("Caused by: ", Level::Error),
    ("npm ERR!", Level::Error),
    ("npm error", Level::Error),
    ("npm WARN", Level::Warn),
    ("npm warn", Level::Warn),
    ("make: ***", Level::Error),
];

/// How much of a line is looked at, but for JSON, whose keys may stand anywhere.
const LOOKED_AT: usize = 240;

/// How many words may stand before the level: a time, a thread, a logger's name.
const FURNITURE: usize = 8;

/// The level that a line says it has.
#[must_use]
pub fn level_of(line: &str) -> Option<Level> {
    let line = if line.contains('\x1b') { Cow::Owned(without_escapes(line)) } else { Cow::Borrowed(line) };
    let line = line.trim_start();
    match line.as_bytes().first()? {
        b'{' => of_json(line),
        b'<' => of_priority(line).or_else(|| of_text(line)),
        _ => of_text(line),
    }
}

/// `<34>Oct 11 …`, `<3>message`.
fn of_priority(line: &str) -> Option<Level> {
    let (number, _) = line[1..].split_at_checked(4).unwrap_or((&line[1..], "")).0.split_once('>')?;
    let priority: u8 = number.parse().ok().filter(|it| *it <= 191)?;
    Some(Level::from_priority(priority))
}

fn of_text(line: &str) -> Option<Level> {
    let end = line.floor_char_boundary(LOOKED_AT);
    let line = &line[..end];
    if let Some((_, level)) = BEGINNINGS.iter().find(|(start, _)| line.starts_with(start)) {
        return Some(*level);
    }
    of_klog(line).or_else(|| of_words(line)).or_else(|| of_logfmt(line)).or_else(|| of_panic(line))
}

/// `thread 'main' panicked at src/main.rs:4:5:`.
fn of_panic(line: &str) -> Option<Level> {
    (line.starts_with("thread '") && line.contains(" panicked at ")).then_some(Level::Fatal)
}

/// `I0102 15:04:05.000000   12345 file.go:12] message`.
fn of_klog(line: &str) -> Option<Level> {
    let (first, rest) = line.split_at_checked(5)?;
    let (letter, date) = first.split_at_checked(1)?;
    let is_date = date.bytes().all(|it| it.is_ascii_digit());
    let is_time = rest.as_bytes().get(..4).is_some_and(|it| it[0] == b' ' && it[3] == b':');
    if !is_date || !is_time {
        return None;
    }
    Some(match letter {
        "I" => Level::Info,
        "W" => Level::Warn,
        "E" => Level::Error,
        "F" => Level::Fatal,
        _ => return None,
    })
}

/// A level among the first words, when all before it is furniture: times, `[threads]`, names.
fn of_words(line: &str) -> Option<Level> {
    let mut time = false;
    let mut names = 1_u8;
    let mut words = line.split_ascii_whitespace().peekable();
    for place in 0..FURNITURE {
        let word = words.next()?;
        if let Some(level) = of_word(word, place == 0, time) {
            return Some(level);
        }
        let is_time = is_time(word);
        time |= is_time;
        let separated = matches!(words.peek(), Some(&("-" | "|")));
        let furniture = is_time
            || matches!(word, "-" | "|" | "--" | "---")
            || word.starts_with(['[', '('])
            || word.ends_with([']', ')'])
            || place == 0 && is_month(word)
            || time && (separated || word.ends_with(':'));
        if furniture {
            continue;
        }
        // A logger's name, a host: one such word may stand behind a time.
        if !time || names == 0 {
            return None;
        }
        names -= 1;
    }
    None
}

/// The level that one word is. In capitals it needs no more; in small letters it has to be in
/// brackets, to end in a colon at the beginning of the line, or to stand behind a time.
fn of_word(word: &str, first: bool, time: bool) -> Option<Level> {
    let bracketed =
        word.starts_with(['[', '<', '(']) && word.trim_end_matches(':').ends_with([']', '>', ')']);
    let bare = word.trim_matches(|it| matches!(it, '[' | ']' | '<' | '>' | '(' | ')' | '|' | ':' | ','));
    // `ERROR:root:message`, `error[E0308]:`, `WARN/worker`.
    let head = bare.split([':', '[', '/', '!']).next().unwrap_or(bare);
    let level = Level::from_word(head)?;
    let capitals = head.bytes().all(|it| it.is_ascii_uppercase());
    let whole = head.len() == bare.len();
    let colon = word[word.find(head).unwrap_or(0) + head.len()..].starts_with([':', '[']);
    let said = capitals && (whole || colon || time)
        || bracketed && whole
        || first && colon && word.contains(':')
        || time && whole;
    said.then_some(level)
}

/// Digits with the signs of dates and times between them; a bare number (a process, a count) too.
fn is_time(word: &str) -> bool {
    let bare = word.trim_matches(|it| matches!(it, '[' | ']' | '(' | ')' | ',' | '|'));
    bare.bytes().next().is_some_and(|it| it.is_ascii_digit())
        && bare.bytes().all(|it| {
            it.is_ascii_digit() || matches!(it, b':' | b'.' | b',' | b'-' | b'/' | b'T' | b'Z' | b'+')
        })
}

fn is_month(word: &str) -> bool {
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].contains(&word)
}

/// `level=info msg="…"`, wherever it stands among the pairs.
fn of_logfmt(line: &str) -> Option<Level> {
    for (at, _) in line.match_indices('=') {
        let key = line[..at].rsplit([' ', '\t']).next().unwrap_or("");
        if KEYS.iter().any(|it| it.eq_ignore_ascii_case(key)) {
            let value = line[at + 1..].trim_start_matches('"');
            let end = value.find(|it: char| !it.is_ascii_alphabetic()).unwrap_or(value.len());
            return Level::from_word(&value[..end]);
        }
    }
    None
}

/// The level of a JSON object. What stands before a fault in it (it may be cut) still counts.
fn of_json(line: &str) -> Option<Level> {
    let mut found = None;
    let mut json = serde_json::Deserializer::from_str(line);
    // Whether all of the line is JSON does not matter.
    let _ = json.deserialize_map(Keys { found: &mut found });
    found
}

struct Keys<'a> {
    found: &'a mut Option<Level>,
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if self.found.is_none() && KEYS.iter().any(|it| it.eq_ignore_ascii_case(&key)) {
                *self.found = match map.next_value::<Value<'de>>()? {
                    Value::Word(word) => Level::from_word(&word),
                    Value::Number(number) => Level::from_number(number),
                    Value::Other(_) => None,
                };
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Value<'a> {
    #[serde(borrow)]
    Word(Cow<'a, str>),
    Number(u64),
    Other(IgnoredAny),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_shape_says_its_level() {
        let check = |line: &str, expected: Level| assert_eq!(level_of(line), Some(expected), "{line}");
        // JSON lines: zap, slog, logrus, pino, bunyan, Python, Serilog, Google Cloud.
        check(r#"{"level":"info","ts":1700000000.1,"caller":"a.go:1","msg":"up"}"#, Level::Info);
        check(r#"{"time":"2026-01-31T12:00:00Z","level":"WARN","msg":"slow"}"#, Level::Warn);
        check(r#"{"msg":"late","nested":{"level":"debug"},"level":"error"}"#, Level::Error);
        check(r#"{"level":50,"time":1,"msg":"pino"}"#, Level::Error);
        check(r#"{"levelname": "CRITICAL", "message": "gone"}"#, Level::Fatal);
        check(r#"{"@t":"2026-01-31","@l":"Warning","@m":"x"}"#, Level::Warn);
        check(r#"{"severity":"NOTICE","message":"x"}"#, Level::Info);
        check(r#"{"log.level":"trace","message":"x"}"#, Level::Trace);
        check(r#"{"level":"error","msg":"cut in the mid"#, Level::Error);
        // logfmt.
        check(r#"time=2026-01-31T12:00:00Z level=WARN msg="x y""#, Level::Warn);
        check("ts=1 caller=a.go:1 lvl=eror msg=x", Level::Error);
        check(r#"level="debug" msg=x"#, Level::Debug);
        // LEVEL message, and what compilers say.
        check("ERROR no such file", Level::Error);
        check("WARN: low disk", Level::Warn);
        check("[error] it broke", Level::Error);
        check("<Warning> it creaks", Level::Warn);
        check("error: cannot find value `x`", Level::Error);
        check("error[E0308]: mismatched types", Level::Error);
        check("warning: unused variable", Level::Warn);
        check("fatal: not a git repository", Level::Fatal);
        check("Error: cannot find module", Level::Error);
        // syslog.
        check("<34>Oct 11 22:14:15 host su: failed", Level::Fatal);
        check("<3>disk on fire", Level::Error);
        check("<165>1 2026-01-31T12:00:00Z host app - - - x", Level::Info);
        check("Oct 11 22:14:15 host app[12]: ERROR it broke", Level::Error);
        // Rust: env_logger, tracing, a panic.
        check("[2026-01-31T12:00:00Z INFO  harbour::tide] ebb", Level::Info);
        check("2026-01-31T12:00:00.123456Z  WARN harbour::tide: high", Level::Warn);
        check(
            "\x1b[2m2026-01-31T12:00:00.1Z\x1b[0m \x1b[31mERROR\x1b[0m \x1b[2mharbour\x1b[0m: x",
            Level::Error,
        );
        check("thread 'main' panicked at src/main.rs:4:5:", Level::Fatal);
        check("thread 'main' (123) panicked at src/main.rs:4:5:", Level::Fatal);
        // Python: basicConfig, the manual's format, a bare name, a traceback.
        check("WARNING:root:deprecated", Level::Warn);
        check("2026-01-31 12:00:00,123 - harbour.tide - ERROR - x", Level::Error);
        check("2026-01-31 12:00:00,123 harbour.tide CRITICAL x", Level::Fatal);
        check("Traceback (most recent call last):", Level::Error);
        // Go: slog's default, zap's console, klog, a panic.
        check("2026/01/31 12:00:00 INFO up port=80", Level::Info);
        check("2026-01-31T12:00:00.000Z\tDEBUG\ttide/ebb.go:12\tx", Level::Debug);
        check("E0131 12:00:00.000000   12345 file.go:12] x", Level::Error);
        check("panic: runtime error: index out of range", Level::Fatal);
        // Java: logback, log4j, Spring Boot, java.util.logging, an exception.
        check("12:34:56.789 [main] WARN  org.harbour.Tide - high", Level::Warn);
        check("2026-01-31 12:34:56,789 ERROR [main] org.harbour.Tide: x", Level::Error);
        check("2026-01-31T12:00:00.000+01:00  INFO 1234 --- [main] o.h.Tide : up", Level::Info);
        check("[main thread] DEBUG org.harbour.Tide -- x", Level::Debug);
        check("SEVERE: it broke", Level::Error);
        check(r#"Exception in thread "main" java.lang.Error"#, Level::Error);
        // Others.
        check("npm ERR! code ENOENT", Level::Error);
        check("2026-01-31T12:00:00Z info server is up", Level::Info);
    }

    #[test]
    fn a_line_that_says_nothing_has_no_level() {
        for line in [
            "",
            "hello",
            "Reading ERROR codes from a file",
            "the error was mended",
            "error handling is done",
            "3 errors, 2 warnings",
            "12:00:00 all is well",
            "<b>bold</b>",
            "<999>no priority",
            r#"{"message":"no level"}"#,
            r#"{"level":{"deep":1}}"#,
            "{ not json",
            "Information about the harbour",
            "I think so",
            "E2E tests are slow",
            "\u{1f600} ERRORS ahead",
            "level=",
            "the level=unknown",
        ] {
            assert_eq!(level_of(line), None, "{line}");
        }
    }

    #[test]
    fn levels_are_ordered_by_how_grave_they_are() {
        assert!(Level::ALL.is_sorted());
        for level in Level::ALL {
            assert_eq!(Level::from_word(level.word()), Some(level));
        }
    }
}
