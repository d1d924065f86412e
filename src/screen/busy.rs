//! A spinner for one blocking step.

use std::io::{IsTerminal as _, Write as _};

use spinners::{Spinner, Spinners, Stream};

use crate::text;

/// Turns while something blocks; gone when it is dropped, with the line cleared and the cursor back.
pub(super) struct Busy {
    spinner: Option<Spinner>,
}

impl Busy {
    /// Shows nothing where standard error is no terminal. The label is clipped to one row, because
    /// a wider one would scroll a row a frame.
    pub(super) fn start(label: &str, columns: usize) -> Self {
        let spinner = std::io::stderr().is_terminal().then(|| {
            write_stderr("\x1b[?25l");
            let label = text::clip(&text::plain(label), columns.saturating_sub(4));
            Spinner::with_stream(Spinners::Dots, label, Stream::Stderr)
        });
        Self { spinner }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        // Taken out first: stopping a spinner twice panics.
        if let Some(mut spinner) = self.spinner.take() {
            spinner.stop();
            write_stderr("\r\x1b[2K\x1b[?25h");
        }
    }
}

fn write_stderr(sequence: &str) {
    let mut stderr = std::io::stderr();
    // A terminal that is gone needs no cursor.
    let _ = stderr.write_all(sequence.as_bytes()).and_then(|()| stderr.flush());
}
