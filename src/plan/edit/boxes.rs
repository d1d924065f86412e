//! Checkboxes, and the signs that stand for them.

use std::{cell::RefCell, collections::HashMap, ops::Range};

use super::{NoEdit, splice::Splice, words::most_used};
use crate::plan::{
    markdown::{ListItem, Outline},
    types::ItemState,
};

/// What a mark means in a dialect.
pub(super) type Meaning = fn(&str) -> ItemState;

/// A file with checkboxes.
pub(super) struct Boxes<'t> {
    text: &'t str,
    pub(super) outline: Outline<'t>,
    meaning: Meaning,
    /// What the file itself puts into a box for a state.
    habits: RefCell<HashMap<ItemState, Option<String>>>,
}

/// Which marks may be written that a file does not have yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marks {
    /// Those for what is open and what is done.
    Known,
    /// Those for what is neither, too.
    Any,
}

impl<'t> Boxes<'t> {
    pub(super) fn read(text: &'t str, meaning: Meaning) -> Self {
        Self { text, outline: Outline::read(text), meaning, habits: RefCell::default() }
    }

    /// The list item on this line.
    pub(super) fn item(&self, line: usize) -> Option<&ListItem<'t>> {
        let at = self.outline.items.partition_point(|it| it.line < line);
        self.outline.items.get(at).filter(|it| it.line == line)
    }

    /// What the box on this line means; nothing where there is none.
    pub(super) fn state(&self, line: usize) -> Option<ItemState> {
        self.item(line)?.mark.map(|mark| (self.meaning)(mark.text))
    }

    /// Another mark in the box on this line.
    pub(super) fn tick(&self, line: usize, state: ItemState, marks: Marks) -> Result<Splice, NoEdit> {
        let mark = self.item(line).and_then(|it| it.mark).ok_or(NoEdit::NotFound)?;
        let new = if (self.meaning)(mark.text) == state {
            mark.text.to_owned()
        } else {
            self.mark(state, marks).ok_or(NoEdit::NoWord)?
        };
        Ok(Splice::new(mark.offset..mark.offset + mark.text.len(), new))
    }

    /// What the file itself puts into a box for this state, else what people agree on.
    fn mark(&self, state: ItemState, marks: Marks) -> Option<String> {
        if state == ItemState::Pending {
            return Some(" ".to_owned());
        }
        self.habit(state).or_else(|| usual(state, marks))
    }

    fn habit(&self, state: ItemState) -> Option<String> {
        let mut habits = self.habits.borrow_mut();
        let look = || {
            let marks = self.outline.boxes().filter_map(|it| it.mark).map(|it| it.text);
            most_used(marks.filter(|it| (self.meaning)(it) == state))
        };
        habits.entry(state).or_insert_with(look).clone()
    }

    /// Another sign where one stands for a box (`- ✅ T001`, `☐ IMPL-1`). `range` is the line's.
    pub(super) fn sign(&self, range: Range<usize>, state: ItemState) -> Result<Splice, NoEdit> {
        let whole = &self.text[range.clone()];
        let bare = whole.trim_start().trim_start_matches(['-', '*', '+']).trim_start();
        let old = bare.split([' ', '\t']).next().unwrap_or_default();
        if old.is_empty() || old.contains(|it: char| it.is_ascii() || it.is_alphanumeric()) {
            return Err(NoEdit::NotFound);
        }
        let boxed = matches!(old, "☐" | "☑");
        let new = match state {
            _ if (self.meaning)(old) == state => old,
            ItemState::Pending if boxed => "☐",
            ItemState::Done if boxed => "☑",
            ItemState::Pending => "⬜",
            ItemState::Done => "✅",
            ItemState::InProgress => "🚧",
            ItemState::Blocked => "⛔",
            ItemState::Skipped => "⏭",
            _ => return Err(NoEdit::NoWord),
        };
        let start = range.start + (whole.len() - bare.len());
        Ok(Splice::new(start..start + old.len(), new))
    }
}

fn usual(state: ItemState, marks: Marks) -> Option<String> {
    let mark = match (state, marks) {
        (ItemState::Done, _) => "x",
        (ItemState::InProgress, Marks::Any) => "~",
        (ItemState::Skipped, Marks::Any) => "-",
        (ItemState::Blocked, Marks::Any) => "!",
        _ => return None,
    };
    Some(mark.to_owned())
}
