//! A session of forty tasks that succeed, fail, hang, are told to come back later and hold each other up
//! goes to its true end, although whoever minds it is killed five times on the way.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use plandeck::{
    clock::{SystemClock, Timestamp},
    control::{Control, Parts},
    ids::{Ids, RunId, TaskName},
    plan::{Dialect, ItemState, Plan, dialect_wants, listing::Want, read_as},
    process::marked,
    run::{Specification, Status, spec::Origin},
    workflow::{self, Ask, Stamp},
    workspace::{Bounds, Scan, state::StateFolder},
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

const TASKS: usize = 40;
const KILLS: usize = 5;
const SESSION: &str = ".workflow/active/WFS-works";
const LONG: Duration = Duration::from_mins(3);

/// What the program of a task does; every third of them waits for an earlier one.
fn script(number: usize) -> &'static str {
    match number % 10 {
        // Hangs, and is stopped by its limit.
        3 => "exec sleep 1000",
        // Fails for good.
        6 => "echo broken >&2; exit 3",
        // Fails at first.
        1 | 8 => "if [ -e tried.$PLANDECK_TASK ]; then exit 0; fi; : > tried.$PLANDECK_TASK; exit 1",
        // Is told twice to come back later.
        5 => {
            "echo x >> asked.$PLANDECK_TASK; [ $(wc -l < asked.$PLANDECK_TASK) -gt 2 ] || { echo 429 too many requests; exit 75; }"
        }
        _ => "sleep 0.05",
    }
}

/// How it ends when nobody kills anyone.
fn end(number: usize) -> Status {
    match number {
        it if it % 10 == 3 => Status::TimedOut,
        it if it % 10 == 6 => Status::Failed,
        // What waits for one that fails never runs, nor does what waits for that.
        it if it % 10 == 9 => Status::Blocked,
        _ => Status::Succeeded,
    }
}

/// What a task waits for: the one that fails before it, or one that succeeds.
fn need(number: usize) -> Option<usize> {
    match number % 10 {
        9 => Some(number - 3),
        4 | 7 => Some(number - 4).filter(|it| end(*it) == Status::Succeeded),
        _ => None,
    }
}

fn name(number: usize) -> String {
    format!("IMPL-{number}")
}

struct Works {
    folder: tempfile::TempDir,
    control: Control,
}

impl Works {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let session = root.join(SESSION);
        fs::create_dir_all(session.join(".task")).unwrap();
        let list: String = (1..=TASKS).map(|it| format!("- [ ] **{}**: Work\n", name(it))).collect();
        fs::write(session.join("TODO_LIST.md"), format!("# Tasks\n{list}\nA person's notes.\n")).unwrap();
        for number in 1..=TASKS {
            let id = name(number);
            let needs: Vec<String> = need(number).map(name).into_iter().collect();
            let task =
                json!({ "id": id, "title": "Work", "status": "pending", "context": { "depends_on": needs } });
            let text = serde_json::to_string_pretty(&task).unwrap();
            fs::write(session.join(format!(".task/{id}.json")), text + "\n").unwrap();
        }
        let parts = Parts {
            state: StateFolder::at(root.join(".plandeck")),
            workspace: root.to_owned(),
            program: PathBuf::from(env!("CARGO_BIN_EXE_plandeck")),
            environment: vec![("PATH".into(), "/usr/bin:/bin".into())],
            clock: Arc::new(SystemClock::start()),
        };
        Self { control: Control::open(parts).unwrap(), folder }
    }

    fn specification(&self) -> Specification {
        let cwd = self.folder.path();
        let task = |number: usize| {
            json!({
                "name": name(number), "title": "Work", "item": name(number), "write_back": true,
                "argv": ["/bin/sh", "-c", script(number)],
                "needs": need(number).map(name).into_iter().collect::<Vec<_>>(), "group": null, "cwd": cwd,
                "env": {}, "pass_env": ["PATH"], "stdin": null, "capture": "pipe",
                "limits": { "wall": if number % 10 == 3 { json!(300) } else { Value::Null }, "idle": null, "grace": 100 },
                "retries": { "max": 2, "backoff": 10, "on": ["failed"] },
                "leave_running": false, "fail_on": []
            })
        };
        serde_json::from_value(json!({
            "version": 1, "run": Ids::Random.run(0), "workflow": "all",
            "plan": { "id": "WFS-works", "title": "Works", "dialect": "ccw", "path": SESSION },
            "item": null, "params": {}, "tasks": (1..=TASKS).map(task).collect::<Vec<_>>(),
            "slots": 4, "fail_fast": false, "deliverables": [], "plan_hash": null, "git_commit": null,
            "asked_by": { "user": "ada", "face": "cli", "pid": 1 }, "created_at": 0, "parent": null,
            "umask": 18, "max_log_bytes": 1_000_000, "seed": 3
        }))
        .unwrap()
    }

    fn plan(&self) -> Plan {
        let wants = |path: &str| {
            if path.starts_with(SESSION) { dialect_wants(Dialect::Ccw, path) } else { Want::Nothing }
        };
        let scan = Scan {
            root: self.folder.path(),
            folders: &[".workflow"],
            wants: &wants,
            bounds: Bounds::default(),
        };
        read_as(Dialect::Ccw, &scan.run().listing, SESSION).plans.remove(0)
    }

    /// Lets some tasks end, and kills whoever minds the run. False when it was over before.
    fn kill(&self, run: RunId, after: usize) -> bool {
        let over = |status: Status| status.is_over();
        loop {
            let record = self.control.journal().run(run).unwrap().unwrap();
            if record.status.is_over() {
                return false;
            }
            if record.tasks.iter().filter(|task| over(task.status)).count() >= after {
                break;
            }
            thread::park_timeout(Duration::from_millis(3));
        }
        let pid = supervisor(self.folder.path(), run).expect("somebody minds it");
        kill_process(pid, Signal::KILL).is_ok()
    }
}

fn stamp() -> Stamp {
    Stamp {
        run: Ids::Random.run(1),
        created_at: Timestamp::from_millis(0),
        origin: Origin { user: "ada".to_owned(), face: "cli".to_owned(), pid: 1 },
        umask: 18,
        git_commit: None,
        plan_hash: None,
        seed: 4,
    }
}

fn supervisor(root: &Path, run: RunId) -> Option<Pid> {
    let state = root.join(".plandeck");
    let ours = |pid: &Pid| {
        let line = fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).unwrap_or_default();
        let parts: Vec<&[u8]> = line.split(|it| *it == 0).collect();
        parts.contains(&run.to_string().as_bytes()) && parts.contains(&state.as_os_str().as_encoded_bytes())
    };
    let numbers = fs::read_dir("/proc").unwrap().flatten();
    numbers.filter_map(|it| it.file_name().to_str()?.parse().ok().and_then(Pid::from_raw)).find(ours)
}

/// The plan's files say what the journal says: what is done, what failed, and nothing else.
fn assert_the_plan_says(plan: &Plan, ends: &BTreeMap<TaskName, Status>, failed: &BTreeSet<String>) {
    for item in &plan.items {
        let expected = match ends.get(&TaskName::new(item.id.as_str())) {
            Some(Status::Succeeded) => &[ItemState::Done][..],
            Some(Status::Failed | Status::TimedOut) => &[ItemState::NeedsFix],
            // What an earlier run said of it stands as long as no later one has begun it.
            _ if failed.contains(item.id.as_str()) => {
                &[ItemState::NeedsFix, ItemState::Pending, ItemState::Ready]
            }
            _ => &[ItemState::Pending, ItemState::Ready, ItemState::Blocked],
        };
        assert!(expected.contains(&item.state), "{} is {:?}: {ends:?}", item.id, item.state);
    }
    let drift: Vec<_> =
        plan.problems.iter().filter(|it| it.code == plandeck::plan::problem::Code::Drift).collect();
    assert!(drift.is_empty(), "{drift:?}");
}

#[test]
fn a_session_of_forty_tasks_comes_to_its_true_end_although_it_is_killed_five_times() {
    let mut works = Works::new();
    let first = works.control.create(&works.specification()).unwrap().id;
    let mut runs = vec![first];
    let mut ends: BTreeMap<TaskName, Status> = BTreeMap::new();
    let mut failed = BTreeSet::new();
    let mut killed = 0;
    loop {
        let run = *runs.last().unwrap();
        let was_killed = killed < KILLS && works.kill(run, 3);
        killed += usize::from(was_killed);
        if was_killed {
            works.control.recover_run(run).unwrap();
        }
        works.control.wait(run, LONG).unwrap().expect("every run ends");
        let record = works.control.journal().run(run).unwrap().unwrap();
        let fresh: BTreeSet<&TaskName> = record.tasks.iter().map(|task| &task.name).collect();
        let again: Vec<_> = ends
            .iter()
            .filter(|(task, status)| **status == Status::Succeeded && fresh.contains(task))
            .collect();
        assert!(again.is_empty(), "recorded as done and run again: {again:?}");
        for task in &record.tasks {
            if let Some(attempt) = task.attempts.first() {
                let before = record.spec.task(&task.name).unwrap().tried;
                assert_eq!(attempt.number, before + 1, "attempts go on counting");
            }
            if matches!(task.status, Status::Failed | Status::TimedOut) {
                failed.insert(task.name.to_string());
            }
            ends.insert(task.name.clone(), task.status);
        }
        assert!(record.unwritten.is_empty(), "{:?}", record.unwritten);
        assert_the_plan_says(&works.plan(), &ends, &failed);
        if record.status != Status::Lost {
            break;
        }
        let records: Vec<_> =
            runs.iter().map(|run| works.control.journal().run(*run).unwrap().unwrap()).collect();
        let spec =
            workflow::resume(&records[0], &records[1..], Some(&works.plan()), &Ask::of("all"), stamp())
                .unwrap();
        assert_eq!(spec.parent, Some(run));
        runs.push(works.control.create(&spec).unwrap().id);
    }
    assert_eq!(killed, KILLS, "it was over too soon to be killed so often");
    let expected: BTreeMap<TaskName, Status> =
        (1..=TASKS).map(|it| (TaskName::new(name(it)), end(it))).collect();
    assert_eq!(ends, expected);
    let list = fs::read_to_string(works.folder.path().join(SESSION).join("TODO_LIST.md")).unwrap();
    assert!(list.ends_with("\nA person's notes.\n"));
    for run in runs {
        assert!(
            !marked().iter().any(|(mark, _)| mark.starts_with(&run.to_string())),
            "nothing is left of {run}"
        );
    }
}
