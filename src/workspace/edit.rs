//! Edits of plan files: one line or one new file at a time, compare-and-swap, nothing lost.
//!
//! Each edit happens under a lock keyed by the file's real path: read, check that *that line* is as
//! it was seen, write beside it, sync, rename. A change elsewhere in the file is no conflict, and
//! every other byte survives. The file is complete at every moment, also when we are killed: what
//! can be left behind is a hidden temporary file that no reader looks at.

use std::{
    collections::BTreeMap,
    fmt,
    fs::{self, File, Permissions},
    io::{self, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::fs::FlockOperation;
use sha2::{Digest as _, Sha256};

use super::{
    state::{StateFolder, private_file, private_folder, with_path},
    undo::{Created, Entry, Part, Swap, UndoStore},
};
use crate::plan::LineEdit;

/// What begins the name of every temporary file of ours.
pub(super) const TEMPORARY: &str = ".plandeck-";

/// Temporary files of this age have nobody any more.
const FORGOTTEN: Duration = Duration::from_hours(1);

/// Why an edit did not happen. Nothing was changed.
#[derive(Debug)]
pub enum EditError {
    /// The line is not what it was when it was read.
    Changed {
        /// Relative to the workspace.
        file: String,
        /// Counts from 1.
        line: usize,
        /// What stands there now; absent when the file ends before it.
        found: Option<String>,
    },
    /// The file to be created is there already.
    Exists {
        /// Relative to the workspace.
        file: String,
    },
    /// The path leads out of the workspace.
    Outside {
        /// As it was given.
        file: String,
    },
    /// There is no edit to take back.
    NothingToUndo,
    /// The file system refused.
    Io(io::Error),
}

impl fmt::Display for EditError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { file, line, found: Some(_) } => {
                write!(formatter, "{file}:{line} was changed by someone else meanwhile; nothing was written")
            }
            Self::Changed { file, line, found: None } => {
                write!(formatter, "{file} ends before line {line} now; nothing was written")
            }
            Self::Exists { file } => write!(formatter, "{file} is there already; nothing was written"),
            Self::Outside { file } => {
                write!(formatter, "{file} lies outside the workspace; nothing was written")
            }
            Self::NothingToUndo => formatter.write_str("there is no edit to take back"),
            Self::Io(error) => write!(formatter, "the file could not be written: {error}"),
        }
    }
}

impl std::error::Error for EditError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for EditError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Edits the plan files of one workspace.
#[derive(Clone, Debug)]
pub struct Editor {
    root: PathBuf,
    state: StateFolder,
    umask: u32,
}

impl Editor {
    /// For the workspace at `root` (absolute), with its locks and undo store in `state`. A new plan
    /// file is the user's, not ours: it is as readable as the user's `umask` makes it.
    pub fn new(root: impl Into<PathBuf>, state: StateFolder, umask: u32) -> Self {
        Self { root: root.into(), state, umask }
    }

    /// Replaces one line. `seen` and `new` are without their line ending, which is kept.
    ///
    /// # Errors
    /// [`EditError::Changed`] when the line is not `seen`; the others as they say.
    pub fn replace_line(&self, file: &str, line: usize, seen: &str, new: &str) -> Result<(), EditError> {
        let swap = Swap { file: file.to_owned(), line, before: seen.to_owned(), after: new.to_owned() };
        self.swap_lines(std::slice::from_ref(&swap), || self.remember(&Entry::Line(swap.clone())))
    }

    /// Replaces lines, of one file or of several: all of them, or none when one is not as it was seen.
    /// They are one edit for [`Editor::undo`].
    ///
    /// # Errors
    /// [`EditError::Changed`] for the first line that is not as it was seen; the others as they say.
    pub fn replace_lines(&self, edits: &[LineEdit]) -> Result<(), EditError> {
        let swaps: Vec<Swap> = edits.iter().map(swap_of).collect();
        self.swap_lines(&swaps, || match swaps.as_slice() {
            [] => Ok(()),
            [only] => self.remember(&Entry::Line(only.clone())),
            several => self.remember(&Entry::Lines { swaps: several.to_vec() }),
        })
    }

    /// The same for the many edits of one errand (a run), which are one edit for [`Editor::undo`] as
    /// long as nobody else has edited in between. `keep` is handed each file's bytes before it changes.
    ///
    /// # Errors
    /// As [`Editor::replace_lines`].
    pub fn replace_lines_for(
        &self,
        errand: &str,
        edits: &[LineEdit],
        keep: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
    ) -> Result<(), EditError> {
        let swaps: Vec<Swap> = edits.iter().map(swap_of).collect();
        self.swap_keeping(&swaps, keep, || {
            self.undo_store().add(errand, &Part::Swaps { swaps: swaps.clone() })
        })
    }

    /// Creates a file for an errand, unless it is there already; says whether it was made.
    ///
    /// # Errors
    /// When the path leads outside or the file system refuses.
    pub fn create_for(&self, errand: &str, file: &str, text: &str) -> Result<bool, EditError> {
        let made = self.make(file, text, |hash| {
            self.undo_store().add(errand, &Part::Created(Created { file: file.to_owned(), hash }))
        });
        match made {
            Ok(()) => Ok(true),
            Err(EditError::Exists { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn swap_lines(&self, swaps: &[Swap], record: impl FnOnce() -> io::Result<()>) -> Result<(), EditError> {
        self.swap_keeping(swaps, &mut |_, _| Ok(()), record)
    }

    /// Every file is locked before the first is looked at, and every line is looked at before the
    /// first file is written; `record` is called while they are still locked.
    fn swap_keeping(
        &self,
        swaps: &[Swap],
        keep: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
        record: impl FnOnce() -> io::Result<()>,
    ) -> Result<(), EditError> {
        let mut files = BTreeMap::<PathBuf, Vec<&Swap>>::new();
        for swap in swaps {
            files.entry(self.real(&swap.file)?).or_default().push(swap);
        }
        // In the order of their paths, so that two who want the same files don't wait for each other.
        let locks = files.keys().map(|real| self.lock(real));
        let _locks: Vec<File> = locks.collect::<io::Result<_>>()?;
        let mut edited = Vec::with_capacity(files.len());
        for (real, swaps) in &mut files {
            let before = fs::read(real).map_err(|error| with_path(error, real))?;
            let after = with_lines_swapped(&before, swaps)?;
            let file = swaps.first().map_or("", |swap| &swap.file);
            keep(file, &before)?;
            edited.push((real.as_path(), after));
        }
        replace_files(&edited)?;
        Ok(record()?)
    }

    /// Creates a file with this text, and the folders that lead to it.
    ///
    /// # Errors
    /// [`EditError::Exists`] when it is there already; the others as they say.
    pub fn create(&self, file: &str, text: &str) -> Result<(), EditError> {
        self.make(file, text, |hash| self.remember(&Entry::Created { file: file.to_owned(), hash }))
    }

    fn make(
        &self,
        file: &str,
        text: &str,
        record: impl FnOnce(String) -> io::Result<()>,
    ) -> Result<(), EditError> {
        let full = self.inside(file)?;
        let folder = full.parent().ok_or_else(|| EditError::Outside { file: file.to_owned() })?;
        fs::create_dir_all(folder).map_err(|error| with_path(error, folder))?;
        let _lock = self.lock(&full)?;
        if full.exists() {
            return Err(EditError::Exists { file: file.to_owned() });
        }
        let temporary = write_beside(&full, text.as_bytes(), Permissions::from_mode(0o666 & !self.umask))?;
        sweep(folder, temporary.as_file());
        temporary.persist_noclobber(&full).map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => EditError::Exists { file: file.to_owned() },
            _ => EditError::Io(with_path(error.error, &full)),
        })?;
        sync_folder(&full)?;
        Ok(record(hash(text.as_bytes()))?)
    }

    /// Replaces a whole small file, such as the settings, when it is still what was read.
    ///
    /// # Errors
    /// [`EditError::Changed`] when it is not.
    pub fn replace_all(&self, file: &str, seen: &str, new: &str) -> Result<(), EditError> {
        let real = self.real(file)?;
        let _lock = self.lock(&real)?;
        unchanged(&real, file, &hash(seen.as_bytes()))?;
        Ok(replace_file(&real, new.as_bytes())?)
    }

    /// Adds text at the end of a file.
    ///
    /// # Errors
    /// When the file is not there or can't be written.
    pub fn append(&self, file: &str, text: &str) -> Result<(), EditError> {
        let real = self.real(file)?;
        let _lock = self.lock(&real)?;
        let mut bytes = fs::read(&real).map_err(|error| with_path(error, &real))?;
        let kept = bytes.len();
        bytes.extend_from_slice(text.as_bytes());
        replace_file(&real, &bytes)?;
        Ok(self.remember(&Entry::Appended { file: file.to_owned(), kept, hash: hash(&bytes) })?)
    }

    /// Takes the newest edit back and says which file it was.
    ///
    /// # Errors
    /// [`EditError::Changed`] when someone has edited since: the edit then stays on record.
    pub fn undo(&self) -> Result<String, EditError> {
        self.undo_of(|_| true)
    }

    /// Takes the newest edit back of those whose file is `meant`. An older edit than the newest of
    /// all can be taken back as long as its own lines are as it left them.
    ///
    /// # Errors
    /// As [`Editor::undo`].
    pub fn undo_of(&self, meant: impl Fn(&str) -> bool) -> Result<String, EditError> {
        let store = self.undo_store();
        let _alone = store.lock()?;
        let newest = store.newest(&meant)?.ok_or(EditError::NothingToUndo)?;
        match &newest.entry {
            Entry::Line(swap) => self.swap_lines(&[swap.clone().reversed()], || Ok(()))?,
            Entry::Lines { swaps } => {
                let back: Vec<Swap> = swaps.iter().cloned().map(Swap::reversed).collect();
                self.swap_lines(&back, || Ok(()))?;
            }
            Entry::Appended { file, kept, hash } => {
                let real = self.real(file)?;
                let _lock = self.lock(&real)?;
                let now = unchanged(&real, file, hash)?;
                replace_file(&real, &now[..*kept])?;
            }
            Entry::Created { file, hash } => self.uncreate(file, hash)?,
            Entry::Errand { swaps, created, .. } => {
                for Created { file, hash } in created {
                    unchanged(&self.real(file)?, file, hash)?;
                }
                self.swap_lines(&taken_back(swaps), || Ok(()))?;
                for Created { file, hash } in created {
                    self.uncreate(file, hash)?;
                }
            }
        }
        let file = newest.entry.file().to_owned();
        newest.forget()?;
        Ok(file)
    }

    /// Removes a file that was made here, when it is still what was made.
    fn uncreate(&self, file: &str, hash: &str) -> Result<(), EditError> {
        let real = self.real(file)?;
        let _lock = self.lock(&real)?;
        unchanged(&real, file, hash)?;
        fs::remove_file(&real).map_err(|error| with_path(error, &real))?;
        Ok(sync_folder(&real)?)
    }

    fn remember(&self, entry: &Entry) -> io::Result<()> {
        self.undo_store().push(entry).map(|_| ())
    }

    fn undo_store(&self) -> UndoStore {
        UndoStore::at(self.state.undo())
    }

    /// The path in the workspace, refused when it climbs out by `..` or is absolute elsewhere.
    fn inside(&self, file: &str) -> Result<PathBuf, EditError> {
        let outside = || EditError::Outside { file: file.to_owned() };
        let climbs = Path::new(file).components().any(|it| matches!(it, std::path::Component::ParentDir));
        let full = self.root.join(file);
        if climbs || !full.starts_with(&self.root) {
            return Err(outside());
        }
        let existing = full.ancestors().find(|it| it.exists()).ok_or_else(outside)?;
        let real = fs::canonicalize(existing)?;
        if !real.starts_with(fs::canonicalize(&self.root)?) {
            return Err(outside());
        }
        Ok(full)
    }

    /// The file behind links, so that the link itself survives an edit.
    fn real(&self, file: &str) -> Result<PathBuf, EditError> {
        let full = self.inside(file)?;
        Ok(fs::canonicalize(&full).map_err(|error| with_path(error, &full))?)
    }

    fn lock(&self, real: &Path) -> io::Result<File> {
        let folder = self.state.root().join("locks");
        self.state.create()?;
        private_folder(&folder)?;
        let key = hash(real.as_os_str().as_encoded_bytes());
        let lock = private_file(&folder.join(&key[..24]))?;
        rustix::fs::flock(&lock, FlockOperation::LockExclusive)?;
        Ok(lock)
    }
}

fn swap_of(edit: &LineEdit) -> Swap {
    Swap { file: edit.file.clone(), line: edit.line, before: edit.seen.clone(), after: edit.new.clone() }
}

/// What takes the swaps of an errand back at once: each line from how it was left to how it was found.
fn taken_back(swaps: &[Swap]) -> Vec<Swap> {
    let mut lines = BTreeMap::<(&str, usize), Swap>::new();
    for swap in swaps {
        lines
            .entry((&swap.file, swap.line))
            .and_modify(|whole| whole.after.clone_from(&swap.after))
            .or_insert_with(|| swap.clone());
    }
    lines.into_values().map(Swap::reversed).collect()
}

/// The bytes with lines swapped, each when it is as it was seen. One walk through the file.
fn with_lines_swapped(bytes: &[u8], swaps: &mut [&Swap]) -> Result<Vec<u8>, EditError> {
    swaps.sort_by_key(|swap| swap.line);
    let mut made = Vec::with_capacity(bytes.len() + 64 * swaps.len());
    let (mut taken, mut line) = (0, 1);
    let mut start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    for swap in swaps.iter() {
        let changed = |found: Option<&[u8]>| EditError::Changed {
            file: swap.file.clone(),
            line: swap.line,
            found: found.map(|it| String::from_utf8_lossy(it).into_owned()),
        };
        while line < swap.line {
            let next = memchr::memchr(b'\n', &bytes[start..]).ok_or_else(|| changed(None))?;
            start += next + 1;
            line += 1;
        }
        let end = line_end(bytes, start).filter(|_| start < bytes.len() || line == 1);
        let end = end.ok_or_else(|| changed(None))?;
        if start < taken || &bytes[start..end] != swap.before.as_bytes() {
            return Err(changed(Some(&bytes[start..end])));
        }
        made.extend_from_slice(&bytes[taken..start]);
        made.extend_from_slice(swap.after.as_bytes());
        taken = end;
    }
    made.extend_from_slice(&bytes[taken..]);
    Ok(made)
}

/// Where the text of the line that begins here ends.
fn line_end(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = bytes.get(start..)?;
    let end = memchr::memchr(b'\n', rest).map_or(bytes.len(), |it| start + it);
    Some(if bytes[start..end].ends_with(b"\r") { end - 1 } else { end })
}

/// Replaces a file's bytes at once; its permissions stay.
fn replace_file(real: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_files(&[(real, bytes.to_vec())])
}

/// The same for several files: all are written and synced before the first takes its place.
fn replace_files(edited: &[(&Path, Vec<u8>)]) -> io::Result<()> {
    let mut ready = Vec::with_capacity(edited.len());
    for (real, bytes) in edited {
        let permissions = fs::metadata(real).map_err(|error| with_path(error, real))?.permissions();
        ready.push((*real, write_beside(real, bytes, permissions)?));
    }
    let mut folders = BTreeMap::new();
    for (real, temporary) in ready {
        let file = temporary.persist(real).map_err(|error| with_path(error.error, real))?;
        folders.insert(real.parent().unwrap_or(Path::new(".")), (real, file));
    }
    for (folder, (real, file)) in folders {
        sweep(folder, &file);
        sync_folder(real)?;
    }
    Ok(())
}

/// The file's bytes, when they are still what an edit of ours left.
fn unchanged(real: &Path, file: &str, left: &str) -> Result<Vec<u8>, EditError> {
    let now = fs::read(real).map_err(|error| with_path(error, real))?;
    if hash(&now) == left {
        return Ok(now);
    }
    Err(EditError::Changed { file: file.to_owned(), line: 1, found: Some(String::new()) })
}

/// A synced temporary file in the same folder, with the permissions of what it will be.
fn write_beside(
    target: &Path,
    bytes: &[u8],
    permissions: Permissions,
) -> io::Result<tempfile::NamedTempFile> {
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY).suffix(".tmp");
    let mut temporary = builder.tempfile_in(folder).map_err(|error| with_path(error, folder))?;
    temporary.write_all(bytes).map_err(|error| with_path(error, target))?;
    temporary.as_file().set_permissions(permissions).map_err(|error| with_path(error, target))?;
    temporary.as_file().sync_all().map_err(|error| with_path(error, target))?;
    Ok(temporary)
}

/// Removes what writers that were killed long ago have left here. Age is told by the file system's
/// own clock, from the file that was made just now; one that is younger may belong to somebody.
fn sweep(folder: &Path, newest: &File) {
    let modified = |it: io::Result<fs::Metadata>| it.and_then(|it| it.modified()).ok();
    let Some(now) = modified(newest.metadata()) else { return };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_ours = name.starts_with(TEMPORARY) && name.ends_with(".tmp");
        let age = is_ours.then(|| modified(entry.metadata())).flatten();
        if age.is_some_and(|it| now.duration_since(it).is_ok_and(|age| age > FORGOTTEN)) {
            // Somebody else may have swept it already.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|it| it.sync_all()).map_err(|error| with_path(error, folder))
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        text
    })
}

#[cfg(test)]
mod tests;
