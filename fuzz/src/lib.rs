//! What must hold for every input, whatever it is: one function a fuzz target.
//!
//! None may panic or hang. Beside that, each states what its part promises.

mod disk;
mod tree;

use plandeck::{
    clock::Timestamp,
    config::{Environment, Layers, Settings, SettingsFile},
    plan::{
        Dialect, Item, ItemState, Plan, Selection,
        frontmatter::{self, Fields},
        listing::{Content, Listing},
        markdown::Outline,
        next, read_path, read_workspace, runnable_group, saving, set_state, waves,
    },
    plan::{problem::Problem, readers::Reading},
    repl::{
        expect,
        script::{Script, Typed},
    },
};
use std::collections::HashSet;

use tree::Tree;

/// When edits are made.
const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// What items are set to, each to another one.
const STATES: [ItemState; 5] =
    [ItemState::Done, ItemState::Pending, ItemState::InProgress, ItemState::Skipped, ItemState::Blocked];

/// Reads a tree of files (see [`tree::listing`]) in one dialect.
///
/// Ids are unique, every place is inside its file, reading twice gives the same, edits change
/// exactly their line.
pub fn reader(dialect: Dialect, bytes: &[u8]) {
    let tree = tree::grow(dialect, bytes);
    let listing = &tree.listing;
    let selection = selection(dialect, listing);
    let reading = read_workspace(listing, &selection);
    assert_eq!(reading, read_workspace(listing, &selection), "reading twice");
    holds(&reading, &tree);
    let turn = tree.turn();
    if let Some((path, _)) = listing.iter().nth(turn % listing.iter().count().max(1)) {
        holds(&read_path(listing, path), &tree);
    }
}

fn selection(dialect: Dialect, listing: &Listing) -> Selection {
    let named = match dialect {
        Dialect::Checklist => listing.iter().map(|(path, _)| path.to_owned()).collect(),
        _ => Vec::new(),
    };
    Selection { dialects: vec![dialect], named }
}

fn holds(reading: &Reading, tree: &Tree) {
    let mut plans = HashSet::new();
    reading.problems.iter().for_each(|it| problem_holds(it, &tree.listing));
    for plan in &reading.plans {
        assert!(plans.insert(&plan.id), "two plans {}", plan.id);
        plan_holds(plan, tree);
    }
}

fn plan_holds(plan: &Plan, tree: &Tree) {
    let listing = &tree.listing;
    let ids: HashSet<_> = plan.items.iter().map(|it| &it.id).collect();
    assert_eq!(ids.len(), plan.items.len(), "two items of one id in {}", plan.id);
    for item in &plan.items {
        place_holds(&item.place.file, item.place.line, listing);
        assert!(item.group.is_none_or(|it| it < plan.groups.len()), "no group {:?}", item.group);
        assert!(item.parent.as_ref().is_none_or(|it| ids.contains(it)), "no parent {:?}", item.parent);
        assert!(!item.why.is_empty(), "{} has no reason", item.id);
        assert_ne!((item.state, item.container), (ItemState::Pending, false), "{} is not settled", item.id);
    }
    plan.problems.iter().for_each(|it| problem_holds(it, listing));
    let progress = plan.progress();
    assert!(progress.done + progress.skipped <= progress.total, "{progress:?}");
    assert!(next(plan).iter().all(|it| plan.item(&it.item).is_some()), "next is an item");
    let _ = (runnable_group(plan), saving(plan, &waves(plan)));
    let turn = tree.turn();
    for step in 0..plan.items.len().min(2) {
        let item = &plan.items[(turn + step) % plan.items.len()];
        edit_holds(plan, item, STATES[(turn / 7 + step) % STATES.len()], tree);
    }
}

fn problem_holds(problem: &Problem, listing: &Listing) {
    place_holds(&problem.place.file, problem.place.line, listing);
    assert!(!problem.message.is_empty() && !problem.fix.is_empty(), "{problem:?}");
}

fn place_holds(file: &str, line: Option<usize>, listing: &Listing) {
    let Some(line) = line else { return };
    let lines = match listing.get(file).map(|it| &it.content) {
        Some(Content::Text(text) | Content::NotUtf8 { lossy: text, .. }) => text.split('\n').count(),
        other => panic!("{file}:{line} is a line of {other:?}"),
    };
    assert!((1..=lines).contains(&line), "{file}:{line} of {lines} lines");
}

/// An edit names lines as they are, makes them others, and says what it was meant to say; no other
/// line comes, goes or changes.
fn edit_holds(plan: &Plan, item: &Item, state: ItemState, tree: &Tree) {
    let Ok(edits) = set_state(plan, item, state, &tree.listing, NOW) else { return };
    let mut listing = tree.listing.clone();
    let mut sites = HashSet::new();
    assert!(!edits.is_empty(), "nothing to do is said");
    for edit in &edits {
        assert!(sites.insert((&edit.file, edit.line)), "one line twice: {edits:?}");
        assert!(edit.new != edit.seen && !edit.new.contains('\n'), "{edit:?}");
        let text = listing.text(&edit.file).expect("it was read");
        let mut lines: Vec<&str> = text.split('\n').collect();
        let line = lines[edit.line - 1];
        assert_eq!(line.strip_suffix('\r').unwrap_or(line), edit.seen, "what stands there");
        let new = format!("{}{}", edit.new, &line[edit.seen.len()..]);
        lines[edit.line - 1] = &new;
        let after = lines.join("\n");
        let mut entry = listing.get(&edit.file).expect("it was read").clone();
        entry.content = Content::Text(after.as_str().into());
        listing.insert(edit.file.as_str(), entry);
    }
    disk::set_and_undo(tree, &edits);
    let again = read_workspace(&listing, &selection(plan.dialect, &listing));
    let known = again.plans.iter().find(|it| it.path == plan.path && it.id == plan.id);
    if let Some(same) = known.and_then(|it| it.items.iter().find(|it| it.id == item.id && it.place == item.place)) {
        assert!(says(same, state), "{} shall be {state:?} and is {:?} ({}): {edits:?}", item.id, same.state, same.why);
    }
}

/// Whether an item is what it was set to. What can begin, or can't yet, is pending in its file.
fn says(item: &Item, state: ItemState) -> bool {
    match item.state {
        ItemState::Ready | ItemState::Blocked if state == ItemState::Pending => true,
        // Its parts decide, or it was not the only one to say something.
        _ if item.container => true,
        is => is == state,
    }
}

/// The outline of a Markdown text: lines in order and inside the text, boxes where they say.
pub fn outline(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let outline = Outline::read(&text);
    let lines: Vec<_> = outline.lines().collect();
    let whole: usize = text.split_inclusive('\n').count();
    assert_eq!(lines.len(), whole, "every line once");
    for (line, number) in lines.iter().zip(1..) {
        assert_eq!(line.number, number);
        assert!(text[line.offset..].starts_with(line.text), "a line stands where it says");
    }
    assert!(outline.headings.is_sorted_by_key(|it| it.line), "headings in order");
    assert!(outline.headings.iter().all(|it| (1..=whole).contains(&it.line)), "headings have lines");
    for (at, item) in outline.items.iter().enumerate() {
        assert!((1..=whole).contains(&item.line));
        assert!(item.parent.is_none_or(|it| it < at), "what contains an item stands before it");
        assert!(item.heading.is_none_or(|it| it < outline.headings.len()));
        if let Some(mark) = item.mark {
            assert!(text[mark.offset..].starts_with(mark.text), "a mark stands where it says");
            assert_eq!(text.as_bytes()[mark.offset - 1], b'[');
            assert_eq!(text.as_bytes()[mark.offset + mark.text.len()], b']');
        }
    }
}

/// Front matter: found or not, its fields have lines inside the file.
pub fn front_matter(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Some(matter) = frontmatter::split(&text) else { return };
    assert!(text.is_char_boundary(matter.body));
    let fields = Fields::read(&matter);
    let lines = text.split('\n').count();
    let broken = fields.broken.iter().map(|it| it.line);
    for line in fields.list.iter().map(|it| it.line).chain(broken) {
        assert!((1..=lines).contains(&line), "line {line} of {lines}");
    }
    assert_eq!(fields, Fields::read(&matter), "reading twice");
}

/// Session files: written again they mean the same, and output described agrees with itself.
pub fn session(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = Typed::understand(&text);
    let shown: Vec<String> = text.lines().take(64).map(str::to_owned).collect();
    let described: Vec<String> = shown.iter().map(|it| expect::describe(it, &[])).collect();
    assert!(expect::agrees(&described, &shown), "{described:?} describes {shown:?}");
    let Ok(script) = Script::parse(&text) else { return };
    let again = Script::parse(&script.text()).expect("what was understood is understood again");
    assert_eq!(again.text(), script.text(), "written twice");
    assert_eq!(again.typed(), script.typed(), "the same is typed");
    for step in script.steps.iter().take(16) {
        let _ = expect::agrees(&step.expected.0, &shown);
    }
}

/// Settings: an error with a place, or values that can be listed.
pub fn config(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let environment = Environment::from_pairs([]);
    let workspace = Some(SettingsFile { path: "plandeck.toml".into(), text });
    match Settings::read(&Layers { user: None, workspace, environment: &environment, flags: Vec::new() }) {
        Ok(settings) => assert!(!settings.list().is_empty()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
