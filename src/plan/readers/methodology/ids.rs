//! Achievement numbers, and how they are written in file names.

use std::sync::LazyLock;

use regex::Regex;

use crate::ids::ItemId;

static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\d+(?:\.\d+)+").expect("the pattern is well formed"));

/// An achievement as file names write it: `2.3` is `23`, `3.5.1` is `351`.
#[must_use]
pub fn file_code(item: &ItemId) -> String {
    item.as_str().chars().filter(|it| *it != '.').collect()
}

/// The first `X.Y` or `X.Y.Z` of a text. Header values spell it in six ways, always with this in it.
pub(super) fn first_number(text: &str) -> Option<&str> {
    NUMBER.find(text).map(|it| it.as_str())
}

/// The priority that an achievement belongs to by its number: `3` of `3.1`, `3.5` of `3.5.1`.
pub(super) fn priority_of(id: &str) -> &str {
    id.rsplit_once('.').map_or(id, |(priority, _)| priority)
}
