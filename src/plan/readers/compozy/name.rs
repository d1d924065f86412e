//! Numbers: what a task is called in file names, headings, indexes and needs.

use crate::plan::listing::file_name;

/// A task's number however it is written: `4`, `4.0`, `04`, `task_04` and `_task_4.md` are one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Number(Vec<u32>);

impl Number {
    /// Reads `4`, `4.0`, `8_7`, `task_04`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('_');
        let digits = text.strip_prefix("task_").or_else(|| text.strip_prefix("task-")).unwrap_or(text);
        let parts: Option<Vec<u32>> = digits.split(['.', '_']).map(|it| it.parse().ok()).collect();
        let mut parts = parts?;
        while parts.len() > 1 && parts.last() == Some(&0) {
            parts.pop();
        }
        Some(Self(parts))
    }

    /// `4.0`, `8.7`: how the plans of 2025 write it.
    pub(super) fn dotted(&self) -> String {
        match self.0.as_slice() {
            [whole] => format!("{whole}.0"),
            parts => parts.iter().map(u32::to_string).collect::<Vec<_>>().join("."),
        }
    }

    /// True when `step` (`4.2`) is a part of this one (`4`).
    pub(super) fn contains(&self, step: &Self) -> bool {
        step.0.len() > self.0.len() && step.0.starts_with(&self.0)
    }
}

/// How a task's file is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileName {
    pub(super) number: Number,
    /// What the file name alone calls it: `task_04`, or `4.0` for the names of 2025.
    pub(super) id: String,
}

/// The task that a file name stands for: `task_04.md`, `_task_4.md`, `_task_10.0.md`, `4_task.md`.
/// Reviews and summaries (`4_task_review.md`) are none.
pub(super) fn of_file(path: &str) -> Option<FileName> {
    let stem = file_name(path).strip_suffix(".md")?;
    if let Some(digits) = stem.strip_prefix("task_") {
        let number = Number::read(digits).filter(|_| digits.bytes().all(|it| it.is_ascii_digit()))?;
        return Some(FileName { number, id: stem.to_owned() });
    }
    let digits = stem.strip_prefix("_task_").or_else(|| stem.strip_suffix("_task"))?;
    let number = Number::read(digits).filter(|_| digits.starts_with(|it: char| it.is_ascii_digit()))?;
    Some(FileName { id: number.dotted(), number })
}

/// `Task 4.0: Title`, `Task 12 - Title`: the number as it is written, and the title.
pub(super) fn of_heading(heading: &str) -> (Option<&str>, &str) {
    let heading = heading.trim();
    let Some(rest) = heading.strip_prefix("Task ").or_else(|| heading.strip_prefix("TASK ")) else {
        return (None, heading);
    };
    let length = rest.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(rest.len());
    let number = rest[..length].trim_end_matches('.');
    if Number::read(number).is_none() {
        return (None, heading);
    }
    let title =
        rest[number.len()..].trim_start_matches(|it: char| it.is_whitespace() || ":.-–—)".contains(it));
    (Some(number), if title.is_empty() { heading } else { title })
}
