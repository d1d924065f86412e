//! Gemini's events (`--output-format stream-json`), and Qwen's.

use serde_json::Value;

use super::{End, Listener, tool_line, trouble, word};
use crate::run::Tokens;

pub(super) fn event(listener: &mut Listener, event: &Value) -> Vec<String> {
    let kind = word(event, &["type"]).unwrap_or_default();
    if kind == "message" {
        return message(listener, event);
    }
    let mut shown = listener.end_speech();
    match kind {
        "init" => listener.heard.session = word(event, &["session_id", "sessionId"]).map(str::to_owned),
        "tool_use" => {
            let name = word(event, &["tool_name", "name"]).unwrap_or("tool");
            shown.push(tool_line(name, event.get("parameters").unwrap_or(&Value::Null)));
        }
        "tool_result" if word(event, &["status"]) == Some("error") => {
            shown.push(format!("! {}", trouble(event.get("error").unwrap_or(event))));
        }
        "error" => shown.push(format!("! {}", trouble(event))),
        "result" => result(listener, event),
        _ => {}
    }
    shown
}

/// What a person or the program itself says comes by as well.
fn message(listener: &mut Listener, event: &Value) -> Vec<String> {
    let content = word(event, &["content", "text"]).unwrap_or_default();
    if !matches!(word(event, &["role"]), Some("assistant" | "model") | None) {
        return Vec::new();
    }
    if event["delta"].as_bool() == Some(true) {
        return listener.said_piece(content);
    }
    let mut shown = listener.end_speech();
    shown.extend(listener.said(content));
    shown
}

fn result(listener: &mut Listener, event: &Value) {
    let stats = &event["stats"];
    let count = |names: &[&str]| names.iter().find_map(|name| stats[name].as_u64());
    let input = count(&["input_tokens", "inputTokens"]);
    let output = count(&["output_tokens", "outputTokens"]);
    if input.or(output).is_some() {
        listener.heard.tokens = Some(Tokens { input: input.unwrap_or(0), output: output.unwrap_or(0) });
    }
    listener.heard.end = match word(event, &["status"]) {
        Some("success") => End::Success,
        other => {
            let why = event.get("error").map(trouble);
            End::Failure(why.unwrap_or_else(|| other.unwrap_or("no status").to_owned()))
        }
    };
}
