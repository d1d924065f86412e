//! Which files came to be or changed while something ran: two listings, compared.
//!
//! Nothing is opened and nothing hashed: size, time of change and inode tell. Links are listed as what
//! they are and never followed.

use std::{
    collections::BTreeMap,
    fs::{self, Metadata},
    io::{self, BufReader, BufWriter, Write as _},
    os::unix::fs::MetadataExt as _,
    path::{Component, Path, PathBuf},
};

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use serde::{Deserialize, Serialize};

use super::state::private_file;

/// Most files a listing holds. Beyond, it says nothing rather than something false.
const MOST: usize = 200_000;

/// The files that some patterns name, as they are now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    files: BTreeMap<PathBuf, Print>,
    /// There were more: only what sorts up to the last of them is known.
    cut: bool,
}

/// What changes when a file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Print {
    size: u64,
    seconds: i64,
    nanos: i64,
    inode: u64,
}

impl Snapshot {
    /// Lists what `patterns` (relative to `root`; a folder stands for all that is in it; `*` stays within
    /// a name and `**` does not) name there. `.git` and the folders in `skip` are left out, and so is
    /// everything outside of `root`, whatever a pattern says.
    ///
    /// What can't be read is not listed: a snapshot is help, never a reason to fail.
    #[must_use]
    pub fn take(root: &Path, skip: &[&Path], patterns: &[String]) -> Self {
        let patterns: Vec<String> = patterns.iter().filter_map(|it| within(root, it)).collect();
        let mut walk = Walk { root, skip, wanted: wanted(&patterns), found: Self::default() };
        for start in starts(&patterns) {
            walk.visit(&start);
        }
        walk.found
    }

    /// Writes the listing into a new file that only its owner can read. Names that are no UTF-8 are left
    /// out.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let files = self.files.iter().filter(|(path, _)| path.to_str().is_some());
        let plain =
            Self { files: files.map(|(path, print)| (path.clone(), *print)).collect(), cut: self.cut };
        let mut file = BufWriter::new(private_file(path)?);
        serde_json::to_writer(&mut file, &plain)?;
        file.flush()
    }

    /// Reads a listing that was written before.
    ///
    /// # Errors
    /// When there is none, or it can't be understood.
    pub fn read(path: &Path) -> io::Result<Self> {
        Ok(serde_json::from_reader(BufReader::new(fs::File::open(path)?))?)
    }

    /// True when this listing knows how this path was.
    fn knows(&self, path: &Path) -> bool {
        !self.cut || self.files.last_key_value().is_some_and(|(last, _)| path <= last.as_path())
    }
}

/// What was created or changed between two listings, sorted, relative to their root. What was removed
/// is not among it.
#[must_use]
pub fn changes(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let changed = |(path, print): &(&PathBuf, &Print)| {
        before.knows(path) && before.files.get(*path).is_none_or(|was| was != *print)
    };
    after.files.iter().filter(changed).map(|(path, _)| path.to_string_lossy().into_owned()).collect()
}

/// What was created, changed or removed between two listings, sorted.
pub(super) fn differences(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let removed = before.files.keys().filter(|path| after.knows(path) && !after.files.contains_key(*path));
    let removed = removed.map(|path| path.to_string_lossy().into_owned());
    let mut all: Vec<String> = changes(before, after).into_iter().chain(removed).collect();
    all.sort_unstable();
    all
}

struct Walk<'a> {
    root: &'a Path,
    skip: &'a [&'a Path],
    wanted: GlobSet,
    found: Snapshot,
}

impl Walk<'_> {
    /// Takes in a file or all that is in a folder, in the order in which paths sort.
    fn visit(&mut self, path: &Path) {
        let full = self.root.join(path);
        if self.found.cut || self.is_skipped(path, &full) {
            return;
        }
        let Ok(metadata) = fs::symlink_metadata(&full) else { return };
        if !metadata.is_dir() {
            return self.take_in(path, &metadata);
        }
        let Ok(entries) = fs::read_dir(&full) else { return };
        let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
        names.sort_unstable();
        for name in names {
            self.visit(&path.join(name));
        }
    }

    fn take_in(&mut self, path: &Path, metadata: &Metadata) {
        if !self.wanted.is_match(path) {
            return;
        }
        if self.found.files.len() == MOST {
            self.found.cut = true;
            return;
        }
        let print = Print {
            size: metadata.size(),
            seconds: metadata.mtime(),
            nanos: metadata.mtime_nsec(),
            inode: metadata.ino(),
        };
        self.found.files.insert(path.to_owned(), print);
    }

    fn is_skipped(&self, path: &Path, full: &Path) -> bool {
        path.file_name().is_some_and(|name| name == ".git") || self.skip.contains(&full)
    }
}

/// The pattern relative to `root`, plain; none when it leads outside.
fn within(root: &Path, pattern: &str) -> Option<String> {
    let pattern = Path::new(pattern);
    let relative = if pattern.is_absolute() { pattern.strip_prefix(root).ok()? } else { pattern };
    let inside = relative.components().all(|it| matches!(it, Component::Normal(_) | Component::CurDir));
    let plain: PathBuf = relative.components().filter(|it| *it != Component::CurDir).collect();
    inside.then(|| plain.to_string_lossy().into_owned())
}

/// What a pattern names, and what is in the folders it names.
fn wanted(patterns: &[String]) -> GlobSet {
    let mut wanted = GlobSetBuilder::new();
    for pattern in patterns {
        let inside = if pattern.is_empty() { "**".to_owned() } else { format!("{pattern}/**") };
        for glob in [glob(pattern), glob(&inside)].into_iter().flatten() {
            wanted.add(glob);
        }
    }
    wanted.build().unwrap_or_default()
}

/// A pattern with mistakes in it is taken as a name.
fn glob(pattern: &str) -> Option<Glob> {
    let build = |text: &str| GlobBuilder::new(text).literal_separator(true).build();
    build(pattern).or_else(|_| build(&globset::escape(pattern))).ok()
}

/// Where to walk: the folders before the first special character, without those inside another.
fn starts(patterns: &[String]) -> Vec<PathBuf> {
    let is_plain =
        |it: &Component<'_>| !it.as_os_str().to_string_lossy().contains(['*', '?', '[', '{', '\\']);
    let mut starts: Vec<PathBuf> =
        patterns.iter().map(|it| Path::new(it).components().take_while(is_plain).collect()).collect();
    starts.sort_unstable();
    // Sorted, a folder comes right before what is in it.
    starts.dedup_by(|later, earlier| later.starts_with(&*earlier));
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn check(patterns: &[&str], expected: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for path in ["docs/kept.md", "docs/grown.md", "src/a.rs", "docs/deep/gone.md", "notes.md"] {
            write(root, path, "old");
        }
        let patterns: Vec<String> =
            patterns.iter().map(|&it| it.replace("ROOT", root.to_str().unwrap())).collect();
        let state = root.join(".plandeck");
        let take = || Snapshot::take(root, &[&state], &patterns);
        let before = take();
        assert_eq!(changes(&before, &take()), [""; 0], "nothing happened");
        write(root, "docs/grown.md", "old and new");
        write(root, "docs/deep/made.md", "new");
        write(root, "src/b.rs", "new");
        write(root, "src/b.txt", "new");
        write(root, "src/.git/index", "new");
        write(root, ".plandeck/journal.db", "new");
        write(root, "docs.old/x", "new");
        fs::remove_file(root.join("docs/deep/gone.md")).unwrap();
        // Another file under the same name, of the same size.
        write(root, "note.tmp", "own");
        fs::rename(root.join("note.tmp"), root.join("notes.md")).unwrap();
        assert_eq!(changes(&before, &take()), expected, "{patterns:?}");
    }

    #[test]
    fn what_was_created_or_changed_is_listed_in_order() {
        check(&["docs"], &["docs/deep/made.md", "docs/grown.md"]);
        check(&["docs/", "docs/deep"], &["docs/deep/made.md", "docs/grown.md"]);
        check(&["docs/*.md"], &["docs/grown.md"]);
        check(&["docs/**/*.md"], &["docs/deep/made.md", "docs/grown.md"]);
        check(&["src/*.rs", "notes.md"], &["notes.md", "src/b.rs"]);
        check(&["ROOT/src/{a,b}.rs"], &["src/b.rs"]);
        check(
            &["missing", "[", ""],
            &["docs/deep/made.md", "docs/grown.md", "docs.old/x", "notes.md", "src/b.rs", "src/b.txt"],
        );
    }

    #[test]
    fn nothing_outside_of_the_workspace_is_looked_at() {
        for pattern in ["../x", "/etc", "docs/../../x"] {
            assert_eq!(within(Path::new("/srv/space"), pattern), None, "{pattern}");
        }
    }

    #[test]
    fn a_listing_that_was_cut_claims_nothing_about_the_rest() {
        let print = Print { size: 1, seconds: 1, nanos: 1, inode: 1 };
        let files = |names: &[&str]| names.iter().map(|name| (PathBuf::from(name), print)).collect();
        let before = Snapshot { files: files(&["a", "c"]), cut: true };
        let after = Snapshot { files: files(&["a", "b", "c", "d"]), cut: false };
        assert_eq!(changes(&before, &after), ["b"]);
    }

    #[test]
    fn a_link_is_listed_and_not_followed() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let before = Snapshot::take(folder.path(), &[], &[String::new()]);
        write(outside.path(), "secret", "x");
        std::os::unix::fs::symlink(outside.path(), folder.path().join("link")).unwrap();
        let after = Snapshot::take(folder.path(), &[], &[String::new()]);
        assert_eq!(changes(&before, &after), ["link"]);
    }
}
