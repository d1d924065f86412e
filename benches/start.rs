//! What starting costs: from the start of the program to its first prompt under a pseudo-terminal, with
//! 25 plans and with 500, beside a shell's; `status` as a whole process; and the memory each takes. Once
//! with what an earlier process remembered of the same plans, once with nothing remembered.

#[path = "shapes/mod.rs"]
mod shapes;

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    os::fd::OwnedFd,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group};
use plandeck::workspace::{SETTLED, STATE_FOLDER, state::StateFolder};
use rustix::{
    pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt},
    termios::{Winsize, tcsetwinsize},
};
use shapes::timing::{median, timed};

const PLANDECK: &str = env!("CARGO_BIN_EXE_plandeck");
const ROUNDS: usize = 15;

/// A program that has come as far as its first prompt.
struct Prompted {
    child: Child,
    _terminal: OwnedFd,
}

impl Prompted {
    /// Starts a program in a folder and waits for its mark.
    fn start(program: &str, arguments: &[&str], folder: &Path, mark: &[u8]) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let terminal = openpt(flags).expect("a pseudo-terminal");
        grantpt(&terminal).and_then(|()| unlockpt(&terminal)).expect("its other end");
        let size = Winsize { ws_row: 40, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&terminal, size).expect("its size");
        let peer = ioctl_tiocgptpeer(&terminal, flags).expect("its other end");
        let stream = || Stdio::from(peer.try_clone().expect("a second handle"));
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder).env("TERM", "xterm-256color").env("PS1", "$ ");
        let command = command.env_remove("CI").stdin(stream()).stdout(stream()).stderr(stream());
        let child = command.spawn().expect("the program starts");
        wait_for(&terminal, mark);
        Self { child, _terminal: terminal }
    }

    /// The most memory it has had so far, in KiB.
    fn peak(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
    }
}

impl Drop for Prompted {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads until the mark comes, and answers where the cursor is when that is asked.
fn wait_for(terminal: &OwnedFd, mark: &[u8]) {
    let mut terminal = File::from(terminal.try_clone().expect("a second handle"));
    let mut shown = Vec::new();
    let mut answered = 0;
    let mut block = vec![0; 1 << 16];
    let count = |shown: &[u8], of: &[u8]| shown.windows(of.len()).filter(|it| *it == of).count();
    while count(&shown, mark) == 0 {
        let length = terminal.read(&mut block).expect("the program goes on");
        shown.extend_from_slice(&block[..length]);
        while answered < count(&shown, b"\x1b[6n") {
            terminal.write_all(b"\x1b[1;1R").expect("an answer");
            answered += 1;
        }
    }
}

fn plandeck(folder: &Path) -> Prompted {
    Prompted::start(PLANDECK, &[], folder, "❯".as_bytes())
}

fn shell(folder: &Path) -> Prompted {
    Prompted::start("bash", &["--norc", "--noprofile", "-i"], folder, b"$ ")
}

fn status(folder: &Path) {
    let mut command = Command::new(PLANDECK);
    let ended = command.arg("status").current_dir(folder).stdout(Stdio::null()).status();
    assert!(ended.is_ok_and(|it| it.success()), "status of {}", folder.display());
}

/// A workspace of plans of both shapes, half and half, in which the deck has been before, and long
/// enough ago: what changed a moment before it was read is not remembered.
fn workspace(plans: usize) -> tempfile::TempDir {
    let root = shapes::speckit(plans / 2);
    shapes::add_methodology(root.path(), plans - plans / 2);
    std::thread::park_timeout(Duration::from_millis(2 * SETTLED.unsigned_abs()));
    drop(plandeck(root.path()));
    status(root.path());
    root
}

fn forget(root: &Path) {
    // Where nothing is remembered yet there is nothing to take away.
    let _ = fs::remove_file(StateFolder::at(root.join(STATE_FOLDER)).readings());
}

fn start(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("start");
    group.sample_size(10);
    for plans in [25, 500] {
        let root = workspace(plans);
        group.bench_function(BenchmarkId::new("to the first prompt", plans), |bencher| {
            bencher.iter_with_large_drop(|| plandeck(root.path()));
        });
        group.bench_function(BenchmarkId::new("to the first prompt, nothing remembered", plans), |bencher| {
            let begin = || forget(root.path());
            bencher.iter_batched(begin, |()| plandeck(root.path()), BatchSize::PerIteration);
        });
        status(root.path());
        group.bench_function(BenchmarkId::new("status, whole process", plans), |bencher| {
            bencher.iter(|| status(root.path()));
        });
    }
    group.finish();
}

#[expect(clippy::print_stdout, reason = "a measurement is told to whoever runs it")]
fn beside_a_shell() {
    for plans in [25, 500] {
        let root = workspace(plans);
        let mut times: [Vec<Duration>; 4] = Default::default();
        let mut peak = 0;
        for _ in 0..ROUNDS {
            let mut kept = None;
            times[0].push(timed(|| kept = Some(shell(root.path()))));
            times[1].push(timed(|| kept = Some(plandeck(root.path()))));
            peak = kept.take().map_or(0, |it| it.peak());
            times[2].push(timed(|| status(root.path())));
            forget(root.path());
            times[3].push(timed(|| kept = Some(plandeck(root.path()))));
            drop(kept);
            status(root.path());
        }
        let [shell, deck, status, first] = times.map(median);
        println!(
            "{plans} plans: bash {shell:.1?}; plandeck {deck:.1?}, {:.2} of it, {} MiB at its peak; status {status:.1?}; plandeck with nothing remembered {first:.1?}",
            deck.as_secs_f64() / shell.as_secs_f64(),
            peak >> 10
        );
    }
}

criterion_group!(benches, start);

fn main() {
    beside_a_shell();
    benches();
    Criterion::default().configure_from_args().final_summary();
}
