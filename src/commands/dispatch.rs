//! From a parsed verb to the file that does it.

use super::{
    context::{Context, Done},
    diff, doctor, document, edits, export,
    failure::Failure,
    help, launch, logs, monitor, plan, proof, prune, runs, settings, show_run, status, watch,
};
use crate::cli::{PlanVerb, RunVerb, Verb};

/// What a verb needs that no command can give: the face itself has to do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForTheFace {
    /// Open the deck on a workspace made to be tried on.
    Demo(crate::cli::DemoArgs),
    /// Fill the terminal with what happens; with this run, where one was named.
    Monitor(Option<crate::ids::RunId>),
    /// Play sessions.
    Replay(crate::cli::ReplayArgs),
    /// Mind a run to its end.
    Supervise(crate::cli::SuperviseArgs),
    /// Do one task.
    Perform(crate::cli::PerformArgs),
}

/// What became of a verb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dispatched {
    /// It was done.
    Done(Done),
    /// The face has to do it.
    ForTheFace(ForTheFace),
}

/// Does what a verb says.
///
/// # Errors
/// Whatever kept it from being done.
pub fn dispatch(context: &mut Context<'_>, verb: Verb) -> Result<Dispatched, Failure> {
    let done = match verb {
        Verb::Monitor(args) => return monitor::monitor(context, &args),
        Verb::Status(args) => status::status(context, &args),
        Verb::Next(args) => launch::next(context, &args),
        Verb::Subplan(args) => launch::subplan(context, &args),
        Verb::Execution(args) => launch::execution(context, &args),
        Verb::Plan(verb) => plan_verb(context, verb),
        Verb::Run(verb) => run_verb(context, verb),
        Verb::Init(args) => settings::init(context, args),
        Verb::Config(verb) => settings::config(context, verb),
        Verb::Doctor(args) => doctor::doctor(context, args),
        Verb::Themes => settings::themes(context),
        Verb::Completions(args) => help::completions(context, args.shell),
        Verb::Man => help::man(context),
        Verb::Help(args) => help::help(context, &args),
        Verb::Document(args) => document::document(context, &args),
        Verb::Demo(args) => return Ok(Dispatched::ForTheFace(ForTheFace::Demo(args))),
        Verb::Replay(args) => return Ok(Dispatched::ForTheFace(ForTheFace::Replay(args))),
        Verb::Supervise(args) => return Ok(Dispatched::ForTheFace(ForTheFace::Supervise(args))),
        Verb::Perform(args) => return Ok(Dispatched::ForTheFace(ForTheFace::Perform(args))),
    };
    done.map(Dispatched::Done)
}

fn plan_verb(context: &mut Context<'_>, verb: PlanVerb) -> Result<Done, Failure> {
    match verb {
        PlanVerb::List => plan::list(context),
        PlanVerb::Show(args) => plan::show(context, &args),
        PlanVerb::Lint(args) => plan::lint(context, &args),
        PlanVerb::Proof(args) => proof::proof(context, &args),
        PlanVerb::Watch(args) => watch::watch(context, &args),
        PlanVerb::Set(args) => edits::set(context, &args),
        PlanVerb::Undo(args) => edits::undo(context, &args),
        PlanVerb::Approve(args) => edits::approve(context, &args),
        PlanVerb::Reject(args) => edits::reject(context, &args),
    }
}

fn run_verb(context: &mut Context<'_>, verb: RunVerb) -> Result<Done, Failure> {
    match verb {
        RunVerb::Create(args) => launch::create(context, &args),
        RunVerb::List(args) => runs::list(context, &args),
        RunVerb::Get(args) => show_run::get(context, &args),
        RunVerb::Logs(args) => logs::logs(context, &args),
        RunVerb::Events(args) => runs::events(context, &args),
        RunVerb::Follow(args) => runs::follow(context, &args),
        RunVerb::Wait(args) => runs::wait(context, &args),
        RunVerb::Cancel(args) => runs::cancel(context, &args),
        RunVerb::Pause(args) => runs::pause(context, &args),
        RunVerb::Unpause(args) => runs::unpause(context, &args),
        RunVerb::Send(args) => runs::send(context, &args),
        RunVerb::Retry(args) => runs::retry(context, &args),
        RunVerb::Diff(args) => diff::diff(context, &args),
        RunVerb::Prune(args) => prune::prune(context, &args),
        RunVerb::Export(args) => export::export(context, &args),
    }
}
