//! Where a plan's own texts disagree with each other or with the files.

use std::collections::HashSet;

use super::{
    declarations::{Declaration, Declarations},
    evidence::positions,
    header::{Header, Status},
    parallel::Parallel,
};
use crate::plan::{
    Item, ItemState, Place, Plan,
    markdown::Outline,
    problem::{Code, Problem},
};

/// Compares the index with the body, and the hand-off with both.
pub(super) fn index_and_body(found: &Declarations, plan: &mut Plan) {
    let ids = |list: &[Declaration]| list.iter().map(|it| it.id.clone()).collect::<HashSet<String>>();
    let (index, body) = (ids(&found.index), ids(&found.body));
    let mut report = |line: usize, message: String, fix: &str| {
        plan.problems.push(Problem::new(Code::IndexMismatch, Place::line(&plan.path, line), message, fix));
    };
    if !index.is_empty() {
        for entry in found.body.iter().filter(|it| !index.contains(&it.id)) {
            report(entry.line, format!("{} is missing in the index", entry.id), "Add it to the index");
        }
        for entry in found.index.iter().filter(|it| !body.is_empty() && !body.contains(&it.id)) {
            let message = format!("the index lists {}, and no section describes it", entry.id);
            report(entry.line, message, "Write its section, or take it out of the index");
        }
    } else if found.has_index {
        report(1, "the index names no achievement".to_owned(), "Fill it, or take it away");
    }
    let mut named = HashSet::new();
    for entry in &found.handed_off {
        let known = index.contains(&entry.id) || body.contains(&entry.id);
        if !known && named.insert(&entry.id) {
            let message = format!("the hand-off names {}, which the plan does not have", entry.id);
            report(entry.line, message, "Correct the hand-off");
        }
    }
}

/// Ticks that no approval stands behind, in the index and in the body.
pub(super) fn ticks(found: &Declarations, plan: &mut Plan) {
    let mut told = HashSet::new();
    let positions = positions(&plan.items);
    for entry in found.index.iter().chain(&found.body).filter(|it| it.ticked) {
        let open = positions.get(&entry.id).map(|&at| &plan.items[at]).filter(|item| !item.state.is_over());
        let Some(item) = open.filter(|_| told.insert(&entry.id)) else { continue };
        let message = format!("{} is ticked here, and is {} by its files", item.id, in_words(item));
        let fix = "Approve it, or take the tick away";
        let problem = Problem::new(Code::StaleStatus, Place::line(&plan.path, entry.line), message, fix);
        plan.problems.push(problem);
    }
}

fn in_words(item: &Item) -> &str {
    item.raw_state.as_deref().unwrap_or(item.state.word())
}

/// A status, a count or a progress in the plan's head that the files contradict.
pub(super) fn head(outline: &Outline, plan: &mut Plan) {
    let header = Header::read(outline);
    let progress = plan.progress();
    if progress.total == 0 {
        return;
    }
    let over = progress.done + progress.skipped == progress.total;
    let mut problems = Vec::new();
    if let Some(field) = header.field(&["status"]) {
        let says_complete = Status::of(field.value) == Status::Complete;
        if says_complete != over {
            let message = format!(
                "the head says `{}`; {} of {} are approved",
                field.value, progress.done, progress.total
            );
            let place = Place::line(&plan.path, field.line);
            problems.push(Problem::new(
                Code::StaleStatus,
                place,
                message,
                "Write how far the plan really is",
            ));
        }
    }
    for field in header
        .fields
        .iter()
        .filter(|it| ["progress", "total achievements", "achievements"].contains(&it.name.as_str()))
    {
        let Some(said) = total_in(field.value).filter(|said| *said != progress.total) else { continue };
        let message = format!("the head counts {said} achievements, the plan declares {}", progress.total);
        let place = Place::line(&plan.path, field.line);
        let problem = Problem::new(Code::CountMismatch, place, message, "Correct the count");
        problems.push(problem.with_counts(said.to_string(), progress.total));
    }
    plan.problems.append(&mut problems);
}

/// The total of `3/24 achievements` or `24`.
fn total_in(value: &str) -> Option<usize> {
    let total = value.split_once('/').map_or(value, |(_, total)| total).trim_start();
    let digits: String = total.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// States in the `parallel.json` that the files contradict, in one problem.
pub(super) fn parallel_states(parallel: &Parallel, plan: &mut Plan) {
    let positions = positions(&plan.items);
    let stale: Vec<String> = parallel
        .entries
        .iter()
        .filter_map(|entry| {
            let item = &plan.items[*positions.get(&entry.id)?];
            let status = entry.status.as_deref()?;
            contradicts(status, item.state).then(|| format!("{} ({status}, but {})", item.id, in_words(item)))
        })
        .collect();
    if stale.is_empty() {
        return;
    }
    let message = format!("its states are stale: {}", crate::text::plain(&stale.join(", ")));
    let fix = "Bring them up to date, or take them out: they are never used";
    plan.problems.push(Problem::new(Code::StaleStatus, Place::file(&parallel.path), message, fix));
}

/// Only what is plainly wrong: complete against open, open against complete.
fn contradicts(status: &str, state: ItemState) -> bool {
    (status == "complete") != (state == ItemState::Done) && status != "skipped"
}
