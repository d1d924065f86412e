//! The agent of a task: which one, how it is launched, and what came of it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    child::{self, From, Launch},
    judge::{Ended, judge},
    log::Log,
    place::Place,
    stream::Listener,
};
use crate::{
    clock::Timestamp,
    plan::readers::ccw::work::Declared,
    run::{Agent, AgentUse, Brief, Exit, PromptBy, Reported, report::Report},
    workspace::state::{private_file, private_folder},
};

/// The longest prompt that fits an argument (the system's bound is 128 KiB).
const LONGEST_ARGUMENT: usize = 100_000;
/// How much of an agent's other output is kept to tell why it ended.
const TAIL: usize = 16 * 1024;
/// How much of its last words is kept.
const LAST_WORDS: usize = 4000;

/// Which agent does it: the one that was asked for; else the one that the item names; else the one that
/// its kind of work is for; else the recipe's.
pub(super) fn choose<'a>(
    brief: &'a Brief,
    declared: Option<&Declared>,
    asked: Option<&'a str>,
    otherwise: &'a str,
) -> Option<(&'a str, &'a Agent)> {
    let find = |name: &str| brief.agents.get_key_value(name).map(|(name, agent)| (name.as_str(), agent));
    if let Some(asked) = asked {
        return find(asked);
    }
    let named = declared.and_then(|it| find(it.agent.as_deref()?));
    let by_kind = || declared.and_then(|it| find(agent_for(it.kind.as_deref().unwrap_or_default())));
    named.or_else(by_kind).or_else(|| find(otherwise))
}

/// Who does which kind of work where the task does not say.
fn agent_for(kind: &str) -> &'static str {
    match kind {
        "test-fix" | "test-fix-iteration" | "testing" | "test" => "test-fix-agent",
        "review" | "code-review" | "test-quality-review" => "universal-executor",
        "docs" | "documentation" => "doc-generator",
        _ => "code-developer",
    }
}

/// What an agent is launched with.
pub(super) struct Call<'a> {
    pub brief: &'a Brief,
    pub name: &'a str,
    pub agent: &'a Agent,
    pub prompt: &'a str,
    /// The conversation to carry on, where it can.
    pub session: Option<&'a str>,
    pub env: Vec<(String, String)>,
    pub now: Timestamp,
}

/// Launches the agent, shows what it says, and judges its end.
pub(super) fn run(call: &Call<'_>, place: &Place<'_>, log: &mut Log<'_>) -> (Reported, AgentUse) {
    let nothing = || AgentUse { name: call.name.to_owned(), ..AgentUse::default() };
    let file = match keep_prompt(call) {
        Ok(file) => file,
        Err(error) => {
            let why = format!("its prompt can't be kept: {error}");
            return (Reported::AgentFailed { why }, nothing());
        }
    };
    let (argv, stdin) = command(call, &file);
    let carried = if call.session.is_some() { ", carrying its conversation on" } else { "" };
    log.line(&format!("> agent {}: {}{carried}", call.name, shell_words::join(shown(&argv, call.prompt))));
    let mut listener = Listener::new(call.agent.stream);
    let mut tail = String::new();
    let launch = Launch { argv: &argv, stdin, cwd: place.cwd, env: call.env.clone(), path: place.path };
    let exit = child::run(launch, &mut |from, line| {
        let shown = match from {
            From::Stdout => listener.line(line),
            From::Stderr => vec![line.to_owned()],
        };
        if from == From::Stderr || is_no_event(line) {
            keep_tail(&mut tail, line);
        }
        for line in &shown {
            log.line(line);
        }
    });
    let (rest, heard) = listener.finish();
    for line in &rest {
        log.line(line);
    }
    let reported = match exit {
        Ok(exit) => judge(&Ended { agent: call.agent, exit, heard: &heard, tail: &tail, now: call.now }),
        Err(why) => Reported::NotStarted { why },
    };
    let used = AgentUse {
        name: call.name.to_owned(),
        session: heard.session,
        cost_micros: heard.cost_micros,
        tokens: heard.tokens,
        last_message: heard.last_message.map(|it| end_of(&it, LAST_WORDS).to_owned()),
    };
    (reported, used)
}

/// Runs the recipe's own command; its exit code is all it says.
pub(super) fn run_command(
    argv: &[String],
    stdin: Option<&str>,
    env: Vec<(String, String)>,
    place: &Place<'_>,
    log: &mut Log<'_>,
) -> Reported {
    log.line(&format!("> {}", shell_words::join(argv)));
    let stdin = stdin.map(|it| it.as_bytes().to_vec());
    let launch = Launch { argv, stdin, cwd: place.cwd, env, path: place.path };
    match child::run(launch, &mut |_, line| log.line(line)) {
        Ok(Exit::Code(0)) => Reported::Done,
        Ok(Exit::Code(code)) => Reported::Exited { code },
        Ok(Exit::Signal(signal)) => Reported::Signalled { signal },
        Err(why) => Reported::NotStarted { why },
    }
}

/// The program with its arguments, and what it reads.
fn command(call: &Call<'_>, file: &Path) -> (Vec<String>, Option<Vec<u8>>) {
    let file = file.to_string_lossy();
    let filled = |argument: &String| fill(argument, call, &file);
    let mut argv: Vec<String> = call.agent.argv.iter().map(filled).collect();
    if call.session.is_some() {
        argv.extend(call.agent.resume.iter().map(filled));
    }
    let in_place = call.agent.argv.iter().any(|it| it.contains("{prompt}") || it.contains("{prompt.file}"));
    match call.agent.prompt {
        PromptBy::Stdin => return (argv, Some(call.prompt.as_bytes().to_vec())),
        _ if in_place => {}
        PromptBy::Argument if call.prompt.len() <= LONGEST_ARGUMENT => argv.push(call.prompt.to_owned()),
        PromptBy::Argument => argv.push(format!("Read the file {file} and do what it says.")),
        PromptBy::File => argv.push(file.into_owned()),
    }
    (argv, None)
}

/// The placeholders of an agent's arguments. What is none stays as it is.
fn fill(argument: &str, call: &Call<'_>, file: &str) -> String {
    let subject = call.brief.performance.subject.as_ref();
    let item = |of: fn(&crate::run::Subject) -> &str| subject.map_or("", of);
    let run = call.brief.run.to_string();
    let values = [
        ("{workspace}", call.brief.workspace.as_str()),
        ("{session}", call.session.unwrap_or("")),
        ("{prompt.file}", file),
        ("{run.id}", run.as_str()),
        ("{item.id}", item(|it| it.item.id.as_str())),
        ("{item.title}", item(|it| &it.item.title)),
        ("{item.path}", item(|it| &it.file)),
        ("{plan.path}", item(|it| &it.plan)),
        ("{prompt}", call.prompt),
    ];
    // One pass: what a value holds is never looked at again.
    let mut filled = String::new();
    let mut rest = argument;
    while let Some(at) = rest.find('{') {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        let found = values.iter().find(|(name, _)| rest.starts_with(name));
        let (value, taken) = found.map_or(("{", 1), |(name, value)| (*value, name.len()));
        filled.push_str(value);
        rest = &rest[taken..];
    }
    filled + rest
}

/// What is shown of a command: the prompt stands in a file of the run's folder.
fn shown(argv: &[String], prompt: &str) -> Vec<String> {
    argv.iter().map(|it| if it == prompt { "PROMPT".to_owned() } else { it.clone() }).collect()
}

/// Every prompt is kept, so that it can be seen afterwards what was asked.
fn keep_prompt(call: &Call<'_>) -> std::io::Result<PathBuf> {
    let attempt = &call.brief.attempt;
    let folder = Path::new(&call.brief.folder).join("prompts");
    private_folder(&folder)?;
    let path = folder.join(format!("{}.{}.md", attempt.task.as_str(), attempt.number));
    private_file(&path)?;
    fs::write(&path, call.prompt)?;
    Ok(path)
}

fn is_no_event(line: &str) -> bool {
    !line.trim_start().starts_with('{')
}

fn keep_tail(tail: &mut String, line: &str) {
    tail.push_str(line);
    tail.push('\n');
    if tail.len() > 2 * TAIL {
        let kept = end_of(tail, TAIL).to_owned();
        *tail = kept;
    }
}

fn end_of(text: &str, most: usize) -> &str {
    &text[text.ceil_char_boundary(text.len().saturating_sub(most))..]
}

/// The conversation that an attempt carries on: its own, when the last attempt was told to come back
/// later; else, where the task asks for it, that of the one task it needs.
pub(super) fn session_of(before: Option<&Report>, agent: &str) -> Option<String> {
    let used = before?.agent.as_ref().filter(|used| used.name == agent)?;
    used.session.clone()
}
