//! From the arguments to the face that was asked for, and the exit code.

use std::{ffi::OsString, io::IsTerminal as _};

use super::{context::Around, demo, replay};
use crate::{
    cli::{self, ExitCode, LineError, Output, SuperviseArgs},
    clock::SystemClock,
    commands::{self, Dispatched, Face, Failure, ForTheFace, dispatch},
    config::Environment,
    engine, perform,
    render::json,
    repl,
    screen::catch_signals,
    tui, workflow,
    workspace::state::StateFolder,
};

/// Runs the program with these arguments, the first of which is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match cli::parse_args(arguments) {
        Ok(cli) => cli,
        Err(error) => return say_line_error(&error),
    };
    let output = cli.global.common.output.unwrap_or_default();
    match start(cli) {
        Ok(code) => code,
        Err(failure) => say_failure(&failure, output),
    }
}

fn start(cli: cli::Cli) -> Result<ExitCode, Failure> {
    let environment = Environment::read();
    log_to_stderr(cli.global.verbose);
    if let Some(cli::Verb::Supervise(args)) = &cli.verb {
        return supervise(args, environment);
    }
    if let Some(cli::Verb::Perform(args)) = &cli.verb {
        return perform(args, &environment);
    }
    let Some(verb) = cli.verb else { return open_deck(&Around::of(&cli.global, environment)?) };
    if let cli::Verb::Demo(args) = &verb {
        return demo::run(args, &cli.global, environment);
    }
    let around = match Around::of(&cli.global, environment.clone()) {
        Err(Failure::Config(_)) if mends_settings(&verb) => Around::without_files(&cli.global, environment)?,
        around => around?,
    };
    let mut screen = around.terminal();
    let mut context = around.context(&mut screen, Face::Shell)?;
    match dispatch(&mut context, verb)? {
        Dispatched::Done(done) => Ok(done.code.0),
        Dispatched::ForTheFace(ForTheFace::Replay(args)) => replay::run(&args, &around, context.screen),
        Dispatched::ForTheFace(ForTheFace::Monitor(run)) => {
            catch_signals()?;
            tui::run(&mut context, run).map(|()| ExitCode::Done)
        }
        Dispatched::ForTheFace(_) => unreachable!("the other two were taken up before a context was made"),
    }
}

/// What has to work where the settings are broken.
const fn mends_settings(verb: &cli::Verb) -> bool {
    matches!(verb, cli::Verb::Config(cli::ConfigVerb::Edit | cli::ConfigVerb::Path))
}

/// The deck: on a terminal with a line editor, else by lines from standard input.
pub(super) fn open_deck(around: &Around) -> Result<ExitCode, Failure> {
    let mut screen = around.terminal();
    let interactive = crate::screen::Screen::is_interactive(&screen);
    let mut context = around.context(&mut screen, Face::Deck)?;
    if !interactive {
        return repl::lines::run(&mut context);
    }
    catch_signals()?;
    let mut deck = repl::Deck::open(&mut context)?;
    loop {
        match repl::terminal::run(&mut deck, &mut context)? {
            repl::Leave::Quit => return Ok(ExitCode::Done),
            repl::Leave::Monitor(run) => tui::run(&mut context, run)?,
        }
    }
}

fn supervise(args: &SuperviseArgs, environment: Environment) -> Result<ExitCode, Failure> {
    let run = args.run.parse().map_err(|_| Failure::Input {
        message: "supervise needs the full id of a run".to_owned(),
        hint: Some("it is started by plandeck itself, never by hand".to_owned()),
    })?;
    // Whoever created the run was told on its pipe; here is nobody to tell.
    match engine::main(StateFolder::at(&args.state), run, args.workspace.clone(), environment.all) {
        Ok(_) => Ok(ExitCode::Done),
        Err(_) => Ok(ExitCode::Trouble),
    }
}

/// Standard output is the attempt's log: what kept it from being done is said there, too.
fn perform(args: &cli::PerformArgs, environment: &Environment) -> Result<ExitCode, Failure> {
    let by_hand = || Failure::Input {
        message: "perform is told its task on standard input, and was not".to_owned(),
        hint: Some("it is started by a run's supervisor, never by hand".to_owned()),
    };
    let told = std::io::read_to_string(std::io::stdin().lock())?;
    let brief: crate::run::Brief = serde_json::from_str(&told).map_err(|_| by_hand())?;
    let named = (brief.run.to_string(), brief.attempt.task.as_str(), brief.attempt.number);
    if named != (args.run.clone(), args.task.as_str(), args.attempt) {
        return Err(by_hand());
    }
    let around = perform::Surroundings {
        cwd: std::env::current_dir()?,
        path: environment.get("PATH").unwrap_or("/usr/local/bin:/usr/bin:/bin").to_owned(),
        clock: &SystemClock::start(),
        out: &mut std::io::stdout().lock(),
    };
    Ok(if perform::main(&brief, around)? { ExitCode::Done } else { ExitCode::Failed })
}

fn log_to_stderr(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => tracing::Level::INFO,
        2 => tracing::Level::DEBUG,
        _ => tracing::Level::TRACE,
    };
    tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
}

/// Help and the version are data; anything else is a usage error.
fn say_line_error(error: &LineError) -> ExitCode {
    let ansi = |text: &clap::builder::StyledStr, colour: bool| {
        if colour { text.ansi().to_string() } else { text.to_string() }
    };
    match error {
        LineError::Shown(text) => {
            let text = ansi(text, std::io::stdout().is_terminal());
            write_or_end_politely(&mut std::io::stdout(), &text);
            ExitCode::Done
        }
        LineError::Usage(text) => {
            let text = ansi(text, std::io::stderr().is_terminal());
            write_or_end_politely(&mut std::io::stderr(), &text);
            ExitCode::Usage
        }
        LineError::OpenQuote => {
            write_or_end_politely(&mut std::io::stderr(), &format!("{error}\n"));
            ExitCode::Usage
        }
    }
}

/// What kept a verb from being done, on standard error: message, causes, hint; or one JSON object.
fn say_failure(failure: &Failure, output: Output) -> ExitCode {
    if failure.is_broken_pipe() {
        return ExitCode::Done;
    }
    if let Failure::Line(error) = failure {
        return say_line_error(error);
    }
    let text = if output.is_json() { json_failure(failure) } else { plain_failure(failure) };
    write_or_end_politely(&mut std::io::stderr(), &text);
    failure.code()
}

fn plain_failure(failure: &Failure) -> String {
    let line = |label: &str, words: &str| format!("{label}: {}\n", crate::text::plain(words));
    let mut text = line("error", &failure.to_string());
    text.extend(commands::causes(failure).iter().map(|cause| line("because", cause)));
    text.extend(failure.hint().iter().map(|hint| line("hint", hint)));
    text
}

fn json_failure(failure: &Failure) -> String {
    let value = match failure {
        Failure::Refused(refusal) => json::refused(refusal, &workflow::advice_for_refusal(refusal)),
        failure => {
            let hint = failure.hint().map(|text| json::Suggestion { text, command: None });
            let details = serde_json::json!({ "causes": commands::causes(failure) });
            json::error(failure.word(), &failure.to_string(), details, hint.as_slice())
        }
    };
    json::line(&value) + "\n"
}

fn write_or_end_politely(stream: &mut dyn std::io::Write, text: &str) {
    // Nobody reads it any more: there is nobody to tell.
    let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
}
