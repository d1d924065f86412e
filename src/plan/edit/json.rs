//! The status of one object in JSON text: only the bytes of its value change.

use super::splice::Splice;
use crate::{
    clock::Timestamp,
    plan::json::{Members, Part},
};

/// What gives an object this status. Without one so far it is written behind the id, so that even a
/// file in one line stays the file it was.
pub(super) fn status(object: Part<'_>, ids: &[&str], word: &str) -> Option<Splice> {
    let members = object.members()?;
    if let Some(part) = members.last("status") {
        return Some(Splice::new(part.range(), quoted(word)));
    }
    Some(beside(object, &members, ids, "status", &quoted(word)))
}

/// The same, for a dialect that may keep its status in `meta`.
pub(super) fn status_or_meta(object: Part<'_>, ids: &[&str], word: &str) -> Option<Splice> {
    let members = object.members()?;
    let said = |members: &Members<'_>| members.word_and_line("status").is_some();
    let meta = members.get("meta").filter(|it| it.members().is_some_and(|it| said(&it)));
    match meta {
        Some(meta) if !said(&members) => status(meta, ids, word),
        _ => status(object, ids, word),
    }
}

/// What a closed issue carries beside its status: beads rejects one without `closed_at`, and an open
/// one with it.
pub(super) fn closing(object: Part<'_>, closed: bool, now: Timestamp) -> Vec<Splice> {
    let Some(members) = object.members() else { return Vec::new() };
    let time = quoted(&now.rfc3339());
    let mut splices = Vec::new();
    match (members.last("closed_at"), closed) {
        (None, true) => splices.extend(members.last("status").map(|status| {
            let end = status.range().end;
            Splice::new(end..end, format!(",\"closed_at\":{time}"))
        })),
        (Some(part), true) if part.is_null() || part.word().is_some_and(|it| it.is_empty()) => {
            splices.push(Splice::new(part.range(), time.clone()));
        }
        (Some(part), false) if !part.is_null() => splices.push(Splice::new(part.range(), "null")),
        _ => {}
    }
    splices.extend(members.get("updated_at").map(|it| Splice::new(it.range(), time)));
    splices
}

fn beside(object: Part<'_>, members: &Members<'_>, ids: &[&str], key: &str, value: &str) -> Splice {
    match members.any(ids) {
        Some(id) => {
            let end = id.range().end;
            Splice::new(end..end, format!(", \"{key}\": {value}"))
        }
        None => {
            let inside = object.range().start + 1;
            let comma = if members.is_empty() { "" } else { ", " };
            Splice::new(inside..inside, format!("\"{key}\": {value}{comma}"))
        }
    }
}

fn quoted(word: &str) -> String {
    serde_json::Value::from(word).to_string()
}
