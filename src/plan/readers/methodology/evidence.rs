//! Which state files speak of which achievement.

use std::collections::HashMap;

use super::{
    collect::{StateFile, achievement_in_head},
    ids::{file_code, first_number},
    names::Kind,
};
use crate::plan::{
    Item, Place,
    listing::{Listing, file_name},
    problem::{Code, Problem},
};

/// The state files of one achievement, in the order of runs and versions.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    files: Vec<StateFile>,
}

impl Evidence {
    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = &StateFile> {
        self.files.iter().filter(move |file| file.kind == kind)
    }

    pub(super) fn first(&self, kind: Kind) -> Option<&StateFile> {
        self.of(kind).next()
    }

    pub(super) fn files(&self) -> &[StateFile] {
        &self.files
    }
}

/// Matches files with items by encoding each item, never by decoding a name.
pub(super) fn evidence(
    items: &[Item],
    files: Vec<StateFile>,
    listing: &Listing,
    problems: &mut Vec<Problem>,
) -> Vec<Evidence> {
    let mut by_code: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        by_code.entry(file_code(&item.id)).or_default().push(at);
    }
    let by_id = positions(items);
    collisions(items, &by_code, problems);
    let mut evidence = vec![Evidence::default(); items.len()];
    for file in files {
        let dotted = by_id.get(&file.code).filter(|_| file.code.contains('.'));
        match dotted.map_or_else(|| item_of(&file, items, &by_code, listing), |at| Ok(*at)) {
            Ok(at) => evidence[at].files.push(file),
            Err(problem) => problems.push(problem),
        }
    }
    for found in &mut evidence {
        found
            .files
            .sort_by(|a, b| (a.kind, a.run, a.version, &a.path).cmp(&(b.kind, b.run, b.version, &b.path)));
    }
    evidence
}

fn item_of(
    file: &StateFile,
    items: &[Item],
    by_code: &HashMap<String, Vec<usize>>,
    listing: &Listing,
) -> Result<usize, Problem> {
    match by_code.get(&file.code).map(Vec::as_slice) {
        Some([at]) => Ok(*at),
        Some(candidates) => {
            said_in_text(file, items, candidates, listing).ok_or_else(|| undecided(file, items, candidates))
        }
        None => Err(nobody(file)),
    }
}

/// Of items with one code, the one that the file's own text names.
fn said_in_text(file: &StateFile, items: &[Item], candidates: &[usize], listing: &Listing) -> Option<usize> {
    let text = listing.text(&file.path)?;
    let said = achievement_in_head(text).or_else(|| first_number(text.lines().next()?))?;
    candidates.iter().copied().find(|&at| items[at].id.as_str() == said)
}

fn collisions(items: &[Item], by_code: &HashMap<String, Vec<usize>>, problems: &mut Vec<Problem>) {
    let mut colliding: Vec<&Vec<usize>> = by_code.values().filter(|it| it.len() > 1).collect();
    colliding.sort_unstable();
    for candidates in colliding {
        let ids = list(items, candidates);
        let code = file_code(&items[candidates[0]].id);
        let message = format!("{ids} are all written {code} in file names");
        let fix = "Number one of them differently";
        problems.push(Problem::new(Code::IdCollision, items[candidates[1]].place.clone(), message, fix));
    }
}

fn undecided(file: &StateFile, items: &[Item], candidates: &[usize]) -> Problem {
    let ids = list(items, candidates);
    let name = file_name(&file.path);
    let message = format!("{name} could speak of {ids}, and its text does not say which; it counts for none");
    let fix = "Write `**Achievement**: X.Y` in its head";
    Problem::new(Code::IdCollision, Place::file(&file.path), message, fix)
}

fn list(items: &[Item], candidates: &[usize]) -> String {
    let ids: Vec<String> = candidates.iter().map(|&at| items[at].id.to_string()).collect();
    ids.join(" and ")
}

fn nobody(file: &StateFile) -> Problem {
    let name = file_name(&file.path);
    let message = format!("{name} speaks of `{}`, and no achievement of the plan is written so", file.code);
    let fix = "Declare the achievement in the plan, or rename or archive the file";
    Problem::new(Code::Orphan, Place::file(&file.path), message, fix)
}

/// Where each id stands.
pub(super) fn positions(items: &[Item]) -> HashMap<String, usize> {
    items.iter().enumerate().map(|(at, item)| (item.id.as_str().to_owned(), at)).collect()
}
