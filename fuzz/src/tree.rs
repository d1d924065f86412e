//! A workspace in one input.

use std::collections::BTreeMap;

use plandeck::plan::{
    Dialect,
    listing::{Content, Entry, Listing, parent},
};

/// Files as readers see them, and as they are.
#[derive(Default)]
pub struct Tree {
    /// What readers are given.
    pub listing: Listing,
    /// The bytes of every file in it.
    pub bytes: BTreeMap<String, Vec<u8>>,
}

impl Tree {
    /// A number that depends on the input alone. What would take long to try for everything is tried
    /// for what it names: over many inputs everything comes up.
    pub fn turn(&self) -> usize {
        self.bytes.values().flatten().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add((*byte).into())) >> 3
    }
}

/// A line `@@ path` begins a file; `@@ path/` is an empty folder. Bytes before the first such line are
/// the file that the dialect would look for first, so that a plain file is an input too.
pub fn grow(dialect: Dialect, bytes: &[u8]) -> Tree {
    let mut tree = Tree::default();
    let mut path = usual(dialect).to_owned();
    let mut body: Vec<u8> = Vec::new();
    for line in bytes.split_inclusive(|it| *it == b'\n') {
        let Some(named) = line.strip_prefix(b"@@ ") else {
            body.extend_from_slice(line);
            continue;
        };
        insert(&mut tree, &path, std::mem::take(&mut body));
        path = clean(&String::from_utf8_lossy(named));
    }
    insert(&mut tree, &path, body);
    tree
}

fn usual(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Methodology => "work-space/plans/ALPHA/PLAN_ALPHA.md",
        Dialect::Ccw => ".workflow/active/WFS-alpha/TODO_LIST.md",
        Dialect::Speckit => "specs/001-alpha/tasks.md",
        Dialect::Compozy => "tasks/prd-alpha/_tasks.md",
        Dialect::Taskmaster => ".taskmaster/tasks/tasks.json",
        Dialect::Backlog => "backlog/tasks/task-1 - Alpha.md",
        Dialect::Beads => ".beads/issues.jsonl",
        Dialect::Openspec => "openspec/changes/alpha/tasks.md",
        Dialect::Checklist => "alpha.md",
    }
}

/// As a listing has them: relative, without empty parts.
fn clean(named: &str) -> String {
    let folder = named.trim_end().ends_with('/');
    let parts: Vec<&str> = named.trim().split('/').filter(|it| !matches!(*it, "" | "." | "..")).collect();
    parts.join("/") + if folder { "/" } else { "" }
}

fn insert(tree: &mut Tree, path: &str, body: Vec<u8>) {
    let Tree { listing, bytes } = tree;
    let is_folder = path.ends_with('/');
    let path = path.trim_end_matches('/');
    if path.is_empty() || body.is_empty() && !is_folder {
        return;
    }
    let mut above = parent(path);
    while !above.is_empty() {
        // A file is no folder.
        if listing.get(above).is_some_and(|it| it.content != Content::Folder) {
            return;
        }
        listing.insert(above, Entry { modified: None, size: 0, content: Content::Folder });
        above = parent(above);
    }
    if is_folder {
        listing.insert(path, Entry { modified: None, size: 0, content: Content::Folder });
    } else if listing.get(path).is_none_or(|it| it.content != Content::Folder) {
        let size = body.len() as u64;
        bytes.insert(path.to_owned(), body.clone());
        listing.insert(path, Entry { modified: None, size, content: text(body) });
    }
}

fn text(body: Vec<u8>) -> Content {
    match String::from_utf8(body) {
        Ok(text) => Content::Text(text.strip_prefix('\u{feff}').unwrap_or(&text).into()),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let line = bytes[..valid].iter().filter(|it| **it == b'\n').count() + 1;
            Content::NotUtf8 { line, lossy: String::from_utf8_lossy(&bytes).into() }
        }
    }
}
