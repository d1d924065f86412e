//! The list of runs one moves about in: what is selected, what is looked for, in which order, and what
//! a key does. Pure: rows come in, keys come in, a picture and wishes come out.
//!
//! What is selected is a run, not a row: rows may come, go and change places under it.

use super::{RunLine, run_line};
use crate::{
    clock::Timestamp,
    ids::RunId,
    run::{RunSummary, Status},
};

/// By what the rows are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PickerSort {
    /// The newest first.
    #[default]
    Time,
    /// The longest first.
    Duration,
    /// By status.
    Status,
    /// By workflow.
    Workflow,
    /// By plan.
    Plan,
}

impl PickerSort {
    /// Each order with the key that chooses it; the same key again turns it round.
    const KEYS: [(char, Self); 5] = [
        ('t', Self::Time),
        ('d', Self::Duration),
        ('s', Self::Status),
        ('w', Self::Workflow),
        ('p', Self::Plan),
    ];

    /// In one word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Duration => "duration",
            Self::Status => "status",
            Self::Workflow => "workflow",
            Self::Plan => "plan",
        }
    }
}

/// A key as the list understands it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PickerKey {
    /// A character.
    Char(char),
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// A screenful up.
    PageUp,
    /// A screenful down.
    PageDown,
    /// To the first row.
    Home,
    /// To the last row.
    End,
    /// Open, or end typing.
    Enter,
    /// Takes the last typed character back.
    Backspace,
    /// One step back.
    Escape,
    /// Away at once.
    Interrupt,
}

/// What is wanted after a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PickerWish {
    /// Nothing but a new picture.
    Nothing,
    /// Other rows: the question has changed.
    Rows,
    /// This run's page.
    Open(RunId),
    /// The end of this run, after a confirmation.
    Cancel(RunId),
    /// Showing what this run does until it ends.
    Follow(RunId),
    /// This run once more.
    Retry(RunId),
    /// The end of the list.
    Leave,
}

/// The list as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picker {
    rows: Vec<RunSummary>,
    total: usize,
    selected: Option<RunId>,
    /// Where the selected run was seen last: when it is gone, what took its place is selected.
    place: usize,
    filter: String,
    typing: bool,
    sort: PickerSort,
    reverse: bool,
    said: Option<String>,
}

/// The list as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickerPage {
    /// The rows in sight, the selected one marked.
    pub rows: Vec<(RunLine, bool)>,
    /// The number of the first row in sight, from 1; 0 when there is none.
    pub first: usize,
    /// How many fit in all.
    pub total: usize,
    /// What is looked for.
    pub filter: String,
    /// What is typed goes into the filter.
    pub typing: bool,
    /// By what they are ordered.
    pub sort: PickerSort,
    /// The other way round.
    pub reverse: bool,
    /// What the last key came to, where a picture does not say it.
    pub said: Option<String>,
}

impl Picker {
    /// A list that looks for this text to begin with.
    #[must_use]
    pub fn new(filter: impl Into<String>) -> Self {
        Self { filter: filter.into(), ..Self::default() }
    }

    /// What is looked for; empty means everything.
    #[must_use]
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// By what the rows are to be ordered, and whether the other way round.
    #[must_use]
    pub const fn order(&self) -> (PickerSort, bool) {
        (self.sort, self.reverse)
    }

    /// The run that a key would be about.
    #[must_use]
    pub const fn selected(&self) -> Option<RunId> {
        self.selected
    }

    /// Puts these rows in place of the old ones. The same run stays selected; when it is gone, the one
    /// that stands where it stood.
    pub fn take(&mut self, rows: Vec<RunSummary>, total: usize) {
        self.rows = rows;
        self.total = total;
        let kept = self.selected.and_then(|id| self.rows.iter().position(|run| run.id == id));
        self.select(kept.unwrap_or(self.place));
    }

    /// Selects this run as soon as it is among the rows.
    pub const fn choose(&mut self, run: RunId) {
        self.selected = Some(run);
    }

    /// Something to be said until the next key.
    pub fn say(&mut self, said: impl Into<String>) {
        self.said = Some(said.into());
    }

    /// What a key does. `screenful` is how many rows are in sight.
    pub fn key(&mut self, key: PickerKey, screenful: usize) -> PickerWish {
        self.said = None;
        if self.typing {
            return self.typed(key, screenful);
        }
        match key {
            PickerKey::Interrupt | PickerKey::Char('q') => PickerWish::Leave,
            PickerKey::Escape if self.filter.is_empty() => PickerWish::Leave,
            PickerKey::Escape => {
                self.filter.clear();
                PickerWish::Rows
            }
            PickerKey::Char('/') => {
                self.typing = true;
                PickerWish::Nothing
            }
            PickerKey::Enter => self.about(PickerWish::Open),
            PickerKey::Char('f') => self.about(PickerWish::Follow),
            PickerKey::Char('c') => self.when(|it| !it.is_over(), "has ended already", PickerWish::Cancel),
            PickerKey::Char('R') => {
                self.when(Status::is_over, "goes on; it can be retried when it ended", PickerWish::Retry)
            }
            PickerKey::Char(letter) => self.letter(letter),
            _ => self.moved(key, screenful),
        }
    }

    fn typed(&mut self, key: PickerKey, screenful: usize) -> PickerWish {
        match key {
            PickerKey::Interrupt => PickerWish::Leave,
            PickerKey::Enter => {
                self.typing = false;
                PickerWish::Nothing
            }
            PickerKey::Escape => {
                self.typing = false;
                self.filter.clear();
                PickerWish::Rows
            }
            PickerKey::Backspace => {
                self.typing = self.filter.pop().is_some();
                PickerWish::Rows
            }
            PickerKey::Char(letter) => {
                self.filter.push(letter);
                PickerWish::Rows
            }
            _ => self.moved(key, screenful),
        }
    }

    fn letter(&mut self, letter: char) -> PickerWish {
        match letter {
            'j' => return self.moved(PickerKey::Down, 0),
            'k' => return self.moved(PickerKey::Up, 0),
            'g' => return self.moved(PickerKey::Home, 0),
            'G' => return self.moved(PickerKey::End, 0),
            _ => {}
        }
        let Some((_, sort)) = PickerSort::KEYS.into_iter().find(|(key, _)| *key == letter) else {
            return PickerWish::Nothing;
        };
        self.reverse = self.sort == sort && !self.reverse;
        self.sort = sort;
        PickerWish::Rows
    }

    fn moved(&mut self, key: PickerKey, screenful: usize) -> PickerWish {
        let last = self.rows.len().saturating_sub(1);
        let to = match key {
            PickerKey::Up => self.place.saturating_sub(1),
            PickerKey::Down => self.place + 1,
            PickerKey::PageUp => self.place.saturating_sub(screenful.max(1)),
            PickerKey::PageDown => self.place + screenful.max(1),
            PickerKey::Home => 0,
            PickerKey::End => last,
            _ => self.place,
        };
        self.select(to);
        PickerWish::Nothing
    }

    fn select(&mut self, at: usize) {
        self.place = at.min(self.rows.len().saturating_sub(1));
        self.selected = self.rows.get(self.place).map(|run| run.id);
    }

    fn about(&self, wish: impl Fn(RunId) -> PickerWish) -> PickerWish {
        self.selected.map_or(PickerWish::Nothing, wish)
    }

    fn when(
        &mut self,
        fits: impl Fn(Status) -> bool,
        why_not: &str,
        wish: impl Fn(RunId) -> PickerWish,
    ) -> PickerWish {
        let Some(run) = self.rows.get(self.place) else { return PickerWish::Nothing };
        if fits(run.status) {
            return wish(run.id);
        }
        self.said = Some(format!("{} {why_not}", run.id.short()));
        PickerWish::Nothing
    }

    /// The list in this many rows, the selected run among them.
    #[must_use]
    pub fn page(&self, rows: usize, now: Timestamp) -> PickerPage {
        let most = self.rows.len().saturating_sub(rows);
        // In the middle where there is room on both sides, so that one sees what is coming.
        let first = self.place.saturating_sub(rows / 2).min(most);
        let line = |run: &RunSummary| (run_line(run, None, now), Some(run.id) == self.selected);
        let shown: Vec<_> = self.rows.iter().skip(first).take(rows).map(line).collect();
        PickerPage {
            first: if shown.is_empty() { 0 } else { first + 1 },
            rows: shown,
            total: self.total,
            filter: self.filter.clone(),
            typing: self.typing,
            sort: self.sort,
            reverse: self.reverse,
            said: self.said.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Ids;

    fn id(number: u64) -> RunId {
        Ids::counted(number).run(0)
    }

    /// Runs by number; those below 100 have ended.
    fn rows(numbers: &[u64]) -> Vec<RunSummary> {
        let run = |number: &u64| RunSummary {
            id: id(*number),
            status: if *number < 100 { Status::Failed } else { Status::Running },
            workflow: "next".into(),
            plan: None,
            plan_title: None,
            item: None,
            created_at: Timestamp::from_millis(0),
            started_at: None,
            ended_at: None,
            preview: String::new(),
            tasks: 1,
            tasks_over: 0,
            asleep: std::time::Duration::ZERO,
        };
        numbers.iter().map(run).collect()
    }

    fn picker(numbers: &[u64], selected: u64) -> Picker {
        let mut picker = Picker::default();
        picker.choose(id(selected));
        picker.take(rows(numbers), numbers.len());
        picker
    }

    #[test]
    fn the_selected_run_stays_selected_while_rows_change() {
        let check = |before: &[u64], selected: u64, after: &[u64], expected: Option<u64>| {
            let mut picker = picker(before, selected);
            picker.take(rows(after), after.len());
            assert_eq!(picker.selected(), expected.map(id), "{before:?} {selected} {after:?}");
        };
        check(&[3, 2, 1], 2, &[3, 2, 1], Some(2));
        check(&[3, 2, 1], 2, &[9, 8, 3, 2, 1], Some(2));
        check(&[3, 2, 1], 2, &[1, 2, 3], Some(2));
        check(&[3, 2, 1], 2, &[3, 1], Some(1));
        check(&[3, 2, 1], 1, &[3, 2], Some(2));
        check(&[3, 2, 1], 1, &[], None);
        check(&[], 1, &[7], Some(7));
    }

    #[test]
    fn keys_move_by_identity_and_stop_at_the_ends() {
        let check = |selected: u64, keys: &[PickerKey], expected: u64| {
            let mut picker = picker(&[5, 4, 3, 2, 1], selected);
            for key in keys {
                assert_eq!(picker.key(*key, 2), PickerWish::Nothing);
            }
            assert_eq!(picker.selected(), Some(id(expected)), "{selected} {keys:?}");
        };
        check(5, &[PickerKey::Down], 4);
        check(5, &[PickerKey::Char('j'), PickerKey::Char('j'), PickerKey::Char('k')], 4);
        check(5, &[PickerKey::Up], 5);
        check(1, &[PickerKey::Down], 1);
        check(5, &[PickerKey::PageDown], 3);
        check(2, &[PickerKey::PageUp], 4);
        check(3, &[PickerKey::End], 1);
        check(3, &[PickerKey::Char('G'), PickerKey::Char('g')], 5);
    }

    #[test]
    fn a_key_is_about_the_selected_run_and_a_dead_one_says_why() {
        let check = |selected: u64, key: PickerKey, expected: PickerWish, says: bool| {
            let mut picker = picker(&[101, 1], selected);
            assert_eq!(picker.key(key, 5), expected, "{selected} {key:?}");
            assert_eq!(picker.page(5, Timestamp::from_millis(0)).said.is_some(), says, "{selected} {key:?}");
        };
        check(1, PickerKey::Enter, PickerWish::Open(id(1)), false);
        check(101, PickerKey::Char('f'), PickerWish::Follow(id(101)), false);
        check(101, PickerKey::Char('c'), PickerWish::Cancel(id(101)), false);
        check(1, PickerKey::Char('c'), PickerWish::Nothing, true);
        check(1, PickerKey::Char('R'), PickerWish::Retry(id(1)), false);
        check(101, PickerKey::Char('R'), PickerWish::Nothing, true);
        check(1, PickerKey::Char('q'), PickerWish::Leave, false);
        check(1, PickerKey::Escape, PickerWish::Leave, false);
        check(1, PickerKey::Char('x'), PickerWish::Nothing, false);
        assert_eq!(Picker::default().key(PickerKey::Enter, 5), PickerWish::Nothing, "nothing is there");
    }

    #[test]
    fn what_is_typed_filters_and_letters_are_letters_then() {
        let mut picker = picker(&[3, 2, 1], 2);
        for key in "/qc".chars() {
            assert_ne!(picker.key(PickerKey::Char(key), 5), PickerWish::Leave);
        }
        assert_eq!(picker.filter(), "qc");
        assert_eq!(picker.key(PickerKey::Backspace, 5), PickerWish::Rows);
        assert_eq!(picker.key(PickerKey::Down, 5), PickerWish::Nothing);
        assert_eq!((picker.filter(), picker.selected()), ("q", Some(id(1))));
        picker.key(PickerKey::Enter, 5);
        assert_eq!(picker.key(PickerKey::Escape, 5), PickerWish::Rows, "first the filter goes");
        assert_eq!(picker.key(PickerKey::Escape, 5), PickerWish::Leave);
    }

    #[test]
    fn an_order_is_chosen_by_its_key_and_turned_by_the_same_again() {
        let mut picker = picker(&[1], 1);
        assert_eq!(picker.order(), (PickerSort::Time, false));
        assert_eq!(picker.key(PickerKey::Char('d'), 5), PickerWish::Rows);
        assert_eq!(picker.order(), (PickerSort::Duration, false));
        picker.key(PickerKey::Char('d'), 5);
        assert_eq!(picker.order(), (PickerSort::Duration, true));
        picker.key(PickerKey::Char('w'), 5);
        assert_eq!(picker.order(), (PickerSort::Workflow, false));
    }

    #[test]
    fn the_selected_run_is_always_in_sight() {
        let numbers: Vec<u64> = (1..=30).collect();
        for selected in &numbers {
            let picker = picker(&numbers, *selected);
            for height in [1, 2, 7, 29, 30, 50] {
                let page = picker.page(height, Timestamp::from_millis(0));
                assert_eq!(page.rows.iter().filter(|(_, is)| *is).count(), 1, "{selected} in {height}");
                assert_eq!(page.rows.len(), height.min(30));
            }
        }
    }
}
