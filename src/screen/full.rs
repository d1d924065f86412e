//! The full screen: the terminal's other page, raw keys and the mouse, given back on every way out.
//!
//! Here and nowhere else stands ratatui's backend: whoever paints gets a frame of cells and never
//! writes to the terminal. What a picture leaves behind (another page, raw mode, the mouse) is put
//! right when it is dropped, before a panic is told, when a signal ends the process, and before it is
//! stopped.

use std::{
    io::{self, BufWriter, Stdout, Write as _},
    panic,
    sync::Arc,
    time::Duration,
};

use crossterm::{
    cursor::{Hide, Show},
    event::{self, DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture},
    execute, queue,
    style::ResetColor,
    terminal::{
        BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
        disable_raw_mode, enable_raw_mode,
    },
};
use ratatui::{Frame, Terminal, backend::CrosstermBackend};

use super::{
    Size,
    input::{Input, understood},
    signals::{self, Asked},
};

/// How long one waits for an event before it is asked whether a signal came.
const LOOK: Duration = Duration::from_millis(20);

/// The other page of the terminal.
pub struct Full {
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    hook: Arc<dyn Fn(&panic::PanicHookInfo<'_>) + Send + Sync>,
}

impl Full {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When it can't be taken; it is as it was then.
    pub(super) fn enter() -> io::Result<Self> {
        // Before raw mode: whatever fails from here on is put right.
        let hook: Arc<dyn Fn(&panic::PanicHookInfo<'_>) + Send + Sync> = panic::take_hook().into();
        let told = Arc::clone(&hook);
        panic::set_hook(Box::new(move |info| {
            give_back();
            told(info);
        }));
        let backend = CrosstermBackend::new(BufWriter::with_capacity(1 << 16, io::stdout()));
        let full = Self { terminal: Terminal::new(backend)?, hook };
        take()?;
        Ok(full)
    }

    /// Paints a picture. Only what differs from the one before is written, in one update.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, picture: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(picture)?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    /// Columns and rows.
    pub fn size(&self) -> Size {
        let size = self.terminal.size().unwrap_or_default();
        Size { columns: usize::from(size.width).max(1), rows: usize::from(size.height).max(1) }
    }

    /// Offers text to the terminal's clipboard (OSC 52). Whether it takes it can't be known.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        write!(out, "\x1b]52;c;{}\x1b\\", base64(text.as_bytes()))?;
        out.flush()
    }

    /// Gives the terminal back while something else uses it, then takes it again.
    ///
    /// # Errors
    /// When it can't be taken again.
    pub fn away<T>(&mut self, deed: impl FnOnce() -> T) -> io::Result<T> {
        give_back();
        let done = deed();
        self.retake()?;
        Ok(done)
    }

    /// Stops the process as Ctrl-Z does, and comes back when it goes on. False where nobody could let
    /// it go on.
    ///
    /// # Errors
    /// When the terminal can't be taken again.
    pub fn suspend(&mut self) -> io::Result<bool> {
        if !signals::can_be_resumed() {
            return Ok(false);
        }
        self.away(signals::stop).map(|()| true)
    }

    /// Takes the terminal again, whatever became of it, and paints everything anew.
    ///
    /// # Errors
    /// When it can't be taken.
    pub fn retake(&mut self) -> io::Result<()> {
        take()?;
        self.terminal.clear()
    }

    /// What a person does; for a thread of its own.
    pub const fn inputs(&self) -> Inputs {
        Inputs(())
    }
}

impl Drop for Full {
    fn drop(&mut self) {
        give_back();
        if !std::thread::panicking() {
            let hook = Arc::clone(&self.hook);
            panic::set_hook(Box::new(move |info| hook(info)));
        }
    }
}

/// Hears what a person does at a full screen.
pub struct Inputs(());

impl Inputs {
    /// What was done next, waiting for it at most this long.
    pub fn next(&mut self, wait: Duration) -> Option<Input> {
        let mut left = wait;
        loop {
            match signals::asked() {
                Some(Asked::Resumed) => return Some(Input::Resumed),
                Some(Asked::Interrupt) => return Some(Input::Interrupt),
                None => {}
            }
            let pause = LOOK.min(left);
            match event::poll(pause) {
                Ok(true) => match event::read().map(understood) {
                    Ok(Some(input)) => return Some(input),
                    Ok(None) => {}
                    Err(_) => return Some(Input::Gone),
                },
                Ok(false) => {}
                Err(_) => return Some(Input::Gone),
            }
            left = left.saturating_sub(pause);
            if left.is_zero() {
                return None;
            }
        }
    }
}

fn take() -> io::Result<()> {
    signals::hold_full(true);
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableMouseCapture, EnableBracketedPaste, Hide)
}

/// Puts the terminal right. Nothing is left to do about one that takes nothing any more.
pub(super) fn give_back() {
    if !signals::hold_full(false) {
        return;
    }
    let _ = execute!(
        io::stdout(),
        EndSynchronizedUpdate,
        DisableBracketedPaste,
        DisableMouseCapture,
        ResetColor,
        LeaveAlternateScreen,
        Show
    );
    let _ = disable_raw_mode();
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let word =
            group.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let sign = SIGNS[(word >> (18 - 6 * place)) as usize & 63];
            text.push(if place > group.len() { '=' } else { char::from(sign) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_for_the_clipboard_is_written_in_base64() {
        let check = |text: &str, expected: &str| assert_eq!(base64(text.as_bytes()), expected);
        check("", "");
        check("f", "Zg==");
        check("fo", "Zm8=");
        check("foo", "Zm9v");
        check("fööbar\n", "ZsO2w7ZiYXIK");
    }
}
