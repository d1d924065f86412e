//! What is wrong with a plan's files is a problem with a file, a line and what would mend it; every
//! other plan is as it was, in every dialect.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod children;
mod house;

use std::{fs, os::unix::fs::symlink, process::Command};

use house::House;
use serde_json::Value;

/// A plan beside the two sound ones, and what must be told of it.
struct Case {
    what: &'static str,
    files: Vec<(&'static str, Vec<u8>)>,
    /// The code, the file and the line of one problem that must be told; none for what only looks odd.
    told: Option<(&'static str, &'static str, Option<u64>)>,
    /// The plan, and how `next` for it ends.
    aimed: (&'static str, i32),
}

/// The problems of all plans, as data.
fn problems(house: &House) -> Vec<Value> {
    let said = house.plandeck(&["plan", "lint", "-o", "json"]);
    let value: Value = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{}", said.all()));
    value["data"]["problem_list"].as_array().unwrap().clone()
}

fn assert_told(house: &House, what: &str, (code, file, line): (&str, &str, Option<u64>)) {
    let all = problems(house);
    let found = all.iter().find(|it| it["code"] == code && it["file"] == file && it["line"].as_u64() == line);
    let found = found.unwrap_or_else(|| panic!("{what}: no {code} at {file}:{line:?} in {all:#?}"));
    for key in ["message", "fix"] {
        assert!(!found[key].as_str().unwrap().is_empty(), "{what}: {found}");
    }
}

/// `status` succeeds, and the sound plans are whole.
fn others_are_intact(house: &House, what: &str) {
    let said = house.plandeck(&["status", "-o", "json"]);
    assert_eq!(said.code, Some(0), "{what}: {}", said.all());
    let value: Value = serde_json::from_str(&said.out).unwrap();
    for id in ["QUAY", "BUOYS"] {
        let plan = value["data"]["plans"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap();
        assert_eq!((&plan["progress"]["total"], &plan["problems"]), (&2.into(), &0.into()), "{what}: {plan}");
    }
    let shown = house.plandeck(&["status"]);
    assert_eq!(shown.code, Some(0), "{what}: {}", shown.all());
    assert!(!shown.out.contains(['\0', '\u{1b}', '\u{7}']), "{what}: {:?}", shown.out);
}

fn check(case: &Case) {
    let house = House::sound();
    for (path, bytes) in &case.files {
        house.write(path, bytes);
    }
    others_are_intact(&house, case.what);
    if let Some(told) = case.told {
        assert_told(&house, case.what, told);
    }
    let (plan, code) = case.aimed;
    let said = house.plandeck(&["next", plan, "--dry-run"]);
    assert_eq!(said.code, Some(code), "{}: {}", case.what, said.all());
    if code == 4 {
        let (_, file, line) = case.told.unwrap();
        let place = line.map_or_else(|| file.to_owned(), |line| format!("{file}:{line}"));
        assert!(said.err.contains(&place), "{}: {}", case.what, said.err);
    }
}

const TASKS: &str = "specs/009-odd/tasks.md";
const TASKMASTER: &str = ".taskmaster/tasks/tasks.json";
const ISSUES: &str = ".beads/issues.jsonl";
const SESSION: &str = ".workflow/active/WFS-odd/workflow-session.json";
const TASK: &str = ".workflow/active/WFS-odd/.task/IMPL-1.json";
const BACKLOG: &str = "backlog/tasks/task-1 - Odd.md";
const COMPOZY: &str = "tasks/prd-odd/_task_1.md";

fn text(path: &'static str, text: &str) -> Vec<(&'static str, Vec<u8>)> {
    vec![(path, text.as_bytes().to_vec())]
}

#[test]
fn needs_that_run_in_a_circle_or_lead_nowhere_are_told_where_they_stand() {
    check(&Case {
        what: "a circle in tasks.md",
        files: text(TASKS, "# Tasks\n\n- [ ] T001 a (depends on T002)\n- [ ] T002 b (depends on T001)\n"),
        told: Some(("circle", TASKS, Some(3))),
        aimed: ("009-odd", 5),
    });
    check(&Case {
        what: "a circle and something free beside it",
        files: text(
            ISSUES,
            "{\"id\":\"o-1\",\"title\":\"a\",\"status\":\"open\",\"dependencies\":[{\"depends_on_id\":\"o-2\",\"type\":\"blocks\"}]}\n\
             {\"id\":\"o-2\",\"title\":\"b\",\"status\":\"open\",\"dependencies\":[{\"depends_on_id\":\"o-1\",\"type\":\"blocks\"}]}\n\
             {\"id\":\"o-3\",\"title\":\"c\",\"status\":\"open\"}\n",
        ),
        told: Some(("circle", ISSUES, Some(1))),
        aimed: (ISSUES, 0),
    });
    check(&Case {
        what: "a need of nothing",
        files: text(
            TASKMASTER,
            "{\"tasks\": [\n{\"id\": 1, \"title\": \"a\", \"status\": \"pending\", \"dependencies\": [9]}\n]}",
        ),
        told: Some(("dangling-need", TASKMASTER, Some(2))),
        aimed: ("master", 5),
    });
    check(&Case {
        what: "a need of nothing in a backlog",
        files: text(BACKLOG, "---\nid: task-1\ntitle: Odd\nstatus: To Do\ndependencies: [task-7]\n---\n"),
        told: Some(("dangling-need", BACKLOG, Some(2))),
        aimed: ("backlog", 5),
    });
}

#[test]
fn ids_that_are_there_twice_or_only_in_headings_are_told_and_kept() {
    check(&Case {
        what: "an id twice",
        files: text(TASKS, "- [x] T001 a\n- [ ] T001 b\n"),
        told: Some(("duplicate-item", TASKS, Some(2))),
        aimed: ("009-odd", 0),
    });
    check(&Case {
        what: "ids only in headings",
        files: text(
            TASKS,
            "# Tasks\n\n### T001: Lay it\n\nIt lies.\n\n### T002: Lift it\n\n**Status**: Done\n",
        ),
        told: Some(("unknown-state", TASKS, Some(3))),
        aimed: ("009-odd", 0),
    });
    check(&Case {
        what: "an id twice in a session's folder",
        files: vec![
            (TASK, b"{\"id\": \"IMPL-1\", \"title\": \"a\"}".to_vec()),
            (
                ".workflow/active/WFS-odd/.task/IMPL-2.json",
                b"{\n\"id\": \"IMPL-1\", \"title\": \"b\"}".to_vec(),
            ),
        ],
        told: Some(("duplicate-item", ".workflow/active/WFS-odd/.task/IMPL-2.json", Some(2))),
        aimed: ("WFS-odd", 0),
    });
}

#[test]
fn what_was_cut_off_is_told_with_its_line_and_what_is_whole_is_read() {
    check(&Case {
        what: "truncated JSON",
        files: text(TASKMASTER, "{\"tasks\": [\n{\"id\": 1, \"title\": \"a\",\n\"sta"),
        told: Some(("malformed", TASKMASTER, Some(3))),
        aimed: (TASKMASTER, 4),
    });
    check(&Case {
        what: "truncated JSONL",
        files: text(ISSUES, "{\"id\":\"o-1\",\"title\":\"a\",\"status\":\"open\"}\n{\"id\":\"o-2\",\"ti"),
        told: Some(("malformed", ISSUES, Some(2))),
        aimed: (ISSUES, 0),
    });
    check(&Case {
        what: "JSONL without a whole line",
        files: text(ISSUES, "\n{\"id\":\"o-2\",\"ti"),
        told: Some(("malformed", ISSUES, Some(2))),
        aimed: (ISSUES, 4),
    });
    check(&Case {
        what: "a session's truncated metadata",
        files: vec![(SESSION, b"{\"session_id\": \"WFS-odd\",\n\"pro".to_vec())],
        told: Some(("malformed", SESSION, Some(2))),
        aimed: ("WFS-odd", 4),
    });
    check(&Case {
        what: "a session's truncated task beside a whole one",
        files: vec![
            (TASK, b"{\"id\": \"IMPL-1\",\n\n\"ti".to_vec()),
            (
                ".workflow/active/WFS-odd/.task/IMPL-2.json",
                b"{\"id\": \"IMPL-2\", \"title\": \"b\"}".to_vec(),
            ),
        ],
        told: Some(("malformed", TASK, Some(3))),
        aimed: ("WFS-odd", 0),
    });
    check(&Case {
        what: "front matter that is no YAML",
        files: text(BACKLOG, "---\nid: task-1\ntitle: Odd\nassignee: @ana\nstatus: To Do\n---\n"),
        told: Some(("malformed", BACKLOG, Some(4))),
        aimed: ("backlog", 0),
    });
}

#[test]
fn lone_surrogates_and_depth_in_json_hurt_nobody() {
    let nested = "[".repeat(200_000);
    check(&Case {
        what: "a lone surrogate in Task Master",
        files: text(
            TASKMASTER,
            "{\"tasks\": [{\"id\": 1, \"title\": \"a \\ud800 b\", \"status\": \"pending\"}]}",
        ),
        told: None,
        aimed: ("master", 0),
    });
    check(&Case {
        what: "a lone surrogate in beads",
        files: text(ISSUES, "{\"id\":\"o-1\",\"title\":\"\\udfff\\ud800\",\"status\":\"open\"}\n"),
        told: None,
        aimed: (ISSUES, 0),
    });
    check(&Case {
        what: "a lone surrogate in a session",
        files: text(TASK, "{\"id\": \"IMPL-1\", \"title\": \"\\ud83d\", \"status\": \"pending\"}"),
        told: None,
        aimed: ("WFS-odd", 0),
    });
    for (path, plan) in [(TASKMASTER, TASKMASTER), (ISSUES, ISSUES), (TASK, "WFS-odd")] {
        let house = House::sound();
        house.write(path, format!("{{\"tasks\": {nested}"));
        others_are_intact(&house, path);
        assert_told(&house, path, ("malformed", path, Some(1)));
        assert!(matches!(house.plandeck(&["next", plan, "--dry-run"]).code, Some(4 | 5)), "{path}");
    }
}

#[test]
fn marks_returns_and_nul_bytes_change_nothing_of_what_is_read() {
    let odd = |text: &str| {
        let returns = text.replace('\n', "\r\n");
        [format!("\u{feff}{text}"), returns.clone(), format!("\u{feff}{returns}"), text.replace(" a", " a\0")]
    };
    let plans = [
        (TASKS, "## Phase 1: P\n- [x] T001 a\n- [ ] T002 b\n", "009-odd"),
        (
            TASKMASTER,
            "{\"tasks\": [\n{\"id\": 1, \"title\": \" a\", \"status\": \"done\"},\n{\"id\": 2, \"title\": \"b\"}]}\n",
            "master",
        ),
        (
            ISSUES,
            "{\"id\":\"o-1\",\"title\":\" a\",\"status\":\"closed\"}\n{\"id\":\"o-2\",\"title\":\"b\",\"status\":\"open\"}\n",
            ISSUES,
        ),
        (COMPOZY, "---\nstatus: pending\n---\n# Task 1.0: a\n- [x] 1.1 a\n- [ ] 1.2 b\n", "prd-odd"),
        (
            BACKLOG,
            "---\nid: task-1\ntitle: Odd\nstatus: To Do\n---\n## Acceptance Criteria\n- [ ] #1 a\n",
            "backlog",
        ),
        ("openspec/changes/odd/tasks.md", "## 1. P\n- [x] 1.1 a\n- [ ] 1.2 b\n", "odd"),
    ];
    for (path, plain, plan) in plans {
        let items = |text: &str| -> Vec<String> {
            let house = House::sound();
            house.write(path, text);
            others_are_intact(&house, path);
            let said = house.plandeck(&["plan", "show", plan, "-o", "json"]);
            assert_eq!(said.code, Some(0), "{path} {text:?}: {}", said.all());
            let value: Value = serde_json::from_str(&said.out).unwrap();
            let items = value["data"]["plan"]["items"].as_array().unwrap().clone();
            items.iter().map(|it| format!("{} {} {}", it["id"], it["state"], it["line"])).collect()
        };
        let expected = items(plain);
        assert!(!expected.is_empty(), "{path}");
        // In JSON a NUL byte is an error of its own; there it may cost the line that holds it.
        let json = path.ends_with("json") || path.ends_with("jsonl");
        for text in odd(plain).into_iter().take(if json { 3 } else { 4 }) {
            assert_eq!(items(&text), expected, "{path} {text:?}");
        }
        if json {
            let house = House::sound();
            house.write(path, plain.replace(" a", " a\0"));
            others_are_intact(&house, path);
            let all = problems(&house);
            assert!(all.iter().any(|it| it["file"] == path && it["line"].is_u64()), "{path}: {all:?}");
        }
    }
}

#[test]
fn what_is_no_file_or_can_not_be_read_is_told() {
    let check = |what: &str, path: &str, spoil: &dyn Fn(&House), code: &str| {
        let line = (code == "not-utf8").then_some(1);
        let house = House::sound();
        fs::create_dir_all(house.path(path).parent().unwrap()).unwrap();
        spoil(&house);
        others_are_intact(&house, what);
        assert_told(&house, what, (code, path, line));
        let said = house.plandeck(&["next", path, "--dry-run"]);
        assert_eq!(said.code, Some(4), "{what}: {}", said.all());
        // Named by itself, a link is followed wherever it leads.
        let name = path.rsplit('/').next().unwrap();
        assert!(said.err.contains(name) || said.err.contains("can't be read"), "{what}: {}", said.err);
    };
    check("a folder in place of a file", TASKS, &|it| fs::create_dir(it.path(TASKS)).unwrap(), "unreadable");
    let pipe = |house: &House| {
        assert!(Command::new("mkfifo").arg(house.path(ISSUES)).status().unwrap().success());
    };
    check("a pipe in place of a file", ISSUES, &pipe, "unreadable");
    check(
        "a link to itself",
        TASKMASTER,
        &|it| symlink("tasks.json", it.path(TASKMASTER)).unwrap(),
        "link-outside",
    );
    check(
        "a link out of the workspace",
        TASKS,
        &|it| symlink("/proc/self/mem", it.path(TASKS)).unwrap(),
        "link-outside",
    );
    check(
        "200 MB",
        ISSUES,
        &|it| fs::File::create(it.path(ISSUES)).unwrap().set_len(200_000_000).unwrap(),
        "too-large",
    );
    check("no UTF-8", TASKMASTER, &|it| it.write(TASKMASTER, b"\xff\xfe{}"), "not-utf8");
}
