//! `init`, `config show|path|edit`, `themes`: the settings, and where they come from.

use std::{fs, io, path::PathBuf};

use serde_json::json;

use super::{
    context::{Context, Done},
    failure::Failure,
    own_editor,
};
use crate::{
    cli::{ConfigVerb, ExitCode, InitArgs, Output},
    config::{ConfigError, Layers, SAMPLE, Settings, SettingsFile},
    render::{self, Role, Style, Theme, json},
    run::Refusal,
    screen::{Answer, Question},
    text,
    workspace::CONFIG_FILE,
};

/// Writes a `plandeck.toml` that says every default, if there is none.
///
/// # Errors
/// When there is one, or it can't be written.
pub fn init(context: &mut Context<'_>, _args: InitArgs) -> Result<Done, Failure> {
    let path = context.root.join(CONFIG_FILE);
    if path.exists() {
        return Err(Refusal::AlreadyThere { what: path.display().to_string() }.into());
    }
    context.editor().create(CONFIG_FILE, SAMPLE)?;
    context.print(&format!("created {}\n", path.display()))?;
    Ok(Done::well())
}

/// Shows the effective settings, or the files they are looked for in.
///
/// # Errors
/// When standard output is gone.
pub fn config(context: &mut Context<'_>, verb: ConfigVerb) -> Result<Done, Failure> {
    let text = match verb {
        ConfigVerb::Show => show(context),
        ConfigVerb::Path => paths(context),
        ConfigVerb::Edit => return edit(context),
    };
    context.print(&text)?;
    Ok(Done::well())
}

/// The file is replaced only by what can be read, and only when it is still what the editor was given.
fn edit(context: &mut Context<'_>) -> Result<Done, Failure> {
    let path = context.root.join(CONFIG_FILE);
    if !context.screen.is_interactive() {
        let message = "config edit opens an editor, and this is no terminal".to_owned();
        return Err(Failure::Input { message, hint: Some(format!("edit {}", path.display())) });
    }
    let before = match fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let mut text = before.clone().unwrap_or_else(|| SAMPLE.to_owned());
    loop {
        let Some(edited) = own_editor::edit(context, &text, ".toml")? else { return Ok(Done::well()) };
        let Err(error) = understand(context, path.clone(), &edited) else {
            return take(context, before.as_deref(), &edited);
        };
        let hint = error.hint().map(|hint| format!("hint: {}\n", text::plain(&hint)));
        let said = format!("error: {}\n{}", text::plain(&error.to_string()), hint.unwrap_or_default());
        context.screen.note(&said)?;
        let again = Question::Confirm { text: "Edit it again? No drops it.".to_owned(), default: true };
        if context.screen.ask(&again)? != Answer::Yes {
            context.note("Nothing was changed.\n")?;
            return Ok(Done::with(ExitCode::NotUnderstood));
        }
        text = edited;
    }
}

/// Whether a text would make sense as the workspace's settings.
fn understand(context: &Context<'_>, path: PathBuf, text: &str) -> Result<(), ConfigError> {
    let workspace = Some(SettingsFile { path, text: text.to_owned() });
    let layers = Layers { user: None, workspace, environment: &context.environment, flags: Vec::new() };
    Settings::read(&layers).map(drop)
}

fn take(context: &mut Context<'_>, before: Option<&str>, edited: &str) -> Result<Done, Failure> {
    let said = match before {
        Some(before) if before == edited => "Nothing was changed.\n".to_owned(),
        Some(before) => {
            context.editor().replace_all(CONFIG_FILE, before, edited)?;
            format!("changed {CONFIG_FILE}\n")
        }
        None => {
            context.editor().create(CONFIG_FILE, edited)?;
            format!("created {CONFIG_FILE}\n")
        }
    };
    context.print(&said)?;
    context.reread_settings()?;
    Ok(Done::well())
}

fn show(context: &Context<'_>) -> String {
    let settings = context.settings.list();
    if context.output.is_json() {
        let list: Vec<_> = settings
            .iter()
            .map(|it| json!({ "key": it.key, "value": it.value, "source": it.source.to_string() }))
            .collect();
        return document(context, &json::envelope("config.show", json!({ "settings": list })));
    }
    let row = |key: &str, value: &str, source: &str| format!("{key} = {value}  # {source}\n");
    settings.iter().map(|it| row(&it.key, &text::plain(&it.value), &it.source.to_string())).collect()
}

fn paths(context: &Context<'_>) -> String {
    let files = [context.environment.user_file(), Some(context.root.join(CONFIG_FILE))];
    let files: Vec<_> =
        files.into_iter().flatten().map(|it| (it.display().to_string(), it.exists())).collect();
    if context.output.is_json() {
        let list: Vec<_> =
            files.iter().map(|(path, exists)| json!({ "path": path, "exists": exists })).collect();
        return document(context, &json::envelope("config.path", json!({ "files": list })));
    }
    let word = |exists: bool| if exists { "" } else { "  (not there)" };
    files.iter().map(|(path, exists)| format!("{}{}\n", text::plain(path), word(*exists))).collect()
}

fn document(context: &Context<'_>, value: &serde_json::Value) -> String {
    let text = if context.output == Output::Ndjson { json::line(value) } else { json::document(value) };
    text + "\n"
}

/// Lists the themes, each shown in its own colours.
///
/// # Errors
/// When standard output is gone.
pub fn themes(context: &mut Context<'_>) -> Result<Done, Failure> {
    let own = &context.config().theme;
    let names = Theme::NAMES.iter().map(|it| (*it).to_owned()).chain(own.keys().cloned());
    let chosen = context.config().deck.theme.clone();
    let mut text = String::new();
    for name in names {
        let Ok(theme) = Theme::find(&name, own) else { continue };
        let style = Style { theme, ..context.style.clone() };
        let mark = if name == chosen { "*" } else { " " };
        let sample = [Role::Title, Role::Ok, Role::Warning, Role::Failed, Role::Hint, Role::Dim]
            .map(|role| render::word(role, role.word(), &style).trim_end().to_owned())
            .join(" ");
        text += &format!("{mark} {:<14} {sample}\n", text::plain(&name));
    }
    context.print(&text)?;
    Ok(Done::well())
}
