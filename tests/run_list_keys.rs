//! The list of runs one moves about in, on a real terminal of the smallest size.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs::File,
    io::{Read as _, Write as _},
    num::NonZero,
    os::fd::OwnedFd,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use rustix::{
    fs::{Mode, OFlags},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};

/// Long enough for a loaded machine; nothing waits for it to pass.
const LONG: Duration = Duration::from_mins(1);

/// The program on a terminal of 40 columns and 10 rows.
struct Terminal {
    keys: File,
    painted: mpsc::Receiver<Vec<u8>>,
    screen: vt100::Parser,
    child: Child,
}

impl Terminal {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let end =
            || -> OwnedFd { rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap() };
        let size = Winsize { ws_row: 10, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_plandeck"))
            .args(["-C", folder.to_str().unwrap()])
            .args(arguments)
            .env("TERM", "xterm-256color")
            .env_remove("CI")
            .env_remove("COLUMNS")
            .stdin(Stdio::from(end()))
            .stdout(Stdio::from(end()))
            .stderr(Stdio::from(end()))
            .spawn()
            .unwrap();
        let keys = File::from(master);
        let (says, painted) = mpsc::channel();
        let mut source = keys.try_clone().unwrap();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // A terminal nobody holds any more can't be read: the program has ended.
            while let Ok(read @ 1..) = source.read(&mut bytes) {
                if says.send(bytes[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        let size = |cells: u16| NonZero::new(cells).unwrap();
        Self { keys, painted, screen: vt100::Parser::new(size(10), size(40), 0), child }
    }

    /// Reads until the screen shows what is waited for.
    fn until(&mut self, what: &str, shows: impl Fn(&str) -> bool) {
        loop {
            let screen = self.screen.screen().contents();
            if shows(&screen) {
                return;
            }
            match self.painted.recv_timeout(LONG) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(why) => panic!("{what} never came ({why}):\n{screen}"),
            }
        }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    fn code(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

fn plandeck(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_plandeck"))
        .args(["-C", folder.to_str().unwrap()])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// A workspace with a run that ended and one that goes on; the ends of their ids.
fn house() -> (tempfile::TempDir, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let settings = "[workflow.good]\ncommand = [\"/bin/sh\", \"-c\", \"echo well\"]\n\
                    [workflow.long]\ncommand = [\"/bin/sh\", \"-c\", \"sleep 1000\"]\n\
                    params.who = { type = \"string\" }\nparams.zeal = { type = \"json\" }\n";
    std::fs::write(folder.path().join("plandeck.toml"), settings).unwrap();
    plandeck(folder.path(), &["run", "create", "good", "--wait"]);
    let ended = plandeck(folder.path(), &["run", "list", "-n", "1", "-o", "plain"]);
    let open = plandeck(
        folder.path(),
        &["run", "create", "long", "--param", "who=x", "--param", "zeal=1", "-o", "plain"],
    );
    let short = |line: &str| {
        let id = line.split('\t').next().unwrap().trim().to_owned();
        id[id.len() - 6..].to_owned()
    };
    (folder, short(&ended), short(&open))
}

#[test]
fn a_run_is_found_opened_cancelled_and_retried_with_keys() {
    let (folder, ended, open) = house();
    let mut terminal = Terminal::start(folder.path(), &["run", "list", "-i"]);
    terminal
        .until("the newest run is selected", |it| it.contains(&format!("❯ {open}")) && it.contains(&ended));
    terminal.press("j");
    terminal.until("the next one is selected", |it| it.contains(&format!("❯ {ended}")));
    terminal.press("\r");
    terminal.until("its page", |it| it.contains("Esc: back") && it.contains("asked"));
    terminal.press("\x1b");
    terminal.until("the list again", |it| it.contains(&format!("❯ {ended}")));
    terminal.press("/long");
    terminal.until("what fits", |it| it.contains("/long") && !it.contains(&ended));
    terminal.press("\rc");
    terminal.until("the question", |it| it.contains("[y/N]"));
    terminal.press("y");
    terminal.until("its end", |it| it.contains(&format!("❯ {open} ")) && it.contains("cancelled"));
    terminal.press("R");
    terminal.until("its retry", |it| it.contains(&format!("retries {open}")) && it.contains("2 of 2"));
    terminal.press("q");
    assert_eq!(terminal.code(), Some(0));
    plandeck(folder.path(), &["run", "cancel", "@latest", "--force"]);
}

#[test]
fn a_form_asks_for_what_is_missing_and_takes_only_what_fits() {
    let (folder, _, open) = house();
    plandeck(folder.path(), &["run", "cancel", &open, "--force"]);
    let mut terminal = Terminal::start(folder.path(), &["run", "create", "--dry-run", "-o", "ndjson"]);
    terminal.until("the workflows", |it| it.contains("Workflow"));
    terminal.press("lnog\r");
    terminal.until("a near one", |it| it.contains("did you mean long?"));
    terminal.press("long\r");
    terminal.until("the first input", |it| it.contains("who, string"));
    terminal.press("Ada\r");
    terminal.until("the second one", |it| it.contains("zeal, json"));
    terminal.press("{\"a\":\r");
    terminal.until("more of it", |it| it.contains('…'));
    terminal.press("[1,2]}\r");
    terminal
        .until("the specification", |it| it.contains("\"params\":{\"who\":\"Ada\"") || it.contains("Ada"));
    drop(terminal.keys);
    terminal.child.wait().unwrap();
}

#[test]
fn a_watched_run_is_repainted_in_place_and_left_with_a_key() {
    let (folder, _, open) = house();
    let mut terminal = Terminal::start(folder.path(), &["run", "get", &open, "--watch"]);
    terminal.until("its page", |it| it.contains(&open) && it.contains("running"));
    plandeck(folder.path(), &["run", "cancel", &open, "--force"]);
    // The last page is longer than the screen, and ends with what can be done.
    terminal.until("its end", |it| it.contains("retry"));
    assert_eq!(terminal.code(), Some(0));
}
