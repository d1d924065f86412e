//! Claude Code's events (`--output-format stream-json`), and Cursor's, which are of the same family.

use serde_json::Value;

use super::{End, Listener, micros, tool_line, word};
use crate::run::Tokens;

pub(super) fn event(listener: &mut Listener, event: &Value) -> Vec<String> {
    if let Some(session) = word(event, &["session_id"]) {
        listener.heard.session = Some(session.to_owned());
    }
    match word(event, &["type"]).unwrap_or_default() {
        "system" if word(event, &["subtype"]) == Some("init") => began(event),
        "assistant" => assistant(listener, &event["message"]["content"]),
        "user" => failed_tools(&event["message"]["content"]),
        "tool_call" if word(event, &["subtype"]) == Some("started") => call(&event["tool_call"]),
        "result" => {
            result(listener, event);
            Vec::new()
        }
        "error" => vec![format!("! {}", super::trouble(event))],
        _ => Vec::new(),
    }
}

fn began(event: &Value) -> Vec<String> {
    word(event, &["model"]).map(|model| format!("* model {model}")).into_iter().collect()
}

fn assistant(listener: &mut Listener, content: &Value) -> Vec<String> {
    let blocks = content.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut shown = Vec::new();
    for block in blocks {
        match word(block, &["type"]).unwrap_or_default() {
            "text" => shown.extend(listener.said(word(block, &["text"]).unwrap_or_default())),
            "tool_use" => shown.push(tool_line(word(block, &["name"]).unwrap_or("tool"), &block["input"])),
            _ => {}
        }
    }
    shown
}

/// What a tool answered is the agent's to read; that it failed is worth a line.
fn failed_tools(content: &Value) -> Vec<String> {
    let blocks = content.as_array().map(Vec::as_slice).unwrap_or_default();
    let failed = blocks.iter().filter(|it| it["is_error"].as_bool() == Some(true));
    failed
        .filter_map(|it| {
            it["content"].as_str()?.lines().next().map(|line| format!("! {}", crate::text::clip(line, 160)))
        })
        .collect()
}

/// Cursor's: `{"readToolCall": {"args": {…}}}`.
fn call(call: &Value) -> Vec<String> {
    let calls = call.as_object().into_iter().flatten();
    calls.map(|(name, it)| tool_line(name.trim_end_matches("ToolCall"), &it["args"])).collect()
}

fn result(listener: &mut Listener, event: &Value) {
    let well = word(event, &["subtype"]) == Some("success") && event["is_error"].as_bool() != Some(true);
    let text = word(event, &["result"]);
    if let Some(text) = text.filter(|_| well) {
        listener.heard.last_message = Some(text.trim().to_owned());
    }
    listener.heard.cost_micros = micros(&event["total_cost_usd"]).or(listener.heard.cost_micros);
    listener.heard.tokens = tokens(&event["usage"]).or(listener.heard.tokens);
    listener.heard.end = if well {
        End::Success
    } else {
        let why = text.map(str::to_owned).or_else(|| Some(super::trouble(event.get("error")?)));
        let kind = word(event, &["subtype"]).unwrap_or("error");
        End::Failure(why.unwrap_or_else(|| kind.replace('_', " ")))
    };
}

fn tokens(usage: &Value) -> Option<Tokens> {
    let count = |name: &str| usage[name].as_u64().unwrap_or(0);
    let input =
        count("input_tokens") + count("cache_read_input_tokens") + count("cache_creation_input_tokens");
    usage.is_object().then(|| Tokens { input, output: count("output_tokens") })
}
