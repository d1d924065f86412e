//! What is asked for, and what has to be known to answer.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde_json::{Map, Value};

use super::builtin::SCRIPTS;
use crate::{
    clock::Timestamp,
    config::Config,
    ids::{ItemId, RunId, WorkflowName},
    run::{Limits, Strategy, spec::Origin},
};

/// A wish to move a plan on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ask {
    /// `next`, `subplan`, `execution`, `task`, or one of the configuration.
    pub workflow: Option<WorkflowName>,
    /// Items as they were typed; more than one makes a task of each.
    pub items: Vec<ItemId>,
    /// `--param`: names and texts, read by the declared type.
    pub params: Vec<(String, String)>,
    /// `--input`: values that are typed already. A `--param` of the same name wins.
    pub input: Map<String, Value>,
    /// Wall time instead of the recipe's; zero means none.
    pub timeout: Option<Duration>,
    /// Idle time instead of the recipe's; zero means none.
    pub idle_timeout: Option<Duration>,
    /// How many tasks may run at once, instead of the configuration's.
    pub slots: Option<usize>,
    /// How a whole plan is run, instead of what the plan says itself.
    pub strategy: Option<Strategy>,
    /// Stop everything at the first failure.
    pub fail_fast: bool,
    /// The agent that does the items, whatever the recipe or the plan says.
    pub agent: Option<String>,
    /// Shell lines that the plan's own files hold may be run.
    pub plan_commands: bool,
}

impl Ask {
    /// The next step of a plan.
    #[must_use]
    pub fn next() -> Self {
        Self::of("next")
    }

    /// A workflow on nothing in particular.
    #[must_use]
    pub fn of(workflow: &str) -> Self {
        Self { workflow: Some(workflow.into()), ..Self::default() }
    }

    /// A workflow on one item.
    #[must_use]
    pub fn on(workflow: &str, item: &ItemId) -> Self {
        Self { items: vec![item.clone()], ..Self::of(workflow) }
    }

    /// Puts the limits that were asked for in the place of a task's own.
    pub(super) fn limit(&self, limits: &mut Limits) {
        let limit = |given: Duration| (given > Duration::ZERO).then_some(given);
        limits.wall = self.timeout.map_or(limits.wall, limit);
        limits.idle = self.idle_timeout.map_or(limits.idle, limit);
    }

    /// The workflow; `next` when none is named.
    pub(super) fn name(&self) -> WorkflowName {
        self.workflow.clone().unwrap_or_else(|| "next".into())
    }
}

/// What is known of the workspace and the machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The workspace's folder, absolute, without a final slash.
    pub workspace: String,
    /// The path of this program.
    pub own_program: String,
    /// Those of [`Wanted::programs`] that are in PATH, with their absolute paths.
    pub programs: BTreeMap<String, String>,
    /// Those of [`Wanted::scripts`] that exist.
    pub scripts: BTreeSet<String>,
    /// The texts of those of [`Wanted::texts`] that exist.
    pub texts: BTreeMap<String, String>,
    /// Those of [`documents`](super::documents) that are not there.
    pub absent: BTreeSet<String>,
    /// How many cores there are, for `slots = 0`.
    pub cores: usize,
}

/// What a caller has to look up to fill in [`Facts`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Names to look up in PATH.
    pub programs: BTreeSet<String>,
    /// Files of the workspace whose existence counts, relative to it.
    pub scripts: BTreeSet<String>,
    /// Files of the workspace whose text counts, relative to it.
    pub texts: BTreeSet<String>,
}

/// What has to be looked up, whatever is asked for.
#[must_use]
pub fn wanted(config: &Config) -> Wanted {
    let recipes = config.workflow.values();
    let agents = config.agents();
    let commands = recipes
        .clone()
        .flat_map(|recipe| recipe.command.iter().chain(&recipe.checks))
        .chain(agents.values().map(|agent| &agent.command));
    let is_bare = |program: &&String| !program.contains('/');
    let mut programs: BTreeSet<String> =
        commands.filter_map(|it| it.first()).filter(is_bare).cloned().collect();
    programs.insert("python3".to_owned());
    Wanted {
        programs,
        scripts: SCRIPTS.iter().map(|(_, path)| (*path).to_owned()).collect(),
        texts: recipes.filter_map(|recipe| recipe.prompt_file.clone()).collect(),
    }
}

/// What is decided outside at the moment a run is created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The new run's id.
    pub run: RunId,
    /// Now.
    pub created_at: Timestamp,
    /// Who asks, from where.
    pub origin: Origin,
    /// The asker's file mode creation mask.
    pub umask: u32,
    /// The commit checked out.
    pub git_commit: Option<String>,
    /// SHA-256 of the plan's main file.
    pub plan_hash: Option<String>,
    /// Feeds the jitter of back-offs.
    pub seed: u64,
}
