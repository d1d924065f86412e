//! JSON lines of whatever shape: what people agree on is understood, the rest is shown.

use serde_json::Value;

use super::{End, Listener, micros, trouble, word};

pub(super) fn event(listener: &mut Listener, event: &Value) -> Vec<String> {
    if let Some(session) = word(event, &["session_id", "sessionId", "sessionID", "thread_id"]) {
        listener.heard.session = Some(session.to_owned());
    }
    listener.heard.cost_micros = micros(&event["total_cost_usd"])
        .or_else(|| micros(&event["cost_usd"]))
        .or(listener.heard.cost_micros);
    let kind = word(event, &["type", "event"]).unwrap_or_default();
    if kind == "error" || event["is_error"].as_bool() == Some(true) {
        let why = trouble(event.get("error").unwrap_or(event));
        listener.heard.end = End::Failure(why.clone());
        return vec![format!("! {why}")];
    }
    if matches!(word(event, &["role"]), Some("user" | "system" | "tool")) {
        return Vec::new();
    }
    if matches!(kind, "result" | "done" | "complete" | "completed") {
        listener.heard.end = End::Success;
    }
    match word(event, &["text", "content", "message", "result", "response", "output"]) {
        Some(text) => listener.said(text),
        None => vec![event.to_string()],
    }
}
