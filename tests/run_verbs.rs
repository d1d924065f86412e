//! The verbs about runs, through the real program: exit codes, shapes, and what is never lost on the way.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    io::BufRead as _,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

const SETTINGS: &str = r#"
[workflow.greet]
command = ["/bin/sh", "greet.sh", "{param.who}"]
params.who = { type = "string", default = "Ada" }
params.zeal = { type = "integer", default = 1 }

[workflow.wait]
command = ["/bin/sh", "-c", "echo begun; read line < gate; echo done"]

[workflow.both]
command = ["/bin/sh", "-c", "echo out; echo err >&2"]
capture = "split"

[workflow.asks]
command = ["/bin/sh", "-c", "echo who; read name; echo \"$name it is\""]
open_stdin = true

[workflow.talks]
command = ["/bin/sh", "-c", "for i in 0 1 2; do echo out $i; echo err $i >&2; read line; done"]
capture = "split"
open_stdin = true

[workflow.strict]
command = ["/bin/sh", "-c", "true"]
params.code = { type = "integer" }
"#;

const GREET: &str = "echo one\necho \"hello $1\"\nprintf 'raw \\377\\n'\nexit $(cat code)\n";

struct House {
    folder: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        let house = Self { folder: tempfile::tempdir().unwrap() };
        house.write("plandeck.toml", SETTINGS);
        house.write("greet.sh", GREET);
        house.write("code", "0");
        house
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plandeck"));
        command.args(["-C", self.path().to_str().unwrap()]).args(arguments).current_dir(self.path());
        command.env("COLUMNS", "80").stdin(Stdio::null());
        command
    }

    /// Exit code, standard output, standard error.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }

    fn good(&self, arguments: &[&str]) -> String {
        let (code, stdout, stderr) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {stderr}{stdout}");
        stdout
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let all: Vec<&str> = arguments.iter().copied().chain(["-o", "json"]).collect();
        let (_, stdout, stderr) = self.run(&all);
        serde_json::from_str(&stdout)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {stdout}{stderr}"))
    }

    /// Runs a greeting to its end; its id.
    fn greet(&self, who: &str) -> String {
        let who = format!("who={who}");
        let run = self.json(&["run", "create", "greet", "--param", &who, "--wait"]);
        run["data"]["run"]["id"].as_str().unwrap().to_owned()
    }

    /// Begins a run that ends when the gate is opened; its id.
    fn begin(&self) -> String {
        let gate = self.path().join("gate");
        if !gate.exists() {
            assert!(Command::new("mkfifo").arg(&gate).status().unwrap().success());
        }
        let run = self.json(&["run", "create", "wait"]);
        run["data"]["run"]["id"].as_str().unwrap().to_owned()
    }

    fn open_gate(&self) {
        self.write("gate", "go\n");
    }
}

#[test]
fn what_is_sent_is_read_by_the_task_that_holds_its_input_open() {
    let house = House::new();
    let run = house.json(&["run", "create", "asks"])["data"]["run"]["id"].as_str().unwrap().to_owned();
    assert_eq!(house.good(&["run", "send", &run, "--", "-Ada"]), "");
    assert_eq!(house.run(&["run", "wait", &run]).0, 0);
    assert_eq!(house.good(&["run", "logs", &run]), "who\n-Ada it is\n");
    let waiting = house.begin();
    let (code, _, error) = house.run(&["run", "send", &waiting, "yes"]);
    assert!(code == 6 && error.contains("open_stdin = true"), "{code}: {error}");
    house.open_gate();
    house.run(&["run", "wait", &waiting]);
}

fn keys(value: &Value, expected: &[&str]) {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    for key in expected {
        assert!(object.contains_key(*key), "{key} is missing in {value}");
    }
}

fn strings<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    value.as_array().unwrap().iter().map(|it| it[key].as_str().unwrap()).collect()
}

#[test]
fn nothing_found_is_an_empty_list_and_no_failure() {
    let house = House::new();
    let check = |arguments: &[&str]| {
        let list = house.json(arguments);
        assert_eq!(list["data"]["runs"], serde_json::json!([]), "{arguments:?}");
        assert_eq!(list["data"]["total"], 0);
        house.good(arguments);
    };
    check(&["run", "list"]);
    check(&["run", "list", "--status", "failed", "--since", "1h"]);
    check(&["run", "prune"]);
    assert!(!house.path().join(".plandeck").exists(), "looking makes no folder");
    house.greet("Ada");
    check(&["run", "list", "--search", "nobody of that name"]);
    check(&["run", "list", "--until", "2001-01-01"]);
    check(&["run", "prune"]);
}

#[test]
fn a_list_is_paged_without_losing_a_run_and_never_cut_in_silence() {
    let house = House::new();
    let mut made: Vec<String> = (0..5).map(|number| house.greet(&format!("guest {number}"))).collect();
    made.reverse();
    let mut seen = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let mut arguments = vec!["run", "list", "--limit", "2"];
        if let Some(token) = &token {
            arguments.extend(["--page", token]);
        }
        let page = house.json(&arguments);
        assert_eq!(page["kind"], "run.list");
        assert_eq!(page["data"]["total"], 5);
        for run in page["data"]["runs"].as_array().unwrap() {
            keys(
                run,
                &[
                    "id",
                    "status",
                    "workflow",
                    "plan",
                    "item",
                    "started_at",
                    "ended_at",
                    "duration_ms",
                    "preview",
                ],
            );
        }
        seen.extend(strings(&page["data"]["runs"], "id").into_iter().map(str::to_owned));
        token = page["data"]["next_page"].as_str().map(str::to_owned);
        assert_eq!(page["data"]["truncated"], token.is_some());
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen, made);
    let table = house.good(&["run", "list", "--limit", "2"]);
    assert!(table.contains("2 of 5 runs") && table.contains("--page"), "{table}");
    assert!(table.contains("✔ succeeded") && table.contains("guest 4"), "{table}");
    let found = house.json(&["run", "list", "--search", "GUEST 3"]);
    assert_eq!(strings(&found["data"]["runs"], "id"), [&made[1]]);
    let oldest = house.json(&["run", "list", "--reverse", "-n", "1"]);
    assert_eq!(strings(&oldest["data"]["runs"], "id"), [&made[4]]);
    let (code, _, error) = house.run(&["run", "list", "--page", "nonsense"]);
    assert!(code == 7 || code == 2, "{code} {error}");
    assert_eq!(house.good(&["run", "list", "-o", "plain"]).lines().count(), 5);
}

#[test]
fn a_run_is_shown_whole_and_an_unknown_one_is_said_so() {
    let house = House::new();
    let run = house.greet("Grace");
    let shown = house.json(&["run", "get", &run]);
    let data = &shown["data"]["run"];
    keys(
        data,
        &["id", "status", "workflow", "spec", "params", "tasks", "deliverables", "tests", "survivors"],
    );
    keys(data, &["advice", "parent", "children"]);
    assert_eq!(data["params"]["who"], "Grace");
    let task = &data["tasks"][0];
    keys(task, &["name", "title", "status", "needs", "attempts"]);
    keys(&task["attempts"][0], &["n", "outcome", "exit", "signal", "started_at", "ended_at", "log", "bytes"]);
    assert!(house.good(&["run", "get", "@latest"]).contains("greet"));
    assert!(house.good(&["run", "get", "@latest", "-o", "plain"]).starts_with("run\t"));
    for verb in ["get", "logs", "events", "follow", "cancel", "pause", "unpause", "retry", "diff"] {
        let (code, stdout, stderr) = house.run(&["run", verb, "ffffffff"]);
        assert_eq!((code, stdout.as_str()), (3, ""), "{verb}: {stderr}");
        assert!(stderr.contains("there is no run \"ffffffff\""), "{verb}: {stderr}");
    }
    assert_eq!(house.run(&["run", "send", "ffffffff", "x"]).0, 3);
    assert_eq!(house.run(&["run", "export", "ffffffff", "x.jsonl"]).0, 3);
    assert!(!house.path().join("x.jsonl").exists());
    assert_eq!(house.run(&["run", "get", "none.jsonl"]).0, 7);
}

#[test]
fn watching_prints_what_changes_until_the_end() {
    let house = House::new();
    let run = house.begin();
    let watching = house
        .command(&["run", "get", &run, "--watch", "-o", "ndjson"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    house.open_gate();
    let output = watching.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(last["data"]["run"]["status"], "succeeded");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn logs_are_told_from_an_offset_from_the_end_and_by_pattern() {
    let house = House::new();
    let run = house.greet("Ada");
    let logs = |more: &[&str]| {
        let arguments: Vec<&str> =
            ["run", "logs", run.as_str()].into_iter().chain(more.iter().copied()).collect();
        house.good(&arguments)
    };
    assert_eq!(logs(&[]), "one\nhello Ada\nraw \u{fffd}\n");
    assert_eq!(logs(&["--tail", "2"]), "hello Ada\nraw \u{fffd}\n");
    assert_eq!(logs(&["--tail", "0"]), "");
    assert_eq!(logs(&["--from", "4"]), "hello Ada\nraw \u{fffd}\n");
    assert_eq!(logs(&["--from", "4000"]), "");
    assert_eq!(logs(&["--grep", "^h.*a$"]), "hello Ada\n");
    assert_eq!(logs(&["--grep", "nowhere"]), "");
    assert_eq!(logs(&["--follow", "--tail", "1"]), "raw \u{fffd}\n");
    let line: Value = serde_json::from_str(logs(&["-o", "ndjson", "--tail", "1"]).trim()).unwrap();
    keys(&line, &["schema_version", "kind", "run_id", "task", "attempt", "line"]);
    let (code, _, error) = house.run(&["run", "logs", &run, "--stream", "stderr"]);
    assert_eq!(code, 6, "{error}");
    assert!(error.contains("split"), "{error}");
    assert_eq!(house.run(&["run", "logs", &run, "--grep", "("]).0, 4);
    assert_eq!(house.run(&["run", "logs", &run, "no-such-task"]).0, 4);
    house.good(&["run", "create", "both", "--wait"]);
    assert_eq!(house.good(&["run", "logs", "@latest", "--stream", "stdout"]), "out\n");
    assert_eq!(house.good(&["run", "logs", "@latest", "--stream", "stderr"]), "err\n");
    assert_eq!(house.good(&["run", "logs", "@latest", "--stream", "stderr", "--from", "5"]), "rr\n");
    assert_eq!(house.good(&["run", "logs", "@latest", "--stream", "stdout", "--tail", "1"]), "out\n");
    assert_eq!(house.good(&["run", "logs", "@latest", "--stream", "stdout", "--follow"]), "out\n");
}

#[test]
fn one_stream_is_followed_as_it_comes() {
    let house = House::new();
    let run = house.json(&["run", "create", "talks"])["data"]["run"]["id"].as_str().unwrap().to_owned();
    let follow = |stream: &str, more: &[&str]| {
        let arguments = [&["run", "logs", &run, "--follow", "--stream", stream], more].concat();
        house.command(&arguments).stdout(Stdio::piped()).spawn().unwrap()
    };
    let (mut out, err) = (follow("stdout", &[]), follow("stderr", &["--tail", "1"]));
    let mut heard = std::io::BufReader::new(out.stdout.take().unwrap());
    let mut line = String::new();
    for number in 0..3 {
        line.clear();
        heard.read_line(&mut line).unwrap();
        assert_eq!(line, format!("out {number}\n"), "heard while it goes on");
        house.good(&["run", "send", &run, "next"]);
    }
    assert_eq!(out.wait().unwrap().code(), Some(0));
    let err = String::from_utf8(err.wait_with_output().unwrap().stdout).unwrap();
    assert!(err.ends_with("err 2\n") && !err.contains("out"), "{err}");
}

#[test]
fn a_log_is_followed_to_its_true_end() {
    let house = House::new();
    let run = house.begin();
    let following = house.command(&["run", "logs", &run, "--follow"]).stdout(Stdio::piped()).spawn().unwrap();
    house.open_gate();
    let output = following.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "begun\ndone\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn events_grow_by_one_and_go_on_after_a_number() {
    let house = House::new();
    let run = house.greet("Ada");
    let all = house.good(&["run", "events", &run]);
    let events: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (at, event) in events.iter().enumerate() {
        keys(event, &["schema_version", "run_id", "seq", "ts", "kind"]);
        assert_eq!(event["seq"], at + 1);
    }
    assert_eq!(events[0]["kind"], "run_created");
    assert_eq!(events.last().unwrap()["kind"], "run_ended");
    assert_eq!(house.good(&["run", "events", &run, "--from", "2"]).lines().count(), events.len() - 2);
    assert_eq!(house.good(&["run", "events", &run, "--from", "999"]), "");
}

#[test]
fn verdicts_are_exit_codes_and_what_ended_can_not_be_asked_anything() {
    let house = House::new();
    house.write("code", "3");
    let (code, stdout, _) = house.run(&["run", "create", "greet", "--wait", "-o", "json"]);
    assert_eq!(code, 1);
    let run: Value = serde_json::from_str(&stdout).unwrap();
    let run = run["data"]["run"]["id"].as_str().unwrap();
    assert_eq!(house.run(&["run", "wait", run]).0, 1);
    assert_eq!(house.run(&["run", "follow", run]).0, 1);
    for arguments in [&["run", "cancel", run][..], &["run", "pause", run], &["run", "send", run, "yes"]] {
        let (code, _, error) = house.run(arguments);
        assert_eq!(code, 6, "{arguments:?}: {error}");
        assert!(error.contains("ended"), "{arguments:?}: {error}");
    }
    let waiting = house.begin();
    let (code, _, error) = house.run(&["run", "send", &waiting, "yes"]);
    assert_eq!(code, 6, "a child whose input is null can be told nothing: {error}");
    assert_eq!(house.run(&["run", "retry", &waiting]).0, 6, "it goes on");
    assert_eq!(house.run(&["run", "export", &waiting, "out.jsonl"]).0, 6);
    assert_eq!(house.run(&["run", "cancel", &waiting, "--reason", "enough"]).0, 0);
    let cancelled = house.json(&["run", "get", &waiting]);
    assert_eq!(cancelled["data"]["run"]["status"], "cancelled");
    assert_eq!(cancelled["data"]["run"]["cancel_reason"], "enough");
    assert_eq!(house.run(&["run", "wait", run, &waiting]).0, 130, "the worst of both");
}

#[test]
fn a_retry_is_a_child_and_history_a_tree() {
    let house = House::new();
    house.write("code", "1");
    house.run(&["run", "create", "greet", "--wait"]);
    let first = house.json(&["run", "get", "@latest"])["data"]["run"]["id"].as_str().unwrap().to_owned();
    house.run(&["run", "retry", &first, "--failed", "--wait"]);
    let second = house.json(&["run", "get", "@latest"])["data"]["run"]["id"].as_str().unwrap().to_owned();
    house.write("code", "0");
    assert_eq!(house.run(&["run", "retry", &second, "--wait"]).0, 0);
    let third = house.json(&["run", "get", "@latest"]);
    assert_eq!(third["data"]["run"]["parent"], *second);
    assert_eq!(third["data"]["run"]["children"], serde_json::json!([]));
    let shown = house.json(&["run", "get", &first]);
    assert_eq!(strings(&shown["data"]["run"]["children"], "id"), [second.as_str()]);
    let page = house.good(&["run", "get", &second]);
    let short = |id: &str| id[id.len() - 6..].to_owned();
    assert!(page.contains("Retries") && page.contains(&short(&first)), "{page}");
    assert!(page.contains(&format!("└ {} ✗ failed", short(&second))), "{page}");
    let (code, _, error) =
        house.run(&["run", "retry", third["data"]["run"]["id"].as_str().unwrap(), "--failed"]);
    assert_eq!(code, 6, "{error}");
}

#[test]
fn a_run_is_compared_with_the_last_success_before_it() {
    let house = House::new();
    let good = house.greet("Ada");
    house.write("code", "4");
    house.run(&["run", "create", "greet", "--param", "who=Eve", "--wait"]);
    let diff = house.json(&["run", "diff", "@latest"]);
    let data = &diff["data"];
    keys(data, &["before", "after", "flipped", "changes", "tasks"]);
    assert_eq!((&diff["kind"], &data["flipped"]), (&"run.diff".into(), &true.into()));
    assert_eq!(data["before"]["id"], *good);
    assert!(strings(&data["changes"], "what").contains(&"param who"), "{data}");
    let task = &data["tasks"][0];
    assert_eq!(task["before"]["status"], "succeeded");
    assert_eq!(task["after"]["status"], "failed");
    assert_eq!(task["output"], serde_json::json!({"line": 2, "before": "hello Ada", "after": "hello Eve"}));
    let table = house.good(&["run", "diff", "@latest"]);
    assert!(table.contains("- hello Ada") && table.contains("+ hello Eve"), "{table}");
    assert!(house.good(&["run", "diff", "@latest", &good, "-o", "plain"]).contains("task\t"));
    let (code, _, error) = house.run(&["run", "diff", &good]);
    assert_eq!(code, 6, "nothing succeeded before the first: {error}");
}

#[test]
fn pruning_says_what_goes_keeps_what_goes_on_and_forgets_the_rest() {
    let house = House::new();
    let runs: Vec<String> = (0..3).map(|_| house.greet("Ada")).collect();
    let open = house.begin();
    let dry = house.json(&["run", "prune", "--keep", "2", "--dry-run"]);
    assert_eq!(dry["kind"], "run.prune");
    assert_eq!(dry["data"]["dry_run"], true);
    assert_eq!(strings(&dry["data"]["runs"], "id"), [&runs[1], &runs[0]]);
    assert_eq!(house.json(&["run", "list"])["data"]["total"], 4, "a dry run forgets nothing");
    let gone = house.json(&["run", "prune", "--keep", "0"]);
    assert_eq!(gone["data"]["runs"].as_array().unwrap().len(), 3);
    let left = house.json(&["run", "list"]);
    assert_eq!(strings(&left["data"]["runs"], "id"), [&open]);
    assert!(!house.path().join(".plandeck/runs").join(&runs[0]).exists(), "its logs are gone");
    house.good(&["run", "cancel", &open]);
    assert!(house.good(&["run", "prune", "--older-than", "1h"]).contains("Nothing is beyond"));
    assert_eq!(house.run(&["run", "prune", "--max-bytes", "two"]).0, 2);
    assert_eq!(house.good(&["run", "prune", "--max-bytes", "0", "-o", "plain"]).lines().count(), 1);
}

#[test]
fn an_exported_run_is_read_anywhere_and_a_broken_copy_is_refused() {
    let house = House::new();
    let run = house.greet("Ada");
    let table = house.good(&["run", "export", &run, "kept.jsonl"]);
    assert!(table.contains("kept.jsonl"), "{table}");
    let file = house.path().join("kept.jsonl");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let (code, _, error) = house.run(&["run", "export", &run, "kept.jsonl"]);
    assert_eq!(code, 6, "{error}");
    let elsewhere = House::new();
    let file = file.to_str().unwrap();
    let there = elsewhere.json(&["run", "get", file]);
    let here = house.json(&["run", "get", &run]);
    for key in ["id", "status", "params", "spec", "duration_ms", "deliverables"] {
        assert_eq!(there["data"]["run"][key], here["data"]["run"][key], "{key}");
    }
    assert!(elsewhere.good(&["run", "get", file]).contains("greet"));
    assert_eq!(elsewhere.good(&["run", "logs", file]), house.good(&["run", "logs", &run]));
    assert_eq!(elsewhere.good(&["run", "logs", file, "--tail", "1"]), "raw \u{fffd}\n");
    let text = fs::read_to_string(file).unwrap();
    let whole: Vec<&str> = text.lines().collect();
    let check = |text: &str, expected: &str| {
        elsewhere.write("broken.jsonl", text);
        let (code, stdout, error) = elsewhere.run(&["run", "get", "broken.jsonl"]);
        assert_eq!((code, stdout.as_str()), (4, ""), "{error}");
        assert!(error.contains(expected), "{error}");
    };
    check(&whole[..whole.len() - 1].join("\n"), "not whole");
    check(&text[..text.len() - 5], "broken.jsonl:");
    check(&[whole[0], whole.last().unwrap()].join("\n"), "not whole");
    check(&text.replacen("\"plandeck_export\":1", "\"plandeck_export\":99", 1), "newer");
    check("{}", "is no exported run");
    check("", "is no exported run");
}

#[test]
fn what_is_missing_is_said_where_nobody_can_be_asked() {
    let house = House::new();
    let (code, stdout, error) = house.run(&["--no-input", "run", "create"]);
    assert_eq!((code, stdout.as_str()), (2, ""), "{error}");
    assert!(error.contains("the name of a workflow") && error.contains("greet"), "{error}");
    let (code, _, error) = house.run(&["run", "create", "strict", "--no-input"]);
    assert_eq!(code, 2, "{error}");
    assert!(error.contains("--param code="), "{error}");
    let (code, _, error) = house.run(&["run", "create", "strict", "--param", "code=x"]);
    assert_ne!(code, 0);
    assert!(error.contains("integer"), "{error}");
    let (code, _, error) = house.run(&["run", "list", "-i"]);
    assert_eq!(code, 6, "{error}");
    assert!(error.contains("terminal"), "{error}");
}

#[test]
fn who_stops_reading_ends_it_politely() {
    let house = House::new();
    house.greet("Ada");
    let shell = format!(
        "{} -C {} run list | head -c 0; echo ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_plandeck"),
        house.path().display()
    );
    let output = Command::new("bash").args(["-c", &shell]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "0\n");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn help_has_examples_and_completions_know_the_verbs() {
    let house = House::new();
    for verb in
        ["list", "get", "logs", "events", "cancel", "send", "retry", "diff", "prune", "export", "create"]
    {
        let help = house.good(&["run", verb, "--help"]);
        assert!(help.contains(&format!("plandeck run {verb}")), "{verb}: {help}");
    }
    let completions = house.good(&["completions", "bash"]);
    assert!(house.good(&["man"]).contains("plandeck\\-run"), "the manual names the noun");
    for word in ["prune", "export", "diff", "send"] {
        assert!(completions.contains(word), "{word}");
    }
}
