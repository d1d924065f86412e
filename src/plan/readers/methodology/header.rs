//! The head of a document (`**Field**: value` lines below the title) and what its status words mean.

use std::sync::LazyLock;

use regex::Regex;

use crate::plan::markdown::{Cover, Outline};

static FIELD: LazyLock<Regex> = LazyLock::new(|| {
    // The colon stands after the bold, or inside it.
    Regex::new(r"^\s*(?:[-*+]\s+)?\*\*([^*]+?)(?:\*\*\s*:|:\s*\*\*)\s*(.*?)\s*$")
        .expect("the pattern is well formed")
});

/// One `**Field**: value`.
pub(super) struct Field<'t> {
    /// In lower case, without signs and what stands in parentheses.
    pub(super) name: String,
    pub(super) value: &'t str,
    pub(super) line: usize,
}

/// The title and the fields above the first section.
pub(super) struct Header<'t> {
    pub(super) title: Option<&'t str>,
    pub(super) fields: Vec<Field<'t>>,
}

impl<'t> Header<'t> {
    /// Reads the head: it ends at a rule or at the first heading below the title.
    pub(super) fn read(outline: &Outline<'t>) -> Self {
        let mut header = Self { title: None, fields: Vec::new() };
        for line in outline.lines().filter(|line| line.cover == Cover::Prose) {
            let text = line.text.trim().trim_start_matches('\u{feff}');
            if header.title.is_none() && text.starts_with("# ") {
                header.title = Some(text[2..].trim());
            } else if text.starts_with('#') || (text.starts_with("---") && header.title.is_some()) {
                break;
            } else if let Some(field) = field(text, line.number) {
                header.fields.push(field);
            }
        }
        header
    }

    /// The first field of one of these names.
    pub(super) fn field(&self, names: &[&str]) -> Option<&Field<'t>> {
        self.fields.iter().find(|field| names.contains(&field.name.as_str()))
    }
}

fn field(text: &str, line: usize) -> Option<Field<'_>> {
    memchr::memmem::find(text.as_bytes(), b"**")?;
    let found = FIELD.captures(text)?;
    let name = found.get(1)?.as_str().split('(').next().unwrap_or_default();
    let name: String = name.chars().filter(|it| it.is_alphanumeric() || *it == ' ').collect();
    Some(Field { name: name.trim().to_lowercase(), value: found.get(2)?.as_str(), line })
}

/// What a status says, whatever its words and signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    NotStarted,
    Planning,
    InProgress,
    Blocked,
    Abandoned,
    Complete,
    Unknown,
}

/// The word that stands first decides; a negation stands before what it negates.
const WORDS: &[(&str, Status)] = &[
    ("incomplete", Status::InProgress),
    ("not complete", Status::InProgress),
    ("not started", Status::NotStarted),
    ("ready", Status::NotStarted),
    ("planning", Status::Planning),
    ("design", Status::Planning),
    ("in progress", Status::InProgress),
    ("executing", Status::InProgress),
    ("start", Status::InProgress),
    ("active", Status::InProgress),
    ("blocked", Status::Blocked),
    ("on hold", Status::Blocked),
    ("paused", Status::Blocked),
    ("abandoned", Status::Abandoned),
    ("cancelled", Status::Abandoned),
    ("complete", Status::Complete),
    ("done", Status::Complete),
    ("finished", Status::Complete),
];

impl Status {
    pub(super) fn of(text: &str) -> Self {
        let letters: String =
            text.chars().map(|it| if it.is_alphabetic() { it.to_ascii_lowercase() } else { ' ' }).collect();
        let words = format!(" {} ", letters.split_whitespace().collect::<Vec<_>>().join(" "));
        let place = |word: &str| words.find(&format!(" {word}"));
        WORDS
            .iter()
            .filter_map(|(word, status)| Some((place(word)?, *status)))
            .min_by_key(|(place, _)| *place)
            .map_or(Self::Unknown, |(_, status)| status)
    }
}

/// What a document says of its own status: in its head, and in its last status line.
pub(super) struct Statuses<'t> {
    pub(super) head: Option<&'t str>,
    pub(super) last: Option<(&'t str, usize)>,
}

impl<'t> Statuses<'t> {
    pub(super) fn read(outline: &Outline<'t>) -> Self {
        let header = Header::read(outline);
        let last = outline
            .lines()
            .filter(|line| line.cover == Cover::Prose)
            .filter_map(|line| field(line.text, line.number))
            .filter(|field| field.name == "status" || field.name == "current status")
            .last()
            .map(|field| (field.value, field.line));
        Self { head: header.field(&["status"]).map(|field| field.value), last }
    }

    /// Complete when the head or the last status line says so.
    pub(super) fn is_complete(&self) -> bool {
        self.folded().contains(&Some(Status::Complete))
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.folded().contains(&Some(Status::Abandoned))
    }

    /// The head's status when the last status line says complete and it does not.
    pub(super) fn stale_head(&self) -> Option<&'t str> {
        let [head, last] = self.folded();
        (last == Some(Status::Complete) && head.is_some_and(|it| it != Status::Complete))
            .then_some(self.head)
            .flatten()
    }

    fn folded(&self) -> [Option<Status>; 2] {
        [self.head.map(Status::of), self.last.map(|(text, _)| Status::of(text))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_words_fold_to_what_they_mean() {
        let check = |text: &str, expected: Status| assert_eq!(Status::of(text), expected, "{text}");
        check("✅ Complete", Status::Complete);
        check("✅ **COMPLETE**", Status::Complete);
        check("✅ COMPLETE - tests in progress elsewhere", Status::Complete);
        check("🔄 In Progress", Status::InProgress);
        check("🎯 Executing", Status::InProgress);
        check("🚀 Starting Execution", Status::InProgress);
        check("📋 Ready for Execution", Status::NotStarted);
        check("Not Started", Status::NotStarted);
        check("Not complete", Status::InProgress);
        check("Incomplete", Status::InProgress);
        check("🎨 Design Phase Complete - Ready for Execution", Status::Planning);
        check("⏸️ BLOCKED - waiting", Status::Blocked);
        check("Abandoned", Status::Abandoned);
        check("🌈", Status::Unknown);
    }

    #[test]
    fn the_head_ends_at_a_rule_or_a_section() {
        let read = |text: &'static str| {
            let outline = Outline::read(text);
            let header = Header::read(&outline);
            (header.title, header.fields.iter().map(|it| (it.name.clone(), it.value)).collect::<Vec<_>>())
        };
        let (title, fields) =
            read("# PLAN: A\n\n**⚠️ Status (now)**: 🎯 ACTIVE  \n**Goal:** b\n\n## C\n**D**: e\n");
        assert_eq!(title, Some("PLAN: A"));
        assert_eq!(fields, [("status".to_owned(), "🎯 ACTIVE"), ("goal".to_owned(), "b")]);
        let (_, fields) = read("# PLAN: A\n**B**: c\n---\n**D**: e\n");
        assert_eq!(fields.len(), 1);
    }

    #[test]
    fn status_lines_in_a_fence_say_nothing() {
        let text = "# X\n**Status**: In Progress\n\n## L\n```\n**Status**: ✅ Complete\n```\n";
        assert!(!Statuses::read(&Outline::read(text)).is_complete());
        let text = format!("{text}\n- **Status**: Complete\n");
        let outline = Outline::read(&text);
        let statuses = Statuses::read(&outline);
        assert!(statuses.is_complete());
        assert_eq!(statuses.stale_head(), Some("In Progress"));
    }
}
