//! What the files beside a plan say of an achievement: the first rule that applies decides.
//!
//! ```text
//! APPROVED                      done
//! FIX                           needs fix; answered by a newer RESOLUTION: as executed
//! SKIPPED                       skipped
//! EXECUTION_TASK                all complete and no more planned: in review, else in progress
//! SUBPLAN                       pending, EXECUTION to be written; a placeholder: to be filled first
//! nothing                       pending, SUBPLAN to be written
//! ```

use std::collections::BTreeMap;

use super::{
    collect::{StateFile, achievement_in_head},
    evidence::Evidence,
    header::Statuses,
    names::Kind,
};
use crate::plan::{
    Action, Document, DocumentKind, Executions, Item, ItemState, Place,
    listing::{Listing, file_name},
    markdown::{Cover, Outline},
    problem::{Code, Problem},
};

/// What a generated design holds where a person has to write.
const PLACEHOLDER: &str = "[TO BE FILLED";

/// Decides an item's state by its files.
pub(super) fn decide(item: &mut Item, evidence: &Evidence, listing: &Listing, problems: &mut Vec<Problem>) {
    item.documents = evidence.files().iter().map(document).collect();
    let runs = Runs::of(evidence, listing, problems);
    item.executions = runs.executions();
    check_heads(item, evidence, listing, problems);
    let verdict = verdict(item, evidence, listing, &runs);
    item.state = verdict.state;
    item.action = verdict.action;
    item.raw_state = Some(verdict.word);
    item.why = verdict.why;
    item.changed = verdict.decided_by.and_then(|path| listing.get(path)?.modified);
    if verdict.placeholder {
        let path = verdict.decided_by.unwrap_or_default();
        let message = format!("{} still holds `{PLACEHOLDER}`", file_name(path));
        problems.push(Problem::new(Code::Placeholder, Place::file(path), message, "Write the design"));
    }
}

struct Verdict<'e> {
    state: ItemState,
    action: Option<Action>,
    word: String,
    why: String,
    decided_by: Option<&'e str>,
    placeholder: bool,
}

impl<'e> Verdict<'e> {
    fn new(state: ItemState, word: &str, why: impl Into<String>, decided_by: &'e StateFile) -> Self {
        let (word, why) = (word.to_owned(), why.into());
        Self { state, action: None, word, why, decided_by: Some(&decided_by.path), placeholder: false }
    }

    const fn to(mut self, action: Action) -> Self {
        self.action = Some(action);
        self
    }
}

fn verdict<'e>(item: &Item, evidence: &'e Evidence, listing: &Listing, runs: &Runs<'e>) -> Verdict<'e> {
    if let Some(approved) = evidence.first(Kind::Approved) {
        let mut why = format!("{} exists", file_name(&approved.path));
        if let Some(fix) = evidence.first(Kind::Fix) {
            why.push_str(&[", and stands over ", file_name(&fix.path)].concat());
        }
        return Verdict::new(ItemState::Done, "approved", why, approved);
    }
    if let Some(fix) = evidence.first(Kind::Fix) {
        return rejected(fix, evidence, listing, runs);
    }
    if let Some(skipped) = evidence.first(Kind::Skipped) {
        let why = format!("{} exists", file_name(&skipped.path));
        return Verdict::new(ItemState::Skipped, "skipped", why, skipped);
    }
    if let Some(latest) = runs.latest() {
        return executed(latest, runs);
    }
    match evidence.of(Kind::Subplan).last() {
        Some(subplan) => designed(subplan, listing),
        None => Verdict {
            state: ItemState::Pending,
            action: Some(Action::CreateSubplan),
            word: "not started".to_owned(),
            why: format!("no SUBPLAN, EXECUTION_TASK or verdict of {} exists", item.id),
            decided_by: None,
            placeholder: false,
        },
    }
}

fn rejected<'e>(
    fix: &'e StateFile,
    evidence: &'e Evidence,
    listing: &Listing,
    runs: &Runs<'e>,
) -> Verdict<'e> {
    let name = file_name(&fix.path);
    let Some(answer) = evidence.first(Kind::Resolution) else {
        let why = format!("{name} exists, and nothing answers it");
        return Verdict::new(ItemState::NeedsFix, "needs fix", why, fix).to(Action::Fix);
    };
    let changed = |file: &StateFile| listing.get(&file.path).and_then(|entry| entry.modified);
    let answer_name = file_name(&answer.path);
    if matches!((changed(fix), changed(answer)), (Some(fix), Some(answer)) if fix > answer) {
        let why = format!("{name} is newer than its answer, {answer_name}");
        return Verdict::new(ItemState::NeedsFix, "needs fix", why, fix).to(Action::Fix);
    }
    if let Some(open) = runs.first_open() {
        let why = format!("{answer_name} answers {name}, but {} is not complete", file_name(&open.path));
        return Verdict::new(ItemState::InProgress, "fix answered", why, answer).to(Action::Continue);
    }
    let why = format!("{answer_name} answers {name} and waits for a verdict");
    Verdict::new(ItemState::InReview, "fix answered", why, answer).to(Action::Review)
}

fn executed<'e>(latest: &'e StateFile, runs: &Runs<'e>) -> Verdict<'e> {
    let Executions { complete, planned } = runs.count;
    let counted = format!("{complete} of {planned} {}", if planned == 1 { "run" } else { "runs" });
    if let Some(open) = runs.first_open() {
        let why = format!("{} is not complete ({counted})", file_name(&open.path));
        return Verdict::new(ItemState::InProgress, "executing", why, open).to(Action::Continue);
    }
    let name = file_name(&latest.path);
    if complete < planned {
        let why = format!("{name} is complete, and the SUBPLAN plans more ({counted})");
        return Verdict::new(ItemState::InProgress, "executing", why, latest).to(Action::CreateExecution);
    }
    let why = format!("{name} is complete and no verdict exists ({counted})");
    Verdict::new(ItemState::InReview, "awaiting review", why, latest).to(Action::Review)
}

fn designed<'e>(subplan: &'e StateFile, listing: &Listing) -> Verdict<'e> {
    let name = file_name(&subplan.path);
    if listing.text(&subplan.path).is_some_and(|text| text.contains(PLACEHOLDER)) {
        let why = format!("{name} is a placeholder that nobody filled");
        let verdict = Verdict::new(ItemState::Pending, "placeholder", why, subplan).to(Action::FillSubplan);
        return Verdict { placeholder: true, ..verdict };
    }
    let why = format!("{name} exists and no EXECUTION_TASK of it");
    Verdict::new(ItemState::Pending, "designed", why, subplan).to(Action::CreateExecution)
}

/// The executions of an achievement. A run's latest version (`_V2`, `_RECOVERY`) stands for it.
struct Runs<'e> {
    open: Vec<&'e StateFile>,
    complete: Vec<&'e StateFile>,
    count: Executions,
}

impl<'e> Runs<'e> {
    fn of(evidence: &'e Evidence, listing: &Listing, problems: &mut Vec<Problem>) -> Self {
        let mut latest: BTreeMap<u32, &StateFile> = BTreeMap::new();
        for file in evidence.of(Kind::Execution) {
            latest.insert(file.run, file);
        }
        let last_run = latest.keys().next_back().copied();
        let mut runs =
            Self { open: Vec::new(), complete: Vec::new(), count: Executions { complete: 0, planned: 0 } };
        for (run, file) in latest {
            let outline = Outline::read(listing.text(&file.path).unwrap_or_default());
            let statuses = Statuses::read(&outline);
            stale_head(file, &statuses, problems);
            if statuses.is_complete() {
                runs.complete.push(file);
            } else if !statuses.is_abandoned() || Some(run) == last_run {
                runs.open.push(file);
            }
        }
        let files = runs.open.len() + runs.complete.len();
        let planned =
            evidence.of(Kind::Subplan).filter_map(|it| listing.text(&it.path)).map(planned_runs).max();
        runs.count = Executions { complete: runs.complete.len(), planned: planned.unwrap_or(0).max(files) };
        runs
    }

    fn executions(&self) -> Option<Executions> {
        (self.count.planned > 0).then_some(self.count)
    }

    fn first_open(&self) -> Option<&'e StateFile> {
        self.open.first().copied()
    }

    fn latest(&self) -> Option<&'e StateFile> {
        self.open.iter().chain(&self.complete).copied().max_by_key(|file| file.run)
    }
}

/// How many runs a SUBPLAN's table of executions lists.
fn planned_runs(subplan: &str) -> usize {
    let outline = Outline::read(subplan);
    let mut inside = false;
    let mut headings = outline.headings.iter().peekable();
    let mut rows = 0;
    for line in outline.lines() {
        if let Some(heading) = headings.next_if(|heading| heading.line <= line.number) {
            inside = heading.text.to_lowercase().contains("active execution");
        }
        let is_row = inside && line.cover == Cover::Table;
        rows += usize::from(is_row && names_a_run(line.text));
    }
    rows
}

/// A row whose first cell ends in a run's number: `| 01_01 |`, `| EXECUTION_TASK_X_11_02 |`.
fn names_a_run(row: &str) -> bool {
    let cell = row.trim().trim_start_matches('|').split('|').next().unwrap_or_default();
    let cell = cell.trim().trim_matches(['`', '*', ' ']);
    let cell = cell.strip_suffix(".md").unwrap_or(cell);
    cell.rsplit('_').next().is_some_and(|last| !last.is_empty() && last.bytes().all(|it| it.is_ascii_digit()))
}

fn stale_head(file: &StateFile, statuses: &Statuses, problems: &mut Vec<Problem>) {
    let (Some(head), Some((last, line))) = (statuses.stale_head(), statuses.last) else { return };
    let message = format!("the head says `{head}`, the last status line says `{last}`");
    let fix = "Write the status in the head too";
    problems.push(Problem::new(Code::StaleStatus, Place::line(&file.path, line), message, fix));
}

/// Designs and executions whose own head names another achievement than their file's name.
fn check_heads(item: &Item, evidence: &Evidence, listing: &Listing, problems: &mut Vec<Problem>) {
    let files = evidence.files().iter().filter(|file| !file.kind.is_verdict());
    for (file, said) in files.filter_map(|file| Some((file, achievement_in_head(listing.text(&file.path)?)?)))
    {
        if said != item.id.as_str() {
            let name = file_name(&file.path);
            let message = format!("{name} counts for {} by its name, but its head says {said}", item.id);
            let fix = "Rename the file, or correct its head";
            problems.push(Problem::new(Code::NameMismatch, Place::file(&file.path), message, fix));
        }
    }
}

fn document(file: &StateFile) -> Document {
    let kind = match file.kind {
        Kind::Subplan => DocumentKind::Subplan,
        Kind::Execution => DocumentKind::Execution,
        Kind::Approved => DocumentKind::Approval,
        Kind::Fix => DocumentKind::Fix,
        Kind::Resolution => DocumentKind::Resolution,
        Kind::Skipped => DocumentKind::Skip,
    };
    Document { kind, path: file.path.clone() }
}
