//! `run list -i`: the list of runs one moves about in, painted through the screen.

use std::time::Duration;

use super::{
    context::{Context, Done},
    failure::Failure,
    follow, launch, runs, show_run,
};
use crate::{
    cli::ListArgs,
    ids::{RunId, Seq},
    journal::{Journal, RunQuery, RunSort},
    render,
    run::Refusal,
    screen::Key,
    text,
    view::{Picker, PickerKey, PickerSort, PickerWish},
    workflow::{self, Again},
};

/// How often rows are looked at anew.
const BEAT: Duration = Duration::from_millis(250);
/// Most runs that are held at once; what is further away is found with `/`.
const ROWS: usize = 500;

/// Lets a person move about in the list until they leave it.
///
/// # Errors
/// When there is no terminal to do it on, or the journal can't be read.
pub fn pick(context: &mut Context<'_>, args: &ListArgs) -> Result<Done, Failure> {
    if !context.screen.is_interactive() || context.style.accessible {
        let what = "the list one moves about in can't be shown".to_owned();
        let why = if context.style.accessible {
            "it repaints the screen, which accessible mode does not; run list shows the same"
        } else {
            "it needs a terminal; run list shows the same"
        };
        return Err(Refusal::WrongState { what, why: why.to_owned() }.into());
    }
    let journal = context.journal()?;
    let mut picking = Picking {
        question: RunQuery { limit: ROWS, page: None, ..runs::query(context, args)? },
        picker: Picker::new(args.search.clone().unwrap_or_default()),
        journal,
        seen: None,
    };
    picking.rows()?;
    let done = picking.run(context);
    context.screen.paint(&[]);
    done.map(|()| Done::well())
}

struct Picking {
    /// What the command line asked for; order and text are the picker's.
    question: RunQuery,
    picker: Picker,
    journal: std::rc::Rc<Journal>,
    seen: Option<i64>,
}

impl Picking {
    fn run(&mut self, context: &mut Context<'_>) -> Result<(), Failure> {
        let mut painted = Vec::new();
        loop {
            self.look_for_news()?;
            let height = context.screen.size().rows.saturating_sub(render::PICKER_FRAME + 1).max(1);
            let page = self.picker.page(height, context.now());
            let lines = render::picker(&page, &context.style);
            // The same picture again would only flicker.
            if lines != painted {
                context.screen.paint(&lines);
                painted = lines;
            }
            let Some(key) = context.screen.key(BEAT).map(understood) else { continue };
            painted.clear();
            match self.picker.key(key, height) {
                PickerWish::Nothing => {}
                PickerWish::Leave => return Ok(()),
                PickerWish::Rows => self.rows()?,
                PickerWish::Open(run) => self.open(context, run)?,
                wish => self.act(context, &wish)?,
            }
        }
    }

    /// Reads the rows again when somebody has written.
    fn look_for_news(&mut self) -> Result<(), Failure> {
        let version = Some(self.journal.data_version()?);
        if version != self.seen {
            self.seen = version;
            self.rows()?;
        }
        Ok(())
    }

    fn rows(&mut self) -> Result<(), Failure> {
        let (sort, reverse) = self.picker.order();
        let filter = self.picker.filter();
        let query = RunQuery {
            search: (!filter.is_empty()).then(|| filter.to_owned()),
            sort: match sort {
                PickerSort::Time => RunSort::Started,
                PickerSort::Duration => RunSort::Duration,
                PickerSort::Status => RunSort::Status,
                PickerSort::Workflow => RunSort::Workflow,
                PickerSort::Plan => RunSort::Plan,
            },
            reverse,
            ..self.question.clone()
        };
        let page = self.journal.list(&query)?;
        self.picker.take(page.runs, page.total);
        Ok(())
    }

    /// What went wrong with one wish is said in the list, and the list goes on.
    fn act(&mut self, context: &mut Context<'_>, wish: &PickerWish) -> Result<(), Failure> {
        let done = match wish {
            PickerWish::Cancel(run) => cancel(context, *run),
            PickerWish::Follow(run) => follow(context, *run).map(|()| None),
            PickerWish::Retry(run) => self.retry(context, *run).map(Some),
            _ => return Ok(()),
        };
        match done {
            Ok(None) => {}
            Ok(Some(said)) => self.picker.say(said),
            Err(failure) if failure.is_broken_pipe() => return Err(failure),
            Err(failure) => self.picker.say(failure.to_string()),
        }
        self.rows()
    }

    fn retry(&mut self, context: &mut Context<'_>, run: RunId) -> Result<String, Failure> {
        let record = self.journal.run(run)?;
        let record = record.ok_or_else(|| Refusal::NoSuchRun { asked: run.to_string() })?;
        let spec = workflow::retry(&record, &Again::default(), launch::stamp(context, None))?;
        context.control()?.create(&spec)?;
        self.picker.choose(spec.run);
        Ok(format!("{} retries {}", spec.run.short(), run.short()))
    }

    /// Shows a run's page, which goes on changing, until the person goes back.
    fn open(&mut self, context: &mut Context<'_>, run: RunId) -> Result<(), Failure> {
        let mut top = 0_usize;
        loop {
            let lines = show_run::page_lines(context, run)?;
            let height = context.screen.size().rows.saturating_sub(2).max(1);
            top = top.min(lines.len().saturating_sub(height));
            let hint = "  Esc: back · j k: more · f c R";
            let hint = text::clip(hint, context.style.width);
            let mut shown: Vec<String> = lines.into_iter().skip(top).take(height).collect();
            shown.push(render::word(render::Role::Hint, &hint, &context.style));
            context.screen.paint(&shown);
            match context.screen.key(BEAT).map(understood) {
                Some(PickerKey::Down | PickerKey::Char('j')) => top += 1,
                Some(PickerKey::Up | PickerKey::Char('k')) => top = top.saturating_sub(1),
                Some(PickerKey::PageDown | PickerKey::Char(' ')) => top += height,
                Some(PickerKey::PageUp) => top = top.saturating_sub(height),
                Some(PickerKey::Home) => top = 0,
                Some(PickerKey::End) => top = usize::MAX,
                Some(key @ PickerKey::Char('f' | 'c' | 'R')) => {
                    self.rows()?;
                    let wish = self.picker.key(key, height);
                    self.act(context, &wish)?;
                    return Ok(());
                }
                Some(PickerKey::Escape | PickerKey::Enter | PickerKey::Interrupt | PickerKey::Char('q')) => {
                    return Ok(());
                }
                _ => {}
            }
        }
    }
}

/// Asks, and leaves the request; the row shows what comes of it.
fn cancel(context: &mut Context<'_>, run: RunId) -> Result<Option<String>, Failure> {
    context.screen.paint(&[]);
    if !runs::may_cancel(context, &[run])? {
        return Ok(Some("Nothing was cancelled.".to_owned()));
    }
    let by = context.user().to_owned();
    context.control()?.cancel(run, None, &by, false)?;
    Ok(Some(format!("{} is asked to end", run.short())))
}

/// Shows what a run does until it ends; its panel stays above the list.
fn follow(context: &mut Context<'_>, run: RunId) -> Result<(), Failure> {
    context.screen.paint(&[]);
    follow::to_end(context, run, true, Seq(0)).map(|_| ())
}

const fn understood(key: Key) -> PickerKey {
    match key {
        Key::Char(letter) => PickerKey::Char(letter),
        Key::Interrupt => PickerKey::Interrupt,
        Key::Escape => PickerKey::Escape,
        Key::Up => PickerKey::Up,
        Key::Down => PickerKey::Down,
        Key::PageUp => PickerKey::PageUp,
        Key::PageDown => PickerKey::PageDown,
        Key::Home => PickerKey::Home,
        Key::End => PickerKey::End,
        Key::Enter => PickerKey::Enter,
        Key::Backspace => PickerKey::Backspace,
    }
}
