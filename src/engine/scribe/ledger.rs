//! What recorded events mean for the plan's items.

use std::collections::HashMap;

use crate::{
    clock::Timestamp,
    ids::{ItemId, TaskName},
    plan::{Dialect, ItemState},
    run::{EventKind, Outcome, Specification, TestCounts},
};

/// What is to be written of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The task that moved it.
    pub task: TaskName,
    /// The item.
    pub item: ItemId,
    /// How it stands now.
    pub what: Said,
    /// The states it went through since the last note, each with its time; the last one is its own.
    pub passages: Vec<(ItemState, Timestamp)>,
    /// What is known of its work.
    pub work: Work,
}

/// How an item stands, as its task's run sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is being worked on.
    Begun,
    /// Done.
    Succeeded,
    /// It was tried and did not succeed; somebody may try again.
    Failed(Outcome),
    /// It needs a person.
    Stuck,
    /// Nobody works on it any more, and nothing is known against it.
    Dropped,
}

impl Said {
    /// The state this is in a plan.
    #[must_use]
    pub const fn state(&self, dialect: Dialect) -> ItemState {
        match (self, dialect) {
            (Self::Begun, _) => ItemState::InProgress,
            (Self::Succeeded, _) => ItemState::Done,
            // Its tools know no task that failed; they have it blocked, and what it is stands beside.
            (Self::Stuck, _) | (Self::Failed(_), Dialect::Ccw) => ItemState::Blocked,
            (Self::Failed(_) | Self::Dropped, _) => ItemState::Pending,
        }
    }

    /// True for what nothing follows on in this run.
    #[must_use]
    pub const fn is_last(&self) -> bool {
        !matches!(self, Self::Begun)
    }
}

/// What is known of the work on an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// How often it was tried, earlier runs included.
    pub attempts: u32,
    /// When its first attempt of this run began.
    pub started: Option<Timestamp>,
    /// When its last one ended.
    pub ended: Option<Timestamp>,
    /// What its tests said at the end.
    pub tests: Option<TestCounts>,
}

/// Hears what happens to tasks, and says what that means for items.
#[derive(Debug)]
pub struct Ledger {
    dialect: Dialect,
    /// The item of each task whose end is written.
    items: HashMap<TaskName, ItemId>,
    /// Of the tasks whose items are written, those that began and are not over.
    open: HashMap<TaskName, Work>,
    /// How many tasks of an item have not succeeded: it is done when the last one has (its checks are
    /// tasks of their own).
    left: HashMap<ItemId, usize>,
    totals: Totals,
}

/// What a run did, in figures: counted, never guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Tasks that succeeded.
    pub succeeded: usize,
    /// Tasks that ended otherwise.
    pub others: usize,
    /// Attempts that began.
    pub attempts: usize,
    /// When the first of them began.
    pub started: Option<Timestamp>,
    /// When the last one ended.
    pub ended: Option<Timestamp>,
}

impl Totals {
    fn hear(&mut self, event: &EventKind, at: Timestamp) {
        match event {
            EventKind::AttemptStarted { .. } => {
                self.attempts += 1;
                self.started.get_or_insert(at);
            }
            EventKind::AttemptEnded { .. } => self.ended = Some(at),
            EventKind::TaskEnded { outcome: Outcome::Succeeded, .. } => self.succeeded += 1,
            EventKind::TaskEnded { .. } => self.others += 1,
            _ => {}
        }
    }
}

impl Ledger {
    /// For the items of a run that are written back; none when it writes nothing.
    #[must_use]
    pub fn of(spec: &Specification) -> Option<Self> {
        let dialect = spec.plan.as_ref().and_then(|plan| Dialect::from_word(&plan.dialect))?;
        let written = spec.tasks.iter().filter(|task| task.write_back);
        let items: HashMap<TaskName, ItemId> =
            written.filter_map(|task| Some((task.name.clone(), task.item.clone()?))).collect();
        let mut left = HashMap::new();
        for item in items.values() {
            *left.entry(item.clone()).or_default() += 1;
        }
        let writes = dialect != Dialect::Methodology && !items.is_empty();
        writes.then(|| Self { dialect, items, open: HashMap::new(), left, totals: Totals::default() })
    }

    /// Takes in what was recorded; what is to be written of it, if anything.
    pub fn hear(&mut self, event: &EventKind, at: Timestamp) -> Option<Note> {
        self.totals.hear(event, at);
        match event {
            EventKind::AttemptStarted { attempt, .. } => {
                let first = !self.open.contains_key(&attempt.task);
                let work = self.open.entry(attempt.task.clone()).or_default();
                work.attempts = attempt.number;
                work.started.get_or_insert(at);
                (first && says_begun(self.dialect))
                    .then(|| self.note(&attempt.task, Said::Begun, at))
                    .flatten()
            }
            EventKind::AttemptEnded { attempt, ending } => {
                if let Some(work) = self.open.get_mut(&attempt.task) {
                    work.ended = Some(at);
                    work.tests = ending.tests;
                }
                None
            }
            EventKind::TaskEnded { task, outcome } => {
                let said = said_of(outcome);
                let begun = self.open.contains_key(task);
                let counts = match &said {
                    Said::Succeeded => self.is_last_of_its_item(task),
                    Said::Dropped => begun,
                    _ => true,
                };
                let note = counts.then(|| self.note(task, said, at)).flatten();
                self.open.remove(task);
                note
            }
            _ => None,
        }
    }

    /// What was heard, in figures.
    #[must_use]
    pub const fn totals(&self) -> &Totals {
        &self.totals
    }

    fn is_last_of_its_item(&mut self, task: &TaskName) -> bool {
        self.items.get(task).and_then(|item| self.left.get_mut(item)).is_some_and(|left| {
            *left -= 1;
            *left == 0
        })
    }

    fn note(&self, task: &TaskName, what: Said, at: Timestamp) -> Option<Note> {
        let item = self.items.get(task)?.clone();
        let work = self.open.get(task).cloned().unwrap_or_default();
        let passages = vec![(what.state(self.dialect), at)];
        Some(Note { task: task.clone(), item, what, passages, work })
    }
}

fn said_of(outcome: &Outcome) -> Said {
    match outcome {
        Outcome::Succeeded => Said::Succeeded,
        Outcome::Cancelled | Outcome::Lost => Said::Dropped,
        other => Said::Failed(other.clone()),
    }
}

/// Dialects in which what is under way can be told from what is open.
const fn says_begun(dialect: Dialect) -> bool {
    matches!(
        dialect,
        Dialect::Ccw | Dialect::Taskmaster | Dialect::Beads | Dialect::Backlog | Dialect::Compozy
    )
}
