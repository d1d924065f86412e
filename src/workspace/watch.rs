//! Tells when plan files change: by notification of the system, else by looking again and again.
//!
//! What changed is only a reason to read again; what it means is for the reader to say.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Duration,
};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::changes::Snapshot;

/// Changes that come closer together than this are told at once: an editor writes a file in several
/// steps.
const DEBOUNCE: Duration = Duration::from_millis(40);

/// How often is looked where the system gives no notice. There may be very many files then.
const LOOK: Duration = Duration::from_secs(2);

/// What is watched.
#[derive(Clone, Debug)]
pub struct Watched {
    /// The workspace, absolute.
    pub root: PathBuf,
    /// Folders directly in it that hold plans, or may come to; `*` is all but hidden ones.
    pub folders: Vec<String>,
    /// Where the state folder is: what is written there is no change of a plan.
    pub state: PathBuf,
}

/// How a change is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By the system's notice, where it gives one.
    Notice,
    /// By looking this often.
    Look(Duration),
}

/// What came of waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// These paths changed, relative to the workspace, sorted; none when the system lost count and
    /// anything may have.
    Changed(Vec<String>),
    /// Nothing for so long.
    Nothing,
}

/// Watches the plan files of a workspace until it is dropped.
pub struct Watch {
    watched: Watched,
    by: By,
}

enum By {
    Notice { system: RecommendedWatcher, events: Receiver<notify::Result<notify::Event>>, on: Vec<PathBuf> },
    Look { every: Duration, last: Box<Snapshot> },
}

impl Watch {
    /// Begins to watch. Where the system can't give notice (too many watchers, a network folder) it is
    /// looked every two seconds instead.
    #[must_use]
    pub fn start(watched: Watched, how: How) -> Self {
        let by = match how {
            How::Notice => notice(&watched).unwrap_or_else(|| look(&watched, LOOK)),
            How::Look(every) => look(&watched, every),
        };
        Self { watched, by }
    }

    /// True when the system gives notice.
    #[must_use]
    pub const fn is_by_notice(&self) -> bool {
        matches!(self.by, By::Notice { .. })
    }

    /// Waits for a change, at most so long.
    pub fn wait(&mut self, patience: Duration) -> Heard {
        match &mut self.by {
            By::Notice { system, events, on } => {
                let first = match events.recv_timeout(patience) {
                    Ok(event) => event,
                    Err(RecvTimeoutError::Timeout) => return Heard::Nothing,
                    // The watcher's own thread is gone: look from here on.
                    Err(RecvTimeoutError::Disconnected) => {
                        self.by = look(&self.watched, LOOK);
                        return Heard::Changed(Vec::new());
                    }
                };
                thread::park_timeout(DEBOUNCE);
                let all: Vec<_> = std::iter::once(first).chain(events.try_iter()).collect();
                let heard = told(&self.watched, all);
                // A folder that came to be holds plans that nobody has given notice of.
                let came = listen(&self.watched, system, on);
                if came && heard == Heard::Nothing { Heard::Changed(Vec::new()) } else { heard }
            }
            By::Look { every, last } => {
                thread::park_timeout(patience.min(*every));
                let now = snapshot(&self.watched);
                if now == **last {
                    return Heard::Nothing;
                }
                let changed = super::changes::differences(last, &now);
                **last = now;
                Heard::Changed(changed)
            }
        }
    }
}

fn notice(watched: &Watched) -> Option<By> {
    let (sender, events) = mpsc::channel();
    let mut system = notify::recommended_watcher(sender).ok()?;
    system.watch(&watched.root, RecursiveMode::NonRecursive).ok()?;
    let mut on = Vec::new();
    listen(watched, &mut system, &mut on);
    let complete = on.len() == present(watched).len();
    complete.then_some(By::Notice { system, events, on })
}

/// Asks for notice of every folder that is there and was not listened to; true when one is new.
fn listen(watched: &Watched, system: &mut RecommendedWatcher, on: &mut Vec<PathBuf>) -> bool {
    let there = present(watched);
    on.retain(|folder| there.contains(folder));
    let mut came = false;
    for folder in there {
        if !on.contains(&folder) && system.watch(&folder, RecursiveMode::Recursive).is_ok() {
            on.push(folder);
            came = true;
        }
    }
    came
}

/// The watched folders that are there now.
fn present(watched: &Watched) -> Vec<PathBuf> {
    let all = watched.folders.iter().any(|it| it == "*");
    let Ok(children) = fs::read_dir(&watched.root) else { return Vec::new() };
    let wanted = |name: &str| (all && !name.starts_with('.')) || watched.folders.iter().any(|it| it == name);
    let mut folders: Vec<PathBuf> = children
        .flatten()
        .filter(|it| it.file_name().to_str().is_some_and(wanted))
        .map(|it| it.path())
        .filter(|it| it.is_dir() && *it != watched.state)
        .collect();
    folders.sort();
    folders
}

/// The paths of some events; opening and reading is no change, and what we write ourselves beside a
/// plan before it takes the plan's place is none either.
fn told(watched: &Watched, events: Vec<notify::Result<notify::Event>>) -> Heard {
    let mut changed = Vec::new();
    let mut lost = false;
    for event in events {
        let Ok(event) = event else {
            lost = true;
            continue;
        };
        lost |= event.need_rescan();
        if !matches!(event.kind, EventKind::Access(_)) {
            changed.extend(event.paths.iter().filter_map(|it| relevant(watched, it)));
        }
    }
    changed.sort_unstable();
    changed.dedup();
    match () {
        () if lost => Heard::Changed(Vec::new()),
        () if changed.is_empty() => Heard::Nothing,
        () => Heard::Changed(changed),
    }
}

fn relevant(watched: &Watched, path: &Path) -> Option<String> {
    if path.starts_with(&watched.state) || path == watched.root {
        return None;
    }
    let name = path.file_name()?.to_string_lossy();
    let path = path.strip_prefix(&watched.root).ok()?.to_string_lossy().into_owned();
    let ours = name.starts_with(super::edit::TEMPORARY);
    let git = path.split('/').any(|it| it == ".git");
    (!ours && !git).then_some(path)
}

fn look(watched: &Watched, every: Duration) -> By {
    By::Look { every, last: Box::new(snapshot(watched)) }
}

fn snapshot(watched: &Watched) -> Snapshot {
    let folders = present(watched);
    let mut patterns: Vec<String> = folders
        .iter()
        .filter_map(|it| Some(globset::escape(it.strip_prefix(&watched.root).ok()?.to_str()?)))
        .collect();
    patterns.push("*.md".to_owned());
    Snapshot::take(&watched.root, &[&watched.state], &patterns)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing takes so long; only a test that fails waits for it.
    const DEADLINE: Duration = Duration::from_secs(30);

    fn workspace() -> (tempfile::TempDir, Watched) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("specs/a")).unwrap();
        fs::create_dir_all(root.path().join("src")).unwrap();
        fs::write(root.path().join("specs/a/tasks.md"), "one").unwrap();
        let watched = Watched {
            root: root.path().to_owned(),
            folders: vec!["specs".into(), "tasks".into()],
            state: root.path().join(".plandeck"),
        };
        (root, watched)
    }

    /// Waits until a change of this path was told, or of anything.
    fn hear(watch: &mut Watch, path: &str) {
        for _ in 0..600 {
            if let Heard::Changed(paths) = watch.wait(DEADLINE / 60)
                && (paths.is_empty() || paths.iter().any(|it| path.starts_with(it.as_str())))
            {
                return;
            }
        }
        panic!("nothing was heard of {path}");
    }

    #[test]
    fn changes_are_heard_in_both_ways() {
        for how in [How::Notice, How::Look(Duration::from_millis(20))] {
            let (root, watched) = workspace();
            let mut watch = Watch::start(watched, how);
            assert_eq!(watch.is_by_notice(), how == How::Notice);
            fs::write(root.path().join("specs/a/tasks.md"), "two and more").unwrap();
            hear(&mut watch, "specs/a/tasks.md");
            fs::create_dir_all(root.path().join("specs/b/deep")).unwrap();
            fs::write(root.path().join("specs/b/deep/tasks.md"), "new").unwrap();
            hear(&mut watch, "specs/b/deep/tasks.md");
            fs::remove_file(root.path().join("specs/a/tasks.md")).unwrap();
            hear(&mut watch, "specs/a/tasks.md");
            fs::create_dir_all(root.path().join("tasks/prd-x")).unwrap();
            fs::write(root.path().join("tasks/prd-x/_tasks.md"), "new").unwrap();
            hear(&mut watch, "tasks/prd-x/_tasks.md");
            // And in the folder that came to be.
            while watch.wait(DEBOUNCE * 3) != Heard::Nothing {}
            fs::write(root.path().join("tasks/prd-x/_tasks.md"), "newer and longer").unwrap();
            hear(&mut watch, "tasks/prd-x/_tasks.md");
        }
    }

    #[test]
    fn what_is_no_plan_is_not_heard() {
        let (_root, watched) = workspace();
        let check = |path: &str, expected: Option<&str>| {
            assert_eq!(relevant(&watched, &watched.root.join(path)).as_deref(), expected, "{path}");
        };
        check("specs/a/tasks.md", Some("specs/a/tasks.md"));
        check(".plandeck/journal.db", None);
        check("specs/a/.plandeck-x1.tmp", None);
        check("specs/.git/index", None);
        check("", None);
    }
}
