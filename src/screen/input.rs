//! What a person does at a full screen, and what the system says to it.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};

/// Something that a full screen is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed, or is held.
    Press(Press),
    /// The mouse was used.
    Mouse(Mouse),
    /// Text was pasted: never keys.
    Pasted(String),
    /// It has another size now.
    Resized,
    /// The process goes on after it was stopped: what is on the terminal is unknown.
    Resumed,
    /// It should end.
    Interrupt,
    /// The terminal is gone.
    Gone,
}

/// A key with what was held beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Press {
    /// Which.
    pub key: KeyName,
    /// Ctrl was held.
    pub ctrl: bool,
    /// Alt was held.
    pub alt: bool,
}

impl Press {
    /// A key alone.
    #[must_use]
    pub const fn of(key: KeyName) -> Self {
        Self { key, ctrl: false, alt: false }
    }

    /// A character alone.
    #[must_use]
    pub const fn char(character: char) -> Self {
        Self::of(KeyName::Char(character))
    }

    /// A character with Ctrl.
    #[must_use]
    pub const fn ctrl(character: char) -> Self {
        Self { key: KeyName::Char(character), ctrl: true, alt: false }
    }
}

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "they are named like the keys")]
pub enum KeyName {
    Char(char),
    Enter,
    Escape,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
}

/// What the mouse did, in columns and rows from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mouse {
    /// The left button went down.
    Click {
        /// From the left.
        column: u16,
        /// From the top.
        row: u16,
    },
    /// The wheel was turned.
    Wheel {
        /// From the left.
        column: u16,
        /// From the top.
        row: u16,
        /// Notches; negative is up.
        turns: i8,
    },
}

/// What an event of the terminal means; nothing for what has no meaning here.
pub(super) fn understood(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => press(key).map(Input::Press),
        Event::Mouse(mouse) => used(mouse).map(Input::Mouse),
        Event::Paste(text) => Some(Input::Pasted(text)),
        Event::Resize(..) => Some(Input::Resized),
        _ => None,
    }
}

fn press(event: KeyEvent) -> Option<Press> {
    let key = match event.code {
        KeyCode::Char(character) => KeyName::Char(character),
        KeyCode::Enter => KeyName::Enter,
        KeyCode::Esc => KeyName::Escape,
        KeyCode::Tab => KeyName::Tab,
        KeyCode::BackTab => KeyName::BackTab,
        KeyCode::Backspace => KeyName::Backspace,
        KeyCode::Delete => KeyName::Delete,
        KeyCode::Up => KeyName::Up,
        KeyCode::Down => KeyName::Down,
        KeyCode::Left => KeyName::Left,
        KeyCode::Right => KeyName::Right,
        KeyCode::PageUp => KeyName::PageUp,
        KeyCode::PageDown => KeyName::PageDown,
        KeyCode::Home => KeyName::Home,
        KeyCode::End => KeyName::End,
        _ => return None,
    };
    let held = |modifier| event.modifiers.contains(modifier);
    Some(Press { key, ctrl: held(KeyModifiers::CONTROL), alt: held(KeyModifiers::ALT) })
}

fn used(event: MouseEvent) -> Option<Mouse> {
    let MouseEvent { column, row, .. } = event;
    Some(match event.kind {
        MouseEventKind::Down(MouseButton::Left) => Mouse::Click { column, row },
        MouseEventKind::ScrollUp => Mouse::Wheel { column, row, turns: -1 },
        MouseEventKind::ScrollDown => Mouse::Wheel { column, row, turns: 1 },
        _ => return None,
    })
}
