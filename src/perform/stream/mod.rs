//! What an agent prints, made readable: lines for people, and what it says of itself. Pure.
//!
//! Every known agent has its own events, one JSON object a line. What is no event is shown as it stands:
//! an agent that prints something else has lost nothing but its success event.

mod claude;
mod codex;
mod gemini;
mod loose;
mod opencode;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::run::{Stream, Tokens};

/// Reads what one agent prints, line by line.
#[derive(Clone, Debug)]
pub struct Listener {
    format: Stream,
    heard: Heard,
    /// What it is saying in pieces.
    speech: String,
    /// How much of that was shown.
    shown: usize,
}

/// What an agent said of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// By which its conversation can be carried on.
    pub session: Option<String>,
    /// Millionths of a US dollar.
    pub cost_micros: Option<u64>,
    /// What it read and wrote.
    pub tokens: Option<Tokens>,
    /// The last thing it said to whoever asked.
    pub last_message: Option<String>,
    /// How it says that it ended.
    pub end: End,
}

/// How an agent says that it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// It has not said so.
    #[default]
    Unsaid,
    /// All is well.
    Success,
    /// It is not, in its words.
    Failure(String),
}

/// Whether a format says at its end that all is well, so that silence means the opposite.
#[must_use]
pub const fn says_success(format: Stream) -> bool {
    !matches!(format, Stream::Jsonl | Stream::Text)
}

impl Listener {
    /// Nothing heard yet.
    #[must_use]
    pub fn new(format: Stream) -> Self {
        Self { format, heard: Heard::default(), speech: String::new(), shown: 0 }
    }

    /// Takes a line that it printed; says what to show of it.
    pub fn line(&mut self, line: &str) -> Vec<String> {
        if self.format == Stream::Text {
            self.heard.last_message = Some(with_line(self.heard.last_message.take(), line));
            return vec![line.to_owned()];
        }
        if line.trim().is_empty() {
            return Vec::new();
        }
        match serde_json::from_str::<Value>(line) {
            Ok(event) if event.is_object() => self.event(&event),
            _ => vec![line.to_owned()],
        }
    }

    /// What is left to show, and what it said of itself.
    #[must_use]
    pub fn finish(mut self) -> (Vec<String>, Heard) {
        let rest = self.end_speech();
        (rest, self.heard)
    }

    fn event(&mut self, event: &Value) -> Vec<String> {
        match self.format {
            Stream::Claude => claude::event(self, event),
            Stream::Codex => codex::event(self, event),
            Stream::Gemini => gemini::event(self, event),
            Stream::Opencode => opencode::event(self, event),
            Stream::Jsonl | Stream::Text => loose::event(self, event),
        }
    }

    /// It said something whole.
    fn said(&mut self, text: &str) -> Vec<String> {
        let text = text.trim();
        if text.is_empty() {
            return Vec::new();
        }
        self.heard.last_message = Some(text.to_owned());
        text.lines().map(str::to_owned).collect()
    }

    /// It said a piece; some print each piece, some all of it so far again. Whole lines are shown.
    fn said_piece(&mut self, piece: &str) -> Vec<String> {
        if !self.speech.is_empty() && piece.len() > self.speech.len() && piece.starts_with(&self.speech) {
            self.speech.clear();
        }
        self.speech.push_str(piece);
        let whole = self.speech.rfind('\n').map_or(0, |at| at + 1);
        let new = self.speech.get(self.shown..whole).unwrap_or_default();
        let lines: Vec<String> = new.lines().map(str::to_owned).collect();
        self.shown = whole.max(self.shown);
        lines
    }

    /// What it was saying in pieces is whole.
    fn end_speech(&mut self) -> Vec<String> {
        let speech = std::mem::take(&mut self.speech);
        let shown = std::mem::take(&mut self.shown);
        if !speech.trim().is_empty() {
            self.heard.last_message = Some(speech.trim().to_owned());
        }
        speech.get(shown..).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    fn add_tokens(&mut self, input: u64, output: u64) {
        let tokens = self.heard.tokens.get_or_insert_default();
        tokens.input += input;
        tokens.output += output;
    }
}

/// The end of what was said, bounded: a program may print for hours.
fn with_line(said: Option<String>, line: &str) -> String {
    const MOST: usize = 16 * 1024;
    let mut said = said.unwrap_or_default();
    if !said.is_empty() {
        said.push('\n');
    }
    said.push_str(line);
    if said.len() > 2 * MOST {
        let from = said.ceil_char_boundary(said.len() - MOST);
        said.drain(..from);
    }
    said
}

/// `* Edit src/lib.rs`: a tool, and what tells its calls apart.
fn tool_line(name: &str, input: &Value) -> String {
    const TELLING: [&str; 10] = [
        "command",
        "cmd",
        "file_path",
        "filePath",
        "absolute_path",
        "path",
        "pattern",
        "query",
        "url",
        "description",
    ];
    let telling = TELLING.iter().find_map(|key| input.get(key)?.as_str());
    let telling = telling.and_then(|it| it.lines().next()).map(|it| crate::text::clip(it, 160));
    telling.map_or_else(|| format!("* {name}"), |it| format!("* {name} {it}"))
}

fn word<'a>(value: &'a Value, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| value.get(name)?.as_str()).filter(|it| !it.is_empty())
}

/// US dollars as millionths.
fn micros(cost: &Value) -> Option<u64> {
    let micros = (cost.as_f64()? * 1e6).round();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the bounds were just looked at"
    )]
    (0.0..1e15).contains(&micros).then_some(micros as u64)
}

/// What an error says, whichever shape it has.
fn trouble(error: &Value) -> String {
    if let Some(text) = error.as_str() {
        return text.to_owned();
    }
    let message = word(error, &["message", "error", "detail", "text", "name", "type"]);
    let inner = || error.get("data").and_then(|it| word(it, &["message"]));
    inner().or(message).map_or_else(|| error.to_string(), str::to_owned)
}
