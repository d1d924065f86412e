//! All plans of a listing: every reader asked, every plan settled, every broken file named.

use std::collections::HashSet;

use super::{
    hands,
    listing::{Content, Entry, Listing, Want},
    problem::{Code, Problem},
    readers::{READERS, Reader, Reading, Scope},
    settle, settle_all,
    types::{Dialect, Place},
    unique_plans,
};

/// The folders directly in a workspace in which dialects keep their plans; nothing else is walked.
/// Their presence also marks a folder as a workspace.
pub const ROOTS: &[&str] = &[
    "work-space",
    ".workflow",
    "specs",
    ".specify",
    ".compozy",
    ".taskmaster",
    "tasks",
    "backlog",
    ".beads",
    "openspec",
];

/// What is walked beside them: in a workspace that is itself the methodology's `work-space` folder.
pub const ALSO_WALKED: &[&str] = &["plans", "backlog-plans", "subplans", "execution", "archive"];

/// Which plans are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these dialects; all when empty.
    pub dialects: Vec<Dialect>,
    /// Checklists that the configuration names, as paths in the listing.
    pub named: Vec<String>,
}

impl Selection {
    fn readers(&self) -> impl Iterator<Item = &'static Reader> + '_ {
        READERS.iter().filter(|it| self.dialects.is_empty() || self.dialects.contains(&it.dialect))
    }

    /// What any reader wants of a file.
    pub fn wants(&self, path: &str) -> Want {
        if self.named.iter().any(|it| it == path) {
            return Want::Text;
        }
        self.readers().map(|it| (it.wants)(path)).max().unwrap_or(Want::Nothing)
    }
}

/// Reads every plan of a workspace.
pub fn read_workspace(listing: &Listing, selection: &Selection) -> Reading {
    let mut reading = Reading::default();
    for reader in selection.readers() {
        let scope = match reader.dialect {
            Dialect::Checklist => Scope::Named(selection.named.clone()),
            _ => Scope::Workspace,
        };
        let mut part = (reader.read)(listing, &scope);
        reading.plans.append(&mut part.plans);
        reading.problems.append(&mut part.problems);
    }
    say_broken_files(listing, selection, &mut reading);
    unique_plans(&mut reading.plans);
    hands::each_mut(listing.threads(), &mut reading.plans, settle);
    reading
}

/// Reads the one plan at a path, wherever it lies: the first dialect that claims it.
///
/// Nothing comes back when no dialect knows what it is.
pub fn read_path(listing: &Listing, path: &str) -> Reading {
    let text = listing.text(path).unwrap_or("");
    let is_folder = listing.get(path).is_some_and(|it| it.content == Content::Folder);
    let scope = Scope::Path(path.to_owned());
    let claiming = READERS.iter().filter(|it| is_folder || (it.claims)(path, text));
    let readings = claiming.map(|reader| (reader.read)(listing, &scope));
    let mut reading = readings.into_iter().find(|it| !it.plans.is_empty()).unwrap_or_default();
    say_broken_files(listing, &Selection::default(), &mut reading);
    settle_all(&mut reading);
    reading
}

/// Reads the plan at a path as one of this dialect, whatever other dialects would make of it: how a plan
/// that was read before is read again.
pub fn read_as(dialect: Dialect, listing: &Listing, path: &str) -> Reading {
    let reader = READERS.iter().find(|it| it.dialect == dialect).expect("every dialect has a reader");
    let mut reading = (reader.read)(listing, &Scope::Path(path.to_owned()));
    settle_all(&mut reading);
    reading
}

/// What the reader of a dialect wants of a file.
pub fn dialect_wants(dialect: Dialect, path: &str) -> Want {
    READERS.iter().find(|it| it.dialect == dialect).map_or(Want::Nothing, |it| (it.wants)(path))
}

/// Adds a problem for every file that could not be read as it should be, unless its reader has.
///
/// It goes to the plan whose folder holds the file (the innermost), else to no plan.
fn say_broken_files(listing: &Listing, selection: &Selection, reading: &mut Reading) {
    let of_plans = reading.plans.iter().flat_map(|it| &it.problems);
    let said: HashSet<(String, Code)> =
        of_plans.chain(&reading.problems).map(|it| (it.place.file.clone(), it.code)).collect();
    let is_misplaced =
        |path: &str, it: &Entry| it.content == Content::Folder && selection.wants(path) == Want::Text;
    let broken = listing.iter().filter_map(|(path, entry)| {
        if is_misplaced(path, entry) { Some(misplaced(path)) } else { problem_of(path, entry) }
    });
    for problem in broken.filter(|it| !said.contains(&(it.place.file.clone(), it.code))) {
        let holds = |folder: &str| {
            !folder.is_empty()
                && problem.place.file.strip_prefix(folder).is_some_and(|it| it.starts_with('/'))
        };
        let innermost =
            reading.plans.iter_mut().filter(|plan| holds(&plan.folder)).max_by_key(|plan| plan.folder.len());
        match innermost {
            Some(plan) => plan.problems.push(problem),
            None => reading.problems.push(problem),
        }
    }
}

fn misplaced(path: &str) -> Problem {
    let message = "it is a folder, and a plan's file is called so";
    Problem::new(Code::Unreadable, Place::file(path), message, "give the folder another name")
}

fn problem_of(path: &str, entry: &Entry) -> Option<Problem> {
    let (code, place, message, fix) = match &entry.content {
        Content::NotUtf8 { line, .. } => (
            Code::NotUtf8,
            Place::line(path, *line),
            "the file is not UTF-8; unreadable characters are shown as \u{fffd}".to_owned(),
            "save it as UTF-8",
        ),
        Content::TooLarge => (
            Code::TooLarge,
            Place::file(path),
            format!("the file has {} MiB; no more than 16 are read", entry.size >> 20),
            "split it, or exclude it in plandeck.toml: [plans] exclude",
        ),
        Content::Unreadable(why) => {
            (Code::Unreadable, Place::file(path), format!("it can't be read: {why}"), "make it readable")
        }
        Content::LinkOutside(why) => (
            Code::LinkOutside,
            Place::file(path),
            format!("the link is not followed: {why}"),
            "link to something inside the workspace, or copy it there",
        ),
        Content::Folder | Content::Unread | Content::Text(_) | Content::Later(_) => return None,
    };
    Some(Problem::new(code, place, message, fix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_file_is_named_once_at_the_plan_that_holds_it() {
        let mut listing =
            Listing::new().with("work-space/plans/A/PLAN_A.md", "# PLAN: A\n\n**Achievement 1.1**: One\n");
        let entry = |content| Entry::plain(None, 17 << 20, content);
        listing.insert("work-space/plans/A/subplans", entry(Content::Unreadable("no".into())));
        listing.insert("work-space/plans/odd.md", entry(Content::TooLarge));
        let reading = read_workspace(&listing, &Selection::default());
        let everywhere = reading.plans.iter().flat_map(|it| &it.problems).chain(&reading.problems);
        let codes: Vec<_> = everywhere.map(|it| (it.code, it.place.file.as_str())).collect();
        assert!(codes.contains(&(Code::Unreadable, "work-space/plans/A/subplans")), "{codes:?}");
        assert!(codes.contains(&(Code::TooLarge, "work-space/plans/odd.md")), "{codes:?}");
    }

    #[test]
    fn nothing_is_wanted_of_what_no_dialect_knows() {
        let selection = Selection { named: vec!["notes/todo.md".into()], ..Selection::default() };
        assert_eq!(selection.wants("notes/todo.md"), Want::Text);
        assert_eq!(selection.wants("src/main.rs"), Want::Nothing);
    }
}
