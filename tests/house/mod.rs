//! The real program in a workspace of its own, and what it left behind.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::{
    fs::{self, File},
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use plandeck::{
    commands::demo,
    ids::RunId,
    journal::Journal,
    process::kill_marked,
    run::{RunRecord, Status},
    workspace::state::StateFolder,
};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Nothing takes so long, not even on a loaded machine; only a test that fails waits for it.
pub const DEADLINE: Duration = Duration::from_mins(2);

const STEP: Duration = Duration::from_millis(5);

/// A workspace. When it goes, nothing of its runs may be left.
pub struct House {
    folder: TempDir,
    root: PathBuf,
    secret: Option<(String, String)>,
}

/// What a process said, and how it ended.
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Both streams.
    pub fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

impl House {
    /// The demo's workspace, and a recipe `gate` that goes on until there is a file `open`.
    pub fn demo() -> Self {
        let house = Self::empty();
        demo::write_workspace(&house.root).unwrap();
        let gate = "echo waiting at the gate\nwhile [ ! -e open ]; do sleep 0.05; done\necho gone through";
        house.recipe("gate", gate, "");
        house
    }

    /// Nothing in it.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("workspace");
        fs::create_dir(&root).unwrap();
        Self { folder, root, secret: None }
    }

    /// Two plans that nothing is wrong with.
    pub fn sound() -> Self {
        let house = Self::empty();
        for (name, title) in [("QUAY", "Mend the quay"), ("BUOYS", "Paint the buoys")] {
            house.write(&plan_path(name), plan_text(title));
        }
        house
    }

    /// The same, with a variable more in every process's environment.
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.secret = Some((name.to_owned(), value.to_owned()));
        self
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Writes a file with all its folders; one that begins with `#!` can be executed.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &bytes).unwrap();
        let mode = if bytes.as_ref().starts_with(b"#!") { 0o755 } else { 0o644 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// A recipe that needs nothing and runs this script; `more` are lines of its table.
    pub fn recipe(&self, name: &str, script: &str, more: &str) {
        self.write(&format!("scripts/{name}.sh"), format!("#!/bin/sh\n{script}\n"));
        self.configure(&format!(
            "\n[workflow.{name}]\nneeds = \"nothing\"\ncommand = [\"scripts/{name}.sh\"]\n{more}\n"
        ));
    }

    /// Appends to the workspace's settings.
    pub fn configure(&self, text: &str) {
        let path = self.path("plandeck.toml");
        let before = fs::read_to_string(&path).unwrap_or_default();
        fs::write(path, before + text).unwrap();
    }

    /// The program, in this workspace, in an environment that says nothing of this machine.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plandeck"));
        self.dress(&mut command);
        command
    }

    /// Puts a command into this workspace and its environment.
    pub fn dress(&self, command: &mut Command) {
        command
            .current_dir(&self.root)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", self.folder.path())
            .env("USER", "ada")
            .env("TERM", "xterm-256color")
            .envs(self.secret.iter().map(|(name, value)| (name, value)));
    }

    /// Runs the program to its end with nobody at its input.
    pub fn plandeck(&self, arguments: &[&str]) -> Said {
        self.run(self.command().args(arguments).stdin(Stdio::null()))
    }

    /// The deck without a terminal: these lines are typed.
    pub fn deck(&self, lines: &[&str]) -> Said {
        let mut typed = tempfile::tempfile().unwrap();
        for line in lines {
            writeln!(typed, "{line}").unwrap();
        }
        std::io::Seek::rewind(&mut typed).unwrap();
        self.run(self.command().stdin(typed))
    }

    fn run(&self, command: &mut Command) -> Said {
        let file = |name: &str| self.folder.path().join(format!("{name}-{:?}", thread::current().id()));
        let (out, err) = (file("out"), file("err"));
        command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
        let mut child = command.spawn().unwrap();
        let code = end_of(&mut child);
        let read = |path: PathBuf| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        Said { code, out: read(out), err: read(err) }
    }

    pub fn state(&self) -> StateFolder {
        StateFolder::at(self.path(".plandeck"))
    }

    fn journal(&self) -> Option<Journal> {
        self.state().journal().exists().then(|| Journal::open(&self.state().journal()).unwrap())
    }

    /// All runs there ever were, the oldest first.
    pub fn runs(&self) -> Vec<RunId> {
        let Ok(folders) = fs::read_dir(self.path(".plandeck/runs")) else { return Vec::new() };
        let names = folders.flatten().map(|it| it.file_name().to_string_lossy().into_owned());
        let mut runs: Vec<RunId> = names.filter_map(|it| it.parse().ok()).collect();
        runs.sort();
        runs
    }

    /// The run that was created last.
    pub fn last_run(&self) -> RunId {
        *self.runs().last().expect("there is a run")
    }

    pub fn record(&self, run: RunId) -> RunRecord {
        self.journal().unwrap().run(run).unwrap().unwrap()
    }

    pub fn status(&self, run: RunId) -> Status {
        self.journal().unwrap().standing(run).unwrap().1
    }

    /// Waits until a run's journal says that it is over.
    pub fn ended(&self, run: RunId) -> Status {
        until("the end of the run", || self.status(run).is_over());
        self.status(run)
    }

    /// Everything that a run's tasks have written.
    pub fn log(&self, run: RunId) -> String {
        let Ok(files) = fs::read_dir(self.path(&format!(".plandeck/runs/{run}/logs"))) else {
            return String::new();
        };
        let logs =
            files.flatten().map(|it| it.path()).filter(|it| it.extension().is_some_and(|it| it == "log"));
        logs.map(|it| String::from_utf8_lossy(&fs::read(it).unwrap()).into_owned()).collect()
    }

    /// Starts a recipe in the background and waits until its log holds `text`.
    pub fn begin(&self, workflow: &str, text: &str) -> RunId {
        let said = self.plandeck(&["run", "create", workflow, "-o", "plain"]);
        assert_eq!(said.code, Some(0), "{}", said.all());
        let run = said.out.trim().parse().unwrap();
        until(text, || self.log(run).contains(text));
        run
    }

    /// Supervisors of this workspace's runs.
    pub fn supervisors(&self) -> Vec<Pid> {
        let root = self.root.to_string_lossy().into_owned();
        let ours = |pid: &Pid| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line);
            line.split('\0').nth(1) == Some("supervise") && line.contains(&root)
        };
        let folders = fs::read_dir("/proc").unwrap().flatten();
        let pids = folders.filter_map(|it| it.file_name().to_str()?.parse().ok().and_then(Pid::from_raw));
        pids.filter(ours).collect()
    }

    /// Whatever lives of this workspace's runs: supervisors, and processes that carry a run's mark.
    pub fn alive(&self) -> Vec<String> {
        let supervisors = self.supervisors().into_iter().map(|pid| format!("supervisor {pid}"));
        supervisors.chain(self.runs().into_iter().flat_map(marked)).collect()
    }

    /// Waits until nothing of this workspace's runs lives.
    pub fn falls_silent(&self) {
        until("the last process to end", || self.alive().is_empty());
    }
}

impl Drop for House {
    /// A test that failed half-way leaves nothing behind either.
    fn drop(&mut self) {
        for pid in self.supervisors() {
            let _ = kill_process(pid, Signal::KILL);
        }
        for run in self.runs() {
            let _ = kill_marked(&format!("{run}/"));
        }
    }
}

/// Processes that carry the mark of a run.
pub fn marked(run: RunId) -> Vec<String> {
    crate::children::alive(&format!("{run}/"))
}

/// Where the plan of this name stands.
pub fn plan_path(name: &str) -> String {
    format!("work-space/plans/{name}/PLAN_{name}.md")
}

/// A plan of two achievements, with nothing wrong.
pub fn plan_text(title: &str) -> String {
    format!(
        "# PLAN: {title}\n\n**Type**: PLAN\n**Status**: In Progress\n\n## Achievement Index\n\n\
         **Priority 1: ALL**\n\n- Achievement 1.1: Fetch the tools\n- Achievement 1.2: Do the work\n\n\
         ## Priority 1: ALL\n\n**Achievement 1.1**: Fetch the tools\n\n- Goal: They are here\n\n\
         **Achievement 1.2**: Do the work\n\n- Goal: It is done\n"
    )
}

/// Waits until `condition` holds.
pub fn until(what: &str, condition: impl Fn() -> bool) {
    let mut left = DEADLINE;
    while !condition() {
        left = left.checked_sub(STEP).unwrap_or_else(|| panic!("waited in vain for {what}"));
        thread::park_timeout(STEP);
    }
}

/// The exit code of a child, absent when a signal ended it. One that hangs fails the test.
pub fn end_of(child: &mut Child) -> Option<i32> {
    let mut left = DEADLINE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        let Some(less) = left.checked_sub(STEP) else {
            child.kill().unwrap();
            panic!("it hangs");
        };
        left = less;
        thread::park_timeout(STEP);
    }
}
