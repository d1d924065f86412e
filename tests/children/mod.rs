//! Real children for tests: a launcher, a folder, and what to wait for.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc::{self, Receiver},
    },
    thread,
    time::Duration,
};

use plandeck::{
    clock::SystemClock,
    ids::{AttemptId, TaskName},
    process::{
        launcher::{End, Launcher, MARK, Order, Report},
        system::SystemLauncher,
    },
    run::{Capture, Exit, ProcessId},
};
use tempfile::TempDir;

/// Nothing takes so long, not even on a loaded machine; only a test that fails waits for it.
const DEADLINE: Duration = Duration::from_mins(2);

static STAGES: AtomicU32 = AtomicU32::new(1);

/// A launcher with a folder and a run of its own. When it goes, nothing of the run may be left.
pub struct Stage {
    pub launcher: Option<SystemLauncher>,
    pub folder: TempDir,
    run: String,
    reports: Receiver<Report>,
}

impl Stage {
    pub fn new() -> Self {
        let (sender, reports) = mpsc::channel();
        let clock = Arc::new(SystemClock::start());
        let launcher = SystemLauncher::start(clock, move |report| drop(sender.send(report))).unwrap();
        let run = format!("test-{}-{}", process::id(), STAGES.fetch_add(1, Ordering::Relaxed));
        Self { launcher: Some(launcher), folder: tempfile::tempdir().unwrap(), run, reports }
    }

    /// An order for `sh -c script`.
    pub fn order(&self, task: &str, script: &str) -> Order {
        let env = BTreeMap::from([
            ("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned()),
            (MARK.to_owned(), self.mark(task)),
        ]);
        Order {
            attempt: attempt(task),
            argv: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(),
            cwd: self.folder.path().to_owned(),
            env,
            stdin: None,
            open_stdin: false,
            capture: Capture::Pipe,
            log: self.log_path(task),
            max_log_bytes: 1 << 32,
            fail_on: Vec::new(),
            leave_running: false,
            umask: 0o022,
        }
    }

    pub fn mark(&self, task: &str) -> String {
        format!("{}/{task}/1", self.run)
    }

    /// What every mark of this stage begins with.
    pub fn prefix(&self) -> String {
        format!("{}/", self.run)
    }

    pub fn log_path(&self, task: &str) -> PathBuf {
        self.folder.path().join(format!("logs/{task}.1.log"))
    }

    pub fn log(&self, task: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.log_path(task)).unwrap_or_default()).into_owned()
    }

    pub fn launcher(&mut self) -> &mut SystemLauncher {
        self.launcher.as_mut().unwrap()
    }

    /// The next report, but that a leader has ended: its end follows.
    pub fn report(&self) -> Report {
        loop {
            let report = self.reports.recv_timeout(DEADLINE).expect("a report comes");
            if !matches!(report, Report::Exited { .. }) {
                return report;
            }
        }
    }

    /// Launches and waits until it runs.
    pub fn begin(&mut self, order: Order) -> ProcessId {
        self.launcher().launch(order);
        match self.report() {
            Report::Started { process, .. } => process,
            other => panic!("{other:?}"),
        }
    }

    /// The end of the attempt that ends next.
    pub fn end(&self) -> End {
        match self.report() {
            Report::Ended { end, .. } => end,
            other => panic!("{other:?}"),
        }
    }

    /// Launches and waits for the end.
    pub fn run(&mut self, order: Order) -> End {
        self.begin(order);
        self.end()
    }

    /// Runs `sh -c script` and expects it to end with 0, leaving nothing; gives its log.
    pub fn say(&mut self, script: &str) -> String {
        let end = self.run(self.order("say", script));
        assert_eq!(end, End { bytes: end.bytes, ..End::bare(Exit::Code(0)) });
        self.log("say")
    }

    /// Waits until the log of `task` holds `text`.
    pub fn heard(&self, task: &str, text: &str) {
        until(&format!("{text:?} in the log"), || self.log(task).contains(text));
    }

    /// Processes alive that carry a mark of this stage.
    pub fn alive(&self) -> Vec<String> {
        alive(&self.prefix())
    }

    /// No report is left to come: each launch has exactly one end.
    pub fn no_more_reports(&mut self) {
        drop(self.launcher.take());
        assert_eq!(self.reports.try_iter().collect::<Vec<_>>(), []);
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(self.launcher.take());
        if !thread::panicking() {
            assert_eq!(self.alive(), Vec::<String>::new(), "nothing is left running");
        }
    }
}

pub fn attempt(task: &str) -> AttemptId {
    AttemptId { task: TaskName::new(task), number: 1 }
}

/// Command lines of all processes, zombies excepted, that carry a mark beginning with `prefix`.
pub fn alive(prefix: &str) -> Vec<String> {
    let wanted = format!("{MARK}={prefix}");
    let has_mark = |path: &Path| {
        let environment = fs::read(path.join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|it| it.starts_with(wanted.as_bytes()))
    };
    let folders = fs::read_dir("/proc").unwrap().flatten().map(|it| it.path());
    folders.filter(|it| has_mark(it)).map(|it| command(&it)).collect()
}

fn command(path: &Path) -> String {
    fs::read_to_string(path.join("cmdline")).unwrap_or_default().replace('\0', " ")
}

/// Children of this process that ended and were not reaped.
pub fn zombies() -> Vec<String> {
    let me = process::id().to_string();
    let stat = |path: PathBuf| fs::read_to_string(path.join("stat")).ok();
    let is_ours = |stat: &String| {
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        fields[0] == "Z" && fields[1] == me
    };
    fs::read_dir("/proc").unwrap().flatten().filter_map(|it| stat(it.path())).filter(is_ours).collect()
}

/// Waits until `condition` holds.
pub fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let mut left = DEADLINE;
    let step = Duration::from_millis(5);
    while !condition() {
        left = left.checked_sub(step).unwrap_or_else(|| panic!("waited in vain for {what}"));
        thread::park_timeout(step);
    }
}
