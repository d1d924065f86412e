//! Sizes as people write and read them: `5GiB`, `250 MB`, `12.4 KiB`.

/// The units, the largest first; those of a thousand behind those of 1024.
pub const BYTE_UNITS: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("KB", 1_000),
    ("B", 1),
];

/// Reads `5GiB`, `250 MB`, `4096`; units in any case.
///
/// # Errors
/// When it is no whole number with a known unit, or does not fit; the text says what would be right.
pub fn parse_bytes(text: &str) -> Result<u64, String> {
    let wrong = || format!("\"{}\" is no size; write \"5GiB\", \"250MB\" or \"4096\"", super::plain(text));
    let trimmed = text.trim();
    let digits = trimmed.find(|it: char| !it.is_ascii_digit()).unwrap_or(trimmed.len());
    let number: u64 = trimmed[..digits].parse().map_err(|_| wrong())?;
    let unit = match trimmed[digits..].trim() {
        "" => 1,
        word => BYTE_UNITS.iter().find(|(unit, _)| unit.eq_ignore_ascii_case(word)).ok_or_else(wrong)?.1,
    };
    number.checked_mul(unit).ok_or_else(wrong)
}

/// `0 B`, `12.4 KiB`, `3.0 GiB`.
#[must_use]
pub fn format_bytes(bytes: u64) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    for (unit, shift) in units {
        if bytes >> shift > 0 {
            let tenths = (u128::from(bytes) * 10) >> shift;
            return format!("{}.{} {unit}", tenths / 10, tenths % 10);
        }
    }
    format!("{bytes} B")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_said_with_their_unit() {
        let check = |bytes, expected: &str| assert_eq!(format_bytes(bytes), expected);
        check(0, "0 B");
        check(1023, "1023 B");
        check(12_700, "12.4 KiB");
        check(3 << 30, "3.0 GiB");
        check(u64::MAX, "17179869183.9 GiB");
    }

    #[test]
    fn a_size_has_a_known_unit_or_none() {
        let check =
            |text: &str, expected: Option<u64>| assert_eq!(parse_bytes(text).ok(), expected, "{text}");
        check("4096", Some(4096));
        check("2 gib", Some(2 << 30));
        check("3MB", Some(3_000_000));
        check("3 pints", None);
        check("-1", None);
        check("99999999999TiB", None);
    }
}
