//! The checks of a task, after its work: all must exit 0.

use super::{
    child::{self, Launch},
    log::Log,
    place::Place,
    steps,
};
use crate::{
    plan::readers::ccw::work::Check,
    run::{Exit, Reported},
};

/// Runs the recipe's checks, then the task's own. What is prose, or may not be run, is said and passed.
pub(super) fn run(
    of_recipe: &[Vec<String>],
    of_task: &[Check],
    shell_allowed: bool,
    place: &Place<'_>,
    remarks: &mut Vec<String>,
    log: &mut Log<'_>,
) -> Result<(), Reported> {
    for argv in of_recipe {
        let shown = shell_words::join(argv);
        log.line(&format!("> check: {shown}"));
        let launch = Launch { argv, stdin: None, cwd: place.cwd, env: Vec::new(), path: place.path };
        let exit = child::run(launch, &mut |_, line| log.line(&format!("  {line}")));
        judged(&shown, exit.map_err(|why| why.to_string()), log)?;
    }
    for check in of_task {
        let line = match check {
            Check::Shell(line) => line,
            Check::Perhaps(line) if steps::is_shell_line(line, place) => line,
            Check::Perhaps(words) => {
                remarks.push(format!("not checked, because it is no command: {words}"));
                continue;
            }
        };
        if !shell_allowed {
            remarks.push(format!("not checked, because [plans] run_commands forbids it: {line}"));
            continue;
        }
        log.line(&format!("> check: {line}"));
        let exit = steps::run_shell(line, Vec::new(), place, &mut |_, text| log.line(&format!("  {text}")));
        judged(line, exit, log)?;
    }
    Ok(())
}

fn judged(command: &str, exit: Result<Exit, String>, log: &mut Log<'_>) -> Result<(), Reported> {
    let code = match &exit {
        Ok(Exit::Code(0)) => return Ok(()),
        Ok(Exit::Code(code)) => Some(*code),
        _ => None,
    };
    let why = exit.map_or_else(|why| why, steps::ended);
    log.line(&format!("! check failed: {command}: {why}"));
    Err(Reported::ChecksFailed { command: command.to_owned(), code })
}
