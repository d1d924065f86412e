//! Many processes edit one file at once, and are killed at random: `many_editors [PROCESSES] [EDITS]`.
//!
//! Each process ticks and unticks a line of its own, EDITS times in all. It is killed at random moments
//! and started again, while a reader checks all the time that the file is whole. An edit that is lost
//! is found at once: the next edit of that line would not see what the last one wrote.

#![expect(clippy::print_stdout, reason = "it is a program for a person to look at")]

use std::{
    error::Error,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use plandeck::{
    clock::{Clock as _, SystemClock},
    workspace::{Editor, state::StateFolder},
};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const FILE: &str = "plan.md";

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, usual: usize| words.get(at).map_or(Ok(usual), |it| it.parse::<usize>());
    if words.first().is_some_and(|it| it == "write") {
        return write(Path::new(&words[1]), number(2, 0)?, number(3, 0)?);
    }
    hammer(number(0, 8)?, number(1, 500)?)
}

fn line(writer: usize, ticked: bool) -> String {
    format!("- [{}] line of writer {writer}, ünïcode", if ticked { 'x' } else { ' ' })
}

/// A writer's process: edits its line so many times and says each time that it is done.
fn write(root: &Path, writer: usize, edits: usize) -> Result<()> {
    let editor = Editor::new(root, StateFolder::at(root.join(".plandeck")), 0o022);
    let text = fs::read_to_string(root.join(FILE))?;
    let mut ticked = text.lines().nth(writer) == Some(&line(writer, true));
    for _ in 0..edits {
        editor.replace_line(FILE, writer + 1, &line(writer, ticked), &line(writer, !ticked))?;
        ticked = !ticked;
        println!("done");
        std::io::stdout().flush()?;
    }
    Ok(())
}

fn hammer(writers: usize, edits: usize) -> Result<()> {
    let clock = SystemClock::start();
    let began = clock.now();
    let folder = tempfile::tempdir()?;
    let whole: String = (0..writers).map(|it| line(it, false) + "\n").collect();
    fs::write(folder.path().join(FILE), &whole)?;
    let (over, looks, kills) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        let reader = scope.spawn(|| -> Result<()> {
            while !over.load(Ordering::Relaxed) {
                let seen = fs::read_to_string(folder.path().join(FILE))?;
                if seen.replace("[x]", "[ ]") != whole {
                    return Err(format!("half a file was seen: {seen:?}").into());
                }
                looks.fetch_add(1, Ordering::Relaxed);
                thread::park_timeout(Duration::from_micros(500));
            }
            Ok(())
        });
        let (root, kills) = (folder.path(), &kills);
        let all: Vec<_> = (0..writers).map(|it| scope.spawn(move || mind(root, it, edits, kills))).collect();
        let ended: Result<Vec<usize>> =
            all.into_iter().map(|it| it.join().map_err(|_| "a writer panicked")?).collect();
        over.store(true, Ordering::Relaxed);
        reader.join().map_err(|_| "the reader panicked")??;
        let done: usize = ended?.iter().sum();
        let left =
            fs::read_dir(root)?.flatten().filter(|it| it.path().extension().is_some_and(|it| it == "tmp"));
        println!(
            "{writers} processes, {done} edits confirmed, {} kills, {} looks by the reader, {} temporary \
             files left, {:.1} s",
            kills.load(Ordering::Relaxed),
            looks.load(Ordering::Relaxed),
            left.count(),
            clock.now().since(began).as_secs_f64(),
        );
        Ok(())
    })
}

/// Runs a writer until so many edits are confirmed, killing it now and then.
fn mind(root: &Path, writer: usize, edits: usize, kills: &AtomicUsize) -> Result<usize> {
    let mut chance = 0x2545_f491_4f6c_dd1d_u64 ^ (writer as u64 + 1).wrapping_mul(0x9e37_79b9);
    let mut done = 0;
    while done < edits {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["write", &root.to_string_lossy(), &writer.to_string(), &(edits - done).to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let lifetime = Duration::from_micros(20_000 + chance % 2_000_000);
        let output = child.stdout.take().ok_or("no output")?;
        let gone = Arc::new(AtomicBool::new(false));
        let counter = thread::spawn({
            let gone = Arc::clone(&gone);
            let minder = thread::current();
            move || {
                let count = BufReader::new(output).lines().map_while(std::io::Result::ok).count();
                gone.store(true, Ordering::Release);
                minder.unpark();
                count
            }
        });
        thread::park_timeout(lifetime);
        if gone.load(Ordering::Acquire) {
            if !child.wait()?.success() {
                return Err(format!("writer {writer} lost an edit, or failed").into());
            }
        } else {
            child.kill()?;
            child.wait()?;
            kills.fetch_add(1, Ordering::Relaxed);
        }
        done += counter.join().map_err(|_| "a counter panicked")?;
        // What the counter of a killed child said is not for the next one.
        thread::park_timeout(Duration::ZERO);
    }
    Ok(done)
}
