//! What is wrong with a plan file, where, and what would mend it. A problem is never an error.

use serde::{Deserialize, Serialize};

use super::types::Place;

/// Something wrong, found while reading.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Problem {
    /// How much it matters.
    pub severity: Severity,
    /// Stable, for scripts: see [`Code`].
    pub code: Code,
    /// What is wrong, in a sentence without a final full stop.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What would mend it, as an instruction.
    pub fix: String,
    /// A number that is stated at the place, and what it should be; for counts that disagree.
    pub counts: Option<Box<Counts>>,
}

/// A stated number, and what there is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Counts {
    /// As it is written.
    pub stated: String,
    /// As it is.
    pub actual: usize,
}

impl Problem {
    /// A problem with the severity its code has by nature.
    pub fn new(code: Code, place: Place, message: impl Into<String>, fix: impl Into<String>) -> Self {
        let (message, fix) = (message.into(), fix.into());
        Self { severity: code.severity(), code, message, place, fix, counts: None }
    }

    /// With the number that is stated there, and what it should be.
    #[must_use]
    pub fn with_counts(self, stated: impl Into<String>, actual: usize) -> Self {
        Self { counts: Some(Box::new(Counts { stated: stated.into(), actual })), ..self }
    }
}

/// How much a problem matters. The order is the weight: compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// The plan contradicts itself; what is shown is our best reading.
    Warning,
    /// Something could not be read, or the plan can't be worked through as it stands.
    Error,
}

impl Severity {
    /// The word in JSON and on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $severity:ident;)*) => {
        /// What kind of problem. The words are stable: scripts match on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code there is, for the documentation and its test.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable word.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// How much problems of this kind matter.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    /// A file is not UTF-8.
    NotUtf8 = "not-utf8", Error;
    /// A file is over the size that is read.
    TooLarge = "too-large", Error;
    /// A file or folder can't be opened.
    Unreadable = "unreadable", Error;
    /// A link leads out of the workspace or in a circle.
    LinkOutside = "link-outside", Error;
    /// Depth, number of files or total size reached its bound; the rest was not read.
    BoundReached = "bound-reached", Error;
    /// A file is not what its dialect asks for (broken JSON, broken front matter).
    Malformed = "malformed", Error;
    /// A plan folder holds no plan, or a plan holds no items.
    EmptyPlan = "empty-plan", Warning;
    /// Needs run in a circle.
    Circle = "circle", Error;
    /// A need names an item that does not exist.
    DanglingNeed = "dangling-need", Error;
    /// Two items of one id.
    DuplicateItem = "duplicate-item", Error;
    /// Two plans of one id.
    DuplicatePlan = "duplicate-plan", Warning;
    /// Two ids that become the same in file names (1.01 and 10.1).
    IdCollision = "id-collision", Warning;
    /// An id and the file that carries it disagree.
    NameMismatch = "name-mismatch", Warning;
    /// A state file names an item that the plan does not have.
    Orphan = "orphan", Warning;
    /// The index and the body of a plan disagree.
    IndexMismatch = "index-mismatch", Warning;
    /// A stated count differs from what is there.
    CountMismatch = "count-mismatch", Note;
    /// A status line says something else than what decided the state.
    StaleStatus = "stale-status", Note;
    /// Two sources of state disagree (TODO and JSON, box and word).
    Drift = "drift", Warning;
    /// Done although a need is not.
    DoneBeforeNeeds = "done-before-needs", Warning;
    /// A parent is done and a child is open.
    ParentDone = "parent-done", Warning;
    /// Tasks that may run together name the same file.
    ParallelConflict = "parallel-conflict", Warning;
    /// A group's order contradicts a need.
    GroupOrder = "group-order", Warning;
    /// A word for a state that means nothing to us.
    UnknownState = "unknown-state", Warning;
    /// An id that its dialect does not allow.
    BadId = "bad-id", Warning;
    /// A placeholder that nobody filled.
    Placeholder = "placeholder", Note;
}
