//! What the oldest layouts keep beside the session folders: `session_status.jsonl`, a line for each
//! session, and the empty file `.active-WFS-…` of the one that is worked on.
//!
//! A session's own metadata decides; the registry fills in what that leaves out, and where the two say
//! different things, that is told.

use std::collections::BTreeSet;

use super::claim::{self, METADATA};
use crate::plan::{
    json::Json,
    listing::{Content, Listing, file_name, parent},
    problem::{Code, Problem},
    readers::{files, status},
    types::{Place, Plan},
};

/// What the registry is called.
pub const REGISTRY: &str = "session_status.jsonl";
/// What begins the name of the marker of an active session.
const MARKER: &str = ".active-";

/// True for the registry and the markers, which lie directly in `.workflow`.
pub fn is_part(path: &str) -> bool {
    let name = file_name(path);
    file_name(parent(path)) == ".workflow" && (name == REGISTRY || marks(name).is_some())
}

/// `WFS-x` of `.active-WFS-x`.
fn marks(name: &str) -> Option<&str> {
    name.strip_prefix(MARKER).filter(|it| it.starts_with("WFS-"))
}

/// A line of the registry.
struct Line {
    /// Counts from 1.
    number: usize,
    id: String,
    status: Option<String>,
    description: Option<String>,
    folder: Option<String>,
}

impl Line {
    fn read(number: usize, text: &str) -> Result<Self, String> {
        let json = Json::new(text);
        let members = json.root().map_err(|fault| fault.message)?.members().ok_or("it is no object")?;
        let word = |names: &[&str]| members.word(names).filter(|it| !it.trim().is_empty());
        Ok(Self {
            number,
            id: word(&["id", "session_id"]).ok_or("it names no session")?,
            status: word(&["status"]),
            description: word(&["description", "project"]),
            folder: word(&["directory"]),
        })
    }

    fn is_of(&self, folder: &str) -> bool {
        self.id == file_name(folder)
            || self
                .folder
                .as_deref()
                .is_some_and(|it| file_name(it.trim_end_matches('/')) == file_name(folder))
    }
}

/// The registry's lines that can be read, and what is wrong with the others.
fn lines(text: &str) -> impl Iterator<Item = Result<Line, (usize, String)>> {
    let numbered = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    numbered.map(|(at, line)| Line::read(at + 1, line).map_err(|why| (at + 1, why)))
}

/// Fills in what the session's own metadata does not say. Of several lines for a session the last one
/// holds.
pub fn complete(plan: &mut Plan, listing: &Listing) {
    let Some(root) = claim::root_of(&plan.folder) else { return };
    let path = format!("{root}/{REGISTRY}");
    let line =
        listing.text(&path).and_then(|it| lines(it).flatten().filter(|it| it.is_of(&plan.folder)).last());
    if let Some(line) = line {
        if plan.title == plan.id.as_str() {
            plan.title = line.description.unwrap_or_else(|| plan.title.clone());
        }
        match (&plan.raw_state, line.status) {
            (None, status) => plan.raw_state = status,
            (Some(own), Some(status)) if status::spelled(own) != status::spelled(&status) => {
                let message = format!("the registry says {status} of {}, and {METADATA} {own}", plan.id);
                let fix = format!("{METADATA} decides: write {own} here too");
                let place = Place::line(&path, line.number);
                plan.problems.push(Problem::new(Code::StaleStatus, place, message, fix));
            }
            _ => {}
        }
    }
    if files::is_file(listing, &format!("{root}/{MARKER}{}", file_name(&plan.folder))) {
        plan.badges.push("active".to_owned());
    }
}

/// What is wrong with registries and markers themselves: lines that can't be read, sessions that are
/// not there.
pub fn problems(listing: &Listing, sessions: &[String]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let known: BTreeSet<&str> = sessions.iter().map(|it| file_name(it)).collect();
    for (path, entry) in listing.iter().filter(|(path, it)| it.content != Content::Folder && is_part(path)) {
        if let Some(id) = marks(file_name(path)).filter(|it| !known.contains(it)) {
            let message = format!("it marks {id} as active, and there is no such session");
            let fix = "remove the marker, or bring the session's folder back";
            problems.push(Problem::new(Code::IndexMismatch, Place::file(path), message, fix));
        }
        let text = listing.text(path).filter(|_| file_name(path) == REGISTRY && entry.size > 0);
        for line in lines(text.unwrap_or_default()) {
            problems.extend(problem_of(path, line, &known));
        }
    }
    problems
}

fn problem_of(path: &str, line: Result<Line, (usize, String)>, known: &BTreeSet<&str>) -> Option<Problem> {
    match line {
        Ok(line) if known.iter().any(|it| line.is_of(it)) => None,
        Ok(line) => {
            let message = format!("the registry lists {}, and there is no such session", line.id);
            let fix = "take the line out, or bring the session's folder back";
            Some(Problem::new(Code::IndexMismatch, Place::line(path, line.number), message, fix))
        }
        Err((number, why)) => {
            let message = format!("the line is no session: {why}");
            let fix = "restore the line: one JSON object with an id and a status";
            Some(Problem::new(Code::Malformed, Place::line(path, number), message, fix))
        }
    }
}
