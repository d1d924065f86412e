//! What a task's text says it waits for, where neither graph nor front matter does.
//!
//! Only sentences that mean it: `Blocked by: 1.0, 2.0` and the bold `**Dependencies:** Task 5.0`. The
//! `<dependencies>` of a `<task_context>` are technologies (`http_server`, `temporal`) unless all of
//! them are tasks. `Unblocks` is the other side's word and makes no need of its own.

use crate::plan::markdown::{Cover, Outline};

/// The task numbers named, as they are written.
pub(super) fn in_text(outline: &Outline<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let mut context = Vec::new();
    for line in outline.lines().filter(|it| matches!(it.cover, Cover::Prose | Cover::IndentedCode)) {
        if let Some(rest) = line.text.trim().strip_prefix("<dependencies>") {
            context.extend(only_tasks(rest.split('<').next().unwrap_or(rest)));
        } else if let Some(rest) = behind(line.text, "blocked by") {
            found.extend(numbers(rest));
        } else if let Some(rest) = bold(line.text) {
            found.extend(numbers(rest));
        }
    }
    let mut found = if found.is_empty() { context } else { found };
    let mut seen = std::collections::HashSet::new();
    found.retain(|it| seen.insert(it.clone()));
    found
}

/// What stands behind `**Dependencies:**`.
fn bold(line: &str) -> Option<&str> {
    let is_bold = line.trim_start().starts_with("**");
    is_bold.then(|| behind(line, "dependencies").or_else(|| behind(line, "dependency")))?
}

/// True when the text says `Parallelizable: Yes`.
pub(super) fn is_parallel(outline: &Outline<'_>) -> bool {
    let mut says = outline.lines().filter(|it| it.cover == Cover::Prose);
    says.find_map(|it| behind(it.text, "parallelizable").map(str::to_owned))
        .is_some_and(|it| it.trim_start().get(..3).is_some_and(|it| it.eq_ignore_ascii_case("yes")))
}

/// What stands behind `label:`, when the line begins with it, decorated or not.
fn behind<'l>(line: &'l str, label: &str) -> Option<&'l str> {
    let bare = line.trim_start_matches(|it: char| it.is_whitespace() || "-*+_".contains(it));
    let rest =
        bare.get(..label.len()).filter(|it| it.eq_ignore_ascii_case(label)).map(|_| &bare[label.len()..])?;
    let rest = rest.trim_start_matches(['*', '_']).strip_prefix(':')?;
    Some(rest.trim_start_matches(['*', '_']))
}

/// `2.0 (Resolvers), Task 3.0, 5.0-7.0`: numbers with a point, and `task_04`. What stands in
/// parentheses explains, and counts only when there is nothing else.
fn numbers(text: &str) -> Vec<String> {
    let mut outside = String::new();
    let mut depth = 0_usize;
    for sign in text.chars() {
        match sign {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(sign),
            _ => {}
        }
    }
    let found = bare_numbers(&outside);
    if found.is_empty() { bare_numbers(text) } else { found }
}

fn bare_numbers(text: &str) -> Vec<String> {
    let words = text.split(|it: char| it.is_whitespace() || ",;[]()\"'`*".contains(it));
    words.map(|it| it.trim_end_matches('.')).flat_map(one_or_range).collect()
}

/// `5.0`, or every whole task from `5.0-7.0`.
fn one_or_range(word: &str) -> Vec<String> {
    if is_number(word) {
        return vec![word.to_owned()];
    }
    let ends = word.split_once(['-', '–']).and_then(|(first, last)| {
        let whole = |it: &str| it.strip_suffix(".0")?.parse::<u32>().ok();
        Some((whole(first)?, whole(last)?))
    });
    // Nobody waits for more than a plan's worth of tasks.
    ends.filter(|(first, last)| last.saturating_sub(*first) < 200)
        .map_or_else(Vec::new, |(first, last)| (first..=last).map(|it| format!("{it}.0")).collect())
}

fn is_number(word: &str) -> bool {
    if let Some(digits) = word.strip_prefix("task_") {
        return super::name::Number::read(digits).is_some();
    }
    word.split_once('.').is_some_and(|(whole, part)| {
        let digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
        digits(whole) && digits(part)
    })
}

/// The tasks in a list of what is needed: what is called a task, or all of them when all are numbers.
/// The rest are technologies.
fn only_tasks(list: &str) -> Vec<String> {
    let entries: Vec<&str> = list.split([',', '|']).map(str::trim).filter(|it| !it.is_empty()).collect();
    if entries.iter().all(|it| is_number(it)) {
        return entries.into_iter().map(str::to_owned).collect();
    }
    let called = |it: &&str| {
        it.strip_prefix("Task ").or_else(|| it.starts_with("task_").then_some(*it)).map(str::to_owned)
    };
    entries.iter().filter_map(called).filter(|it| is_number(it)).collect()
}
