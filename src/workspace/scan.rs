//! Lists a workspace for the readers: names, sizes, times, and the texts they ask for.
//!
//! Only the folders in which a dialect keeps plans are walked, so that a workspace inside a large
//! repository costs no more than its plans. Every bound that is reached is a problem, never silence.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File, Metadata},
    io::{self, Read as _},
    num::NonZero,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    thread,
};

use crate::{
    clock::Timestamp,
    plan::{
        Place, hands,
        listing::{Content, Entry, Listing, Stamp, Want},
        problem::{Code, Problem},
    },
};

/// How much is listed and read at most.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Folders within folders.
    pub depth: usize,
    /// Files and folders in all.
    pub entries: usize,
    /// Bytes of a single text.
    pub file_bytes: u64,
    /// Bytes of all texts together.
    pub total_bytes: u64,
    /// Threads that read texts, and that readers may use.
    pub threads: usize,
}

impl Default for Bounds {
    /// A file over 16 MiB is no plan; the others are far beyond any workspace seen. Reading is bound
    /// by memory before it is bound by more than a few threads.
    fn default() -> Self {
        let threads = thread::available_parallelism().map_or(1, NonZero::get).min(4);
        Self { depth: 24, entries: 200_000, file_bytes: 16 << 20, total_bytes: 1 << 30, threads }
    }
}

/// What to list.
pub struct Scan<'a> {
    /// The workspace, absolute.
    pub root: &'a Path,
    /// Names of folders directly in the workspace to walk into; `*` walks all but hidden ones.
    pub folders: &'a [&'a str],
    /// What the readers want of a file's path (relative, with `/`).
    pub wants: &'a dyn Fn(&str) -> Want,
    /// How much.
    pub bounds: Bounds,
}

/// What an earlier look knows, so that this one reads only what has changed since.
#[derive(Clone, Debug)]
pub struct Before {
    /// The stamps of files that were texts.
    pub texts: Arc<HashMap<String, Stamp>>,
    /// When this look begins. A file that has changed less than [`SETTLED`] ago may change again
    /// without its stamp showing it: clocks of file systems tick slowly.
    pub now: Timestamp,
}

/// Milliseconds after which the stamp of a file can be believed; some file systems count even seconds.
pub const SETTLED: i64 = 2_500;

/// What was listed, and what was wrong with the files as files.
#[derive(Debug, Default)]
pub struct Scanned {
    /// For the readers.
    pub listing: Listing,
    /// Bounds reached. Unreadable, oversized and undecodable files stand in the listing as such.
    pub problems: Vec<Problem>,
}

impl Scan<'_> {
    /// Walks the workspace. Never fails: what can't be read is an entry that says so.
    pub fn run(&self) -> Scanned {
        self.walk(None)
    }

    /// The same after an earlier look: a text whose stamp is the same is read when it is asked for.
    pub fn run_after(&self, before: &Before) -> Scanned {
        self.walk(Some(before))
    }

    fn walk(&self, before: Option<&Before>) -> Scanned {
        let mut walk = Walk {
            scan: self,
            before,
            scanned: Scanned::default(),
            entries: 0,
            bytes: 0,
            real_root: fs::canonicalize(self.root).unwrap_or_else(|_| self.root.to_owned()),
            on_the_way: HashSet::new(),
            bound_said: false,
            texts: Vec::new(),
        };
        let metadata = fs::metadata(self.root).ok();
        walk.folder(self.root, "", metadata.as_ref(), 0);
        walk.read_texts();
        let Walk { mut scanned, .. } = walk;
        scanned.listing = scanned.listing.on_threads(self.bounds.threads);
        if before.is_some() {
            let root = self.root.to_owned();
            // What has changed meanwhile is seen by its stamp at the next look.
            scanned.listing = scanned.listing.reading(move |path| match read_text(&root.join(path), 0) {
                Content::Text(text) | Content::NotUtf8 { lossy: text, .. } => text,
                _ => Arc::from(""),
            });
        }
        scanned
    }

    /// Lists a single file that a person named, wherever it lies, with its text.
    pub fn single(&self, path: &str) -> Scanned {
        let mut scanned = Scanned::default();
        let full = self.root.join(path);
        let entry = match fs::metadata(&full) {
            Ok(metadata) if metadata.is_file() => text_entry(&full, &metadata, self.bounds, None),
            Ok(_) => no_file(),
            Err(error) => unreadable(&error),
        };
        scanned.listing.insert(path, entry);
        scanned
    }
}

/// A file whose text is read when all names are known.
struct Wanted {
    path: String,
    full: PathBuf,
    metadata: Metadata,
    stamp: Option<Stamp>,
}

struct Walk<'a> {
    scan: &'a Scan<'a>,
    before: Option<&'a Before>,
    scanned: Scanned,
    entries: usize,
    bytes: u64,
    real_root: PathBuf,
    /// Device and inode of every folder between the root and here: a link to one of them is a circle.
    on_the_way: HashSet<(u64, u64)>,
    bound_said: bool,
    texts: Vec<Wanted>,
}

impl Walk<'_> {
    fn read_texts(&mut self) {
        let wanted = std::mem::take(&mut self.texts);
        let bounds = self.scan.bounds;
        let read = |it: &Wanted| text_entry(&it.full, &it.metadata, bounds, it.stamp);
        let entries = hands::each(bounds.threads, &wanted, read);
        for (wanted, entry) in wanted.into_iter().zip(entries) {
            self.scanned.listing.insert(wanted.path, entry);
        }
    }

    fn folder(&mut self, full: &Path, path: &str, metadata: Option<&Metadata>, depth: usize) {
        let identity = metadata.map(|it| (it.dev(), it.ino()));
        if identity.is_some_and(|it| !self.on_the_way.insert(it)) {
            let content = Content::LinkOutside("it leads back to a folder above it".to_owned());
            self.scanned.listing.insert(path, Entry::plain(None, 0, content));
            return;
        }
        match fs::read_dir(full) {
            Ok(children) => {
                let mut children: Vec<_> = children.flatten().map(|it| (it.file_name(), it)).collect();
                children.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
                for (name, child) in children {
                    self.child(&child, &name.to_string_lossy(), path, depth);
                }
            }
            Err(error) => self.scanned.listing.insert(path, unreadable(&error)),
        }
        if let Some(identity) = identity {
            self.on_the_way.remove(&identity);
        }
    }

    fn child(&mut self, child: &fs::DirEntry, name: &str, parent: &str, depth: usize) {
        let path = if parent.is_empty() { name.to_owned() } else { format!("{parent}/{name}") };
        let is_link = child.file_type().is_ok_and(|it| it.is_symlink());
        if depth == 0 && !self.is_asked_for(name, child, is_link) {
            return;
        }
        if self.entries >= self.scan.bounds.entries {
            self.say_bound(&path, "too many files");
            return;
        }
        self.entries += 1;
        let full = child.path();
        if is_link && let Some(content) = self.leads_outside(&full) {
            self.scanned.listing.insert(path, Entry::plain(None, 0, content));
            return;
        }
        // `metadata` of a DirEntry does not follow links; a link that stays inside is followed.
        let metadata = if is_link { fs::metadata(&full) } else { child.metadata() };
        match metadata {
            Ok(metadata) if metadata.is_dir() => self.enter(&full, &path, depth, &metadata),
            Ok(metadata) if metadata.is_file() => self.file(&full, path, &metadata),
            // Opening a pipe would wait for somebody who writes.
            Ok(_) if (self.scan.wants)(&path) == Want::Nothing => {}
            Ok(_) => self.scanned.listing.insert(path, no_file()),
            Err(error) => self.scanned.listing.insert(path, unreadable(&error)),
        }
    }

    /// Of the workspace's own children only the dialects' folders, and files that a reader wants.
    fn is_asked_for(&self, name: &str, child: &fs::DirEntry, is_link: bool) -> bool {
        let is_folder = child.file_type().is_ok_and(|it| it.is_dir()) || is_link;
        let all = self.scan.folders.contains(&"*") && !name.starts_with('.');
        (is_folder && (all || self.scan.folders.contains(&name))) || (self.scan.wants)(name) != Want::Nothing
    }

    fn enter(&mut self, full: &Path, path: &str, depth: usize, metadata: &Metadata) {
        let entry = Entry::plain(modified(metadata), 0, Content::Folder);
        self.scanned.listing.insert(path, entry);
        if depth >= self.scan.bounds.depth {
            self.say_bound(path, "folders lie too deep");
            return;
        }
        self.folder(full, path, Some(metadata), depth + 1);
    }

    fn file(&mut self, full: &Path, path: String, metadata: &Metadata) {
        let mut want = (self.scan.wants)(&path);
        if want == Want::Nothing {
            return;
        }
        if want == Want::Text && self.bytes + metadata.len() > self.scan.bounds.total_bytes {
            self.say_bound(&path, "the plan files are too large together");
            want = Want::Name;
        }
        if want == Want::Text {
            self.bytes += metadata.len();
            let stamp = self.before.and_then(|it| it.stamp(metadata));
            let known = self.before.and_then(|it| it.texts.get(&path));
            if stamp.is_some() && known == stamp.as_ref() {
                let content = Content::Later(OnceLock::new());
                let entry = Entry { stamp, ..Entry::plain(modified(metadata), metadata.len(), content) };
                self.scanned.listing.insert(path, entry);
            } else {
                self.texts.push(Wanted { path, full: full.to_owned(), metadata: metadata.clone(), stamp });
            }
            return;
        }
        let entry = Entry::plain(modified(metadata), metadata.len(), Content::Unread);
        self.scanned.listing.insert(path, entry);
    }

    /// What to say of a link whose target is not inside the workspace.
    fn leads_outside(&self, full: &Path) -> Option<Content> {
        match fs::canonicalize(full) {
            Ok(target) if target.starts_with(&self.real_root) => None,
            Ok(target) => Some(Content::LinkOutside(format!("it leads to {}", target.display()))),
            Err(error) => Some(Content::LinkOutside(error.to_string())),
        }
    }

    fn say_bound(&mut self, path: &str, what: &str) {
        if std::mem::replace(&mut self.bound_said, true) {
            return;
        }
        let message = format!("{what}; this and what follows was not read");
        let fix = "exclude what is no plan in plandeck.toml: [plans] exclude = [\"folder/**\"]";
        self.scanned.problems.push(Problem::new(Code::BoundReached, Place::file(path), message, fix));
    }
}

fn modified(metadata: &Metadata) -> Option<Timestamp> {
    let millis = metadata.mtime().checked_mul(1_000)? + metadata.mtime_nsec() / 1_000_000;
    Some(Timestamp::from_millis(millis))
}

fn unreadable(error: &io::Error) -> Entry {
    Entry::plain(None, 0, Content::Unreadable(error.to_string()))
}

/// A pipe, a socket or a device where a plan's file should be.
fn no_file() -> Entry {
    Entry::plain(None, 0, Content::Unreadable("it is no ordinary file".to_owned()))
}

impl Before {
    /// What a file can be known by; nothing while it may still change without that.
    fn stamp(&self, metadata: &Metadata) -> Option<Stamp> {
        let settled = |seconds: i64| seconds.saturating_mul(1_000) < self.now.millis() - SETTLED;
        (settled(metadata.mtime()) && settled(metadata.ctime())).then(|| Stamp {
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
            inode: (metadata.dev(), metadata.ino()),
        })
    }
}

fn text_entry(full: &Path, metadata: &Metadata, bounds: Bounds, stamp: Option<Stamp>) -> Entry {
    let content = match metadata.len() {
        size if size > bounds.file_bytes => Content::TooLarge,
        size => read_text(full, size),
    };
    Entry { stamp, ..Entry::plain(modified(metadata), metadata.len(), content) }
}

/// `size` is what the file had a moment ago: room for it is made at once.
fn read_text(path: &Path, size: u64) -> Content {
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
    let read = File::open(path).and_then(|mut file| file.read_to_end(&mut bytes));
    if let Err(error) = read {
        return Content::Unreadable(error.to_string());
    }
    match String::from_utf8(bytes) {
        Ok(text) => Content::Text(text.strip_prefix('\u{feff}').unwrap_or(&text).into()),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let line = memchr::memchr_iter(b'\n', &bytes[..valid]).count() + 1;
            Content::NotUtf8 { line, lossy: String::from_utf8_lossy(&bytes).into() }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn scan(root: &Path, bounds: Bounds) -> Scanned {
        let wants = |path: &str| if path.contains(".md") { Want::Text } else { Want::Nothing };
        Scan { root, folders: &["plans"], wants: &wants, bounds }.run()
    }

    fn workspace() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("plans/a")).unwrap();
        fs::create_dir_all(root.path().join("src")).unwrap();
        fs::write(root.path().join("plans/a/one.md"), "\u{feff}# One\r\n").unwrap();
        fs::write(root.path().join("plans/a/bad.md"), b"ok\nnot \xff utf-8").unwrap();
        fs::write(root.path().join("src/two.md"), "# Two").unwrap();
        root
    }

    #[test]
    fn only_the_dialects_folders_are_walked_and_texts_lose_their_mark() {
        let root = workspace();
        let scanned = scan(root.path(), Bounds::default());
        assert_eq!(scanned.listing.text("plans/a/one.md"), Some("# One\r\n"));
        assert!(scanned.listing.get("src/two.md").is_none());
        assert!(scanned.problems.is_empty());
    }

    #[test]
    fn a_file_that_is_not_utf8_says_where() {
        let root = workspace();
        let scanned = scan(root.path(), Bounds::default());
        let entry = scanned.listing.get("plans/a/bad.md").unwrap();
        assert!(matches!(&entry.content, Content::NotUtf8 { line: 2, lossy } if lossy.contains('\u{fffd}')));
    }

    #[test]
    fn links_that_leave_or_loop_are_not_followed() {
        let root = workspace();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("x.md"), "# X").unwrap();
        symlink(outside.path(), root.path().join("plans/out")).unwrap();
        symlink(root.path().join("plans"), root.path().join("plans/loop")).unwrap();
        symlink(root.path().join("plans/a"), root.path().join("plans/b")).unwrap();
        let scanned = scan(root.path(), Bounds::default());
        let content = |path: &str| scanned.listing.get(path).map(|it| it.content.clone());
        assert!(matches!(content("plans/out"), Some(Content::LinkOutside(_))));
        assert!(matches!(content("plans/loop"), Some(Content::LinkOutside(_))));
        assert!(matches!(content("plans/b/one.md"), Some(Content::Text(_))), "a link that stays inside");
    }

    #[test]
    fn only_a_settled_file_whose_stamp_is_the_same_is_believed() {
        let root = workspace();
        let path = root.path().join("plans/a/one.md");
        let wants = |path: &str| if path.ends_with("one.md") { Want::Text } else { Want::Nothing };
        let folders = &["plans"];
        let scan = Scan { root: root.path(), folders, wants: &wants, bounds: Bounds::default() };
        let written = fs::metadata(&path).unwrap().mtime() * 1_000;
        let look = |texts: &Arc<HashMap<String, Stamp>>, later: i64| {
            let now = Timestamp::from_millis(written + later);
            scan.run_after(&Before { texts: Arc::clone(texts), now }).listing
        };
        let put_off =
            |listing: &Listing| matches!(listing.get("plans/a/one.md").unwrap().content, Content::Later(_));
        let texts = |listing: &Listing| {
            Arc::new(listing.stamped_texts().map(|(path, stamp)| (path.to_owned(), stamp)).collect())
        };
        let nothing = Arc::default();
        let fresh = look(&nothing, 1_000);
        assert!(!put_off(&fresh) && fresh.print().is_none(), "it may change within this tick");
        let first = look(&nothing, 60_000);
        assert!(!put_off(&first) && first.print().is_some());
        let known = texts(&first);
        let second = look(&known, 60_000);
        assert!(put_off(&second), "nothing has changed");
        assert_eq!(second.print(), first.print());
        assert_eq!(second.text("plans/a/one.md"), Some("# One\r\n"), "read when it is asked for");
        assert!(!put_off(&look(&known, 1_000)), "a clock that went back is not believed");
        fs::write(&path, "\u{feff}# Two\r\n").unwrap();
        let third = look(&known, 60_000);
        assert!(!put_off(&third), "of the same size, but of another time");
        assert_eq!(third.text("plans/a/one.md"), Some("# Two\r\n"));
        assert_ne!(third.print(), first.print());
    }

    #[test]
    fn every_bound_reached_is_said_once() {
        let root = workspace();
        let check = |bounds: Bounds| {
            let scanned = scan(root.path(), bounds);
            assert_eq!(scanned.problems.len(), 1, "{bounds:?}");
            assert_eq!(scanned.problems[0].code, Code::BoundReached);
        };
        check(Bounds { depth: 1, ..Bounds::default() });
        check(Bounds { entries: 2, ..Bounds::default() });
        check(Bounds { total_bytes: 3, ..Bounds::default() });
        let small = scan(root.path(), Bounds { file_bytes: 3, ..Bounds::default() });
        let entry = small.listing.get("plans/a/one.md").unwrap();
        assert_eq!(entry.content, Content::TooLarge);
    }
}
