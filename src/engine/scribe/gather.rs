//! Notes that wait: of each item one, in the order in which they came.

use std::collections::HashMap;

use super::ledger::Note;
use crate::ids::ItemId;

/// What waits to be written.
#[derive(Debug, Default)]
pub struct Gathered {
    notes: Vec<Note>,
    by_item: HashMap<ItemId, usize>,
}

impl Gathered {
    /// Adds a note. One of the same item takes the place of the earlier, and keeps what it went through.
    pub fn add(&mut self, note: Note) {
        match self.by_item.get(&note.item) {
            Some(&at) => {
                let earlier = &mut self.notes[at];
                let mut passages = std::mem::take(&mut earlier.passages);
                passages.extend(note.passages);
                *earlier = Note { passages, ..note };
            }
            None => {
                self.by_item.insert(note.item.clone(), self.notes.len());
                self.notes.push(note);
            }
        }
    }

    pub fn take(&mut self) -> Vec<Note> {
        self.by_item.clear();
        std::mem::take(&mut self.notes)
    }

    pub const fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// True when a note waits that nothing of this run follows on.
    pub fn has_last(&self) -> bool {
        self.notes.iter().any(|note| note.what.is_last())
    }
}
