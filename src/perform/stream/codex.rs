//! Codex's events (`exec --json`).

use serde_json::Value;

use super::{End, Listener, trouble, word};

pub(super) fn event(listener: &mut Listener, event: &Value) -> Vec<String> {
    match word(event, &["type"]).unwrap_or_default() {
        "thread.started" => {
            listener.heard.session = word(event, &["thread_id"]).map(str::to_owned);
            Vec::new()
        }
        "turn.started" => {
            listener.heard.end = End::Unsaid;
            Vec::new()
        }
        "turn.completed" => {
            let usage = &event["usage"];
            let count = |name: &str| usage[name].as_u64().unwrap_or(0);
            listener.add_tokens(count("input_tokens"), count("output_tokens"));
            listener.heard.end = End::Success;
            Vec::new()
        }
        "turn.failed" => failed(listener, &event["error"]),
        // Also said of a connection that it mends by itself: a completed turn afterwards counts.
        "error" => failed(listener, event),
        "item.started" => started(&event["item"]),
        "item.completed" => completed(listener, &event["item"]),
        _ => Vec::new(),
    }
}

fn failed(listener: &mut Listener, error: &Value) -> Vec<String> {
    let why = trouble(error);
    let line = format!("! {why}");
    listener.heard.end = End::Failure(why);
    vec![line]
}

fn kind(item: &Value) -> &str {
    word(item, &["type", "item_type"]).unwrap_or_default()
}

fn started(item: &Value) -> Vec<String> {
    match kind(item) {
        "command_execution" => vec![format!("* {}", first_line(&item["command"]))],
        "mcp_tool_call" => vec![format!("* {}", word(item, &["tool", "name"]).unwrap_or("tool"))],
        _ => Vec::new(),
    }
}

fn completed(listener: &mut Listener, item: &Value) -> Vec<String> {
    match kind(item) {
        "agent_message" | "assistant_message" => listener.said(word(item, &["text"]).unwrap_or_default()),
        "command_execution" => match item["exit_code"].as_i64() {
            Some(0) | None => Vec::new(),
            Some(code) => vec![format!("! exit code {code}: {}", first_line(&item["command"]))],
        },
        "file_change" => {
            let changes = item["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
            changes.iter().filter_map(|it| word(it, &["path"])).map(|it| format!("* changed {it}")).collect()
        }
        "error" => vec![format!("! {}", trouble(item))],
        _ => Vec::new(),
    }
}

fn first_line(text: &Value) -> String {
    crate::text::clip(text.as_str().and_then(|it| it.lines().next()).unwrap_or_default(), 160)
}
