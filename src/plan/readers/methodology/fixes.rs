//! What a reviewer asks for in a FIX file.

use std::sync::LazyLock;

use regex::Regex;

use crate::plan::markdown::{Cover, Line, Outline};

/// One thing that a reviewer wants mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixIssue {
    /// Whether the achievement can be approved without it.
    pub severity: FixSeverity,
    /// Without its number and signs.
    pub title: String,
    /// Everything said under it, as written; may be empty.
    pub detail: String,
}

/// How much an issue weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FixSeverity {
    /// Must be mended.
    Critical,
    /// Should be mended.
    Minor,
}

static NUMBERED_HEADING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^#{3,5}\s+(?:(?i:issue)\s+)?\d+[.:)]\s*(?P<title>.+?)\s*$")
        .expect("the pattern is well formed")
});

static NUMBERED_ENTRY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s{0,1}\d+[.)]\s+(?P<title>.+?)\s*$").expect("the pattern is well formed")
});

/// The issues of a FIX file, in its order: headings `#### 1. Title` (bold or not, with or without a
/// sign of weight) or numbered entries, under headings that say critical or minor. An issue list
/// ends at the next section, so that what worked well is no issue.
#[must_use]
pub fn issues(fix_text: &str) -> Vec<FixIssue> {
    let outline = Outline::read(fix_text);
    let with_headings = read(&outline, &NUMBERED_HEADING);
    if with_headings.is_empty() { read(&outline, &NUMBERED_ENTRY) } else { with_headings }
}

fn read(outline: &Outline, pattern: &Regex) -> Vec<FixIssue> {
    let mut issues: Vec<FixIssue> = Vec::new();
    let mut severity = None;
    let mut inside = false;
    for line in outline.lines() {
        if let Some(change) = heading_change(&line, severity) {
            severity = change;
            inside = false;
            continue;
        }
        let Some(severity) = severity else { continue };
        let title = pattern.captures(line.text).filter(|_| line.cover == Cover::Prose);
        if let Some(title) = title {
            issues.push(FixIssue { severity, title: plain_title(&title["title"]), detail: String::new() });
            inside = true;
        } else if let Some(issue) = issues.last_mut().filter(|_| inside && !is_rule(&line)) {
            issue.detail.push_str(line.text);
            issue.detail.push('\n');
        }
    }
    for issue in &mut issues {
        issue.detail = dedent(issue.detail.trim_matches('\n'));
    }
    issues
}

/// What a heading makes of the weight in force: `Some(None)` ends the issues.
fn heading_change(line: &Line, now: Option<FixSeverity>) -> Option<Option<FixSeverity>> {
    if line.cover != Cover::Prose || NUMBERED_HEADING.is_match(line.text) {
        return None;
    }
    let text = line.text.trim_start();
    let level = text.bytes().take_while(|it| *it == b'#').count();
    if !(2..=3).contains(&level) || !text[level..].starts_with(' ') {
        return None;
    }
    let name = text.to_lowercase();
    if name.contains("critical") || name.contains("must fix") || name.contains("blocker") {
        return Some(Some(FixSeverity::Critical));
    }
    if name.contains("minor") || name.contains("should fix") {
        return Some(Some(FixSeverity::Minor));
    }
    if level == 2 {
        // "Issues Found" without a weight of its own: what follows must be mended.
        return Some(name.contains("issue").then_some(FixSeverity::Critical));
    }
    now.is_some().then_some(None)
}

fn is_rule(line: &Line) -> bool {
    line.cover == Cover::Prose && line.text.trim() == "---"
}

/// Without bold, and without the signs and words of weight that follow the title.
fn plain_title(title: &str) -> String {
    let bold = title.strip_prefix("**").and_then(|rest| rest.split_once("**"));
    let title = bold.map_or(title, |(title, _)| title);
    let title = title.replace("**", "");
    let title =
        title.split(['⚠', '❌', '🔴', '🟡', '🚨']).find(|it| !it.trim().is_empty()).unwrap_or_default();
    title.trim().trim_end_matches(':').to_owned()
}

/// Takes away the indentation that all lines share.
fn dedent(text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let shared = text.lines().filter(|it| !it.trim().is_empty()).map(indent).min().unwrap_or(0);
    let lines: Vec<&str> =
        text.lines().map(|line| line.get(shared..).unwrap_or_default().trim_end()).collect();
    lines.join("\n").trim_end().to_owned()
}
