//! Where items stand, and the texts of those places as they are now.

use std::{
    collections::{BTreeSet, HashMap},
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    ids::ItemId,
    plan::{
        Dialect, Item, Plan, beside, dialect_wants,
        listing::{Listing, Want, parent},
        read_as,
    },
    run::PlanRef,
    workspace::{Bounds, Scan},
};

/// Finds the items of one plan in its files, reading no more of them than those that hold the items.
#[derive(Debug)]
pub struct Finder {
    root: PathBuf,
    dialect: Dialect,
    plan: PlanRef,
    /// Which file each item stands in, once the whole plan was read.
    files: Option<HashMap<ItemId, String>>,
    /// What is looked into beside the items' own files.
    beside: Vec<String>,
}

/// A plan as far as some items of it need it, and the texts it was read from.
pub struct Page {
    pub plan: Plan,
    pub texts: Listing,
}

impl Finder {
    pub fn new(root: &Path, dialect: Dialect, plan: &PlanRef) -> Self {
        let (root, plan) = (root.to_owned(), plan.clone());
        Self { root, dialect, plan, files: None, beside: Vec::new() }
    }

    /// The plan with at least these items, as it stands now.
    ///
    /// # Errors
    /// When a file can't be read, or the plan is not there any more.
    pub fn page(&mut self, items: &[&ItemId]) -> io::Result<Page> {
        let files = self.files_of(items)?;
        let mut texts = Listing::new();
        for file in &files {
            if let Some(text) = self.text(file)? {
                texts = texts.with(file, &text);
            }
        }
        match self.read(&texts) {
            Some(plan) => Ok(Page { plan, texts }),
            None => Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("{} is no plan any more", self.plan.path),
            )),
        }
    }

    /// The plan's files have moved: where items stand is looked up anew.
    pub fn forget(&mut self) {
        self.files = None;
    }

    /// True when an item was read from the file it stands in. A session whose one task file is broken
    /// reads as if it had nothing but its list.
    pub fn is_at_its_place(&self, item: &Item) -> bool {
        self.is_one_file() || self.place(&item.id) == Some(&item.place.file)
    }

    /// Why an item can't be found.
    pub fn lost(&self, item: &ItemId) -> String {
        match self.place(item) {
            Some(file) => format!("{file} does not hold {item} any more, or can't be read"),
            None => format!("{item} is not in the plan any more"),
        }
    }

    fn place(&self, item: &ItemId) -> Option<&String> {
        self.files.as_ref()?.get(item)
    }

    /// The folder that holds what belongs to the plan.
    pub fn folder(&self) -> &str {
        // A plan's path is its main file, or its folder where it has none.
        let is_file =
            self.is_one_file() || [".md", ".yml", ".yaml"].iter().any(|it| self.plan.path.ends_with(it));
        if is_file { parent(&self.plan.path) } else { &self.plan.path }
    }

    pub fn is_one_file(&self) -> bool {
        !matches!(self.dialect, Dialect::Ccw | Dialect::Backlog | Dialect::Compozy)
    }

    fn files_of(&mut self, items: &[&ItemId]) -> io::Result<BTreeSet<String>> {
        if self.is_one_file() {
            return Ok(BTreeSet::from([self.plan.path.clone()]));
        }
        if self.files.is_none() {
            self.look_everywhere()?;
        }
        let known = self.files.as_ref().expect("it was looked up just now");
        let own = items.iter().filter_map(|item| known.get(*item)).cloned();
        Ok(own.chain(self.beside.iter().cloned()).collect())
    }

    /// Reads the whole plan once, and keeps of it where its items stand.
    fn look_everywhere(&mut self) -> io::Result<()> {
        let (plan, _) = self.whole()?;
        self.beside = beside(&plan);
        self.files = Some(plan.items.into_iter().map(|item| (item.id, item.place.file)).collect());
        Ok(())
    }

    /// The whole plan, and all its texts.
    ///
    /// # Errors
    /// When it is not there any more.
    pub fn whole(&self) -> io::Result<(Plan, Listing)> {
        let folder = self.folder().to_owned();
        let below = |path: &str| path.strip_prefix(folder.as_str()).is_some_and(|it| it.starts_with('/'));
        let wants = |path: &str| match () {
            () if !below(path) => Want::Nothing,
            () => dialect_wants(self.dialect, path),
        };
        let first = folder.split('/').next().unwrap_or_default();
        let scan = Scan { root: &self.root, folders: &[first], wants: &wants, bounds: Bounds::default() };
        let listing = scan.run().listing;
        let plan = self.read(&listing).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        Ok((plan, listing))
    }

    fn read(&self, texts: &Listing) -> Option<Plan> {
        let place = if self.is_one_file() { self.plan.path.as_str() } else { self.folder() };
        let mut plans = read_as(self.dialect, texts, place).plans;
        let by_id = plans.iter().position(|plan| plan.id == self.plan.id);
        let at = by_id.or_else(|| (plans.len() == 1).then_some(0))?;
        Some(plans.swap_remove(at))
    }

    /// The text of a file of the workspace; nothing when there is none.
    fn text(&self, file: &str) -> io::Result<Option<String>> {
        let path = self.root.join(file);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io::Error::new(error.kind(), format!("{file}: {error}"))),
        }
    }
}
