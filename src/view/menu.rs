//! The keys of a plan's page: which live and what they will do, which are dead and why.

use super::{Outlook, words::count, words::list};
use crate::{
    ids::ItemId,
    plan::{Action, Dialect, DocumentKind, Item, ItemState, Plan},
    run::RunSummary,
};

/// The keys of a page, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// One for each key.
    pub entries: Vec<MenuEntry>,
}

/// A key of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuEntry {
    /// What is pressed.
    pub key: char,
    /// What it stands for.
    pub choice: Choice,
    /// Whether it can be pressed now.
    pub state: KeyState,
    /// What [`MenuEntry::state`] says, in a word or two, for where keys stand side by side.
    pub brief: String,
}

/// What a key of a plan's page does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// The best next step.
    ExecuteNext,
    /// The group that can run side by side.
    ExecuteParallel,
    /// Write a SUBPLAN.
    CreateSubplan,
    /// Write an EXECUTION_TASK.
    CreateExecution,
    /// Approve or reject.
    Review,
    /// Everything, to the end.
    RunAll,
    /// The runs of this plan.
    Runs,
    /// Everything about one item.
    ItemDetails,
    /// Change an item's state in the plan's file.
    EditState,
    /// To the board.
    Back,
}

impl Choice {
    /// The words beside the key.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::ExecuteNext => "Execute Next",
            Self::ExecuteParallel => "Execute in Parallel",
            Self::CreateSubplan => "Create SUBPLAN",
            Self::CreateExecution => "Create EXECUTION",
            Self::Review => "Review",
            Self::RunAll => "Run everything",
            Self::Runs => "Runs of this plan",
            Self::ItemDetails => "Details of an item",
            Self::EditState => "Edit a state",
            Self::Back => "Back",
        }
    }

    const ALL: [(char, Self); 10] = [
        ('1', Self::ExecuteNext),
        ('2', Self::ExecuteParallel),
        ('3', Self::CreateSubplan),
        ('4', Self::CreateExecution),
        ('5', Self::Review),
        ('6', Self::RunAll),
        ('7', Self::Runs),
        ('8', Self::ItemDetails),
        ('9', Self::EditState),
        ('b', Self::Back),
    ];
}

/// Whether a key can be pressed now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It can.
    Enabled {
        /// What it will do, and to what; may be empty where the label says it all.
        says: String,
        /// Why this; empty where there is nothing to explain.
        why: String,
    },
    /// It can't.
    Dead {
        /// Why not, and what would enable it.
        why: String,
    },
}

impl Menu {
    /// The entry of this key.
    #[must_use]
    pub fn entry(&self, key: char) -> Option<&MenuEntry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

/// The keys of a plan's page.
#[must_use]
pub fn menu(outlook: &Outlook, runs: &[RunSummary]) -> Menu {
    let entry = |(key, choice)| {
        let state = state(choice, outlook, runs);
        let brief = brief(choice, &state, outlook, runs);
        MenuEntry { key, choice, state, brief }
    };
    Menu { entries: Choice::ALL.into_iter().map(entry).collect() }
}

fn state(choice: Choice, outlook: &Outlook, runs: &[RunSummary]) -> KeyState {
    match choice {
        Choice::ExecuteNext => execute_next(outlook),
        Choice::ExecuteParallel => execute_parallel(outlook),
        Choice::CreateSubplan => create_subplan(outlook.plan),
        Choice::CreateExecution => create_execution(outlook.plan),
        Choice::Review => review(outlook.plan),
        Choice::RunAll => run_all(outlook),
        Choice::Runs => plan_runs(outlook.plan, runs),
        Choice::ItemDetails | Choice::EditState if outlook.plan.items.is_empty() => {
            dead("the plan has no items")
        }
        Choice::EditState if outlook.plan.dialect == Dialect::Methodology => {
            dead("its states are which files exist; 5 approves or rejects what awaits review")
        }
        Choice::ItemDetails => says("documents, needs, evidence, runs"),
        Choice::EditState => says("in the plan's file; plan undo takes it back"),
        Choice::Back => says("to the board"),
    }
}

fn execute_next(outlook: &Outlook) -> KeyState {
    let Some(next) = outlook.next.first() else {
        return dead(format!("nothing to run: {}", waiting_for(outlook.plan)));
    };
    KeyState::Enabled { says: next.action.sentence(&next.item), why: next.why.clone() }
}

fn execute_parallel(outlook: &Outlook) -> KeyState {
    let group = &outlook.group;
    match group.as_slice() {
        [] if outlook.next.len() > 1 => {
            dead("no two of the items that can run now are said to run side by side; 1 runs one")
        }
        [] => dead(format!("no group: {}", waiting_for(outlook.plan))),
        [only] => dead(format!("only {only} can run now{}", after_it(outlook))),
        _ => says(format!("{} side by side: {}", count(group.len(), "item"), list(group, 4))),
    }
}

/// Which needs keep a second item from running beside the first.
fn after_it(outlook: &Outlook) -> String {
    match blocked(outlook.plan).first() {
        Some(item) => format!("; {} waits for {}", item.id, list(&item.blocked_by, 3)),
        None => String::new(),
    }
}

fn create_subplan(plan: &Plan) -> KeyState {
    if plan.dialect != Dialect::Methodology {
        return foreign(plan, "SUBPLANs");
    }
    let without: Vec<_> = open(plan)
        .filter(|item| item.document(DocumentKind::Subplan).is_none())
        .map(|item| &item.id)
        .collect();
    match without.as_slice() {
        [] => dead("every open item has its SUBPLAN; 4 writes its next EXECUTION"),
        ids => says(format!("{} without one: {}", count(ids.len(), "item"), list(ids.iter(), 4))),
    }
}

fn create_execution(plan: &Plan) -> KeyState {
    if plan.dialect != Dialect::Methodology {
        return foreign(plan, "EXECUTIONs");
    }
    let waiting: Vec<_> =
        open(plan).filter(|item| item.action == Some(Action::CreateExecution)).map(|item| &item.id).collect();
    match (waiting.as_slice(), open(plan).next()) {
        ([], None) => dead(waiting_for(plan)),
        // Still alive: asked for an item without a SUBPLAN, it offers to write that first.
        ([], Some(_)) => says("asks for the item; no SUBPLAN waits for one"),
        (ids, _) => says(format!("{} waiting for one: {}", count(ids.len(), "SUBPLAN"), list(ids.iter(), 4))),
    }
}

fn foreign(plan: &Plan, what: &str) -> KeyState {
    dead(format!("{} plans have no {what}; 1 runs the task itself", plan.dialect))
}

fn review(plan: &Plan) -> KeyState {
    let waiting: Vec<_> =
        plan.leaves().filter(|item| item.state == ItemState::InReview).map(|item| &item.id).collect();
    match waiting.as_slice() {
        [] => dead("nothing awaits review; an item does when it is executed"),
        ids => says(format!("approve or reject {}", list(ids.iter(), 4))),
    }
}

fn run_all(outlook: &Outlook) -> KeyState {
    if outlook.next.is_empty() {
        return dead(format!("nothing to run: {}", waiting_for(outlook.plan)));
    }
    if outlook.plan.dialect == Dialect::Methodology {
        return dead("each achievement is designed, executed and reviewed in turn; 2 runs what can run now");
    }
    let open = open(outlook.plan).count();
    says(format!("{} open, each after what it waits for", count(open, "item")))
}

fn plan_runs(plan: &Plan, runs: &[RunSummary]) -> KeyState {
    let of_plan = || runs.iter().filter(|run| run.plan.as_ref() == Some(&plan.id));
    let going = of_plan().filter(|run| !run.status.is_over()).count();
    match (of_plan().count(), going) {
        (0, _) => dead("nothing of this plan has been run; 1 starts something"),
        (all, 0) => says(count(all, "run")),
        (all, going) => says(format!("{}, {going} going on", count(all, "run"))),
    }
}

/// A key's state in a word or two. The page names the next step already, and a dead key tells the
/// whole of it when it is pressed.
fn brief(choice: Choice, state: &KeyState, outlook: &Outlook, runs: &[RunSummary]) -> String {
    let plan = outlook.plan;
    let ids = |fits: &dyn Fn(&&Item) -> bool| open(plan).filter(|it| fits(it)).map(|it| &it.id).collect();
    let some = |ids: Vec<&ItemId>| list(ids, 3);
    let dead = matches!(state, KeyState::Dead { .. });
    match choice {
        _ if dead => brief_why(choice, outlook),
        Choice::ExecuteNext => outlook.next.first().map_or_else(String::new, |it| it.item.to_string()),
        Choice::ExecuteParallel => list(&outlook.group, 3),
        Choice::CreateSubplan => some(ids(&|it| it.document(DocumentKind::Subplan).is_none())),
        Choice::CreateExecution => some(ids(&|it| it.action == Some(Action::CreateExecution))),
        Choice::Review => some(ids(&|it| it.state == ItemState::InReview)),
        Choice::RunAll => count(open(plan).count(), "item"),
        Choice::Runs => count(runs.iter().filter(|it| it.plan.as_ref() == Some(&plan.id)).count(), "run"),
        Choice::ItemDetails | Choice::EditState => String::new(),
        Choice::Back => "to the board".to_owned(),
    }
}

fn brief_why(choice: Choice, outlook: &Outlook) -> String {
    let plan = outlook.plan;
    let done = plan.leaves().next().is_some() && open(plan).next().is_none();
    let foreign = plan.dialect != Dialect::Methodology;
    let why = match choice {
        Choice::CreateSubplan | Choice::CreateExecution if foreign => "not in this dialect",
        Choice::Review => "none awaits it",
        Choice::Runs => "none yet",
        Choice::EditState if !foreign => "its files decide",
        _ if plan.leaves().next().is_none() => "no items",
        _ if done => "all done",
        Choice::CreateSubplan => "each has one",
        Choice::ExecuteParallel if outlook.group.len() == 1 => "only one can run",
        Choice::ExecuteParallel => "no group",
        Choice::RunAll if !outlook.next.is_empty() => "step by step",
        _ => "nothing to run",
    };
    why.to_owned()
}

/// What everything waits for, when nothing can be run: a sentence without a final full stop.
#[must_use]
pub fn waiting_for(plan: &Plan) -> String {
    if plan.leaves().next().is_none() {
        return "the plan has no items; lint says what could not be read".to_owned();
    }
    if open(plan).next().is_none() {
        return "everything in it is done".to_owned();
    }
    let mut waits: Vec<String> = blocked(plan).into_iter().map(wait).collect();
    let standing = |state| open(plan).filter(move |item| item.state == state);
    waits.extend(standing(ItemState::InReview).map(|item| format!("{} waits for its review", item.id)));
    waits.extend(standing(ItemState::NeedsFix).map(|item| format!("{} waits for its fix", item.id)));
    waits.extend(standing(ItemState::InProgress).map(|item| format!("{} is under way", item.id)));
    waits.extend(standing(ItemState::Unknown).map(|item| format!("{} has an unknown state", item.id)));
    if waits.is_empty() {
        return format!("{} open, none of which can be run", count(open(plan).count(), "item"));
    }
    let more = waits.len().saturating_sub(2);
    waits.truncate(2);
    let shown = waits.join("; ");
    if more > 0 { format!("{shown}; and {more} more") } else { shown }
}

fn wait(item: &Item) -> String {
    if item.blocked_by.is_empty() {
        return format!("{} is blocked: {}", item.id, item.why);
    }
    format!("{} waits for {}", item.id, list(&item.blocked_by, 3))
}

fn blocked(plan: &Plan) -> Vec<&Item> {
    open(plan).filter(|item| item.state == ItemState::Blocked || !item.blocked_by.is_empty()).collect()
}

fn open(plan: &Plan) -> impl Iterator<Item = &Item> {
    plan.leaves().filter(|item| !item.state.is_over())
}

fn says(says: impl Into<String>) -> KeyState {
    KeyState::Enabled { says: says.into(), why: String::new() }
}

fn dead(why: impl Into<String>) -> KeyState {
    KeyState::Dead { why: why.into() }
}
