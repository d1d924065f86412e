//! Values with a way of writing of their own: durations and sizes.

use std::{fmt, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::text::{self, parse_duration};

/// A duration as it is written in a file: `"180s"`, `"1h30m"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

impl Span {
    /// From whole seconds.
    #[must_use]
    pub const fn secs(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// The limit it stands for: none when it is zero.
    #[must_use]
    pub fn limit(self) -> Option<Duration> {
        (!self.0.is_zero()).then_some(self.0)
    }
}

impl fmt::Display for Span {
    /// In a form that can be read again: the largest unit that loses nothing.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_millis();
        let (unit, word) = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")]
            .into_iter()
            .find(|(unit, _)| millis >= *unit && millis.is_multiple_of(*unit))
            .unwrap_or((1, if millis == 0 { "s" } else { "ms" }));
        write!(formatter, "{}{word}", millis / unit)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_duration(&text).map(Self).map_err(D::Error::custom)
    }
}

/// A number of bytes as it is written in a file: `"5GiB"`, `"250MB"`, `"4096"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(pub u64);

impl ByteSize {
    /// Reads `5GiB`, `250 MB`, `4096`; units in any case.
    ///
    /// # Errors
    /// When it is no whole number with a known unit, or does not fit.
    pub fn parse(text: &str) -> Result<Self, String> {
        text::parse_bytes(text).map(Self)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |(_, size): &&(&str, u64)| self.0 >= *size && self.0.is_multiple_of(*size);
        let (word, size) = text::BYTE_UNITS.iter().find(fits).unwrap_or(&("B", 1));
        write!(formatter, "{}{word}", self.0 / size)
    }
}

impl Serialize for ByteSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_read_and_written_back() {
        let check = |text: &str, bytes: u64, written: &str| {
            assert_eq!(ByteSize::parse(text), Ok(ByteSize(bytes)), "{text}");
            assert_eq!(ByteSize(bytes).to_string(), written);
        };
        check("5GiB", 5 << 30, "5GiB");
        check("250 mb", 250_000_000, "250MB");
        check("4096", 4096, "4KiB");
        check("7B", 7, "7B");
        check("0", 0, "0B");
        for text in ["", "GiB", "5 XB", "-1", "1.5GiB", "99999999999TiB"] {
            assert!(ByteSize::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_span_is_written_so_that_it_can_be_read() {
        for text in ["180s", "90d", "1500ms", "0s", "90m", "2h"] {
            let span = Span(parse_duration(text).unwrap());
            assert_eq!(parse_duration(&span.to_string()), Ok(span.0), "{span}");
        }
        assert_eq!(Span::secs(5400).to_string(), "90m");
        assert_eq!(Span::secs(0).limit(), None);
    }
}
