//! `run logs`: what a run said, whole, its end, or as it comes.

use std::{collections::VecDeque, path::Path, time::Duration};

use regex::Regex;

use super::{
    context::{Context, Done},
    export,
    failure::Failure,
    runs,
};
use crate::{
    cli::{LevelName, LogsArgs, Output, StreamName},
    clock::Moment,
    ids::{AttemptId, RunId, TaskName},
    journal::Journal,
    logs::{Level, News, Stream, Tail, level_of},
    render::json,
    run::{Capture, Refusal, RunRecord, TaskRecord},
    screen::Key,
    text,
};

/// How often a log that is followed is looked at, if no notice comes before.
const BEAT: Duration = Duration::from_millis(20);
/// How long passes before it is asked whether anybody still minds the run.
const LOOK: Duration = Duration::from_secs(1);

/// Prints the log of a run's task.
///
/// # Errors
/// When there is no such run or task, nothing was logged, or an option does not fit.
pub fn logs(context: &mut Context<'_>, args: &LogsArgs) -> Result<Done, Failure> {
    let grep = args.grep.as_deref().map(pattern).transpose()?;
    let passes = Passes { grep, level: args.level.map(level) };
    if let Some(file) = export::is_file(context, &args.run) {
        return of_file(context, &file, args, passes);
    }
    runs::recover(context)?;
    let run = runs::find(context, &args.run)?;
    let record = record(&*context.journal()?, run)?;
    if args.follow {
        return follow(context, record, args, passes);
    }
    let attempt = last_attempt(chosen(&record, args.task.as_deref())?);
    let lines = Lines { passes, run, attempt };
    let mut tail = begin(context, &record, &lines, args)?;
    print_rest(context, &mut tail, true, &lines)?;
    Ok(Done::well())
}

/// Prints what a log holds and what comes, from one attempt of the task to the next, until it is over.
fn follow(
    context: &mut Context<'_>,
    mut record: RunRecord,
    args: &LogsArgs,
    passes: Passes,
) -> Result<Done, Failure> {
    let journal = context.journal()?;
    let run = record.id;
    let mut seen = None;
    let mut heard: Option<(Lines, Tail)> = None;
    let news = News::of(&context.state.run(run).logs());
    let mut patience = Patience { news, looked: context.clock.now() };
    loop {
        let version = journal.data_version()?;
        if seen.replace(version) != Some(version) {
            record = self::record(&journal, run)?;
        }
        if heard.is_none() && has_begun(&record, args.task.as_deref())? {
            let attempt = last_attempt(chosen(&record, args.task.as_deref())?);
            let lines = Lines { passes: passes.clone(), run, attempt };
            let tail = begin(context, &record, &lines, args)?;
            heard = Some((lines, tail));
        }
        let Some((lines, tail)) = &mut heard else {
            if record.status.is_over() || patience.is_over(context, run)? {
                return Ok(Done::well());
            }
            continue;
        };
        // Asked before it is read: what was written in between is read too.
        let task = record.task(&lines.attempt.task);
        let ended = record.status.is_over() || task.is_none_or(|it| has_ended(it, &lines.attempt));
        let next = task.map(last_attempt).filter(|it| *it != lines.attempt);
        let over = record.status.is_over() || task.is_none_or(|it| it.status.is_over());
        print_rest(context, tail, ended, lines)?;
        match next {
            Some(next) if ended => {
                lines.attempt = next;
                *tail = of_stream(Tail::new(context.state.run(run).log(&lines.attempt), 0), args.stream);
            }
            _ if ended && over => return Ok(Done::well()),
            _ if patience.is_over(context, run)? => return Ok(Done::well()),
            _ => {}
        }
    }
}

/// What passes between two looks.
struct Patience {
    news: News,
    /// When it was last asked whether anybody still minds the run.
    looked: Moment,
}

impl Patience {
    /// Waits for news, but not long. True when the person has seen enough; now and then it asks whether
    /// anybody still minds the run, or what is followed would never end.
    fn is_over(&mut self, context: &mut Context<'_>, run: RunId) -> Result<bool, Failure> {
        self.news.wait(BEAT);
        let now = context.clock.now();
        if now.since(self.looked) >= LOOK {
            self.looked = now;
            context.control()?.recover_run(run)?;
        }
        let key = context.screen.key(Duration::ZERO);
        Ok(matches!(key, Some(Key::Interrupt | Key::Escape | Key::Char('q'))))
    }
}

fn record(journal: &Journal, run: RunId) -> Result<RunRecord, Failure> {
    journal.run(run)?.ok_or_else(|| Refusal::NoSuchRun { asked: run.to_string() }.into())
}

fn last_attempt(task: &TaskRecord) -> AttemptId {
    let number = task.last_attempt().map_or(1, |attempt| attempt.number);
    AttemptId { task: task.name.clone(), number }
}

fn has_ended(task: &TaskRecord, attempt: &AttemptId) -> bool {
    task.attempts.iter().any(|it| it.number == attempt.number && it.ending.is_some())
}

/// True when there is a log to follow. A task that does not exist is said so at once.
fn has_begun(record: &RunRecord, asked: Option<&str>) -> Result<bool, Failure> {
    match asked {
        Some(_) => chosen(record, asked).map(|task| !task.attempts.is_empty()),
        None => Ok(record.tasks.iter().any(|task| !task.attempts.is_empty())),
    }
}

/// A reader of the log at the place where reading begins.
fn begin(
    context: &mut Context<'_>,
    record: &RunRecord,
    lines: &Lines,
    args: &LogsArgs,
) -> Result<Tail, Failure> {
    let log = context.state.run(record.id).log(&lines.attempt);
    if args.stream.is_some() {
        has_streams(record, &lines.attempt)?;
    }
    match (args.tail, args.stream) {
        (Some(count), None) => Ok(Tail::last(log, count)?),
        (Some(count), stream) => {
            let mut tail = of_stream(Tail::new(log, 0), stream);
            print_last(context, &mut tail, count, args.follow, lines)?;
            Ok(tail)
        }
        (None, stream) => Ok(of_stream(Tail::new(log, args.from.unwrap_or(0)), stream)),
    }
}

fn of_stream(tail: Tail, stream: Option<StreamName>) -> Tail {
    match stream {
        None => tail,
        Some(StreamName::Stdout) => tail.only(Stream::Out),
        Some(StreamName::Stderr) => tail.only(Stream::Err),
    }
}

/// Refuses where one stream can't be told from the other.
fn has_streams(record: &RunRecord, attempt: &AttemptId) -> Result<(), Failure> {
    let capture = record.spec.task(&attempt.task).map(|task| task.capture);
    if capture == Some(Capture::Split) {
        return Ok(());
    }
    Err(Failure::Refused(Refusal::WrongState {
        what: "the streams of this run can't be told apart".to_owned(),
        why: "its recipe catches both in one pipe; set capture = \"split\"".to_owned(),
    }))
}

/// Prints the last lines of what is there now. Which of one stream's lines those are is known only when
/// all were read.
fn print_last(
    context: &mut Context<'_>,
    tail: &mut Tail,
    count: usize,
    goes_on: bool,
    lines: &Lines,
) -> Result<(), Failure> {
    let mut last = VecDeque::new();
    while let Some(line) = tail.next_line(|| !goes_on)? {
        last.push_back(line);
        if last.len() > count {
            last.pop_front();
        }
    }
    let mut printed = String::new();
    for line in last {
        lines.add(context, &line, &mut printed);
    }
    context.print(&printed)
}

/// Prints the lines that are there now.
fn print_rest(context: &mut Context<'_>, tail: &mut Tail, ended: bool, lines: &Lines) -> Result<(), Failure> {
    let mut printed = String::new();
    while let Some(line) = tail.next_line(|| ended)? {
        lines.add(context, &line, &mut printed);
        if printed.len() > 64 << 10 {
            context.print(&printed)?;
            printed.clear();
        }
    }
    context.print(&printed)
}

/// The task that is asked for; the first that did not succeed, else the last that began.
fn chosen<'a>(record: &'a RunRecord, asked: Option<&str>) -> Result<&'a TaskRecord, Failure> {
    if let Some(asked) = asked {
        return record.task(&TaskName::new(asked)).ok_or_else(|| {
            let names = record.tasks.iter().map(|it| it.name.as_str());
            let hint = match text::nearest(asked, names.clone()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("there are: {}", names.collect::<Vec<_>>().join(", ")),
            };
            let message = format!("run {} has no task \"{}\"", record.id.short(), text::plain(asked));
            Failure::Input { message, hint: Some(hint) }
        });
    }
    let begun = || record.tasks.iter().filter(|it| !it.attempts.is_empty());
    record.failing_task().filter(|it| !it.attempts.is_empty()).or_else(|| begun().next_back()).ok_or_else(
        || Failure::Input {
            message: format!("nothing of run {} has begun yet", record.id.short()),
            hint: Some(format!("follow {} waits for it", record.id.short())),
        },
    )
}

fn pattern(text: &str) -> Result<Regex, Failure> {
    Regex::new(text).map_err(|error| Failure::Input {
        message: format!("--grep: {error}"),
        hint: Some("write a regular expression, such as '^error'".to_owned()),
    })
}

/// What a line must have to be shown.
#[derive(Clone)]
struct Passes {
    grep: Option<Regex>,
    level: Option<Level>,
}

impl Passes {
    fn lets(&self, line: &str) -> bool {
        let grave = |least| level_of(line).unwrap_or(Level::Info) >= least;
        self.grep.as_ref().is_none_or(|it| it.is_match(line)) && self.level.is_none_or(grave)
    }
}

const fn level(name: LevelName) -> Level {
    match name {
        LevelName::Trace => Level::Trace,
        LevelName::Debug => Level::Debug,
        LevelName::Info => Level::Info,
        LevelName::Warn => Level::Warn,
        LevelName::Error => Level::Error,
        LevelName::Fatal => Level::Fatal,
    }
}

/// Which lines are shown, and whose they are.
struct Lines {
    passes: Passes,
    run: RunId,
    attempt: AttemptId,
}

impl Lines {
    /// Adds a line as it is shown, when it is.
    fn add(&self, context: &Context<'_>, line: &str, shown: &mut String) {
        if !self.passes.lets(line) {
            return;
        }
        match context.output {
            Output::Json | Output::Ndjson => {
                shown.push_str(&json::line(&serde_json::json!({
                    "schema_version": json::SCHEMA_VERSION, "kind": "log_line", "run_id": self.run,
                    "task": self.attempt.task, "attempt": self.attempt.number, "line": line,
                })));
            }
            _ if context.style.colour => shown.push_str(&text::coloured(line)),
            _ => shown.push_str(&text::plain(&text::without_escapes(line))),
        }
        shown.push('\n');
    }
}

/// Prints the last lines of a text, or all of it.
fn print_text(
    context: &mut Context<'_>,
    bytes: &[u8],
    tail: Option<usize>,
    lines: &Lines,
) -> Result<Done, Failure> {
    let text = String::from_utf8_lossy(bytes);
    let all: Vec<&str> = text.lines().collect();
    let from = tail.map_or(0, |count| all.len().saturating_sub(count));
    let mut shown = String::new();
    for line in &all[from..] {
        lines.add(context, line, &mut shown);
    }
    context.print(&shown)?;
    Ok(Done::well())
}

/// The log of a task of an exported run.
fn of_file(context: &mut Context<'_>, file: &Path, args: &LogsArgs, passes: Passes) -> Result<Done, Failure> {
    if args.stream.is_some() {
        return Err(Refusal::WrongState {
            what: "the streams of an exported run can't be told apart".to_owned(),
            why: "its file holds what both said, in order".to_owned(),
        }
        .into());
    }
    let record = export::read(file, &mut |_, _| {})?;
    let attempt = last_attempt(chosen(&record, args.task.as_deref())?);
    let mut bytes = Vec::new();
    let mut hear = |of: &AttemptId, piece: Vec<u8>| {
        if *of == attempt {
            bytes.extend(piece);
        }
    };
    export::read(file, &mut hear)?;
    let from = usize::try_from(args.from.unwrap_or(0)).unwrap_or(usize::MAX).min(bytes.len());
    let lines = Lines { passes, run: record.id, attempt };
    print_text(context, &bytes[from..], args.tail, &lines)
}
