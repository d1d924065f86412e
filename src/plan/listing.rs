//! What a reader is given: paths, sizes, times and the texts it asked for. `plan` opens no file.

use std::{collections::BTreeMap, sync::Arc};

use crate::clock::Timestamp;

/// The files of a workspace, by path. Paths are relative to the workspace, with `/` on every system.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    entries: BTreeMap<String, Entry>,
    threads: usize,
}

/// A file or folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Last change, where the file system says.
    pub modified: Option<Timestamp>,
    /// Bytes; 0 for a folder.
    pub size: u64,
    /// What is known of its content.
    pub content: Content,
}

/// What is known of a file's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A folder.
    Folder,
    /// A file that no reader asked for the text of.
    Unread,
    /// UTF-8, without a byte order mark.
    Text(Arc<str>),
    /// The first byte that is not UTF-8 stands on this line (from 1). The text is what could be
    /// saved: every broken sequence replaced by `U+FFFD`.
    NotUtf8 {
        /// Counts from 1.
        line: usize,
        /// With replacement characters.
        lossy: Arc<str>,
    },
    /// Over the bound of what is read.
    TooLarge,
    /// The system refused, for this reason.
    Unreadable(String),
    /// A link that leaves the workspace, or leads in a circle.
    LinkOutside(String),
}

/// What a reader wants of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// Not of this dialect.
    Nothing,
    /// That it exists, its size and its time.
    Name,
    /// Its text too.
    Text,
}

impl Listing {
    /// A listing of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads on this many threads at most; one unless this was said. What is read does not depend on it.
    #[must_use]
    pub const fn on_threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// How many threads readers may use.
    #[must_use]
    pub const fn threads(&self) -> usize {
        self.threads
    }

    /// Adds or replaces an entry.
    pub fn insert(&mut self, path: impl Into<String>, entry: Entry) {
        self.entries.insert(path.into(), entry);
    }

    /// Adds a text file: the way tests write a workspace.
    #[must_use]
    pub fn with(mut self, path: &str, text: &str) -> Self {
        let content = Content::Text(text.into());
        self.insert(path, Entry { modified: None, size: text.len() as u64, content });
        self
    }

    /// The entry at exactly this path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// The text at this path; for a file that is not UTF-8, what could be saved of it.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        match &self.get(path)?.content {
            Content::Text(text) | Content::NotUtf8 { lossy: text, .. } => Some(text),
            _ => None,
        }
    }

    /// Every entry, in the order of paths.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(path, entry)| (path.as_str(), entry))
    }

    /// Every entry below a folder, at any depth, in the order of paths. `""` is the workspace.
    pub fn below<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, &'a Entry)> + use<'a> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        self.entries
            .range(prefix.clone()..)
            .take_while(move |(path, _)| path.starts_with(&prefix))
            .map(|(path, entry)| (path.as_str(), entry))
    }

    /// The entries that stand directly in a folder.
    pub fn children<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, &'a Entry)> + use<'a> {
        let skip = if folder.is_empty() { 0 } else { folder.len() + 1 };
        self.below(folder).filter(move |(path, _)| !path[skip..].contains('/'))
    }
}

/// The last part of a path.
#[must_use]
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The path of the folder that holds this one; `""` for the workspace's own children.
#[must_use]
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_are_one_level_and_below_is_all() {
        let listing =
            Listing::new().with("a/b.md", "").with("a/c/d.md", "").with("ab.md", "").with("a.md", "");
        let paths = |it: &mut dyn Iterator<Item = (&str, &Entry)>| {
            it.map(|(path, _)| path.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(paths(&mut listing.children("a")), ["a/b.md"]);
        assert_eq!(paths(&mut listing.below("a")), ["a/b.md", "a/c/d.md"]);
        assert_eq!(paths(&mut listing.children("")), ["a.md", "ab.md"]);
    }
}
