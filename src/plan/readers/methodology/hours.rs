//! Estimates: `3-4 hours`, `(4-6h)`, `1.5 hours`, `30 minutes`, `"4-6"`.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::plan::Hours;

static ESTIMATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)~?(\d+(?:\.\d+)?)\+?(?:\s*(?:[-–—]|to)\s*~?(\d+(?:\.\d+)?))?\s*(hours?|hrs?|h|minutes?|mins?|days?)\b",
    )
    .expect("the pattern is well formed")
});

static BARE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*~?(\d+(?:\.\d+)?)(?:\s*(?:[-–—]|to)\s*(\d+(?:\.\d+)?))?\s*$")
        .expect("the pattern is well formed")
});

/// Hours in a working day, for the rare estimate in days.
const DAY: f64 = 8.0;

/// The first estimate with a unit in a text.
pub(super) fn estimate(text: &str) -> Option<Hours> {
    let found = ESTIMATE.captures(text)?;
    let unit = match found[3].as_bytes()[0].to_ascii_lowercase() {
        b'm' => 1.0 / 60.0,
        b'd' => DAY,
        _ => 1.0,
    };
    range(&found, unit)
}

/// An estimate in hours whose unit is understood, `4-6` or `3.5`, or one with its unit.
pub(super) fn bare(text: &str) -> Option<Hours> {
    BARE.captures(text).map_or_else(|| estimate(text), |found| range(&found, 1.0))
}

fn range(found: &Captures, unit: f64) -> Option<Hours> {
    let low: f64 = found[1].parse().ok()?;
    let high = found.get(2).map_or(Some(low), |it| it.as_str().parse().ok())?;
    let (low, high) = if high < low { (high, low) } else { (low, high) };
    let hours = Hours { low: low * unit, high: high * unit };
    hours.high.is_finite().then_some(hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_are_read_in_all_their_spellings() {
        let check = |text: &str, expected: Option<(f64, f64)>| {
            assert_eq!(bare(text).map(|it| (it.low, it.high)), expected, "{text}");
        };
        check("3-4 hours", Some((3.0, 4.0)));
        check("(4-6h)", Some((4.0, 6.0)));
        check("~2 hours (was 2-3 hours)", Some((2.0, 2.0)));
        check("30 minutes", Some((0.5, 0.5)));
        check("1.5 – 2 hrs", Some((1.5, 2.0)));
        check("2 days", Some((16.0, 16.0)));
        check("4-6", Some((4.0, 6.0)));
        check("3.5", Some((3.5, 3.5)));
        check("6-4h", Some((4.0, 6.0)));
        check("a while", None);
        check("3 helpers", None);
    }
}
