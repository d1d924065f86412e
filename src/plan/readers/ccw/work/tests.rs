use super::*;

#[test]
fn what_is_written_as_a_command_is_told_apart() {
    let check = |text: &str, expected: Command| assert_eq!(Command::read(text), expected, "{text}");
    let grep = |pattern: &str, path: Option<&str>| Command::Grep {
        pattern: pattern.to_owned(),
        path: path.map(str::to_owned),
    };
    check("bash(find . -name '*.rs' | head -5)", Command::Shell("find . -name '*.rs' | head -5".into()));
    check("bash(echo $(date))", Command::Shell("echo $(date)".into()));
    check("Read(docs/plan.md)", Command::Read("docs/plan.md".into()));
    check("Read(\"docs/a b.md\")", Command::Read("docs/a b.md".into()));
    check("Glob(src/**/*.rs)", Command::Glob("src/**/*.rs".into()));
    check("Grep('fn main', 'src')", grep("fn main", Some("src")));
    check("Grep(pattern: \"fn\\(a, b\\)\", path: \"src\")", grep("fn\\(a, b\\)", Some("src")));
    check("Search(todo{1,2})", grep("todo{1,2}", None));
    check("mcp__code__find(x)", Command::Agent("mcp__code__find(x)".into()));
    check("Task(explore the house)", Command::Agent("Task(explore the house)".into()));
    check("cargo test -q", Command::Perhaps("cargo test -q".into()));
    check("Extract the table (all of it)", Command::Perhaps("Extract the table (all of it)".into()));
}

#[test]
fn a_sentence_is_no_command() {
    for line in [
        "npm test",
        "cargo test --all -- -q",
        "./check.sh 'all is well'",
        "test -f a.txt",
        "grep -q 'should' a",
    ] {
        assert!(looks_like_a_command(line), "{line}");
    }
    for line in [
        "Run npm test",
        "npm test passes",
        "all of it works",
        "Extract CREATE TABLE statements",
        "check: it is there",
        "an open \"quote",
        "two\nlines",
        "tests pass.",
        "",
    ] {
        assert!(!looks_like_a_command(line), "{line}");
    }
}

#[test]
fn all_generations_say_the_same_under_their_own_names() {
    let first = declared(
        r#"{"id":"IMPL-1","title":"Lamp","meta":{"type":"feature","agent":"@code-developer"},
            "context":{"requirements":["Turn it on"],"acceptance":["It shines: verify by test -f lamp (exit code 0)"],
                       "focus_paths":["src/lamp"],"depends_on":["IMPL-0"],"artifacts":["@docs/a.md",{"path":"docs/b.md"}]},
            "flow_control":{"pre_analysis":[{"step":"look","command":"bash(ls)","output_to":"seen","on_error":"warn"}],
                            "implementation_approach":[{"step":1,"title":"Wire","modification_points":["a","b"]}],
                            "test_commands":{"run":"cargo test"}}}"#,
        "IMPL-1",
    )
    .unwrap();
    assert_eq!(first.agent.as_deref(), Some("code-developer"));
    assert_eq!(
        (&first.requirements[..], &first.focus[..]),
        (&["Turn it on".to_owned()][..], &["src/lamp".to_owned()][..])
    );
    assert_eq!(first.approach, ["Wire; modification points: a, b"]);
    assert_eq!(first.context, ["docs/a.md", "docs/b.md"]);
    assert_eq!(first.checks, [Check::Perhaps("cargo test".into()), Check::Shell("test -f lamp".into())]);
    assert_eq!(first.steps[0].on_error, Some(OnError::Continue));
    assert_eq!(first.shell_lines(), ["ls", "cargo test", "test -f lamp"]);

    let third = declared(
        r#"{"id":"IMPL-1","description":"A lamp","type":"docs","depends_on":[],
            "convergence":{"criteria":["It shines"],"verification":"Look at it"},"context_package_path":"ctx.json",
            "test":{"commands":["npm test"]},"files":[{"path":"a.ts","action":"modify","change":"add b"}],
            "implementation":["Wire it"],"cli_execution":{"strategy":"resume"}}"#,
        "IMPL-1",
    )
    .unwrap();
    assert_eq!((third.kind.as_deref(), third.resumes), (Some("docs"), true));
    assert_eq!(third.acceptance, ["It shines"]);
    assert_eq!(third.files, ["a.ts; action: modify; change: add b"]);
    assert_eq!(third.context, ["ctx.json"]);
    assert_eq!(third.shell_lines(), ["npm test"]);
}

#[test]
fn a_task_is_found_among_others_and_what_is_no_task_is_said() {
    let several = r#"{"session_id":"x","tasks":[{"id":"T1","title":"One"},{"id":"T2","title":"Two"}]}"#;
    assert_eq!(declared(several, "T2").unwrap().title.as_deref(), Some("Two"));
    assert_eq!(declared("{\n\"id\":", "T1").unwrap_err().line, 2);
    assert!(declared("[1]", "T1").is_err());
    assert_eq!(declared("{}", "T1").unwrap(), Declared::default());
    assert_eq!(shell_lines("no json", "x"), Vec::<String>::new());
}

#[test]
fn a_silent_step_matters_when_its_result_is_used() {
    let task = |later: &str| {
        let text = format!(
            r#"{{"flow_control":{{"pre_analysis":[{{"command":"bash(ls)","output_to":"seen"}}],
                 "implementation_approach":["{later}"]}}}}"#
        );
        declared(&text, "x").unwrap().on_error(0)
    };
    assert_eq!(task("Use [seen]"), OnError::Fail);
    assert_eq!(task("Use ${seen}"), OnError::Fail);
    assert_eq!(task("Use {{seen}}"), OnError::Fail);
    assert_eq!(task("Use nothing"), OnError::Skip);
}
