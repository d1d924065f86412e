//! A pseudo-terminal with somebody looking at it: what a process paints is kept as a screen.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::{
    fs::File,
    io::{Read as _, Write as _},
    num::NonZeroU16,
    process::{Child, Command},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use rustix::{
    process::{Pid, Signal, kill_process},
    pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt},
    termios::{LocalModes, OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize},
};

use crate::house::{DEADLINE, House, end_of};

/// The deck at a terminal.
pub struct Term {
    shared: Arc<(Mutex<Looked>, Condvar)>,
    tty: File,
    child: Child,
}

struct Looked {
    parser: vt100::Parser<Answers>,
    raw: Vec<u8>,
    over: bool,
}

/// What a terminal answers: where the cursor is.
struct Answers(File);

impl vt100::Callbacks for Answers {
    fn unhandled_csi(
        &mut self,
        screen: &mut vt100::Screen,
        first: Option<u8>,
        _: Option<u8>,
        parameters: &[&[u16]],
        last: char,
    ) {
        if first.is_none() && last == 'n' && parameters == [&[6_u16][..]] {
            let (row, column) = screen.cursor_position();
            let _ = write!(self.0, "\x1b[{};{}R", row + 1, column + 1);
        }
    }
}

fn cells(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

fn size(columns: u16, rows: u16) -> Winsize {
    Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }
}

impl Term {
    /// Opens the deck of a workspace.
    pub fn open(house: &House, columns: u16, rows: u16) -> Self {
        Self::open_with(house, columns, rows, &[])
    }

    /// Opens the deck with more in its environment.
    pub fn open_with(house: &House, columns: u16, rows: u16, env: &[(&str, &str)]) -> Self {
        Self::run(house, &[], columns, rows, env)
    }

    /// Runs the program with these arguments. `setsid` gives it the terminal as its own.
    pub fn run(house: &House, args: &[&str], columns: u16, rows: u16, env: &[(&str, &str)]) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let main = openpt(flags).unwrap();
        grantpt(&main).unwrap();
        unlockpt(&main).unwrap();
        tcsetwinsize(&main, size(columns, rows)).unwrap();
        let peer = ioctl_tiocgptpeer(&main, flags).unwrap();
        let mut command = Command::new("setsid");
        command.arg("--ctty").arg(env!("CARGO_BIN_EXE_plandeck"));
        house.dress(&mut command);
        command.args(args);
        command.envs(env.iter().copied());
        command.stdin(peer.try_clone().unwrap()).stdout(peer.try_clone().unwrap()).stderr(peer);
        let child = command.spawn().unwrap();
        // Our own ends of the terminal's far side: only without them is its end seen.
        drop(command);
        let tty = File::from(main);
        let answers = Answers(tty.try_clone().unwrap());
        let parser = vt100::Parser::new_with_callbacks(cells(rows), cells(columns), 1_000, answers);
        let looked = Looked { parser, raw: Vec::new(), over: false };
        let shared = Arc::new((Mutex::new(looked), Condvar::new()));
        let (watched, reader) = (Arc::clone(&shared), tty.try_clone().unwrap());
        thread::spawn(move || look(&watched, reader));
        Self { shared, tty, child }
    }

    fn looked(&self) -> MutexGuard<'_, Looked> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Types, all in one write.
    pub fn send(&mut self, keys: &str) {
        self.tty.write_all(keys.as_bytes()).unwrap();
    }

    /// Pastes as a terminal does: in brackets if it was asked for them, with Enter between lines.
    pub fn paste(&mut self, text: &str) {
        let bracketed = self.looked().parser.screen().bracketed_paste();
        let keys = text.replace('\n', "\r");
        self.send(&if bracketed { format!("\x1b[200~{keys}\x1b[201~") } else { keys });
    }

    /// Types, and waits for something that it brings to the screen.
    #[track_caller]
    pub fn press(&mut self, keys: &str, brings: &str) {
        self.send(keys);
        self.wait_text(brings);
    }

    /// What is on the screen.
    pub fn screen(&self) -> String {
        self.looked().parser.screen().contents()
    }

    /// The row and the column that the cursor is in, from 0.
    pub fn cursor(&self) -> (u16, u16) {
        self.looked().parser.screen().cursor_position()
    }

    /// Every byte that came so far.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.looked().raw).into_owned()
    }

    pub fn resize(&self, columns: u16, rows: u16) {
        self.looked().parser.set_size(cells(rows), cells(columns));
        tcsetwinsize(&self.tty, size(columns, rows)).unwrap();
    }

    /// Waits until the screen fits.
    #[track_caller]
    pub fn wait(&self, what: &str, fits: impl Fn(&vt100::Screen) -> bool) {
        self.wait_looked(what, |looked| fits(looked.parser.screen()));
    }

    /// Waits until all that came so far fits.
    #[track_caller]
    pub fn wait_raw(&self, what: &str, fits: impl Fn(&str) -> bool) {
        self.wait_looked(what, |looked| fits(&String::from_utf8_lossy(&looked.raw)));
    }

    #[track_caller]
    fn wait_looked(&self, what: &str, fits: impl Fn(&Looked) -> bool) {
        let waits = |looked: &mut Looked| !fits(looked) && !looked.over;
        let patience = DEADLINE / 4;
        let (looked, _) = self.shared.1.wait_timeout_while(self.looked(), patience, waits).unwrap();
        let screen = looked.parser.screen().contents();
        assert!(fits(&looked), "no {what:?} on the screen (over: {}):\n{screen}", looked.over);
    }

    #[track_caller]
    pub fn wait_text(&self, text: &str) {
        self.wait(text, |screen| screen.contents().contains(text));
    }

    /// Waits until the last row that is not empty is this.
    #[track_caller]
    pub fn wait_last(&self, row: &str) {
        self.wait(row, |screen| last_row(&screen.contents()) == row);
    }

    /// Waits until the last row that is not empty ends so.
    #[track_caller]
    pub fn wait_end(&self, end: &str) {
        self.wait(end, |screen| last_row(&screen.contents()).ends_with(end));
    }

    /// The terminal is as it was found: it echoes, edits lines, shows its cursor and pastes plainly.
    pub fn is_restored(&self) -> bool {
        let modes = tcgetattr(&self.tty).unwrap().local_modes;
        let looked = self.looked();
        let screen = looked.parser.screen();
        modes.contains(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG)
            && !screen.hide_cursor()
            && !screen.bracketed_paste()
    }

    /// The terminal edits lines itself.
    pub fn is_cooked(&self) -> bool {
        tcgetattr(&self.tty).unwrap().local_modes.contains(LocalModes::ICANON)
    }

    /// Sets the terminal as a shell has it at its prompt.
    pub fn cook(&self) {
        let mut modes = tcgetattr(&self.tty).unwrap();
        modes.local_modes |= LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
        tcsetattr(&self.tty, OptionalActions::Now, &modes).unwrap();
    }

    pub fn kill(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// The exit code, absent when a signal ended it.
    pub fn end(&mut self) -> Option<i32> {
        let code = end_of(&mut self.child);
        let mut looked = self.looked();
        while !looked.over {
            looked = self.shared.1.wait(looked).unwrap();
        }
        code
    }

    /// Closes the terminal, as when its window is closed. How the deck ended is given.
    pub fn hang_up(mut self) -> Option<i32> {
        // The looker's and the answerer's handles keep it open: what hangs up is the session's leader.
        let leader = Pid::from_child(&self.child);
        let _ = kill_process(leader, Signal::HUP);
        end_of(&mut self.child)
    }
}

impl Drop for Term {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn look(shared: &(Mutex<Looked>, Condvar), mut reader: File) {
    let mut buffer = vec![0; 1 << 16];
    loop {
        // An error means that the far side is closed.
        let read = reader.read(&mut buffer).unwrap_or(0);
        let mut looked = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
        looked.over = read == 0;
        looked.parser.process(&buffer[..read]);
        looked.raw.extend_from_slice(&buffer[..read]);
        shared.1.notify_all();
        if read == 0 {
            return;
        }
    }
}

/// The last row that is not empty, without blanks at its end.
pub fn last_row(contents: &str) -> &str {
    contents.lines().rev().map(str::trim_end).find(|it| !it.is_empty()).unwrap_or_default()
}
