//! What the performer prints: the attempt's log.

use std::io::Write;

/// Lines for the attempt's log. Whoever reads it neutralises them; here they are as they came.
pub(super) struct Log<'a>(pub &'a mut dyn Write);

impl Log<'_> {
    /// One line, at once: silence is what an idle limit judges by.
    pub fn line(&mut self, line: &str) {
        // Nobody reads it any more: the report still tells how it ended.
        let _ = writeln!(self.0, "{line}").and_then(|()| self.0.flush());
    }
}
