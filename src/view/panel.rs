//! A panel: what happened, what is known of it, and what to do next, numbered. One shape for every
//! end, refusal and trouble; `ends.rs` fills it for runs.

use crate::run::{Advice, Refusal, Remedy, Status};

/// What happened and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panel {
    /// How serious it is.
    pub tone: Tone,
    /// One line.
    pub title: String,
    /// What happened, a sentence each.
    pub sentences: Vec<String>,
    /// What is known, by name.
    pub facts: Vec<Fact>,
    /// Files it made or changed, relative to the workspace.
    pub deliverables: Vec<String>,
    /// Files that are only counted.
    pub more_deliverables: usize,
    /// Some of its output.
    pub tail: Option<Tail>,
    /// What can be done, numbered from 1; after a success the next step.
    pub advice: Vec<NumberedAdvice>,
}

/// How serious a panel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It went well.
    Good,
    /// It was stopped, by somebody or by time.
    Caution,
    /// It went wrong.
    Bad,
}

/// Something known, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// One word.
    pub name: &'static str,
    /// The rest.
    pub value: String,
    /// The value is a path that can be opened.
    pub is_path: bool,
}

impl Fact {
    pub(super) fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into(), is_path: false }
    }

    pub(super) fn path(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into(), is_path: true }
    }
}

/// Some of a child's output, as it wrote it: colours and worse are still in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tail {
    /// `output begins` or `last output`.
    pub heading: &'static str,
    /// In order.
    pub lines: Vec<String>,
}

/// A piece of advice and the digit that takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedAdvice {
    /// From 1 to 9.
    pub key: u8,
    /// What to do.
    pub say: String,
    /// Why that would help.
    pub why: String,
    /// What its number runs, as it would be typed; absent when only a person can do it.
    pub command: Option<String>,
}

/// Numbers advice; what has no digit left is dropped, the least important first.
pub(super) fn numbered(advice: &[Advice]) -> Vec<NumberedAdvice> {
    let number = |(key, advice): (u8, &Advice)| NumberedAdvice {
        key,
        say: advice.say.clone(),
        why: advice.why.clone(),
        command: advice.remedy.as_ref().map(command),
    };
    (1..=9).zip(advice).map(number).collect()
}

fn command(remedy: &Remedy) -> String {
    match remedy {
        Remedy::Deck(command) => command.clone(),
        Remedy::Program(argv) => shell_words::join(argv),
    }
}

/// A wish that can't be granted.
#[must_use]
pub fn refused(refusal: &Refusal, advice: &[Advice]) -> Panel {
    let hint = refusal.hint().filter(|_| advice.is_empty());
    Panel {
        tone: if is_about_state(refusal) { Tone::Caution } else { Tone::Bad },
        title: "Not done".to_owned(),
        sentences: vec![sentence(&refusal.to_string())],
        facts: hint.map(|hint| Fact::new("hint", hint)).into_iter().collect(),
        deliverables: Vec::new(),
        more_deliverables: 0,
        tail: None,
        advice: numbered(advice),
    }
}

/// True when the wish was understood and things only stand differently.
const fn is_about_state(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::NothingToRun { .. }
            | Refusal::AlreadyThere { .. }
            | Refusal::AlreadyEnded { status: Status::Succeeded | Status::Cancelled, .. }
    )
}

/// The world failed: what happened, its causes (the nearest first), and what to do.
#[must_use]
pub fn trouble(message: &str, causes: &[String], hint: Option<&str>) -> Panel {
    let because = causes.iter().map(|cause| format!("Because: {cause}"));
    Panel {
        tone: Tone::Bad,
        title: "Trouble".to_owned(),
        sentences: std::iter::once(sentence(message)).chain(because).collect(),
        facts: hint.map(|hint| Fact::new("hint", hint)).into_iter().collect(),
        deliverables: Vec::new(),
        more_deliverables: 0,
        tail: None,
        advice: Vec::new(),
    }
}

/// The text as a sentence: a capital in front, unless it begins with a name or a quotation, and a
/// full stop behind.
pub(super) fn sentence(text: &str) -> String {
    let mut sentence = text.trim_end().to_owned();
    if !sentence.ends_with(['.', '!', '?', '…']) {
        sentence.push('.');
    }
    let first_word = sentence.split(' ').next().unwrap_or_default();
    if first_word.chars().all(|it| it.is_ascii_lowercase()) && first_word != "plandeck" {
        sentence[..1].make_ascii_uppercase();
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_becomes_a_sentence() {
        let check = |text: &str, expected: &str| assert_eq!(sentence(text), expected);
        check("there is no plan \"x\"", "There is no plan \"x\".");
        check("2.3 of ALPHA has no SUBPLAN yet", "2.3 of ALPHA has no SUBPLAN yet.");
        check("épée", "épée.");
        check("what now?", "What now?");
        check("", ".");
    }

    #[test]
    fn advice_is_numbered_from_one_to_nine() {
        let advice = Advice { say: "try again".to_owned(), why: String::new(), remedy: None };
        let keys: Vec<u8> = numbered(&vec![advice; 12]).iter().map(|it| it.key).collect();
        assert_eq!(keys, (1..=9).collect::<Vec<_>>());
    }
}
