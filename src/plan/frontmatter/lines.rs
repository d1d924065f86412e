//! What was meant to be YAML and is not: `key: value` by line, with lists in both forms.
//!
//! Deeper levels and folded texts are left out; what decides a task's state stands at the margin.

use super::{Field, Value};

/// The fields whose keys stand at the margin.
pub(super) fn fields(yaml: &str, shift: usize) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for (number, line) in yaml.lines().enumerate() {
        if let Some(entry) = entry(line) {
            if let Some(last) = fields.last_mut() {
                append(&mut last.value, entry);
            }
        } else if let Some((key, value)) = pair(line) {
            fields.push(Field { key: key.to_owned(), value: read(value), line: shift + number + 1 });
        }
    }
    fields
}

/// `- text`, at any indentation.
fn entry(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if line == "-" { Some("") } else { line.strip_prefix("- ") }
}

fn append(list: &mut Value, entry: &str) {
    if matches!(list, Value::Text(text) if text.is_empty()) {
        *list = Value::List(Vec::new());
    }
    if let Value::List(entries) = list {
        entries.push(Value::Text(bare(entry)));
    }
}

fn pair(line: &str) -> Option<(&str, &str)> {
    if line.starts_with([' ', '\t', '#', '"', '\'']) {
        return None;
    }
    let (key, value) = line.split_once(':')?;
    let separated = value.is_empty() || value.starts_with([' ', '\t', '\r']);
    (separated && !key.trim().is_empty()).then(|| (key.trim(), value.trim()))
}

fn read(value: &str) -> Value {
    let listed = without_remark(value).trim().strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    match listed {
        Some(inside) if inside.trim().is_empty() => Value::List(Vec::new()),
        Some(inside) => Value::List(inside.split(',').map(|it| Value::Text(bare(it))).collect()),
        None => Value::Text(bare(value)),
    }
}

/// A scalar without its quotes or its remark.
fn bare(value: &str) -> String {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some((inside, _)) = value.strip_prefix(quote).and_then(|it| it.split_once(quote)) {
            return inside.to_owned();
        }
    }
    let value = without_remark(value).trim();
    if matches!(value, "~" | "null") { String::new() } else { value.to_owned() }
}

/// What stands before ` #`.
fn without_remark(value: &str) -> &str {
    match value.find(" #").or_else(|| value.starts_with('#').then_some(0)) {
        Some(at) => &value[..at],
        None => value,
    }
}
