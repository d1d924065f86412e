//! In what order the tasks of a run are launched, beyond what each of them needs.

use serde::{Deserialize, Serialize};

use crate::ids::TaskName;

/// How a whole plan is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strategy {
    /// One task at a time, in plan order.
    Sequential,
    /// One task at a time, but for those that the plan lists as companions.
    Mixed,
    /// Whatever its needs allow, the longest chain first.
    Parallel,
    /// Phase by phase; inside of one as the plan says.
    Phased,
    /// Feature by feature, one task at a time: red, green, refactor.
    Tdd,
    /// Nothing was said: what has no needs and is of one group runs side by side, the rest in order.
    Fallback,
}

impl Strategy {
    /// Every strategy.
    pub const ALL: [Self; 6] =
        [Self::Sequential, Self::Mixed, Self::Parallel, Self::Phased, Self::Tdd, Self::Fallback];

    /// The word in JSON, in the command line and on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sequential => "sequential",
            Self::Mixed => "mixed",
            Self::Parallel => "parallel",
            Self::Phased => "phased",
            Self::Tdd => "tdd",
            Self::Fallback => "fallback",
        }
    }

    /// The strategy of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }

    /// Among tasks that could begin, the first in plan order does, however long a chain waits for
    /// another one.
    #[must_use]
    pub const fn keeps_plan_order(self) -> bool {
        matches!(self, Self::Sequential | Self::Mixed | Self::Tdd | Self::Fallback)
    }

    /// No two tasks at once, unless somebody asks for slots by hand.
    #[must_use]
    pub const fn is_one_at_a_time(self) -> bool {
        matches!(self, Self::Sequential | Self::Tdd)
    }
}

/// The strategy of a run, and who chose it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Which.
    pub strategy: Strategy,
    /// The file or flag that decided it, in words: `IMPL_PLAN.md:41 says "Phased (4 waves)"`.
    pub from: String,
}

/// A point that a run passes once. What stands behind it waits for all that stands before it.
///
/// Two phases of a thousand tasks each would need a million edges; a gate needs two thousand names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// What has to be passed, for people: `phase 2: Foundation`.
    pub name: String,
    /// The tasks before it. A name that is not in the list is passed already.
    pub after: Vec<TaskName>,
    /// Those must have succeeded; else it is enough that they are over.
    pub must_succeed: bool,
}
