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
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::signal::unix::{SignalKind, signal};

use super::{Answer, Key, Question, Screen, Size, busy::Busy};

/// Standard input, output and error.
pub struct Terminal {
    interactive: bool,
    columns: Option<usize>,
    painted: usize,
    busy: Option<Busy>,
    raw: bool,
}

impl Terminal {
    /// `may_ask` is false in CI, with `--no-input`, and wherever else nobody may be asked; a person
    /// is then neither asked nor painted for, even at a terminal. `columns` overrides the width.
    pub fn new(may_ask: bool, columns: Option<usize>) -> Self {
        let all = io::stdin().is_terminal() && io::stdout().is_terminal() && io::stderr().is_terminal();
        Self { interactive: may_ask && all, columns, painted: 0, busy: None, raw: false }
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
        let changed = if raw { terminal::enable_raw_mode() } else { terminal::disable_raw_mode() };
        if changed.is_ok() {
            self.raw = raw;
        }
    }

    /// What takes away what is painted.
    fn rub_out(&mut self) -> String {
        match std::mem::take(&mut self.painted) {
            0 => String::new(),
            rows => format!("\r\x1b[{rows}A\x1b[J"),
        }
    }

    /// What is painted is only decoration: a stream that is gone needs none, and its hang-up ends the
    /// process.
    fn decorate(text: &str) -> bool {
        let mut stderr = io::stderr().lock();
        stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush()).is_ok()
    }

    /// Ends whatever is only there for the moment, so that lasting text can follow.
    fn settle(&mut self) {
        self.busy = None;
        let rubbed_out = self.rub_out();
        Self::decorate(&rubbed_out);
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
        // Before the picture is seen: a Ctrl-C in answer to it has to be a key, not a signal.
        self.set_raw(!lines.is_empty());
        // More rows than there are could not be taken away again. Old and new in one write: no flicker.
        let room = self.size().rows.saturating_sub(1);
        let shown = &lines[..lines.len().min(room)];
        let mut text = self.rub_out();
        text.extend(shown.iter().flat_map(|line| [line.as_str(), "\r\n"]));
        if Self::decorate(&text) {
            self.painted = shown.len();
        }
    }

    fn key(&mut self, wait: Duration) -> Option<Key> {
        if !self.interactive {
            std::thread::park_timeout(wait);
            return None;
        }
        self.set_raw(true);
        if !event::poll(wait).unwrap_or(false) {
            return None;
        }
        let Ok(Event::Key(key)) = event::read() else { return None };
        if key.kind == KeyEventKind::Release {
            return None;
        }
        match key.code {
            KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Some(Key::Interrupt),
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

    fn busy(&mut self, label: &str) {
        if self.interactive {
            self.busy = Some(Busy::start(label, self.size().columns));
        }
    }

    fn idle(&mut self) {
        self.busy = None;
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.settle();
    }
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

/// From here on Ctrl-C at a prompt is an answer ("none"), not the end of the program; and a program
/// that is told to terminate gives the terminal back as it was at this moment. A terminal that goes
/// away ends the program even where the signal that says so was ignored before (`nohup`): a line
/// editor would ask the missing terminal again and again.
///
/// # Errors
/// When the system lends no thread or signal handler.
pub fn catch_signals() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let (mut interrupt, mut terminate, mut hangup) = {
        let _guard = runtime.enter();
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?)
    };
    let found = tcgetattr(io::stdin()).ok();
    let listen = move || {
        runtime.block_on(async {
            loop {
                tokio::select! {
                    Some(()) = interrupt.recv() => {}
                    Some(()) = terminate.recv() => leave(found.as_ref(), TERMINATED),
                    Some(()) = hangup.recv() => leave(found.as_ref(), HUNG_UP),
                    else => return,
                }
            }
        });
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(listen)?;
    Ok(())
}

/// What a shell says of a program that TERM has ended.
const TERMINATED: i32 = 128 + 15;

/// What a shell says of a program that HUP has ended.
const HUNG_UP: i32 = 128 + 1;

/// Gives the terminal back as it was found, on a line of its own, and ends the process. Whatever the
/// program was doing may have held the terminal in a way of its own.
#[expect(clippy::disallowed_methods, reason = "the thread that edits the line can't be asked to return")]
fn leave(found: Option<&Termios>, code: i32) -> ! {
    Terminal::decorate("\r\n\x1b[?2004l\x1b[?25h\x1b[0m");
    if let Some(found) = found {
        // Nothing is left to do about a terminal that takes no settings.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, found);
    }
    std::process::exit(code)
}

#[cfg(test)]
mod tests {
    use super::*;

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
