//! Watching a run until it ends: as a picture that changes, as lines, as objects, or in silence.
//!
//! Whoever watches never touches the run: it is read from the journal, and what is asked of it is asked
//! there. Watching ends with the run's own code; letting go of it ends with 0.

mod picture;

use std::time::Duration;

use super::{
    context::{Context, Done, Face},
    end::{ended, verdict_code},
    failure::Failure,
    notify::Teller,
};
use crate::{
    cli::Output,
    control::{self, Control, Followed},
    ids::{RunId, Seq},
    render::{self, json},
    run::{Event, Refusal, RunRecord},
    screen::{Answer, Key, Question},
    view,
};
use picture::Picture;

/// How often what is followed is looked at.
const BEAT: Duration = Duration::from_millis(40);

/// How many beats a picture stays before it is painted again.
const BEATS_A_PICTURE: u32 = 3;

/// How what happens is shown until the end.
enum Shown {
    /// Not at all.
    Nothing,
    /// On a terminal: a picture that is painted again and again.
    Picture(Box<Picture>),
    /// Elsewhere, and for readers whom a picture would disturb: a line an event behind this one.
    Lines(Seq),
}

impl Shown {
    fn of(context: &Context<'_>, live: bool, from: Seq) -> Self {
        let is_painted = context.screen.is_interactive() && !context.style.accessible;
        match context.output {
            _ if !live => Self::Nothing,
            _ if is_painted => Self::Picture(Box::default()),
            // A document stands alone on its stream.
            Output::Json | Output::Ndjson => Self::Nothing,
            // The deck's sessions and pipes are shown what a person at a prompt is: the end.
            _ if context.face != Face::Shell && !context.screen.is_interactive() => Self::Nothing,
            Output::Table | Output::Plain => Self::Lines(from),
        }
    }
}

/// Waits until a run has ended and shows its panel. `live` shows what it does meanwhile: on a terminal a
/// picture that changes, elsewhere a line an event behind `from`, with `-o ndjson` those events.
///
/// # Errors
/// When the journal can't be read or a stream is gone. The run goes on regardless.
pub fn to_end(context: &mut Context<'_>, run: RunId, live: bool, from: Seq) -> Result<Done, Failure> {
    if context.output == Output::Ndjson && live {
        return stream(context, run, from);
    }
    let control = context.control()?;
    let mut shown = Shown::of(context, live, from);
    let (mut record, mut follow) = match shown {
        // Lines are told from the first on; everything else begins with how things stand.
        Shown::Lines(_) => (record_of(&control, run)?, control.follow(run, Seq(0))?),
        _ => control.attach(run)?,
    };
    if matches!(shown, Shown::Lines(_)) && context.screen.is_interactive() {
        context.note("d lets the run go on in the background, Ctrl-C asks whether to cancel it.\n")?;
    }
    let mut beats = 0;
    loop {
        match follow.next(Duration::ZERO)? {
            Followed::Events(events) => take_in(context, &mut record, &events, &shown)?,
            Followed::Over => break,
            Followed::Quiet => {
                if let Shown::Picture(picture) = &mut shown
                    && beats % BEATS_A_PICTURE == 0
                {
                    picture.paint(context, &control, &record)?;
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
    let watched = live && context.screen.is_interactive();
    if context.screen.is_interactive() {
        let call = Teller::of(context).tell(&(&record).into(), watched, context.screen.eyes().focus());
        context.screen.call(&call);
    }
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

/// Takes in what happened, and tells it where lines are told.
fn take_in(
    context: &mut Context<'_>,
    record: &mut RunRecord,
    events: &[Event],
    shown: &Shown,
) -> Result<(), Failure> {
    let mut lines = String::new();
    for event in events {
        record.apply(event);
        if let Shown::Lines(from) = shown
            && event.seq > *from
        {
            let told = view::told(event, record);
            lines.push_str(&match context.output {
                Output::Plain => render::plain::told(event, &told),
                _ => render::told(&told, &context.style),
            });
            lines.push('\n');
        }
    }
    if lines.is_empty() { Ok(()) } else { context.print(&lines) }
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
