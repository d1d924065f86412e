//! `plan watch`: what changes in plans, told as it happens.

use std::time::Duration;

use super::{
    context::{Context, Done, Face},
    failure::Failure,
    look::Source,
    plans,
};
use crate::{
    cli::{Output, WatchPlanArgs},
    config::Refresh,
    plan::{ChangeKind, Plan, PlanChange, differences},
    render::json,
    run::Refusal,
    screen::Key,
    view::{self, Outlook},
    workspace::{Heard, How, Watch},
};

/// How often a key is looked for while nothing changes; changes themselves are told at once.
const BEAT: Duration = Duration::from_millis(100);

/// How long is waited where no key is looked for.
const LONG: Duration = Duration::from_hours(1);

/// Prints a line for every plan that changes, until interrupted.
///
/// # Errors
/// When there is no such plan, nobody could end it, or standard output is gone.
pub fn watch(context: &mut Context<'_>, args: &WatchPlanArgs) -> Result<Done, Failure> {
    let in_shell = context.face == Face::Shell;
    if !in_shell && !context.screen.is_interactive() {
        return Err(Failure::Input {
            message: "plan watch goes on until a key ends it, and there is nobody to press one".to_owned(),
            hint: Some("use it in the shell, or in the deck at a terminal".to_owned()),
        });
    }
    let source = Source::of(context);
    let mut before = meant(context, args)?;
    let mut watched = source.watched();
    watched.folders.extend(before.iter().filter_map(|it| Some(it.path.split_once('/')?.0.to_owned())));
    let mut watch = Watch::start(watched, how(context.config().deck.refresh));
    context.note(if in_shell { "Watching; Ctrl-C ends it.\n" } else { "Watching; q ends it.\n" })?;
    loop {
        if watch.wait(if in_shell { LONG } else { BEAT }) != Heard::Nothing {
            let now = match meant(context, args) {
                Ok(now) => now,
                Err(Failure::Refused(Refusal::NoSuchPlan { .. })) => Vec::new(),
                // Half a file that somebody is writing: the other half is another change.
                Err(Failure::Plan(_)) => continue,
                Err(failure) => return Err(failure),
            };
            for change in differences(&before, &now) {
                tell(context, &change, &now)?;
            }
            before = now;
        }
        // In the shell an interrupt ends the program by itself.
        if !in_shell
            && matches!(
                context.screen.key(Duration::ZERO),
                Some(Key::Interrupt | Key::Escape | Key::Char('q'))
            )
        {
            return Ok(Done::well());
        }
    }
}

/// How often is looked, as the setting says; one who asks to watch means it, whatever it says.
pub(super) const fn how(refresh: Refresh) -> How {
    match refresh {
        Refresh::Every(span) => How::Look(span.0),
        Refresh::Watch | Refresh::Off => How::Notice,
    }
}

fn meant(context: &Context<'_>, args: &WatchPlanArgs) -> Result<Vec<Plan>, Failure> {
    let Some(name) = &args.plan else { return Ok(plans::load(context)?.plans.clone()) };
    let plan = plans::resolve(context, name)?;
    plans::must_be_inside(context, Some(name), &plan)?;
    Ok(vec![plan])
}

fn tell(context: &mut Context<'_>, change: &PlanChange, now: &[Plan]) -> Result<(), Failure> {
    let line = match context.output {
        Output::Json | Output::Ndjson => {
            let plan = now.iter().find(|it| it.id == change.plan);
            json::line(&json::plan_changed(change, plan.map(Outlook::of).as_ref()))
        }
        Output::Table => view::changed(change),
        Output::Plain => plain(change),
    };
    context.print(&line)
}

/// `plan change item before after`, an item a line; a plan without one is a line too.
fn plain(change: &PlanChange) -> String {
    let record = |word: &str, item: &str, before: &str, after: &str| {
        [change.plan.as_str(), word, item, before, after].map(crate::text::plain).join("\t")
    };
    match &change.kind {
        ChangeKind::New => record("new", "", "", ""),
        ChangeKind::Gone => record("gone", "", "", ""),
        ChangeKind::Items(items) if items.is_empty() => record("changed", "", "", ""),
        ChangeKind::Items(items) => {
            let word = |state: Option<crate::plan::ItemState>| state.map_or("", crate::plan::ItemState::word);
            let rows = items.iter();
            let rows = rows.map(|it| record("changed", it.item.as_str(), word(it.before), word(it.after)));
            rows.collect::<Vec<_>>().join("\n")
        }
    }
}
