//! `next`, `subplan`, `execution`, `run create`, `run retry`: from a wish to a run that goes on.

use std::{collections::BTreeSet, fs};

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::{
    choice,
    context::{Context, Done, Face},
    estimate,
    failure::Failure,
    follow, form, plans, resume,
};
use crate::{
    cli::{CreateArgs, ExecutionArgs, InputSource, LaunchOptions, NextArgs, Output, PlanName, SubplanArgs},
    config::{Config, Needs, Workflow},
    ids::{ItemId, Seq, WorkflowName},
    plan::Plan,
    process,
    render::{self, json},
    run::{Chosen, Refusal, Schedule, Specification, Strategy, spec::Origin},
    screen::{Answer, Question},
    text,
    view::{Confirm, Forecast},
    workflow::{self, Ask, Facts, Product, Proposal, Stamp},
    workspace,
};

/// What follows the creation of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Say its id and leave it alone.
    Leave,
    /// Show what it does until it ends, then its panel.
    Follow,
    /// Say nothing until it ends, then its panel.
    Wait,
}

/// Runs what is next for a plan.
///
/// # Errors
/// When there is nothing to run, or the run can't be created.
pub fn next(context: &mut Context<'_>, args: &NextArgs) -> Result<Done, Failure> {
    let Some(plan) = choice::plan(context, args.plan.as_ref())? else { return not_run(context) };
    let ask = with_options(Ask::next(), &args.options);
    launch(context, Some(&plan), &ask, Mode::of(&args.options, After::Follow))
}

/// Creates the SUBPLAN of an item.
///
/// # Errors
/// When the item is unknown or has one already, or the run can't be created.
pub fn subplan(context: &mut Context<'_>, args: &SubplanArgs) -> Result<Done, Failure> {
    on_item(context, "subplan", args.target.plan().as_ref(), &args.target.item(), &args.options)
}

/// Creates the next EXECUTION_TASK of an item.
///
/// # Errors
/// When the item is unknown or has no SUBPLAN, or the run can't be created.
pub fn execution(context: &mut Context<'_>, args: &ExecutionArgs) -> Result<Done, Failure> {
    on_item(context, "execution", args.target.plan().as_ref(), &args.target.item(), &args.options)
}

fn on_item(
    context: &mut Context<'_>,
    workflow: &str,
    plan: Option<&PlanName>,
    item: &ItemId,
    options: &LaunchOptions,
) -> Result<Done, Failure> {
    let Some(plan) = choice::plan(context, plan)? else { return not_run(context) };
    let ask = with_options(Ask::on(workflow, item), options);
    launch(context, Some(&plan), &ask, Mode::of(options, After::Follow))
}

/// Creates a run of any workflow.
///
/// # Errors
/// When the workflow is unknown, lacks something, or the run can't be created.
pub fn create(context: &mut Context<'_>, args: &CreateArgs) -> Result<Done, Failure> {
    if let Some(workflow) = &args.workflow {
        return create_of(context, workflow, args);
    }
    match form::fill(context, args)? {
        Some((workflow, args)) => create_of(context, &workflow, &args),
        None => not_run(context),
    }
}

fn not_run(context: &mut Context<'_>) -> Result<Done, Failure> {
    context.note("Not run.\n")?;
    Ok(Done::well())
}

/// A wish that this version can't grant is said to be one: a flag without effect would be a lie.
fn refuse_what_nothing_obeys(workflow: &WorkflowName, args: &CreateArgs) -> Result<(), Failure> {
    let flags =
        [("--strategy", args.strategy.is_some() && args.resume.is_some()), ("--complete", args.complete)];
    let Some((flag, _)) = flags.into_iter().find(|(_, given)| *given) else { return Ok(()) };
    Err(Refusal::BadInput {
        workflow: workflow.clone(),
        what: format!("{flag} is understood, and has no effect on it in this version"),
        fix: format!("leave {flag} out"),
    }
    .into())
}

fn create_of(context: &mut Context<'_>, workflow: &WorkflowName, args: &CreateArgs) -> Result<Done, Failure> {
    refuse_what_nothing_obeys(workflow, args)?;
    if let Some(run) = &args.resume {
        return resume::carry_on(context, workflow, args, run);
    }
    let plan = match &args.plan {
        Some(name) => Some(plans::resolve(context, name)?),
        None if workflow::needs_plan(context.config(), workflow) => {
            let Some(plan) = choice::plan(context, None)? else { return not_run(context) };
            Some(plan)
        }
        None => None,
    };
    let mut ask = with_options(Ask::of(workflow.as_str()), &args.options);
    ask.items.clone_from(&args.items);
    ask.input = input(context, args.input.as_ref())?;
    ask.slots = args.slots.map(std::num::NonZeroUsize::get);
    ask.fail_fast = args.fail_fast;
    ask.agent.clone_from(&args.agent);
    ask.strategy = args.strategy.and_then(|word| Strategy::from_word(&word.word()));
    let after = after(args, context.face);
    launch(context, plan.as_ref(), &ask, Mode::of(&args.options, after))
}

/// What follows the creation of a run with these flags.
pub(super) const fn after(args: &CreateArgs, face: Face) -> After {
    match (args.follow, args.wait, face) {
        (true, ..) => After::Follow,
        (_, true, _) => After::Wait,
        _ => After::Leave,
    }
}

/// What to do with a wish once it is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Print the frozen specification and start nothing.
    DryRun,
    /// Create the run.
    Run(After),
}

impl Mode {
    pub(super) const fn of(options: &LaunchOptions, after: After) -> Self {
        if options.dry_run { Self::DryRun } else { Self::Run(after) }
    }
}

/// Understands a wish, says what it will do, asks where asking is due, and creates the run.
///
/// # Errors
/// When the wish can't be granted, or the run can't be created.
pub fn launch(
    context: &mut Context<'_>,
    plan: Option<&Plan>,
    ask: &Ask,
    mode: Mode,
) -> Result<Done, Failure> {
    let facts = facts_of(context, plan);
    let stamp = stamp(context, plan);
    let mut spec = workflow::specify(ask, plan, context.config(), &facts, stamp)?;
    let held = workflow::held_commands(&spec, plan, context.config());
    match mode {
        Mode::DryRun => {
            context.note(&held_lines(&held))?;
            let schedule = workflow::propose(ask, plan, context.config(), &facts)?.schedule;
            dry_run(context, &spec, schedule.as_ref())
        }
        Mode::Run(after) => {
            if context.asks() {
                if !confirmed(context, plan, ask, &facts, &held)? {
                    return not_run(context);
                }
                if !held.is_empty() {
                    workflow::allow_commands(&mut spec);
                }
            } else if !held.is_empty() {
                let workflow = spec.workflow.clone();
                return Err(Refusal::HoldsCommands { workflow, commands: held }.into());
            } else if spec.strategy.is_some() {
                forewarn(context, plan, ask, &facts)?;
            }
            start(context, &spec, after)
        }
    }
}

/// Runs a program that advice names, through the same executor as everything else: a recipe made on
/// the spot, called `advice`.
///
/// # Errors
/// When there is no such program, or the run can't be created.
pub fn run_program(context: &mut Context<'_>, argv: &[String]) -> Result<Done, Failure> {
    let mut config = context.config().clone();
    // No braces of a program's arguments are placeholders, and our own name need not be in PATH.
    let literal = |word: &String| word.replace('{', "{{").replace('}', "}}");
    let mut command: Vec<String> = argv.iter().map(literal).collect();
    if let Some(program) = command.first_mut().filter(|it| *it == "plandeck") {
        *program = context.program.to_string_lossy().into_owned();
    }
    config.workflow.insert(
        "advice".to_owned(),
        Workflow { command: Some(command), needs: Needs::Nothing, ..Workflow::default() },
    );
    let ask = Ask::of("advice");
    let facts = facts_for(context, &config);
    let spec = workflow::specify(&ask, None, &config, &facts, stamp(context, None))?;
    if context.asks() {
        let text = format!("Run {}?", text::plain(&shell_words::join(argv)));
        if context.screen.ask(&Question::Confirm { text, default: true })? != Answer::Yes {
            context.note("Not run.\n")?;
            return Ok(Done::well());
        }
    }
    start(context, &spec, After::Follow)
}

/// Creates the run of a specification, and follows it as far as it is wanted.
///
/// # Errors
/// When the run can't be created.
pub fn start(context: &mut Context<'_>, spec: &Specification, after: After) -> Result<Done, Failure> {
    let mut control = context.control()?;
    context.busy(&format!("starting {}", spec.workflow))?;
    let created = control.create(spec);
    context.screen.idle();
    let run = created?;
    match after {
        After::Leave => {
            let text = match context.output {
                Output::Json => json::document(&json::run_created(&run)) + "\n",
                Output::Ndjson => json::line(&json::run_created(&run)) + "\n",
                Output::Plain => format!("{}\n", spec.run),
                Output::Table => {
                    format!("Run {} goes on; follow {} shows it.\n", spec.run.short(), spec.run.short())
                }
            };
            context.print(&text)?;
            Ok(Done::well())
        }
        After::Follow => follow::to_end(context, spec.run, true, Seq(0)),
        After::Wait => follow::to_end(context, spec.run, false, Seq(0)),
    }
}

fn confirmed(
    context: &mut Context<'_>,
    plan: Option<&Plan>,
    ask: &Ask,
    facts: &Facts,
    held: &[String],
) -> Result<bool, Failure> {
    let mut confirm = question(context, &workflow::propose(ask, plan, context.config(), facts)?);
    confirm.does.extend(held_lines(held).lines().map(str::to_owned));
    let text = render::confirm(&confirm, &context.style);
    context.print(&text)?;
    let question = Question::Confirm { text: confirm.question.clone(), default: confirm.default_yes() };
    Ok(context.screen.ask(&question)? == Answer::Yes)
}

/// The shell lines of the plan's own files, for whoever has to say whether they may be run.
fn held_lines(held: &[String]) -> String {
    const SHOWN: usize = 5;
    let Some(more) = held.len().checked_sub(1).map(|_| held.len().saturating_sub(SHOWN)) else {
        return String::new();
    };
    let shown: String = held.iter().take(SHOWN).map(|it| format!("  {}\n", text::plain(it))).collect();
    let more = if more > 0 { format!("  and {more} more\n") } else { String::new() };
    format!("Runs shell lines that the plan's own files hold:\n{shown}{more}")
}

/// What is asked before something is run.
fn question(context: &Context<'_>, proposal: &Proposal) -> Confirm {
    let limit = proposal.timeout.map(|it| format!(", at most {}", text::format_duration(it)));
    // Our own program by its name: where it lies says nothing.
    let own = context.program.to_str();
    let shown = |word: &'_ String| {
        if Some(word.as_str()) == own { "plandeck".to_owned() } else { context.inside(word).to_owned() }
    };
    let command: Vec<String> = proposal.command.iter().map(shown).collect();
    let more = match proposal.tasks {
        0 | 1 => String::new(),
        tasks => format!(", and {} more like it", tasks - 1),
    };
    let command = format!("Runs {}{}{more}.", shell_words::join(command), limit.unwrap_or_default());
    let product = match &proposal.product {
        Product::File(path) => Some(format!("Writes {path}.")),
        Product::Prompt => Some("Prints a prompt, which its log keeps.".to_owned()),
        Product::Unknown => None,
    };
    let schedule =
        proposal.schedule.iter().flat_map(|schedule| [shape(schedule)].into_iter().chain(noticed(schedule)));
    Confirm {
        question: format!("{}?", proposal.title.trim_end_matches('?')),
        does: product.into_iter().chain([command]).chain(proposal.note()).chain(schedule).collect(),
        why: proposal.why.clone(),
        loses: Vec::new(),
    }
}

/// The frozen specification of a run that is no whole plan decided anew.
pub(super) fn print_specification(context: &mut Context<'_>, spec: &Specification) -> Result<Done, Failure> {
    dry_run(context, spec, None)
}

/// `In 3 waves, at most 2 at once; phased: IMPL_PLAN.md:5 says "Phased".`
fn shape(schedule: &Schedule) -> String {
    let waves = match schedule.waves.len() {
        1 => "one wave".to_owned(),
        waves => format!("{waves} waves"),
    };
    let Chosen { strategy, from } = &schedule.strategy;
    format!(
        "In {waves}, at most {} at once; {}: {}.",
        schedule.slots,
        strategy.word(),
        from.trim_end_matches('.')
    )
}

/// Where nobody is asked, what was noticed about a whole plan is said all the same.
fn forewarn(context: &mut Context<'_>, plan: Option<&Plan>, ask: &Ask, facts: &Facts) -> Result<(), Failure> {
    let proposal = workflow::propose(ask, plan, context.config(), facts)?;
    if matches!(context.output, Output::Json | Output::Ndjson) {
        return Ok(());
    }
    let lines: String = proposal
        .schedule
        .iter()
        .flat_map(noticed)
        .map(|line| text::plain(&line).into_owned() + "\n")
        .collect();
    context.note(&lines)
}

/// How a whole plan would be run, and what should be known before: a sentence each.
fn noticed(schedule: &Schedule) -> Vec<String> {
    let mut lines = Vec::new();
    let left_out = schedule.left_out.iter().map(|it| format!("{} is left out: {}.", it.item, it.why));
    let findings = schedule.findings.iter().map(|it| format!("{}.", it.message.trim_end_matches('.')));
    let all: Vec<String> = left_out.chain(findings).collect();
    lines.extend(all.iter().take(MOST_NOTICED).cloned());
    if all.len() > MOST_NOTICED {
        let more = all.len() - MOST_NOTICED;
        lines.push(format!("{more} more such notices: run create all --dry-run shows them."));
    }
    lines
}

/// How many notices stand beside a question; the dry run shows all.
const MOST_NOTICED: usize = 5;

/// The schedule where there is one and people read it, else the frozen specification.
fn dry_run(
    context: &mut Context<'_>,
    spec: &Specification,
    schedule: Option<&Schedule>,
) -> Result<Done, Failure> {
    let forecast = match schedule {
        Some(_) => estimate::of_new(context, spec)?,
        None => Forecast::default(),
    };
    let text = match (schedule, context.output) {
        (Some(schedule), Output::Table | Output::Plain) => {
            let id = spec.plan.as_ref().map_or("", |plan| plan.id.as_str());
            render::schedule(&format!("Schedule of {id}"), schedule, &forecast, &context.style)
        }
        (schedule, output) => {
            let value = json::run_specification(spec, schedule.map(|it| (it, &forecast)));
            if output == Output::Ndjson { json::line(&value) } else { json::document(&value) }
        }
    };
    context.print(&format!("{text}\n"))?;
    Ok(Done::well())
}

pub(super) fn with_options(ask: Ask, options: &LaunchOptions) -> Ask {
    Ask {
        params: options.params.iter().map(|it| (it.name.clone(), it.value.clone())).collect(),
        timeout: options.timeout,
        idle_timeout: options.idle_timeout,
        plan_commands: options.plan_commands,
        ..ask
    }
}

/// What `--input` holds: a JSON object.
fn input(context: &mut Context<'_>, source: Option<&InputSource>) -> Result<Map<String, Value>, Failure> {
    let (name, text) = match source {
        None => return Ok(Map::new()),
        Some(InputSource::Text(text)) => ("--input".to_owned(), text.clone()),
        Some(InputSource::File(file)) => {
            let path = context.here.join(file);
            let text = fs::read_to_string(&path)
                .map_err(|error| std::io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
            (path.display().to_string(), text)
        }
        Some(InputSource::Stdin) => ("standard input".to_owned(), rest_of_input(context)?),
    };
    let value = serde_json::from_str(&text).map_err(|error| Failure::Input {
        message: format!("{name}:{}:{}: {error}", error.line(), error.column()),
        hint: Some("write a JSON object, such as {\"level\": 2}".to_owned()),
    })?;
    object(&name, value)
}

fn object(name: &str, value: Value) -> Result<Map<String, Value>, Failure> {
    match value {
        Value::Object(map) => Ok(map),
        _ => Err(Failure::Input {
            message: format!("{name} is JSON, but no object"),
            hint: Some("write names and values, such as {\"level\": 2}".to_owned()),
        }),
    }
}

fn rest_of_input(context: &mut Context<'_>) -> Result<String, Failure> {
    let mut text = String::new();
    while let Some(line) = context.screen.read_line()? {
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}

/// The same, with which documents of a plan are not there.
fn facts_of(context: &Context<'_>, plan: Option<&Plan>) -> Facts {
    let expected = plan.map(workflow::documents).unwrap_or_default();
    let absent = expected.into_iter().filter(|path| !context.root.join(path).exists()).collect();
    Facts { absent, ..facts(context) }
}

/// Looks up what recipes need to know of the workspace and the machine.
pub fn facts(context: &Context<'_>) -> Facts {
    facts_for(context, context.config())
}

fn facts_for(context: &Context<'_>, config: &Config) -> Facts {
    let wanted = workflow::wanted(config);
    let path = context.environment.get("PATH").unwrap_or_default();
    let found = |name: &String| {
        let program = process::find_program(name, path, &context.root).ok()?;
        Some((name.clone(), program.to_string_lossy().into_owned()))
    };
    let exists = |file: &&String| context.root.join(file).is_file();
    let text = |file: &String| Some((file.clone(), fs::read_to_string(context.root.join(file)).ok()?));
    Facts {
        workspace: context.root.to_string_lossy().into_owned(),
        own_program: context.program.to_string_lossy().into_owned(),
        programs: wanted.programs.iter().filter_map(found).collect(),
        scripts: wanted.scripts.iter().filter(exists).cloned().collect::<BTreeSet<_>>(),
        texts: wanted.texts.iter().filter_map(text).collect(),
        absent: BTreeSet::new(),
        cores: std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get),
    }
}

/// How many tasks of a run may go on at once where nothing else is asked for.
pub fn slots(context: &Context<'_>, facts: &Facts) -> usize {
    match context.config().run.slots {
        0 => facts.cores,
        slots => slots,
    }
}

/// What is decided at the moment a run is created.
pub fn stamp(context: &Context<'_>, plan: Option<&Plan>) -> Stamp {
    let now = context.now();
    let run = context.ids.run(now.millis());
    let seed = Sha256::digest(run.to_string().as_bytes());
    Stamp {
        run,
        created_at: now,
        origin: Origin {
            user: context.environment.user().unwrap_or("unknown").to_owned(),
            face: context.face.word().to_owned(),
            pid: std::process::id(),
        },
        umask: context.umask,
        git_commit: workspace::head_commit(&context.root),
        plan_hash: plan.and_then(|it| hash(&context.root.join(&it.path))),
        seed: seed.iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte)),
    }
}

/// SHA-256 of a file, in hexadecimal.
fn hash(path: &std::path::Path) -> Option<String> {
    let bytes = fs::read(path).ok()?;
    Some(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}
