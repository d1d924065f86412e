//! A small program beside everything else: started, never waited for, never heard.

use std::{
    ffi::OsString,
    io,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

/// How long such a program may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Starts a program with exactly this environment, nothing at its input and its output thrown away. It is
/// ended when it takes too long. Nobody waits: a thread sees to it.
///
/// # Errors
/// When it can't be started.
pub fn tell_aside(
    argv: &[String],
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    cwd: &Path,
) -> io::Result<()> {
    let Some((program, arguments)) = argv.split_first() else { return Ok(()) };
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(environment).current_dir(cwd);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // A group of its own: a Ctrl-C at the terminal is not meant for it.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn()?;
    let mind = move || {
        let mut left = PATIENCE;
        while matches!(child.try_wait(), Ok(None)) {
            let Some(less) = left.checked_sub(LOOK) else {
                // What has ended meanwhile needs no end; either way it is reaped.
                let _ = child.kill().and_then(|()| child.wait());
                return;
            };
            left = less;
            thread::park_timeout(LOOK);
        }
    };
    thread::Builder::new().name("aside".to_owned()).spawn(mind).map(drop)
}
