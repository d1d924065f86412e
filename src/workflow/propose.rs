//! What a confirmation says before anything starts.

use std::time::Duration;

use super::recipe::RecipeFrom;
use crate::run::Schedule;

/// What is about to be run, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// `Create SUBPLAN for 2.3`.
    pub title: String,
    /// The file or line that decided it.
    pub why: Option<String>,
    /// Program and arguments of the first task.
    pub command: Vec<String>,
    /// What will be there afterwards.
    pub product: Product,
    /// Where the recipe comes from.
    pub from: RecipeFrom,
    /// Wall time of the first task.
    pub timeout: Option<Duration>,
    /// How many tasks there are, checks included.
    pub tasks: usize,
    /// The schedule, where a whole plan is run.
    pub schedule: Option<Schedule>,
}

/// What a run leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Product {
    /// This file, relative to the workspace.
    File(String),
    /// A prompt, in its log.
    Prompt,
    /// What the recipe does is its own.
    Unknown,
}

impl Proposal {
    /// One sentence: what, what comes of it, and why.
    #[must_use]
    pub fn sentence(&self) -> String {
        let product = match &self.product {
            Product::File(path) => format!(": writes {path}"),
            Product::Prompt => ": prints a prompt".to_owned(),
            Product::Unknown => String::new(),
        };
        let why = self.why.as_deref().map(|why| format!(", because of {why}")).unwrap_or_default();
        crate::text::plain(&format!("{}{product}{why}", self.title)).into_owned()
    }

    /// What should be known about the choice of the recipe, where there is anything.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        match &self.from {
            RecipeFrom::Script { path, over_configured: true } => {
                Some(format!("the workspace's own {path} is used, not the recipe of plandeck.toml"))
            }
            _ => None,
        }
    }
}
