//! Whole runs with scripted children, a clock that is turned by hand, and a real journal.

mod orders;
mod plans;
mod requests;
mod runs;
mod trouble;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        mpsc::{Receiver, channel},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Error, Message, Parts, turn::Engine};
use crate::{
    clock::{Clock as _, ManualClock, Moment, Timestamp},
    ids::{AttemptId, RunId, Seq},
    journal::Journal,
    process::{
        launcher::Launcher,
        scripted::{Act, Part, ScriptedLauncher},
    },
    run::{Event, EventKind, ProcessId, Specification, Verdict},
    schedule::Input,
    workspace::state::{RunFolder, StateFolder},
};

/// A run, its children's parts and its clock.
struct Theatre {
    clock: ManualClock,
    cast: ScriptedLauncher,
    engine: Engine,
    folder: RunFolder,
    state: StateFolder,
    workspace: TempDir,
    inbox: Receiver<Message>,
}

impl Theatre {
    /// A run of tasks that are written as JSON; what is missing is filled in.
    fn of(tasks: Value) -> Self {
        Self::with(json!({ "tasks": tasks }), |_| {})
    }

    /// Lets `rehearse` hand out parts first.
    fn with(spec: Value, rehearse: impl FnOnce(&ScriptedLauncher)) -> Self {
        Self::launching(spec, rehearse, |cast| Box::new(cast.clone()))
    }

    fn launching(
        spec: Value,
        rehearse: impl FnOnce(&ScriptedLauncher),
        launcher: impl FnOnce(&ScriptedLauncher) -> Box<dyn Launcher>,
    ) -> Self {
        Self::within(tempfile::tempdir().unwrap(), spec, rehearse, launcher)
    }

    fn within(
        workspace: TempDir,
        spec: Value,
        rehearse: impl FnOnce(&ScriptedLauncher),
        launcher: impl FnOnce(&ScriptedLauncher) -> Box<dyn Launcher>,
    ) -> Self {
        let state = StateFolder::at(workspace.path().join(".plandeck"));
        state.create().unwrap();
        let clock = ManualClock::at(Timestamp::from_millis(1_000_000));
        let cast = ScriptedLauncher::new(Arc::new(clock.clone()));
        rehearse(&cast);
        let spec = Arc::new(specification(spec, workspace.path().to_str().unwrap()));
        let folder = state.run(spec.run);
        folder.create().unwrap();
        let mut journal = Journal::open(&state.journal()).unwrap();
        journal.create_run(&spec, clock.wall()).unwrap();
        let (sender, inbox) = channel();
        let parts = Parts {
            state: state.clone(),
            journal,
            spec,
            launcher: launcher(&cast),
            clock: Arc::new(clock.clone()),
            workspace: workspace.path().to_owned(),
            env: environment(),
            supervisor: supervisor(),
            inbox: sender,
        };
        let engine = Engine::begin(parts, || {}).unwrap();
        Self { clock, cast, engine, folder, state, workspace, inbox }
    }

    /// Lets everything happen that is due now.
    fn settle(&mut self) {
        loop {
            let reports = self.cast.due(self.clock.now());
            if reports.is_empty() {
                break;
            }
            for report in reports {
                self.engine.take(Message::Report(report));
            }
        }
        self.engine.look_around();
        for report in self.cast.due(self.clock.now()) {
            self.engine.take(Message::Report(report));
        }
    }

    /// Turns the clock from one thing to the next until `until`.
    fn play_until(&mut self, until: Duration) {
        let until = Moment::default().after(until);
        loop {
            self.settle();
            let now = self.clock.now();
            if now >= until || self.engine.over().is_some() {
                return;
            }
            let due = [self.engine.state.next_deadline(), self.cast.next_due()].into_iter().flatten().min();
            let next = due.unwrap_or(until).min(until).max(now.after(Duration::from_millis(1)));
            self.clock.advance(next.since(now));
        }
    }

    /// To the end of the run.
    fn play(&mut self) -> Verdict {
        self.play_until(Duration::from_hours(24 * 7));
        // The scribe works on a thread of its own, and the end waits for it.
        while self.engine.over().is_none() {
            let message = self.inbox.recv_timeout(Duration::from_mins(2)).expect("the scribe answers");
            self.engine.take(message);
        }
        let verdict = self.engine.over().expect("the run ends");
        self.engine.close();
        verdict
    }

    /// Waits until the scribe has said of these tasks what became of their items.
    fn hear_the_scribe_say(&mut self, tasks: &[&str]) {
        let said = |events: Vec<Event>| {
            let tasks = events.into_iter().filter_map(|event| match event.kind {
                EventKind::PlanWritten { tasks } => Some(tasks),
                EventKind::PlanNotWritten { task, why } => panic!("{task}: {why}"),
                _ => None,
            });
            tasks.flatten().map(|task| task.to_string()).collect::<Vec<_>>()
        };
        while !tasks.iter().all(|task| said(self.events()).iter().any(|it| it == task)) {
            let message = self.inbox.recv_timeout(Duration::from_mins(2)).expect("the scribe answers");
            self.engine.take(message);
        }
    }

    fn cancel(&mut self) {
        self.engine.feed(&Input::Cancel { reason: None, by: "ada".to_owned(), now: false });
    }

    fn events(&self) -> Vec<Event> {
        self.journal().events_after(run_id(), Seq(0), 10_000).unwrap()
    }

    /// The journal's events as `milliseconds word subject`, without the beginning.
    fn story(&self) -> Vec<String> {
        let untold = ["run_created", "run_started", "task_queued", "task_ready", "attempt_started"];
        let events = self.events().into_iter().filter(|event| !untold.contains(&event.kind.word()));
        events.map(|event| tell(&event)).collect()
    }

    /// As another reader sees it.
    fn journal(&self) -> Journal {
        Journal::open(&self.state.journal()).unwrap()
    }
}

fn tell(event: &Event) -> String {
    let json = serde_json::to_value(&event.kind).unwrap();
    let subject = match (&json["attempt"], &json["task"]) {
        (Value::Object(it), _) => format!(" {}.{}", it["task"].as_str().unwrap(), it["number"]),
        (_, Value::String(it)) => format!(" {it}"),
        _ => String::new(),
    };
    let details = ["outcome", "reason", "verdict"].iter().filter_map(|name| json[*name].as_str());
    let details: Vec<&str> = details.collect();
    let told = format!("{} {}{subject} {}", event.at.millis(), event.kind.word(), details.join(" "));
    told.trim_end().to_owned()
}

fn run_id() -> RunId {
    "0193e3f0-7c5a-7abc-8def-0123453f9c2a".parse().unwrap()
}

fn supervisor() -> ProcessId {
    ProcessId { pid: 7, birth: 1, boot: "boot".to_owned(), namespace: "pid:[1]".to_owned() }
}

fn environment() -> BTreeMap<String, String> {
    let env = [
        ("PATH", "/usr/bin:/bin"),
        ("LC_ALL", "C"),
        ("LC_TIME", "de"),
        ("HOME", "/home/ada"),
        ("SECRET", "x"),
    ];
    env.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn attempt(task: &str, number: u32) -> AttemptId {
    AttemptId { task: task.into(), number }
}

fn hangs() -> Part {
    Part::new(Act::Hangs)
}

fn specification(given: Value, workspace: &str) -> Specification {
    let mut spec = json!({
        "version": 1, "run": run_id(), "workflow": "next", "plan": null, "item": null, "params": {},
        "slots": 2, "fail_fast": false, "deliverables": [], "plan_hash": null, "git_commit": null,
        "asked_by": { "user": "ada", "face": "cli", "pid": 1 }, "created_at": 0, "parent": null,
        "umask": 18, "max_log_bytes": 1_000_000, "seed": 1
    });
    fill(&mut spec, given);
    for task in spec["tasks"].as_array_mut().unwrap() {
        let given = task.take();
        *task = json!({
            "title": "", "argv": ["/bin/true"], "needs": [], "group": null, "cwd": workspace, "env": {},
            "pass_env": [], "stdin": null, "capture": "pipe", "leave_running": false, "fail_on": [],
            "limits": { "wall": null, "idle": null, "grace": 10_000 },
            "retries": { "max": 0, "backoff": 0, "on": [] }
        });
        fill(task, given);
    }
    serde_json::from_value(spec).unwrap()
}

fn fill(whole: &mut Value, given: Value) {
    let Value::Object(given) = given else { panic!("an object is given") };
    for (name, value) in given {
        whole[name] = value;
    }
}
