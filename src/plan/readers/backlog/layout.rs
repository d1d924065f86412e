//! Which files of a backlog are tasks, and what their folder says of them.

use std::collections::BTreeMap;

use crate::plan::{
    frontmatter::{self, Fields},
    listing::{Listing, Want, file_name},
    readers::{Scope, files},
};

/// Where a task lies. The order is the plan's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shelf {
    /// Open to work, or done a short while ago.
    Tasks,
    /// Waits for somebody to promote it.
    Drafts,
    /// Done, and put away.
    Completed,
    /// Put away, whether done or not.
    Archive,
}

impl Shelf {
    /// All, in the plan's order.
    pub const ALL: [Self; 4] = [Self::Tasks, Self::Drafts, Self::Completed, Self::Archive];

    /// The folder's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tasks => "tasks",
            Self::Drafts => "drafts",
            Self::Completed => "completed",
            Self::Archive => "archive",
        }
    }

    /// The shelf of a path within a backlog; nothing for its documents, decisions and the like.
    pub fn of(rest: &str) -> Option<Self> {
        let (folder, file) = rest.split_once('/')?;
        let shelf = Self::ALL.into_iter().find(|shelf| shelf.name() == folder)?;
        let filed = shelf != Self::Archive || file.starts_with("tasks/") || file.starts_with("drafts/");
        (filed && files::is_kind(file, "md")).then_some(shelf)
    }
}

/// A file of a backlog.
#[derive(Clone, Copy)]
pub struct File<'a> {
    pub path: &'a str,
    pub shelf: Shelf,
}

/// What the settings are called, the newer name first.
pub const SETTINGS: [&str; 2] = ["config.yml", "config.yaml"];

pub fn wants(path: &str) -> Want {
    let Some((_, rest)) = split(path) else { return Want::Nothing };
    if Shelf::of(rest).is_some() || SETTINGS.contains(&rest) { Want::Text } else { Want::Nothing }
}

/// A task, by its place or by the fields that Backlog.md writes.
pub fn claims(path: &str, text: &str) -> bool {
    if split(path).is_some_and(|(_, rest)| Shelf::of(rest).is_some()) {
        return true;
    }
    let fields = frontmatter::split(text).map(|matter| Fields::read(&matter)).unwrap_or_default();
    files::is_kind(path, "md")
        && ["id", "status", "title"].iter().all(|key| fields.get(key).is_some())
        && ["assignee", "created_date", "dependencies"].iter().any(|key| fields.get(key).is_some())
}

/// The files of every backlog that a scope means, by its folder.
pub fn backlogs<'a>(listing: &'a Listing, scope: &'a Scope) -> BTreeMap<String, Vec<File<'a>>> {
    let mut backlogs = BTreeMap::<_, Vec<_>>::new();
    let place = files::place(scope).unwrap_or_default();
    for path in files::chosen(listing, scope, |path| files::is_kind(path, "md")) {
        let Some((root, shelf)) = home(path, place) else { continue };
        backlogs.entry(root.to_owned()).or_default().push(File { path, shelf });
    }
    backlogs
}

/// The backlog and the shelf of a file. A folder named by itself is a backlog when it has the
/// shelves of one, whatever it is called; so is the folder of a file named by itself.
fn home<'a>(path: &'a str, place: &'a str) -> Option<(&'a str, Shelf)> {
    if let Some((root, rest)) = split(path) {
        return Some((root, Shelf::of(rest)?));
    }
    if path == place {
        return Some((crate::plan::listing::parent(path), Shelf::Tasks));
    }
    let rest = path.strip_prefix(place)?.strip_prefix('/')?;
    (!place.is_empty()).then_some((place, Shelf::of(rest)?))
}

/// A backlog's folder, and the path in it.
fn split(path: &str) -> Option<(&str, &str)> {
    let mut end = 0;
    for part in path.split('/') {
        let start = end;
        end += part.len();
        let rest = path.get(end + 1..)?;
        let is_backlog = matches!(&path[start..end], "backlog" | ".backlog");
        if is_backlog && (Shelf::of(rest).is_some() || SETTINGS.contains(&rest)) {
            return Some((&path[..end], rest));
        }
        end += 1;
    }
    None
}

/// Whether a file is meant as a task by its name, whatever is in it.
pub fn is_named_as_task(path: &str) -> bool {
    let name = file_name(path).to_lowercase();
    ["task-", "draft-"].iter().any(|prefix| {
        name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(|it: char| it.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_lies_on_a_shelf_of_a_backlog() {
        let check = |path: &str, expected: Option<(&str, Shelf)>| {
            assert_eq!(home(path, ""), expected, "{path}");
        };
        check("backlog/tasks/task-1 - Dig.md", Some(("backlog", Shelf::Tasks)));
        check("backlog/tasks/epics/one/task-1.md", Some(("backlog", Shelf::Tasks)));
        check("x/.backlog/drafts/draft-1.md", Some(("x/.backlog", Shelf::Drafts)));
        check("backlog/completed/task-1.md", Some(("backlog", Shelf::Completed)));
        check("backlog/archive/tasks/task-1.md", Some(("backlog", Shelf::Archive)));
        check("backlog/archive/milestones/m-1.md", None);
        check("backlog/docs/readme.md", None);
        check("backlog/tasks/notes.txt", None);
        check("tasks/task-1.md", None);
        assert_eq!(home("plans/tasks/task-1.md", "plans"), Some(("plans", Shelf::Tasks)));
        assert_eq!(home("one.md", "one.md"), Some(("", Shelf::Tasks)));
        assert_eq!(wants("backlog/config.yml"), Want::Text);
    }
}
