//! `init`, `config show|path`, `themes`: the settings, and where they come from.

use serde_json::json;

use super::{
    context::{Context, Done},
    failure::Failure,
};
use crate::{
    cli::{ConfigVerb, InitArgs, Output},
    config::SAMPLE,
    render::{self, Role, Style, Theme, json},
    run::Refusal,
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
    };
    context.print(&text)?;
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
