//! The undo store: what each edit replaced, newest last. One small JSON file an edit, mode 0600.
//!
//! The edits of an errand (a run that writes its plan) share a file, to which lines are added as long as
//! it is the newest: what thousands of tasks did is taken back at once, and adding costs the same
//! however many there are.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use rustix::fs::FlockOperation;

use super::state::{private_file, private_folder, with_path};

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
    /// Many edits for one purpose; they follow in the file, one [`Part`] a line.
    Errand {
        errand: String,
        #[serde(skip)]
        swaps: Vec<Swap>,
        #[serde(skip)]
        created: Vec<Created>,
    },
}

/// A file that was made, by the hash of what was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Created {
    pub(super) file: String,
    pub(super) hash: String,
}

/// What was done for an errand at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "snake_case")]
pub(super) enum Part {
    /// Lines were replaced.
    Swaps { swaps: Vec<Swap> },
    /// A file was created.
    Created(Created),
}

impl Entry {
    /// The file it is about; the first of several.
    pub(super) fn file(&self) -> &str {
        match self {
            Self::Line(swap) => &swap.file,
            Self::Lines { swaps } => swaps.first().map_or("", |swap| &swap.file),
            Self::Created { file, .. } | Self::Appended { file, .. } => file,
            Self::Errand { swaps, created, .. } => {
                let first = swaps.first().map(|it| &it.file);
                first.or_else(|| created.first().map(|it| &it.file)).map_or("", String::as_str)
            }
        }
    }

    /// Reads an entry; what a crash cut off at the end of an errand is passed over.
    fn read(text: &[u8]) -> Option<Self> {
        let mut lines = text.split(|byte| *byte == b'\n');
        let mut entry: Self = serde_json::from_slice(lines.next()?).ok()?;
        if let Self::Errand { swaps, created, .. } = &mut entry {
            for part in lines.map_while(|line| serde_json::from_slice::<Part>(line).ok()) {
                match part {
                    Part::Swaps { swaps: more } => swaps.extend(more),
                    Part::Created(more) => created.push(more),
                }
            }
        }
        Some(entry)
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

    /// Held by who takes an entry back or adds to one: the two would not fit together.
    pub(super) fn lock(&self) -> io::Result<File> {
        private_folder(&self.folder)?;
        let lock = private_file(&self.folder.join("lock"))?;
        rustix::fs::flock(&lock, FlockOperation::LockExclusive)?;
        Ok(lock)
    }

    /// Adds to the newest entry when it is of this errand, else begins one.
    pub(super) fn add(&self, errand: &str, part: &Part) -> io::Result<()> {
        let _alone = self.lock()?;
        let line = serde_json::to_string(part).map_err(io::Error::other)? + "\n";
        if let Some(path) = self.numbers()?.last().map(|number| self.path(*number))
            && is_of_errand(&path, errand)
        {
            return private_file(&path)?.write_all(line.as_bytes()).map_err(|error| with_path(error, &path));
        }
        let entry = Entry::Errand { errand: errand.to_owned(), swaps: Vec::new(), created: Vec::new() };
        let path = self.push(&entry)?;
        private_file(&path)?
            .write_all(format!("\n{line}").as_bytes())
            .map_err(|error| with_path(error, &path))
    }

    /// Adds an entry as the newest and says where it is. Several processes may do so at once: a number is taken by
    /// creating its file.
    pub(super) fn push(&self, entry: &Entry) -> io::Result<PathBuf> {
        private_folder(&self.folder)?;
        let text = serde_json::to_vec(entry).map_err(io::Error::other)?;
        let numbers = self.numbers()?;
        let mut number = numbers.last().map_or(1, |it| it + 1);
        let made = loop {
            let path = self.path(number);
            match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
                Ok(mut file) => {
                    file.write_all(&text).map_err(|error| with_path(error, &path))?;
                    break path;
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(with_path(error, &path)),
            }
        };
        for old in numbers.iter().take((numbers.len() + 1).saturating_sub(MOST)) {
            fs::remove_file(self.path(*old)).ok();
        }
        Ok(made)
    }

    /// The newest entry about a file that is `meant`; one that was cut off by a crash is passed over.
    pub(super) fn newest(&self, meant: &dyn Fn(&str) -> bool) -> io::Result<Option<Stored>> {
        for number in self.numbers()?.into_iter().rev() {
            let path = self.path(number);
            let Ok(text) = fs::read(&path) else { continue };
            if let Some(entry) = Entry::read(&text).filter(|it| meant(it.file())) {
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

/// True when this entry gathers the edits of this errand.
fn is_of_errand(path: &Path, errand: &str) -> bool {
    let mut first = String::new();
    let read = File::open(path).and_then(|file| BufReader::new(file).read_line(&mut first));
    let entry: Option<Entry> = read.ok().and_then(|_| serde_json::from_str(&first).ok());
    matches!(entry, Some(Entry::Errand { errand: own, .. }) if own == errand)
}
