//! What a task's own file asks for: read when the task is about to be done, not when the plan is.
//!
//! The four generations of the format say the same things under different names; whoever does the task
//! wants them under one. Nothing is required: a file that says little makes a short [`Declared`].

mod command;
mod step;

#[cfg(test)]
mod tests;

use serde_json::Value;

pub use command::{Command, looks_like_a_command};
pub use step::{FlowStep, OnError};

use crate::plan::json::Fault;

/// What a task's file asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Its title.
    pub title: Option<String>,
    /// What sort of work it is: `feature`, `test-fix`, `docs`, …
    pub kind: Option<String>,
    /// The agent it asks for, without its `@`.
    pub agent: Option<String>,
    /// What it is for.
    pub objective: Vec<String>,
    /// What is asked.
    pub requirements: Vec<String>,
    /// What there has to be in the end.
    pub deliverables: Vec<String>,
    /// When it is done.
    pub acceptance: Vec<String>,
    /// Files and folders it is about.
    pub focus: Vec<String>,
    /// Files it names one by one, with what is to happen to each.
    pub files: Vec<String>,
    /// What must stay as it is.
    pub excludes: Vec<String>,
    /// Documents to be read first, relative to the workspace.
    pub context: Vec<String>,
    /// What is done before the work, in order.
    pub steps: Vec<FlowStep>,
    /// How the work is meant to go, a line each.
    pub approach: Vec<String>,
    /// What may go wrong, a line each.
    pub risks: Vec<String>,
    /// Shell lines that must exit 0 before it counts as done, and sentences that only a reader can check.
    pub checks: Vec<Check>,
    /// The ids it needs, as they are written.
    pub needs: Vec<String>,
    /// It asks to carry on the conversation of what it needs.
    pub resumes: bool,
}

/// Something that shows whether the task is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// It is run, and must exit 0.
    Shell(String),
    /// It may be a shell line: that depends on whether its first word is a program.
    Perhaps(String),
}

/// Reads what the file of the task `id` asks for. A file that holds several tasks is searched for it.
///
/// # Errors
/// Where the text stops being JSON, or when it is JSON and no task.
pub fn declared(text: &str, id: &str) -> Result<Declared, Fault> {
    let root: Value = serde_json::from_str(text).map_err(|error| Fault::of(&error))?;
    let Some(task) = find(&root, id) else {
        let message = "it holds no object that could be a task".to_owned();
        return Err(Fault { line: 1, message });
    };
    Ok(of(task))
}

/// The shell lines that the file of the task `id` wants run: its steps' and its checks', in order.
/// Nothing for a file that is no task.
pub fn shell_lines(text: &str, id: &str) -> Vec<String> {
    const HINTS: [&str; 6] =
        ["pre_analysis", "verification", "commands\"", "(exit code 0", "bash(", "test_commands"];
    if !HINTS.iter().any(|hint| text.contains(hint)) {
        return Vec::new();
    }
    declared(text, id).map(|it| it.shell_lines()).unwrap_or_default()
}

impl Declared {
    /// The shell lines that it wants run, in order.
    pub fn shell_lines(&self) -> Vec<String> {
        let of_steps = self.steps.iter().flat_map(|step| &step.commands).filter_map(|it| match it {
            Command::Shell(line) => Some(line),
            Command::Perhaps(line) if looks_like_a_command(line) => Some(line),
            _ => None,
        });
        let of_checks = self.checks.iter().filter_map(|it| match it {
            Check::Shell(line) => Some(line),
            Check::Perhaps(line) if looks_like_a_command(line) => Some(line),
            Check::Perhaps(_) => None,
        });
        of_steps.chain(of_checks).cloned().collect()
    }

    /// What a failed step means: what it says, and where it says nothing, that it failed when a later
    /// step or the work itself names its result.
    pub fn on_error(&self, at: usize) -> OnError {
        let step = &self.steps[at];
        step.on_error.unwrap_or_else(|| {
            let named = |text: &String| step.output_to.as_ref().is_some_and(|name| step::names(text, name));
            let later = self.steps[at + 1..].iter().flat_map(|it| it.commands.iter().map(Command::text));
            if later.chain(self.approach.iter()).any(named) { OnError::Fail } else { OnError::Skip }
        })
    }
}

/// The root, or the task of this id in one of its lists.
fn find<'a>(root: &'a Value, id: &str) -> Option<&'a Value> {
    let is_it = |value: &Value| {
        ["id", "task_id", "taskId"].iter().any(|key| value.get(key).and_then(Value::as_str) == Some(id))
    };
    let members = root.as_object();
    let lists = members.into_iter().flat_map(|it| it.values()).chain([root]).filter_map(Value::as_array);
    if is_it(root) {
        return Some(root);
    }
    lists.flatten().find(|it| is_it(it)).or_else(|| root.is_object().then_some(root))
}

fn of(task: &Value) -> Declared {
    let meta = &task["meta"];
    let context = &task["context"];
    let flow = &task["flow_control"];
    let convergence = &task["convergence"];
    let approach =
        first(&[&flow["implementation_approach"], &task["implementation"], &task["implementation_steps"]]);
    let steps = first(&[&flow["pre_analysis"], &task["pre_analysis"], &context["pre_analysis"]]);
    Declared {
        title: text(&task["title"]),
        kind: text(&meta["type"]).or_else(|| text(&task["type"])),
        agent: text(&meta["agent"])
            .or_else(|| text(&task["agent"]))
            .map(|it| it.trim_start_matches('@').to_owned()),
        objective: all(&[&context["objective"], &task["objective"], &task["description"], &task["scope"]]),
        requirements: all(&[&context["requirements"], &task["requirements"]]),
        deliverables: all(&[
            &context["deliverables"],
            &task["deliverables"],
            &task["outputs"],
            &task["files_to_create"],
        ]),
        acceptance: all(&[
            &context["acceptance"],
            &context["acceptance_criteria"],
            &task["acceptance"],
            &task["acceptance_criteria"],
            &convergence["criteria"],
            &convergence["definition_of_done"],
        ]),
        focus: paths(&[&context["focus_paths"], &task["focus_paths"], &task["paths"], &flow["target_files"]]),
        files: lines(&task["files"]),
        excludes: all(&[&task["excludes"]]),
        context: documents(task, context),
        steps: step::steps(steps),
        approach: lines(approach),
        risks: lines(&task["risks"]),
        checks: checks(task, flow, context),
        needs: all(&[
            &context["depends_on"],
            &task["depends_on"],
            &task["dependencies"]["depends_on"],
            &meta["depends_on"],
        ]),
        resumes: task["cli_execution"]["strategy"].as_str() == Some("resume"),
    }
}

fn first<'a>(values: &[&'a Value]) -> &'a Value {
    values.iter().find(|it| !it.is_null()).copied().unwrap_or(&Value::Null)
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned)
}

/// The lines of all of these, each once.
fn all(values: &[&Value]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in values.iter().flat_map(|it| lines(it)) {
        if !found.contains(&line) {
            found.push(line);
        }
    }
    found
}

/// One line for a text, one for each element of a list; of an object what it says, in one line.
fn lines(value: &Value) -> Vec<String> {
    match value {
        Value::Array(elements) => elements.iter().filter_map(line).collect(),
        value => line(value).into_iter().collect(),
    }
}

fn line(value: &Value) -> Option<String> {
    let said = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Object(members) => members
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "step" | "depends_on" | "output"))
            .filter_map(|(key, value)| Some(labelled(key, &line(value)?)))
            .collect::<Vec<_>>()
            .join("; "),
        Value::Array(elements) => elements.iter().filter_map(line).collect::<Vec<_>>().join(", "),
        Value::Number(number) => number.to_string(),
        Value::Bool(_) | Value::Null => String::new(),
    };
    (!said.is_empty()).then_some(said)
}

/// What says itself needs no label.
fn labelled(key: &str, said: &str) -> String {
    match key {
        "title" | "description" | "path" | "name" | "task_description" | "text" => said.to_owned(),
        key => format!("{}: {said}", key.replace('_', " ")),
    }
}

/// Oldest files write all paths into one text, with semicolons between them.
fn paths(values: &[&Value]) -> Vec<String> {
    let split = |line: String| line.split(';').map(|it| it.trim().to_owned()).collect::<Vec<_>>();
    let mut found: Vec<String> =
        all(values).into_iter().flat_map(split).filter(|it| !it.is_empty()).collect();
    found.dedup();
    found
}

/// The context package and the documents that the planner left: paths, with or without an `@`.
fn documents(task: &Value, context: &Value) -> Vec<String> {
    let path = |it: &Value| match it {
        Value::String(path) => Some(path.trim_start_matches('@').to_owned()),
        Value::Object(_) => text(&it["path"]),
        _ => None,
    };
    let artifacts = [&context["artifacts"], &task["artifacts"], &task["reference"]["files"]];
    let listed = artifacts.iter().filter_map(|it| it.as_array()).flatten().filter_map(path);
    let mut found: Vec<String> = Vec::new();
    for document in text(&task["context_package_path"]).into_iter().chain(listed) {
        if !found.contains(&document) {
            found.push(document);
        }
    }
    found
}

/// `convergence.verification`, `test.commands`, `flow_control.test_commands`, and of the acceptance what
/// says how it is verified (`verify by … (exit code 0)`, `bash(…)`).
fn checks(task: &Value, flow: &Value, context: &Value) -> Vec<Check> {
    let mut found = Vec::new();
    for value in [&task["convergence"]["verification"], &task["test"]["commands"], &flow["test_commands"]] {
        let said = match value {
            Value::Object(members) => members.values().flat_map(lines).collect(),
            value => lines(value),
        };
        found.extend(said.iter().map(|it| check(it)));
    }
    let acceptance = [&context["acceptance"], &context["acceptance_criteria"], &task["acceptance"]];
    let criteria = acceptance.into_iter().chain([&task["convergence"]["criteria"]]).flat_map(lines);
    found.extend(criteria.filter_map(|it| command::verified_by(&it).map(Check::Shell)));
    let mut seen: Vec<Check> = Vec::new();
    found.retain(|it| {
        let is_new = !seen.contains(it);
        seen.push(it.clone());
        is_new
    });
    found
}

fn check(said: &str) -> Check {
    match Command::read(said) {
        Command::Shell(line) => Check::Shell(line),
        _ => Check::Perhaps(said.to_owned()),
    }
}
