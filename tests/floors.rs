//! The house has floors. A module may use what stands below it, and nothing else.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{fs, path::Path};

/// From the ground up. Modules on one line are neighbours: they do not know each other.
const FLOORS: &[&[&str]] = &[
    &["text", "ids", "clock"],
    &["config", "cli"],
    &["plan", "run", "logs", "screen"],
    &["process"],
    &["workspace"],
    &["schedule", "journal", "view", "workflow"],
    &["engine", "perform", "render"],
    &["control"],
    &["commands"],
    &["repl", "tui", "server"],
    &["app"],
    &["main"],
];

#[test]
fn every_arrow_points_down() {
    let mut wrong = Vec::new();
    each_file(Path::new("src"), &mut |path, text| wrong.extend(arrows_up(path, text)));
    assert!(wrong.is_empty(), "these arrows do not point down:\n{}", wrong.join("\n"));
}

#[test]
fn a_step_upward_and_a_step_sideways_are_caught() {
    let check = |file: &str, line: &str, expected: usize| {
        assert_eq!(arrows_up(Path::new(file), line).len(), expected, "{file}: {line}");
    };
    check("src/plan/next.rs", "use crate::run::Event;", 1);
    check("src/plan/next.rs", "use crate::{ids::PlanId, journal::Journal};", 1);
    check("src/plan/next.rs", "    let it = plandeck::engine::run();", 1);
    check("src/plan/readers/ccw.rs", "use super::super::super::control::x;", 1);
    check("src/plan/readers/ccw.rs", "use super::super::next::x;", 0);
    check("src/engine/turn.rs", "use crate::schedule::step;", 0);
    check("src/plan/next.rs", "use crate::plan::types::Item;", 0);
    check("src/plan/next.rs", "/// See [`crate::engine`].", 0);
    check("src/main.rs", "use plandeck::journal::Journal;", 1);
}

/// What a file uses that does not stand below it.
fn arrows_up(path: &Path, text: &str) -> Vec<String> {
    let own = module_of(path);
    let code: String =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut wrong = Vec::new();
    for used in used_modules(&code, path) {
        let allowed = used == own
            || if own == "main" {
                ["app", "cli"].contains(&used.as_str())
            } else {
                floor_of(&used) < floor_of(&own)
            };
        if !allowed {
            wrong.push(format!("{} uses {used}", path.display()));
        }
    }
    wrong
}

/// The top modules that `code` names after `crate::`, `plandeck::` or `super::` beyond its folder.
fn used_modules(code: &str, path: &Path) -> Vec<String> {
    // A file of src/a/ leaves its room by one `super::` fewer when it is the door itself.
    let steps = path.components().count() - 1 - usize::from(path.ends_with("mod.rs"));
    let beyond = "super::".repeat(steps);
    let mut used = Vec::new();
    for root in ["crate::", "plandeck::", beyond.as_str()] {
        for (start, _) in code.match_indices(root) {
            let rest = &code[start + root.len()..];
            match rest.strip_prefix('{') {
                Some(group) => used.extend(names_in_group(group)),
                None => used.push(first_name(rest)),
            }
        }
    }
    used.retain(|name| !name.is_empty() && FLOORS.iter().any(|floor| floor.contains(&name.as_str())));
    used
}

/// The first names of a `{a::b, c::{d, e}}` group whose brace was just opened.
fn names_in_group(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0_i32;
    let mut start = true;
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            it if start && !it.is_whitespace() => {
                names.push(first_name(&group[at..]));
                start = false;
            }
            _ => {}
        }
    }
    names
}

fn each_file(dir: &Path, visit: &mut dyn FnMut(&Path, &str)) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            each_file(&path, visit);
        } else if path.extension().is_some_and(|it| it == "rs") && !path.ends_with("lib.rs") {
            visit(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}

fn module_of(path: &Path) -> String {
    let name = path.components().nth(1).unwrap().as_os_str().to_str().unwrap();
    name.trim_end_matches(".rs").to_owned()
}

fn first_name(rest: &str) -> String {
    rest.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect()
}

fn floor_of(module: &str) -> usize {
    FLOORS
        .iter()
        .position(|floor| floor.contains(&module))
        .unwrap_or_else(|| panic!("`{module}` stands on no floor: give it one in tests/floors.rs"))
}
