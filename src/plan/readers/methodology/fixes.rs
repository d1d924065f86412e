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
    Regex::new(r"^\s?(?:\*\*)?\d+[.)]\s+(?P<title>.+?)\s*$").expect("the pattern is well formed")
});

/// The issues of a FIX file, in its order: headings `#### 1. Title` (bold or not, with or without a
/// sign of weight), else numbered entries `1. **Title**` or `**1. Title**`, under headings that say
/// critical or minor. An issue list ends at the next section, so that what worked well is no issue.
#[must_use]
pub fn issues(fix_text: &str) -> Vec<FixIssue> {
    let outline = Outline::read(fix_text);
    weighed(&outline).iter().flat_map(|(severity, lines)| issues_of(*severity, lines)).collect()
}

/// The lines under each heading that says how much the issues below it weigh.
fn weighed<'t>(outline: &Outline<'t>) -> Vec<(FixSeverity, Vec<Line<'t>>)> {
    let mut weighed: Vec<(FixSeverity, Vec<Line>)> = Vec::new();
    let mut inside = false;
    for line in outline.lines() {
        match heading(&line) {
            Some(Below::Issues(severity)) => {
                weighed.push((severity, Vec::new()));
                inside = true;
            }
            Some(Below::Others) => inside = false,
            None if inside && !is_rule(&line) => {
                weighed.last_mut().into_iter().for_each(|it| it.1.push(line));
            }
            None => {}
        }
    }
    weighed
}

fn issues_of(severity: FixSeverity, lines: &[Line]) -> Vec<FixIssue> {
    let title = |pattern: &Regex, line: &Line| {
        let found = pattern.captures(line.text).filter(|_| line.cover == Cover::Prose)?;
        Some(plain_title(&found["title"]))
    };
    let has_headings = lines.iter().any(|line| title(&NUMBERED_HEADING, line).is_some());
    let pattern = if has_headings { &NUMBERED_HEADING } else { &NUMBERED_ENTRY };
    let mut issues: Vec<FixIssue> = Vec::new();
    for line in lines {
        if let Some(title) = title(pattern, line) {
            issues.push(FixIssue { severity, title, detail: String::new() });
        } else if let Some(issue) = issues.last_mut() {
            issue.detail.push_str(line.text);
            issue.detail.push('\n');
        }
    }
    for issue in &mut issues {
        issue.detail = dedent(issue.detail.trim_matches('\n'));
    }
    issues
}

/// What stands below a heading.
enum Below {
    Issues(FixSeverity),
    Others,
}

/// What a heading of the second or third level announces; a numbered one is an issue itself.
fn heading(line: &Line) -> Option<Below> {
    if line.cover != Cover::Prose || NUMBERED_HEADING.is_match(line.text) {
        return None;
    }
    let text = line.text.trim_start();
    let level = text.bytes().take_while(|it| *it == b'#').count();
    if !(2..=3).contains(&level) || !text[level..].starts_with(' ') {
        return None;
    }
    let name = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if says(&["critical", "must fix", "blocker"]) {
        return Some(Below::Issues(FixSeverity::Critical));
    }
    if says(&["minor", "should fix"]) {
        return Some(Below::Issues(FixSeverity::Minor));
    }
    // "Issues Found" without a weight of its own: what follows must be mended.
    let unweighed = level == 2 && says(&["issue"]);
    Some(if unweighed { Below::Issues(FixSeverity::Critical) } else { Below::Others })
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
