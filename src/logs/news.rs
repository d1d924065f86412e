//! Being woken when logs grow.

use std::{path::Path, thread, time::Duration};

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

/// Wakes the thread that made it whenever something is written in a folder of logs. Where the system
/// gives no notice (a network folder, too many watchers) only time passes: a poll stands behind it.
#[derive(Debug)]
pub struct News {
    _watcher: Option<RecommendedWatcher>,
}

impl News {
    /// Begins to listen. The folder must exist.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        let listener = thread::current();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // Reading is an event, too, and would wake us for ever.
            if !event.is_ok_and(|event| event.kind.is_access()) {
                listener.unpark();
            }
        });
        let watcher = watcher.ok().and_then(|mut watcher| {
            watcher.watch(folder, RecursiveMode::NonRecursive).ok()?;
            Some(watcher)
        });
        Self { _watcher: watcher }
    }

    /// Waits for news, at most so long. It may return early without any.
    pub fn wait(&self, patience: Duration) {
        thread::park_timeout(patience);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn who_waits_is_woken_by_what_is_written_and_not_by_reading() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("a.1.log");
        fs::write(&log, "one\n").unwrap();
        let news = News::of(folder.path());
        let path = log.clone();
        let writer = thread::spawn(move || fs::write(path, "one\ntwo\n").unwrap());
        // Without being woken, this would last as long as the test may.
        let mut looks = 0;
        while fs::read_to_string(&log).unwrap() != "one\ntwo\n" {
            news.wait(Duration::from_hours(1));
            looks += 1;
        }
        writer.join().unwrap();
        assert!(looks < 100, "reading wakes nobody: {looks}");
    }
}
