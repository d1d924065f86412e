//! What a run costs beside doing without one: creating it and getting its id back, the whole of a run of
//! `true` beside a bare spawn, a cancellation to its first signal and to the last process gone, its log
//! beside `tee`, and a line's way to a follower beside `tail -f`.
//!
//! `cargo bench --bench runs -- [MIB]`: logs of 256 MiB unless told otherwise. Both sides take turns.

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
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use plandeck::{
    clock::{Clock as _, SystemClock},
    control::{Control, Parts},
    ids::RunId,
    process::marked,
    workspace::state::StateFolder,
};
use timing::{median, timed};

const ROUNDS: usize = 21;
const LINES: usize = 400;

/// Says the monotonic time once every 5 ms.
const TICKER: &str = "import sys,time\nfor _ in range(400):\n  time.sleep(.005)\n  \
                      print('T',time.clock_gettime_ns(time.CLOCK_MONOTONIC),flush=True)\n";

struct House {
    folder: tempfile::TempDir,
    program: String,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let program = std::env::var("PLANDECK").unwrap_or_else(|_| env!("CARGO_BIN_EXE_plandeck").to_owned());
        fs::write(folder.path().join("ticker.py"), TICKER).expect("a ticker");
        Self { folder, program }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn settings(&self, mib: usize) {
        let loud = format!("yes {} | head -c {}", "x".repeat(79), mib << 20);
        let text = format!(
            "[workflow.true]\ncommand = [\"/bin/true\"]\n\
             [workflow.loud]\ncommand = [\"/bin/sh\", \"-c\", \"{loud}\"]\n\
             [workflow.held]\ncommand = [\"/bin/sh\", \"-c\", \"{loud}\"]\ncapture = \"file\"\n\
             [workflow.ticks]\ncommand = [\"/bin/sh\", \"-c\", \"sleep 1; exec python3 ticker.py\"]\n\
             [workflow.tree]\ngrace = \"5s\"\ncommand = [\"/bin/sh\", \"-c\", '''trap \"date +%s%N > stopped; exit\" TERM; \
             setsid sleep 1000 & (setsid sleep 1000 &); echo up > up; wait''']\n"
        );
        fs::write(self.path().join("plandeck.toml"), text).expect("settings");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("-C").arg(self.path()).args(["run"]).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) {
        assert!(self.command(arguments).status().is_ok_and(|it| it.success()), "{arguments:?}");
    }

    fn create(&self, workflow: &str) -> RunId {
        let said = self.command(&["create", workflow, "-o", "plain"]).stdout(Stdio::piped()).output();
        let said = said.expect("the program starts").stdout;
        String::from_utf8_lossy(&said).trim().parse().expect("the id of a run")
    }

    fn control(&self) -> Control {
        let parts = Parts {
            state: StateFolder::at(self.path().join(".plandeck")),
            workspace: self.path().to_owned(),
            program: (&self.program).into(),
            environment: std::env::vars_os().collect(),
            clock: std::sync::Arc::new(SystemClock::start()),
        };
        Control::open(parts).expect("the journal opens")
    }

    fn wait(&self, run: RunId) {
        self.control().wait(run, Duration::from_hours(1)).expect("the journal is read");
    }
}

fn say(what: &str, our: Vec<Duration>, name: &str, their: Vec<Duration>) {
    let (our, their) = (median(our), median(their));
    println!(
        "{what:<34} {our:.2?}; {name} {their:.2?}; ratio {:.2}",
        our.as_secs_f64() / their.as_secs_f64()
    );
}

fn bare() -> Duration {
    timed(|| assert!(Command::new("/bin/true").status().is_ok_and(|it| it.success())))
}

fn creating(house: &House) {
    let (mut detached, mut whole, mut spawned) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut run = None;
        detached.push(timed(|| run = Some(house.create("true"))));
        house.wait(run.expect("it was created"));
        whole.push(timed(|| house.run(&["create", "true", "--wait"])));
        spawned.push(bare());
    }
    say("created detached, to its id", detached, "bare spawn", spawned.clone());
    say("the whole of a run of true", whole, "bare spawn", spawned);
}

fn cancelling(house: &House) {
    let (mut first, mut last) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for file in ["up", "stopped"] {
            let _ = fs::remove_file(house.path().join(file));
        }
        let run = house.create("tree");
        let mine = run.to_string();
        let lives = || marked().iter().any(|(mark, _)| mark.starts_with(&mine));
        while !house.path().join("up").exists() {
            std::thread::park_timeout(Duration::from_millis(1));
        }
        let clock = SystemClock::start();
        let asked = clock.wall().millis();
        last.push(timed(|| {
            let cancel = house.command(&["cancel", &mine, "--yes"]).spawn();
            while lives() {
                std::thread::park_timeout(Duration::from_micros(200));
            }
            drop(cancel.expect("the program starts").wait());
        }));
        let told = fs::read_to_string(house.path().join("stopped")).unwrap_or_default();
        let told: i64 = told.trim().parse().unwrap_or(0);
        first.push(Duration::from_millis(u64::try_from(told / 1_000_000 - asked).unwrap_or(0)));
        house.wait(run);
    }
    println!("cancel, to the first signal heard  {:.2?} (with the start of date)", median(first));
    println!("cancel, to the last process gone   {:.2?}", median(last));
}

fn logging(house: &House, mib: usize) {
    let loud = format!("yes {} | head -c {}", "x".repeat(79), mib << 20);
    let to_file = |end: &str| {
        let out = house.path().join("out");
        let line = format!("{loud} {end} {}", out.display());
        let took = timed(|| {
            let status = Command::new("/bin/sh").args(["-c", &line]).stdout(Stdio::null()).status();
            assert!(status.is_ok_and(|it| it.success()));
        });
        fs::remove_file(out).expect("it wrote a file");
        took
    };
    let (mut piped, mut held, mut tee, mut file) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..3 {
        for (workflow, times) in [("loud", &mut piped), ("held", &mut held)] {
            times.push(timed(|| house.run(&["create", workflow, "--wait"])));
            house.run(&["prune", "--keep", "0", "--yes"]);
        }
        tee.push(to_file("| tee"));
        file.push(to_file(">"));
    }
    say(&format!("{mib} MiB of lines through a pipe"), piped, "tee", tee);
    say(&format!("{mib} MiB of lines, capture = file"), held, "> file", file);
    let run = house.create("loud");
    let memory = peak_of_supervisor(&run.to_string());
    println!("memory of its supervisor           {memory} KiB at most");
}

fn peak_of_supervisor(run: &str) -> u64 {
    let mut peak = 0;
    let of = |text: &str| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?
            .trim()
            .strip_suffix(" kB")?
            .parse()
            .ok();
        line
    };
    loop {
        let numbers = fs::read_dir("/proc").expect("/proc").flatten().map(|it| it.path());
        let mut minds = numbers.filter(|path| {
            let line = fs::read(path.join("cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).into_owned();
            line.contains("supervise") && line.contains(run)
        });
        let Some(path) = minds.next() else { return peak };
        let status = fs::read_to_string(path.join("status")).unwrap_or_default();
        peak = peak.max(of(&status).unwrap_or(0));
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// From the moment that a line names to the one at which it is read.
fn latencies(mut follower: Child) -> Vec<Duration> {
    let clock = || {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        i128::from(now.tv_sec) * 1_000_000_000 + i128::from(now.tv_nsec)
    };
    let lines = BufReader::new(follower.stdout.take().expect("it is piped")).lines();
    let mut found = Vec::new();
    for line in lines.map_while(Result::ok) {
        let now = clock();
        if let Some(said) = line.strip_prefix("T ").and_then(|it| it.parse::<i128>().ok()) {
            found.push(Duration::from_nanos(u64::try_from(now - said).unwrap_or(0)));
        }
        if found.len() == LINES {
            break;
        }
    }
    let _ = follower.kill();
    let _ = follower.wait();
    found.sort_unstable();
    found
}

fn following(house: &House) {
    let run = house.create("ticks").to_string();
    let ours = house.command(&["logs", &run, "--follow"]).stdout(Stdio::piped()).spawn();
    let ours = latencies(ours.expect("the program starts"));
    let out = house.path().join("ticked");
    let file = fs::File::create(&out).expect("a file");
    let mut ticker = Command::new("/bin/sh");
    ticker.args(["-c", "sleep 1; exec python3 ticker.py"]).current_dir(house.path()).stdout(file);
    let mut ticker = ticker.spawn().expect("a ticker");
    let tail = Command::new("tail").arg("-f").arg(&out).stdout(Stdio::piped()).spawn();
    let theirs = latencies(tail.expect("tail starts"));
    let _ = ticker.wait();
    for (name, found) in [("logs --follow", ours), ("tail -f", theirs)] {
        let at = |share: usize| found.get((found.len() * share / 100).min(found.len().saturating_sub(1)));
        println!(
            "a line to {name:<24} p50 {:.2?}, p99 {:.2?}, {} lines",
            at(50).copied().unwrap_or_default(),
            at(99).copied().unwrap_or_default(),
            found.len()
        );
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|it| !it.starts_with("--"));
    let mib: usize = arguments.next().map_or(256, |it| it.parse().expect("how many MiB"));
    let house = House::new();
    house.settings(mib);
    creating(&house);
    cancelling(&house);
    following(&house);
    logging(&house, mib);
}
