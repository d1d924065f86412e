//! All plans, nine to a page.

use super::{Outlook, RunLine, run_line, words};
use crate::{
    clock::Timestamp,
    ids::{ItemId, PlanId},
    plan::{Plan, PlanState, Progress, problem::Problem},
    run::{RunSummary, Status},
};

/// How many entries a page has: one for each digit but 0, which turns the page.
pub const PAGE: usize = 9;

/// How many problems of the workspace the board lists.
const PROBLEMS: usize = 3;

/// A page of the board.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// At most [`PAGE`], numbered from 1.
    pub rows: Vec<BoardRow>,
    /// Counts from 1.
    pub page: usize,
    /// At least 1.
    pub pages: usize,
    /// Plans on all pages.
    pub plans: usize,
    /// Plans on other pages.
    pub elsewhere: usize,
    /// Runs that go on in the whole workspace.
    pub going: usize,
    /// What is wrong with the workspace rather than with one plan.
    pub problems: Vec<Problem>,
    /// Those of them that are only counted.
    pub more_problems: usize,
}

/// A plan on the board.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardRow {
    /// The digit that opens it.
    pub key: u8,
    /// Its id.
    pub id: PlanId,
    /// What it calls itself.
    pub title: String,
    /// How it stands.
    pub state: PlanState,
    /// What a person left beside it.
    pub badges: Vec<String>,
    /// How far it is.
    pub progress: Progress,
    /// What was finished last.
    pub last_done: Option<LastDone>,
    /// What can be done now: the first three.
    pub next: Vec<ItemId>,
    /// What else can be done now.
    pub more_next: usize,
    /// Problems in its files.
    pub problems: usize,
    /// Its runs that go on, those that run before those that wait.
    pub going: Vec<RunLine>,
}

/// What was finished last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastDone {
    /// The item.
    pub id: ItemId,
    /// How long ago its file says so; absent where there is no time.
    pub ago: Option<String>,
    /// The file or line that says so.
    pub why: String,
}

/// The page of the board that stands at `page` (from 1; one too high is the last). Only the plans on
/// it are asked for their outlook.
#[must_use]
pub fn board<'p>(
    plans: &'p [Plan],
    outlook: impl Fn(&'p Plan) -> Outlook<'p>,
    runs: &[RunSummary],
    problems: &[Problem],
    page: usize,
    now: Timestamp,
) -> Board {
    let ordered = board_order(plans);
    let pages = ordered.len().div_ceil(PAGE).max(1);
    let page = page.clamp(1, pages);
    let on_page = ordered.iter().skip((page - 1) * PAGE).take(PAGE);
    let rows: Vec<_> = on_page.zip(1..).map(|(plan, key)| row(key, &outlook(plan), runs, now)).collect();
    Board {
        page,
        pages,
        plans: ordered.len(),
        elsewhere: ordered.len() - rows.len(),
        going: runs.iter().filter(|run| !run.status.is_over()).count(),
        problems: problems.iter().take(PROBLEMS).cloned().collect(),
        more_problems: problems.len().saturating_sub(PROBLEMS),
        rows,
    }
}

/// The order of the board: as given, but finished plans and empty ones after all others, so that
/// the first page is where the work is and a number changes only when a plan is finished.
#[must_use]
pub fn board_order(plans: &[Plan]) -> Vec<&Plan> {
    let mut ordered: Vec<_> = plans.iter().collect();
    ordered.sort_by_key(|plan| match plan.state {
        PlanState::Done => 1,
        PlanState::Empty => 2,
        _ => 0,
    });
    ordered
}

/// One plan of the board, at this key (0 where there is none).
pub(super) fn row(key: u8, outlook: &Outlook, runs: &[RunSummary], now: Timestamp) -> BoardRow {
    let plan = outlook.plan;
    BoardRow {
        key,
        id: plan.id.clone(),
        title: plan.title.clone(),
        state: plan.state,
        badges: plan.badges.clone(),
        progress: plan.progress(),
        last_done: last_done(plan, now),
        next: outlook.next.iter().take(3).map(|next| next.item.clone()).collect(),
        more_next: outlook.next.len().saturating_sub(3),
        problems: plan.problems.len(),
        going: going(&plan.id, runs, now),
    }
}

/// A plan's runs that go on.
fn going(plan: &PlanId, runs: &[RunSummary], now: Timestamp) -> Vec<RunLine> {
    let of_plan = |run: &&RunSummary| run.plan.as_ref() == Some(plan) && !run.status.is_over();
    let mut going: Vec<_> = runs.iter().filter(of_plan).map(|run| run_line(run, None, now)).collect();
    going.sort_by_key(|run| run.status == Status::Queued);
    going
}

fn last_done(plan: &Plan, now: Timestamp) -> Option<LastDone> {
    let item = plan.last_done()?;
    Some(LastDone {
        id: item.id.clone(),
        ago: item.changed.map(|changed| words::ago(now, changed)),
        why: item.why.clone(),
    })
}
