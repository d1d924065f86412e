//! Looks at the plans, each with the memory of those before it.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use super::{
    context::Context,
    failure::Failure,
    plans::{Plans, read_plans},
};
use crate::{
    clock::Clock,
    config,
    plan::{ALSO_WALKED, Memory, ROOTS},
    workspace::{Watched, kept, state::StateFolder},
};

/// Fewer plans than this are read again sooner than they are written down.
const MANY: usize = 16;

/// What the looks of one process have in common; and, in the state folder, those of several.
#[derive(Debug)]
pub struct Looks {
    state: StateFolder,
    program: PathBuf,
    memory: OnceLock<Arc<Memory>>,
    last: Mutex<Option<(Look, Arc<Plans>)>>,
    /// Held by whoever looks: another one finds what has been read then.
    turn: Mutex<()>,
}

/// What a look saw, by which it can be told that another one sees the same.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Look {
    /// Of all files; absent where a change could go unseen.
    pub print: Option<u64>,
    /// Which files were looked for, and what for.
    pub config: config::Plans,
    /// How many bounds were reached.
    pub problems: usize,
}

impl Looks {
    /// Of a workspace with this state folder, by this program.
    pub fn new(state: StateFolder, program: PathBuf) -> Self {
        Self { state, program, memory: OnceLock::new(), last: Mutex::new(None), turn: Mutex::new(()) }
    }

    pub(super) fn memory(&self) -> Arc<Memory> {
        let begin = || {
            let bytes = kept::read(&self.state, &self.program);
            Arc::new(bytes.and_then(Memory::read).unwrap_or_default())
        };
        Arc::clone(self.memory.get_or_init(begin))
    }

    /// The plans of the last look, when this one sees the same.
    pub(super) fn same(&self, look: &Look) -> Option<Arc<Plans>> {
        let last = self.last();
        let (before, plans) = last.as_ref()?;
        (look.print.is_some() && before == look).then(|| Arc::clone(plans))
    }

    pub(super) fn take(&self, look: Look, plans: &Arc<Plans>) {
        *self.last() = Some((look, Arc::clone(plans)));
    }

    fn last(&self) -> MutexGuard<'_, Option<(Look, Arc<Plans>)>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a workspace's plans are: all that reading them needs, for a thread of its own.
#[derive(Clone)]
pub struct Source {
    root: PathBuf,
    state: StateFolder,
    config: config::Plans,
    looks: Arc<Looks>,
    clock: Arc<dyn Clock>,
}

impl Source {
    /// The workspace of a context, with the settings it has now.
    pub fn of(context: &Context<'_>) -> Self {
        Self {
            root: context.root.clone(),
            state: context.state.clone(),
            config: context.config().plans.clone(),
            looks: Arc::clone(&context.looks),
            clock: Arc::clone(&context.clock),
        }
    }

    /// Reads every plan, of what has not changed since the last look what was read then.
    ///
    /// # Errors
    /// As [`super::load`].
    pub fn read(&self) -> Result<Arc<Plans>, Failure> {
        let _turn = self.looks.turn.lock().unwrap_or_else(PoisonError::into_inner);
        read_plans(&self.root, &self.config, &self.looks, self.clock.wall())
    }

    /// Writes down for other processes what was read, when there is much of it.
    pub fn remember(&self) {
        let memory = self.looks.memory();
        if memory.fresh() >= MANY {
            // Without it the next process reads the plans again.
            let _ = kept::write(&self.state, &self.looks.program, &memory.write());
        }
    }

    /// What is to be watched to hear of changes.
    pub fn watched(&self) -> Watched {
        let folders = folders(&self.config).into_iter().map(str::to_owned).collect();
        Watched { root: self.root.clone(), folders, state: self.state.root().to_owned() }
    }
}

/// The folders directly in a workspace that may hold plans.
pub(super) fn folders(config: &config::Plans) -> Vec<&str> {
    let mut folders = [ROOTS, ALSO_WALKED].concat();
    folders.extend(config.include.iter().map(|it| first_folder(it)));
    folders
}

/// The folder of the workspace that a path or pattern begins with; any, when that is a pattern too.
fn first_folder(pattern: &str) -> &str {
    let first = pattern.split('/').next().unwrap_or(pattern);
    if first.contains(['*', '?', '[', '{']) { "*" } else { first }
}
