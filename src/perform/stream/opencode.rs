//! OpenCode's events (`run --format json`).

use serde_json::Value;

use super::{End, Listener, tool_line, trouble, word};

pub(super) fn event(listener: &mut Listener, event: &Value) -> Vec<String> {
    if let Some(session) = word(event, &["sessionID", "session_id"]) {
        listener.heard.session = Some(session.to_owned());
    }
    let part = event.get("part").unwrap_or(event);
    match word(event, &["type"]).unwrap_or_default() {
        "text" => listener.said(word(part, &["text"]).unwrap_or_default()),
        "tool_use" => {
            let name = word(part, &["tool", "name"]).unwrap_or("tool");
            let mut shown = vec![tool_line(name, &part["state"]["input"])];
            shown.extend(part["state"].get("error").map(|error| format!("! {}", trouble(error))));
            shown
        }
        "step_start" => {
            listener.heard.end = End::Unsaid;
            Vec::new()
        }
        "step_finish" => {
            step_finish(listener, part);
            Vec::new()
        }
        "error" => {
            let why = trouble(event.get("error").unwrap_or(event));
            listener.heard.end = End::Failure(why.clone());
            vec![format!("! {why}")]
        }
        _ => Vec::new(),
    }
}

/// A step that ends to let a tool work is not the last one.
fn step_finish(listener: &mut Listener, part: &Value) {
    let tokens = &part["tokens"];
    let count = |value: &Value| value.as_u64().unwrap_or(0);
    let cached = count(&tokens["cache"]["read"]) + count(&tokens["cache"]["write"]);
    listener.add_tokens(count(&tokens["input"]) + cached, count(&tokens["output"]));
    if let Some(cost) = super::micros(&part["cost"]) {
        *listener.heard.cost_micros.get_or_insert(0) += cost;
    }
    listener.heard.end = match word(part, &["reason"]) {
        Some("tool-calls" | "tool_calls") => End::Unsaid,
        Some("error" | "length" | "content-filter") => {
            End::Failure(format!("it stopped for {}", word(part, &["reason"]).unwrap_or_default()))
        }
        _ => End::Success,
    };
}
