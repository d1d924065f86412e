//! The left side: rows, and which one is selected. What is selected is a run, a group or a task, not a
//! row: rows may come, go and change places under it.

use std::ops::Range;

use crate::ids::RunId;

/// What a row stands for. Groups and tasks by their places in the run's order and specification, which
/// are frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Row {
    /// A run in the list of runs.
    Run(RunId),
    /// The opened run as a whole.
    Whole,
    /// A group of its tasks.
    Group(usize),
    /// A task of it.
    Task(usize),
}

/// Rows one moves about in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    rows: Vec<Row>,
    selected: usize,
    /// The first row in sight.
    top: usize,
    /// The person chose a row; else the first one stays selected when rows come before it.
    chosen: bool,
}

impl List {
    /// Takes other rows. What was selected stays so wherever it is now; when it is gone, what took its
    /// place is selected.
    pub fn take(&mut self, rows: Vec<Row>) {
        let before = self.selected().filter(|_| self.chosen);
        self.rows = rows;
        let again = before.and_then(|row| self.rows.iter().position(|it| *it == row));
        self.selected = again.unwrap_or(self.selected).min(self.rows.len().saturating_sub(1));
    }

    /// What is selected; nothing when there are no rows.
    #[must_use]
    pub fn selected(&self) -> Option<Row> {
        self.rows.get(self.selected).copied()
    }

    /// All rows.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Selects a row, if it is there.
    pub fn select(&mut self, row: Row) {
        if let Some(at) = self.rows.iter().position(|it| *it == row) {
            self.selected = at;
            self.chosen = true;
        }
    }

    /// Selects the row that stands in sight at this place from the top of the list.
    pub fn select_at(&mut self, place: usize, height: usize) {
        let at = self.sight(height).start + place;
        if at < self.rows.len() {
            self.selected = at;
            self.chosen = true;
        }
    }

    /// Moves the selection by so many rows.
    pub fn go(&mut self, by: isize) {
        self.chosen = true;
        self.selected = self.selected.saturating_add_signed(by).min(self.rows.len().saturating_sub(1));
    }

    /// Keeps in mind what is in sight, so that the picture moves no more than it must.
    pub fn settle(&mut self, height: usize) {
        self.top = self.sight(height).start;
    }

    /// The rows in sight, the selected one among them.
    #[must_use]
    pub fn sight(&self, height: usize) -> Range<usize> {
        let height = height.max(1);
        let last_top = self.rows.len().saturating_sub(height);
        let least = (self.selected + 1).saturating_sub(height);
        let top = self.top.clamp(least, self.selected.max(least)).min(last_top);
        top..(top + height).min(self.rows.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tasks(places: &[usize]) -> Vec<Row> {
        places.iter().map(|it| Row::Task(*it)).collect()
    }

    #[test]
    fn what_is_selected_stays_selected_while_rows_change() {
        let mut list = List::default();
        list.take(tasks(&[1, 2, 3]));
        list.go(1);
        list.take(tasks(&[7, 8, 1, 2, 3]));
        assert_eq!(list.selected(), Some(Row::Task(2)));
        list.take(tasks(&[7, 8, 1, 3]));
        assert_eq!(list.selected(), Some(Row::Task(3)), "what took its place");
        list.take(Vec::new());
        assert_eq!(list.selected(), None);
        list.go(5);
        list.take(tasks(&[4]));
        assert_eq!(list.selected(), Some(Row::Task(4)));
    }

    #[test]
    fn who_chose_nothing_sees_the_newest() {
        let mut list = List::default();
        list.take(tasks(&[1, 2]));
        list.take(tasks(&[9, 1, 2]));
        assert_eq!(list.selected(), Some(Row::Task(9)));
    }

    #[test]
    fn the_selected_row_is_always_in_sight_and_the_picture_moves_no_more_than_it_must() {
        let mut list = List::default();
        list.take(tasks(&(0..100).collect::<Vec<_>>()));
        let mut check = |by: isize, expected: Range<usize>| {
            list.go(by);
            assert_eq!(list.sight(10), expected, "by {by}");
            list.settle(10);
        };
        check(0, 0..10);
        check(9, 0..10);
        check(1, 1..11);
        check(-5, 1..11);
        check(-5, 0..10);
        check(1000, 90..100);
        list.take(tasks(&[1, 2]));
        assert_eq!(list.sight(10), 0..2);
    }
}
