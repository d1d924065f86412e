//! The undo store: what each edit replaced, newest last. One small JSON file an edit, mode 0600.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
};

use serde::{Deserialize, Serialize};

use super::state::{private_folder, with_path};

/// Edits beyond this many are forgotten, the oldest first.
const MOST: usize = 1_000;

/// What one edit did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case")]
pub(super) enum Entry {
    /// A line was replaced.
    Line(Swap),
    /// Lines were replaced together, perhaps of several files.
    Lines { swaps: Vec<Swap> },
    /// A file was created with content of this hash.
    Created { file: String, hash: String },
    /// Text was added behind the first `kept` bytes; the whole has this hash.
    Appended { file: String, kept: usize, hash: String },
}

impl Entry {
    /// The file it is about; the first of several.
    pub(super) fn file(&self) -> &str {
        match self {
            Self::Line(swap) => &swap.file,
            Self::Lines { swaps } => swaps.first().map_or("", |swap| &swap.file),
            Self::Created { file, .. } | Self::Appended { file, .. } => file,
        }
    }
}

/// A line before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Swap {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) before: String,
    pub(super) after: String,
}

impl Swap {
    /// The other way round.
    pub(super) fn reversed(self) -> Self {
        Self { before: self.after, after: self.before, ..self }
    }
}

/// An entry and the file that holds it.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) entry: Entry,
    path: PathBuf,
}

impl Stored {
    /// Takes the entry off the record: it has been undone.
    pub(super) fn forget(self) -> io::Result<()> {
        fs::remove_file(&self.path).map_err(|error| with_path(error, &self.path))
    }
}

/// A folder of numbered entries.
#[derive(Debug)]
pub(super) struct UndoStore {
    folder: PathBuf,
}

impl UndoStore {
    pub(super) const fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Adds an entry as the newest. Several processes may do so at once: a number is taken by
    /// creating its file.
    pub(super) fn push(&self, entry: &Entry) -> io::Result<()> {
        private_folder(&self.folder)?;
        let text = serde_json::to_vec(entry).map_err(io::Error::other)?;
        let numbers = self.numbers()?;
        let mut number = numbers.last().map_or(1, |it| it + 1);
        loop {
            let path = self.path(number);
            match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
                Ok(mut file) => {
                    file.write_all(&text).map_err(|error| with_path(error, &path))?;
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(with_path(error, &path)),
            }
        }
        for old in numbers.iter().take((numbers.len() + 1).saturating_sub(MOST)) {
            fs::remove_file(self.path(*old)).ok();
        }
        Ok(())
    }

    /// The newest entry about a file that is `meant`; one that was cut off by a crash is passed over.
    pub(super) fn newest(&self, meant: &dyn Fn(&str) -> bool) -> io::Result<Option<Stored>> {
        for number in self.numbers()?.into_iter().rev() {
            let path = self.path(number);
            let Ok(text) = fs::read(&path) else { continue };
            let entry: Option<Entry> = serde_json::from_slice(&text).ok();
            if let Some(entry) = entry.filter(|it| meant(it.file())) {
                return Ok(Some(Stored { entry, path }));
            }
        }
        Ok(None)
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:012}.json"))
    }

    fn numbers(&self) -> io::Result<Vec<u64>> {
        let children = match fs::read_dir(&self.folder) {
            Ok(children) => children,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(with_path(error, &self.folder)),
        };
        let mut numbers: Vec<u64> = children
            .flatten()
            .filter_map(|child| child.file_name().to_str()?.strip_suffix(".json")?.parse().ok())
            .collect();
        numbers.sort_unstable();
        Ok(numbers)
    }
}
