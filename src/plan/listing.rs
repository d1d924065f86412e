//! What a reader is given: paths, sizes, times and the texts it asked for. `plan` opens no file.

use std::{
    collections::BTreeMap,
    fmt,
    hash::Hash,
    sync::{Arc, OnceLock},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::memory::{Memory, Touch, Trace, print};
use crate::clock::Timestamp;

/// The files of a workspace, by path. Paths are relative to the workspace, with `/` on every system.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    entries: Arc<BTreeMap<String, Entry>>,
    threads: usize,
    texts: Option<Texts>,
    memory: Option<Arc<Memory>>,
    /// What is asked of this listing is written down here.
    trace: Option<Arc<Trace>>,
}

/// Reads the text at a path of the listing, whatever has become of it.
#[derive(Clone)]
struct Texts(Arc<TextOf>);

type TextOf = dyn Fn(&str) -> Arc<str> + Send + Sync;

impl fmt::Debug for Texts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Texts")
    }
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
    /// By what it will be known that a file has not changed; nothing where that can't be told.
    pub stamp: Option<Stamp>,
}

/// What of a file changes whenever its content does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// Bytes.
    pub size: u64,
    /// Seconds and nanoseconds of the last change of its content.
    pub modified: (i64, i64),
    /// The same of its inode: nobody can set it.
    pub changed: (i64, i64),
    /// The file system, and its number there.
    pub inode: (u64, u64),
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
    /// The same, of a file that has not changed since it was last read: read when it is asked for.
    Later(OnceLock<Arc<str>>),
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
        Arc::make_mut(&mut self.entries).insert(path.into(), entry);
    }

    /// Reads what is put off ([`Content::Later`]) in this way.
    #[must_use]
    pub fn reading(mut self, read: impl Fn(&str) -> Arc<str> + Send + Sync + 'static) -> Self {
        self.texts = Some(Texts(Arc::new(read)));
        self
    }

    /// With what earlier readings left behind.
    #[must_use]
    pub fn remembering(mut self, memory: Arc<Memory>) -> Self {
        self.memory = Some(memory);
        self
    }

    /// What `read` says of this listing: from memory, when it has said it before and nothing that it
    /// looked at then has changed since.
    ///
    /// `kind` and `key` say which reading it is. `inputs` is everything else that its answer depends on.
    pub fn remembered<T: Serialize + DeserializeOwned>(
        &self,
        kind: &str,
        key: &str,
        inputs: &impl Hash,
        read: impl FnOnce(&Self) -> T,
    ) -> T {
        let Some(memory) = &self.memory else { return read(self) };
        let inputs = print(inputs);
        if let Some(answer) = memory.recall(kind, key, inputs, self) {
            return answer;
        }
        let trace = Arc::new(Trace::default());
        let view = Self { memory: None, trace: Some(Arc::clone(&trace)), ..self.clone() };
        let answer = read(&view);
        memory.keep(kind, key, inputs, &trace, &answer);
        answer
    }

    /// Adds a text file: the way tests write a workspace.
    #[must_use]
    pub fn with(mut self, path: &str, text: &str) -> Self {
        let content = Content::Text(text.into());
        self.insert(path, Entry { modified: None, size: text.len() as u64, content, stamp: None });
        self
    }

    /// The entry at exactly this path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Entry> {
        self.note(|| Touch::Entry(path.to_owned()));
        self.entries.get(path)
    }

    /// Whether there is a text at this path; it is not read for that.
    #[must_use]
    pub fn has_text(&self, path: &str) -> bool {
        let texts =
            |it: &Entry| matches!(it.content, Content::Text(_) | Content::Later(_) | Content::NotUtf8 { .. });
        self.get(path).is_some_and(texts)
    }

    /// The text at this path; for a file that is not UTF-8, what could be saved of it.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        match &self.get(path)?.content {
            Content::Text(text) | Content::NotUtf8 { lossy: text, .. } => Some(text),
            Content::Later(text) => {
                let read = || self.texts.as_ref().map_or_else(|| Arc::from(""), |it| (it.0)(path));
                Some(text.get_or_init(read))
            }
            _ => None,
        }
    }

    /// Every entry, in the order of paths.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &Entry)> {
        self.note(|| Touch::Below(String::new()));
        self.entries.iter().map(|(path, entry)| (path.as_str(), entry))
    }

    /// Every entry below a folder, at any depth, in the order of paths. `""` is the workspace.
    pub fn below<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, &'a Entry)> + use<'a> {
        self.note(|| Touch::Below(folder.to_owned()));
        self.all_below(folder)
    }

    fn all_below<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, &'a Entry)> + use<'a> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        self.entries
            .range(prefix.clone()..)
            .take_while(move |(path, _)| path.starts_with(&prefix))
            .map(|(path, entry)| (path.as_str(), entry))
    }

    /// The entries that stand directly in a folder.
    pub fn children<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, &'a Entry)> + use<'a> {
        self.note(|| Touch::Children(folder.to_owned()));
        self.directly_in(folder)
    }

    fn directly_in<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, &'a Entry)> + use<'a> {
        let skip = if folder.is_empty() { 0 } else { folder.len() + 1 };
        self.all_below(folder).filter(move |(path, _)| !path[skip..].contains('/'))
    }

    fn note(&self, touch: impl FnOnce() -> Touch) {
        if let Some(trace) = &self.trace {
            let touch = touch();
            trace.note(touch, |touch| self.print_of(touch));
        }
    }

    /// What was looked at, in a number that changes with it; nothing where a change could go unseen.
    pub(super) fn print_of(&self, touch: &Touch) -> Option<u64> {
        let of = |entries: &mut dyn Iterator<Item = (&str, &Entry)>| {
            let each = entries.map(|(path, entry)| Some((path, entry.print()?)));
            Some(print(&each.collect::<Option<Vec<_>>>()?))
        };
        match touch {
            Touch::Entry(path) => self.entries.get(path).map_or(Some(0), Entry::print),
            Touch::Children(folder) => of(&mut self.directly_in(folder)),
            Touch::Below(folder) => of(&mut self.all_below(folder)),
        }
    }

    /// Everything in it, in a number that changes with it; nothing where a change could go unseen.
    #[must_use]
    pub fn print(&self) -> Option<u64> {
        self.print_of(&Touch::Below(String::new()))
    }

    /// The texts by whose stamps it can be told that they have not changed.
    pub fn stamped_texts(&self) -> impl Iterator<Item = (&str, Stamp)> {
        let is_text = |it: &Entry| matches!(it.content, Content::Text(_) | Content::Later(_));
        self.entries
            .iter()
            .filter(move |(_, it)| is_text(it))
            .filter_map(|(path, it)| Some((path.as_str(), it.stamp?)))
    }
}

impl Entry {
    /// What is not a text that was read: without a stamp, known by what is said here.
    #[must_use]
    pub const fn plain(modified: Option<Timestamp>, size: u64, content: Content) -> Self {
        Self { modified, size, content, stamp: None }
    }

    /// A number that changes with the file; nothing where a change could go unseen. A folder is the
    /// same while it is there: what is in it has entries of its own.
    fn print(&self) -> Option<u64> {
        match &self.content {
            Content::Folder => Some(1),
            Content::Unread | Content::TooLarge => Some(print(&(2, self.modified, self.size))),
            Content::Text(_) | Content::Later(_) => self.stamp.map(|stamp| print(&(3, stamp))),
            Content::NotUtf8 { .. } => None,
            Content::Unreadable(why) => Some(print(&(4, why))),
            Content::LinkOutside(why) => Some(print(&(5, why))),
        }
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
