//! Which files are plans, and which folder belongs to each.

use std::collections::{BTreeMap, BTreeSet};

use super::{files::plan_name, names::StateName};
use crate::plan::{
    listing::{Content, Listing, file_name, parent},
    markdown::Outline,
    readers::Scope,
};

/// The folders that plans live in, and the older layouts in which they lie flat.
const ROOTS: &[&str] = &["work-space/plans", "work-space/backlog-plans", "plans", "backlog-plans"];
const FLAT: &[&str] = &["work-space", ""];

/// Folders of a plan that hold its documents; a file in them that begins like a plan is none.
const DOCUMENTS: &[&str] =
    &["documentation", "documents", "observations", "observability", "archive", "analyses"];

/// The heading of a plan stands within this many lines.
const HEAD: usize = 40;

/// A plan, before it is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Found {
    /// Its folder's name, or what its file is called after `PLAN_`.
    pub(super) id: String,
    /// Absent for a folder without a plan in it.
    pub(super) file: Option<String>,
    /// The folder that holds what belongs to it. It need not exist.
    pub(super) folder: String,
    /// Copies of the plan further down in its folder, which are not read.
    pub(super) copies: Vec<String>,
}

impl Found {
    /// The names by which state files may call it.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let in_file = self.file.as_deref().and_then(|file| plan_name(file_name(file)));
        std::iter::once(self.id.as_str()).chain(in_file.filter(|name| *name != self.id))
    }
}

/// Finds the plans of a scope, in the order of their paths, those in folders of their own first.
pub(super) fn discover(listing: &Listing, scope: &Scope) -> Vec<Found> {
    match scope {
        Scope::Workspace => workspace(listing),
        Scope::Path(path) => named(listing, path),
        Scope::Named(_) => Vec::new(),
    }
}

fn workspace(listing: &Listing) -> Vec<Found> {
    let mut found = Vec::new();
    for root in ROOTS {
        let tree = Tree::of(listing, root);
        found.extend(tree.plans(root, root.starts_with("work-space/")));
    }
    let with_file = found.iter().filter(|it| it.file.is_some());
    let taken: BTreeSet<String> = with_file.map(|it| it.folder.clone()).collect();
    for folder in FLAT {
        for file in plan_files(listing, folder).filter(|file| is_headed(listing, file)) {
            let mut stray = stray(file, "work-space/plans");
            if taken.contains(&stray.folder) {
                (*folder).clone_into(&mut stray.folder);
            }
            // The folder of a plan that lies flat is no empty plan.
            found.retain(|it| it.file.is_some() || it.folder != stray.folder);
            found.push(stray);
        }
    }
    found
}

/// The plan at a path that a person named, or all plans in a folder.
fn named(listing: &Listing, path: &str) -> Vec<Found> {
    let path = path.trim_end_matches('/');
    let is_file = listing.get(path).is_some_and(|entry| entry.content != Content::Folder);
    if !is_file {
        return Tree::of(listing, path).plans(path, false);
    }
    let folder = parent(path);
    let own = Tree::of(listing, folder).own_plan(folder);
    if own.as_deref() == Some(path) {
        return vec![own_plan(listing, folder, path)];
    }
    vec![stray(path, folder)]
}

fn stray(file: &str, folder: &str) -> Found {
    let id = plan_name(file_name(file)).unwrap_or(file_name(file)).to_owned();
    let folder = if folder.is_empty() { id.clone() } else { format!("{folder}/{id}") };
    Found { id, file: Some(file.to_owned()), folder, copies: Vec::new() }
}

fn own_plan(listing: &Listing, folder: &str, file: &str) -> Found {
    let copies = listing
        .below(folder)
        .map(|(path, _)| path)
        .filter(|path| parent(path) != folder && is_plan_file(listing, path))
        .map(str::to_owned)
        .collect();
    // A workspace that is itself a plan's folder has no name that we know.
    let name = if folder.is_empty() { plan_name(file_name(file)).unwrap_or(file) } else { file_name(folder) };
    Found { id: name.to_owned(), file: Some(file.to_owned()), folder: folder.to_owned(), copies }
}

/// The folders below a root: their parts, and which of them hold a plan at any depth.
struct Tree<'a> {
    listing: &'a Listing,
    folders: BTreeMap<String, BTreeSet<String>>,
    with_plans: BTreeSet<String>,
    with_state: BTreeSet<String>,
}

impl<'a> Tree<'a> {
    fn of(listing: &'a Listing, root: &str) -> Self {
        let mut tree = Self {
            listing,
            folders: BTreeMap::new(),
            with_plans: BTreeSet::new(),
            with_state: BTreeSet::new(),
        };
        for (path, entry) in listing.below(root) {
            let is_folder = entry.content == Content::Folder;
            let folder = if is_folder { path } else { parent(path) };
            tree.add_folder(folder, root);
            if !is_folder && is_plan_file(listing, path) {
                mark(&mut tree.with_plans, folder, root);
            }
            if !is_folder && StateName::of(file_name(path)).is_some() {
                mark(&mut tree.with_state, folder, root);
            }
        }
        tree
    }

    fn add_folder(&mut self, folder: &str, root: &str) {
        let mut folder = folder;
        while folder.len() > root.len() {
            let above = parent(folder);
            if !self.folders.entry(above.to_owned()).or_default().insert(folder.to_owned()) {
                break;
            }
            folder = above;
        }
    }

    /// Every plan from `root` downwards. A plan's own folder is not entered; a folder without a
    /// plan that holds plans is a group, and is entered.
    fn plans(&self, root: &str, show_empty: bool) -> Vec<Found> {
        let mut found = Vec::new();
        let mut waiting = vec![root.to_owned()];
        while let Some(folder) = waiting.pop() {
            if let Some(file) = self.own_plan(&folder).filter(|_| !ROOTS.contains(&folder.as_str())) {
                found.push(own_plan(self.listing, &folder, &file));
                found.extend(self.strays(&folder).filter(|stray| stray.file.as_ref() != Some(&file)));
                continue;
            }
            let strays: Vec<Found> = self.strays(&folder).collect();
            for part in self.folders.get(&folder).into_iter().flatten() {
                if self.with_plans.contains(part) {
                    waiting.push(part.clone());
                } else if show_empty && !strays.iter().any(|stray| stray.folder == *part) {
                    found.extend(self.empty(part, folder == root));
                }
            }
            found.extend(strays);
        }
        found.sort_by(|a, b| (&a.folder, &a.file).cmp(&(&b.folder, &b.file)));
        found
    }

    /// A folder without any plan is shown where a plan was to be expected.
    fn empty(&self, folder: &str, expected: bool) -> Option<Found> {
        let name = file_name(folder);
        let shown = (expected && !DOCUMENTS.contains(&name)) || self.with_state.contains(folder);
        shown.then(|| Found {
            id: name.to_owned(),
            file: None,
            folder: folder.to_owned(),
            copies: Vec::new(),
        })
    }

    /// The file that makes a folder a plan's own: it bears the folder's name, or is the only one
    /// with a plan's heading in a folder that holds no other plans.
    fn own_plan(&self, folder: &str) -> Option<String> {
        let files: Vec<&str> = plan_files(self.listing, folder).collect();
        let named = |file: &&&str| plan_name(file_name(file)) == Some(file_name(folder));
        if let Some(file) = files.iter().find(named) {
            return Some((*file).to_owned());
        }
        let parts = self.folders.get(folder);
        if parts.is_some_and(|parts| parts.iter().any(|part| self.with_plans.contains(part))) {
            return None;
        }
        let headed: Vec<&&str> = files.iter().filter(|file| is_headed(self.listing, file)).collect();
        match (headed.as_slice(), files.as_slice()) {
            ([file], _) => Some((**file).to_owned()),
            ([], [file]) if has_nothing_to_say(self.listing, file) => Some((*file).to_owned()),
            _ => None,
        }
    }

    fn strays<'t>(&'t self, folder: &'t str) -> impl Iterator<Item = Found> + 't {
        plan_files(self.listing, folder)
            .filter(|file| is_headed(self.listing, file))
            .map(|file| stray(file, folder))
    }
}

fn mark(marked: &mut BTreeSet<String>, folder: &str, root: &str) {
    let mut folder = folder;
    while folder.len() >= root.len() && marked.insert(folder.to_owned()) && !folder.is_empty() {
        folder = parent(folder);
    }
}

/// `PLAN_*.md` files directly in a folder. A plan's summary is no plan.
fn plan_files<'a>(listing: &'a Listing, folder: &str) -> impl Iterator<Item = &'a str> {
    listing
        .children(folder)
        .filter(|(_, entry)| entry.content != Content::Folder)
        .map(|(path, _)| path)
        .filter(|path| plan_name(file_name(path)).is_some_and(|name| name != "SUMMARY"))
}

/// Whether a file at any depth is a plan: by its heading, and not among a plan's documents.
fn is_plan_file(listing: &Listing, path: &str) -> bool {
    let in_documents = path.split('/').any(|part| DOCUMENTS.contains(&part));
    let bears_folder = plan_name(file_name(path)).is_some_and(|name| name == file_name(parent(path)));
    plan_name(file_name(path)).is_some_and(|name| name != "SUMMARY")
        && !in_documents
        && (bears_folder || is_headed(listing, path))
}

/// Whether the first heading of a file is `# PLAN: …`; a file that can't be read gets the benefit of
/// the doubt.
pub(super) fn is_headed(listing: &Listing, path: &str) -> bool {
    let look = |listing: &Listing| listing.text(path).map_or_else(|| is_hidden(listing, path), is_plan_text);
    listing.remembered("methodology head", path, &(), look)
}

/// Whether a text begins as plans do.
pub(super) fn is_plan_text(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    let end = text.match_indices('\n').nth(HEAD).map_or(text.len(), |(end, _)| end);
    let outline = Outline::read(&text[..end]);
    let Some(heading) = outline.headings.first() else { return false };
    let name = heading.text.trim().trim_start_matches(|it: char| !it.is_alphanumeric());
    heading.level == 1 && name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("PLAN:"))
}

fn is_hidden(listing: &Listing, path: &str) -> bool {
    listing.get(path).is_some_and(|entry| !matches!(entry.content, Content::Folder | Content::Unread))
}

fn has_nothing_to_say(listing: &Listing, path: &str) -> bool {
    listing.text(path).is_none_or(|text| text.trim().is_empty())
}
