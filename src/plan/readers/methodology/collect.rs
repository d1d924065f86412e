//! Gathers the state files of each plan: in its own folder, in the older flat folders, and where the
//! plan says its archive is.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    discover::Found,
    header::Header,
    ids::first_number,
    names::{Kind, Numbers, StateName, Version},
};
use crate::plan::{
    Place,
    listing::{Listing, file_name, parent},
    markdown::Outline,
    problem::{Code, Problem},
};

/// Where state files lie in a plan's folder. Deeper ones belong to copies of it.
const OWN: &[&str] = &["", "subplans", "execution", "execution/feedbacks", "execution/feedback", "feedbacks"];

/// Where they lay before plans had folders.
const FLAT: &[&str] =
    &["work-space/subplans", "work-space/execution", "work-space", "subplans", "execution", ""];

/// A file that says something of an achievement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct StateFile {
    pub(super) kind: Kind,
    pub(super) path: String,
    /// The achievement as the file's name writes it.
    pub(super) code: String,
    pub(super) run: u32,
    pub(super) version: Version,
}

impl StateFile {
    fn new(kind: Kind, path: &str, numbers: &Numbers) -> Self {
        let code = numbers.code.to_owned();
        Self { kind, path: path.to_owned(), code, run: numbers.run, version: numbers.version }
    }
}

/// What was found for one plan.
#[derive(Debug, Default, Hash)]
pub(super) struct Collected {
    pub(super) files: Vec<StateFile>,
    pub(super) problems: Vec<Problem>,
}

/// Gathers what belongs to each plan, in the order of `plans`, and what belongs to none.
pub(super) fn collect(listing: &Listing, plans: &[Found]) -> (Vec<Collected>, Vec<Problem>) {
    let names = Names::of(plans);
    let mut collected: Vec<Collected> = plans.iter().map(|plan| own_files(listing, plan, &names)).collect();
    let orphans = flat_files(listing, plans, &names, &mut collected);
    (collected, orphans)
}

/// Which plans bear a name.
struct Names<'p>(HashMap<&'p str, Vec<usize>>);

impl<'p> Names<'p> {
    fn of(plans: &'p [Found]) -> Self {
        let mut names: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, plan) in plans.iter().enumerate() {
            plan.names().for_each(|name| names.entry(name).or_default().push(at));
        }
        Self(names)
    }

    /// The one plan whose name ends or begins with a shortened one, a part at a time.
    fn shortened(&self, short: &str) -> Option<usize> {
        if short.is_empty() {
            return None;
        }
        let longer = |name: &&&str| {
            let rest = name.strip_suffix(short).map(|rest| rest.ends_with('-'));
            rest.or_else(|| name.strip_prefix(short).map(|rest| rest.starts_with('-'))).unwrap_or(false)
        };
        let plans: HashSet<usize> =
            self.0.keys().filter(longer).flat_map(|name| &self.0[name]).copied().collect();
        if plans.len() == 1 { plans.into_iter().next() } else { None }
    }
}

fn own_files(listing: &Listing, plan: &Found, names: &Names) -> Collected {
    let mut collected = Collected::default();
    for part in OWN {
        let folder = join(&plan.folder, part);
        // A workspace's root and a group's folder are no plan's own.
        if part.is_empty() && plan.file.as_deref().is_some_and(|file| parent(file) != plan.folder) {
            continue;
        }
        if FLAT.contains(&folder.as_str()) {
            continue;
        }
        for (path, _) in listing.children(&folder) {
            let Some(name) = StateName::of(file_name(path)) else { continue };
            collected.take_own(path, name, plan, names);
        }
    }
    collected
}

impl Collected {
    fn take_own(&mut self, path: &str, name: StateName, plan: &Found, names: &Names) {
        let known = plan.names().find_map(|it| name.numbers_of(it));
        let Some(numbers) = known.clone().or_else(|| name.numbers()) else {
            let message = format!("{} names no achievement", file_name(path));
            let fix = "Rename it so that it ends in the achievement's digits, `_23.md` for 2.3";
            self.problems.push(Problem::new(Code::Orphan, Place::file(path), message, fix));
            return;
        };
        if known.is_none() && !name.kind.is_verdict() {
            if names.0.contains_key(numbers.plan) {
                self.foreign(path, numbers.plan);
                return;
            }
            self.other_name(path, numbers.plan, &plan.id);
        }
        if name.odd_case {
            let message = format!("{} is not written in capitals as state files are", file_name(path));
            let fix = "Rename it: tools that look for the exact name miss it";
            self.problems.push(Problem::new(Code::NameMismatch, Place::file(path), message, fix));
        }
        self.files.push(StateFile::new(name.kind, path, &numbers));
    }

    fn foreign(&mut self, path: &str, other: &str) {
        let message = format!("this file belongs to the plan {other}, but lies in another plan's folder");
        let fix = format!("Move it to {other}'s folder");
        self.problems.push(Problem::new(Code::Orphan, Place::file(path), message, fix));
    }

    fn other_name(&mut self, path: &str, written: &str, plan: &str) {
        let message = format!("this file calls its plan `{written}`; the plan is called {plan}");
        let fix = format!("Write the plan's name in the file's name: {plan}");
        self.problems.push(Problem::new(Code::NameMismatch, Place::file(path), message, fix));
    }
}

/// Hands the files of the flat layouts to their plans; the rest is a problem, one for each name.
fn flat_files(
    listing: &Listing,
    plans: &[Found],
    names: &Names,
    collected: &mut [Collected],
) -> Vec<Problem> {
    let mut orphans: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for folder in flat_folders(plans) {
        for (path, _) in listing.children(&folder) {
            let Some(name) = StateName::of(file_name(path)).filter(|it| !it.kind.is_verdict()) else {
                continue;
            };
            if let Some((at, numbers)) = owner(path, name, plans, names) {
                collected[at].files.push(StateFile::new(name.kind, path, &numbers));
                continue;
            }
            let numbers = name.numbers();
            let short = numbers.as_ref().and_then(|it| Some((names.shortened(it.plan)?, it.clone())));
            if let Some((at, numbers)) = short {
                collected[at].other_name(path, numbers.plan, &plans[at].id);
                collected[at].files.push(StateFile::new(name.kind, path, &numbers));
                continue;
            }
            let plan = numbers.map_or_else(|| file_name(path).to_owned(), |it| it.plan.to_owned());
            orphans.entry(plan).or_default().push(path.to_owned());
        }
    }
    orphans.into_iter().map(|(plan, files)| orphan(&plan, &files)).collect()
}

/// The flat folders, and every folder in which plans lie that have no folder of their own.
fn flat_folders(plans: &[Found]) -> Vec<String> {
    let mut folders: Vec<String> = FLAT.iter().map(|it| (*it).to_owned()).collect();
    for plan in plans {
        let beside = plan.file.as_deref().map_or("", parent);
        if plan.file.is_some() && beside != plan.folder && !folders.iter().any(|it| it == beside) {
            folders.push(beside.to_owned());
        }
    }
    folders
}

/// The plan that a flat file names: the one that lies beside it, else the first of that name.
fn owner<'n>(
    path: &str,
    name: StateName<'n>,
    plans: &[Found],
    names: &Names,
) -> Option<(usize, Numbers<'n>)> {
    name.possible_plans().find_map(|plan| {
        let bearers = names.0.get(plan)?;
        let beside =
            |at: &&usize| plans[**at].file.as_deref().is_some_and(|file| parent(file) == parent(path));
        let at = bearers.iter().find(beside).or_else(|| bearers.first())?;
        Some((*at, name.numbers_of(plan)?))
    })
}

fn orphan(plan: &str, files: &[String]) -> Problem {
    let message = match files {
        [_] => format!("this file names the plan `{plan}`, which does not exist"),
        files => {
            format!("{} files name the plan `{plan}`, which does not exist; this is the first", files.len())
        }
    };
    let fix = "Move them to the archive, or bring their PLAN file back";
    Problem::new(Code::Orphan, Place::file(files[0].as_str()), message, fix)
}

/// The state files in the archive that a plan's text names. Old archives count subplans through, so
/// that only a file whose own head names the achievement is one of its files.
pub(super) fn archived(listing: &Listing, plan: &Found, at: &str) -> Vec<StateFile> {
    let beside = join(&plan.folder, at);
    let mut found = Vec::new();
    for folder in [at, beside.as_str()] {
        for (path, _) in listing.below(folder).take_while(|_| !folder.is_empty()) {
            let Some(name) = StateName::of(file_name(path)).filter(|it| !it.kind.is_verdict()) else {
                continue;
            };
            let Some(mut numbers) = plan.names().find_map(|it| name.numbers_of(it)) else { continue };
            let Some(said) = listing.text(path).and_then(achievement_in_head) else { continue };
            if said.replace('.', "") == numbers.code {
                numbers.code = said;
                found.push(StateFile::new(name.kind, path, &numbers));
            }
        }
    }
    found
}

/// The achievement that a document's head names.
pub(super) fn achievement_in_head(text: &str) -> Option<&str> {
    let outline = Outline::read(head(text));
    let header = Header::read(&outline);
    let field = header.field(&["achievement", "achievement addressed", "achievement number"])?;
    first_number(field.value)
}

/// The text up to its second heading, where its head has ended, whatever follows. All of it where a
/// line above may be no heading although it looks like one.
fn head(text: &str) -> &str {
    let second = memchr::memmem::find_iter(text.as_bytes(), b"\n#").nth(1);
    let head = second.and_then(|it| text.get(..it + 2)).unwrap_or(text);
    let is_plain = ["---", "```", "~~~", "<"].iter().all(|it| !head.contains(it));
    if is_plain { head } else { text }
}

fn join(folder: &str, part: &str) -> String {
    match (folder, part) {
        ("", part) => part.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, part) => format!("{folder}/{part}"),
    }
}
