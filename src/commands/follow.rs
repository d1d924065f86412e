//! Watching a run until it ends.

use std::{iter::repeat, path::PathBuf, time::Duration};

use super::{
    context::{Context, Done},
    end::{ended, verdict_code},
    failure::Failure,
};
use crate::{
    control::{self, Control, Followed},
    ids::{AttemptId, RunId, Seq},
    logs,
    render::{self, Style, json},
    run::{Refusal, RunRecord, Status},
    screen::{Answer, Key, Question},
    text, view,
};

/// How often what is followed is looked at.
const BEAT: Duration = Duration::from_millis(40);

/// How many beats a picture stays before it is painted again.
const BEATS_A_PICTURE: u32 = 3;

/// How many lines of output are shown while a run goes on.
const LIVE_LINES: usize = 4;

/// Waits until a run has ended and shows its panel. `live` shows what it does meanwhile: on a
/// terminal a picture that changes, with `-o ndjson` its events.
///
/// # Errors
/// When the journal can't be read or a stream is gone. The run goes on regardless.
pub fn to_end(context: &mut Context<'_>, run: RunId, live: bool) -> Result<Done, Failure> {
    if context.output == crate::cli::Output::Ndjson && live {
        return stream(context, run, Seq(0));
    }
    let control = context.control()?;
    let mut follow = control.follow(run, Seq(0))?;
    let mut record = record_of(&control, run)?;
    let mut beats = 0;
    loop {
        match follow.next(Duration::ZERO)? {
            Followed::Events(events) => events.iter().for_each(|event| record.apply(event)),
            Followed::Over => break,
            Followed::Quiet => {
                if live && beats % BEATS_A_PICTURE == 0 {
                    paint(context, &record);
                }
                beats += 1;
                match context.screen.key(BEAT) {
                    Some(Key::Interrupt) if interrupted(context, run)? => return detached(context, run),
                    Some(Key::Char('d')) => return detached(context, run),
                    _ => {}
                }
            }
        }
    }
    context.screen.paint(&[]);
    ended(context, &record)
}

/// Prints the events of a run after `from`, one JSON object a line, until it has ended.
///
/// # Errors
/// As [`to_end`].
pub fn stream(context: &mut Context<'_>, run: RunId, from: Seq) -> Result<Done, Failure> {
    let control = context.control()?;
    let mut follow = control.follow(run, from)?;
    loop {
        match follow.next(BEAT)? {
            Followed::Events(events) => {
                let lines: String =
                    events.iter().map(|event| json::line(&json::event(event)) + "\n").collect();
                context.print(&lines)?;
            }
            Followed::Quiet => {}
            Followed::Over => {
                let status = control.journal().standing(run)?.1;
                return Ok(Done::with(verdict_code(status)));
            }
        }
    }
}

/// The run as it was when it was created; its events are applied as they come.
fn record_of(control: &Control, run: RunId) -> Result<RunRecord, Failure> {
    let spec = control.journal().specification(run)?;
    let spec = spec.ok_or_else(|| Refusal::NoSuchRun { asked: run.to_string() })?;
    Ok(RunRecord::new(spec))
}

/// Offers to go on in the background, which is the default, or to cancel. True when the face lets go.
fn interrupted(context: &mut Context<'_>, run: RunId) -> Result<bool, Failure> {
    let text = format!("Cancel run {}? Otherwise it goes on in the background.", run.short());
    let answer = context.screen.ask(&Question::Confirm { text, default: false })?;
    if answer != Answer::Yes {
        return Ok(true);
    }
    let by = context.user().to_owned();
    match context.control()?.cancel(run, None, &by, false) {
        // It ended while the question stood: its panel follows.
        Ok(_) | Err(control::Error::Refused(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn detached(context: &mut Context<'_>, run: RunId) -> Result<Done, Failure> {
    let short = run.short();
    context.note(&format!("Run {short} goes on in the background; follow {short} shows it again.\n"))?;
    Ok(Done::well())
}

fn paint(context: &mut Context<'_>, record: &RunRecord) {
    if !context.screen.is_interactive() || context.style.accessible {
        return;
    }
    let following = view::following(record, context.now());
    let size = context.screen.size();
    // Asked for each picture: a window may be made smaller while a run goes on.
    let style = Style { width: size.columns.saturating_sub(2), ..context.style.clone() };
    let frame = SPINNER[usize::try_from(context.now().millis() / 120).unwrap_or(0) % SPINNER.len()];
    let mut lines = Vec::new();
    for (line, mark) in
        render::following(&following, &style).lines().zip([frame].into_iter().chain(repeat(' ')))
    {
        lines.push(format!("{mark} {line}"));
    }
    let room = LIVE_LINES.min(size.rows.saturating_sub(lines.len() + 2));
    if let Some(log) = live_log(context, record) {
        let tail = logs::last_lines(&log, room, 16 << 10);
        let shown = tail.iter().map(|line| text::clip(&text::plain(line), size.columns.saturating_sub(4)));
        let dim = |line: String| render::word(render::Role::Dim, &format!("  {line}"), &context.style);
        lines.extend(shown.map(|line| dim(line).trim_end().to_owned()));
    }
    let hint = text::clip("  d: go on in the background · Ctrl-C: cancel", size.columns.saturating_sub(1));
    lines.push(render::word(render::Role::Hint, &hint, &context.style).trim_end().to_owned());
    context.screen.paint(&lines);
}

/// One frame for every eighth of a second.
const SPINNER: [char; 8] = ['⣾', '⣽', '⣻', '⢿', '⡿', '⣟', '⣯', '⣷'];

fn live_log(context: &Context<'_>, record: &RunRecord) -> Option<PathBuf> {
    let task = record.tasks.iter().find(|task| matches!(task.status, Status::Running | Status::Stopping))?;
    let attempt = AttemptId { task: task.name.clone(), number: task.last_attempt()?.number };
    Some(context.state.run(record.id).log(&attempt))
}
