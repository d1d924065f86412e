//! `run logs`: what a run said, whole, its end, or as it comes.

use std::time::Duration;

use regex::Regex;

use super::{
    context::{Context, Done},
    failure::Failure,
    runs,
};
use crate::{
    cli::{LogsArgs, Output, StreamName},
    ids::{AttemptId, TaskName},
    logs::{self, Heard, Index, Stream, Tail},
    render::json,
    run::{Capture, Refusal, RunRecord, TaskRecord},
    text,
};

/// How often a log that is followed is looked at.
const BEAT: Duration = Duration::from_millis(25);

/// Prints the log of a run's task.
///
/// # Errors
/// When there is no such run or task, nothing was logged, or an option does not fit.
pub fn logs(context: &mut Context<'_>, args: &LogsArgs) -> Result<Done, Failure> {
    runs::recover(context)?;
    let run = runs::find(context, &args.run)?;
    let journal = context.journal()?;
    let record = journal
        .run(run)?
        .ok_or_else(|| Failure::from(Refusal::NoSuchRun { asked: args.run.as_str().to_owned() }))?;
    let task = chosen(&record, args.task.as_deref())?;
    let number = task.last_attempt().map_or(1, |attempt| attempt.number);
    let attempt = AttemptId { task: task.name.clone(), number };
    let log = context.state.run(run).log(&attempt);
    let grep = args.grep.as_deref().map(pattern).transpose()?;
    let mut lines = Lines { grep };

    if let Some(stream) = args.stream {
        return by_stream(context, &record, &attempt, &log, stream, &mut lines);
    }
    if let Some(count) = args.tail.filter(|_| !args.follow) {
        let last = logs::last_lines(&log, count, 64 << 20);
        return print_lines(context, &last, &mut lines);
    }
    let from = match args.tail {
        Some(count) => offset_of_tail(&log, count),
        None => args.from.unwrap_or(0),
    };
    let mut tail = Tail::new(&log, from);
    let is_over = |context: &Context<'_>| -> bool {
        !args.follow
            || context.journal().and_then(|it| Ok(it.run(run)?)).is_ok_and(|it| {
                it.is_none_or(|record| record.task(&attempt.task).is_none_or(|task| task.status.is_over()))
            })
    };
    loop {
        let over = is_over(context);
        let mut printed = String::new();
        while let Some(line) = tail.next_line(|| over)? {
            lines.add(context, &line, &mut printed);
            if printed.len() > 64 << 10 {
                context.print(&printed)?;
                printed.clear();
            }
        }
        context.print(&printed)?;
        if over && tail.look(|| true)? == Heard::End {
            return Ok(Done::well());
        }
        context.screen.key(BEAT);
    }
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

/// Which lines are shown, and how.
struct Lines {
    grep: Option<Regex>,
}

impl Lines {
    /// Adds a line as it is shown, when it is.
    fn add(&mut self, context: &Context<'_>, line: &str, shown: &mut String) {
        if self.grep.as_ref().is_some_and(|it| !it.is_match(line)) {
            return;
        }
        match context.output {
            Output::Json | Output::Ndjson => {
                shown.push_str(&json::line(&serde_json::json!({
                    "schema_version": json::SCHEMA_VERSION, "kind": "log_line", "line": line,
                })));
            }
            _ if context.style.colour => shown.push_str(&text::coloured(line)),
            _ => shown.push_str(&text::plain(&text::without_escapes(line))),
        }
        shown.push('\n');
    }
}

fn print_lines(context: &mut Context<'_>, all: &[String], lines: &mut Lines) -> Result<Done, Failure> {
    let mut shown = String::new();
    for line in all {
        lines.add(context, line, &mut shown);
    }
    context.print(&shown)?;
    Ok(Done::well())
}

/// Where the last `count` lines begin.
fn offset_of_tail(log: &std::path::Path, count: usize) -> u64 {
    let size = std::fs::metadata(log).map_or(0, |it| it.len());
    let last = logs::last_lines(log, count, 1 << 20);
    let bytes: usize = last.iter().map(|line| line.len() + 1).sum();
    size.saturating_sub(bytes as u64)
}

/// One stream alone, by the side index.
fn by_stream(
    context: &mut Context<'_>,
    record: &RunRecord,
    attempt: &AttemptId,
    log: &std::path::Path,
    stream: StreamName,
    lines: &mut Lines,
) -> Result<Done, Failure> {
    let capture = record.spec.task(&attempt.task).map(|task| task.capture);
    if capture != Some(Capture::Split) {
        return Err(Failure::Refused(Refusal::WrongState {
            what: "the streams of this run can't be told apart".to_owned(),
            why: "its recipe catches both in one pipe; set capture = \"split\"".to_owned(),
        }));
    }
    let wanted = match stream {
        StreamName::Stdout => Stream::Out,
        StreamName::Stderr => Stream::Err,
    };
    let index = Index::read(log)?;
    let bytes = std::fs::read(log)?;
    let mut kept = Vec::new();
    for (at, chunk) in index.chunks.iter().enumerate() {
        let end = index.chunks.get(at + 1).map_or(bytes.len() as u64, |next| next.offset);
        let range = usize::try_from(chunk.offset).unwrap_or(0)..usize::try_from(end).unwrap_or(0);
        if chunk.stream == wanted {
            kept.extend_from_slice(bytes.get(range).unwrap_or_default());
        }
    }
    let text = String::from_utf8_lossy(&kept);
    print_lines(context, &text.lines().map(str::to_owned).collect::<Vec<_>>(), lines)
}
