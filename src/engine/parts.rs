//! What an engine is made of.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, mpsc::Sender},
};

use super::scribe::Written;
use crate::{
    clock::Clock,
    journal::Journal,
    process::launcher::{Launcher, Report},
    run::{ProcessId, Specification},
    workspace::state::StateFolder,
};

/// Everything a run is turned with.
pub struct Parts {
    /// Where everything of ours lies. The folder of the run is there.
    pub state: StateFolder,
    /// Knows the run, which is queued.
    pub journal: Journal,
    /// What is to be done.
    pub spec: Arc<Specification>,
    /// Where children come from; its reports go to the inbox.
    pub launcher: Box<dyn Launcher>,
    /// The clock that the launcher has, too.
    pub clock: Arc<dyn Clock>,
    /// Holds the plans and everything children work on; absolute, without links in it.
    pub workspace: PathBuf,
    /// The asker's environment: what recipes may pass on.
    pub env: BTreeMap<String, String>,
    /// Who turns it.
    pub supervisor: ProcessId,
    /// Where those who work beside the engine leave word: its own inbox.
    pub inbox: Sender<Message>,
}

/// What reaches the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Of a child.
    Report(Report),
    /// There may be a request.
    Bell,
    /// The plan was written, or could not be; at last, nothing more.
    Written(Option<Box<Written>>),
    /// The system wants this process to end: the run is cancelled with grace.
    Terminate,
}
