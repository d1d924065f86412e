//! The process around an engine. It outlives the terminal that asked for it.

use std::{
    collections::BTreeMap,
    env,
    fs::{File, OpenOptions},
    io,
    io::Write as _,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
};

use rustix::{
    fs::{FlockOperation, Mode, flock, fstat, stat},
    io::{Errno, fcntl_dupfd_cloexec},
    process::{setsid, umask},
    stdio,
};

use super::{Error, Message, Parts, bell, signals, supervise};
use crate::{
    clock::{Clock, SystemClock},
    ids::RunId,
    journal::Journal,
    process::{become_subreaper, identity, system::SystemLauncher},
    run::Verdict,
    workspace::state::{RunFolder, StateFolder},
};

/// Minds a run from its beginning to its end: what `plandeck supervise` is.
///
/// The creator holds the run's lock and hands its descriptor over as standard input; standard output is
/// a pipe on which it hears one line: `ready` once `run_started` is written, or `error: …`. Nothing was
/// launched in the second case. `state` and `workspace` are absolute; `env` is the asker's environment.
///
/// # Errors
/// When the run could not be taken over: the same that the creator was told.
pub fn main(
    state: StateFolder,
    run: RunId,
    workspace: PathBuf,
    env: BTreeMap<String, String>,
) -> Result<Verdict, Error> {
    let (lock, mut creator) = detach()?;
    let done = mind(&lock, state, run, workspace, env, &mut creator);
    if let Err(error) = &done {
        tell(&mut creator, &format!("error: {error}\n"));
    }
    done
}

fn mind(
    lock: &OwnedFd,
    state: StateFolder,
    run: RunId,
    workspace: PathBuf,
    env: BTreeMap<String, String>,
    creator: &mut Option<File>,
) -> Result<Verdict, Error> {
    hold(lock, &state.run(run), run)?;
    settle_down(&workspace)?;
    let journal = Journal::open(&state.journal())?;
    let spec = journal.specification(run)?.ok_or_else(|| Error::no_such(run))?;
    let folder = state.run(run);
    folder.create().map_err(Error::while_doing("make the folder of the run"))?;
    let (sender, inbox) = mpsc::channel();
    signals::listen(sender.clone()).map_err(Error::while_doing("listen to signals"))?;
    if let Err(error) = bell::listen(&folder.bell(), sender.clone()) {
        tracing::warn!("the bell is silent, requests are found by looking for them: {error}");
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let own = sender.clone();
    let sink = move |report| _ = sender.send(Message::Report(report));
    let launcher = SystemLauncher::start(Arc::clone(&clock), sink)
        .map_err(Error::while_doing("make ready for launching"))?;
    let supervisor = identity(std::process::id())
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "/proc does not show it"))
        .map_err(Error::while_doing("name this process"))?;
    let spec = Arc::new(spec);
    let launcher = Box::new(launcher);
    let parts = Parts { state, journal, spec, launcher, clock, workspace, env, supervisor, inbox: own };
    supervise(parts, &inbox, || tell(creator, "ready\n"))
}

/// Leaves the session and the standard streams of whoever started this process: keeps the lock, which
/// was standard input, and the pipe to the creator, which was standard output, away from children.
fn detach() -> Result<(OwnedFd, Option<File>), Error> {
    // Refused when this process leads a group already, and then it is not in anyone's way.
    let _ = setsid();
    let keep = |done: rustix::io::Result<OwnedFd>| done.map_err(io::Error::from);
    let lock = keep(fcntl_dupfd_cloexec(stdio::stdin(), 3))
        .map_err(Error::while_doing("keep the lock of the run"))?;
    let creator = keep(fcntl_dupfd_cloexec(stdio::stdout(), 3))
        .map_err(Error::while_doing("keep the pipe to the creator"))?;
    silence().map_err(Error::while_doing("leave the terminal"))?;
    Ok((lock, Some(File::from(creator))))
}

fn silence() -> io::Result<()> {
    let null = OpenOptions::new().read(true).write(true).open("/dev/null")?;
    stdio::dup2_stdin(&null)?;
    stdio::dup2_stdout(&null)?;
    stdio::dup2_stderr(&null)?;
    Ok(())
}

/// Makes sure that what was handed over is the run's lock, and locked by nobody but us.
fn hold(lock: &OwnedFd, folder: &RunFolder, run: RunId) -> Result<(), Error> {
    let refused = Error::while_doing("hold the lock of the run");
    let given = fstat(lock).map_err(|error| refused(error.into()))?;
    let wanted = stat(folder.lock()).map_err(|error| refused(error.into()))?;
    if (given.st_dev, given.st_ino) != (wanted.st_dev, wanted.st_ino) {
        let message = "standard input is not its lock file; runs are started with `plandeck run`";
        return Err(refused(io::Error::new(io::ErrorKind::InvalidInput, message)));
    }
    match flock(lock, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(()),
        Err(Errno::WOULDBLOCK) => Err(Error::Minded { run }),
        Err(error) => Err(refused(error.into())),
    }
}

/// What we make is private, orphans come to us, and we stand where the work is.
fn settle_down(workspace: &Path) -> Result<(), Error> {
    umask(Mode::RWXG | Mode::RWXO);
    become_subreaper().map_err(Error::while_doing("take care of orphans"))?;
    env::set_current_dir(workspace).map_err(Error::while_doing("enter the workspace"))
}

/// One line, and the pipe is closed. A creator that is gone needs no telling.
fn tell(creator: &mut Option<File>, line: &str) {
    if let Some(mut pipe) = creator.take() {
        let _ = pipe.write_all(line.as_bytes());
    }
}
