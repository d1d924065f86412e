//! Valid YAML, by its events.
//!
//! Scalars stay text and aliases are not followed, so no document is larger than its file.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use super::{Broken, Field, Fields, Value};

/// Nobody nests fields deeper; a document that does would only use up the stack.
const DEEPEST: usize = 64;

/// The fields of a document whose first line is line `shift + 1` of its file.
pub(super) fn fields(yaml: &str, shift: usize) -> Result<Fields, Broken> {
    let mut tree = Tree { open: Vec::new(), root: None, shift };
    let yaml = in_lines(yaml);
    let mut parser = Parser::new_from_str(&yaml);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| broken(&error, shift))?;
        tree.take(event, span)?;
    }
    match tree.root {
        None => Ok(Fields::default()),
        Some(Value::Map(fields)) => Ok(fields),
        Some(Value::Text(text)) if text.is_empty() => Ok(Fields::default()),
        Some(_) => Err(Broken { line: shift + 1, message: "no fields in it".to_owned() }),
    }
}

/// A return without a newline ends a line for YAML, and for nothing else that counts the file's lines.
fn in_lines(yaml: &str) -> Cow<'_, str> {
    let bytes = yaml.as_bytes();
    let is_alone = |at: &usize| bytes.get(at + 1) != Some(&b'\n');
    if !memchr::memchr_iter(b'\r', bytes).any(|at| is_alone(&at)) {
        return Cow::Borrowed(yaml);
    }
    Cow::Owned(yaml.split("\r\n").map(|it| it.replace('\r', " ")).collect::<Vec<_>>().join("\r\n"))
}

fn broken(error: &ScanError, shift: usize) -> Broken {
    Broken { line: shift + error.marker().line(), message: error.info().to_owned() }
}

/// A list or map that is not closed yet.
enum Open {
    List(Vec<Value>),
    /// With the key whose value is awaited, and its line.
    Map(Fields, Option<(String, usize)>),
}

struct Tree {
    open: Vec<Open>,
    root: Option<Value>,
    shift: usize,
}

impl Tree {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Broken> {
        let line = self.shift + span.start.line();
        match event {
            Event::Scalar(text, style, ..) => self.add(scalar(&text, style), line),
            Event::Alias(_) => self.add(Value::Text("*".to_owned()), line),
            Event::SequenceStart(..) => self.enter(Open::List(Vec::new()), line)?,
            Event::MappingStart(..) => self.enter(Open::Map(Fields::default(), None), line)?,
            Event::SequenceEnd | Event::MappingEnd => self.leave(line),
            _ => {}
        }
        Ok(())
    }

    fn enter(&mut self, open: Open, line: usize) -> Result<(), Broken> {
        if self.open.len() >= DEEPEST {
            return Err(Broken { line, message: format!("more than {DEEPEST} levels deep") });
        }
        self.open.push(open);
        Ok(())
    }

    fn leave(&mut self, line: usize) {
        match self.open.pop() {
            Some(Open::List(entries)) => self.add(Value::List(entries), line),
            Some(Open::Map(fields, _)) => self.add(Value::Map(fields), line),
            None => {}
        }
    }

    /// A key, a value, an entry or the document itself, by what stands open.
    fn add(&mut self, value: Value, line: usize) {
        match self.open.last_mut() {
            None if self.root.is_none() => self.root = Some(value),
            None => {}
            Some(Open::List(entries)) => entries.push(value),
            Some(Open::Map(fields, awaited)) => match awaited.take() {
                Some((key, line)) => fields.list.push(Field { key, value, line }),
                // A key that is a list or a map has no name to ask for it by.
                None => *awaited = Some((value.text().unwrap_or("").to_owned(), line)),
            },
        }
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    let nothing = style == ScalarStyle::Plain && matches!(text, "~" | "null" | "Null" | "NULL");
    Value::Text(if nothing { String::new() } else { text.to_owned() })
}
