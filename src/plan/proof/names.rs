//! Which files an item names.

use crate::plan::{
    json::{Json, Members, Part},
    listing::Listing,
    markdown::Outline,
    types::{Dialect, Item, Plan},
};

/// Most lines below a checkbox that are still about it.
const LINES_BELOW: usize = 15;

/// The paths that an item names, each once, in the order of the text. Whether they exist is another
/// question.
pub(super) fn named_files(plan: &Plan, item: &Item, texts: &Listing) -> Vec<String> {
    let text = texts.text(&item.place.file).unwrap_or_default();
    let mut found = match plan.dialect {
        Dialect::Ccw if item.place.file.ends_with(".json") => of_session_task(text),
        Dialect::Compozy | Dialect::Backlog => of_text(text),
        Dialect::Taskmaster | Dialect::Beads => of_text(&item.title),
        _ => of_text(&around(text, item)),
    };
    let mut seen = std::collections::HashSet::new();
    found.retain(|path| !plan.owns(path) && seen.insert(path.clone()));
    found
}

/// The item's own line and those below it that belong to no other item.
fn around(text: &str, item: &Item) -> String {
    let Some(line) = item.place.line else { return item.title.clone() };
    let outline = Outline::read(text);
    let next_box = outline.boxes().map(|it| it.line).find(|it| *it > line).unwrap_or(usize::MAX);
    let heading = outline.headings.iter().map(|it| it.line).find(|it| *it > line).unwrap_or(usize::MAX);
    let end = next_box.min(heading).min(line + 1 + LINES_BELOW);
    let lines = text.lines().skip(line - 1).take(end - line);
    lines.collect::<Vec<_>>().join("\n")
}

/// What a session's task says it changes.
fn of_session_task(text: &str) -> Vec<String> {
    let json = Json::new(text);
    let Some(members) = json.root().ok().and_then(Part::members) else { return Vec::new() };
    let flow = members.get("flow_control").and_then(Part::members);
    let context = members.get("context").and_then(Part::members);
    let lists = [
        flow.as_ref().and_then(|it| it.get("target_files")),
        members.get("target_files"),
        members.get("files"),
        members.get("files_to_create"),
        members.get("focus_paths"),
        context.as_ref().and_then(|it| it.get("focus_paths")),
    ];
    let parts = lists.into_iter().flatten().filter_map(Part::elements).flatten();
    let path = |part: Part<'_>| part.word().or_else(|| of_object(&part.members()?));
    parts.filter_map(path).filter_map(|it| path_of(&it)).collect()
}

fn of_object(members: &Members<'_>) -> Option<String> {
    members.word(&["path", "file"])
}

fn of_text(text: &str) -> Vec<String> {
    let parts = text.split(|it: char| it.is_whitespace() || "`\"'()[]<>,;|*{}→=".contains(it));
    parts.filter_map(path_of).collect()
}

/// A word that is written like a path: `src/a.rs`, `README.md`, `./x/y.py:12`.
fn path_of(word: &str) -> Option<String> {
    let word = word.trim_end_matches(['.', ':', '!', '?']).trim_start_matches("./");
    let path = word.split(':').next().unwrap_or(word);
    let strange = |it: char| !(it.is_alphanumeric() || "/._-+@$".contains(it));
    if word.contains("://") || path.starts_with(['/', '~', '@', '-', '.']) && !path.starts_with(".g") {
        return None;
    }
    if path.is_empty() || path.contains(strange) || path.split('/').any(|it| it == ".." || it.is_empty()) {
        return None;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, ending) = name.rsplit_once('.')?;
    let is_ending = (1..=10).contains(&ending.len())
        && ending.starts_with(|it: char| it.is_ascii_alphabetic())
        && ending.chars().all(|it| it.is_ascii_alphanumeric());
    let is_stem = stem.len() > 1 && stem.contains(char::is_alphabetic) || path.contains('/');
    (is_ending && is_stem).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_told_from_a_word() {
        let check = |text: &str, expected: &[&str]| assert_eq!(of_text(text), expected, "{text}");
        check("Build `src/a.rs` and (docs/b.md), see ./x/y.py:12.", &["src/a.rs", "docs/b.md", "x/y.py"]);
        check("in README.md; Cargo.toml", &["README.md", "Cargo.toml"]);
        check("e.g. v1.2, i.e. 3.5 and a.b. https://x.org/a.html ../up.md /etc/passwd.d", &[]);
        check(".github/workflows/ci.yml", &[".github/workflows/ci.yml"]);
    }
}
