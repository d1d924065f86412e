//! A screen that keeps what was shown and answers from a script: for replay and for tests.

use std::{collections::VecDeque, io, time::Duration};

use super::{Answer, Full, Key, Question, Screen, Size};

/// Keeps everything that was printed, in order. Animation leaves no trace on it.
///
/// What was shown is kept in parts: one before the first typed line was read, and one after each.
#[derive(Debug)]
pub struct Recording {
    parts: Vec<String>,
    typed: VecDeque<String>,
    size: Size,
}

impl Recording {
    /// An empty screen of this many columns, on which these lines will be typed.
    pub fn new(columns: usize, typed: impl IntoIterator<Item = String>) -> Self {
        Self {
            parts: vec![String::new()],
            typed: typed.into_iter().collect(),
            size: Size { columns, ..Size::default() },
        }
    }

    /// What was shown, in parts: before anything was typed, then after each typed line.
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// Everything that was shown.
    pub fn all(&self) -> String {
        self.parts.concat()
    }

    fn next_typed(&mut self) -> Option<String> {
        let line = self.typed.pop_front()?;
        self.parts.push(String::new());
        Some(line)
    }

    fn show(&mut self, text: &str) {
        self.parts.last_mut().expect("there is a part from the beginning").push_str(text);
    }
}

impl Screen for Recording {
    fn print(&mut self, text: &str) -> io::Result<()> {
        self.show(text);
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
        self.show(&format!("{}\n", question.line()));
        Ok(self.next_typed().map_or(Answer::Nothing, |line| question.understand(key_of(&line))))
    }

    fn read_line(&mut self) -> io::Result<Option<String>> {
        Ok(self.next_typed())
    }

    fn paint(&mut self, _lines: &[String]) {}

    fn key(&mut self, wait: Duration) -> Option<Key> {
        std::thread::park_timeout(wait);
        None
    }

    fn full(&mut self) -> io::Result<Option<Full>> {
        Ok(None)
    }

    fn busy(&mut self, _label: &str) {}

    fn idle(&mut self) {}
}

/// A key that answers a question (`[key y]`) without its brackets; any other line as it is.
fn key_of(line: &str) -> &str {
    line.strip_prefix("[key ").and_then(|it| it.strip_suffix(']')).unwrap_or(line)
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
        assert_eq!(screen.parts(), ["Run it? [y/N]\n", "Run it? [y/N]\n"]);
    }
}
