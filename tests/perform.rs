//! The performer with a scripted agent: what becomes of a task, whatever the agent does.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use plandeck::{
    clock::{ManualClock, Timestamp},
    ids::{AttemptId, Ids, ItemId},
    perform::{self, Surroundings},
    run::{
        Agent, Brief, Doer, LaunchFailure, Performance, PromptBy, Report, Reported, Stream, Subject, Tokens,
        spec::ItemRef,
    },
};

const TASK: &str = ".workflow/active/WFS-lamp/.task/IMPL-1.json";

const SUCCESS: &str = r#"{"type":"system","subtype":"init","session_id":"s-1","model":"m"}
{"type":"assistant","message":{"content":[{"type":"text","text":"I wire the lamp."}]}}
#write lamp.txt
{"type":"result","subtype":"success","is_error":false,"result":"Wired.\nTASK COMPLETE","session_id":"s-1","total_cost_usd":0.02,"usage":{"input_tokens":3,"output_tokens":2}}
"#;

/// A workspace with one task, a fake agent, and what became of it.
struct Stage {
    folder: tempfile::TempDir,
    brief: Brief,
}

impl Stage {
    fn new(task: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for folder in ["w/.workflow/active/WFS-lamp/.task", "cassettes", "run"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::write(root.join("w").join(TASK), task).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fake/agent.sh");
        let subject = Subject {
            dialect: "ccw".to_owned(),
            plan: ".workflow/active/WFS-lamp".to_owned(),
            folder: ".workflow/active/WFS-lamp".to_owned(),
            item: ItemRef { id: ItemId::new("IMPL-1"), title: "Wire the lamp".to_owned() },
            file: TASK.to_owned(),
            line: None,
            needs: Vec::new(),
        };
        let doer = Doer::Agent { asked: None, otherwise: "fake".to_owned(), prompt: None };
        let path = |name: &str| root.join(name).to_string_lossy().into_owned();
        // The performer hands its own environment on; a test hands over what the fake needs by arguments.
        let line = format!(
            "FAKE_CASSETTES={} FAKE_PROMPT={} exec {} \"$@\"",
            path("cassettes"),
            path("prompt.md"),
            script.display()
        );
        let agent = |cassette: &str| Agent {
            argv: ["/bin/sh", "-c", &line.replace("exec", &format!("FAKE_CASSETTE={cassette} exec")), "fake"]
                .map(str::to_owned)
                .to_vec(),
            prompt: PromptBy::Stdin,
            stream: Stream::Claude,
            resume: vec!["--resume".to_owned(), "{session}".to_owned()],
            ok_exit: vec![0],
        };
        let brief = Brief {
            run: Ids::counted(1).run(0),
            attempt: AttemptId { task: "IMPL-1".into(), number: 1 },
            title: "Run IMPL-1".to_owned(),
            workspace: path("w"),
            folder: path("run"),
            performance: Performance {
                subject: Some(subject),
                doer,
                checks: Vec::new(),
                plan_commands: true,
            },
            agents: BTreeMap::from([
                ("fake".to_owned(), agent("fake")),
                ("code-developer".to_owned(), agent("developer")),
                ("doc-generator".to_owned(), agent("writer")),
            ]),
        };
        Self { folder, brief }
    }

    fn cassette(self, name: &str, text: &str) -> Self {
        fs::write(self.path("cassettes").join(name), text).unwrap();
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Plays the attempt; its log, and what it reports.
    fn play(&self) -> (String, Report) {
        let mut out = Vec::new();
        let clock = ManualClock::at(Timestamp::from_millis(1_700_000_000_000));
        let around = Surroundings {
            cwd: self.path("w"),
            path: "/usr/local/bin:/usr/bin:/bin".to_owned(),
            clock: &clock,
            out: &mut out,
        };
        let done = perform::main(&self.brief, around).unwrap();
        let file = self.path("run/reports").join(format!("IMPL-1.{}.json", self.brief.attempt.number));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let report: Report = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        assert_eq!(done, report.end == Reported::Done);
        let log = String::from_utf8(out).unwrap();
        fs::create_dir_all(self.path("run/logs")).unwrap();
        let name = format!("IMPL-1.{}.log", self.brief.attempt.number);
        fs::write(self.path("run/logs").join(name), &log).unwrap();
        (log, report)
    }

    fn end(&self) -> Reported {
        self.play().1.end
    }

    fn prompt(&self) -> String {
        fs::read_to_string(self.path("prompt.md")).unwrap()
    }
}

fn lamp(more: &str) -> String {
    format!(
        r#"{{"id":"IMPL-1","title":"Wire the lamp","description":"Light for the hall","depends_on":[]{more}}}"#
    )
}

/// What one task comes to with one cassette.
fn end_with(cassette: &str) -> Reported {
    Stage::new(&lamp("")).cassette("developer", cassette).end()
}

#[test]
fn a_task_is_done_when_its_agent_says_so_and_figures_are_kept() {
    let stage = Stage::new(&lamp("")).cassette("developer", SUCCESS);
    let (log, report) = stage.play();
    assert_eq!(report.end, Reported::Done, "{log}");
    let used = report.agent.unwrap();
    assert_eq!((used.name.as_str(), used.session.as_deref()), ("code-developer", Some("s-1")));
    assert_eq!((used.cost_micros, used.tokens), (Some(20_000), Some(Tokens { input: 3, output: 2 })));
    assert_eq!(used.last_message.as_deref(), Some("Wired.\nTASK COMPLETE"));
    assert!(log.contains("\nI wire the lamp.\n"), "{log}");
    assert!(stage.path("w/lamp.txt").exists());
    let kept = fs::read_to_string(stage.path("run/prompts/IMPL-1.1.md")).unwrap();
    assert_eq!(kept, stage.prompt());
    assert!(kept.contains("Light for the hall"), "{kept}");
}

#[test]
fn whatever_an_agent_does_has_a_name() {
    let failed = |why: &str| Reported::AgentFailed { why: why.to_owned() };
    let check = |cassette: &str, expected: Reported| assert_eq!(end_with(cassette), expected, "{cassette}");
    check("#exit 3\n", Reported::Exited { code: 3 });
    check("#kill 9\n", Reported::Signalled { signal: 9 });
    check("no event at all\n{half\n", failed("it ended without saying that it was done"));
    check(
        r#"{"type":"result","subtype":"error_max_turns","is_error":true}
"#,
        failed("error max turns"),
    );
    check(
        &SUCCESS.replace("TASK COMPLETE", "TASK BLOCKED: which lamp?"),
        Reported::Blocked { reason: "which lamp?".to_owned() },
    );
    check(
        "#stderr Error: 429 Too Many Requests, retry after 7 seconds\n#exit 1\n",
        Reported::RateLimited { retry_after_ms: Some(7000) },
    );
    check(
        "{\"type\":\"result\",\"subtype\":\"success\",\"is_error\":true,\"result\":\"Invalid API key · Please run /login\"}\n#exit 1\n",
        Reported::NotSignedIn { program: "sh".to_owned() },
    );
    check("#stderr prompt is too long: 214000 tokens > 200000 maximum\n#exit 1\n", Reported::OverContext);
}

#[test]
fn an_agent_that_is_not_there_is_named() {
    let mut stage = Stage::new(&lamp(""));
    for agent in stage.brief.agents.values_mut() {
        agent.argv = vec!["no-such-agent".to_owned()];
    }
    let why = LaunchFailure::NotFound { program: "no-such-agent".to_owned() };
    assert_eq!(stage.end(), Reported::NotStarted { why });
}

#[test]
fn a_file_that_is_no_task_is_said_with_its_line() {
    let Reported::BadTaskFile { file, why } = Stage::new("{\n  \"id\": \n").end() else { panic!("not bad") };
    assert_eq!(file, TASK);
    assert!(why.starts_with("line 3:"), "{why}");
}

#[test]
fn steps_are_done_in_order_and_handed_on() {
    let steps = r#","flow_control":{"pre_analysis":[
        {"step":"look","command":"bash(printf 'a b\\n$(touch pwned)\\n')","output_to":"names","on_error":"fail"},
        {"step":"use","command":"bash(printf '<%s>' \"[names]\")","output_to":"used","on_error":"fail"},
        {"step":"read","command":"Read(note.md)","output_to":"note"},
        {"step":"list","commands":["Glob(*.md)","Grep(lamp, note.md)"],"output_to":"found"},
        {"step":"think","command":"Task(explore the house)"},
        {"step":"gone","command":"Read(../outside.md)","output_to":"gone","on_error":"skip_optional"}],
      "implementation_approach":[{"step":1,"title":"Wire","description":"by [note]"}]}"#;
    let stage = Stage::new(&lamp(steps)).cassette("developer", SUCCESS);
    fs::write(stage.path("w/note.md"), "the lamp is blue\n").unwrap();
    fs::write(stage.path("outside.md"), "secret").unwrap();
    let (log, report) = stage.play();
    assert_eq!(report.end, Reported::Done, "{log}");
    assert_eq!(report.remarks, ["the step gone did not succeed: ../outside.md is outside the workspace"]);
    let prompt = stage.prompt();
    assert!(prompt.contains("[used]:\n```\n<a b\n$(touch pwned)>\n```"), "{prompt}");
    assert!(prompt.contains("[note]:\n```\nthe lamp is blue\n```"), "{prompt}");
    assert!(prompt.contains("note.md\nnote.md:1: the lamp is blue"), "{prompt}");
    assert!(prompt.contains("- think: Task(explore the house)"), "{prompt}");
    assert!(!prompt.contains("secret"), "{prompt}");
    assert!(!stage.path("w/pwned").exists(), "what a step found is no part of a shell line");
}

#[test]
fn a_step_that_fails_twice_means_what_it_says() {
    let end = |on_error: &str| {
        let step = format!(
            r#","pre_analysis":[{{"step":"look","command":"bash(echo x >> tries; exit 4)"{on_error}}}]"#
        );
        let stage = Stage::new(&lamp(&step)).cassette("developer", SUCCESS);
        let end = stage.end();
        (end, fs::read_to_string(stage.path("w/tries")).unwrap().lines().count())
    };
    let failed =
        Reported::StepFailed { step: "look".to_owned(), why: "it ended with exit code 4".to_owned() };
    assert_eq!(end(r#","on_error":"fail""#), (failed.clone(), 2));
    assert_eq!(end(r#","on_error":"retry_once""#), (failed, 2));
    assert_eq!(end(r#","on_error":"skip_optional""#), (Reported::Done, 2));
    assert_eq!(end(r#","on_error":"continue""#), (Reported::Done, 2));
    assert_eq!(end(""), (Reported::Done, 2));
    assert!(matches!(end(r#","on_error":"manual_intervention""#).0, Reported::Blocked { .. }));
}

#[test]
fn nothing_of_the_plan_goes_through_a_shell_unless_it_may() {
    let task = lamp(
        r#","pre_analysis":[{"step":"look","command":"bash(touch ran)","on_error":"fail"}],
           "convergence":{"criteria":[],"verification":"bash(touch checked)"}"#,
    );
    let mut stage = Stage::new(&task).cassette("developer", SUCCESS);
    stage.brief.performance.plan_commands = false;
    let (log, report) = stage.play();
    assert_eq!(report.end, Reported::Done, "{log}");
    assert!(!stage.path("w/ran").exists() && !stage.path("w/checked").exists());
    assert!(stage.prompt().contains("- look: run `touch ran`"), "{}", stage.prompt());
    assert_eq!(report.remarks.len(), 2, "{:?}", report.remarks);
}

#[test]
fn a_check_that_fails_means_not_done_and_says_which() {
    let end = |verification: &str| {
        let more = format!(r#","convergence":{{"criteria":["It shines"],"verification":"{verification}"}}"#);
        Stage::new(&lamp(&more)).cassette("developer", SUCCESS).play().1
    };
    assert_eq!(end("bash(test -f lamp.txt)").end, Reported::Done);
    assert_eq!(end("test -f lamp.txt").end, Reported::Done);
    let failed = Reported::ChecksFailed { command: "test -f none.txt".to_owned(), code: Some(1) };
    assert_eq!(end("test -f none.txt").end, failed);
    let prose = end("Look whether it shines");
    assert_eq!(prose.end, Reported::Done);
    assert_eq!(prose.remarks, ["not checked, because it is no command: Look whether it shines"]);
}

#[test]
fn a_check_is_not_run_after_an_agent_that_failed() {
    let more = r#","convergence":{"criteria":[],"verification":"bash(touch checked)"}"#;
    let stage = Stage::new(&lamp(more)).cassette("developer", "#exit 1\n");
    assert_eq!(stage.end(), Reported::Exited { code: 1 });
    assert!(!stage.path("w/checked").exists());
}

#[test]
fn the_task_chooses_its_agent_unless_one_was_asked_for() {
    let chosen = |more: &str, asked: Option<&str>| {
        let mut stage = Stage::new(&lamp(more));
        for name in ["fake", "developer", "writer"] {
            stage = stage.cassette(name, SUCCESS);
        }
        let asked = asked.map(str::to_owned);
        stage.brief.performance.doer = Doer::Agent { asked, otherwise: "fake".to_owned(), prompt: None };
        stage.play().1.agent.unwrap().name
    };
    assert_eq!(chosen(r#","meta":{"agent":"@doc-generator"}"#, None), "doc-generator");
    assert_eq!(chosen(r#","meta":{"agent":"@doc-generator"}"#, Some("fake")), "fake");
    assert_eq!(chosen(r#","type":"docs""#, None), "doc-generator");
    assert_eq!(chosen(r#","type":"test-fix""#, None), "fake");
    assert_eq!(chosen(r#","meta":{"agent":"@unknown"}"#, None), "code-developer");
}

#[test]
fn later_tries_are_told_less_and_how_the_last_one_failed() {
    let more = r#","context":{"requirements":["Use copper"],"acceptance":["It shines"],"artifacts":["docs/a.md"]},
                   "risks":["fire"]"#;
    let mut stage = Stage::new(&lamp(more)).cassette("developer", "#stderr no copper left\n#exit 1\n");
    let mut prompts = Vec::new();
    for number in 1..=3 {
        stage.brief.attempt.number = number;
        stage.play();
        prompts.push(stage.prompt());
    }
    let holds = |text: &str| prompts.iter().map(|it| it.contains(text)).collect::<Vec<_>>();
    assert_eq!(holds("Use copper"), [true, true, true]);
    assert_eq!(holds("It shines"), [true, true, true]);
    assert_eq!(holds("docs/a.md"), [true, false, false]);
    assert_eq!(holds("fire"), [true, false, false]);
    assert_eq!(holds("no copper left"), [false, true, true]);
    assert!(prompts[2].len() < prompts[1].len() + 40, "{}", prompts[2]);
}

#[test]
fn a_rate_limit_is_no_try_and_the_conversation_goes_on() {
    let limited = "{\"type\":\"system\",\"subtype\":\"init\",\"session_id\":\"s-7\"}\n#stderr rate limit exceeded\n#exit 1\n";
    let mut stage = Stage::new(&lamp(""))
        .cassette("developer.1", limited)
        .cassette("developer", &format!("#arguments\n{SUCCESS}"));
    fs::write(stage.path("cassettes/developer"), limited).unwrap();
    assert_eq!(stage.end(), Reported::RateLimited { retry_after_ms: None });
    fs::remove_file(stage.path("cassettes/developer.1")).unwrap();
    fs::write(stage.path("cassettes/developer"), format!("#arguments\n{SUCCESS}")).unwrap();
    stage.brief.attempt.number = 2;
    let (log, report) = stage.play();
    assert_eq!(report.end, Reported::Done, "{log}");
    assert!(log.contains("--resume s-7"), "{log}");
    assert!(!stage.prompt().contains("try number"), "{}", stage.prompt());
}

#[test]
fn an_item_of_another_dialect_is_told_by_its_own_text() {
    let mut stage = Stage::new(&lamp("")).cassette("fake", SUCCESS);
    let tasks =
        "# Tasks\n\n## Phase 1\n\n- [ ] T001 Wire the lamp in hall.rs\n  - carefully\n- [ ] T002 Paint it\n";
    fs::write(stage.path("w/tasks.md"), tasks).unwrap();
    let subject = stage.brief.performance.subject.as_mut().unwrap();
    subject.dialect = "speckit".to_owned();
    subject.file = "tasks.md".to_owned();
    subject.line = Some(5);
    assert_eq!(stage.end(), Reported::Done);
    let prompt = stage.prompt();
    assert!(prompt.contains("T001 Wire the lamp in hall.rs\n  - carefully\n```"), "{prompt}");
    assert!(!prompt.contains("T002"), "{prompt}");
}

#[test]
fn a_recipes_command_is_followed_by_the_checks() {
    let more = r#","test":{"commands":["test -f made"]}"#;
    let end = |line: &str, checks: &[&str]| {
        let mut stage = Stage::new(&lamp(more));
        let argv = ["/bin/sh", "-c", line].map(str::to_owned).to_vec();
        stage.brief.performance.doer = Doer::Command { argv, stdin: None };
        stage.brief.performance.checks = vec![checks.iter().map(|it| (*it).to_owned()).collect()];
        stage.end()
    };
    assert_eq!(end("touch made", &["true"]), Reported::Done);
    assert_eq!(end("exit 5", &["true"]), Reported::Exited { code: 5 });
    let failed = |command: &str| Reported::ChecksFailed { command: command.to_owned(), code: Some(1) };
    assert_eq!(end("true", &["true"]), failed("test -f made"));
    assert_eq!(end("touch made", &["false"]), failed("false"));
}

#[test]
fn a_prompt_is_given_as_the_agent_wants_it() {
    let words = |by: PromptBy, arguments: &[&str]| {
        let mut stage = Stage::new(&lamp(""));
        let agent = stage.brief.agents.get_mut("code-developer").unwrap();
        agent.argv = [&["/bin/echo"], arguments].concat().iter().map(|it| (*it).to_owned()).collect();
        agent.prompt = by;
        agent.stream = Stream::Text;
        let (log, report) = stage.play();
        assert_eq!(report.end, Reported::Done, "{log}");
        log.lines().nth(1).unwrap().replace(&stage.brief.folder, "RUN")
    };
    assert_eq!(words(PromptBy::Argument, &[]), "# IMPL-1: Wire the lamp");
    assert_eq!(words(PromptBy::File, &["-f"]), "-f RUN/prompts/IMPL-1.1.md");
    assert_eq!(
        words(PromptBy::File, &["--task={item.id}", "@{prompt.file}", "{x}"]),
        "--task=IMPL-1 @RUN/prompts/IMPL-1.1.md {x}"
    );
}
