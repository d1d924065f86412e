//! The status of one object in JSON text: only the bytes of its value change.

use super::{
    record::{Failed, Record},
    splice::Splice,
    words,
};
use crate::{
    clock::Timestamp,
    plan::json::{Members, Part},
};

/// What a session's task file has of ours beside its own members.
const OURS: &str = "plandeck";

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

/// The status of a session's task, with its history and how its run ended where there is a record.
pub(super) fn ccw(
    object: Part<'_>,
    ids: &[&str],
    word: &str,
    record: Option<&Record>,
) -> Option<Vec<Splice>> {
    let mut splices = vec![status_or_meta(object, ids, word)?];
    if let (Some(record), Some(members)) = (record, object.members()) {
        let before = current_word(&members);
        if before.as_deref() != Some(word) {
            splices.extend(history(object, &members, ids, before.as_deref(), record));
        }
        splices.extend(ending(object, &members, ids, record));
    }
    Some(splices)
}

fn current_word(members: &Members<'_>) -> Option<String> {
    let meta = || members.get("meta")?.members()?.word(&["status"]);
    members.word(&["status"]).or_else(meta)
}

/// Rows of `status_history`, as the format's own tools write them: `{from, to, changed_at}`.
fn history(
    object: Part<'_>,
    members: &Members<'_>,
    ids: &[&str],
    before: Option<&str>,
    record: &Record,
) -> Option<Splice> {
    let mut from = before.unwrap_or("pending").to_owned();
    let mut rows = Vec::new();
    for (state, at) in &record.passages {
        let Some(to) = words::ccw(*state).filter(|to| *to != from) else { continue };
        let (was, is, time) = (quoted(&from), quoted(to), quoted(&at.rfc3339()));
        rows.push(format!("{{\"from\": {was}, \"to\": {is}, \"changed_at\": {time}}}"));
        to.clone_into(&mut from);
    }
    let rows = Some(rows.join(", ")).filter(|it| !it.is_empty())?;
    let Some(part) = members.last("status_history") else {
        return Some(behind(["status"], object, members, ids, "status_history", &format!("[{rows}]")));
    };
    let elements = part.elements()?;
    let (at, text) = match elements.last() {
        Some(last) => (last.range().end, format!(", {rows}")),
        None => (part.range().start + 1, rows),
    };
    Some(Splice::new(at..at, text))
}

/// How the run of the task ended: the format has no word for a task that failed, its tools know
/// `blocked` only. A task that was done after all has no failure any more.
fn ending(object: Part<'_>, members: &Members<'_>, ids: &[&str], record: &Record) -> Vec<Splice> {
    let ours = members.last(OURS).and_then(|it| it.members().map(|members| (it, members)));
    match (&record.failure, ours) {
        (Some(failed), None) if members.last(OURS).is_none() => {
            let value = format!(
                "{{{}}}",
                members_of(failed).map(|(key, value)| format!("\"{key}\": {value}")).join(", ")
            );
            vec![behind(["status_history", "status"], object, members, ids, OURS, &value)]
        }
        (Some(failed), Some((part, known))) => {
            let said = members_of(failed).map(|(key, value)| match known.last(key) {
                Some(old) => Splice::new(old.range(), value),
                None => {
                    let inside = part.range().start + 1;
                    let comma = if known.is_empty() { "" } else { ", " };
                    Splice::new(inside..inside, format!("\"{key}\": {value}{comma}"))
                }
            });
            said.into()
        }
        (None, Some((_, known))) => {
            let outcome = known.last("outcome").filter(|_| is_over(record));
            outcome.map(|it| Splice::new(it.range(), quoted("succeeded"))).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn members_of(failed: &Failed) -> [(&'static str, String); 3] {
    [
        ("outcome", quoted(&failed.outcome)),
        ("run", quoted(&failed.run)),
        ("attempts", failed.attempts.to_string()),
    ]
}

fn is_over(record: &Record) -> bool {
    record.passages.last().is_some_and(|(state, _)| state.is_over())
}

/// A member behind the first of these that is there, or behind the id where none is: so that what one
/// edit adds stands where two edits would have put it.
fn behind<const N: usize>(
    anchors: [&str; N],
    object: Part<'_>,
    members: &Members<'_>,
    ids: &[&str],
    key: &str,
    value: &str,
) -> Splice {
    match anchors.iter().find_map(|anchor| members.last(anchor)) {
        Some(anchor) => {
            let end = anchor.range().end;
            Splice::new(end..end, format!(", \"{key}\": {value}"))
        }
        None => beside(object, members, ids, key, value),
    }
}

/// The status of a session whose tasks are all over, and when that was.
pub(super) fn completed(session: Part<'_>, now: Timestamp) -> Option<Vec<Splice>> {
    const IDS: [&str; 1] = ["session_id"];
    let members = session.members()?;
    if members.word(&["status"]).as_deref() == Some("completed") {
        return None;
    }
    let time = quoted(&now.rfc3339());
    let mut splices = vec![status(session, &IDS, "completed")?];
    match members.last("completed_at") {
        Some(part) => splices.push(Splice::new(part.range(), time.clone())),
        None => splices.push(behind(["status"], session, &members, &IDS, "completed_at", &time)),
    }
    splices.extend(members.get("updated_at").map(|it| Splice::new(it.range(), time)));
    Some(splices)
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
