//! Which lines of a log are shown.

use regex::bytes::Regex;

use super::{
    index::Stream,
    level::{Level, level_of},
};
use crate::text::without_escapes;

/// What a line must have to be shown. The default lets every line through.
#[derive(Clone, Debug, Default)]
pub struct Sieve {
    /// It is as grave as this, or graver.
    pub level: Option<Level>,
    /// It came on this stream.
    pub stream: Option<Stream>,
    /// It matches, without its colours.
    pub grep: Option<Regex>,
    /// What a line on standard error counts as that does not say its level.
    pub on_stderr: Unsaid,
}

/// What a line on standard error counts as that does not say its level. On standard output it is
/// always `info`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unsaid {
    /// Many programs say everything there.
    #[default]
    Info,
    /// Only when it was so configured.
    Warn,
}

impl Sieve {
    /// True when every line passes.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.level.is_none() && self.stream.is_none() && self.grep.is_none()
    }

    /// True when a line passes. Its stream is only asked for where it matters.
    pub fn passes(&self, line: &[u8], stream: impl FnOnce() -> Option<Stream>) -> bool {
        if self.grep.as_ref().is_some_and(|grep| !matches(grep, line)) {
            return false;
        }
        if self.level.is_none() && self.stream.is_none() {
            return true;
        }
        let said = self.level.and_then(|_| level_of(&String::from_utf8_lossy(line)));
        let asks = self.stream.is_some() || said.is_none() && self.on_stderr == Unsaid::Warn;
        let stream = if asks { stream() } else { None };
        let level = said.unwrap_or_else(|| self.on_stderr.level(stream));
        self.level.is_none_or(|least| level >= least) && self.stream.is_none_or(|it| stream == Some(it))
    }
}

impl Unsaid {
    /// What a line counts as that does not say its level.
    #[must_use]
    pub fn level(self, stream: Option<Stream>) -> Level {
        match (self, stream) {
            (Self::Warn, Some(Stream::Err)) => Level::Warn,
            _ => Level::Info,
        }
    }
}

/// True when a line matches, its colours aside.
#[must_use]
pub fn matches(pattern: &Regex, line: &[u8]) -> bool {
    if memchr::memchr(b'\x1b', line).is_none() {
        return pattern.is_match(line);
    }
    pattern.is_match(without_escapes(&String::from_utf8_lossy(line)).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_passes_by_level_stream_and_pattern() {
        let check = |sieve: &Sieve, line: &str, stream, expected: bool| {
            assert_eq!(sieve.passes(line.as_bytes(), || stream), expected, "{line} on {stream:?}");
        };
        let open = Sieve::default();
        assert!(open.is_open());
        check(&open, "anything", None, true);
        let warnings = Sieve { level: Some(Level::Warn), ..Sieve::default() };
        check(&warnings, "WARN: low", None, true);
        check(&warnings, "ERROR: gone", None, true);
        check(&warnings, "INFO: fine", None, false);
        check(&warnings, "says nothing", Some(Stream::Err), false);
        let configured = Sieve { on_stderr: Unsaid::Warn, ..warnings.clone() };
        check(&configured, "says nothing", Some(Stream::Err), true);
        check(&configured, "says nothing", Some(Stream::Out), false);
        check(&configured, "debug: of stderr", Some(Stream::Err), false);
        let stderr = Sieve { stream: Some(Stream::Err), ..Sieve::default() };
        check(&stderr, "x", Some(Stream::Err), true);
        check(&stderr, "x", Some(Stream::Out), false);
        check(&stderr, "x", Some(Stream::Both), false);
        let grep = Sieve { grep: Some(Regex::new("^red$").unwrap()), ..Sieve::default() };
        check(&grep, "\x1b[31mred\x1b[0m", None, true);
        check(&grep, "reddish", None, false);
    }
}
