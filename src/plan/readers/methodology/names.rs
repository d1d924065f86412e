//! The names of state files, read from their right-hand end.

/// What a state file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Subplan,
    Execution,
    Approved,
    Fix,
    Resolution,
    Skipped,
}

impl Kind {
    /// Verdicts lie in the plan's own folder and don't repeat its name.
    pub(super) const fn is_verdict(self) -> bool {
        !matches!(self, Self::Subplan | Self::Execution)
    }
}

/// Which writing of an execution a file is; a later one stands for the earlier ones.
pub(super) type Version = u32;

const RECOVERY: Version = 1;

/// A file whose name begins like a state file's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StateName<'n> {
    pub(super) kind: Kind,
    /// Between the kind and the extension: plan name, code, run, and what else there is.
    tail: &'n str,
    /// It is written in another case than it should be.
    pub(super) odd_case: bool,
}

/// The numbers in a state file's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Numbers<'n> {
    /// Empty for verdicts.
    pub(super) plan: &'n str,
    /// The achievement, encoded; or written out, with its dots.
    pub(super) code: &'n str,
    /// Of an execution; a file without one is the first.
    pub(super) run: u32,
    pub(super) version: Version,
}

const PREFIXES: &[(&str, Kind)] = &[
    ("EXECUTION_TASK_", Kind::Execution),
    ("SUBPLAN_", Kind::Subplan),
    ("APPROVED_", Kind::Approved),
    ("FIX_", Kind::Fix),
    ("SKIPPED_", Kind::Skipped),
];

impl<'n> StateName<'n> {
    /// Whether a file is a state file, by the beginning and end of its name.
    pub(super) fn of(file_name: &'n str) -> Option<Self> {
        let stem = strip_end(file_name, ".md")?;
        let (prefix, kind) = PREFIXES.iter().find(|(prefix, _)| strip_start(stem, prefix).is_some())?;
        let tail = strip_start(stem, prefix)?;
        let odd_case = !stem.starts_with(prefix);
        match strip_end(tail, "_RESOLUTION").filter(|_| *kind == Kind::Fix) {
            Some(tail) => Some(Self { kind: Kind::Resolution, tail, odd_case }),
            None => Some(Self { kind: *kind, tail, odd_case }),
        }
    }

    /// The numbers after a plan name that is known; `None` when the file does not bear that name.
    pub(super) fn numbers_of(self, plan: &str) -> Option<Numbers<'n>> {
        let rest = strip_start(self.tail, plan)?.strip_prefix('_')?;
        let (tokens, version) = without_suffixes(rest);
        let name = &self.tail[..plan.len()];
        match tokens.as_slice() {
            [code] if is_code(code) => Some(Numbers { plan: name, code, run: 1, version }),
            [code, run] if self.kind == Kind::Execution && is_code(code) => {
                Some(Numbers { plan: name, code, run: run.parse().ok()?, version })
            }
            _ => None,
        }
    }

    /// The numbers at the end of the name, whatever plan it names.
    pub(super) fn numbers(self) -> Option<Numbers<'n>> {
        let (tokens, version) = without_suffixes(self.tail);
        let (last, rest) = tokens.split_last()?;
        let before = rest.last().filter(|it| self.kind == Kind::Execution && is_code(it));
        let (code, run, named) = match before {
            Some(code) => (*code, last.parse().ok()?, rest.len() - 1),
            None if is_code(last) => (*last, 1, rest.len()),
            None => return None,
        };
        let length: usize = tokens[..named].iter().map(|it| it.len() + 1).sum();
        Some(Numbers { plan: &self.tail[..length.saturating_sub(1)], code, run, version })
    }

    /// Every beginning of the name that may be a plan's, the longest first.
    pub(super) fn possible_plans(self) -> impl Iterator<Item = &'n str> {
        let tail = self.tail;
        tail.rmatch_indices('_').map(|(at, _)| &tail[..at])
    }
}

/// Digits, or digits written out with their dots.
fn is_code(token: &str) -> bool {
    token.split('.').all(|part| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit()))
}

/// The parts of a name without `_V2`, `_RECOVERY`, `_NESTED`, `_ARCHIVED` at its end.
fn without_suffixes(tail: &str) -> (Vec<&str>, Version) {
    let mut tokens: Vec<&str> = tail.split('_').collect();
    let mut version = 0;
    while let Some(found) = tokens.last().copied().and_then(suffix) {
        version = version.max(found);
        tokens.pop();
    }
    (tokens, version)
}

fn suffix(token: &str) -> Option<Version> {
    match token.to_ascii_uppercase().as_str() {
        "ARCHIVED" | "NESTED" => Some(0),
        "RECOVERY" => Some(RECOVERY),
        token => token.strip_prefix('V')?.parse().ok(),
    }
}

fn strip_start<'n>(text: &'n str, start: &str) -> Option<&'n str> {
    let head = text.get(..start.len())?;
    head.eq_ignore_ascii_case(start).then(|| &text[start.len()..])
}

fn strip_end<'n>(text: &'n str, end: &str) -> Option<&'n str> {
    let at = text.len().checked_sub(end.len())?;
    text.get(at..)?.eq_ignore_ascii_case(end).then(|| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_their_right_hand_end() {
        let check = |name: &str, expected: Option<(Kind, &str, &str, u32, Version)>| {
            let found = StateName::of(name).and_then(|it| Some((it.kind, it.numbers()?)));
            let found = found.as_ref().map(|(kind, it)| (*kind, it.plan, it.code, it.run, it.version));
            assert_eq!(found, expected, "{name}");
        };
        check("SUBPLAN_TIDE-POOL_23.md", Some((Kind::Subplan, "TIDE-POOL", "23", 1, 0)));
        check("SUBPLAN_TIDE-POOL_23_ARCHIVED.md", Some((Kind::Subplan, "TIDE-POOL", "23", 1, 0)));
        check("EXECUTION_TASK_TIDE_2025_22_01.md", Some((Kind::Execution, "TIDE_2025", "22", 1, 0)));
        check("EXECUTION_TASK_TIDE_22_03_V2.md", Some((Kind::Execution, "TIDE", "22", 3, 2)));
        check("EXECUTION_TASK_TIDE_22_04_RECOVERY.md", Some((Kind::Execution, "TIDE", "22", 4, 1)));
        check("EXECUTION_TASK_TIDE_22_01_NESTED_ARCHIVED.md", Some((Kind::Execution, "TIDE", "22", 1, 0)));
        check("EXECUTION_TASK_TIDE_22.md", Some((Kind::Execution, "TIDE", "22", 1, 0)));
        check("APPROVED_22.md", Some((Kind::Approved, "", "22", 1, 0)));
        check("approved_22.md", Some((Kind::Approved, "", "22", 1, 0)));
        check("APPROVED_2.2.md", Some((Kind::Approved, "", "2.2", 1, 0)));
        check("FIX_22.md", Some((Kind::Fix, "", "22", 1, 0)));
        check("FIX_22_RESOLUTION.md", Some((Kind::Resolution, "", "22", 1, 0)));
        check("SKIPPED_22.md", Some((Kind::Skipped, "", "22", 1, 0)));
        check("SUBPLAN_TIDE.md", None);
        check("EXECUTION_ANALYSIS_TIDE_22_01.md", None);
        check("SUBPLAN_.md", None);
        check("APPROVED_é.md", None);
        check("é", None);
    }

    #[test]
    fn a_known_plan_name_settles_what_its_numbers_are() {
        let name = StateName::of("EXECUTION_TASK_TIDE_2025_22.md").expect("a state file");
        let numbers = name.numbers_of("TIDE_2025").expect("of that plan");
        assert_eq!((numbers.code, numbers.run), ("22", 1));
        assert_eq!(name.numbers_of("TIDE").map(|it| (it.code, it.run)), Some(("2025", 22)));
        assert_eq!(name.numbers_of("TIDES"), None);
        assert_eq!(name.possible_plans().collect::<Vec<_>>(), ["TIDE_2025", "TIDE"]);
    }
}
