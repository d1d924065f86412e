//! Digits on an empty line act at once; as soon as anything is typed, digits are digits.
//!
//! reedline has no binding that can tell an empty line from a full one, so this wraps an edit mode.
//! How it knows the line: the highlighter is called at every paint with the buffer; what is
//! inserted within the same batch of events sets *busy* at once; keys that may fill the line (Up, a
//! hint) make it busy until the next paint, which they force. reedline drops what follows a host
//! command in a batch (a paste without brackets, type-ahead over a slow line): it is kept in
//! `typed_ahead` and given back.

use std::sync::{Arc, Mutex, MutexGuard};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use reedline::{
    EditCommand, EditMode, Highlighter, PromptEditMode, ReedlineEvent, ReedlineRawEvent, StyledText,
};

use crate::screen::{Eyes, Focus};

/// What is known of the line that is being edited, shared by the parts of the editor.
#[derive(Clone, Default)]
pub struct LineState(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    busy: bool,
    fired: bool,
    typed_ahead: Vec<ReedlineEvent>,
}

impl LineState {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().expect("no holder of this lock panics")
    }

    /// The history search has its own line.
    pub fn searching(&self) {
        self.lock().busy = true;
    }

    /// What was typed in the same read as a hotkey. Call once for each host command.
    pub fn take_typed_ahead(&self) -> Vec<ReedlineEvent> {
        let mut known = self.lock();
        known.fired = false;
        std::mem::take(&mut known.typed_ahead)
    }
}

/// A host command that a key stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hotkey {
    /// A digit.
    Digit(char),
    /// Alt and a letter.
    Letter(char),
    /// Esc.
    Escape,
}

impl Hotkey {
    /// As reedline carries it to the host.
    pub fn to_command(&self) -> String {
        match self {
            Self::Digit(digit) => format!("digit {digit}"),
            Self::Letter(letter) => format!("letter {letter}"),
            Self::Escape => "escape".to_owned(),
        }
    }

    /// As the host gets it back.
    pub fn from_command(command: &str) -> Option<Self> {
        match command.split_once(' ') {
            Some(("digit", digit)) => digit.chars().next().map(Self::Digit),
            Some(("letter", letter)) => letter.chars().next().map(Self::Letter),
            None if command == "escape" => Some(Self::Escape),
            _ => None,
        }
    }
}

/// An edit mode in which keys on an empty line are hotkeys.
pub struct Hotkeys {
    inner: Box<dyn EditMode>,
    line: LineState,
    letters: Vec<char>,
    escape_goes_back: bool,
    eyes: Eyes,
}

impl Hotkeys {
    /// `letters` are those that act as chords with Alt. Esc goes back only where it is not the key
    /// that leaves a mode of the editor.
    pub fn new(
        inner: Box<dyn EditMode>,
        line: LineState,
        letters: Vec<char>,
        escape_goes_back: bool,
    ) -> Self {
        Self { inner, line, letters, escape_goes_back, eyes: Eyes::default() }
    }

    /// Tells what the terminal says of its focus.
    pub fn with_eyes(mut self, eyes: Eyes) -> Self {
        self.eyes = eyes;
        self
    }

    /// Alt-letter and Esc have bindings of their own in every mode, so they are caught before it.
    fn chord(&self, event: &Event) -> Option<Hotkey> {
        let Event::Key(KeyEvent { code, modifiers, kind, .. }) = event else { return None };
        if *kind == KeyEventKind::Release {
            return None;
        }
        match code {
            KeyCode::Char(letter) if *modifiers == KeyModifiers::ALT && self.letters.contains(letter) => {
                Some(Hotkey::Letter(*letter))
            }
            KeyCode::Esc if self.escape_goes_back && modifiers.is_empty() => Some(Hotkey::Escape),
            _ => None,
        }
    }
}

impl EditMode for Hotkeys {
    fn parse_event(&mut self, raw: ReedlineRawEvent) -> ReedlineEvent {
        let event: Event = raw.into();
        match event {
            Event::FocusGained => self.eyes.say(Focus::Here),
            Event::FocusLost => self.eyes.say(Focus::Away),
            _ => self.eyes.key_pressed(),
        }
        let chord = self.chord(&event);
        let Ok(raw) = ReedlineRawEvent::try_from(event) else { return ReedlineEvent::None };
        let parsed = self.inner.parse_event(raw);
        let mut known = self.line.lock();
        if known.fired {
            known.typed_ahead.push(parsed);
            return ReedlineEvent::None;
        }
        if let (Some(chord), false) = (chord, known.busy) {
            known.fired = true;
            return ReedlineEvent::ExecuteHostCommand(chord.to_command());
        }
        judge(parsed, &mut known)
    }

    fn edit_mode(&self) -> PromptEditMode {
        self.inner.edit_mode()
    }
}

/// Turns a digit on an empty line into a hotkey, and notes what may fill the line.
fn judge(parsed: ReedlineEvent, known: &mut Known) -> ReedlineEvent {
    use ReedlineEvent as E;
    match &parsed {
        E::Edit(commands) => {
            if let ([EditCommand::InsertChar(digit @ '0'..='9')], false) = (commands.as_slice(), known.busy) {
                known.fired = true;
                return E::ExecuteHostCommand(Hotkey::Digit(*digit).to_command());
            }
            known.busy |= commands.iter().any(inserts);
            parsed
        }
        E::SearchHistory => {
            known.busy = true;
            parsed
        }
        E::Up | E::Down | E::PreviousHistory | E::NextHistory | E::UntilFound(_) | E::Menu(_)
            if !known.busy =>
        {
            known.busy = true;
            E::Multiple(vec![parsed, E::Repaint])
        }
        _ => parsed,
    }
}

const fn inserts(command: &EditCommand) -> bool {
    matches!(command, EditCommand::InsertChar(_) | EditCommand::InsertString(_) | EditCommand::InsertNewline)
}

/// Sees every paint of the line, and colours its first word by whether it is a verb.
pub struct Painter {
    line: LineState,
    verbs: Vec<String>,
    known: nu_ansi_term::Style,
    unknown: nu_ansi_term::Style,
}

impl Painter {
    /// Verbs are painted in `known`, other first words in `unknown`.
    pub fn new(
        line: LineState,
        verbs: Vec<String>,
        known: nu_ansi_term::Style,
        unknown: nu_ansi_term::Style,
    ) -> Self {
        Self { line, verbs, known, unknown }
    }
}

impl Highlighter for Painter {
    fn highlight(&self, line: &str, _cursor: usize) -> StyledText {
        self.line.lock().busy = !line.is_empty();
        let end = line.find(char::is_whitespace).unwrap_or(line.len());
        let (verb, rest) = line.split_at(end);
        let style = if self.verbs.iter().any(|it| it == verb) { self.known } else { self.unknown };
        let mut text = StyledText::new();
        text.push((style, verb.to_owned()));
        text.push((nu_ansi_term::Style::new(), rest.to_owned()));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(mode: &mut Hotkeys, code: KeyCode, modifiers: KeyModifiers) -> ReedlineEvent {
        let event = Event::Key(KeyEvent::new(code, modifiers));
        mode.parse_event(ReedlineRawEvent::try_from(event).unwrap())
    }

    fn mode() -> (Hotkeys, LineState) {
        let line = LineState::default();
        let inner = Box::<reedline::Emacs>::default();
        (Hotkeys::new(inner, line.clone(), vec!['q'], true), line)
    }

    fn fired(event: &ReedlineEvent) -> Option<Hotkey> {
        match event {
            ReedlineEvent::ExecuteHostCommand(command) => Hotkey::from_command(command),
            _ => None,
        }
    }

    #[test]
    fn a_digit_acts_on_an_empty_line_and_is_text_on_a_full_one() {
        let (mut mode, line) = mode();
        let none = KeyModifiers::NONE;
        assert_eq!(fired(&press(&mut mode, KeyCode::Char('3'), none)), Some(Hotkey::Digit('3')));
        line.take_typed_ahead();
        assert_eq!(fired(&press(&mut mode, KeyCode::Char('r'), none)), None);
        assert_eq!(fired(&press(&mut mode, KeyCode::Char('3'), none)), None, "the line has text");
    }

    #[test]
    fn what_follows_a_hotkey_in_one_batch_is_kept() {
        let (mut mode, line) = mode();
        let none = KeyModifiers::NONE;
        press(&mut mode, KeyCode::Char('1'), none);
        assert!(matches!(press(&mut mode, KeyCode::Char('2'), none), ReedlineEvent::None));
        assert_eq!(line.take_typed_ahead().len(), 1);
        assert_eq!(fired(&press(&mut mode, KeyCode::Char('2'), none)), Some(Hotkey::Digit('2')));
    }

    #[test]
    fn chords_and_escape_act_on_an_empty_line_only() {
        let (mut mode, line) = mode();
        assert_eq!(fired(&press(&mut mode, KeyCode::Esc, KeyModifiers::NONE)), Some(Hotkey::Escape));
        line.take_typed_ahead();
        let chord = press(&mut mode, KeyCode::Char('q'), KeyModifiers::ALT);
        assert_eq!(fired(&chord), Some(Hotkey::Letter('q')));
        line.take_typed_ahead();
        line.searching();
        assert_eq!(fired(&press(&mut mode, KeyCode::Esc, KeyModifiers::NONE)), None);
    }
}
