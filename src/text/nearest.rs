//! The name that was probably meant.

/// The candidate nearest to `word`, when one is near enough to be worth suggesting.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_among(word, candidates, 1).into_iter().next()
}

/// Up to `most` candidates near to `word`, the nearest first.
#[must_use]
pub fn nearest_among<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let wanted = word.to_lowercase();
    let mut scored: Vec<(f64, &str)> = candidates
        .into_iter()
        .map(|candidate| (score(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(score, _)| *score > 0.7)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(most).map(|(_, candidate)| candidate).collect()
}

/// From 0 (nothing alike) to 1 (the same); a shared beginning counts.
fn score(wanted: &str, candidate: &str) -> f64 {
    if !wanted.is_empty() && candidate.contains(wanted) {
        return 0.95;
    }
    strsim::jaro_winkler(wanted, candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_what_was_meant_and_nothing_far_off() {
        assert_eq!(nearest("tmeout", ["timeout", "grace", "retries"]), Some("timeout"));
        assert_eq!(nearest("2.9", ["2.3", "2.1", "2.2"]).map(str::len), Some(3));
        assert_eq!(nearest("zzz", ["timeout", "grace"]), None);
    }
}
