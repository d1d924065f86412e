//! The supervisor as a process of its own, with real children, seen from outside.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(clippy::disallowed_methods, reason = "the process under test is told by its environment")]

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use plandeck::{
    clock::Timestamp,
    engine,
    ids::{RunId, Seq},
    journal::Journal,
    process::kill_marked,
    run::{Answer, RunRecord, Specification, Status, Wish},
    workspace::state::StateFolder,
};
use rustix::{
    fs::{FlockOperation, flock},
    process::{Pid, Signal, getsid, kill_process},
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What the tests below start: this test binary, asked for this test alone.
#[test]
#[ignore = "the other tests run it as a process of its own"]
fn as_a_supervisor() {
    let Ok(workspace) = std::env::var("SUPERVISED_WORKSPACE").map(PathBuf::from) else { return };
    let run: RunId = std::env::var("SUPERVISED_RUN").unwrap().parse().unwrap();
    let env: BTreeMap<String, String> = std::env::vars().collect();
    let state = StateFolder::at(workspace.join(".plandeck"));
    // What goes wrong was told to the creator.
    let _ = engine::main(state, run, workspace, env);
}

struct World {
    workspace: TempDir,
    state: StateFolder,
    run: RunId,
}

struct Supervisor {
    process: Child,
    said: String,
}

impl World {
    /// A workspace with a queued run of these shell scripts, one after the other.
    fn of(scripts: &[&str]) -> Self {
        let workspace = tempfile::tempdir().unwrap();
        let state = StateFolder::at(workspace.path().join(".plandeck"));
        state.create().unwrap();
        let run = RunId::from_uuid(uuid::Uuid::now_v7());
        state.run(run).create().unwrap();
        File::create(state.run(run).lock()).unwrap();
        let spec = specification(run, workspace.path().to_str().unwrap(), scripts);
        Journal::open(&state.journal()).unwrap().create_run(&spec, Timestamp::from_millis(0)).unwrap();
        Self { workspace, state, run }
    }

    fn lock(&self) -> File {
        OpenOptions::new().read(true).write(true).open(self.state.run(self.run).lock()).unwrap()
    }

    fn is_locked(&self) -> bool {
        flock(self.lock(), FlockOperation::NonBlockingLockExclusive).is_err()
    }

    /// What a creator does: takes the lock, hands it over, and hears one line.
    fn supervise(&self) -> Supervisor {
        let lock = self.lock();
        flock(&lock, FlockOperation::NonBlockingLockExclusive).unwrap();
        self.supervise_with(lock.into())
    }

    fn supervise_with(&self, stdin: Stdio) -> Supervisor {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "as_a_supervisor", "--ignored", "--nocapture", "--test-threads=1"])
            .env("SUPERVISED_WORKSPACE", self.workspace.path().canonicalize().unwrap())
            .env("SUPERVISED_RUN", self.run.to_string())
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        // The pipe is closed after the one line: reading to the end hangs if it is not.
        let said: Vec<String> = lines.collect();
        let ours = |line: &&String| line.contains("ready") || line.contains("error: ");
        let said = said.iter().find(ours).cloned().unwrap_or_default();
        Supervisor { process, said }
    }

    fn record(&self) -> RunRecord {
        Journal::open(&self.state.journal()).unwrap().run(self.run).unwrap().unwrap()
    }

    fn words(&self) -> Vec<&'static str> {
        let journal = Journal::open(&self.state.journal()).unwrap();
        let events = journal.events_after(self.run, Seq(0), 1000).unwrap();
        events.iter().map(|event| event.kind.word()).collect()
    }

    /// Until the script has come so far as to make this file.
    fn wait_for(&self, file: &str) {
        let file = self.workspace.path().join(file);
        let mut looks = (0..6000).map(|_| std::thread::park_timeout(Duration::from_millis(10)));
        while !file.exists() {
            looks.next().unwrap_or_else(|| panic!("{} never came to be", file.display()));
        }
    }
}

impl Supervisor {
    fn pid(&self) -> Pid {
        Pid::from_child(&self.process)
    }

    fn wait(mut self) {
        self.process.wait().unwrap();
    }
}

fn specification(run: RunId, workspace: &str, scripts: &[&str]) -> Specification {
    let task = |number: usize, script: &str| {
        let needs: Vec<Value> = (0..number).map(|it| json!(format!("t{it}"))).collect();
        json!({
            "name": format!("t{number}"), "title": "", "argv": ["/bin/sh", "-c", script], "needs": needs,
            "group": null, "cwd": workspace, "env": {}, "pass_env": ["PATH"], "stdin": null,
            "capture": "pipe", "leave_running": false, "fail_on": [],
            "limits": { "wall": 600_000, "idle": null, "grace": 60_000 },
            "retries": { "max": 0, "backoff": 0, "on": [] }
        })
    };
    let spec = json!({
        "version": 1, "run": run, "workflow": "next", "plan": null, "item": null, "params": {},
        "tasks": scripts.iter().enumerate().map(|(number, script)| task(number, script)).collect::<Vec<_>>(),
        "slots": 1, "fail_fast": false, "deliverables": ["*.txt"], "plan_hash": null, "git_commit": null,
        "asked_by": { "user": "ada", "face": "cli", "pid": 1 }, "created_at": 0, "parent": null,
        "umask": 0o022, "max_log_bytes": 1_000_000, "seed": 1
    });
    serde_json::from_value(spec).unwrap()
}

#[test]
fn a_run_goes_from_ready_to_its_end() {
    let world = World::of(&["echo made > made.txt; echo $PLANDECK_ATTEMPT", "echo two"]);
    let supervisor = world.supervise();
    assert!(supervisor.said.ends_with("ready"), "{}", supervisor.said);
    assert!(world.words().contains(&"run_started"));
    supervisor.wait();
    let record = world.record();
    assert_eq!(record.status, Status::Succeeded, "{record:?}");
    assert_eq!(record.deliverables, ["made.txt"]);
    assert!(record.survivors.is_empty());
    assert!(!world.is_locked());
    let folder = world.state.run(world.run);
    let log = folder.logs().join("t0.1.log");
    assert_eq!(fs::read_to_string(&log).unwrap(), format!("{}/t0/1\n", world.run));
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(log), 0o600, "what we make is private");
    assert_eq!(
        mode(world.workspace.path().join("made.txt")),
        0o644,
        "what children make has the asker's mask"
    );
    assert!(!folder.bell().exists());
}

#[test]
fn it_leads_a_session_of_its_own_and_ends_with_grace_when_the_system_asks() {
    let world =
        World::of(&["trap 'echo bye > bye.txt; exit 0' TERM; echo > begun; while :; do sleep 0.1; done"]);
    let supervisor = world.supervise();
    assert_eq!(getsid(Some(supervisor.pid())).unwrap(), supervisor.pid());
    world.wait_for("begun");
    kill_process(supervisor.pid(), Signal::HUP).unwrap();
    kill_process(supervisor.pid(), Signal::TERM).unwrap();
    supervisor.wait();
    let record = world.record();
    assert_eq!(record.status, Status::Cancelled, "{:?}", world.words());
    assert_eq!(record.deliverables, ["bye.txt"]);
    assert!(!world.words().contains(&"attempt_killing"));
}

#[test]
fn a_request_and_a_ring_end_a_run() {
    let world = World::of(&["echo > begun; exec sleep 1000", "true"]);
    let supervisor = world.supervise();
    world.wait_for("begun");
    let mut journal = Journal::open(&world.state.journal()).unwrap();
    let wish = Wish::Cancel { reason: Some("enough".to_owned()) };
    let id = journal.leave_request(world.run, "ada", &wish, Timestamp::from_millis(0)).unwrap();
    let bell = world.state.run(world.run).bell();
    OpenOptions::new().write(true).open(bell).unwrap().write_all(b"!").unwrap();
    supervisor.wait();
    assert_eq!(journal.answer_of(id).unwrap(), Some(Answer::Done));
    let record = world.record();
    assert_eq!((record.status, record.cancel_reason.as_deref()), (Status::Cancelled, Some("enough")));
}

#[test]
fn its_lock_is_held_while_it_lives_and_by_nobody_it_leaves_behind() {
    let world = World::of(&["echo > begun; exec sleep 1000"]);
    let supervisor = world.supervise();
    world.wait_for("begun");
    assert!(world.is_locked());
    let second = world.supervise_with(world.lock().into());
    assert!(second.said.ends_with("has a supervisor already"), "{}", second.said);
    second.wait();
    kill_process(supervisor.pid(), Signal::KILL).unwrap();
    supervisor.wait();
    assert!(!world.is_locked(), "the child holds the lock");
    assert_eq!(kill_marked(&format!("{}/", world.run)), []);
    assert_eq!(world.record().status, Status::Running, "nobody has noticed yet");
}

#[test]
fn nothing_is_minded_without_its_lock() {
    let world = World::of(&["echo > begun"]);
    let supervisor = world.supervise_with(Stdio::null());
    assert!(supervisor.said.contains("error: could not hold the lock of the run"), "{}", supervisor.said);
    supervisor.wait();
    assert_eq!(world.record().status, Status::Queued);
}

#[test]
fn a_run_that_has_ended_is_not_started_again() {
    let world = World::of(&["true"]);
    world.supervise().wait();
    let again = world.supervise();
    assert!(again.said.ends_with("can't be started: it is succeeded already"), "{}", again.said);
    again.wait();
}
