//! What was committed, and when an item came to be in it.

use std::collections::{HashMap, HashSet};

use crate::plan::types::{Item, Plan};

/// The commits of a repository, as far as they are about the workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The oldest first.
    pub commits: Vec<Commit>,
    /// Files that are not as they were committed, or not committed at all.
    pub uncommitted: HashSet<String>,
    /// There were older ones; they are not here.
    pub cut: bool,
    last: HashMap<String, usize>,
}

/// A commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit {
    /// Its hash.
    pub id: String,
    /// All of it.
    pub message: String,
    /// What it touches, relative to the workspace.
    pub files: Vec<String>,
    /// The lines that it adds to the plan's own files, with the file.
    pub added: Vec<(String, String)>,
}

/// When an item was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// In this commit, as something to do: work comes later.
    Open(usize),
    /// In this commit, as done already: the work may have come with it.
    Done(usize),
    /// Before the oldest commit that is known, or nobody keeps the plan under version control.
    Unknown,
    /// The plan is under version control, and this line of it is newer than every commit.
    Uncommitted,
}

impl Origin {
    /// True for a commit that could hold the item's work.
    pub(super) const fn is_before(self, commit: usize) -> bool {
        match self {
            Self::Open(at) => at < commit,
            Self::Done(at) => at <= commit,
            Self::Unknown => true,
            Self::Uncommitted => false,
        }
    }
}

impl History {
    /// From its commits, the oldest first.
    pub fn new(commits: Vec<Commit>, uncommitted: HashSet<String>, cut: bool) -> Self {
        let touched =
            commits.iter().enumerate().flat_map(|(at, it)| it.files.iter().map(move |file| (file, at)));
        let last = touched.map(|(file, at)| (file.clone(), at)).collect();
        Self { commits, uncommitted, cut, last }
    }

    /// The newest commit that touches a file.
    pub(super) fn last_change(&self, file: &str) -> Option<usize> {
        self.last.get(file).copied()
    }

    /// A file that is not as it was committed.
    pub(super) fn is_changed_now(&self, file: &str) -> bool {
        self.uncommitted.contains(file)
    }

    /// When the item was written down: the first commit that adds a line with its title or its id to
    /// the file it stands in; for a file that is all its own, the first commit of that file.
    pub(super) fn origin(&self, plan: &Plan, item: &Item) -> Origin {
        let first = self.commits.iter().enumerate().find_map(|(at, commit)| {
            let own = commit.added.iter().filter(|(file, _)| *file == item.place.file);
            let mut lines = own.map(|(_, line)| line).filter(|line| speaks_of(line, item));
            lines.next().map(|line| if is_ticked(line) { Origin::Done(at) } else { Origin::Open(at) })
        });
        let of_file = || {
            let alone = plan.leaves().filter(|it| it.place.file == item.place.file).nth(1).is_none();
            let touches = |it: &Commit| it.files.contains(&item.place.file);
            alone.then(|| self.commits.iter().position(touches)).flatten().map(Origin::Open)
        };
        first.or_else(of_file).unwrap_or_else(|| self.origin_of_file(&item.place.file))
    }

    /// For a line that no commit is known to add: of a file that is as it was committed, the file's.
    fn origin_of_file(&self, file: &str) -> Origin {
        match self.commits.iter().position(|it| it.files.iter().any(|it| it == file)) {
            Some(_) if self.cut => Origin::Unknown,
            None => Origin::Unknown,
            Some(_) if self.is_changed_now(file) => Origin::Uncommitted,
            Some(at) => Origin::Open(at),
        }
    }
}

fn speaks_of(line: &str, item: &Item) -> bool {
    let title = item.title.trim();
    (title.chars().count() > 3 && line.contains(title)) || words(line).any(|it| it == item.id.as_str())
}

fn is_ticked(line: &str) -> bool {
    ["[x]", "[X]", "✅", "☑"].iter().any(|it| line.contains(it))
}

/// Which commits say a word, in the order of commits; whatever the case of its letters.
pub(super) struct Messages {
    naming: HashMap<String, Vec<usize>>,
}

impl Messages {
    pub(super) fn of(history: &History) -> Self {
        let mut naming: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, commit) in history.commits.iter().enumerate() {
            for word in words(&commit.message) {
                let commits = naming.entry(word.to_lowercase()).or_default();
                if commits.last() != Some(&at) {
                    commits.push(at);
                }
            }
        }
        Self { naming }
    }

    pub(super) fn naming(&self, id: &str) -> &[usize] {
        self.naming.get(&id.to_lowercase()).map_or(&[], Vec::as_slice)
    }
}

/// The words of a text, as ids are written: `T001`, `IMPL-1.2`, `task_04`, `2.3`.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|it: char| !(it.is_alphanumeric() || matches!(it, '.' | '-' | '_' | '#' | '~')));
    parts.map(|it| it.trim_matches(['.', '-', '_', '#', '~'])).filter(|it| !it.is_empty())
}
