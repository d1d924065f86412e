//! Flags over environment over workspace file over user file over defaults, each value with its source.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use toml::{Table, Value, de::DeTable};

use super::{
    environment::Environment,
    error::{ConfigError, FilePlace},
    known::unknown_key,
    model::Config,
    secrets::NamePatterns,
};

/// Everything that settings are made of.
#[derive(Clone, Debug)]
pub struct Layers<'a> {
    /// The user's own file, where there is one.
    pub user: Option<SettingsFile>,
    /// The workspace's `plandeck.toml`, where there is one.
    pub workspace: Option<SettingsFile>,
    /// `PLANDECK_DECK_THEME` and its like.
    pub environment: &'a Environment,
    /// What flags say.
    pub flags: Vec<Flag>,
}

/// A file and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsFile {
    /// For messages.
    pub path: PathBuf,
    /// As it stands.
    pub text: String,
}

/// A flag that stands for a setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Flag {
    /// As it is written: `--yes`.
    pub option: &'static str,
    /// The setting's path: `deck.confirm`.
    pub key: &'static str,
    /// Its value.
    pub value: Value,
}

/// Where a value comes from. The order is the strength: compare.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Nobody said anything.
    Default,
    /// The user's file.
    User(PathBuf),
    /// The workspace's file.
    Workspace(PathBuf),
    /// An environment variable.
    Variable(String),
    /// A flag.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::User(path) | Self::Workspace(path) => {
                formatter.write_str(&crate::text::plain(&path.display().to_string()))
            }
            Self::Variable(name) => write!(formatter, "${name}"),
            Self::Flag(option) => formatter.write_str(option),
        }
    }
}

/// One effective value, for `config show`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its path: `workflow.next.timeout`.
    pub key: String,
    /// As it would be written in the file. A value that looks secret is not shown.
    pub value: String,
    /// Where it comes from.
    pub source: Source,
}

/// The effective settings, and where each comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The values.
    pub config: Config,
    merged: Table,
    sources: BTreeMap<String, Source>,
}

impl Default for Settings {
    /// The defaults alone.
    fn default() -> Self {
        Self { config: Config::default(), merged: default_table(), sources: BTreeMap::new() }
    }
}

impl Settings {
    /// Lays the layers over each other. A whole recipe, agent or theme of a higher layer replaces
    /// that of a lower one; rows of advice are added in front; all else goes key by key.
    ///
    /// # Errors
    /// The first thing wrong with a layer, the lowest layer first.
    pub fn read(layers: &Layers<'_>) -> Result<Self, ConfigError> {
        let mut settings = Self::default();
        if let Some(file) = &layers.user {
            settings.lay(parse_file(file)?, &Source::User(file.path.clone()));
        }
        if let Some(file) = &layers.workspace {
            settings.lay(parse_file(file)?, &Source::Workspace(file.path.clone()));
        }
        for (name, table) in variables(layers.environment)? {
            settings.lay(table, &Source::Variable(name));
        }
        for flag in &layers.flags {
            let table = nested(flag.key, flag.value.clone());
            check(&table).map_err(|message| ConfigError::Flag { option: flag.option.to_owned(), message })?;
            settings.lay(table, &Source::Flag(flag.option.to_owned()));
        }
        settings.config =
            settings.merged.clone().try_into().expect("every layer was read by the same types before");
        Ok(settings)
    }

    /// Every effective value with its source, in the order of the paths.
    #[must_use]
    pub fn list(&self) -> Vec<Setting> {
        let secrets = NamePatterns::new(&self.config.run.secrets);
        leaves(&self.merged).into_iter().map(|(key, value)| self.setting(key, value, &secrets)).collect()
    }

    /// Where the value at this path comes from.
    #[must_use]
    pub fn source(&self, key: &str) -> Source {
        self.sources.get(key).cloned().unwrap_or(Source::Default)
    }

    fn setting(&self, key: String, value: &Value, secrets: &NamePatterns) -> Setting {
        let name = key.rsplit_once(".env.").map_or("", |(_, name)| name);
        let value = if secrets.matches(name) { "(not shown)".to_owned() } else { value.to_string() };
        let source = self.source(&key);
        Setting { key, value, source }
    }

    fn lay(&mut self, layer: Table, source: &Source) {
        let mut below = std::mem::take(&mut self.merged);
        merge(&mut below, layer, "", &mut |path, value| self.note(path, value, source));
        self.merged = below;
    }

    /// Remembers who set what stands at and below `path`.
    fn note(&mut self, path: &str, value: &Value, source: &Source) {
        let below = format!("{path}.");
        self.sources.retain(|key, _| key != path && !key.starts_with(&below));
        for (key, _) in leaves_of(path.to_owned(), value) {
            self.sources.insert(key, source.clone());
        }
    }
}

/// Reads one file: TOML, keys, then types, so that the message is about the first thing to mend.
fn parse_file(file: &SettingsFile) -> Result<Table, ConfigError> {
    let place = |span| FilePlace::new(&file.path, &file.text, span);
    let wrong = |error: toml::de::Error| ConfigError::Value {
        place: place(error.span()),
        message: error.message().replace('\n', "; "),
    };
    let tree = DeTable::parse(&file.text).map_err(wrong)?;
    if let Some(unknown) = unknown_key(tree.get_ref()) {
        return Err(ConfigError::UnknownKey {
            place: place(Some(unknown.span)),
            key: unknown.path,
            nearest: unknown.nearest,
        });
    }
    toml::from_str::<Config>(&file.text).map_err(wrong)?;
    toml::from_str(&file.text).map_err(wrong)
}

fn check(table: &Table) -> Result<(), String> {
    table.clone().try_into::<Config>().map(drop).map_err(|error| error.message().to_owned())
}

fn default_table() -> Table {
    Table::try_from(Config::default()).expect("the defaults can be written as TOML")
}

/// The variables that stand for settings, each as a table of one value.
fn variables(environment: &Environment) -> Result<Vec<(String, Table)>, ConfigError> {
    let defaults = default_table();
    let settable: BTreeMap<String, (String, &Value)> =
        leaves(&defaults).into_iter().map(|(key, value)| (variable_of(&key), (key, value))).collect();
    let mut tables = Vec::new();
    for (name, text) in environment.all.iter().filter(|(name, _)| is_for_a_setting(name)) {
        let Some((key, default)) = settable.get(name) else {
            let nearest = crate::text::nearest(name, settable.keys().map(String::as_str));
            return Err(ConfigError::UnknownVariable {
                name: name.clone(),
                nearest: nearest.map(str::to_owned),
            });
        };
        let wrong = |message| ConfigError::Variable { name: name.clone(), message };
        let table = nested(key, value_like(default, text).map_err(wrong)?);
        check(&table).map_err(wrong)?;
        tables.push((name.clone(), table));
    }
    Ok(tables)
}

fn variable_of(key: &str) -> String {
    format!("PLANDECK_{}", key.replace('.', "_").to_uppercase())
}

fn is_for_a_setting(name: &str) -> bool {
    ["PLANDECK_DECK_", "PLANDECK_PLANS_", "PLANDECK_RUN_", "PLANDECK_NOTIFY_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

/// The text as a value of the same kind as the default; a list is written with commas.
fn value_like(default: &Value, text: &str) -> Result<Value, String> {
    match default {
        Value::Integer(_) => {
            text.trim().parse().map(Value::Integer).map_err(|_| "write a whole number".to_owned())
        }
        Value::Boolean(_) => {
            text.trim().parse().map(Value::Boolean).map_err(|_| "write true or false".to_owned())
        }
        Value::Array(_) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Ok(Value::Array(parts.map(|part| Value::String(part.to_owned())).collect()))
        }
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// `a.b.c` and a value as tables within tables.
fn nested(key: &str, value: Value) -> Table {
    let (first, rest) = key.split_once('.').unwrap_or((key, ""));
    let inner = if rest.is_empty() { value } else { Value::Table(nested(rest, value)) };
    Table::from_iter([(first.to_owned(), inner)])
}

fn merge(below: &mut Table, above: Table, path: &str, note: &mut dyn FnMut(&str, &Value)) {
    for (key, value) in above {
        let here = join(path, &key);
        match (below.get_mut(&key), value) {
            (Some(Value::Table(old)), Value::Table(new)) if !is_one_piece(&here) => {
                merge(old, new, &here, note);
            }
            (Some(Value::Array(old)), Value::Array(mut new)) if here == "advice" => {
                new.append(old);
                *old = new;
                note(&here, &below[&key]);
            }
            (_, value) => {
                note(&here, &value);
                below.insert(key, value);
            }
        }
    }
}

/// `workflow.NAME`, `agent.NAME` and `theme.NAME` make sense only as a whole.
fn is_one_piece(path: &str) -> bool {
    ["workflow.", "agent.", "theme."].iter().any(|kind| path.starts_with(kind))
}

fn leaves(table: &Table) -> Vec<(String, &Value)> {
    table.iter().flat_map(|(key, value)| leaves_of(join("", key), value)).collect()
}

fn leaves_of(path: String, value: &Value) -> Vec<(String, &Value)> {
    match value {
        Value::Table(inner) => {
            inner.iter().flat_map(|(key, value)| leaves_of(join(&path, key), value)).collect()
        }
        _ => vec![(path, value)],
    }
}

/// A path and one more key, quoted where TOML asks for it.
fn join(path: &str, key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|it| it.is_ascii_alphanumeric() || it == '_' || it == '-');
    let key = if bare { key.to_owned() } else { Value::String(key.to_owned()).to_string() };
    if path.is_empty() { key } else { format!("{path}.{key}") }
}
