//! What someone wants of a run that goes on. A request is a row in the journal, and each is answered.

use serde::{Deserialize, Serialize};

use crate::ids::RunId;

/// A wish left for a run's supervisor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its number in the journal.
    pub id: i64,
    /// For whom.
    pub run: RunId,
    /// Who asked.
    pub by: String,
    /// What for.
    pub wish: Wish,
}

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wish", rename_all = "snake_case")]
pub enum Wish {
    /// End it: TERM, grace, KILL, sweep.
    Cancel {
        /// In the asker's words.
        reason: Option<String>,
    },
    /// End it now: KILL and sweep without grace.
    Kill {
        /// In the asker's words.
        reason: Option<String>,
    },
    /// Launch nothing more.
    Pause,
    /// Launch again.
    Unpause,
    /// Text for the standard input of the running task.
    Send {
        /// As it was typed.
        text: String,
    },
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// It was taken up.
    Done,
    /// It was not, for this reason.
    Refused {
        /// A sentence without a final full stop.
        why: String,
    },
}
