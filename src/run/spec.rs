//! The specification of a run: frozen when the run is created. Retry and re-run read only this.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    order::{Chosen, Gate},
    work::{Agent, Doer, Work},
};
use crate::{
    clock::Timestamp,
    ids::{ItemId, PlanId, RunId, TaskName, WorkflowName},
};

/// Everything a run needs to know. Serialized with a version: the journal keeps it for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Specification {
    /// [`Specification::VERSION`] of the program that wrote it.
    pub version: u32,
    /// The run this belongs to.
    pub run: RunId,
    /// How the plan is moved on.
    pub workflow: WorkflowName,
    /// The plan with a copy of its title, so that history stays readable when the plan is gone.
    pub plan: Option<PlanRef>,
    /// The item, where the workflow moves a single one.
    pub item: Option<ItemRef>,
    /// Inputs given with `--param` or the form.
    pub params: Map<String, Value>,
    /// In plan order. Every need names another task of this list; the graph has no circle.
    pub tasks: Vec<Task>,
    /// Points that tasks wait at together; [`Task::gates`] names them by position.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// How a whole plan is run; absent where the run is no whole plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<Chosen>,
    /// How many attempts may run at once; at least 1.
    pub slots: usize,
    /// Stop everything at the first failure.
    pub fail_fast: bool,
    /// Folders and files (relative to the workspace, `**` allowed) whose changes are deliverables.
    pub deliverables: Vec<String>,
    /// SHA-256 of the plan's main file when the run was created.
    pub plan_hash: Option<String>,
    /// The commit checked out when the run was created.
    pub git_commit: Option<String>,
    /// Who asked, from where.
    pub asked_by: Origin,
    /// When.
    pub created_at: Timestamp,
    /// The run that this one retries.
    pub parent: Option<RunId>,
    /// The asker's file mode creation mask, which children get (what we write is 0600 regardless).
    pub umask: u32,
    /// Most bytes of log a task keeps: the head and the newest tail.
    pub max_log_bytes: u64,
    /// Feeds the jitter of back-offs, so that a simulated life can be lived again.
    pub seed: u64,
    /// The agents that the performer may launch, by their names in the configuration.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub agents: BTreeMap<String, Agent>,
    /// Between the starts of agents.
    #[serde(default, with = "millis")]
    pub stagger: Duration,
}

impl Specification {
    /// The version this program writes.
    pub const VERSION: u32 = 1;

    /// The task of this name.
    #[must_use]
    pub fn task(&self, name: &TaskName) -> Option<&Task> {
        self.tasks.iter().find(|task| task.name == *name)
    }

    /// The program and arguments that do a task's work: those that people know, not our performer's.
    #[must_use]
    pub fn command<'a>(&'a self, task: &'a Task) -> &'a [String] {
        match &task.work {
            Work::Program => &task.argv,
            Work::Performed(performance) => match &performance.doer {
                Doer::Command { argv, .. } => argv,
                Doer::Agent { asked, otherwise, .. } => {
                    let name = asked.as_ref().unwrap_or(otherwise);
                    self.agents.get(name).map_or(&task.argv, |agent| &agent.argv)
                }
            },
        }
    }
}

/// A plan as it was when the run was created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRef {
    /// Its id then.
    pub id: PlanId,
    /// Its title then.
    pub title: String,
    /// The word of its dialect.
    pub dialect: String,
    /// Its main file or folder, relative to the workspace.
    pub path: String,
}

/// An item as it was when the run was created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRef {
    /// Its id then.
    pub id: ItemId,
    /// Its title then.
    pub title: String,
}

/// Who asked for something, from where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The user's name.
    pub user: String,
    /// `deck`, `cli` or `replay`.
    pub face: String,
    /// The process that asked.
    pub pid: u32,
}

/// One node of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Unique in the run; also a part of file names, so it holds only `[A-Za-z0-9._-]`.
    pub name: TaskName,
    /// For people.
    pub title: String,
    /// The item of the plan that it moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemId>,
    /// How often runs that this one carries on have tried it: its attempts are numbered from there.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tried: u32,
    /// Its success is written into the plan's files.
    #[serde(default, skip_serializing_if = "is_false")]
    pub write_back: bool,
    /// Program and arguments; the program is an absolute path, looked up once. Never a shell line.
    pub argv: Vec<String>,
    /// Tasks that must have succeeded before.
    pub needs: Vec<TaskName>,
    /// Tasks that must be over before, however they ended. A name that is not in the list is over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<TaskName>,
    /// Positions in [`Specification::gates`] of what it stands behind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<usize>,
    /// The group of the plan it came from.
    pub group: Option<String>,
    /// Working directory, absolute, inside the workspace.
    pub cwd: String,
    /// Names and values set for the child. Never a secret's value.
    pub env: BTreeMap<String, String>,
    /// Names (with `*`) taken from the asker's environment at launch.
    pub pass_env: Vec<String>,
    /// Bytes given to the child; absent means null. Never the terminal.
    pub stdin: Option<String>,
    /// Its standard input stays open after these bytes, for what is sent to it while it runs.
    #[serde(default)]
    pub open_stdin: bool,
    /// How its output is caught.
    pub capture: Capture,
    /// When it is stopped.
    pub limits: Limits,
    /// Whether and when it is tried again.
    pub retries: Retries,
    /// Daemons it starts may stay.
    pub leave_running: bool,
    /// Regular expressions that make exit 0 a failure when the output matches one.
    pub fail_on: Vec<String>,
    /// How it is done.
    #[serde(default)]
    pub work: Work,
    /// The recipe it was made from and, behind an `@`, its agent: `subplan`, `task@claude`. Tasks of one
    /// recipe are alike, so that how long they took says how long the next one may take. Empty in
    /// specifications that were written before this was kept.
    #[serde(default)]
    pub recipe: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
const fn is_false(it: &bool) -> bool {
    !*it
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
const fn is_zero(it: &u32) -> bool {
    *it == 0
}

/// How output is caught.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Capture {
    /// One pipe for both streams: order exact, stream unknown.
    #[default]
    Pipe,
    /// Two pipes: stream known, order approximate.
    Split,
    /// The child holds the log file itself.
    File,
    /// A pseudo-terminal.
    Tty,
}

/// When an attempt is stopped, in whole milliseconds in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Wall time; absent means no limit.
    #[serde(with = "millis_option")]
    pub wall: Option<Duration>,
    /// Time without any output; absent means no limit.
    #[serde(with = "millis_option")]
    pub idle: Option<Duration>,
    /// From TERM to KILL.
    #[serde(with = "millis")]
    pub grace: Duration,
}

/// Whether and when a task is tried again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retries {
    /// Attempts beyond the first.
    pub max: u32,
    /// Before the first retry; doubles with each further one.
    #[serde(with = "millis")]
    pub backoff: Duration,
    /// Which ends are worth another try.
    pub on: Vec<RetryOn>,
    /// Attempts beyond the first for an agent whose conversation grew too long, each with a shorter prompt.
    #[serde(default)]
    pub context: u32,
    /// Attempts beyond the first for a task file that can't be read: somebody may be writing it.
    #[serde(default)]
    pub task_file: u32,
    /// How long an agent that was told to come back later waits when it was not told when; doubles.
    #[serde(default = "a_minute", with = "millis")]
    pub wait: Duration,
}

impl Retries {
    /// No second try.
    #[must_use]
    pub const fn none() -> Self {
        Self { max: 0, backoff: Duration::ZERO, on: Vec::new(), context: 0, task_file: 0, wait: a_minute() }
    }
}

const fn a_minute() -> Duration {
    Duration::from_mins(1)
}

/// An end that a retry may mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryOn {
    /// A non-zero exit, a signal, a declared failure pattern, or a failed start.
    Failed,
    /// Wall or idle time was up.
    TimedOut,
}

mod millis {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

mod millis_option {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    #[expect(clippy::ref_option, reason = "the shape that serde's `with` asks for")]
    pub fn serialize<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        duration.map(|it| u64::try_from(it.as_millis()).unwrap_or(u64::MAX)).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(deserializer)?.map(Duration::from_millis))
    }
}
