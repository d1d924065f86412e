//! What is claimed and what is proven: for each item that is ticked, what was found of its work, and
//! for each that is not, whether its work is there all the same.
//!
//! Pure and deterministic: the history of the repository, the files and the runs are given. Evidence
//! is what can be pointed at: a file that the item names and that changed after the item was written
//! down, a commit that names its id and touches more than the plan, a run that ended well, a check
//! that exited 0. Nothing here judges whether the work is any good.

mod history;
mod names;
#[cfg(test)]
mod tests;

pub use history::{Commit, History};

use std::collections::HashSet;

use history::{Messages, Origin};

use super::{
    listing::Listing,
    types::{Dialect, DocumentKind, Item, ItemState, Plan},
};
use crate::ids::ItemId;

/// What there is to look at.
pub struct Facts<'a> {
    /// What was committed; nothing where there is no history.
    pub history: Option<&'a History>,
    /// The texts of the plan's own files.
    pub texts: &'a Listing,
    /// Whether a file of this path is in the workspace.
    pub exists: &'a dyn Fn(&str) -> bool,
    /// Runs of ours that ended well.
    pub runs: &'a [RunFact],
    /// Ids that other plans of the workspace use too: a commit has to say which plan it means.
    pub shared_ids: &'a HashSet<ItemId>,
}

/// Something that ended well in a run of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFact {
    /// The item it was for.
    pub item: ItemId,
    /// [`EvidenceKind::Run`] or [`EvidenceKind::Check`].
    pub kind: EvidenceKind,
    /// The run, and what of it.
    pub detail: String,
}

/// What a piece of evidence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceKind {
    /// A file that the item names.
    File,
    /// A commit that names the item.
    Commit,
    /// A run for the item that succeeded.
    Run,
    /// A check of such a run that exited 0.
    Check,
}

impl EvidenceKind {
    /// The word in JSON and on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Commit => "commit",
            Self::Run => "run",
            Self::Check => "check",
        }
    }
}

/// Something that was found of an item's work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// The file, the commit or the run, and what of it; one line.
    pub detail: String,
}

/// An item with what was found of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemProof {
    /// The item.
    pub item: ItemId,
    /// Its title.
    pub title: String,
    /// How the plan has it.
    pub state: ItemState,
    /// What was found; files first, then commits, runs and checks.
    pub evidence: Vec<Evidence>,
    /// How what was found stands to what the plan says.
    pub standing: Standing,
}

/// How what was found stands to what the plan says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Ticked, and something was found.
    Proven,
    /// Ticked, and nothing was found.
    Phantom,
    /// Not ticked, and its work was found.
    Forgotten,
    /// Not ticked, and no work was found that would say otherwise.
    Open,
}

impl Standing {
    /// The word in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Phantom => "phantom",
            Self::Forgotten => "forgotten",
            Self::Open => "open",
        }
    }
}

/// Most commits that are told of one item; the newest.
const COMMITS_TOLD: usize = 3;

/// What was found of each item that is work itself and not skipped, in plan order.
pub fn prove(plan: &Plan, facts: &Facts<'_>) -> Vec<ItemProof> {
    let messages = facts.history.map(Messages::of);
    let items = plan.leaves().filter(|item| item.state != ItemState::Skipped);
    items.map(|item| Search { plan, facts, messages: messages.as_ref(), item }.proof()).collect()
}

struct Search<'a> {
    plan: &'a Plan,
    facts: &'a Facts<'a>,
    messages: Option<&'a Messages>,
    item: &'a Item,
}

impl Search<'_> {
    fn proof(&self) -> ItemProof {
        let origin = self.facts.history.map(|it| it.origin(self.plan, self.item));
        let (mut evidence, all_files) = self.files(origin);
        evidence.extend(self.commits(origin));
        evidence.extend(self.runs());
        let done = self.item.state == ItemState::Done;
        // A file that an open item names may have been there for another reason; all of them changed
        // after the item was written down is more than chance.
        let found = evidence.iter().any(|it| it.kind != EvidenceKind::File) || all_files;
        let standing = match () {
            () if done && evidence.is_empty() => Standing::Phantom,
            () if done => Standing::Proven,
            () if found && is_untouched(self.item.state) => Standing::Forgotten,
            () => Standing::Open,
        };
        let Item { id, title, state, .. } = self.item;
        ItemProof { item: id.clone(), title: title.clone(), state: *state, evidence, standing }
    }

    /// The named files that changed after the item was written down, and whether that is all of them.
    fn files(&self, origin: Option<Origin>) -> (Vec<Evidence>, bool) {
        if self.plan.dialect == Dialect::Methodology {
            return (self.work_logs(), false);
        }
        let named = names::named_files(self.plan, self.item, self.facts.texts);
        let found: Vec<Evidence> = named.iter().filter_map(|path| self.file(path, origin)).collect();
        // Without a history nobody knows whether a file is older than the item.
        let all =
            origin.is_some_and(|it| it != Origin::Unknown) && !found.is_empty() && found.len() == named.len();
        (found, all)
    }

    /// The methodology's own evidence of work are its work logs; the approval is the claim itself.
    fn work_logs(&self) -> Vec<Evidence> {
        let logs = self.item.documents.iter();
        let logs = logs.filter(|it| matches!(it.kind, DocumentKind::Execution | DocumentKind::Resolution));
        logs.map(|it| evidence(EvidenceKind::File, format!("{} is there", it.path))).collect()
    }

    fn file(&self, path: &str, origin: Option<Origin>) -> Option<Evidence> {
        let inside_plan = format!("{}/{path}", self.plan.folder);
        let path = [path, &inside_plan].into_iter().find(|it| (self.facts.exists)(it))?;
        let Some((history, origin)) = self.facts.history.zip(origin) else {
            let detail = format!("{path} is there; without a history nobody can say since when");
            return Some(evidence(EvidenceKind::File, detail));
        };
        if history.is_changed_now(path) {
            return Some(evidence(EvidenceKind::File, format!("{path} has changes that are not committed")));
        }
        let commit = history.last_change(path).filter(|at| origin.is_before(*at))?;
        let Commit { id, .. } = &history.commits[commit];
        Some(evidence(EvidenceKind::File, format!("{path} changed in {}", short(id))))
    }

    /// Commits that name the item and touch more than the plan's own files.
    fn commits(&self, origin: Option<Origin>) -> Vec<Evidence> {
        let (Some(history), Some(messages), Some(origin)) = (self.facts.history, self.messages, origin)
        else {
            return Vec::new();
        };
        let named = names::named_files(self.plan, self.item, self.facts.texts);
        let naming = messages.naming(self.item.id.as_str()).iter().copied();
        let telling = naming.filter(|at| origin.is_before(*at)).filter(|at| {
            let commit = &history.commits[*at];
            let beyond_plan = commit.files.iter().any(|file| !self.plan.owns(file));
            beyond_plan && (self.is_unmistakable() || self.means_this_plan(commit, &named))
        });
        let mut found: Vec<usize> = telling.collect();
        found.reverse();
        found.truncate(COMMITS_TOLD);
        let tell = |at: usize| {
            let Commit { id, message, .. } = &history.commits[at];
            let subject = message.lines().next().unwrap_or_default().trim();
            evidence(EvidenceKind::Commit, format!("{} {subject}", short(id)))
        };
        found.into_iter().map(tell).collect()
    }

    /// An id with letters in it that no other plan has.
    fn is_unmistakable(&self) -> bool {
        let id = self.item.id.as_str();
        id.contains(|it: char| it.is_alphabetic()) && !self.facts.shared_ids.contains(&self.item.id)
    }

    fn means_this_plan(&self, commit: &Commit, named: &[String]) -> bool {
        let message = commit.message.to_lowercase();
        message.contains(&self.plan.id.as_str().to_lowercase())
            || commit.files.iter().any(|file| self.plan.owns(file) || named.contains(file))
    }

    fn runs(&self) -> Vec<Evidence> {
        let own = self.facts.runs.iter().filter(|it| it.item == self.item.id);
        own.map(|it| evidence(it.kind, it.detail.clone())).collect()
    }
}

/// Nobody has said that somebody is at it.
const fn is_untouched(state: ItemState) -> bool {
    matches!(state, ItemState::Pending | ItemState::Ready | ItemState::Blocked | ItemState::Unknown)
}

fn evidence(kind: EvidenceKind, detail: String) -> Evidence {
    Evidence { kind, detail }
}

fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}
