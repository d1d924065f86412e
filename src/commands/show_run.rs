//! `run get`: everything of a run, once or whenever something happens, from the journal or a file.

use std::{path::Path, time::Duration};

use super::{
    context::{Context, Done},
    end::End,
    estimate, export,
    failure::Failure,
    runs,
};
use crate::{
    cli::{GetArgs, Output},
    control::Followed,
    ids::{AttemptId, RunId, Seq},
    journal::Journal,
    render::{self, json},
    run::{Advice, Refusal, RunRecord, RunSummary},
    screen::Key,
    view::{self, Forecast},
};

/// How long a key is waited for between two looks.
const BEAT: Duration = Duration::from_millis(100);
/// How many looks a picture stays when nothing happens: its durations go on.
const BEATS_A_PICTURE: u32 = 5;
/// Most runs that a history of retries shows.
const FAMILY: usize = 50;

/// Shows everything of a run.
///
/// # Errors
/// When there is no such run, or the file is no exported one.
pub fn get(context: &mut Context<'_>, args: &GetArgs) -> Result<Done, Failure> {
    if let Some(file) = export::is_file(context, &args.run) {
        return get_file(context, &file, args.timeline);
    }
    runs::recover(context)?;
    let run = runs::find(context, &args.run)?;
    if args.watch { watch(context, run, args.timeline) } else { show(context, run, args.timeline) }
}

/// What is shown of a run.
struct Shown {
    record: RunRecord,
    advice: Vec<Advice>,
    family: Vec<(usize, RunSummary)>,
    forecast: Forecast,
    /// Along its time instead of part by part.
    timeline: bool,
}

impl Shown {
    fn of(context: &Context<'_>, run: RunId, timeline: bool) -> Result<Self, Failure> {
        let journal = context.journal()?;
        let record = journal.run(run)?.ok_or_else(|| Refusal::NoSuchRun { asked: run.to_string() })?;
        let advice = if record.status.is_over() { End::of(context, &record).advice } else { Vec::new() };
        let forecast = if record.status.is_over() {
            Forecast::default()
        } else {
            view::forecast(&record, &estimate::histories(&journal, &record.spec)?, context.now())
        };
        Ok(Self { record, advice, family: family(&journal, run)?, forecast, timeline })
    }

    fn page(&self, context: &Context<'_>) -> String {
        if self.timeline {
            return render::timeline(&view::timeline(&self.record, context.now()), &context.style);
        }
        let page = view::run_page(&self.record, &self.advice, context.now()).with_forecast(&self.forecast);
        render::run_page(&page.with_family(&self.family, context.now()), &context.style)
    }

    fn text(&self, context: &Context<'_>) -> String {
        let folder = context.state.run(self.record.id);
        let value = || {
            let log = |it: &AttemptId| Some(folder.log(it).to_string_lossy().into_owned());
            let mut value = json::run_get_with(&self.record, &self.children(), &self.advice, &log);
            value["data"]["run"]["estimate"] = json::forecast(&self.forecast);
            if self.timeline {
                value["data"]["timeline"] = json::timeline(&view::timeline(&self.record, context.now()));
            }
            value
        };
        match context.output {
            Output::Table => self.page(context) + "\n",
            Output::Plain => render::plain::run(&self.record) + "\n",
            Output::Json => json::document(&value()) + "\n",
            Output::Ndjson => json::line(&value()) + "\n",
        }
    }

    /// What stands below the run in its family, one step down.
    fn children(&self) -> Vec<RunSummary> {
        let this = self.family.iter().position(|(_, run)| run.id == self.record.id);
        let Some(this) = this else { return Vec::new() };
        let own = self.family[this].0;
        let below = self.family[this + 1..].iter().take_while(|(depth, _)| *depth > own);
        below.filter(|(depth, _)| *depth == own + 1).map(|(_, run)| run.clone()).collect()
    }
}

fn show(context: &mut Context<'_>, run: RunId, timeline: bool) -> Result<Done, Failure> {
    let shown = Shown::of(context, run, timeline)?;
    let text = shown.text(context);
    context.print(&text)?;
    Ok(Done { advice: shown.advice, ..Done::well() })
}

/// The run's page as a terminal shows it now, a line each.
///
/// # Errors
/// When there is no such run.
pub fn page_lines(context: &Context<'_>, run: RunId) -> Result<Vec<String>, Failure> {
    Ok(Shown::of(context, run, false)?.page(context).lines().map(str::to_owned).collect())
}

/// Shows a run whenever something happens to it: in place on a terminal, else one after the other.
fn watch(context: &mut Context<'_>, run: RunId, timeline: bool) -> Result<Done, Failure> {
    let paints =
        context.output == Output::Table && context.screen.is_interactive() && !context.style.accessible;
    let control = context.control()?;
    let mut follow = control.follow(run, Seq(0))?;
    let mut beats = 0;
    let mut before = None;
    loop {
        match follow.next(Duration::ZERO)? {
            Followed::Over => break,
            Followed::Events(_) => beats = 0,
            Followed::Quiet => {
                if beats % BEATS_A_PICTURE == 0 {
                    refresh(context, (run, timeline), paints, &mut before, follow.seen())?;
                }
                beats += 1;
                let key = context.screen.key(BEAT);
                if matches!(key, Some(Key::Interrupt | Key::Escape | Key::Char('q'))) {
                    break;
                }
            }
        }
    }
    context.screen.paint(&[]);
    show(context, run, timeline)
}

/// Paints the page, or prints it when something happened since the last time.
fn refresh(
    context: &mut Context<'_>,
    (run, timeline): (RunId, bool),
    paints: bool,
    before: &mut Option<Seq>,
    seen: Seq,
) -> Result<(), Failure> {
    if paints {
        let page = Shown::of(context, run, timeline)?.page(context);
        let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
        lines.truncate(context.screen.size().rows.saturating_sub(1));
        context.screen.paint(&lines);
        return Ok(());
    }
    if before.replace(seen) != Some(seen) {
        let text = Shown::of(context, run, timeline)?.text(context);
        context.print(&text)?;
    }
    Ok(())
}

/// The first run of a history of retries and all that came of it, a run before its retries.
fn family(journal: &Journal, run: RunId) -> Result<Vec<(usize, RunSummary)>, Failure> {
    let mut first = run;
    for _ in 0..FAMILY {
        match journal.parent(first)? {
            // A parent that was forgotten ends the history.
            Some(parent) if journal.summary(parent)?.is_some() => first = parent,
            _ => break,
        }
    }
    let mut family = Vec::new();
    let mut open: Vec<(usize, RunSummary)> = journal.summary(first)?.map(|it| (0, it)).into_iter().collect();
    while let Some((depth, next)) = open.pop() {
        let children = journal.children(next.id, FAMILY)?;
        open.extend(children.into_iter().rev().map(|child| (depth + 1, child)));
        family.push((depth, next));
        // Kept whole around the run itself: what came of it is never cut before it is reached.
        if family.len() >= FAMILY && family.iter().any(|(_, it)| it.id == run) {
            break;
        }
    }
    Ok(family)
}

/// An exported run: what it was, without advice about a workspace that is not this one.
fn get_file(context: &mut Context<'_>, file: &Path, timeline: bool) -> Result<Done, Failure> {
    let record = &export::read(file, &mut |_, _| {})?;
    let along = || view::timeline(record, context.now());
    let value = || {
        let mut value = json::run_get_with(record, &[], &[], &|_| None);
        if timeline {
            value["data"]["timeline"] = json::timeline(&along());
        }
        value
    };
    let text = match context.output {
        Output::Table if timeline => render::timeline(&along(), &context.style) + "\n",
        Output::Table => {
            let page = view::run_page(record, &[], context.now());
            render::run_page(&page, &context.style) + "\n"
        }
        Output::Plain => render::plain::run(record),
        Output::Json => json::document(&value()) + "\n",
        Output::Ndjson => json::line(&value()) + "\n",
    };
    context.print(&text)?;
    Ok(Done::well())
}
