//! What is known of the texts that edits look into: each understood once, however many items change.

use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
    ops::Range,
    rc::Rc,
};

use super::{boxes::Boxes, splice::LineStarts, words};
use crate::plan::{
    json::{Json, Part},
    listing::Listing,
    readers::{ccw, compozy, state_of_mark, taskmaster},
    types::{Dialect, Item, ItemState, Plan},
};

/// A plan's texts, on the table.
pub(super) struct Desk<'a> {
    pub(super) plan: &'a Plan,
    pub(super) texts: &'a Listing,
    boxes: RefCell<HashMap<String, Rc<Boxes<'a>>>>,
    starts: RefCell<HashMap<String, Rc<LineStarts>>>,
    objects: RefCell<HashMap<String, Option<Rc<Objects<'a>>>>>,
    list: OnceCell<Option<Entries>>,
    index: OnceCell<Option<compozy::IndexLines>>,
    spellings: RefCell<HashMap<ItemState, Option<String>>>,
}

/// The tasks of a JSON file that holds several, by where they begin.
pub(super) struct Objects<'a> {
    json: Json<'a>,
    by_line: HashMap<usize, Vec<(String, Range<usize>)>>,
}

/// What a session's list says of its tasks, by their ids.
struct Entries(HashMap<String, ccw::todo::Entry>);

impl<'a> Desk<'a> {
    pub(super) fn new(plan: &'a Plan, texts: &'a Listing) -> Self {
        Self {
            plan,
            texts,
            boxes: RefCell::default(),
            starts: RefCell::default(),
            objects: RefCell::default(),
            list: OnceCell::new(),
            index: OnceCell::new(),
            spellings: RefCell::default(),
        }
    }

    /// The checkboxes of a file; nothing when there is no such text.
    pub(super) fn boxes(&self, file: &str) -> Option<Rc<Boxes<'a>>> {
        let text = self.texts.text(file)?;
        let mut boxes = self.boxes.borrow_mut();
        if let Some(known) = boxes.get(file) {
            return Some(Rc::clone(known));
        }
        let meaning = if self.plan.dialect == Dialect::Ccw { ccw::state_of_mark } else { state_of_mark };
        let read = Rc::new(Boxes::read(text, meaning));
        boxes.insert(file.to_owned(), Rc::clone(&read));
        Some(read)
    }

    /// Where the lines of a file begin.
    pub(super) fn starts(&self, file: &str) -> Option<Rc<LineStarts>> {
        let text = self.texts.text(file)?;
        let mut starts = self.starts.borrow_mut();
        let known = starts.entry(file.to_owned()).or_insert_with(|| Rc::new(LineStarts::of(text)));
        Some(Rc::clone(known))
    }

    /// The bytes of a line, without its ending.
    pub(super) fn line(&self, file: &str, line: usize) -> Option<Range<usize>> {
        self.starts(file)?.range(self.texts.text(file)?, line)
    }

    /// The tasks in a file that holds several.
    pub(super) fn objects(&self, file: &str) -> Option<Rc<Objects<'a>>> {
        let mut all = self.objects.borrow_mut();
        if let Some(known) = all.get(file) {
            return known.clone();
        }
        let read = self.texts.text(file).and_then(|text| Objects::read(self.plan, text)).map(Rc::new);
        all.insert(file.to_owned(), read.clone());
        read
    }

    /// What a session's list says of the task of this id.
    pub(super) fn entry(&self, list: &str, id: &str) -> Option<&ccw::todo::Entry> {
        let entries = self.list.get_or_init(|| {
            let text = self.texts.text(list)?;
            let read = ccw::todo::read(text, self.plan.items.iter().map(|it| it.id.as_str()));
            let tasks = read.entries.into_iter().filter(|entry| !entry.container);
            Some(Entries(tasks.map(|entry| (entry.id.clone(), entry)).collect()))
        });
        entries.as_ref()?.0.get(id)
    }

    /// Where an index lists the task of this file, and as what.
    pub(super) fn index_line(&self, index: &str, file: &str) -> Option<(usize, ItemState)> {
        let lines = self.index.get_or_init(|| self.texts.text(index).map(compozy::IndexLines::read));
        lines.as_ref()?.of_file(file)
    }

    /// The word that most items of the plan have for this state.
    pub(super) fn spelling(&self, state: ItemState) -> Option<String> {
        let mut spellings = self.spellings.borrow_mut();
        spellings.entry(state).or_insert_with(|| words::own_spelling(self.plan, state)).clone()
    }
}

impl<'a> Objects<'a> {
    fn read(plan: &Plan, text: &'a str) -> Option<Self> {
        let json = Json::new(text);
        let root = json.root().ok()?;
        let found = match plan.dialect {
            Dialect::Taskmaster => {
                let objects = taskmaster::objects(root, plan.id.as_str());
                objects.into_iter().map(|(id, part)| (id, part.line(), part.range())).collect()
            }
            _ => embedded(root)?,
        };
        let mut by_line: HashMap<usize, Vec<(String, Range<usize>)>> = HashMap::new();
        for (id, line, range) in found {
            by_line.entry(line).or_default().push((id, range));
        }
        Some(Self { json, by_line })
    }

    /// Of the objects on an item's line, the one that it was read from. Of several with one id, the first
    /// bears it, and the others are called `~2`, `~3` in their order.
    pub(super) fn find(&self, plan: &Plan, item: &Item) -> Option<Part<'_>> {
        let on_line = self.by_line.get(&item.place.line?)?;
        let named = |id: &str| on_line.iter().filter(|it| it.0 == id).map(|it| &it.1).collect::<Vec<_>>();
        let id = item.id.as_str();
        if let Some(first) = named(id).first() {
            return self.json.part((*first).clone());
        }
        let (bare, _) = id.rsplit_once('~').filter(|(_, it)| it.parse::<usize>().is_ok())?;
        let bears = |it: &&Item| {
            let id = it.id.as_str();
            id == bare || id.rsplit_once('~').is_some_and(|(it, _)| it == bare) && named(id).is_empty()
        };
        let mut bearers = plan.items.iter().filter(|it| it.place == item.place).filter(bears);
        let at = bearers.position(|it| it.id == item.id)?;
        named(bare).get(at).and_then(|range| self.json.part((*range).clone()))
    }
}

/// The tasks that a session's metadata holds itself.
fn embedded(root: Part<'_>) -> Option<Vec<(String, usize, Range<usize>)>> {
    let tasks = root.members()?.any(&["tasks", "task_list"])?;
    let parts: Vec<(String, Part<'_>)> = match tasks.members() {
        Some(members) => members.iter().map(|(id, part)| (id.to_owned(), part)).collect(),
        None => {
            let elements = tasks.elements()?.into_iter().enumerate();
            elements.map(|(at, part)| (format!("IMPL-{}", at + 1), part)).collect()
        }
    };
    let found = parts.into_iter().map(|(fallback, part)| match part.members() {
        Some(members) => {
            let line = members.any(&super::sites::CCW_IDS).map_or_else(|| part.line(), Part::line);
            (members.word(&super::sites::CCW_IDS).unwrap_or(fallback), line, part.range())
        }
        // A task that is an id and nothing else has no place for a state.
        None => (part.word().unwrap_or(fallback), part.line(), part.range()),
    });
    Some(found.collect())
}
