//! Task ids: `IMPL-001`, `IMPL-1.2`, `IMPL-A1`, `IMPL-fix-3`, `TEST-002`, and short ones, `T1`, `L0`.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::readers::natural::natural;

/// The words before the number that CCW's own planners use.
const FAMILIES: [&str; 11] =
    ["IMPL", "TASK", "TEST", "FIX", "BUGFIX", "FEAT", "REFACTOR", "DOC", "DOCS", "REVIEW", "TDD"];

/// The part of a text that could be an id, at its start: letters, digits and `-_.` up to the last
/// letter or digit.
pub fn leading(text: &str) -> &str {
    let end = text.find(|it: char| !(it.is_ascii_alphanumeric() || "-_.".contains(it)));
    let token = text[..end.unwrap_or(text.len())].trim_end_matches(['-', '_', '.']);
    if token.starts_with(|it: char| it.is_ascii_alphabetic()) { token } else { "" }
}

/// Whether a token is an id by its looks alone: a word, a dash, and a number at the end.
pub fn is_plain(token: &str) -> bool {
    let Some((head, tail)) = token.rsplit_once('-') else { return false };
    let tail = tail.strip_prefix(|it: char| it.is_ascii_alphabetic()).unwrap_or(tail);
    let numbers = tail.trim_end_matches(|it: char| it.is_ascii_lowercase());
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    head.len() > 1 && !head.contains('.') && numbers.split('.').all(is_number)
}

/// The word before the number: `IMPL` of `IMPL-1.2`.
pub fn family(id: &str) -> String {
    id.chars().take_while(char::is_ascii_alphabetic).map(|it| it.to_ascii_uppercase()).collect()
}

/// The id of which this one is a part by its dots alone: `IMPL-1` of `IMPL-1.2`.
pub fn outer(id: &str) -> Option<&str> {
    let (outer, last) = id.rsplit_once('.')?;
    last.bytes().all(|it| it.is_ascii_digit()).then_some(outer)
}

/// The ids of a session, for finding what a text means by one.
pub struct Known {
    ids: BTreeSet<String>,
    folded: BTreeMap<String, String>,
    families: BTreeSet<String>,
}

impl Known {
    pub fn new<'a>(ids: impl Iterator<Item = &'a str>) -> Self {
        let ids: BTreeSet<String> = ids.map(str::to_owned).collect();
        let folded = ids.iter().map(|id| (id.to_lowercase(), id.clone())).collect();
        let families = ids.iter().map(|id| family(id)).collect();
        Self { ids, folded, families }
    }

    /// The id as the session writes it, whatever the case of the letters.
    pub fn find(&self, token: &str) -> Option<&str> {
        if let Some(id) = self.ids.get(token) {
            return Some(id);
        }
        self.folded.get(&token.to_lowercase()).map(String::as_str)
    }

    /// All ids, in natural order.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.beginning("").into_iter()
    }

    /// Whether a token that is no known id may be one all the same: `IMPL-7` may, and `UTF-8` and
    /// `Phase-2` may not, unless the session has tasks of that family.
    pub fn may_be(&self, token: &str) -> bool {
        let family = family(token);
        is_plain(token) && (FAMILIES.contains(&family.as_str()) || self.families.contains(&family))
    }

    /// All ids that begin like this, in natural order.
    pub fn beginning(&self, prefix: &str) -> Vec<&str> {
        let ids = self.ids.range(prefix.to_owned()..).take_while(|id| id.starts_with(prefix));
        let mut ids: Vec<&str> = ids.map(String::as_str).collect();
        ids.sort_by_cached_key(|id| natural(id));
        ids
    }

    /// All ids from one to another of the same family and depth, both included.
    pub fn between(&self, first: &str, last: &str) -> Vec<&str> {
        let (low, high, family) = (natural(first), natural(last), family(first));
        let mut ids: Vec<_> = self.ids.iter().filter(|id| self::family(id) == family).collect();
        ids.sort_by_cached_key(|id| natural(id));
        ids.retain(|id| {
            let key = natural(id);
            key.len() == low.len() && (&low..=&high).contains(&&key)
        });
        ids.into_iter().map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_looks_like_one() {
        for id in ["IMPL-1", "IMPL-001", "IMPL-1.2", "impl-1.2.1", "IMPL-A1", "IMPL-fix-3", "TEST-FIX-2"] {
            assert!(is_plain(id), "{id}");
            assert_eq!(leading(&format!("{id}: a title")), id);
        }
        for other in ["IMPL", "Phase", "IMPL-", "T1", "x-1", "v1.2-3.x", "well-known"] {
            assert!(!is_plain(other), "{other}");
        }
        assert_eq!(leading("42 things"), "");
        assert_eq!(leading("IMPL-1. Then"), "IMPL-1");
    }

    #[test]
    fn what_is_part_of_what_shows_in_the_dots() {
        let check = |id: &str, expected: Option<&str>| assert_eq!(outer(id), expected, "{id}");
        check("IMPL-1.2", Some("IMPL-1"));
        check("impl-1.2.1", Some("impl-1.2"));
        check("IMPL-1", None);
        check("release-1.x", None);
    }
}
