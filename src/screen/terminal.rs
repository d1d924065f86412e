//! The process's own streams, with or without a terminal behind them.

use std::{
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    time::Duration,
};

use crossterm::{
    event::{self, Event, KeyCode, KeyEventKind, KeyModifiers},
    terminal,
};
use dialoguer::{Completion, Confirm, Input, theme::SimpleTheme};
use rustix::{
    process::getpgrp,
    termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr},
};

use super::{
    Answer, Eyes, Focus, Full, Key, Question, Screen, Share, Size, busy::Busy, signals::catch_signals,
};
use crate::text;

/// Standard input, output and error.
pub struct Terminal {
    interactive: bool,
    columns: Option<usize>,
    /// The widths of the lines that are painted.
    painted: Vec<usize>,
    busy: Option<Busy>,
    raw: bool,
    eyes: Eyes,
    watches_focus: bool,
    catches_signals: bool,
    /// What the terminal was told of how far something is, where it can be told.
    progress: Progress,
}

/// Whether a terminal shows how far something is, and what it was told.
enum Progress {
    /// It would take it for something else.
    Unknown,
    /// It shows nothing.
    Clear,
    /// It shows this percentage.
    Shown(usize),
}

impl Terminal {
    /// `may_ask` is false in CI, with `--no-input`, and wherever else nobody may be asked; a person
    /// is then neither asked nor painted for, even at a terminal. `columns` overrides the width.
    pub fn new(may_ask: bool, columns: Option<usize>) -> Self {
        let all = io::stdin().is_terminal() && io::stdout().is_terminal() && io::stderr().is_terminal();
        Self {
            interactive: may_ask && all,
            columns,
            painted: Vec::new(),
            busy: None,
            raw: false,
            eyes: Eyes::default(),
            watches_focus: false,
            catches_signals: false,
            progress: Progress::Unknown,
        }
    }

    /// The terminal shows how far something is when it is told by OSC 9;4.
    #[must_use]
    pub fn with_progress(mut self, shows: bool) -> Self {
        self.progress = if shows { Progress::Clear } else { Progress::Unknown };
        self
    }

    fn confirm(text: &str, default: bool) -> io::Result<Answer> {
        let answer = Confirm::with_theme(&SimpleTheme).with_prompt(text).default(default).interact_opt();
        Ok(ask(answer)?.map_or(Answer::Nothing, Answer::of))
    }

    fn text(text: &str, candidates: &[String]) -> io::Result<Answer> {
        let completion = Candidates(candidates);
        let typed = Input::<String>::with_theme(&SimpleTheme)
            .with_prompt(text)
            .allow_empty(true)
            .completion_with(&completion)
            .interact_text();
        let typed = ask(typed.map(Some))?.unwrap_or_default();
        Ok(if typed.trim().is_empty() { Answer::Nothing } else { Answer::Text(typed.trim().to_owned()) })
    }

    /// Raw mode while keys are awaited, so that one press is enough. Restored on drop.
    fn set_raw(&mut self, raw: bool) {
        if self.raw == raw {
            return;
        }
        if raw && !self.catches_signals {
            self.catches_signals = true;
            // Without it a signal leaves a terminal that does not echo; that is no reason not to paint.
            let _ = catch_signals();
        }
        let changed = if raw { terminal::enable_raw_mode() } else { terminal::disable_raw_mode() };
        if changed.is_ok() {
            self.raw = raw;
            self.watch_focus(raw);
        }
    }

    /// What takes away what is painted. A terminal that was made narrower has broken wide lines in two.
    fn rub_out(&mut self) -> String {
        let size = self.size();
        match rows_of(&std::mem::take(&mut self.painted), size) {
            0 => String::new(),
            rows => format!("\r\x1b[{rows}A\x1b[J"),
        }
    }

    fn tell_progress(&mut self, share: Option<Share>) -> String {
        let next = share.map(Share::percent);
        match (&self.progress, next) {
            (Progress::Unknown, _) | (Progress::Clear, None) => String::new(),
            (Progress::Shown(shown), Some(next)) if *shown == next => String::new(),
            (_, Some(next)) => {
                self.progress = Progress::Shown(next);
                format!("\x1b]9;4;1;{next}\x07")
            }
            (Progress::Shown(_), None) => {
                self.progress = Progress::Clear;
                CLEAR_PROGRESS.to_owned()
            }
        }
    }

    /// Gives the terminal back and stops, as Ctrl-Z does elsewhere, until the shell lets it go on. Where no
    /// shell could, the system lets it go on at once.
    fn suspend(&mut self) -> Option<Key> {
        self.settle();
        let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
        None
    }

    /// Who was stopped from outside comes back to a terminal that the shell has set for itself.
    fn take_again(&mut self) {
        let is_cooked = || tcgetattr(io::stdin()).is_ok_and(|it| it.local_modes.contains(LocalModes::ICANON));
        if self.raw && is_cooked() && is_in_front() {
            // What was painted is no longer where it was.
            self.painted.clear();
            self.watches_focus = false;
            self.raw = terminal::disable_raw_mode().is_err();
        }
    }

    fn seen(&self, focus: Focus) -> Option<Key> {
        self.eyes.say(focus);
        None
    }

    /// Ends whatever is only there for the moment, so that lasting text can follow.
    fn settle(&mut self) {
        self.busy = None;
        let text = self.rub_out() + &self.tell_progress(None);
        if !text.is_empty() {
            decorate(&text);
        }
        self.set_raw(false);
    }
}

impl Screen for Terminal {
    fn print(&mut self, text: &str) -> io::Result<()> {
        self.settle();
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()
    }

    fn note(&mut self, text: &str) -> io::Result<()> {
        self.settle();
        let mut stderr = io::stderr().lock();
        stderr.write_all(text.as_bytes())?;
        stderr.flush()
    }

    fn size(&self) -> Size {
        let default = Size::default();
        let (columns, rows) =
            terminal::size().map_or((0, 0), |(columns, rows)| (columns.into(), rows.into()));
        let known = io::stdout().is_terminal() && columns > 0;
        let columns = self.columns.unwrap_or(if known { columns } else { default.columns });
        Size { columns: columns.max(1), rows: if known { rows } else { default.rows } }
    }

    fn is_interactive(&self) -> bool {
        self.interactive
    }

    fn ask(&mut self, question: &Question) -> io::Result<Answer> {
        self.settle();
        if !self.interactive {
            self.note(&format!("{}\n", question.line()))?;
            return Ok(self.read_line()?.map_or(Answer::Nothing, |line| question.understand(&line)));
        }
        let _hushed = Hushed::begin();
        match question {
            Question::Confirm { text, default } => Self::confirm(text, *default),
            Question::Text { text, candidates } => Self::text(text, candidates),
        }
    }

    fn read_line(&mut self) -> io::Result<Option<String>> {
        let mut bytes = Vec::new();
        let read = io::stdin().lock().read_until(b'\n', &mut bytes)?;
        let line = String::from_utf8_lossy(&bytes);
        Ok((read > 0).then(|| line.trim_end_matches(['\n', '\r']).to_owned()))
    }

    fn paint(&mut self, lines: &[String]) {
        if !self.interactive {
            return;
        }
        self.busy = None;
        if !is_in_front() {
            return;
        }
        self.take_again();
        // Before the picture is seen: a Ctrl-C in answer to it has to be a key, not a signal.
        self.set_raw(!lines.is_empty());
        // More rows than there are could not be taken away again. Old and new in one write: no flicker.
        let room = self.size().rows.saturating_sub(1);
        let shown = &lines[..lines.len().min(room)];
        let mut text = self.rub_out();
        if shown.is_empty() {
            text.push_str(&self.tell_progress(None));
        }
        text.extend(shown.iter().flat_map(|line| [line.as_str(), "\r\n"]));
        if text.is_empty() {
            return;
        }
        // The terminal shows all of it at once, where it knows how.
        if decorate(&format!("\x1b[?2026h{text}\x1b[?2026l")) {
            self.painted =
                shown.iter().map(|line| text::display_width(&text::without_escapes(line))).collect();
        }
    }

    fn progress(&mut self, share: Option<Share>) {
        let text = self.tell_progress(share);
        if self.interactive && !text.is_empty() {
            decorate(&text);
        }
    }

    fn eyes(&self) -> Eyes {
        self.eyes.clone()
    }

    fn watch_focus(&mut self, watch: bool) {
        if self.interactive && self.watches_focus != watch {
            self.watches_focus = watch;
            decorate(if watch { "\x1b[?1004h" } else { "\x1b[?1004l" });
        }
    }

    fn call(&mut self, sequence: &str) {
        if self.interactive {
            decorate(sequence);
        }
    }

    fn key(&mut self, wait: Duration) -> Option<Key> {
        if !self.interactive {
            std::thread::park_timeout(wait);
            return None;
        }
        self.set_raw(true);
        let Ok(there) = event::poll(wait) else {
            // A terminal that is gone has no keys, and must not be asked without a pause.
            std::thread::park_timeout(wait);
            return None;
        };
        let key = match there.then(event::read).and_then(Result::ok) {
            Some(Event::Key(key)) if key.kind != KeyEventKind::Release => key,
            Some(Event::FocusGained) => return self.seen(Focus::Here),
            Some(Event::FocusLost) => return self.seen(Focus::Away),
            _ => return None,
        };
        self.eyes.key_pressed();
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c') if control => Some(Key::Interrupt),
            KeyCode::Char('z') if control => self.suspend(),
            // Another key than the letter alone, and none of ours.
            KeyCode::Char(_) if control => None,
            KeyCode::Char(character) => Some(Key::Char(character)),
            KeyCode::Esc => Some(Key::Escape),
            KeyCode::Enter => Some(Key::Enter),
            KeyCode::Backspace => Some(Key::Backspace),
            KeyCode::Up => Some(Key::Up),
            KeyCode::Down => Some(Key::Down),
            KeyCode::PageUp => Some(Key::PageUp),
            KeyCode::PageDown => Some(Key::PageDown),
            KeyCode::Home => Some(Key::Home),
            KeyCode::End => Some(Key::End),
            _ => None,
        }
    }

    fn full(&mut self) -> io::Result<Option<Full>> {
        self.settle();
        if self.interactive { Full::enter().map(Some) } else { Ok(None) }
    }

    fn busy(&mut self, label: &str) {
        if self.interactive {
            self.busy = Some(Busy::start(label, self.size().columns));
        }
    }

    fn idle(&mut self) {
        self.busy = None;
    }
}

/// What is painted is only decoration: a stream that is gone needs none, and its hang-up ends the
/// process.
pub(super) fn decorate(text: &str) -> bool {
    let mut stderr = io::stderr().lock();
    stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush()).is_ok()
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.settle();
    }
}

/// The terminal is ours to paint on: a process in the background would be stopped for it. One that
/// controls no session has no background.
fn is_in_front() -> bool {
    tcgetpgrp(io::stdin()).map_or(true, |front| front == getpgrp())
}

/// The terminal shows no longer how far something is.
const CLEAR_PROGRESS: &str = "\x1b]9;4;0;\x07";

/// How many rows lines of these widths take, at most all above the cursor's.
fn rows_of(widths: &[usize], size: Size) -> usize {
    let rows: usize = widths.iter().map(|width| width.div_ceil(size.columns).max(1)).sum();
    rows.min(size.rows.saturating_sub(1))
}

/// While it lives, the terminal echoes nothing and makes no signal of Ctrl-C. A prompt does so for
/// itself only while it waits for a key: what is typed between its words and that moment would be
/// echoed, and a Ctrl-C lost.
struct Hushed {
    found: Option<Termios>,
}

impl Hushed {
    fn begin() -> Self {
        let found = tcgetattr(io::stdin()).ok();
        if let Some(mut hushed) = found.clone() {
            hushed.local_modes &= !(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG);
            // A terminal that takes no settings can still be asked.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &hushed);
        }
        Self { found }
    }
}

impl Drop for Hushed {
    fn drop(&mut self) {
        if let Some(found) = &self.found {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, found);
        }
    }
}

struct Candidates<'a>(&'a [String]);

impl Completion for Candidates<'_> {
    /// The only candidate that begins so, or what all that do have in common.
    fn get(&self, input: &str) -> Option<String> {
        let mut fitting = self.0.iter().filter(|it| it.starts_with(input));
        let first = fitting.next()?.clone();
        let common = fitting.fold(first, |common, other| {
            common.chars().zip(other.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
        });
        (common.len() > input.len()).then_some(common)
    }
}

/// Esc and Ctrl-C both mean "no answer". After Ctrl-C the half-drawn prompt and the hidden cursor
/// are left behind, and are put right here.
fn ask<T>(answer: dialoguer::Result<Option<T>>) -> io::Result<Option<T>> {
    match answer {
        Ok(answer) => Ok(answer),
        Err(dialoguer::Error::IO(error)) if error.kind() == io::ErrorKind::Interrupted => {
            io::stderr().write_all(b"\x1b[?25h\n")?;
            Ok(None)
        }
        Err(dialoguer::Error::IO(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_painted_takes_more_rows_once_the_window_is_narrower() {
        let check = |columns: usize, rows: usize, expected: usize| {
            assert_eq!(rows_of(&[79, 40, 0, 10], Size { columns, rows }), expected, "{columns}×{rows}");
        };
        check(80, 24, 4);
        check(79, 24, 4);
        check(40, 24, 5);
        check(20, 24, 8);
        check(10, 10, 9);
        check(1, 1, 0);
    }

    #[test]
    fn tab_completes_as_far_as_candidates_agree() {
        let ids = ["2.1".to_owned(), "2.13".to_owned(), "3.1".to_owned()];
        let check = |input: &str, expected: Option<&str>| {
            assert_eq!(Candidates(&ids).get(input).as_deref(), expected, "{input}");
        };
        check("2", Some("2.1"));
        check("2.1", None);
        check("3", Some("3.1"));
        check("9", None);
    }
}
