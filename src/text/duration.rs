//! Durations as people write and read them: `180s`, `1h30m`, `2m 34s`.

use std::{fmt, time::Duration};

/// Why a text is no duration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DurationError {
    text: String,
}

impl fmt::Display for DurationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "\"{}\" is no duration; write a number and a unit, such as \"180s\", \"10m\", \"1h30m\" or \"250ms\"",
            super::plain(&self.text)
        )
    }
}

impl std::error::Error for DurationError {}

/// Reads `250ms`, `180s`, `10m`, `1h30m`, `90d`, or `0`.
///
/// # Errors
/// When a number has no unit (but for a bare `0`), a unit is unknown, or the sum does not fit.
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let wrong = || DurationError { text: text.to_owned() };
    let mut rest = text.trim();
    if rest == "0" {
        return Ok(Duration::ZERO);
    }
    let mut total = Duration::ZERO;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit() && it != '.').ok_or_else(wrong)?;
        let number: f64 = rest[..digits].parse().map_err(|_| wrong())?;
        let after = &rest[digits..];
        let unit_end = after.find(|it: char| !it.is_ascii_alphabetic()).unwrap_or(after.len());
        let seconds = match &after[..unit_end] {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            "d" => 86_400.0,
            _ => return Err(wrong()),
        };
        let part = Duration::try_from_secs_f64(number * seconds).map_err(|_| wrong())?;
        total = total.checked_add(part).ok_or_else(wrong)?;
        rest = after[unit_end..].trim_start();
    }
    Ok(total)
}

/// Says a duration in at most two units: `850ms`, `12.3s`, `2m 34s`, `3h 05m`, `4d 2h`.
#[must_use]
pub fn format_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if duration.as_millis() < 1_000 {
        return format!("{}ms", duration.as_millis());
    }
    if seconds < 60 {
        let tenths = duration.as_millis() / 100;
        return format!("{}.{}s", tenths / 10, tenths % 10);
    }
    if seconds < 3_600 {
        return format!("{}m {:02}s", seconds / 60, seconds % 60);
    }
    if seconds < 86_400 {
        return format!("{}h {:02}m", seconds / 3_600, seconds / 60 % 60);
    }
    format!("{}d {}h", seconds / 86_400, seconds / 3_600 % 24)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let check = |text: &str, millis: u64| {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(millis)), "{text}");
        };
        check("180s", 180_000);
        check("1h30m", 5_400_000);
        check("250ms", 250);
        check("1.5s", 1_500);
        check("2m 5s", 125_000);
        check("90d", 7_776_000_000);
        check("0", 0);
        check("0s", 0);
    }

    #[test]
    fn refuses_what_is_no_duration() {
        for text in ["", "10", "s", "3 weeks", "-5s", "1e9d", "ten", "5x", "99999999999999999999d"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn says_at_most_two_units() {
        let check = |millis: u64, expected: &str| {
            assert_eq!(format_duration(Duration::from_millis(millis)), expected);
        };
        check(0, "0ms");
        check(999, "999ms");
        check(12_340, "12.3s");
        check(59_999, "59.9s");
        check(154_000, "2m 34s");
        check(11_100_000, "3h 05m");
        check(352_800_000, "4d 2h");
    }
}
