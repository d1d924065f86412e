//! The verbs that change plans and look after them, by the real program: `set` and `undo` byte for
//! byte, `approve` and `reject`, `watch`, and `proof` with a history and without.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod children;
mod house;

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, SystemTime},
};

use house::House;
use serde_json::Value;

fn good(house: &House, arguments: &[&str]) -> String {
    let said = house.plandeck(arguments);
    assert_eq!(said.code, Some(0), "{arguments:?}: {}", said.all());
    said.out
}

fn json(house: &House, arguments: &[&str]) -> Value {
    let out = good(house, &[arguments, &["-o", "json"]].concat());
    serde_json::from_str(&out).unwrap_or_else(|_| panic!("{arguments:?}: {out}"))
}

fn item(house: &House, plan: &str, id: &str) -> Value {
    let shown = json(house, &["plan", "show", plan]);
    let items = shown["data"]["plan"]["items"].as_array().unwrap();
    items.iter().find(|it| it["id"] == id).unwrap_or_else(|| panic!("no {id} in {items:?}")).clone()
}

/// Files, the plan and the item, the state to set, and what is written in place of what, in each file.
type Change<'a> = (&'a [(&'a str, &'a str)], [&'a str; 3], &'a [(&'a str, &'a str, &'a str)]);

/// Sets a state, compares every byte, reads the state back, takes it back, compares every byte.
fn set_and_undo((files, [plan, id, state], changes): Change<'_>) {
    let house = House::empty();
    for (path, text) in files {
        house.write(path, text);
    }
    let read = |path: &str| String::from_utf8(fs::read(house.path(path)).unwrap()).unwrap();
    let told = json(&house, &["plan", "set", plan, id, state]);
    assert_eq!(told["data"]["edits"].as_array().unwrap().len(), changes.len(), "{plan} {id}: {told}");
    for (path, text) in files {
        let mine = changes.iter().filter(|it| it.0 == *path);
        let expected = mine.fold((*text).to_owned(), |text, (_, old, new)| text.replacen(old, new, 1));
        assert_eq!(read(path), expected, "{path}");
        if path.ends_with("json") {
            serde_json::from_str::<Value>(&expected).unwrap_or_else(|_| panic!("{path}: {expected}"));
        }
    }
    assert_eq!(item(&house, plan, id)["state"], state, "{plan} {id}");
    good(&house, &["plan", "undo"]);
    for (path, text) in files {
        assert_eq!(read(path), *text, "{path} after undo");
    }
    let again = house.plandeck(&["plan", "undo"]);
    assert_eq!(again.code, Some(5), "nothing is left to take back: {}", again.all());
}

#[test]
fn set_changes_its_line_and_undo_gives_every_byte_back_in_every_dialect() {
    let tasks = "\u{feff}# Tasks\r\n\r\n- [X] T001 a\r\n- [ ] T002 [P] b  \r\n\tindented\r\nno end";
    set_and_undo((
        &[("specs/001-a/tasks.md", tasks)],
        ["001-a", "T002", "done"],
        &[("specs/001-a/tasks.md", "- [ ] T002", "- [X] T002")],
    ));
    set_and_undo((
        &[("openspec/changes/add/tasks.md", "## 1. A\n* [x] 1.1 a\n* [ ] 1.2 b")],
        ["add", "1.2", "done"],
        &[("openspec/changes/add/tasks.md", "[ ] 1.2", "[x] 1.2")],
    ));
    set_and_undo((
        &[
            ("plandeck.toml", "[plans]\ninclude = [\"notes/list.md\"]\n"),
            ("notes/list.md", "# L\n\n+ [ ] one\n"),
        ],
        ["notes/list.md", "1.1", "in_progress"],
        &[("notes/list.md", "+ [ ] one", "+ [~] one")],
    ));
    let line = "{\"master\": {\"tasks\": [{\"id\": 1, \"title\": \"a\", \"status\": \"in-progress\", \"subtasks\": [{\"id\": 1, \"title\": \"b\", \"status\": \"pending\", \"x\": 1.50}]}], \"metadata\": {\"z\": 1, \"a\": 2}}}";
    set_and_undo((
        &[(".taskmaster/tasks/tasks.json", line)],
        ["master", "1.1", "done"],
        &[(".taskmaster/tasks/tasks.json", "\"status\": \"pending\"", "\"status\": \"done\"")],
    ));
    let file = "{\r\n  \"id\": \"IMPL-1\",\r\n  \"status\" : \"pending\",\r\n  \"title\": \"a\"\r\n}";
    let list = "# Tasks\n- [ ] **IMPL-1**: a \u{2192} [\u{1f4cb}](./.task/IMPL-1.json)\nforeign\n";
    set_and_undo((
        &[(".workflow/active/WFS-a/.task/IMPL-1.json", file), (".workflow/active/WFS-a/TODO_LIST.md", list)],
        ["WFS-a", "IMPL-1", "done"],
        &[
            (".workflow/active/WFS-a/.task/IMPL-1.json", "\"pending\"", "\"completed\""),
            (".workflow/active/WFS-a/TODO_LIST.md", "- [ ]", "- [x]"),
        ],
    ));
    let task = "---\r\nid: task-1\r\ntitle: 'a: b'\r\nstatus: To Do # yes\r\nassignee: [@ana]\r\n---\r\n\r\nbody\r\n";
    set_and_undo((
        &[("backlog/tasks/task-1 - a.md", task)],
        ["backlog", "task-1", "in_progress"],
        &[("backlog/tasks/task-1 - a.md", "status: To Do #", "status: In Progress #")],
    ));
    set_and_undo((
        &[
            (
                "tasks/prd-a/_task_1.md",
                "## markdown\n\n## status: pending # Options: pending, in-progress\n\n# Task 1.0: a\n",
            ),
            ("tasks/prd-a/_tasks.md", "# T\n\n- [ ] 1.0 a (S)\n- [x] 2.0 b\n"),
        ],
        ["prd-a", "1.0", "done"],
        &[
            ("tasks/prd-a/_task_1.md", "status: pending", "status: completed"),
            ("tasks/prd-a/_tasks.md", "- [ ] 1.0", "- [x] 1.0"),
        ],
    ));
    set_and_undo((
        &[(
            ".beads/issues.jsonl",
            "{\"id\":\"b-1\",\"title\":\"a\",\"status\":\"open\",\"z\":[1]}\n{\"id\":\"b-2\",\"title\":\"b\",\"status\":\"open\"}\n",
        )],
        [".beads/issues.jsonl", "b-2", "in_progress"],
        &[(
            ".beads/issues.jsonl",
            "\"title\":\"b\",\"status\":\"open\"",
            "\"title\":\"b\",\"status\":\"in_progress\"",
        )],
    ));
}

#[test]
fn what_is_written_the_dialects_own_tools_accept() {
    let states = ["pending", "in_progress", "blocked", "done", "skipped"];
    let check = |files: &[(&str, &str)], plan: &str, id: &str, key: &str, words: &[&str]| {
        let house = House::empty();
        for (path, text) in files {
            house.write(path, text);
        }
        let mut written = Vec::new();
        for state in states {
            // What it is already, or what the dialect has no word for, is refused.
            let said = house.plandeck(&["plan", "set", plan, id, state]);
            assert!(matches!(said.code, Some(0 | 6)), "{plan} {id} {state}: {}", said.all());
            let value: Value = serde_json::from_slice(&fs::read(house.path(files[0].0)).unwrap()).unwrap();
            let word = value.pointer(key).and_then(Value::as_str).unwrap().to_owned();
            assert!(words.contains(&word.as_str()), "{word} is not one of {words:?}");
            written.push(word);
        }
        written.dedup();
        assert!(written.len() > 2, "{written:?}");
    };
    check(
        &[(
            ".workflow/active/WFS-a/.task/IMPL-1.json",
            "{\"id\": \"IMPL-1\", \"title\": \"a\", \"status\": \"active\"}",
        )],
        "WFS-a",
        "IMPL-1",
        "/status",
        &["pending", "in_progress", "completed", "blocked", "cancelled"],
    );
    check(
        &[(
            ".taskmaster/tasks/tasks.json",
            "{\"tasks\": [{\"id\": 1, \"title\": \"a\", \"status\": \"pending\"}]}",
        )],
        "master",
        "1",
        "/tasks/0/status",
        &["pending", "in-progress", "blocked", "done", "cancelled", "deferred", "review"],
    );
    check(
        &[(".beads/issues.jsonl", "{\"id\":\"b-1\",\"title\":\"a\",\"status\":\"open\"}")],
        ".beads/issues.jsonl",
        "b-1",
        "/status",
        &["open", "in_progress", "blocked", "closed"],
    );
}

/// QUAY with one achievement that was executed and waits for a verdict.
fn awaiting_review() -> House {
    let house = House::sound();
    let folder = "work-space/plans/QUAY";
    house.write(&format!("{folder}/subplans/SUBPLAN_QUAY_11.md"), "# SUBPLAN: Fetch\n\n**Status**: Ready\n");
    house.write(
        &format!("{folder}/execution/EXECUTION_TASK_QUAY_11_01.md"),
        "# EXECUTION_TASK: Fetch\n\n**Status**: \u{2705} COMPLETE\n\n## Iteration Log\n\nIt was done.\n",
    );
    assert_eq!(item(&house, "QUAY", "1.1")["state"], "in_review");
    house
}

#[test]
fn an_approval_is_the_methodologys_file_and_undo_takes_it_away() {
    let house = awaiting_review();
    let told = json(&house, &["plan", "approve", "QUAY", "1.1"]);
    let file = "work-space/plans/QUAY/execution/feedbacks/APPROVED_11.md";
    assert_eq!(told["data"]["file"], file);
    let text = fs::read_to_string(house.path(file)).unwrap();
    for part in [
        "# APPROVED: Achievement 1.1",
        "**Reviewer**: ada",
        "**Status**: \u{2705} APPROVED",
        "**Review Date**: ",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(item(&house, "QUAY", "1.1")["state"], "done");
    assert_eq!(house.plandeck(&["plan", "approve", "QUAY", "1.1"]).code, Some(6), "it awaits no review now");
    good(&house, &["plan", "undo"]);
    assert!(!house.path(file).exists());
    assert_eq!(item(&house, "QUAY", "1.1")["state"], "in_review");
}

#[test]
fn a_rejection_is_the_methodologys_file_and_a_second_one_is_added_to_it() {
    let house = awaiting_review();
    let file = "work-space/plans/QUAY/execution/feedbacks/FIX_11.md";
    good(&house, &["plan", "reject", "QUAY", "1.1", "--reason", "no rope\nat all"]);
    let first = fs::read_to_string(house.path(file)).unwrap();
    for part in ["# FIX REQUIRED: Achievement 1.1", "FIX REQUIRED", "1. **no rope at all**"] {
        assert!(first.contains(part), "{part} in {first}");
    }
    assert_eq!(item(&house, "QUAY", "1.1")["state"], "needs_fix");
    let answer = "work-space/plans/QUAY/execution/feedbacks/FIX_11_RESOLUTION.md";
    house.write(answer, "# RESOLUTION\n");
    for (path, ago) in [(file, 20), (answer, 10)] {
        let file = File::options().write(true).open(house.path(path)).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 - ago)).unwrap();
    }
    assert_eq!(item(&house, "QUAY", "1.1")["state"], "in_review");
    good(&house, &["plan", "reject", "QUAY", "1.1", "--reason", "no knots"]);
    let second = fs::read_to_string(house.path(file)).unwrap();
    assert!(second.starts_with(&first) && second[first.len()..].contains("**no knots**"), "{second}");
    assert_eq!(item(&house, "QUAY", "1.1")["state"], "needs_fix");
    good(&house, &["plan", "undo"]);
    assert_eq!(fs::read_to_string(house.path(file)).unwrap(), first);
    let said = house.plandeck(&["plan", "set", "QUAY", "1.2", "done"]);
    assert_eq!(said.code, Some(6), "{}", said.all());
    assert!(said.err.contains("plan approve QUAY 1.2"), "{}", said.err);
}

/// `plan watch`, from when it listens.
struct Watching {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Watching {
    fn begin(house: &House, arguments: &[&str]) -> Self {
        let mut command = house.command();
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut told = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut told).unwrap();
        assert!(told.contains("Watching"), "{told}");
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn watching_tells_each_change_of_a_plan_as_it_happens() {
    let house = House::sound();
    house.write("specs/001-a/tasks.md", "- [ ] T001 a\n- [ ] T002 b\n");
    let mut watching = Watching::begin(&house, &["plan", "watch", "-o", "ndjson"]);
    house.write("specs/001-a/tasks.md", "- [x] T001 a\n- [ ] T002 b\n");
    let told: Value = serde_json::from_str(&watching.line()).unwrap();
    assert_eq!((&told["kind"], &told["data"]["id"]), (&"plan.changed".into(), &"001-a".into()));
    let changed = &told["data"]["items"][0];
    assert_eq!((&changed["id"], &changed["after"]), (&"T001".into(), &"done".into()), "{told}");
    assert_eq!(told["data"]["plan"]["progress"]["done"], 1);
    house.write("specs/002-b/tasks.md", "- [ ] T001 a\n");
    let told: Value = serde_json::from_str(&watching.line()).unwrap();
    assert_eq!((&told["data"]["id"], &told["data"]["change"]), (&"002-b".into(), &"new".into()));
    fs::remove_dir_all(house.path("specs/002-b")).unwrap();
    let told: Value = serde_json::from_str(&watching.line()).unwrap();
    assert_eq!((&told["data"]["id"], &told["data"]["change"]), (&"002-b".into(), &"gone".into()));
}

#[test]
fn watching_one_plan_tells_nothing_of_another() {
    let house = House::sound();
    house.write("specs/001-a/tasks.md", "- [ ] T001 a\n");
    house.write("specs/002-b/tasks.md", "- [ ] T001 a\n");
    let mut watching = Watching::begin(&house, &["plan", "watch", "001-a"]);
    house.write("specs/002-b/tasks.md", "- [x] T001 a\n");
    house.write("specs/001-a/tasks.md", "- [x] T001 a\n");
    assert_eq!(watching.line(), "001-a changed: T001 ready \u{2192} done");
}

fn git(house: &House, arguments: &[&str]) {
    let mut command = Command::new("git");
    house.dress(&mut command);
    command.args(["-c", "user.name=ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]);
    let said = command.args(arguments).output().unwrap();
    assert!(said.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&said.stderr));
}

fn standing<'v>(proof: &'v Value, id: &str) -> &'v Value {
    let items = proof["data"]["plans"][0]["items"].as_array().unwrap();
    items.iter().find(|it| it["id"] == id).unwrap_or_else(|| panic!("no {id} in {proof}"))
}

#[test]
fn proof_tells_phantoms_and_forgotten_boxes_with_their_evidence() {
    let house = House::empty();
    let plan = "# Tasks\n\n- [ ] T001 Lay it in src/lay.rs\n- [ ] T002 Lift it in src/lift.rs\n- [ ] T003 Paint it\n- [ ] T004 Hang it\n";
    house.write("specs/001-a/tasks.md", plan);
    git(&house, &["init", "-q"]);
    git(&house, &["add", "-A"]);
    git(&house, &["commit", "-qm", "Plan it"]);
    house.write("src/lay.rs", "lay");
    git(&house, &["add", "-A"]);
    git(&house, &["commit", "-qm", "Lay it"]);
    house.write("src/paint.rs", "paint");
    git(&house, &["add", "-A"]);
    git(&house, &["commit", "-qm", "T003: paint it"]);
    let ticked = plan.replace("[ ] T001", "[x] T001").replace("[ ] T002", "[x] T002");
    house.write("specs/001-a/tasks.md", ticked);
    let proof = json(&house, &["plan", "proof", "001-a"]);
    assert_eq!(proof["data"]["history"]["available"], true, "{proof}");
    let of_plan = &proof["data"]["plans"][0];
    assert_eq!((&of_plan["claimed"], &of_plan["proven"]), (&2.into(), &1.into()), "{proof}");
    assert_eq!(of_plan["phantom_completions"], serde_json::json!(["T002"]));
    assert_eq!(of_plan["forgotten_boxes"], serde_json::json!(["T003"]));
    let evidence = |id: &str| standing(&proof, id)["evidence"].as_array().unwrap().clone();
    assert_eq!(evidence("T001")[0]["kind"], "file", "{proof}");
    assert!(evidence("T001")[0]["detail"].as_str().unwrap().starts_with("src/lay.rs changed in "), "{proof}");
    assert!(evidence("T002").is_empty(), "{proof}");
    assert_eq!(evidence("T003")[0]["kind"], "commit", "{proof}");
    assert!(evidence("T003")[0]["detail"].as_str().unwrap().ends_with("T003: paint it"), "{proof}");
    assert_eq!(standing(&proof, "T004")["standing"], "open");
    let shown = good(&house, &["plan", "proof", "001-a"]);
    for part in
        ["001-a: 2 ticked, 1 proven", "Ticked, and nothing found:", "Not ticked, and its work was found:"]
    {
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn proof_works_without_a_history_and_says_so() {
    let house = House::empty();
    house.write(
        "specs/001-a/tasks.md",
        "- [x] T001 Lay it in src/lay.rs\n- [x] T002 Lift it in src/lift.rs\n",
    );
    house.write("src/lay.rs", "lay");
    let proof = json(&house, &["plan", "proof", "001-a"]);
    assert_eq!(proof["data"]["history"]["available"], false, "{proof}");
    assert!(proof["data"]["history"]["reason"].is_string(), "{proof}");
    assert_eq!(proof["data"]["plans"][0]["phantom_completions"], serde_json::json!(["T002"]));
    let detail = standing(&proof, "T001")["evidence"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("src/lay.rs is there; without a history"), "{proof}");
    assert!(good(&house, &["plan", "proof"]).contains("No history to look at"));
}
