//! How a task is done: by the program of its recipe, or by our own performer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::spec::ItemRef;
use crate::ids::{AttemptId, RunId};

/// How a task is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Work {
    /// The task's argument vector is the work, its exit code the end.
    #[default]
    Program,
    /// The performer: it reads the item's file when the attempt begins, does the steps that the file
    /// asks for, launches the agent or command, reads what it prints, runs the checks, and leaves a
    /// [`Report`](super::Report).
    Performed(Box<Performance>),
}

/// What the performer is told, frozen with the run. What the item's file says is read when it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Performance {
    /// What it moves; absent for a recipe that is about no item.
    pub subject: Option<Subject>,
    /// Who does the work.
    pub doer: Doer,
    /// Argument vectors of the recipe that must exit 0 afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Vec<String>>,
    /// Shell lines of the plan's own files may be run. Otherwise steps are left to the agent and checks
    /// are not run; both is said in the log.
    #[serde(default)]
    pub plan_commands: bool,
}

/// The item that is moved, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The word of the plan's dialect.
    pub dialect: String,
    /// The plan's main file or folder, relative to the workspace.
    pub plan: String,
    /// The folder of what belongs to the plan, relative to the workspace.
    pub folder: String,
    /// The item's id and title.
    pub item: ItemRef,
    /// The file that tells of it, relative to the workspace.
    pub file: String,
    /// Where in that file, when it holds other items too. Counts from 1.
    pub line: Option<usize>,
    /// Ids of the items that it needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
}

/// Who does the work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doer {
    /// The command of the recipe.
    Command {
        /// Program (an absolute path) and arguments.
        argv: Vec<String>,
        /// Bytes for its standard input; absent means null.
        stdin: Option<String>,
    },
    /// An agent of [`Specification::agents`](super::Specification::agents).
    Agent {
        /// The one that was asked for outright: nothing the plan says changes it.
        asked: Option<String>,
        /// The one that is taken when the item names none that is known.
        otherwise: String,
        /// The recipe's own prompt; absent means ours.
        prompt: Option<String>,
    },
}

/// An agent as it was when the run was created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Program (an absolute path, or a bare name that was not found) and arguments.
    pub argv: Vec<String>,
    /// How it is given its prompt.
    pub prompt: PromptBy,
    /// How what it prints is to be read.
    pub stream: Stream,
    /// Arguments that carry on a session, with `{session}`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resume: Vec<String>,
    /// Exit codes that are success.
    pub ok_exit: Vec<i32>,
}

/// How an agent is given its prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PromptBy {
    /// On standard input.
    Stdin,
    /// As the last argument, while it is short enough for one.
    Argument,
    /// As the path of a file, as the last argument.
    File,
}

/// How what an agent prints is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// Claude Code's events, and those of programs that print the same.
    Claude,
    /// Codex's events.
    Codex,
    /// Gemini's events.
    Gemini,
    /// OpenCode's events.
    Opencode,
    /// One JSON object a line, of whatever shape.
    Jsonl,
    /// As it stands.
    Text,
}

/// What one attempt of a performed task is told, on standard input, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// The run.
    pub run: RunId,
    /// The attempt.
    pub attempt: AttemptId,
    /// The task's title.
    pub title: String,
    /// The workspace, absolute.
    pub workspace: String,
    /// The run's folder, absolute: reports, prompts and earlier logs lie there.
    pub folder: String,
    /// What to do.
    pub performance: Performance,
    /// The agents that may be launched.
    pub agents: BTreeMap<String, Agent>,
}
