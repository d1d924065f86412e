//! What the performer of a task says of an attempt, beyond the exit code: read by whoever judges it.

use serde::{Deserialize, Serialize};

use super::outcome::LaunchFailure;

/// What the performer leaves behind when an attempt is over (`runs/<id>/reports/<task>.<n>.json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// How the work went.
    #[serde(flatten)]
    pub end: Reported,
    /// What the agent said and cost; absent where none was launched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Box<AgentUse>>,
    /// What went wrong and did not matter: a step that was passed over, a check that is prose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

impl Report {
    /// A report of work in which no agent took part.
    #[must_use]
    pub const fn of(end: Reported) -> Self {
        Self { end, agent: None, remarks: Vec::new() }
    }
}

/// How the work went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum Reported {
    /// It was done, and every check that could be run says so.
    Done,
    /// The agent or command ended with a code that is no success.
    Exited {
        /// Not one of those that are success.
        code: i32,
    },
    /// A signal ended the agent or command.
    Signalled {
        /// Its number.
        signal: i32,
    },
    /// The agent or command could not be launched.
    NotStarted {
        /// Why not.
        why: LaunchFailure,
    },
    /// The agent ended, but not with what it says when all is well.
    AgentFailed {
        /// In its words, or what is missing.
        why: String,
    },
    /// The agent was told to come back later.
    RateLimited {
        /// When, from now, where it was told.
        retry_after_ms: Option<u64>,
    },
    /// The agent is not signed in.
    NotSignedIn {
        /// The program that has to be signed in.
        program: String,
    },
    /// The conversation is longer than the agent can hold.
    OverContext,
    /// The agent says that it can't go on without a person.
    Blocked {
        /// In its words.
        reason: String,
    },
    /// A step that the plan asks for before the work did not succeed, twice.
    StepFailed {
        /// Its name.
        step: String,
        /// What happened.
        why: String,
    },
    /// The work went well, but a check that the task declares did not.
    ChecksFailed {
        /// The check.
        command: String,
        /// Its exit code; absent when it could not be run or a signal ended it.
        code: Option<i32>,
    },
    /// The task's own file can't be read as one.
    BadTaskFile {
        /// Relative to the workspace.
        file: String,
        /// What is wrong with it, with the line where there is one.
        why: String,
    },
}

/// What an agent said and cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AgentUse {
    /// Its name in the configuration.
    pub name: String,
    /// By which its conversation can be carried on.
    pub session: Option<String>,
    /// Millionths of a US dollar.
    pub cost_micros: Option<u64>,
    /// What it read and wrote.
    pub tokens: Option<Tokens>,
    /// The last thing it said, clipped.
    pub last_message: Option<String>,
}

/// What a model read and wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tokens {
    /// Read, what came from a cache included.
    pub input: u64,
    /// Written.
    pub output: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_as_it_was_written() {
        let check = |end: Reported| {
            let report = Report {
                agent: Some(Box::new(AgentUse {
                    name: "claude".to_owned(),
                    cost_micros: Some(12),
                    ..AgentUse::default()
                })),
                remarks: vec!["x".to_owned()],
                ..Report::of(end)
            };
            let text = serde_json::to_string(&report).unwrap();
            assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report, "{text}");
        };
        check(Reported::Done);
        check(Reported::RateLimited { retry_after_ms: Some(60_000) });
        check(Reported::NotStarted { why: LaunchFailure::NotFound { program: "claude".to_owned() } });
        check(Reported::ChecksFailed { command: "cargo test".to_owned(), code: None });
    }
}
