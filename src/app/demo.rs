//! `demo`: the deck on a workspace made to be tried on; without a terminal a session that is played.

use std::path::Path;

use super::{context::Around, replay, start::open_deck};
use crate::{
    cli::{DemoArgs, ExitCode, Global},
    commands::{Failure, demo},
    config::Environment,
    repl::script::Script,
    screen::Screen,
};

/// Makes the workspace, names it, and opens it.
pub(super) fn run(args: &DemoArgs, global: &Global, environment: Environment) -> Result<ExitCode, Failure> {
    let here = std::env::current_dir()?;
    let folder = match &args.folder {
        Some(folder) => here.join(folder),
        None => demo::fresh_folder()?,
    };
    demo::write_workspace(&folder)?;
    let root = std::fs::canonicalize(&folder)?;
    let around = Around::at(global, environment, here, root)?;
    let mut screen = around.terminal();
    screen.print(&format!(
        "The demo workspace is {}\n\n",
        crate::text::plain(&around.root.to_string_lossy())
    ))?;
    if screen.is_interactive() {
        return open_deck(&around);
    }
    play(&around, &mut screen)
}

/// Plays the demo's own session and shows all of it, what is typed too.
fn play(around: &Around, screen: &mut dyn Screen) -> Result<ExitCode, Failure> {
    let script = Script::parse(demo::SESSION).expect("the demo's own session can be read");
    let shown = replay::record(&script, around)?;
    for (at, part) in shown.parts.iter().enumerate() {
        if let Some(step) = at.checked_sub(1).and_then(|at| script.steps.get(at)) {
            screen.print(&format!("{}\n", step.typed))?;
        }
        screen.print(part)?;
    }
    let name = Path::new(&around.root).display().to_string();
    screen
        .print(&format!("\nOpen it yourself, at a terminal: plandeck -C {}\n", crate::text::plain(&name)))?;
    Ok(ExitCode::Done)
}
