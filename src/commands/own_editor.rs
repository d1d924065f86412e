//! The user's own programs: the editor (`$VISUAL`, else `$EDITOR`, else vi) and the pager.

use std::{fs, io::Write as _, path::Path, process::Command};

use super::{context::Context, failure::Failure};

/// Lets the user edit a text in a private temporary file whose name ends with `suffix`. Nothing when the
/// editor ended with a failure, which is said.
///
/// # Errors
/// When the editor can't be started, or the file can't be written or read back.
pub fn edit(context: &mut Context<'_>, text: &str, suffix: &str) -> Result<Option<String>, Failure> {
    let editor = context.environment.editor().unwrap_or("vi");
    let words = shell_words::split(editor).unwrap_or_default();
    let Some((program, arguments)) = words.split_first() else {
        return Err(no_editor(&format!("\"{editor}\" names no editor")));
    };
    let mut file = tempfile::Builder::new().prefix("plandeck-").suffix(suffix).tempfile()?;
    file.write_all(text.as_bytes())?;
    let status = Command::new(program)
        .args(arguments)
        .arg(file.path())
        .status()
        .map_err(|error| no_editor(&format!("the editor {program} can't be started: {error}")))?;
    if !status.success() {
        context.screen.note(&format!("The editor ended with {status}; nothing was taken.\n"))?;
        return Ok(None);
    }
    // By its path: most editors write a new file and put it in the place of the old one.
    Ok(Some(fs::read_to_string(file.path())?))
}

/// Shows a file with the user's own pager: `$PAGER`, else less.
///
/// # Errors
/// When the pager can't be started.
pub fn page_file(context: &Context<'_>, path: &Path) -> Result<(), Failure> {
    let pager = context.environment.all.get("PAGER").map_or("less", String::as_str);
    let words = shell_words::split(pager).unwrap_or_default();
    let (program, arguments) = words.split_first().map_or(("less", &[][..]), |(first, rest)| (first, rest));
    // How it ended says nothing: many end with what their last key was.
    Command::new(program).args(arguments).arg(path).status().map(drop).map_err(|error| Failure::Input {
        message: format!("the pager {program} can't be started: {error}"),
        hint: Some("set PAGER to one that is there".to_owned()),
    })
}

fn no_editor(what: &str) -> Failure {
    Failure::Input { message: what.to_owned(), hint: Some("set EDITOR to one that is there".to_owned()) }
}
