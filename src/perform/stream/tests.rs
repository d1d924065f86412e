use super::*;

fn listen(format: Stream, lines: &[&str]) -> (Vec<String>, Heard) {
    let mut listener = Listener::new(format);
    let mut shown: Vec<String> = lines.iter().flat_map(|line| listener.line(line)).collect();
    let (rest, heard) = listener.finish();
    shown.extend(rest);
    (shown, heard)
}

#[test]
fn claudes_events_become_lines_and_figures() {
    let (shown, heard) = listen(
        Stream::Claude,
        &[
            r#"{"type":"system","subtype":"init","session_id":"s-1","model":"opus","tools":[]}"#,
            r#"{"type":"assistant","message":{"content":[{"type":"text","text":"I look.\nThen I act."},{"type":"tool_use","name":"Bash","input":{"command":"cargo test\n-q"}}]}}"#,
            r#"{"type":"user","message":{"content":[{"type":"tool_result","is_error":true,"content":"exit 1\nmore"}]}}"#,
            r#"{"type":"result","subtype":"success","is_error":false,"result":"Done.","total_cost_usd":0.0123,"usage":{"input_tokens":5,"cache_read_input_tokens":7,"output_tokens":3}}"#,
        ],
    );
    assert_eq!(shown, ["* model opus", "I look.", "Then I act.", "* Bash cargo test", "! exit 1"]);
    assert_eq!(heard.session.as_deref(), Some("s-1"));
    assert_eq!((heard.cost_micros, heard.tokens), (Some(12_300), Some(Tokens { input: 12, output: 3 })));
    assert_eq!((heard.last_message.as_deref(), heard.end), (Some("Done."), End::Success));
}

#[test]
fn claude_that_fails_says_why() {
    let end = |line: &str| listen(Stream::Claude, &[line]).1.end;
    let failed = |why: &str| End::Failure(why.to_owned());
    assert_eq!(
        end(r#"{"type":"result","subtype":"error_max_turns","is_error":true}"#),
        failed("error max turns")
    );
    assert_eq!(
        end(r#"{"type":"result","subtype":"success","is_error":true,"result":"API Error: 429"}"#),
        failed("API Error: 429")
    );
    assert_eq!(end(r#"{"type":"assistant","message":{"content":[]}}"#), End::Unsaid);
}

#[test]
fn cursors_tools_are_shown() {
    let line =
        r#"{"type":"tool_call","subtype":"started","tool_call":{"readToolCall":{"args":{"path":"a.ts"}}}}"#;
    assert_eq!(listen(Stream::Claude, &[line]).0, ["* read a.ts"]);
}

#[test]
fn codexs_last_turn_is_what_counts() {
    let started = r#"{"type":"thread.started","thread_id":"t-9"}"#;
    let said = r#"{"type":"item.completed","item":{"type":"agent_message","text":"Made it."}}"#;
    let ran =
        r#"{"type":"item.completed","item":{"type":"command_execution","command":"ls x","exit_code":2}}"#;
    let done = r#"{"type":"turn.completed","usage":{"input_tokens":10,"output_tokens":4}}"#;
    let trouble = r#"{"type":"error","message":"Reconnecting... 1/5"}"#;
    let failed = r#"{"type":"turn.failed","error":{"message":"stream disconnected"}}"#;
    let (shown, heard) = listen(Stream::Codex, &[started, ran, trouble, said, done]);
    assert_eq!(shown, ["! exit code 2: ls x", "! Reconnecting... 1/5", "Made it."]);
    assert_eq!((heard.session.as_deref(), heard.end), (Some("t-9"), End::Success));
    assert_eq!(heard.tokens, Some(Tokens { input: 10, output: 4 }));
    assert_eq!(
        listen(Stream::Codex, &[started, done, failed]).1.end,
        End::Failure("stream disconnected".to_owned())
    );
    assert_eq!(listen(Stream::Codex, &[done, r#"{"type":"turn.started"}"#]).1.end, End::Unsaid);
}

#[test]
fn geminis_pieces_are_put_together_whether_they_repeat_or_not() {
    let piece =
        |text: &str| format!(r#"{{"type":"message","role":"assistant","content":"{text}","delta":true}}"#);
    let check = |pieces: &[&str]| {
        let mut lines = vec![
            r#"{"type":"init","session_id":"g","model":"m"}"#.to_owned(),
            r#"{"type":"message","role":"user","content":"TASK BLOCKED: an echo"}"#.to_owned(),
        ];
        lines.extend(pieces.iter().map(|it| piece(it)));
        lines.push(
            r#"{"type":"result","status":"success","stats":{"input_tokens":1,"output_tokens":2}}"#.to_owned(),
        );
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let (shown, heard) = listen(Stream::Gemini, &lines);
        assert_eq!(shown, ["One line", "and another"], "{pieces:?}");
        assert_eq!((heard.last_message.as_deref(), heard.end), (Some("One line\nand another"), End::Success));
    };
    check(&["One ", "line\\nand", " another"]);
    check(&["One ", "One line\\nand", "One line\\nand another"]);
    let failed = r#"{"type":"result","status":"error","error":{"type":"x","message":"quota"}}"#;
    assert_eq!(listen(Stream::Gemini, &[failed]).1.end, End::Failure("quota".to_owned()));
}

#[test]
fn opencode_ends_with_its_last_step() {
    let finish = |reason: &str| {
        format!(
            r#"{{"type":"step_finish","sessionID":"ses_1","part":{{"reason":"{reason}","cost":0.5,"tokens":{{"input":3,"output":1,"cache":{{"read":2,"write":0}}}}}}}}"#
        )
    };
    let text = r#"{"type":"text","sessionID":"ses_1","part":{"text":"Hello"}}"#;
    let (shown, heard) = listen(Stream::Opencode, &[&finish("tool-calls"), text, &finish("stop")]);
    assert_eq!(shown, ["Hello"]);
    assert_eq!((heard.cost_micros, heard.tokens), (Some(1_000_000), Some(Tokens { input: 10, output: 2 })));
    assert_eq!((heard.session.as_deref(), heard.end), (Some("ses_1"), End::Success));
    assert_eq!(listen(Stream::Opencode, &[&finish("tool-calls")]).1.end, End::Unsaid);
    let error = r#"{"type":"error","error":{"name":"APIError","data":{"message":"no key"}}}"#;
    assert_eq!(listen(Stream::Opencode, &[&finish("stop"), error]).1.end, End::Failure("no key".to_owned()));
}

#[test]
fn what_is_no_event_is_shown_as_it_stands() {
    for format in
        [Stream::Claude, Stream::Codex, Stream::Gemini, Stream::Opencode, Stream::Jsonl, Stream::Text]
    {
        let (shown, heard) = listen(format, &["{half", "[1]", "plain words"]);
        assert_eq!(shown, ["{half", "[1]", "plain words"], "{format:?}");
        assert_eq!(heard.end, End::Unsaid);
    }
}

#[test]
fn events_of_odd_shapes_do_no_harm() {
    let odd = [
        r#"{"type":5}"#,
        r#"{"type":"result"}"#,
        r#"{"type":"assistant","message":"x"}"#,
        r#"{"type":"item.completed","item":null}"#,
        r#"{"type":"step_finish","part":{"cost":-1,"tokens":7}}"#,
        r#"{"type":"result","usage":[],"total_cost_usd":1e300}"#,
    ];
    for format in [Stream::Claude, Stream::Codex, Stream::Gemini, Stream::Opencode, Stream::Jsonl] {
        listen(format, &odd);
    }
}

#[test]
fn loose_lines_are_understood_where_people_agree() {
    let (shown, heard) = listen(
        Stream::Jsonl,
        &[r#"{"session_id":"z","text":"Hi"}"#, r#"{"role":"user","text":"echo"}"#, r#"{"type":"done"}"#],
    );
    assert_eq!(shown, ["Hi", r#"{"type":"done"}"#]);
    assert_eq!((heard.session.as_deref(), heard.end), (Some("z"), End::Success));
}

#[test]
fn of_endless_text_the_end_is_kept() {
    let mut listener = Listener::new(Stream::Text);
    for number in 0..20_000 {
        listener.line(&format!("line {number}"));
    }
    let said = listener.finish().1.last_message.unwrap();
    assert!(said.len() < 40 * 1024 && said.ends_with("line 19999"));
}
