//! What a plan is, whatever dialect it was written in.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{order::Order, problem::Problem};
use crate::{
    clock::Timestamp,
    ids::{ItemId, PlanId},
};

/// How a plan is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// `work-space/plans/**/PLAN_*.md`: achievements whose state is which files exist.
    Methodology,
    /// `.workflow/**/WFS-*`: sessions of JSON tasks beside a TODO list.
    Ccw,
    /// `specs/**/tasks.md`: checkboxes with task ids.
    Speckit,
    /// `tasks/prd-*/`, `.compozy/tasks/*/`: one Markdown file a task.
    Compozy,
    /// `.taskmaster/tasks/tasks.json`.
    Taskmaster,
    /// `backlog/tasks/*.md`.
    Backlog,
    /// `.beads/issues.jsonl`.
    Beads,
    /// `openspec/changes/*/tasks.md`.
    Openspec,
    /// Any Markdown file with checkboxes, named by the user.
    Checklist,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 9] = [
        Self::Methodology,
        Self::Ccw,
        Self::Speckit,
        Self::Compozy,
        Self::Taskmaster,
        Self::Backlog,
        Self::Beads,
        Self::Openspec,
        Self::Checklist,
    ];

    /// The dialect of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }

    /// The word in the configuration, in JSON and on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Methodology => "methodology",
            Self::Ccw => "ccw",
            Self::Speckit => "speckit",
            Self::Compozy => "compozy",
            Self::Taskmaster => "taskmaster",
            Self::Backlog => "backlog",
            Self::Beads => "beads",
            Self::Openspec => "openspec",
            Self::Checklist => "checklist",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.word())
    }
}

/// What a person asked for, read from files. Nothing in here was made up: every state has its *why*.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Unique in the workspace.
    pub id: PlanId,
    /// What the plan calls itself.
    pub title: String,
    /// How it is written down.
    pub dialect: Dialect,
    /// The plan's main file, or its folder when it has no file of its own. Relative to the
    /// workspace, with `/` on every system.
    pub path: String,
    /// The folder that holds what belongs to this plan, relative to the workspace; `""` is the
    /// workspace itself.
    pub folder: String,
    /// The plan as a whole; derived from its items by [`super::settle`].
    pub state: PlanState,
    /// The file or rule that decided [`Plan::state`].
    pub why: String,
    /// The plan's own word for its state (`🚀 Ready to Execute`), for display only.
    pub raw_state: Option<String>,
    /// What a person left beside the plan by hand: `paused`, `waiting`, `done by hand`.
    pub badges: Vec<String>,
    /// In plan order.
    pub items: Vec<Item>,
    /// In plan order; an item names its group by position here.
    pub groups: Vec<Group>,
    /// What the plan says itself of the order in which they are run, where it says anything.
    pub order: Option<Box<Order>>,
    /// What is wrong with the plan's files. Never empty silently: reaching a bound is one too.
    pub problems: Vec<Problem>,
}

impl Plan {
    /// The item of this id.
    #[must_use]
    pub fn item(&self, id: &ItemId) -> Option<&Item> {
        self.items.iter().find(|item| item.id == *id)
    }

    /// True for a file that this plan was read from or keeps beside it.
    #[must_use]
    pub fn owns(&self, file: &str) -> bool {
        let below = !self.folder.is_empty()
            && !matches!(self.dialect, Dialect::Checklist)
            && file.strip_prefix(&self.folder).is_some_and(|it| it.starts_with('/'));
        file == self.path || below || self.items.iter().any(|item| item.place.file == file)
    }

    /// Counts items by what is left of them. A container counts through its leaves only.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let mut progress = Progress::default();
        for item in self.leaves() {
            progress.total += 1;
            match item.state {
                ItemState::Done => progress.done += 1,
                ItemState::Skipped => progress.skipped += 1,
                _ => {}
            }
        }
        progress
    }

    /// Items that are work themselves: no heading over other items, and no step of another one.
    pub fn leaves(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| !item.container && !item.step)
    }

    /// The item that was finished last, by the time of the file that says so.
    #[must_use]
    pub fn last_done(&self) -> Option<&Item> {
        self.leaves().filter(|item| item.state == ItemState::Done).max_by_key(|item| item.changed)
    }
}

/// How far a plan is. `done + skipped <= total`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Items proven or ticked as done.
    pub done: usize,
    /// All items, skipped ones too.
    pub total: usize,
    /// Items that nobody means to do any more.
    pub skipped: usize,
}

/// A heading that items stand under: a priority, a phase, a section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// As the plan writes it, without decoration.
    pub name: String,
    /// What must hold when its items are done, in the plan's words.
    pub checkpoint: Option<String>,
}

impl Group {
    /// A group of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), checkpoint: None }
    }
}

/// One unit of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// As the plan writes it; unique within the plan.
    pub id: ItemId,
    /// Without id, checkbox and marks.
    pub title: String,
    /// What can be said of it in one vocabulary.
    pub state: ItemState,
    /// The dialect's own word or mark (`✅ APPROVED`, `~`, `completed`).
    pub raw_state: Option<String>,
    /// The file or line that decided [`Item::state`], in words.
    pub why: String,
    /// Position in [`Plan::groups`].
    pub group: Option<usize>,
    /// Items that must be done before this one, as the plan writes them (dangling ones too).
    pub needs: Vec<ItemId>,
    /// The needs that are not done. When it has none of its own: those of what it is part of, or that
    /// itself where its plan calls it stuck. Filled by [`super::settle`].
    pub blocked_by: Vec<ItemId>,
    /// The plan says it may run beside others of its group (`[P]`).
    pub parallel: bool,
    /// It may run beside items of other groups too, where [`Item::parallel`] holds.
    pub across_groups: bool,
    /// The item that contains this one.
    pub parent: Option<ItemId>,
    /// It only gathers other items; its state follows from theirs.
    pub container: bool,
    /// A part of its parent that can be ticked by itself, while the parent is the unit of work: not
    /// counted in progress, never next.
    pub step: bool,
    /// Short labels that the plan puts beside the id (`US1`).
    pub labels: Vec<String>,
    /// Where it is declared.
    pub place: Place,
    /// What moves it on, when anything does.
    pub action: Option<Action>,
    /// Estimated effort in hours, where the plan gives one.
    pub hours: Option<Hours>,
    /// Files that belong to it: its design, its executions, its verdicts.
    pub documents: Vec<Document>,
    /// Executions complete and planned, where the dialect counts them.
    pub executions: Option<Executions>,
    /// Lower runs earlier, where the dialect has priorities.
    pub priority: Option<u32>,
    /// The name that the plan gives to those which may run beside each other (`execution_group`).
    pub company: Option<String>,
    /// Files that it is going to change, as the plan names them, relative to the workspace.
    pub files: Vec<String>,
    /// When the file that decided its state last changed.
    pub changed: Option<Timestamp>,
    /// Shell lines that its own file wants run: steps before the work, and checks after it.
    pub commands: Vec<String>,
}

impl Item {
    /// A pending item with nothing known of it but where it stands.
    #[must_use]
    pub fn new(id: ItemId, title: impl Into<String>, place: Place) -> Self {
        Self {
            id,
            title: title.into(),
            state: ItemState::Pending,
            raw_state: None,
            why: String::new(),
            group: None,
            needs: Vec::new(),
            blocked_by: Vec::new(),
            parallel: false,
            across_groups: false,
            parent: None,
            container: false,
            step: false,
            labels: Vec::new(),
            place,
            action: None,
            hours: None,
            documents: Vec::new(),
            executions: None,
            priority: None,
            company: None,
            files: Vec::new(),
            changed: None,
            commands: Vec::new(),
        }
    }

    /// The item's document of this kind; the newest one when there are several.
    #[must_use]
    pub fn document(&self, kind: DocumentKind) -> Option<&Document> {
        self.documents.iter().rev().find(|document| document.kind == kind)
    }
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Relative to the workspace.
    pub file: String,
    /// Counts from 1; absent when the whole file is meant.
    pub line: Option<usize>,
}

impl Place {
    /// A line of a file.
    pub fn line(file: impl Into<String>, line: usize) -> Self {
        Self { file: file.into(), line: Some(line) }
    }

    /// A file as a whole.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), line: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&crate::text::plain(&self.file))?;
        self.line.map_or(Ok(()), |line| write!(formatter, ":{line}"))
    }
}

/// One status vocabulary for all dialects; the raw word is kept beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Waits for nothing but its turn, or not yet its turn.
    Pending,
    /// Can be run now. Derived by [`super::settle`]: pending, and every need is done.
    Ready,
    /// Somebody is at it.
    InProgress,
    /// Executed, and waits for a verdict.
    InReview,
    /// A reviewer rejected it.
    NeedsFix,
    /// A need is not done, or the plan says it is stuck.
    Blocked,
    /// Finished.
    Done,
    /// Nobody means to do it any more.
    Skipped,
    /// The plan's word for it means nothing to us.
    Unknown,
}

impl ItemState {
    /// The word in JSON and on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ready => "ready",
            Self::InProgress => "in_progress",
            Self::InReview => "in_review",
            Self::NeedsFix => "needs_fix",
            Self::Blocked => "blocked",
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
        }
    }

    /// True when nothing is left to do: done or skipped. What needs it may go ahead.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Skipped)
    }
}

/// How a plan as a whole stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    /// It has no items.
    Empty,
    /// Nothing has begun and something can.
    Ready,
    /// Some of it is done or under way.
    InProgress,
    /// A fix is open or a review waits.
    NeedsAttention,
    /// Everything that is left waits for something that nothing here can move.
    Blocked,
    /// Nothing is left.
    Done,
    /// A person put it aside.
    Paused,
}

impl PlanState {
    /// The word in JSON and on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Ready => "ready",
            Self::InProgress => "in_progress",
            Self::NeedsAttention => "needs_attention",
            Self::Blocked => "blocked",
            Self::Done => "done",
            Self::Paused => "paused",
        }
    }
}

/// What moves an item on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Answer an open FIX.
    Fix,
    /// Approve or reject what was executed.
    Review,
    /// Carry on an execution that has begun.
    Continue,
    /// Write the next EXECUTION_TASK of a SUBPLAN.
    CreateExecution,
    /// Write the SUBPLAN.
    CreateSubplan,
    /// Fill in a SUBPLAN that is still a placeholder.
    FillSubplan,
    /// Run the task itself.
    Run,
}

impl Action {
    /// The word in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fix => "fix",
            Self::Review => "review",
            Self::Continue => "continue",
            Self::CreateExecution => "create_execution",
            Self::CreateSubplan => "create_subplan",
            Self::FillSubplan => "fill_subplan",
            Self::Run => "run",
        }
    }

    /// What a person would say, with the item's id: `Create SUBPLAN for 2.3`.
    #[must_use]
    pub fn sentence(self, item: &ItemId) -> String {
        match self {
            Self::Fix => format!("Fix {item}"),
            Self::Review => format!("Review {item}"),
            Self::Continue => format!("Continue {item}"),
            Self::CreateExecution => format!("Create EXECUTION for {item}"),
            Self::CreateSubplan => format!("Create SUBPLAN for {item}"),
            Self::FillSubplan => format!("Fill in the SUBPLAN of {item}"),
            Self::Run => format!("Run {item}"),
        }
    }
}

/// Estimated effort. `low <= high`; a plan's "4h" is both.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hours {
    /// The lower figure.
    pub low: f64,
    /// The upper figure.
    pub high: f64,
}

/// How many executions an item has had and was meant to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Executions {
    /// Complete ones.
    pub complete: usize,
    /// Planned ones: the rows of the SUBPLAN's table, else the files there are.
    pub planned: usize,
}

/// A file that belongs to an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What it is to the item.
    pub kind: DocumentKind,
    /// Relative to the workspace.
    pub path: String,
}

/// What a file is to its item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// The item's own file: a task's JSON or Markdown.
    Task,
    /// A design.
    Subplan,
    /// A work log.
    Execution,
    /// A rejection.
    Fix,
    /// The answer to a rejection.
    Resolution,
    /// An approval.
    Approval,
    /// A decision not to do it.
    Skip,
    /// What was achieved, written afterwards.
    Summary,
}

impl DocumentKind {
    /// The word on screens and in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Subplan => "subplan",
            Self::Execution => "execution",
            Self::Fix => "fix",
            Self::Resolution => "resolution",
            Self::Approval => "approval",
            Self::Skip => "skip",
            Self::Summary => "summary",
        }
    }
}
