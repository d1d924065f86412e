//! JSON whose parts know their line.
//!
//! serde_json checks the whole text once, without recursion; after that every part is a slice of the
//! text, looked into only when somebody asks. So the cost stays in proportion to the text, an object
//! keeps its place, and what nobody asks for (a description nested ten thousand deep, half of a
//! surrogate pair) can't spoil what is asked for.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

/// A text that should be JSON.
pub struct Json<'a> {
    text: Cow<'a, str>,
    /// Where every line but the first begins.
    breaks: Vec<usize>,
}

/// Why a text is no JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Counts from 1.
    pub line: usize,
    /// What is wrong there, in the parser's words and without the place.
    pub message: String,
}

/// One value of a document: an object, an array, a text, a number, a truth value or null.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    raw: &'a str,
    offset: usize,
    breaks: &'a [usize],
}

/// The members of an object, as they stand in it.
pub struct Members<'a>(Vec<(String, Part<'a>)>);

impl<'a> Json<'a> {
    /// Takes a text; nothing is checked yet.
    pub fn new(text: &'a str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1).collect();
        Self { text: without_half_pairs(text), breaks }
    }

    /// The whole document.
    ///
    /// # Errors
    /// Where the text stops being JSON.
    pub fn root(&self) -> Result<Part<'_>, Fault> {
        let raw: &RawValue = serde_json::from_str(&self.text).map_err(|error| Fault::of(&error))?;
        Ok(Part { raw: raw.get(), offset: distance(&self.text, raw.get()), breaks: &self.breaks })
    }

    /// The part that stands in these bytes: what [`Part::range`] said of one.
    pub fn part(&self, range: std::ops::Range<usize>) -> Option<Part<'_>> {
        let raw = self.text.get(range.clone())?;
        Some(Part { raw, offset: range.start, breaks: &self.breaks })
    }
}

impl Fault {
    pub(in crate::plan) fn of(error: &serde_json::Error) -> Self {
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default().to_owned();
        Self { line: error.line().max(1), message }
    }
}

impl<'a> Part<'a> {
    /// The line on which it begins; counts from 1.
    pub fn line(self) -> usize {
        1 + self.breaks.partition_point(|start| *start <= self.offset)
    }

    /// The bytes of the text that it stands in.
    pub fn range(self) -> std::ops::Range<usize> {
        self.offset..self.offset + self.raw.len()
    }

    /// Its members, when it is an object.
    pub fn members(self) -> Option<Members<'a>> {
        if !self.raw.starts_with('{') {
            return None;
        }
        let Entries(entries) = serde_json::from_str(self.raw).ok()?;
        Some(Members(entries.into_iter().map(|(key, raw)| (key, self.within(raw))).collect()))
    }

    /// Its elements, when it is an array.
    pub fn elements(self) -> Option<Vec<Part<'a>>> {
        if !self.raw.starts_with('[') {
            return None;
        }
        let Elements(elements) = serde_json::from_str(self.raw).ok()?;
        Some(elements.into_iter().map(|raw| self.within(raw)).collect())
    }

    /// A text, or a number as it is written; nothing for what is neither.
    pub fn word(self) -> Option<String> {
        match self.raw.as_bytes().first()? {
            b'"' => serde_json::from_str(self.raw).ok(),
            b'-' | b'0'..=b'9' => Some(self.raw.to_owned()),
            _ => None,
        }
    }

    /// Its text, as it is written.
    pub fn text(self) -> &'a str {
        self.raw
    }

    /// True for `null`.
    pub fn is_null(self) -> bool {
        self.raw == "null"
    }

    fn within(self, raw: &'a RawValue) -> Self {
        Self { raw: raw.get(), offset: self.offset + distance(self.raw, raw.get()), breaks: self.breaks }
    }
}

impl<'a> Members<'a> {
    /// The member of this name; the last one, as every JSON library has it, when there are several.
    /// A `null` counts as absent.
    pub fn get(&self, name: &str) -> Option<Part<'a>> {
        let (_, part) = self.0.iter().rfind(|(key, _)| key == name)?;
        (!part.is_null()).then_some(*part)
    }

    /// The member of this name as it stands there, `null` too; the last one when there are several.
    pub fn last(&self, name: &str) -> Option<Part<'a>> {
        self.0.iter().rfind(|(key, _)| key == name).map(|(_, part)| *part)
    }

    /// The first of these names that is there.
    pub fn any(&self, names: &[&str]) -> Option<Part<'a>> {
        names.iter().find_map(|name| self.get(name))
    }

    /// The first of these names that holds a text or number with more than blanks in it.
    pub fn word(&self, names: &[&str]) -> Option<String> {
        let words = names.iter().filter_map(|name| self.get(name)?.word());
        words.map(|word| word.trim().to_owned()).find(|word| !word.is_empty())
    }

    /// The same, with the line it stands on.
    pub fn word_and_line(&self, name: &str) -> Option<(String, usize)> {
        let part = self.get(name)?;
        let word = part.word()?.trim().to_owned();
        (!word.is_empty()).then(|| (word, part.line()))
    }

    /// All of them, in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Part<'a>)> {
        self.0.iter().map(|(key, part)| (key.as_str(), *part))
    }

    /// True for `{}`.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// How far into `outer` its own slice `inner` begins.
fn distance(outer: &str, inner: &str) -> usize {
    inner.as_ptr().addr() - outer.as_ptr().addr()
}

/// Replaces the escapes of half a surrogate pair (`\ud83d` alone) by `\ufffd`, which is as long, so
/// that no place moves. Programs that cut texts at a length write such halves; they are no reason
/// to lose a plan.
fn without_half_pairs(text: &str) -> Cow<'_, str> {
    let halves = half_pairs(text.as_bytes());
    if halves.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut mended = String::with_capacity(text.len());
    let mut taken = 0;
    for at in halves {
        mended.push_str(&text[taken..at]);
        mended.push_str("\\ufffd");
        taken = at + 6;
    }
    mended.push_str(&text[taken..]);
    Cow::Owned(mended)
}

/// Where the escapes of lone surrogates stand.
fn half_pairs(bytes: &[u8]) -> Vec<usize> {
    let mut halves = Vec::new();
    let mut at = 0;
    while let Some(step) = memchr::memchr(b'\\', &bytes[at..]) {
        at += step;
        match (surrogate(bytes, at), surrogate(bytes, at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => at += 12,
            (Some(_), _) => {
                halves.push(at);
                at += 6;
            }
            // Whatever is escaped, it is one byte at least, and it may be a backslash.
            (None, _) => at = (at + 2).min(bytes.len()),
        }
    }
    halves
}

/// The surrogate that the escape at this place stands for, if one does.
fn surrogate(bytes: &[u8], at: usize) -> Option<u16> {
    let escape = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    let unit = u16::from_str_radix(std::str::from_utf8(escape).ok()?, 16).ok()?;
    (0xd800..=0xdfff).contains(&unit).then_some(unit)
}

struct Entries<'a>(Vec<(String, &'a RawValue)>);
struct Elements<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Entries<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

impl<'de> Deserialize<'de> for Elements<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Elements<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = seq.next_element()? {
                    elements.push(element);
                }
                Ok(Elements(elements))
            }
        }
        deserializer.deserialize_seq(Collect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_knows_its_line() {
        let json = Json::new("{\n \"a\": [\n  {\"b\": 1},\r\n\r\n  {\"b\": \"x\\ny\"}\n ]\n}\n");
        let root = json.root().unwrap();
        let elements = root.members().unwrap().get("a").unwrap().elements().unwrap();
        assert_eq!(root.line(), 1);
        assert_eq!(elements.iter().map(|part| part.line()).collect::<Vec<_>>(), [3, 5]);
        assert_eq!(elements[1].members().unwrap().word(&["b"]).unwrap(), "x\ny");
    }

    #[test]
    fn the_last_of_two_members_of_one_name_counts_and_null_is_absent() {
        let json = Json::new(r#"{"a": 1, "a": "two", "b": null}"#);
        let members = json.root().unwrap().members().unwrap();
        assert_eq!(members.word(&["b", "a"]).as_deref(), Some("two"));
        assert!(members.get("b").is_none());
    }

    #[test]
    fn a_fault_has_a_line() {
        let check = |text: &str, line: usize| {
            let fault = Json::new(text).root().err().map(|fault| fault.line);
            assert_eq!(fault, Some(line), "{text:?}");
        };
        check("", 1);
        check("{\n\"a\": [1,\n2\n", 4);
        check("{\n\"a\": 1,\n}", 3);
        check("{\n\n<<<<<<< HEAD\n}", 3);
        check("{\"a\": \"\0\"}", 1);
        check("\"\\ud800", 1);
    }

    #[test]
    fn half_a_pair_becomes_a_replacement_character_and_a_whole_pair_stays() {
        let check = |text: &str, expected: &str| {
            let json = Json::new(text);
            assert_eq!(json.root().unwrap().word().as_deref(), Some(expected), "{text}");
        };
        check(r#""\ud83d\ude00!""#, "😀!");
        check(r#""cut \ud83d""#, "cut \u{fffd}");
        check(r#""\ude00\ud83d\ude00""#, "\u{fffd}😀");
        check(r#""\\ud83d""#, "\\ud83d");
        check(r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀");
    }

    #[test]
    fn depth_is_no_danger_and_no_obstacle() {
        let depth = 100_000;
        let text = format!("{{\"id\": 1, \"x\": {}{}}}", "[".repeat(depth), "]".repeat(depth));
        let json = Json::new(&text);
        let members = json.root().unwrap().members().unwrap();
        assert_eq!(members.word(&["id"]).as_deref(), Some("1"));
    }
}
