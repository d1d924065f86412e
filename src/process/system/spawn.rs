//! One child from its order: descriptors, environment, mask, and the launch itself.

use std::{
    fs::File,
    io,
    os::{fd::OwnedFd, unix::process::CommandExt as _},
    sync::{Mutex, PoisonError},
};

use duct::{Expression, Handle};
use rustix::{
    fs::Mode,
    process::{Pid, umask},
    pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt},
    termios::{OptionalActions, OutputModes, Winsize, tcgetattr, tcsetattr, tcsetwinsize},
    thread::UnshareFlags,
};
use tokio::net::unix::pipe::Sender;

use super::{
    input::{Heard, Stdin},
    output::Output,
};
use crate::{
    clock::Timestamp,
    logs::{LogFile, Stream},
    process::{launcher::Order, procfs::identity, program::diagnose},
    run::{Capture, LaunchFailure, ProcessId},
};

/// What a program that asks its terminal for its size is told.
const SIZE: Winsize = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };

/// A child that runs.
#[derive(Debug)]
pub(super) struct Child {
    pub handle: Handle,
    pub leader: Pid,
    pub process: ProcessId,
    pub output: Output,
    pub log: LogFile,
    pub stdin: Option<Stdin>,
}

/// The descriptors a child is given for its output.
enum Given {
    One(OwnedFd),
    Two(OwnedFd, OwnedFd),
}

/// The descriptor a child is given for its input, and our end of it. Neither where it is null.
type Fed = (Option<OwnedFd>, Option<Stdin>);

/// Launches what is ordered; `heard` is what is sent to it later. Blocks for as long as the system takes to load the program.
pub(super) fn spawn(order: &Order, heard: Option<Heard>, now: Timestamp) -> Result<Child, LaunchFailure> {
    let mut log = LogFile::create(&order.log, order.max_log_bytes).map_err(|error| {
        LaunchFailure::System { message: format!("can't create the log {}: {error}", order.log.display()) }
    })?;
    let mut output = Output::default();
    let given = open(order.capture, &mut output, &mut log, now).map_err(system)?;
    let (stdin_end, stdin) = stdin(order, heard, &given, &output).map_err(system)?;
    let Some((program, arguments)) = order.argv.split_first() else {
        return Err(LaunchFailure::NotFound { program: String::new() });
    };
    // The expression owns the child's ends of all pipes. It must be gone before anyone waits for an end.
    let expression = expression(program, arguments, order, given, stdin_end);
    let handle = under_mask(order.umask, || expression.start());
    drop(expression);
    let handle = handle.map_err(|error| diagnose(&error, program, &order.cwd))?;
    let number = handle.pids().first().copied().unwrap_or_default();
    let leader = i32::try_from(number).ok().and_then(Pid::from_raw).expect("a child has a number");
    let process = identity(number).unwrap_or_else(|| stranger(number));
    Ok(Child { handle, leader, process, output, log, stdin })
}

fn expression(
    program: &str,
    arguments: &[String],
    order: &Order,
    given: Given,
    stdin: Option<OwnedFd>,
) -> Expression {
    let bare = duct::cmd(program, arguments).dir(&order.cwd).full_env(&order.env).unchecked().before_spawn(
        |command| {
            command.process_group(0);
            Ok(())
        },
    );
    let fed = match stdin {
        Some(end) => bare.stdin_file(end),
        None => bare.stdin_null(),
    };
    match given {
        // Inner redirections come last: both streams end at what stands outside of them.
        Given::One(both) => fed.stderr_to_stdout().stdout_file(both),
        Given::Two(out, err) => fed.stdout_file(out).stderr_file(err),
    }
}

fn open(capture: Capture, output: &mut Output, log: &mut LogFile, now: Timestamp) -> io::Result<Given> {
    match capture {
        Capture::Pipe => Ok(Given::One(pipe(output, Stream::Both)?)),
        Capture::Split => Ok(Given::Two(pipe(output, Stream::Out)?, pipe(output, Stream::Err)?)),
        Capture::File => Ok(Given::One(File::into(log.for_child(now)?))),
        Capture::Tty => Ok(Given::One(terminal(output)?)),
    }
}

fn pipe(output: &mut Output, stream: Stream) -> io::Result<OwnedFd> {
    let (reader, writer) = io::pipe()?;
    output.add(reader.into(), stream)?;
    Ok(writer.into())
}

/// A pseudo-terminal that changes no byte of what the child prints.
fn terminal(output: &mut Output) -> io::Result<OwnedFd> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let master = openpt(flags)?;
    grantpt(&master)?;
    unlockpt(&master)?;
    let child_end = ioctl_tiocgptpeer(&master, flags)?;
    let mut modes = tcgetattr(&child_end)?;
    modes.output_modes.remove(OutputModes::OPOST);
    tcsetattr(&child_end, OptionalActions::Now, &modes)?;
    tcsetwinsize(&child_end, SIZE)?;
    output.add(master, Stream::Both)?;
    Ok(child_end)
}

fn stdin(order: &Order, heard: Option<Heard>, given: &Given, output: &Output) -> io::Result<Fed> {
    if order.stdin.is_none() && heard.is_none() {
        return Ok((None, None));
    }
    let bytes = order.stdin.clone().unwrap_or_default();
    // A terminal has no end that could be reached: only what stays open is read from it.
    if let (Capture::Tty, Given::One(child_end), Some(_)) = (order.capture, given, &heard) {
        let to = Sender::from_owned_fd_unchecked(output.master()?)?;
        return Ok((Some(child_end.try_clone()?), Some(Stdin::new(to, bytes, heard))));
    }
    let (reader, writer) = io::pipe()?;
    let to = Sender::from_owned_fd(writer.into())?;
    Ok((Some(reader.into()), Some(Stdin::new(to, bytes, heard))))
}

/// Gives this thread a file mode creation mask of its own, where the kernel lets it: see [`under_mask`].
pub(super) fn own_mask() {
    #[expect(deprecated, reason = "its successor is unsafe for the sake of other flags; FS is harmless")]
    let outcome = rustix::thread::unshare(UnshareFlags::FS);
    if let Err(error) = outcome {
        tracing::debug!("the mask stays shared with other threads: {error}");
    }
}

/// Runs `act` under the mask that a child shall inherit.
///
/// A child gets the mask of the thread that starts it, and this is the only way without code between
/// fork and exec. After [`own_mask`] no other thread notices. Where that was refused (some sandboxes),
/// the whole process has this mask for the moment of a launch; so whoever creates a file meanwhile
/// must name its mode, and two launchers take turns.
fn under_mask<T>(mask: u32, act: impl FnOnce() -> T) -> T {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let before = umask(Mode::from_raw_mode(mask & 0o777));
    let outcome = act();
    umask(before);
    outcome
}

/// A child that we may not look at (a setuid program where `/proc` hides other people's processes): it
/// is never taken for alive later.
fn stranger(pid: u32) -> ProcessId {
    ProcessId { pid, birth: 0, boot: String::new(), namespace: String::new() }
}

fn system(error: io::Error) -> LaunchFailure {
    LaunchFailure::System { message: format!("can't open what the child needs: {error}") }
}
