//! Where new files of an achievement belong.

use super::{ids::file_code, names::StateName};
use crate::plan::{DocumentKind, Item, Plan, listing::file_name};

/// A file that does not exist yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NewFile {
    /// The design.
    Subplan,
    /// The work log of the run of this number, from 1.
    Execution(u32),
    /// The approval.
    Approved,
    /// The rejection.
    Fix,
    /// The answer to the rejection.
    Resolution,
    /// The decision not to do it.
    Skipped,
}

/// The number that the next execution of an item gets: one more than the highest there is, from 1.
#[must_use]
pub fn next_run(item: &Item) -> u32 {
    item.documents
        .iter()
        .filter(|document| document.kind == DocumentKind::Execution)
        .filter_map(|document| StateName::of(file_name(&document.path))?.numbers())
        .map(|numbers| numbers.run)
        .max()
        .map_or(1, |highest| highest.saturating_add(1))
}

/// Where a new file of an item belongs, relative to the workspace. It names the plan as the plan's
/// file does, so that a second plan of one name (`~2`) still writes what its reader looks for.
#[must_use]
pub fn path_for(plan: &Plan, item: &Item, file: NewFile) -> String {
    let (code, name) = (file_code(&item.id), name_in_files(plan));
    let file = match file {
        NewFile::Subplan => format!("subplans/SUBPLAN_{name}_{code}.md"),
        NewFile::Execution(run) => format!("execution/EXECUTION_TASK_{name}_{code}_{run:02}.md"),
        NewFile::Approved => format!("execution/feedbacks/APPROVED_{code}.md"),
        NewFile::Fix => format!("execution/feedbacks/FIX_{code}.md"),
        NewFile::Resolution => format!("execution/feedbacks/FIX_{code}_RESOLUTION.md"),
        NewFile::Skipped => format!("execution/SKIPPED_{code}.md"),
    };
    if plan.folder.is_empty() { file } else { format!("{}/{file}", plan.folder) }
}

/// The plan's name as state files write it.
fn name_in_files(plan: &Plan) -> &str {
    plan_name(file_name(&plan.path)).unwrap_or_else(|| plan.id.as_str())
}

/// `X` of `PLAN_X.md`.
pub(super) fn plan_name(file_name: &str) -> Option<&str> {
    let (start, rest) = (file_name.get(..5)?, &file_name[5..]);
    let end = rest.len().checked_sub(3).filter(|at| rest.is_char_boundary(*at))?;
    let is_plan = start.eq_ignore_ascii_case("PLAN_") && rest[end..].eq_ignore_ascii_case(".md");
    (is_plan && end > 0).then(|| &rest[..end])
}
