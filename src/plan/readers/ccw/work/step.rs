//! The steps that a task wants done before the work, `pre_analysis`.

use serde_json::Value;

use super::{command::Command, lines, text};

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowStep {
    /// What it is called; its number when it has no name.
    pub name: String,
    /// What it is for, in words.
    pub action: Option<String>,
    /// What is done, in order. Nothing for a step that is only words: those are for the agent.
    pub commands: Vec<Command>,
    /// The name under which later steps and the work find its result.
    pub output_to: Option<String>,
    /// What its failure means, where it says so.
    pub on_error: Option<OnError>,
}

/// What the failure of a step means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnError {
    /// The task fails.
    Fail,
    /// It goes on, with nothing for a result.
    Skip,
    /// It goes on, with what there is of the result.
    Continue,
    /// A person has to decide.
    Manual,
}

impl OnError {
    /// What a word of the format means; nothing for a word that nobody uses.
    fn read(word: &str) -> Option<Self> {
        Some(match word.trim().to_ascii_lowercase().as_str() {
            // Every step that fails is tried once more, so `retry_once` says nothing of its own.
            "fail" | "retry_once" | "abort" | "stop" => Self::Fail,
            "skip_optional" | "skip" | "ignore" => Self::Skip,
            "continue" | "warn" => Self::Continue,
            "manual_intervention" | "manual" => Self::Manual,
            _ => return None,
        })
    }
}

pub(super) fn steps(value: &Value) -> Vec<FlowStep> {
    let elements = value.as_array().map(Vec::as_slice).unwrap_or_default();
    elements.iter().enumerate().map(|(at, value)| step(at + 1, value)).collect()
}

fn step(number: usize, value: &Value) -> FlowStep {
    let written = [&value["command"], &value["commands"]];
    let commands = match value {
        Value::String(line) => vec![Command::read(line)],
        _ => written.iter().flat_map(|it| lines(it)).map(|it| Command::read(&it)).collect(),
    };
    let name = text(&value["step"]).or_else(|| text(&value["name"])).unwrap_or_else(|| number.to_string());
    FlowStep {
        name,
        action: text(&value["action"]).or_else(|| text(&value["description"])),
        commands,
        output_to: text(&value["output_to"]),
        on_error: value["on_error"].as_str().and_then(OnError::read),
    }
}

/// Whether a text refers to the result of this name: `[name]`, `{{name}}`, `${name}`.
pub(super) fn names(text: &str, name: &str) -> bool {
    [format!("[{name}]"), format!("{{{{{name}}}}}"), format!("${{{name}}}")]
        .iter()
        .any(|it| text.contains(it))
}
