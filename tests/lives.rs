//! Whole lives of runs: the real program minds them, real children run in them.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use plandeck::{
    clock::SystemClock,
    control::{Answered, Control, Error, Followed, Parts},
    ids::{AttemptId, Ids, RunId, Seq, TaskName},
    process,
    run::{Event, EventKind, ProcessId, Refusal, Specification, Status},
    workspace::state::StateFolder,
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

/// Long enough for a loaded machine; nothing waits for it to pass.
const LONG: Duration = Duration::from_mins(1);

struct House {
    _folder: tempfile::TempDir,
    control: Control,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let parts = Parts {
            state: StateFolder::at(folder.path().join(".plandeck")),
            workspace: folder.path().to_owned(),
            program: PathBuf::from(env!("CARGO_BIN_EXE_plandeck")),
            environment: vec![("PATH".into(), "/usr/bin:/bin".into()), ("LAMP".into(), "lit".into())],
            clock: Arc::new(SystemClock::start()),
        };
        Self { control: Control::open(parts).unwrap(), _folder: folder }
    }

    /// Creates a run of one task, a line of shell.
    fn create(&mut self, line: &str) -> RunId {
        let cwd = self.control.parts().workspace.clone();
        let spec: Specification = serde_json::from_value(json!({
            "version": 1, "run": Ids::Random.run(0), "workflow": "next", "plan": null, "item": null,
            "params": {},
            "tasks": [{
                "name": "only", "title": "only", "argv": ["/bin/sh", "-c", line], "needs": [], "group": null,
                "cwd": cwd, "env": {}, "pass_env": ["PATH", "LAMP"], "stdin": null, "capture": "pipe",
                "limits": {"wall": null, "idle": null, "grace": 60_000},
                "retries": {"max": 0, "backoff": 0, "on": []}, "leave_running": false, "fail_on": []
            }],
            "slots": 1, "fail_fast": false, "deliverables": [], "plan_hash": null, "git_commit": null,
            "asked_by": {"user": "ada", "face": "cli", "pid": 7}, "created_at": 1_769_860_800_000_i64,
            "parent": null, "umask": 18, "max_log_bytes": 1_048_576, "seed": 9
        }))
        .unwrap();
        self.control.create(&spec).unwrap().id
    }

    /// Follows a run until an event fits.
    fn until<T>(&self, run: RunId, fits: impl Fn(&EventKind) -> Option<T>) -> T {
        let mut follow = self.control.follow(run, Seq(0)).unwrap();
        loop {
            let Followed::Events(events) = follow.next(LONG).unwrap() else { panic!("it never came") };
            if let Some(found) = events.iter().find_map(|Event { kind, .. }| fits(kind)) {
                return found;
            }
        }
    }

    fn child(&self, run: RunId) -> ProcessId {
        self.until(run, |kind| match kind {
            EventKind::AttemptStarted { process, .. } => Some(process.clone()),
            _ => None,
        })
    }
}

#[test]
fn a_run_runs_to_its_end_and_leaves_its_log() {
    let mut house = House::new();
    let run = house.create("echo the lamp is $LAMP");
    let end = house.control.wait(run, LONG).unwrap().unwrap();
    assert_eq!((end.status, end.tasks_over), (Status::Succeeded, 1));
    let only = AttemptId { task: TaskName::new("only"), number: 1 };
    let log = house.control.parts().state.run(run).log(&only);
    assert_eq!(fs::read_to_string(log).unwrap(), "the lamp is lit\n");
    let again = house.control.cancel(run, None, "ada", false).unwrap_err();
    let expected = Refusal::AlreadyEnded { run: run.short(), status: Status::Succeeded };
    assert!(matches!(again, Error::Refused(refusal) if refusal == expected));
}

#[test]
fn a_cancelled_run_is_over_and_its_child_is_gone() {
    let mut house = House::new();
    let run = house.create("sleep 1000");
    let child = house.child(run);
    assert!(process::is_alive(&child));
    let reason = Some("wrong plan".to_owned());
    assert_eq!(house.control.cancel(run, reason.clone(), "ada", false).unwrap(), Answered::Done);
    assert_eq!(house.control.wait(run, LONG).unwrap().unwrap().status, Status::Cancelled);
    assert!(!process::is_alive(&child));
    assert_eq!(house.control.journal().run(run).unwrap().unwrap().cancel_reason, reason);
}

#[test]
fn a_run_whose_supervisor_was_killed_is_lost_and_its_child_is_gone() {
    let mut house = House::new();
    let run = house.create("sleep 1000");
    let child = house.child(run);
    assert!(house.control.recover().unwrap().ended.is_empty());
    let supervisor = house.until(run, |kind| match kind {
        EventKind::RunStarted { supervisor } => Some(supervisor.pid),
        _ => None,
    });
    kill_process(Pid::from_raw(i32::try_from(supervisor).unwrap()).unwrap(), Signal::KILL).unwrap();
    assert_eq!(house.control.wait(run, LONG).unwrap().unwrap().status, Status::Lost);
    assert!(!process::is_alive(&child));
}
