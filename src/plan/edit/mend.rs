//! What can be mended without asking: places that only repeat what another place decides.
//!
//! A state is never changed by this, and no item comes or goes.

use super::{
    LineEdit,
    desk::Desk,
    sites,
    splice::{Patch, Splice, lines},
};
use crate::plan::{
    listing::Listing,
    problem::{Code, Problem},
    types::{Dialect, Item, ItemState, Place, Plan},
};

/// A problem, and the line that mends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// What is mended.
    pub code: Code,
    /// Where it was told.
    pub place: Place,
    /// How.
    pub edit: LineEdit,
}

/// What mends the problems of a plan that can be mended safely, a line each: boxes of a list or an
/// index that say otherwise than the tasks' own files, and counts that are not what there is.
pub fn mends(plan: &Plan, texts: &Listing) -> Vec<Mend> {
    let desk = Desk::new(plan, texts);
    let mut mends: Vec<Mend> = Vec::new();
    for problem in &plan.problems {
        let Some(edit) = mend(&desk, problem) else { continue };
        let taken = mends.iter().any(|it| it.edit.file == edit.file && it.edit.line == edit.line);
        if !taken {
            mends.push(Mend { code: problem.code, place: problem.place.clone(), edit });
        }
    }
    mends
}

fn mend(desk: &Desk<'_>, problem: &Problem) -> Option<LineEdit> {
    match (problem.code, desk.plan.dialect) {
        (Code::CountMismatch, _) => count(desk, problem),
        (Code::Drift, Dialect::Ccw) => listed(desk, problem, sites::todo_box),
        (Code::IndexMismatch, Dialect::Compozy) => listed(desk, problem, sites::index_box),
        _ => None,
    }
}

type Listed = fn(&Desk<'_>, &Item, ItemState) -> Option<Patch>;

/// The entry of a list on the problem's line, as the item's own file has it.
fn listed(desk: &Desk<'_>, problem: &Problem, site: Listed) -> Option<LineEdit> {
    let on_line = |edit: &LineEdit| edit.file == problem.place.file && Some(edit.line) == problem.place.line;
    let items =
        desk.plan.items.iter().filter(|it| !it.container && !it.step && it.state != ItemState::Unknown);
    // What stands in the list itself has no other place to be right about it.
    let with_file = items.filter(|it| it.place.file != problem.place.file);
    with_file.filter_map(|item| one_line(desk, &site(desk, item, item.state)?)).find(on_line)
}

/// The number that is stated on the problem's line, as it should be.
fn count(desk: &Desk<'_>, problem: &Problem) -> Option<LineEdit> {
    let right = problem.counts.as_ref()?;
    let text = desk.texts.text(&problem.place.file)?;
    let range = desk.line(&problem.place.file, problem.place.line?)?;
    let line = &text[range.clone()];
    let wrong = &right.stated;
    let mut places = line.match_indices(wrong.as_str()).filter(|(at, _)| {
        let alone = |it: Option<char>| it.is_none_or(|it| !it.is_ascii_alphanumeric() && it != '.');
        alone(line[..*at].chars().next_back()) && alone(line[at + wrong.len()..].chars().next())
    });
    let (at, _) = places.next()?;
    // With the same number twice on a line nobody can tell which is meant.
    if places.next().is_some() {
        return None;
    }
    let start = range.start + at;
    let splice = Splice::new(start..start + wrong.len(), right.actual.to_string());
    one_line(desk, &Patch { file: problem.place.file.clone(), splice })
}

fn one_line(desk: &Desk<'_>, patch: &Patch) -> Option<LineEdit> {
    let (text, starts) = (desk.texts.text(&patch.file)?, desk.starts(&patch.file)?);
    lines(&patch.file, text, &starts, vec![&patch.splice]).pop()
}
