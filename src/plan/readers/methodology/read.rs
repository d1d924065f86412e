//! From a listing to plans.

use std::collections::{HashMap, HashSet};

use super::{
    collect::{self, Collected},
    compare,
    declarations::{Declaration, Declarations, declarations},
    discover::{self, Found},
    evidence,
    header::Header,
    hours, ids,
    names::StateName,
    parallel, state,
};
use crate::{
    ids::{ItemId, PlanId},
    plan::{
        Dialect, Document, DocumentKind, Group, Item, Place, Plan, PlanState, hands,
        listing::{Content, Listing, Want, file_name},
        markdown::{Cover, Outline},
        problem::{Code, Problem},
        readers::{Reader, Reading, Scope},
    },
};

/// The reader.
pub const READER: Reader = Reader { dialect: Dialect::Methodology, wants, claims, read };

/// Empty files that people leave beside a plan, and what they mean.
const MARKERS: &[(&str, &str)] = &[
    ("completed", "done by hand"),
    ("complete", "done by hand"),
    ("done", "done by hand"),
    ("end", "done by hand"),
    ("waiting", "waiting"),
    ("wait", "waiting"),
    ("pause", "paused"),
    ("paused", "paused"),
    ("stop", "paused"),
];

fn wants(path: &str) -> Want {
    let name = file_name(path);
    if super::files::plan_name(name).is_some()
        || StateName::of(name).is_some()
        || parallel::NAMES.contains(&name)
    {
        return Want::Text;
    }
    let is_summary = achievement_in_name(name).is_some();
    if is_summary || marker(name).is_some() { Want::Name } else { Want::Nothing }
}

fn claims(path: &str, text: &str) -> bool {
    super::files::plan_name(file_name(path)).is_some() && discover::is_plan_text(text)
}

fn read(listing: &Listing, scope: &Scope) -> Reading {
    let found = discover::discover(listing, scope);
    let (collected, mut problems) = collect::collect(listing, &found);
    problems.extend(unreadable_folders(listing, scope, &found));
    let found: Vec<_> = found.into_iter().zip(collected).collect();
    let plans =
        hands::each(listing.threads(), &found, |(found, collected)| remembered(listing, found, collected));
    Reading { plans, problems }
}

fn remembered(listing: &Listing, found: &Found, collected: &Collected) -> Plan {
    let key = found.file.as_deref().unwrap_or(&found.folder);
    listing.remembered("methodology", key, &(found, collected), |it| read_plan(it, found, collected))
}

fn read_plan(listing: &Listing, found: &Found, collected: &Collected) -> Plan {
    let path = found.file.clone().unwrap_or_else(|| found.folder.clone());
    let text = listing.text(&path).unwrap_or_default().trim_start_matches('\u{feff}');
    let outline = Outline::read(text);
    let declared = declarations(&outline);
    let mut plan = Plan {
        id: PlanId::new(found.id.as_str()),
        title: title(&outline).unwrap_or_else(|| found.id.clone()),
        dialect: Dialect::Methodology,
        path,
        folder: found.folder.clone(),
        state: PlanState::Empty,
        why: String::new(),
        raw_state: Header::read(&outline).field(&["status"]).map(|field| field.value.to_owned()),
        badges: badges(listing, &found.folder),
        items: Vec::new(),
        groups: Vec::new(),
        order: None,
        problems: collected.problems.clone(),
    };
    plan.problems.extend(unreadable_files(listing, found));
    plan.problems.extend(copies(found));
    add_items(&mut plan, &declared, &outline);
    let mut files = collected.files.clone();
    if let Some(archive) = archive_location(&outline) {
        files.extend(collect::archived(listing, found, &archive));
    }
    let mut problems = Vec::new();
    let parallel = parallel::read(listing, &found.folder, &mut problems);
    if let Some(parallel) = &parallel {
        parallel::apply(parallel, &mut plan.items, &mut problems);
    }
    let evidence = evidence::evidence(&plan.items, files, listing, &mut problems);
    for (item, evidence) in plan.items.iter_mut().zip(&evidence) {
        state::decide(item, evidence, listing, &mut problems);
    }
    plan.problems.append(&mut problems);
    add_summaries(&mut plan, listing);
    compare::index_and_body(&declared, &mut plan);
    compare::ticks(&declared, &mut plan);
    compare::head(&outline, &mut plan);
    if let Some(parallel) = &parallel {
        compare::parallel_states(parallel, &mut plan);
    }
    if found.file.is_none() {
        let fix = format!("Write PLAN_{}.md in it, or take the folder away", found.id);
        let message = "the folder holds no plan";
        plan.problems.push(Problem::new(Code::EmptyPlan, Place::file(&found.folder), message, fix));
    }
    plan
}

fn title(outline: &Outline) -> Option<String> {
    let title = outline.headings.iter().find(|heading| heading.level == 1)?.text.trim();
    let named = title.split_once(':').filter(|(kind, _)| kind.trim().to_uppercase().ends_with("PLAN"));
    let title = named.map_or(title, |(_, name)| name).trim();
    (!title.is_empty()).then(|| title.to_owned())
}

/// Index entries in their order, each followed by what only the body declares after it.
fn in_plan_order(declared: &Declarations) -> Vec<&Declaration> {
    let indexed: HashSet<&str> = declared.index.iter().map(|it| it.id.as_str()).collect();
    let mut followers: HashMap<Option<&str>, Vec<&Declaration>> = HashMap::new();
    let mut before = None;
    for entry in &declared.body {
        if indexed.contains(entry.id.as_str()) {
            before = Some(entry.id.as_str());
        } else {
            followers.entry(before).or_default().push(entry);
        }
    }
    let mut order = followers.remove(&None).unwrap_or_default();
    for entry in &declared.index {
        order.push(entry);
        order.extend(followers.remove(&Some(entry.id.as_str())).unwrap_or_default());
    }
    order
}

fn add_items(plan: &mut Plan, declared: &Declarations, outline: &Outline) {
    let bodies: HashMap<&str, &Declaration> = declared.body.iter().map(|it| (it.id.as_str(), it)).collect();
    let mut groups = Groups::default();
    let lines: Vec<&str> = outline.lines().map(|line| line.text).collect();
    for entry in in_plan_order(declared) {
        let body = bodies.get(entry.id.as_str()).copied().unwrap_or(entry);
        let title = if entry.title.is_empty() { &body.title } else { &entry.title };
        let mut item =
            Item::new(ItemId::new(entry.id.as_str()), title.as_str(), Place::line(&plan.path, body.line));
        let own = &lines[body.line - 1..(declared.ends.of(body.line) - 1).min(lines.len())];
        item.hours = entry.hours.or(body.hours).or_else(|| effort(own));
        let priority = entry.priority.as_deref().or(body.priority.as_deref());
        let priority = priority.unwrap_or_else(|| ids::priority_of(&entry.id));
        item.priority = priority.split('.').next().and_then(|it| it.parse().ok());
        item.group = groups.of(priority, declared);
        plan.items.push(item);
    }
    plan.groups = groups.found;
}

/// The estimate in a section's line that speaks of effort.
fn effort(lines: &[&str]) -> Option<crate::plan::Hours> {
    let is_effort = |line: &&&str| {
        let line = line.trim_start_matches(['-', '*', '+', ' ']).to_lowercase();
        ["effort", "estimated effort", "estimated time"].iter().any(|label| line.starts_with(label))
    };
    lines.iter().find(is_effort).and_then(|line| hours::estimate(line))
}

/// Priorities in the order of their first achievement.
#[derive(Default)]
struct Groups {
    found: Vec<Group>,
    numbers: HashMap<String, usize>,
}

impl Groups {
    fn of(&mut self, number: &str, declared: &Declarations) -> Option<usize> {
        let name = declared.priorities.get(number)?;
        if let Some(at) = self.numbers.get(number) {
            return Some(*at);
        }
        self.numbers.insert(number.to_owned(), self.found.len());
        self.found.push(Group::new(name.as_str()));
        Some(self.found.len() - 1)
    }
}

/// What the empty marker files in a plan's folder say, each once.
fn badges(listing: &Listing, folder: &str) -> Vec<String> {
    let mut badges = Vec::new();
    for (path, _) in listing.children(folder) {
        if let Some(badge) = marker(file_name(path)).filter(|badge| !badges.contains(badge)) {
            badges.push(badge);
        }
    }
    badges
}

/// `pause.txt`, `01-done.txt`, `03.txt`.
fn marker(file_name: &str) -> Option<String> {
    let stem = file_name.strip_suffix(".txt")?.to_lowercase();
    if let Some((_, badge)) = MARKERS.iter().find(|(name, _)| *name == stem) {
        return Some((*badge).to_owned());
    }
    let digits = stem.strip_suffix("-done").unwrap_or(&stem);
    let is_count = !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|it| it.is_ascii_digit());
    is_count.then(|| format!("at {}", stem.replace('-', " ")))
}

/// What is wrong with the files of a plan as files.
fn unreadable_files(listing: &Listing, found: &Found) -> Vec<Problem> {
    let own_file = found.file.iter().filter_map(|path| Some((path.as_str(), listing.get(path)?)));
    let in_folder = listing.below(&found.folder).take_while(|_| !found.folder.is_empty());
    let below = in_folder.filter(|(path, _)| Some(*path) != found.file.as_deref());
    own_file.chain(below).filter_map(|(path, entry)| file_problem(path, &entry.content)).collect()
}

fn file_problem(path: &str, content: &Content) -> Option<Problem> {
    let (code, place, message, fix) = match content {
        Content::Folder | Content::Unread | Content::Text(_) | Content::Later(_) => return None,
        Content::NotUtf8 { line, .. } => {
            let message = "the file is not UTF-8 from this line on; what can't be read is shown as \u{fffd}";
            (Code::NotUtf8, Place::line(path, *line), message.to_owned(), "Save it as UTF-8")
        }
        Content::TooLarge => {
            (Code::TooLarge, Place::file(path), "the file is too large to be read".to_owned(), "Split it")
        }
        Content::Unreadable(why) => {
            let message = format!("it can't be read: {why}");
            (Code::Unreadable, Place::file(path), message, "Give yourself the right to read it")
        }
        Content::LinkOutside(why) => {
            let message = format!("the link is not followed: {why}");
            (Code::LinkOutside, Place::file(path), message, "Replace the link by what it leads to")
        }
    };
    Some(Problem::new(code, place, message, fix))
}

/// Files and folders where plans are kept, of no plan that was found, that can't be read.
fn unreadable_folders(listing: &Listing, scope: &Scope, found: &[Found]) -> Vec<Problem> {
    let root = match scope {
        Scope::Path(path) => path.as_str(),
        _ => "work-space",
    };
    let is_own = |path: &str| {
        let inside = |found: &Found| {
            let below = path.strip_prefix(found.folder.as_str()).is_some_and(|rest| rest.starts_with('/'));
            below || found.file.as_deref() == Some(path) || found.folder == path
        };
        found.iter().any(inside)
    };
    let itself = listing.get(root).map(|entry| (root, entry)).into_iter();
    itself
        .chain(listing.below(root))
        .filter(|(path, entry)| {
            let is_broken = file_problem(path, &entry.content).is_some();
            is_broken && !is_own(path)
        })
        .filter_map(|(path, entry)| file_problem(path, &entry.content))
        .collect()
}

fn copies(found: &Found) -> impl Iterator<Item = Problem> {
    found.copies.iter().map(|copy| {
        let message = format!(
            "this is a copy inside the folder of {}; it and what lies beside it is not read",
            found.id
        );
        let fix = "Move it to the archive, or to a folder of its own beside the plan's";
        Problem::new(Code::DuplicatePlan, Place::file(copy), message, fix)
    })
}

/// `**Archive Location**:` in a plan, wherever it stands, as a path.
fn archive_location(outline: &Outline) -> Option<String> {
    let lines = outline.lines().filter(|line| line.cover == Cover::Prose);
    let value = lines.map(|line| line.text).find_map(|line| {
        let (label, value) = line.split_once("rchive Location")?;
        let is_label = label.trim_matches(['-', '*', ' ', '#']).eq_ignore_ascii_case("a");
        is_label.then(|| value.trim_matches([':', '*', ' ']))
    })?;
    let path = value.split('`').find(|part| part.contains('/')).unwrap_or(value);
    let path = path.split_whitespace().next()?.trim_start_matches("./").trim_matches('/');
    let is_safe = !path.is_empty() && !path.split('/').any(|part| part == "..");
    is_safe.then(|| path.to_owned())
}

/// Gives items the summaries that people wrote of them: `ACHIEVEMENT-2.3-COMPLETION-SUMMARY.md`.
fn add_summaries(plan: &mut Plan, listing: &Listing) {
    if plan.folder.is_empty() {
        return;
    }
    let positions = evidence::positions(&plan.items);
    for (path, _) in listing.below(&plan.folder) {
        if let Some(&at) = achievement_in_name(file_name(path)).and_then(|id| positions.get(id)) {
            plan.items[at].documents.push(Document { kind: DocumentKind::Summary, path: path.to_owned() });
        }
    }
}

/// `2.3` of `ACHIEVEMENT-2.3-COMPLETION-SUMMARY.md`.
fn achievement_in_name(file_name: &str) -> Option<&str> {
    let rest = file_name.strip_prefix("ACHIEVEMENT-")?;
    let id = rest.split('-').next()?;
    (rest.ends_with("SUMMARY.md") && ids::first_number(id) == Some(id)).then_some(id)
}
