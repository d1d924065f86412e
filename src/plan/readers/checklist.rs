//! The checklist dialect: any Markdown file that the configuration or an argument names.
//!
//! Checkboxes are items and headings are groups. A checkbox with checkboxes below it gathers them:
//! it is a container, and progress counts its leaves.
//!
//! An item is called by the id it begins with (`T001`, `1.2`, `ABC-12`). Without one it is called by
//! its section and its place in it: `2.5` is the fifth checkbox under the second heading that holds
//! any, and `2.5.1` the first one below it. A line number would change with every line written
//! above; this changes only when checkboxes of the same section come or go before it. When ids of
//! that form are the file's own, positions are told from them by a `#`.

use std::collections::HashSet;

use super::{Reader, Reading, Scope, parts};
use crate::{
    ids::{ItemId, PlanId},
    plan::{
        Dialect, Group, Item, Place, Plan, hands,
        listing::{Listing, Want, file_name},
        markdown::{ListItem, Outline},
        problem::{Code, Problem},
    },
};

/// The reader.
pub const READER: Reader = Reader { dialect: Dialect::Checklist, wants: |_| Want::Nothing, claims, read };

/// Any Markdown file with a checkbox, and any file called `*.md`.
fn claims(path: &str, text: &str) -> bool {
    let name = file_name(path).to_ascii_lowercase();
    let is_markdown = [".md", ".markdown", ".mdx", ".mdc"].iter().any(|it| name.ends_with(it));
    is_markdown || Outline::read(text).boxes().next().is_some()
}

fn read(listing: &Listing, scope: &Scope) -> Reading {
    let paths: Vec<&str> = match scope {
        Scope::Workspace => Vec::new(),
        Scope::Path(path) => vec![path],
        Scope::Named(paths) => paths.iter().map(String::as_str).collect(),
    };
    let mut reading = Reading::default();
    let plan = |path: &str, listing: &Listing| Some(plan(path, listing.text(path)?, listing));
    let read = |path: &&str| listing.remembered("checklist", path, &(), |it| plan(path, it));
    let plans = hands::each(listing.threads(), &paths, read);
    for (path, plan) in paths.into_iter().zip(plans) {
        match (plan, scope) {
            (Some(plan), _) => reading.plans.push(plan),
            (None, Scope::Named(_)) if listing.get(path).is_none() => reading.problems.push(Problem::new(
                Code::Unreadable,
                Place::file(path),
                "the configuration names this checklist, and there is no such file",
                "correct the path in plandeck.toml, or take it out",
            )),
            (None, _) => {}
        }
    }
    reading
}

/// One file as a plan. Its id is its path.
fn plan(path: &str, text: &str, listing: &Listing) -> Plan {
    let outline = Outline::read(text);
    let mut plan = parts::empty_plan(Dialect::Checklist, path);
    plan.id = PlanId::new(path);
    file_name(path).clone_into(&mut plan.title);
    if let Some(title) = outline.headings.iter().find(|it| it.level == 1) {
        plan.title.clone_from(&title.text);
    }
    fill(&mut plan, &outline, listing);
    if plan.items.is_empty() {
        plan.problems.push(Problem::new(
            Code::EmptyPlan,
            Place::file(path),
            "no checkbox in it",
            "write items as `- [ ] Text`",
        ));
    }
    plan
}

/// Every checkbox of the outline as an item of the plan, and the headings above them as groups.
pub(super) fn fill(plan: &mut Plan, outline: &Outline<'_>, listing: &Listing) {
    let containers: HashSet<usize> = boxes(outline).filter_map(|it| around(outline, it)).collect();
    let own_ids: HashSet<&str> = boxes(outline).filter_map(|it| split_id(it.text)).map(|it| it.0).collect();
    let mut numbering = Numbering::default();
    let mut ids: Vec<Option<ItemId>> = vec![None; outline.items.len()];
    for (position, item) in outline.items.iter().enumerate() {
        let Some(mark) = item.mark else { continue };
        let holder = around(outline, item);
        let place = numbering.place(item, position, holder);
        let (id, title) = match split_id(item.text) {
            Some((id, title)) => (id.to_owned(), title),
            None if own_ids.contains(place.as_str()) => (format!("#{place}"), item.text),
            None => (place, item.text),
        };
        let mut made = Item::new(ItemId::new(id), title, Place::line(&plan.path, item.line));
        made.container = containers.contains(&position);
        made.parent = holder.and_then(|it| ids[it].clone());
        made.group = group(plan, outline, item);
        parts::decide_by_mark(&mut made, mark);
        parts::belongs_to(&mut made, &plan.path, listing);
        ids[position] = Some(made.id.clone());
        plan.items.push(made);
    }
}

fn boxes<'o, 't>(outline: &'o Outline<'t>) -> impl Iterator<Item = &'o ListItem<'t>> {
    outline.boxes()
}

/// The nearest checkbox around an item.
fn around(outline: &Outline<'_>, item: &ListItem<'_>) -> Option<usize> {
    let mut parent = item.parent;
    while let Some(at) = parent.filter(|at| outline.items[*at].mark.is_none()) {
        parent = outline.items[at].parent;
    }
    parent
}

/// The group of an item's heading: the last one, when it is the same, else a new one.
fn group(plan: &mut Plan, outline: &Outline<'_>, item: &ListItem<'_>) -> Option<usize> {
    let heading = &outline.headings[item.heading?];
    let name = heading.text.trim();
    if plan.groups.last().is_none_or(|it| it.name != name) {
        plan.groups.push(Group::new(name));
    }
    Some(plan.groups.len() - 1)
}

/// Places that stay when lines come and go elsewhere.
#[derive(Default)]
struct Numbering {
    section: usize,
    heading: Option<usize>,
    /// Checkboxes so far at the top of this section.
    count: usize,
    /// By position: an item's place, and how many stand below it so far.
    places: std::collections::HashMap<usize, (String, usize)>,
}

impl Numbering {
    fn place(&mut self, item: &ListItem<'_>, position: usize, holder: Option<usize>) -> String {
        if self.section == 0 || self.heading != item.heading {
            self.heading = item.heading;
            self.section += 1;
            self.count = 0;
        }
        let place = match holder.and_then(|it| self.places.get_mut(&it)) {
            Some((above, below)) => {
                *below += 1;
                format!("{above}.{below}")
            }
            None => {
                self.count += 1;
                format!("{}.{}", self.section, self.count)
            }
        };
        self.places.insert(position, (place.clone(), 0));
        place
    }
}

/// The id at the start of a text, and the rest: `1.2`, `T001`, `ABC-12`, with or without decoration.
///
/// A number alone (`3 tests`) is no id, and neither is a version (`v1.2`) or a word (`UTF-8`, for
/// its digits are not followed by a colon, a dash or two capitals before).
pub(super) fn split_id(text: &str) -> Option<(&str, &str)> {
    let start = text.trim_start_matches(['*', '_', '`', '[']);
    let length =
        start.find(|it: char| !it.is_ascii_alphanumeric() && it != '.' && it != '-').unwrap_or(start.len());
    let token = start[..length].trim_end_matches(['.', '-']);
    if !is_dotted(token) && !is_numbered_word(token) {
        return None;
    }
    let rest = &start[token.len()..];
    let ends =
        rest.starts_with(|it: char| it.is_whitespace() || "*_`]:.)-–—".contains(it)) || rest.is_empty();
    let title = rest.trim_start_matches(|it: char| it.is_whitespace() || "*_`]:.)-–—".contains(it));
    ends.then_some((token, if title.is_empty() { text } else { title }))
}

/// `1.2`, `1.2.3`, `1.2a`.
fn is_dotted(token: &str) -> bool {
    let token = token.trim_end_matches(|it: char| it.is_ascii_lowercase());
    let mut parts = 0;
    let numbers = token.split('.').all(|it| {
        parts += 1;
        !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit())
    });
    numbers && parts > 1
}

/// Capitals and digits: `T001`, `ABC-12`, `IMPL-1.2`, `task-7`.
fn is_numbered_word(token: &str) -> bool {
    let letters = token.find(|it: char| !it.is_ascii_alphabetic()).unwrap_or(token.len());
    let (word, number) = token.split_at(letters);
    let digits = number.strip_prefix('-').unwrap_or(number);
    let counted = digits.starts_with(|it: char| it.is_ascii_digit())
        && digits
            .bytes()
            .all(|it| it.is_ascii_digit() || matches!(it, b'.' | b'-') || it.is_ascii_lowercase());
    let joined = number.starts_with('-');
    let capitals = !word.is_empty() && word.bytes().all(|it| it.is_ascii_uppercase());
    let known_word = matches!(word.to_ascii_lowercase().as_str(), "task" | "issue" | "step" | "item");
    let long_enough = digits.len() >= 2 || joined && word.len() >= 3 || word.len() == 1 && !joined;
    counted
        && (capitals
            && long_enough
            && !matches!(word, "UTF" | "SHA" | "ISO" | "RFC" | "ES" | "HTTP" | "P" | "H")
            || known_word && joined)
}

#[cfg(test)]
mod tests;
