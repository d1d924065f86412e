//! Checkboxes, and the signs that stand for them.

use super::{
    LineEdit, NoEdit,
    splice::{Splice, on_one_line},
    words::most_used,
};
use crate::plan::{
    markdown::{ListItem, Outline},
    types::ItemState,
};

/// What a mark means in a dialect.
pub(super) type Meaning = fn(&str) -> ItemState;

/// A file with checkboxes.
pub(super) struct Boxes<'t> {
    file: &'t str,
    text: &'t str,
    outline: Outline<'t>,
    meaning: Meaning,
    /// Marks for what is neither open nor done are written although the file has none yet.
    any_mark: bool,
}

impl<'t> Boxes<'t> {
    pub(super) fn read(file: &'t str, text: &'t str, meaning: Meaning, any_mark: bool) -> Self {
        Self { file, text, outline: Outline::read(text), meaning, any_mark }
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

    /// The line with another mark in its own box.
    pub(super) fn tick(&self, line: usize, state: ItemState) -> Result<LineEdit, NoEdit> {
        let mark = self.item(line).and_then(|it| it.mark).ok_or(NoEdit::NotFound)?;
        let new = if (self.meaning)(mark.text) == state {
            mark.text.to_owned()
        } else {
            self.mark(state).ok_or(NoEdit::NoWord)?
        };
        let splice = Splice::new(mark.offset..mark.offset + mark.text.len(), new);
        on_one_line(self.file, self.text, vec![splice]).ok_or(NoEdit::NotFound)
    }

    /// What the file itself puts into a box for this state, else what people agree on.
    fn mark(&self, state: ItemState) -> Option<String> {
        if state == ItemState::Pending {
            return Some(" ".to_owned());
        }
        let marks = self.outline.boxes().filter_map(|it| it.mark).map(|it| it.text);
        most_used(marks.filter(|it| (self.meaning)(it) == state)).or_else(|| self.usual(state))
    }

    fn usual(&self, state: ItemState) -> Option<String> {
        let mark = match state {
            ItemState::Done => "x",
            ItemState::InProgress if self.any_mark => "~",
            ItemState::Skipped if self.any_mark => "-",
            ItemState::Blocked if self.any_mark => "!",
            _ => return None,
        };
        Some(mark.to_owned())
    }

    /// The line with another sign where one stands for a box (`- ✅ T001`, `☐ IMPL-1`).
    pub(super) fn sign(&self, line: usize, state: ItemState) -> Result<LineEdit, NoEdit> {
        let range = super::splice::line_range(self.text, line).ok_or(NoEdit::NotFound)?;
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
        let splice = Splice::new(start..start + old.len(), new);
        on_one_line(self.file, self.text, vec![splice]).ok_or(NoEdit::NotFound)
    }
}
