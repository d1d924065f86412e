//! Fields and their values.

use super::{FrontMatter, lines, yaml};

/// A value of a field, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A scalar as it was written, without quotes; nothing, `null` and `~` are empty.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// Further fields.
    Map(Fields),
}

impl Value {
    /// A scalar's text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A list's entries; none for anything else.
    #[must_use]
    pub fn entries(&self) -> &[Self] {
        match self {
            Self::List(entries) => entries,
            _ => &[],
        }
    }

    /// A map's fields.
    #[must_use]
    pub const fn map(&self) -> Option<&Fields> {
        match self {
            Self::Map(fields) => Some(fields),
            _ => None,
        }
    }

    /// The texts of a list, or the parts of a scalar between commas. Blank ones are left out.
    #[must_use]
    pub fn words(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => text.split(',').map(str::trim).filter(|it| !it.is_empty()).collect(),
            Self::List(entries) => {
                entries.iter().filter_map(Self::text).map(str::trim).filter(|it| !it.is_empty()).collect()
            }
            Self::Map(_) => Vec::new(),
        }
    }
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// As it was written.
    pub key: String,
    /// What it is set to.
    pub value: Value,
    /// The line of the file. Counts from 1.
    pub line: usize,
}

/// What is wrong with a piece of YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The line of the file. Counts from 1.
    pub line: usize,
    /// In the parser's words.
    pub message: String,
}

/// The fields of a front matter, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// In the order of the file; of two with one key the last one holds.
    pub list: Vec<Field>,
    /// Why it is not YAML, when it is not: then the fields were read line by line.
    pub broken: Option<Broken>,
}

impl Fields {
    /// Reads the fields of a front matter.
    #[must_use]
    pub fn read(matter: &FrontMatter<'_>) -> Self {
        let shift = matter.first_line - 1;
        yaml::fields(matter.yaml, shift).unwrap_or_else(|broken| Self {
            list: lines::fields(matter.yaml, shift),
            broken: Some(Broken { line: broken.line, message: broken.message }),
        })
    }

    /// The field of this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Field> {
        self.list.iter().rev().find(|it| it.key == key)
    }

    /// The scalar of this key, trimmed.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.value.text().map(str::trim)
    }

    /// The texts of this key's list; see [`Value::words`].
    #[must_use]
    pub fn words(&self, key: &str) -> Vec<&str> {
        self.get(key).map(|it| it.value.words()).unwrap_or_default()
    }
}
