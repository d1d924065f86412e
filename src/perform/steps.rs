//! The steps that a task wants done before the work, done in order by ourselves: cheaper than an agent,
//! and the same every time. What only an agent can do is left to it.

use super::{
    child::{self, From, Launch},
    files,
    log::Log,
    place::Place,
    results::Results,
};
use crate::{
    plan::readers::ccw::work::{Command, Declared, FlowStep, OnError, looks_like_a_command},
    process::find_program,
    run::{Exit, Reported},
};

/// Most bytes of a shell line's output that are handed on.
const MOST_OUTPUT: usize = 256 * 1024;

/// What came of the steps.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub results: Results,
    /// Steps, or parts of them, that are the agent's: one line each.
    pub left: Vec<String>,
    /// What went wrong and did not matter.
    pub remarks: Vec<String>,
}

/// How a step ended that could not be done.
struct Trouble {
    why: String,
    /// What there was of its result.
    partial: String,
}

/// Does the steps; a failed one is tried once more.
pub(super) fn run(
    declared: &Declared,
    place: &Place<'_>,
    shell_allowed: bool,
    log: &mut Log<'_>,
) -> Result<Done, Reported> {
    let mut done = Done::default();
    if let Some(path) = declared.context.first().filter(|it| it.ends_with(".json")) {
        done.results.bind("context_package_path", path.clone());
    }
    for (at, step) in declared.steps.iter().enumerate() {
        let ours = commands(step, place, shell_allowed, &mut done);
        if ours.is_empty() {
            continue;
        }
        let tried = one(step, &ours, &done.results, place, log).or_else(|trouble| {
            log.line(&format!("! {}: {}; once more", step.name, trouble.why));
            one(step, &ours, &done.results, place, log)
        });
        let found = match tried {
            Ok(found) => found,
            Err(trouble) => after(declared.on_error(at), step, trouble, &mut done.remarks, log)?,
        };
        if let Some(name) = &step.output_to {
            done.results.bind(name, found);
        }
    }
    Ok(done)
}

/// What the failure of a step comes to: its result all the same, or the end of the attempt.
fn after(
    meaning: OnError,
    step: &FlowStep,
    trouble: Trouble,
    remarks: &mut Vec<String>,
    log: &mut Log<'_>,
) -> Result<String, Reported> {
    let remark = format!("the step {} did not succeed: {}", step.name, trouble.why);
    log.line(&format!("! {remark}"));
    match meaning {
        OnError::Fail => Err(Reported::StepFailed { step: step.name.clone(), why: trouble.why }),
        OnError::Manual => {
            Err(Reported::Blocked { reason: format!("{remark}; the plan asks for a person then") })
        }
        OnError::Skip => {
            remarks.push(remark);
            Ok(String::new())
        }
        OnError::Continue => {
            remarks.push(remark);
            Ok(trouble.partial)
        }
    }
}

/// The commands of a step that are ours; the others are put down for the agent.
fn commands(step: &FlowStep, place: &Place<'_>, shell_allowed: bool, done: &mut Done) -> Vec<Command> {
    let mut ours = Vec::new();
    if step.commands.is_empty() {
        done.left.extend(step.action.iter().map(|action| format!("{}: {action}", step.name)));
    }
    for command in &step.commands {
        match as_meant(command, place) {
            Command::Shell(line) if !shell_allowed => {
                done.remarks
                    .push(format!("the step {} was left to the agent: [plans] run_commands", step.name));
                done.left.push(format!("{}: run `{line}`", step.name));
            }
            Command::Agent(text) | Command::Perhaps(text) => done.left.push(format!("{}: {text}", step.name)),
            command => ours.push(command),
        }
    }
    ours
}

/// A bare line is one for the shell when it reads like one and begins with a program that is there.
fn as_meant(command: &Command, place: &Place<'_>) -> Command {
    match command {
        Command::Perhaps(line) if is_shell_line(line, place) => Command::Shell(line.clone()),
        command => command.clone(),
    }
}

/// Whether a bare line can be run.
pub(super) fn is_shell_line(line: &str, place: &Place<'_>) -> bool {
    const BUILT_IN: [&str; 6] = ["cd", "test", "[", "!", "export", "set"];
    let Some(first) = line.split_whitespace().find(|it| !it.contains('=')) else { return false };
    looks_like_a_command(line)
        && (BUILT_IN.contains(&first) || find_program(first, place.path, place.cwd).is_ok())
}

fn one(
    step: &FlowStep,
    commands: &[Command],
    results: &Results,
    place: &Place<'_>,
    log: &mut Log<'_>,
) -> Result<String, Trouble> {
    let mut found = String::new();
    for command in commands {
        let done = match command {
            Command::Shell(line) => shell(&step.name, &results.in_shell(line), results, place, log),
            Command::Read(path) => {
                let path = results.filled(path);
                log.line(&format!("> {}: read {path}", step.name));
                plain(files::read(place.workspace, &path))
            }
            Command::Glob(pattern) => {
                let pattern = results.filled(pattern);
                log.line(&format!("> {}: list {pattern}", step.name));
                plain(files::glob(place.workspace, &pattern))
            }
            Command::Grep { pattern, path } => {
                let pattern = results.filled(pattern);
                let path = path.as_ref().map(|it| results.filled(it));
                log.line(&format!("> {}: search {pattern}", step.name));
                plain(files::grep(place.workspace, &pattern, path.as_deref()))
            }
            Command::Perhaps(_) | Command::Agent(_) => Ok(String::new()),
        };
        match done {
            Ok(text) => join(&mut found, &text),
            Err(trouble) => {
                join(&mut found, &trouble.partial);
                return Err(Trouble { partial: found, ..trouble });
            }
        }
    }
    Ok(found)
}

fn plain(done: Result<String, String>) -> Result<String, Trouble> {
    done.map_err(|why| Trouble { why, partial: String::new() })
}

fn join(found: &mut String, text: &str) {
    if !found.is_empty() && !text.is_empty() {
        found.push('\n');
    }
    found.push_str(text);
}

/// Runs a line of the plan through a shell: it *is* a shell line, and running such lines was allowed.
fn shell(
    name: &str,
    line: &str,
    results: &Results,
    place: &Place<'_>,
    log: &mut Log<'_>,
) -> Result<String, Trouble> {
    log.line(&format!("> {name}: {line}"));
    let mut output = String::new();
    let exit = run_shell(line, results.environment(), place, &mut |from, text| {
        log.line(&format!("  {text}"));
        if from == From::Stdout && output.len() < MOST_OUTPUT {
            join(&mut output, text);
        }
    });
    match exit {
        Ok(Exit::Code(0)) => Ok(output),
        Ok(exit) => Err(Trouble { why: ended(exit), partial: output }),
        Err(why) => Err(Trouble { why, partial: output }),
    }
}

/// Runs a shell line to its end.
pub(super) fn run_shell(
    line: &str,
    env: Vec<(String, String)>,
    place: &Place<'_>,
    hear: &mut dyn FnMut(From, &str),
) -> Result<Exit, String> {
    let shell = if find_program("bash", place.path, place.cwd).is_ok() { "bash" } else { "sh" };
    let argv = [shell, "-c", line].map(str::to_owned);
    let launch = Launch { argv: &argv, stdin: None, cwd: place.cwd, env, path: place.path };
    child::run(launch, hear).map_err(|why| why.to_string())
}

/// How a program ended that did not end well.
pub(super) fn ended(exit: Exit) -> String {
    match exit {
        Exit::Code(code) => format!("it ended with exit code {code}"),
        Exit::Signal(signal) => format!("signal {signal} ended it"),
    }
}
