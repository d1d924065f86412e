//! `monitor`: decides how what happens can be shown here. The face that fills the terminal shows it.

use super::{
    context::Context,
    dispatch::{Dispatched, ForTheFace},
    failure::Failure,
    follow, runs,
};
use crate::{
    cli::{ListArgs, MonitorArgs},
    ids::Seq,
    run::Refusal,
};

/// The monitor where there is a terminal for it; in accessible mode, which repaints nothing, the run as it
/// goes on, or the list of runs.
///
/// # Errors
/// When there is no such run, or no terminal.
pub fn monitor(context: &mut Context<'_>, args: &MonitorArgs) -> Result<Dispatched, Failure> {
    let run = args.run.as_ref().map(|run| runs::find(context, run)).transpose()?;
    if context.style.accessible {
        let done = match run {
            Some(run) => follow::to_end(context, run, true, Seq(0)),
            None => runs::list(context, &ListArgs::default()),
        };
        return done.map(Dispatched::Done);
    }
    if !context.screen.is_interactive() {
        let what = "the monitor can't be shown".to_owned();
        let why = "it needs a terminal; run follow shows a run without one".to_owned();
        return Err(Refusal::WrongState { what, why }.into());
    }
    Ok(Dispatched::ForTheFace(ForTheFace::Monitor(run)))
}
