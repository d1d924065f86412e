//! Starting a supervisor: it is handed the lock as its standard input, and says when it minds the run.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use super::open::Parts;
use crate::ids::RunId;

/// Most bytes of its word that are listened to.
const WORD: u64 = 4096;

/// What a supervisor said.
pub enum Handshake {
    /// It minds the run.
    Ready,
    /// It does not, and is gone.
    Failed(String),
}

/// Starts the supervisor of a run and waits for its word, `ready` or `error: …` and why.
///
/// # Errors
/// When the program can't be started.
pub fn start(parts: &Parts, run: RunId, lock: &File, patience: Duration) -> io::Result<Handshake> {
    let mut child = command(parts, run, lock.try_clone()?).spawn()?;
    let word = listen(child.stdout.take().expect("it was asked to be piped"));
    let failed = match word.recv_timeout(patience) {
        Ok(word) if word == "ready\n" => {
            reap_in_time(child);
            return Ok(Handshake::Ready);
        }
        Ok(word) => word,
        Err(_) => {
            end(&mut child);
            return Ok(Handshake::Failed(format!("it said nothing for {} seconds", patience.as_secs())));
        }
    };
    if let Some(why) = failed.strip_prefix("error: ") {
        end(&mut child);
        return Ok(Handshake::Failed(why.trim_end().to_owned()));
    }
    // It closed its output without a whole word: it is ending, or it is no supervisor.
    let why = match child.try_wait() {
        Ok(Some(status)) => format!("it ended before it was ready ({status})"),
        _ => "it did not say that it is ready".to_owned(),
    };
    end(&mut child);
    Ok(Handshake::Failed(why))
}

fn command(parts: &Parts, run: RunId, lock: File) -> Command {
    let mut command = Command::new(&parts.program);
    command
        .arg("supervise")
        .arg(run.to_string())
        .arg("--state")
        .arg(parts.state.root())
        .arg("--workspace")
        .arg(&parts.workspace)
        .current_dir(&parts.workspace)
        .env_clear()
        .envs(parts.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::from(lock))
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Reads the first line, on a thread of its own: a pipe has no deadline.
fn listen(output: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (said, heard) = mpsc::channel();
    thread::spawn(move || {
        let mut word = Vec::new();
        let read = BufReader::new(output.take(WORD)).read_until(b'\n', &mut word);
        let word = if read.is_ok() { String::from_utf8_lossy(&word).into_owned() } else { String::new() };
        // Nobody listens any more when patience was up.
        let _ = said.send(word);
    });
    heard
}

/// Leaves no zombie in a long-lived asker: somebody has to wait for the supervisor's end.
fn reap_in_time(mut child: Child) {
    thread::spawn(move || child.wait());
}

fn end(child: &mut Child) {
    // It may be gone already; then there is nothing to kill, only to reap.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use std::{os::unix::fs::PermissionsExt as _, sync::Arc};

    use super::*;
    use crate::{clock::SystemClock, ids::Ids, workspace::state::StateFolder};

    #[test]
    fn a_supervisor_that_stays_silent_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("supervisor");
        std::fs::write(&program, "#!/bin/sh\necho $$ > pid; exec sleep 1000\n").unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
        let parts = Parts {
            state: StateFolder::at(folder.path()),
            workspace: folder.path().to_owned(),
            program,
            environment: Vec::new(),
            clock: Arc::new(SystemClock::start()),
        };
        let lock = File::create(folder.path().join("lock")).unwrap();
        let said = start(&parts, Ids::Random.run(0), &lock, Duration::ZERO).unwrap();
        assert!(matches!(said, Handshake::Failed(why) if why == "it said nothing for 0 seconds"));
        let children = std::fs::read_to_string("/proc/thread-self/children").unwrap_or_default();
        assert_eq!(children.trim(), "");
    }
}
