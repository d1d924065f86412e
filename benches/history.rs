//! What a long history costs: how fast it is written, how much room a run takes, and how long the whole
//! program takes to show the first page, a filtered one and a search, beside `sqlite3` where it is there.
//!
//! `cargo bench --bench history -- [RUNS [FOLDER]]`: 20,000 runs in a folder of their own unless told
//! otherwise. A folder that holds that many already is only read.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::needless_pass_by_value,
    clippy::let_and_return,
    reason = "a bench prints what it measured, and which program it measures may be told from outside"
)]

#[path = "shapes/timing.rs"]
mod timing;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use plandeck::{
    clock::{Moment, Timestamp},
    ids::{AttemptId, Ids, RunId, Seq},
    journal::{Journal, RunQuery},
    run::{Event, EventKind, Exit, Outcome, ProcessId, Specification, Verdict, event::Ending},
    workspace::state::StateFolder,
};
use serde_json::json;
use timing::{median, timed};

const ROUNDS: usize = 15;
const WORK: [&str; 10] =
    ["deploy", "build", "test", "lint", "sync", "backup", "restore", "migrate", "seed", "report"];
const WHERE: [&str; 5] = ["api", "web", "db", "etl", "infra"];

/// The same numbers every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.roll(of.len() as u64)).unwrap_or(0)]
    }
}

fn specification(run: RunId, at: Timestamp, dice: &mut Dice) -> Specification {
    let workflow = format!("{}-{}", dice.one(&WORK), dice.one(&WHERE));
    let branch = format!("feature/{}-{}", dice.one(&WORK), dice.roll(10_000));
    serde_json::from_value(json!({
        "version": 1, "run": run, "workflow": workflow, "plan": null, "item": null,
        "params": { "env": dice.one(&["prod", "staging", "dev"]), "branch": branch,
                    "sha": format!("{:016x}", dice.roll(u64::MAX)), "retries": dice.roll(4) },
        "slots": 2, "fail_fast": false, "deliverables": [], "plan_hash": null, "git_commit": null,
        "asked_by": { "user": "ada", "face": "cli", "pid": 1 }, "created_at": at.millis(), "parent": null,
        "umask": 18, "max_log_bytes": 1_000_000, "seed": 1,
        "tasks": [{
            "name": workflow, "title": "", "argv": ["/bin/true"], "needs": [], "group": null, "cwd": "/",
            "env": {}, "pass_env": [], "stdin": null, "capture": "pipe", "leave_running": false, "fail_on": [],
            "limits": { "wall": null, "idle": null, "grace": 10_000 },
            "retries": { "max": 0, "backoff": 0, "on": [] }
        }]
    }))
    .expect("a specification")
}

/// A run's whole life.
fn life(spec: &Specification, took: u64, dice: &mut Dice) -> Vec<Event> {
    let name = spec.tasks[0].name.clone();
    let attempt = AttemptId { task: name.clone(), number: 1 };
    let process = ProcessId { pid: 7, birth: 7, boot: "b".to_owned(), namespace: "n".to_owned() };
    let (outcome, exit, verdict) = match dice.roll(100) {
        0..90 => (Outcome::Succeeded, Exit::Code(0), Verdict::Succeeded),
        90..96 => (Outcome::Failed { code: 3 }, Exit::Code(3), Verdict::Failed),
        96..98 => (Outcome::Cancelled, Exit::Signal(15), Verdict::Cancelled),
        _ => (Outcome::TimedOut, Exit::Signal(15), Verdict::TimedOut),
    };
    let ending = Ending { exit: Some(exit), bytes: dice.roll(100_000), ..Ending::bare(outcome.clone()) };
    let kinds = [
        EventKind::RunCreated { workflow: spec.workflow.clone(), plan: None, item: None },
        EventKind::RunStarted { supervisor: process.clone() },
        EventKind::TaskQueued { task: name.clone() },
        EventKind::TaskReady { attempt: attempt.clone() },
        EventKind::AttemptStarted { attempt: attempt.clone(), process },
        EventKind::AttemptEnded { attempt, ending },
        EventKind::TaskEnded { task: name, outcome },
        EventKind::RunEnded { verdict, deliverables: Vec::new(), survivors: Vec::new() },
    ];
    let event = |(number, kind): (u64, EventKind)| {
        let after = if number < 6 { 0 } else { took };
        let ts = Timestamp::from_millis(spec.created_at.millis() + i64::try_from(after).unwrap_or(0));
        Event { run: spec.run, seq: Seq(number), at: Moment::from_millis(after), ts, kind }
    };
    (1..).zip(kinds).map(event).collect()
}

/// Fills a journal up to so many runs, through the same door as every run.
fn fill(state: &StateFolder, runs: usize) {
    state.create().expect("a state folder");
    let mut journal = Journal::open(&state.journal()).expect("a journal");
    let total = |journal: &Journal| {
        journal.list(&RunQuery { limit: 1, ..RunQuery::default() }).expect("a list").total
    };
    let there = total(&journal);
    let mut dice = Dice(there as u64 + 1);
    let mut now = 1_700_000_000_000 + i64::try_from(there).unwrap_or(0) * 60_000;
    let took = timed(|| {
        for _ in there..runs {
            now += 1 + i64::try_from(dice.roll(60_000)).unwrap_or(0);
            let at = Timestamp::from_millis(now);
            let spec = specification(Ids::Random.run(at.millis()), at, &mut dice);
            let events = life(&spec, 50 + dice.roll(900_000), &mut dice);
            journal.restore(&spec, &events).expect("a run is written");
        }
    });
    if there < runs {
        let rate = (runs - there) as f64 / took.as_secs_f64();
        println!("inserted {} runs in {took:.1?}: {rate:.0} a second, each synced twice", runs - there);
    }
    drop(journal);
    let size = fs::metadata(state.journal()).map_or(0, |it| it.len());
    println!("{runs} runs take {} MiB, {} bytes a run", size >> 20, size / runs.max(1) as u64);
}

fn quiet(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .stdin(Stdio::null())
        .status()
        .is_ok_and(|it| it.success())
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|it| !it.starts_with("--"));
    let runs: usize = arguments.next().map_or(20_000, |it| it.parse().expect("a number of runs"));
    let own = tempfile::tempdir().expect("a folder");
    let folder = arguments.next().map_or_else(|| own.path().to_owned(), PathBuf::from);
    let program = std::env::var("PLANDECK").unwrap_or_else(|_| env!("CARGO_BIN_EXE_plandeck").to_owned());
    let state = StateFolder::at(folder.join(".plandeck"));
    fill(&state, runs);
    compare(&program, &folder, &state);
}

fn compare(program: &str, folder: &Path, state: &StateFolder) {
    let ours = |more: &[&str]| {
        let mut command = Command::new(program);
        command.arg("-C").arg(folder).args(["run", "list", "--limit", "50", "-o", "plain"]).args(more);
        command
    };
    let theirs = |sql: &str| {
        let mut command = Command::new("sqlite3");
        command.arg(state.journal()).arg(sql);
        command
    };
    let rows = "select id, workflow, status, created_at, started_at, ended_at, preview from runs";
    let newest = "order by created_at desc, n desc limit 50";
    let by_words = |text: &str| {
        format!("{rows} where n in (select rowid from search where words match '\"{text}\"') {newest}")
    };
    for (name, more, sql) in [
        ("first page", &[][..], format!("{rows} {newest}")),
        ("failed", &["--status", "failed"], format!("{rows} where status = 'failed' {newest}")),
        ("workflow", &["--workflow", "deploy-api"], format!("{rows} where workflow = 'deploy-api' {newest}")),
        ("longest", &["--sort", "duration"], format!("{rows} order by ifnull(duration, -1) desc limit 50")),
        ("search, common", &["--search", "feature/deploy"], by_words("feature/deploy")),
        ("search, rare", &["--search", "deploy-1234"], by_words("deploy-1234")),
        ("search, absent", &["--search", "zzqqzz"], by_words("zzqqzz")),
    ] {
        let (mut our, mut their): (Vec<Duration>, Vec<Duration>) = (Vec::new(), Vec::new());
        let has_peer = quiet(&mut theirs("select 1"));
        for _ in 0..ROUNDS {
            our.push(timed(|| assert!(quiet(&mut ours(more)), "{name}")));
            if has_peer {
                their.push(timed(|| assert!(quiet(&mut theirs(&sql)), "{name}")));
            }
        }
        let our = median(our);
        let beside = if has_peer {
            let their = median(their);
            format!(", sqlite3 {their:.1?}, ratio {:.2}", our.as_secs_f64() / their.as_secs_f64())
        } else {
            String::new()
        };
        println!("{name:<15} {our:.1?}{beside}");
    }
}
