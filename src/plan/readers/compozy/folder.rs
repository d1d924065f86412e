//! A folder of task files and its index as one plan.

use std::collections::{HashMap, HashSet};

use super::{
    INDEX, META,
    index::{self, Entry, Index},
    join,
    name::Number,
    task::TaskFile,
};
use crate::{
    ids::{ItemId, PlanId},
    plan::{
        Dialect, Group, Item, ItemState, Place, Plan,
        listing::{Listing, file_name},
        problem::{Code, Problem, Severity},
        readers::parts,
    },
};

/// The plan of a folder; none when it holds neither tasks nor an index.
pub(super) fn plan(folder: &str, listing: &Listing) -> Option<Plan> {
    let index_path = join(folder, INDEX);
    let mut files: Vec<TaskFile<'_>> =
        listing.children(folder).filter_map(|(path, _)| TaskFile::read(path, listing.text(path)?)).collect();
    files.sort_by(|a, b| a.name.number.cmp(&b.name.number).then_with(|| a.path.cmp(b.path)));
    let index = listing.text(&index_path).map(index::read);
    if files.is_empty() && index.is_none() {
        return None;
    }
    let mut plan = parts::empty_plan(Dialect::Compozy, &index_path);
    folder.clone_into(&mut plan.folder);
    if index.is_none() {
        folder.clone_into(&mut plan.path);
    }
    if folder.is_empty() {
        plan.id = PlanId::new("tasks");
    }
    let index = index.unwrap_or_default();
    if let Some(title) = &index.title {
        plan.title.clone_from(title);
    }
    let mut plan = Builder { plan, listing, index: &index, files: &files }.build();
    if folder.split('/').any(|it| matches!(it, "_archived" | "archive" | "_archive")) {
        parts::archive(&mut plan);
    }
    Some(plan)
}

struct Builder<'a, 'l> {
    plan: Plan,
    listing: &'l Listing,
    index: &'a Index,
    files: &'a [TaskFile<'l>],
}

impl Builder<'_, '_> {
    fn build(mut self) -> Plan {
        if let Some(broken) = &self.index.broken {
            let message = format!("the front matter is no YAML: {}", broken.message);
            self.report(Code::Malformed, broken.line, message, "mend the YAML; its graph is not followed");
        }
        if self.files.is_empty() {
            self.add_entries();
        } else {
            self.add_files();
            self.compare_entries();
            self.compare_nodes();
            self.compare_counts();
        }
        if self.plan.items.is_empty() {
            let message = "no task file and no numbered entry in it";
            let place = Place::file(&self.plan.path);
            self.plan.problems.push(Problem::new(
                Code::EmptyPlan,
                place,
                message,
                "list tasks as `- [ ] 1.0 Title`",
            ));
        }
        self.plan
    }

    fn add_files(&mut self) {
        let entries = first_entries(&self.index.entries);
        let (files, waits) = (self.files, waits(self.index));
        let ids = ids(files);
        for file in files {
            let entry = entries.get(&file.name.number).copied();
            let mut item = file.item(self.listing);
            decide(&mut item, file, entry, &self.plan.path);
            item.group = self.group(entry);
            item.needs = self.needs(file, &ids, &waits);
            self.plan.problems.extend(file.problems(item.state));
            let steps = file.steps(self.listing);
            self.plan.items.push(item);
            self.plan.items.extend(steps);
        }
    }

    /// The graph's edges where there is a graph, else the task's own word.
    fn needs(
        &mut self,
        file: &TaskFile<'_>,
        ids: &HashMap<&Number, &str>,
        waits: &HashMap<Number, Vec<&str>>,
    ) -> Vec<ItemId> {
        let written: Vec<String> = if self.index.nodes.is_some() {
            if file.header.needs().is_some_and(|it| !it.is_empty()) {
                let place = Place::line(file.path, file.header.fields.list.first().map_or(1, |it| it.line));
                let message = format!("{} names what it needs, and so does the graph of {INDEX}", file.id);
                let fix = "take `dependencies` out of the task file; the graph is followed";
                self.plan.problems.push(Problem::new(Code::IndexMismatch, place, message, fix));
            }
            let from = waits.get(&file.name.number).into_iter().flatten();
            from.map(|it| (*it).to_owned()).collect()
        } else {
            file.needs()
        };
        let called = |it: &String| {
            let known = Number::read(it).and_then(|number| ids.get(&number).copied());
            known.unwrap_or(it).to_owned()
        };
        let named = written.iter().filter(|it| !is_nothing(it)).map(called);
        let mut seen = HashSet::new();
        named.filter(|it| seen.insert(it.clone())).map(ItemId::new).collect()
    }

    /// The index's section, when it has sections of its own.
    fn group(&mut self, entry: Option<&Entry>) -> Option<usize> {
        let section = entry?.section.as_deref().filter(|it| !is_list_heading(it))?;
        if let Some(at) = self.plan.groups.iter().position(|it| it.name == section) {
            return Some(at);
        }
        self.plan.groups.push(Group::new(section));
        Some(self.plan.groups.len() - 1)
    }

    /// A plan that has only its index yet.
    fn add_entries(&mut self) {
        let mut seen = HashSet::new();
        for entry in self.index.entries.iter().filter(|it| seen.insert(&it.number)) {
            let place = Place::line(&self.plan.path, entry.line);
            let why = format!("`{}` in {place}", entry.raw);
            let mut item =
                Item::new(ItemId::new(entry.number.dotted()), index::bare_title(&entry.title), place);
            parts::decide(&mut item, entry.state, &entry.raw, why);
            parts::belongs_to(&mut item, &self.plan.path, self.listing);
            item.group = self.group(Some(entry));
            self.plan.items.push(item);
        }
    }

    fn report(&mut self, code: Code, line: usize, message: String, fix: &str) {
        let place = Place::line(&self.plan.path, line);
        self.plan.problems.push(Problem::new(code, place, message, fix));
    }

    /// Entries against files, both ways.
    fn compare_entries(&mut self) {
        let by_id: HashMap<&str, ItemState> =
            self.plan.items.iter().map(|it| (it.id.as_str(), it.state)).rev().collect();
        let state = |file: &TaskFile<'_>| by_id.get(file.id.as_str()).copied().unwrap_or(ItemState::Unknown);
        let states: HashMap<&Number, (&str, ItemState)> =
            self.files.iter().map(|it| (&it.name.number, (it.id.as_str(), state(it)))).collect();
        let index = self.index;
        for entry in &index.entries {
            let called = entry.number.dotted();
            match states.get(&entry.number) {
                Some((id, state)) if (*state == ItemState::Done) != (entry.state == ItemState::Done) => {
                    let message =
                        format!("the index has {id} as `{}`, its file as {}", entry.raw.trim(), state.word());
                    self.report(
                        Code::IndexMismatch,
                        entry.line,
                        message,
                        "let the index say what the file says",
                    );
                }
                None => {
                    let message = format!("the index lists {called}, and there is no file for it");
                    self.report(
                        Code::IndexMismatch,
                        entry.line,
                        message,
                        "write the task's file, or take it out",
                    );
                    if let (ItemState::Skipped, Some(last)) = (entry.state, self.plan.problems.last_mut()) {
                        last.severity = Severity::Note;
                    }
                }
                _ => {}
            }
        }
        let listed: HashSet<&Number> = index.entries.iter().map(|it| &it.number).collect();
        for file in self.files.iter().filter(|it| !listed.is_empty() && !listed.contains(&it.name.number)) {
            let message = format!("{} is not in the index", file.id);
            self.plan.problems.push(Problem::new(
                Code::IndexMismatch,
                Place::file(file.path),
                message,
                "list it in _tasks.md",
            ));
        }
    }

    /// The graph's nodes against files, both ways, and its edges against its nodes.
    fn compare_nodes(&mut self) {
        let index = self.index;
        let Some(nodes) = &index.nodes else { return };
        let names: HashSet<&str> = self.files.iter().map(|it| file_name(it.path)).collect();
        for (id, file, line) in nodes {
            if file.strip_suffix(".md").is_some_and(|it| it != id) {
                let message = format!("the node {id} has the file {file}");
                self.report(Code::NameMismatch, *line, message, "let a node be called as its file");
            }
            if !names.contains(file.as_str()) {
                let message = format!("the graph has the node {id}, and there is no {file}");
                self.report(
                    Code::IndexMismatch,
                    *line,
                    message,
                    "write the task's file, or take the node out",
                );
            }
        }
        let ids: HashSet<&str> = nodes.iter().map(|it| it.0.as_str()).collect();
        for file in self.files.iter().filter(|it| !ids.contains(it.id.as_str())) {
            let message = format!("{} is not in the graph of {INDEX}", file.id);
            let fix = "add a node for it";
            self.plan.problems.push(Problem::new(Code::IndexMismatch, Place::file(file.path), message, fix));
        }
        for edge in &index.edges {
            if !ids.contains(edge.to.as_str()) {
                let message = format!("an edge leads to {}, which is no node", edge.to);
                self.report(Code::DanglingNeed, edge.line, message, "correct the edge");
            }
        }
    }

    /// `_meta.md` counts tasks; nobody keeps it up to date by hand.
    fn compare_counts(&mut self) {
        let path = join(&self.plan.folder, META);
        let Some(text) = self.listing.text(&path) else { return };
        let progress = self.plan.progress();
        for (number, line) in text.lines().enumerate() {
            let Some((label, count)) = line.trim_start_matches(['-', '*', ' ']).split_once(':') else {
                continue;
            };
            let actual = match label.trim() {
                "Total" => progress.total,
                "Completed" => progress.done,
                _ => continue,
            };
            if count.trim().parse().is_ok_and(|it: usize| it != actual) {
                self.plan.problems.push(
                    Problem::new(
                        Code::CountMismatch,
                        Place::line(&path, number + 1),
                        format!("{} is said to be {}, and it is {actual}", label.trim(), count.trim()),
                        "correct the summary",
                    )
                    .with_counts(count.trim(), actual),
                );
            }
        }
    }
}

/// The status word decides. Where there is none the index does, and where that is silent too, nothing
/// is known.
fn decide(item: &mut Item, file: &TaskFile<'_>, entry: Option<&Entry>, index: &str) {
    if let Some((word, line)) = &file.header.status {
        let state = parts::state_of_word(word).unwrap_or(ItemState::Unknown);
        return parts::decide(item, state, word, format!("status in {}:{line}", file.path));
    }
    let Some(entry) = entry else {
        item.state = ItemState::Unknown;
        item.why = format!("no status in {}", file.path);
        return;
    };
    let why = format!("no status in its file; `{}` in {index}:{}", entry.raw, entry.line);
    parts::decide(item, entry.state, &entry.raw, why);
}

/// What each number is called.
fn ids<'f>(files: &'f [TaskFile<'_>]) -> HashMap<&'f Number, &'f str> {
    let mut ids = HashMap::new();
    for file in files {
        ids.entry(&file.name.number).or_insert(file.id.as_str());
    }
    ids
}

/// What each task waits for by the graph.
fn waits(index: &Index) -> HashMap<Number, Vec<&str>> {
    let mut waits: HashMap<Number, Vec<&str>> = HashMap::new();
    for edge in &index.edges {
        if let Some(number) = Number::read(&edge.to) {
            waits.entry(number).or_default().push(&edge.from);
        }
    }
    waits
}

/// Of a task that is listed twice (a list and batches), the first entry counts.
fn first_entries(entries: &[Entry]) -> HashMap<Number, &Entry> {
    let mut first = HashMap::new();
    for entry in entries {
        first.entry(entry.number.clone()).or_insert(entry);
    }
    first
}

/// `none`, `—`: how people write that there is nothing.
fn is_nothing(need: &str) -> bool {
    matches!(need.to_ascii_lowercase().as_str(), "" | "none" | "n/a" | "-" | "–" | "—" | "null" | "[]")
}

/// A heading that only says that tasks follow.
fn is_list_heading(heading: &str) -> bool {
    let word = heading.trim().to_ascii_lowercase();
    word.starts_with("tasks") || word.starts_with("task list") || word == "implementation tasks"
}
