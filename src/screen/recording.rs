//! A screen that keeps what was shown and answers from a script: for replay and for tests.

use std::{collections::VecDeque, io, time::Duration};

use super::{Answer, Key, Question, Screen, Size};

/// Keeps everything that was printed, in order. Animation leaves no trace on it.
#[derive(Debug)]
pub struct Recording {
    shown: String,
    typed: VecDeque<String>,
    size: Size,
}

impl Recording {
    /// An empty screen of this many columns, on which these lines will be typed.
    pub fn new(columns: usize, typed: impl IntoIterator<Item = String>) -> Self {
        Self {
            shown: String::new(),
            typed: typed.into_iter().collect(),
            size: Size { columns, ..Size::default() },
        }
    }

    /// Takes what was shown since the last time.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.shown)
    }

    /// Types one more line.
    pub fn type_line(&mut self, line: impl Into<String>) {
        self.typed.push_back(line.into());
    }

    /// How many typed lines nobody has read.
    pub fn unread(&self) -> usize {
        self.typed.len()
    }
}

impl Screen for Recording {
    fn print(&mut self, text: &str) -> io::Result<()> {
        self.shown.push_str(text);
        Ok(())
    }

    fn note(&mut self, text: &str) -> io::Result<()> {
        self.print(text)
    }

    fn size(&self) -> Size {
        self.size
    }

    fn is_interactive(&self) -> bool {
        false
    }

    fn ask(&mut self, question: &Question) -> io::Result<Answer> {
        self.shown.push_str(&question.line());
        self.shown.push('\n');
        Ok(self.typed.pop_front().map_or(Answer::Nothing, |line| question.understand(&line)))
    }

    fn read_line(&mut self) -> io::Result<Option<String>> {
        Ok(self.typed.pop_front())
    }

    fn paint(&mut self, _lines: &[String]) {}

    fn key(&mut self, wait: Duration) -> Option<Key> {
        std::thread::park_timeout(wait);
        None
    }

    fn busy(&mut self, _label: &str) {}

    fn idle(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_shown_and_answered_by_the_next_line() {
        let mut screen = Recording::new(80, ["y".to_owned()]);
        let question = Question::Confirm { text: "Run it?".into(), default: false };
        assert_eq!(screen.ask(&question).unwrap(), Answer::Yes);
        assert_eq!(screen.ask(&question).unwrap(), Answer::Nothing, "nobody is left to ask");
        assert_eq!(screen.take(), "Run it? [y/N]\nRun it? [y/N]\n");
    }
}
