//! A child of the performer: launched, fed, read line by line, waited for.
//!
//! It stays in the performer's process group, so a limit or a cancellation reaches it as it reaches the
//! performer, and what it leaves behind is swept as after any attempt.

use std::{
    io::{self, BufRead, BufReader, Read, Write as _},
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    thread,
    time::Duration,
};

use crate::{
    process::{diagnose, find_program},
    run::{Exit, LaunchFailure},
};

/// The longest line that is kept together.
const LONGEST_LINE: u64 = 1 << 20;

/// How long a program that has ended may be followed by output: a descendant may hold it for ever.
const LEAK: Duration = Duration::from_millis(250);

/// What is launched.
pub(super) struct Launch<'a> {
    pub argv: &'a [String],
    pub stdin: Option<Vec<u8>>,
    pub cwd: &'a Path,
    /// Beside the performer's own environment.
    pub env: Vec<(String, String)>,
    /// The value of `PATH`.
    pub path: &'a str,
}

/// Where a line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    Stdout,
    Stderr,
}

/// Runs it to its end; each line goes to `hear` as it comes, without its line end.
pub(super) fn run(launch: Launch<'_>, hear: &mut dyn FnMut(From, &str)) -> Result<Exit, LaunchFailure> {
    let mut child = spawn(&launch)?;
    let (sender, lines) = sync_channel(256);
    if let (Some(mut pipe), Some(bytes)) = (child.stdin.take(), launch.stdin) {
        // Who does not read its input to the end need not.
        thread::spawn(move || _ = pipe.write_all(&bytes));
    }
    if let Some(pipe) = child.stdout.take() {
        read(pipe, From::Stdout, sender.clone());
    }
    if let Some(pipe) = child.stderr.take() {
        read(pipe, From::Stderr, sender);
    }
    let status = listen(&mut child, &lines, hear);
    status
        .map(exit)
        .map_err(|error| LaunchFailure::System { message: format!("its end was not seen: {error}") })
}

fn spawn(launch: &Launch<'_>) -> Result<Child, LaunchFailure> {
    let Some((program, arguments)) = launch.argv.split_first() else {
        return Err(LaunchFailure::System { message: "it names no program".to_owned() });
    };
    let path = find_program(program, launch.path, launch.cwd)?;
    let stdin = if launch.stdin.is_some() { Stdio::piped() } else { Stdio::null() };
    let mut command = Command::new(&path);
    command.args(arguments).current_dir(launch.cwd).envs(launch.env.iter().cloned());
    // An agent that finds this thinks that it was started by itself.
    command.env_remove("CLAUDECODE");
    command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().map_err(|error| diagnose(&error, &path.to_string_lossy(), launch.cwd))
}

fn read(pipe: impl Read + Send + 'static, from: From, sender: SyncSender<(From, String)>) {
    thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut line = Vec::new();
        while let Ok(1..) = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
            let text = String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned();
            line.clear();
            if sender.send((from, text)).is_err() {
                return;
            }
        }
    });
}

/// Until both pipes are closed, or the program has ended and nothing comes any more.
fn listen(
    child: &mut Child,
    lines: &Receiver<(From, String)>,
    hear: &mut dyn FnMut(From, &str),
) -> io::Result<ExitStatus> {
    loop {
        match lines.recv_timeout(LEAK) {
            Ok((from, line)) => hear(from, &line),
            Err(RecvTimeoutError::Disconnected) => return child.wait(),
            Err(RecvTimeoutError::Timeout) => {
                if let Some(status) = child.try_wait()? {
                    for (from, line) in lines.try_iter() {
                        hear(from, &line);
                    }
                    return Ok(status);
                }
            }
        }
    }
}

fn exit(status: ExitStatus) -> Exit {
    status.code().map_or_else(|| Exit::Signal(status.signal().unwrap_or(0)), Exit::Code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(line: &str, stdin: Option<&str>) -> (Result<Exit, LaunchFailure>, Vec<(From, String)>) {
        let argv = ["/bin/sh", "-c", line].map(str::to_owned);
        let mut lines = Vec::new();
        let stdin = stdin.map(|it| it.as_bytes().to_vec());
        let launch =
            Launch { argv: &argv, stdin, cwd: Path::new("/"), env: Vec::new(), path: "/bin:/usr/bin" };
        let exit = run(launch, &mut |from, line| lines.push((from, line.to_owned())));
        (exit, lines)
    }

    #[test]
    fn both_streams_are_heard_and_the_end_is_seen() {
        let (exit, lines) = heard("cat; printf 'no end' >&2; exit 3", Some("ä\nb\n"));
        assert_eq!(exit, Ok(Exit::Code(3)));
        assert!(
            lines.contains(&(From::Stdout, "ä".to_owned()))
                && lines.contains(&(From::Stdout, "b".to_owned()))
        );
        assert!(lines.contains(&(From::Stderr, "no end".to_owned())));
        assert_eq!(heard("kill -9 $$", None).0, Ok(Exit::Signal(9)));
    }

    #[test]
    fn a_descendant_that_keeps_the_output_open_keeps_nobody_waiting() {
        let (exit, lines) = heard("sleep 600 & echo $!; exit 0", None);
        assert_eq!(exit, Ok(Exit::Code(0)));
        let argv = ["/bin/sh", "-c", &format!("kill {}", lines[0].1)].map(str::to_owned);
        let launch = Launch { argv: &argv, stdin: None, cwd: Path::new("/"), env: Vec::new(), path: "" };
        assert_eq!(run(launch, &mut |_, _| {}), Ok(Exit::Code(0)));
    }

    #[test]
    fn a_prompt_that_nobody_reads_hinders_nobody() {
        let (exit, _) = heard("exit 0", Some(&"x".repeat(1 << 20)));
        assert_eq!(exit, Ok(Exit::Code(0)));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let argv = ["no-such-agent".to_owned()];
        let launch = Launch { argv: &argv, stdin: None, cwd: Path::new("/"), env: Vec::new(), path: "/bin" };
        let expected = LaunchFailure::NotFound { program: "no-such-agent".to_owned() };
        assert_eq!(run(launch, &mut |_, _| {}), Err(expected));
    }
}
