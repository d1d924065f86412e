//! Which keys there are, so that an unknown one is found with its place and its nearest neighbour.

use std::fmt;

use serde::{Deserialize, Deserializer, de::Visitor};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::model::{
    AdviceRow, Agent, Config, Deck, Notify, Param, Plans, Retention, RetriesTable, RunDefaults, When,
    Workflow,
};

/// A key that nothing reads.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UnknownKey {
    /// The whole path.
    pub path: String,
    /// Its byte range in the text.
    pub span: std::ops::Range<usize>,
    /// The known key next to it, as a whole path.
    pub nearest: Option<String>,
}

/// The first unknown key of a file that is TOML.
pub(super) fn unknown_key(table: &DeTable<'_>) -> Option<UnknownKey> {
    let mut found = Vec::new();
    walk(table, &mut Vec::new(), &mut found);
    found.into_iter().min_by_key(|it: &UnknownKey| it.span.start)
}

fn walk(table: &DeTable<'_>, path: &mut Vec<String>, found: &mut Vec<UnknownKey>) {
    let known = keys_at(&path.iter().map(String::as_str).collect::<Vec<_>>());
    for (key, value) in table {
        if known.is_some_and(|known| !known.contains(&key.get_ref().as_ref())) {
            found.push(unknown(key, path, known.unwrap_or_default()));
            continue;
        }
        path.push(key.get_ref().to_string());
        walk_value(value, path, found);
        path.pop();
    }
}

fn walk_value(value: &Spanned<DeValue<'_>>, path: &mut Vec<String>, found: &mut Vec<UnknownKey>) {
    match value.get_ref() {
        DeValue::Table(inner) => walk(inner, path, found),
        DeValue::Array(values) => values.iter().for_each(|it| walk_value(it, path, found)),
        _ => {}
    }
}

fn unknown(key: &Spanned<std::borrow::Cow<'_, str>>, path: &[String], known: &[&str]) -> UnknownKey {
    let whole = |last: &str| path.iter().map(String::as_str).chain([last]).collect::<Vec<_>>().join(".");
    let nearest = crate::text::nearest(key.get_ref(), known.iter().copied());
    UnknownKey { path: whole(key.get_ref()), span: key.span(), nearest: nearest.map(whole) }
}

/// The keys that a table at this path may have; any key where names are the user's own.
fn keys_at(path: &[&str]) -> Option<&'static [&'static str]> {
    match path {
        [] => Some(fields::<Config>()),
        ["deck"] => Some(fields::<Deck>()),
        ["plans"] => Some(fields::<Plans>()),
        ["run"] => Some(fields::<RunDefaults>()),
        ["run", "retention"] => Some(fields::<Retention>()),
        ["workflow", _] => Some(fields::<Workflow>()),
        ["workflow", _, "retries"] => Some(fields::<RetriesTable>()),
        ["workflow", _, "params", _] => Some(fields::<Param>()),
        ["agent", _] => Some(fields::<Agent>()),
        ["advice"] => Some(fields::<AdviceRow>()),
        ["advice", "when"] => Some(fields::<When>()),
        ["notify"] => Some(fields::<Notify>()),
        _ => None,
    }
}

/// The names under which serde reads a struct's fields: asked from its own `Deserialize`.
fn fields<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    let mut found: &'static [&'static str] = &[];
    // It always fails: the probe holds no data. What counts is what it was asked for.
    let _ = T::deserialize(FieldProbe(&mut found));
    found
}

struct FieldProbe<'a>(&'a mut &'static [&'static str]);

#[derive(Debug)]
struct NoData;

impl fmt::Display for NoData {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("there is no data")
    }
}

impl std::error::Error for NoData {}

impl serde::de::Error for NoData {
    fn custom<T: fmt::Display>(_message: T) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for FieldProbe<'_> {
    type Error = NoData;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, NoData> {
        Err(NoData)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, NoData> {
        *self.0 = fields;
        Err(NoData)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_knows_its_keys() {
        assert_eq!(fields::<Deck>(), ["theme", "confirm", "edit_mode", "refresh"]);
        assert_eq!(fields::<Param>(), ["type", "default", "help"]);
        assert!(fields::<Config>().contains(&"workflow"));
    }
}
