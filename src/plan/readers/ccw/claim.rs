//! Where sessions lie, and which of their files are of use.

use std::collections::BTreeSet;

use super::registry;
use crate::plan::{
    json::{Json, Part},
    listing::{Listing, Want, file_name, parent},
    readers::{Scope, files},
};

/// What a session's metadata is called.
pub const METADATA: &str = "workflow-session.json";
/// What a session's list is called.
pub const TODO: &str = "TODO_LIST.md";
/// What a session's prose is called.
pub const PROSE: &str = "IMPL_PLAN.md";
/// What a session's machine-readable overview is called.
pub const OVERVIEW: &str = "plan.json";

pub fn wants(path: &str) -> Want {
    match split(path) {
        Some((_, rest)) => wants_of_session(rest),
        None if registry::is_part(path) => Want::Text,
        None => Want::Nothing,
    }
}

/// The `.workflow` folder that a session lies in.
pub fn root_of(folder: &str) -> Option<&str> {
    let start = below_workflow(folder)?;
    folder.get(..start - 1)
}

/// A session's metadata or one of its tasks, wherever it lies.
pub fn claims(path: &str, text: &str) -> bool {
    let (name, folder) = (file_name(path), file_name(parent(path)));
    match name {
        METADATA => true,
        TODO | PROSE | OVERVIEW => split(path).is_some(),
        _ if folder == ".task" && files::is_kind(name, "json") => true,
        _ => files::is_kind(name, "json") && embeds_session(text),
    }
}

/// Metadata under another name.
fn embeds_session(text: &str) -> bool {
    let json = Json::new(text);
    let members = json.root().ok().and_then(Part::members);
    members.is_some_and(|it| it.word(&["session_id"]).is_some_and(|id| id.starts_with("WFS-")))
}

/// The folders of all sessions that a scope means, in the order of paths.
pub fn sessions(listing: &Listing, scope: &Scope) -> Vec<String> {
    let Some(place) = files::place(scope) else { return Vec::new() };
    if files::is_file(listing, place) {
        return vec![session_of_file(place).to_owned()];
    }
    let below = |folder: &str| listing.below(folder).map(|(path, _)| path.to_owned()).collect::<Vec<_>>();
    if !place.is_empty() && below(place).iter().any(|path| is_essential(&path[place.len() + 1..])) {
        return vec![place.to_owned()];
    }
    let paths = below(place);
    let folders = paths.iter().filter_map(|path| {
        let (folder, rest) = split(path)?;
        let named = file_name(folder).starts_with("WFS-") && wants_of_session(rest) > Want::Nothing;
        (named || is_essential(rest)).then_some(folder)
    });
    folders.collect::<BTreeSet<_>>().into_iter().map(str::to_owned).collect()
}

fn session_of_file(path: &str) -> &str {
    let folder = parent(path);
    if [".task", ".summaries"].contains(&file_name(folder)) { parent(folder) } else { folder }
}

/// What makes a folder a session, whatever it is called.
fn is_essential(rest: &str) -> bool {
    rest == METADATA || rest.starts_with(".task/")
}

fn wants_of_session(rest: &str) -> Want {
    match rest.split_once('/') {
        None if [METADATA, TODO, PROSE, OVERVIEW].contains(&rest) => Want::Text,
        Some((".task", name)) if files::is_kind(name, "json") && !name.contains('/') => Want::Text,
        Some((".summaries", name)) if files::is_kind(name, "md") && !name.contains('/') => Want::Name,
        _ => Want::Nothing,
    }
}

/// A session's folder, and the path in it. A folder inside a session is no session of its own.
fn split(path: &str) -> Option<(&str, &str)> {
    let end = below_workflow(path).map_or_else(|| end_of_name(path), |start| end_below(path, start))?;
    Some((&path[..end], &path[end + 1..]))
}

/// Where a session's folder ends that lies below `.workflow/`, which ends at `start`.
fn end_below(path: &str, start: usize) -> Option<usize> {
    let (first, _) = path[start..].split_once('/')?;
    match first {
        "active" | "archives" | "sessions" => {
            let start = start + first.len() + 1;
            Some(start + path[start..].find('/')?)
        }
        _ => first.starts_with("WFS-").then(|| start + first.len()),
    }
}

/// Where a session's folder ends that lies elsewhere, by its name.
fn end_of_name(path: &str) -> Option<usize> {
    let start = if path.starts_with("WFS-") { 0 } else { path.find("/WFS-")? + 1 };
    Some(start + path[start..].find('/')?)
}

/// Where the path below `.workflow/` begins.
fn below_workflow(path: &str) -> Option<usize> {
    const ROOT: &str = ".workflow/";
    if path.starts_with(ROOT) { Some(ROOT.len()) } else { Some(path.find("/.workflow/")? + 1 + ROOT.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_a_session() {
        let check = |path: &str, expected: Option<(&str, &str)>| assert_eq!(split(path), expected, "{path}");
        check(".workflow/active/WFS-a/TODO_LIST.md", Some((".workflow/active/WFS-a", "TODO_LIST.md")));
        check(".workflow/WFS-a/.task/IMPL-1.json", Some((".workflow/WFS-a", ".task/IMPL-1.json")));
        check("x/.workflow/sessions/WFS-a/b", Some(("x/.workflow/sessions/WFS-a", "b")));
        check(
            ".workflow/active/WFS-a/WFS-b/TODO_LIST.md",
            Some((".workflow/active/WFS-a", "WFS-b/TODO_LIST.md")),
        );
        check("saved/WFS-a/TODO_LIST.md", Some(("saved/WFS-a", "TODO_LIST.md")));
        check(".workflow/archives/manifest.json", None);
        check(".workflow/project.json", None);
        check(".workflow/session_status.jsonl", None);
        check(".workflow/.active-WFS-a", None);
        check("src/main.rs", None);
    }

    #[test]
    fn of_a_session_only_what_is_read_is_wanted() {
        let check = |rest: &str, expected: Want| {
            assert_eq!(wants(&format!(".workflow/active/WFS-a/{rest}")), expected, "{rest}");
        };
        check("workflow-session.json", Want::Text);
        check(".task/IMPL-1.1.json", Want::Text);
        check(".summaries/IMPL-1-summary.md", Want::Name);
        check(".process/context-package.json", Want::Nothing);
        check(".process/backup/replan-1/.task/IMPL-1.json", Want::Nothing);
    }
}
