//! What can be wrong with settings.

use std::{fmt, ops::Range, path::PathBuf};

use crate::text;

/// Where in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePlace {
    /// The file.
    pub file: PathBuf,
    /// Counts from 1.
    pub line: usize,
    /// In characters; counts from 1.
    pub column: usize,
}

impl FilePlace {
    /// The place of a byte range of `text`.
    pub(super) fn new(file: &std::path::Path, text: &str, span: Option<Range<usize>>) -> Self {
        let start = span.map_or(0, |span| span.start.min(text.len()));
        let before = &text[..text.floor_char_boundary(start)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl fmt::Display for FilePlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display().to_string();
        write!(formatter, "{}:{}:{}", text::plain(&file), self.line, self.column)
    }
}

/// Why settings can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// A file is no TOML, or a value is not what its key asks for.
    Value {
        /// Where.
        place: FilePlace,
        /// What is wrong, without a final full stop.
        message: String,
    },
    /// A file has a key that nothing reads.
    UnknownKey {
        /// Where.
        place: FilePlace,
        /// The whole path of it: `workflow.next.tmeout`.
        key: String,
        /// The key that was probably meant.
        nearest: Option<String>,
    },
    /// An environment variable's value is not what its key asks for.
    Variable {
        /// Its name.
        name: String,
        /// What is wrong, without a final full stop.
        message: String,
    },
    /// An environment variable of ours names no setting.
    UnknownVariable {
        /// Its name.
        name: String,
        /// The name that was probably meant.
        nearest: Option<String>,
    },
    /// A flag's value is not what its key asks for.
    Flag {
        /// The option.
        option: String,
        /// What is wrong, without a final full stop.
        message: String,
    },
}

impl ConfigError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKey { nearest: Some(nearest), .. }
            | Self::UnknownVariable { nearest: Some(nearest), .. } => {
                Some(format!("did you mean {nearest}?"))
            }
            Self::UnknownKey { .. } => Some("plandeck config show lists what there is".to_owned()),
            _ => None,
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { place, message } => write!(formatter, "{place}: {message}"),
            Self::UnknownKey { place, key, .. } => {
                write!(formatter, "{place}: there is no setting \"{}\"", text::plain(key))
            }
            Self::Variable { name, message } => write!(formatter, "{name}: {message}"),
            Self::UnknownVariable { name, .. } => {
                write!(formatter, "{}: there is no such setting", text::plain(name))
            }
            Self::Flag { option, message } => write!(formatter, "{option}: {message}"),
        }
    }
}

impl std::error::Error for ConfigError {}
