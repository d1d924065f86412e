use std::fmt::Write as _;

use super::*;
use crate::{
    ids::ItemId,
    plan::{Item, ItemState, Plan, problem::Problem, settle},
};

const HOME: &str = ".workflow/active/WFS-tower";

/// A session of these files.
fn session(files: &[(&str, &str)]) -> Plan {
    let at_home =
        |listing: Listing, (name, text): &(&str, &str)| listing.with(&format!("{HOME}/{name}"), text);
    let listing = files.iter().fold(Listing::new(), at_home);
    let mut plans = read(&listing, &Scope::Workspace).plans;
    assert_eq!(plans.len(), 1);
    plans.remove(0)
}

/// A session of these tasks, each a JSON object, under the names of their ids.
fn tasks(tasks: &[&str]) -> Plan {
    let names: Vec<_> = (1..=tasks.len()).map(|number| format!(".task/IMPL-{number}.json")).collect();
    let files: Vec<_> = names.iter().map(String::as_str).zip(tasks.iter().copied()).collect();
    session(&files)
}

fn problems(plan: &Plan) -> Vec<String> {
    let one = |problem: &Problem| {
        let file = problem.place.file.strip_prefix(HOME).unwrap_or(&problem.place.file);
        let line = problem.place.line.map_or_else(String::new, |line| format!(":{line}"));
        format!("{} {}{line}", problem.code.word(), file.trim_start_matches('/'))
    };
    plan.problems.iter().map(one).collect()
}

/// `id state < needs ^ parent` of an item, `+` before a container.
fn shown(item: &Item) -> String {
    let sign = if item.container { "+" } else { "" };
    let needs: Vec<_> = item.needs.iter().map(ItemId::as_str).collect();
    let needs = if needs.is_empty() { String::new() } else { format!(" < {}", needs.join(" ")) };
    let parent = item.parent.as_ref().map_or_else(String::new, |parent| format!(" ^ {parent}"));
    format!("{sign}{} {}{needs}{parent}", item.id, item.state.word())
}

fn all_shown(plan: &Plan) -> Vec<String> {
    plan.items.iter().map(shown).collect()
}

#[test]
fn sessions_are_found_in_every_layout() {
    let task = r#"{"id": "IMPL-1", "title": "t"}"#;
    let listing = Listing::new()
        .with(".workflow/active/WFS-a/.task/IMPL-1.json", task)
        .with(".workflow/archives/WFS-b/TODO_LIST.md", "- [x] IMPL-1: t")
        .with(".workflow/archives/manifest.json", "[]")
        .with(".workflow/sessions/WFS-c/workflow-session.json", "{}")
        .with(".workflow/WFS-d/IMPL_PLAN.md", "# Implementation Plan: Drains")
        .with(".workflow/active/odd-name/workflow-session.json", "{}")
        .with(".workflow/active/notes/readme.md", "")
        .with(".workflow/active/WFS-a/WFS-inner/.task/IMPL-1.json", task)
        .with(".workflow/.lite-plan/x/plan.json", "{}");
    let plans = read(&listing, &Scope::Workspace).plans;
    let ids: Vec<_> = plans.iter().map(|plan| (plan.id.as_str(), plan.badges.join(","))).collect();
    let badge = |text: &str| text.to_owned();
    assert_eq!(
        ids,
        [
            ("WFS-d", badge("")),
            ("WFS-a", badge("")),
            ("odd-name", badge("")),
            ("WFS-b", badge("archived")),
            ("WFS-c", badge("")),
        ]
    );
    assert_eq!(plans[0].title, "Drains");
}

#[test]
fn the_registry_and_the_markers_of_the_oldest_layouts_are_read() {
    let task = r#"{"id": "IMPL-1", "title": "t"}"#;
    let lines = [
        r#"{"id":"WFS-a","status":"active","description":"Drains","directory":".workflow/WFS-a"}"#,
        r#"{"id":"WFS-b","status":"completed","directory":".workflow/WFS-b"}"#,
        r#"{"id":"WFS-gone","status":"completed"}"#,
        r#"{"id":"WFS-a","status":"paused"}"#,
        r#"{"id":"WFS-b","sta"#,
    ];
    let listing = Listing::new()
        .with(".workflow/session_status.jsonl", &lines.join("\n"))
        .with(".workflow/.active-WFS-a", "")
        .with(".workflow/.active-WFS-lost", "")
        .with(".workflow/WFS-a/.task/IMPL-1.json", task)
        .with(".workflow/WFS-b/workflow-session.json", r#"{"session_id": "WFS-b", "status": "active"}"#)
        .with(".workflow/WFS-b/.task/IMPL-1.json", task);
    let reading = read(&listing, &Scope::Workspace);
    let [a, b] = reading.plans.as_slice() else { panic!("two sessions") };
    assert_eq!((a.raw_state.as_deref(), a.badges.join(",").as_str()), (Some("paused"), "active,paused"));
    assert_eq!((a.title.as_str(), b.title.as_str()), ("WFS-a", "WFS-b"));
    assert_eq!(b.raw_state.as_deref(), Some("active"));
    let told = |problems: &[Problem]| -> Vec<String> {
        problems.iter().map(|it| format!("{} {}", it.code.word(), it.place)).collect()
    };
    assert_eq!(told(&b.problems), ["stale-status .workflow/session_status.jsonl:2"]);
    assert_eq!(
        told(&reading.problems),
        [
            "index-mismatch .workflow/.active-WFS-lost",
            "index-mismatch .workflow/session_status.jsonl:3",
            "malformed .workflow/session_status.jsonl:5"
        ]
    );
}

#[test]
fn a_session_is_read_by_its_path_wherever_it_lies() {
    let listing = Listing::new()
        .with("saved/tower/.task/IMPL-1.json", r#"{"id": "IMPL-1", "title": "t"}"#)
        .with("saved/tower/TODO_LIST.md", "- [ ] IMPL-1: t");
    for path in ["saved/tower", "saved/tower/", "saved/tower/TODO_LIST.md", "saved/tower/.task/IMPL-1.json"] {
        let plans = read(&listing, &Scope::Path(path.into())).plans;
        assert_eq!((plans.len(), plans[0].id.as_str(), plans[0].items.len()), (1, "tower", 1), "{path}");
    }
}

#[test]
fn the_metadata_gives_title_status_and_badges() {
    let check = |metadata: &str, title: &str, status: Option<&str>, badges: &[&str], found: &[&str]| {
        let plan = session(&[("workflow-session.json", metadata)]);
        assert_eq!((plan.title.as_str(), plan.raw_state.as_deref()), (title, status), "{metadata}");
        assert_eq!(plan.badges, badges, "{metadata}");
        assert_eq!(problems(&plan), found, "{metadata}");
    };
    check(
        r#"{"session_id": "WFS-tower", "project": "Water tower", "status": "planning"}"#,
        "Water tower",
        Some("planning"),
        &[],
        &[],
    );
    check(r#"{"topic": "Water tower", "status": "Paused"}"#, "Water tower", Some("Paused"), &["paused"], &[]);
    check(r#"{"description": "Water\ntower"}"#, "Water", None, &[], &[]);
    check("{}", "WFS-tower", None, &[], &[]);
    check(
        "{\r\n\"project\": \"Water\",\r\n}",
        "WFS-tower",
        None,
        &[],
        &["malformed workflow-session.json:3"],
    );
    check("", "WFS-tower", None, &[], &["malformed workflow-session.json:1"]);
    check(
        "{\n\"session_id\": \"WFS-old\"}",
        "WFS-tower",
        None,
        &[],
        &["name-mismatch workflow-session.json:2"],
    );
}

#[test]
fn every_generation_of_tasks_is_read() {
    let check = |task: &str, expected: &str, raw: Option<&str>| {
        let plan = tasks(&[task]);
        assert_eq!(all_shown(&plan), [expected], "{task}");
        assert_eq!(plan.items[0].raw_state.as_deref(), raw, "{task}");
    };
    let zero = r#"{"id": "IMPL-1", "title": "Dig", "status": "pending", "parent_id": null, "depth": 1, "paths": "a;b",
        "relations": {"dependencies": {"upstream": ["IMPL-0"]}}, "execution": {"attempts": 0}}"#;
    check(zero, "IMPL-1 pending < IMPL-0", Some("pending"));
    let one = r#"{"id": "IMPL-1", "title": "Dig", "status": "active", "meta": {"type": "feature", "agent": "@x"},
        "context": {"depends_on": ["IMPL-0"]}, "flow_control": {"implementation_approach": [{"step": 2, "depends_on": [1]}]}}"#;
    check(one, "IMPL-1 in_progress < IMPL-0", Some("active"));
    let two = r#"{"id": "IMPL-1", "title": "Dig", "meta": {"status": "completed"}, "context_package_path": "x",
        "cli_execution": {"strategy": "resume", "resume_from": "IMPL-0"}}"#;
    check(two, "IMPL-1 done", Some("completed"));
    let three = r#"{"id": "IMPL-1", "title": "Dig", "description": "d", "depends_on": ["IMPL-0"], "status": "failed",
        "convergence": {"criteria": ["c"]}, "implementation": ["dig"]}"#;
    check(three, "IMPL-1 needs_fix < IMPL-0", Some("failed"));
    check(
        r#"{"task_id": "IMPL-1", "description": "Dig\ndeep", "dependencies": {"depends_on": ["IMPL-0"], "blocks": ["IMPL-9"]}}"#,
        "IMPL-1 pending < IMPL-0",
        None,
    );
    check(r#"{"title": "no id"}"#, "IMPL-1 pending", None);
    check(r#"{"id": "IMPL-1", "status": "Done"}"#, "IMPL-1 done", Some("Done"));
    check(r#"{"id": "IMPL-1", "status": "cancelled"}"#, "IMPL-1 skipped", Some("cancelled"));
    check(r#"{"id": "IMPL-1", "status": "container"}"#, "+IMPL-1 pending", Some("container"));
    check(r#"{"id": "IMPL-1", "status": "steaming"}"#, "IMPL-1 unknown", Some("steaming"));
}

#[test]
fn a_task_knows_its_lines_its_priority_and_its_company() {
    let plan = tasks(&[
        "{\r\n  \"id\": \"IMPL-1\",\r\n  \"title\": \"Dig \\ud83d\",\r\n  \"status\": \"todo\",\r\n  \"priority\": \"P1\",\r\n  \"meta\": {\"execution_group\": \"g\"}\r\n}",
    ]);
    let item = &plan.items[0];
    assert_eq!((item.title.as_str(), item.place.line), ("Dig \u{fffd}", Some(2)));
    assert_eq!(item.why, "IMPL-1.json:4 says todo");
    assert_eq!((item.priority, item.parallel), (Some(1), true));
    assert_eq!(item.documents.len(), 1);
}

#[test]
fn containers_gather_and_leaves_are_work() {
    let check =
        |texts: &[&str], expected: &[&str]| assert_eq!(all_shown(&tasks(texts)), expected, "{texts:?}");
    // Named as a parent.
    check(
        &[r#"{"id": "IMPL-1"}"#, r#"{"id": "IMPL-1.1", "context": {"parent": "impl-1"}}"#],
        &["+IMPL-1 pending", "IMPL-1.1 pending ^ IMPL-1"],
    );
    // By its dots, and without work of its own.
    check(
        &[r#"{"id": "IMPL-1"}"#, r#"{"id": "IMPL-1.1"}"#],
        &["+IMPL-1 pending", "IMPL-1.1 pending ^ IMPL-1"],
    );
    // A task put between two others takes nothing out of the work.
    check(
        &[r#"{"id": "IMPL-001", "files": ["a"]}"#, r#"{"id": "IMPL-001.5"}"#],
        &["IMPL-001 pending", "IMPL-001.5 pending ^ IMPL-001"],
    );
    check(&[r#"{"id": "IMPL-1.1"}"#], &["IMPL-1.1 pending"]);
    check(&[r#"{"id": "IMPL-2", "subtasks": ["IMPL-2.1"]}"#], &["+IMPL-2 pending"]);
}

#[test]
fn a_wild_card_a_list_and_another_case_name_tasks() {
    let plan = tasks(&[
        r#"{"id": "IMPL-1", "depends_on": ["IMPL-3.*", "IMPL-9"]}"#,
        r#"{"id": "IMPL-2", "depends_on": ["impl-1", "IMPL-3.1/3.2", "CROSS::a::b"]}"#,
        r#"{"id": "IMPL-3.1"}"#,
        r#"{"id": "IMPL-3.2", "depends_on": "IMPL-1, IMPL-2"}"#,
    ]);
    assert_eq!(
        all_shown(&plan),
        [
            "IMPL-1 pending < IMPL-3.1 IMPL-3.2 IMPL-9",
            "IMPL-2 pending < IMPL-1 IMPL-3.1 IMPL-3.2 CROSS::a::b",
            "IMPL-3.1 pending",
            "IMPL-3.2 pending < IMPL-1 IMPL-2",
        ]
    );
    let found = problems(&plan);
    assert!(found.contains(&"name-mismatch .task/IMPL-2.json:1".to_owned()), "{found:?}");
    assert!(found.contains(&"placeholder .task/IMPL-2.json:1".to_owned()), "{found:?}");
}

#[test]
fn the_list_gives_order_and_groups_and_its_drift_is_told() {
    let todo = "# Tasks\r\n\r\n## Phase 1\r\n- [x] **IMPL-2**: b → [📋](./.task/IMPL-2.json)\r\n- [ ] **IMPL-1**: a\r\n## Phase 2\r\n- [~] **IMPL-10**: c\r\n- [ ] **IMPL-4**: no file\r\n## Success criteria\r\n- [ ] It holds water\r\n";
    let plan = session(&[
        ("TODO_LIST.md", todo),
        (".task/IMPL-1.json", r#"{"id": "IMPL-1", "status": "completed"}"#),
        (".task/IMPL-2.json", r#"{"id": "IMPL-2", "status": "completed"}"#),
        (".task/IMPL-10.json", r#"{"id": "IMPL-10", "status": "blocked"}"#),
        (".task/IMPL-7.json", r#"{"id": "IMPL-8", "status": "pending"}"#),
        (".summaries/IMPL-1-summary.md", ""),
        (".summaries/IMPL-10-summary.md", ""),
    ]);
    assert_eq!(all_shown(&plan), ["IMPL-2 done", "IMPL-1 done", "IMPL-10 blocked", "IMPL-8 pending"]);
    let groups: Vec<_> = plan.items.iter().map(|item| item.group).collect();
    assert_eq!(groups, [Some(0), Some(0), Some(1), None]);
    assert_eq!(
        plan.groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(),
        ["Phase 1", "Phase 2"]
    );
    assert_eq!(
        problems(&plan),
        [
            "name-mismatch .task/IMPL-7.json:1",
            "drift TODO_LIST.md:5",
            "drift TODO_LIST.md:7",
            "orphan TODO_LIST.md:8",
            "index-mismatch .task/IMPL-7.json:1",
        ]
    );
    assert_eq!(plan.badges, ["1 listed without a task file"]);
    assert_eq!(plan.items[1].documents[1].path, format!("{HOME}/.summaries/IMPL-1-summary.md"));
    assert_eq!(plan.items[1].documents.len(), 2);
}

#[test]
fn a_box_drifts_when_it_says_otherwise() {
    let check = |mark: &str, status: &str, drifts: bool| {
        let plan = session(&[
            ("TODO_LIST.md", &format!("- [{mark}] **IMPL-1**: a")),
            (".task/IMPL-1.json", &format!(r#"{{"id": "IMPL-1", "status": "{status}"}}"#)),
        ]);
        assert_eq!(problems(&plan).iter().any(|it| it.starts_with("drift")), drifts, "[{mark}] {status}");
    };
    check(" ", "pending", false);
    check(" ", "in_progress", false);
    check(" ", "failed", false);
    check(" ", "completed", true);
    check("x", "completed", false);
    check("x", "pending", true);
    check("~", "in_progress", false);
    check("~", "pending", true);
    check("!", "failed", false);
    check("-", "skipped", false);
    check("-", "completed", true);
}

#[test]
fn a_session_without_task_files_has_the_tasks_it_embeds_or_lists() {
    let metadata = "{\"tasks\": [\n{\"id\": \"IMPL-1\", \"title\": \"Dig\", \"status\": \"completed\"},\n{\"id\": \"IMPL-2\", \"depends_on\": [\"IMPL-1\"]}]}";
    let todo = "▸ **IMPL-1**: Everything\n  - [x] **IMPL-1.1**: Dig\n  - [ ] **IMPL-1.2**: Fill\n";
    let embedded = session(&[("workflow-session.json", metadata), ("TODO_LIST.md", todo)]);
    assert_eq!(
        all_shown(&embedded),
        ["IMPL-1 done", "IMPL-2 pending < IMPL-1"].map(|it| it.replace("IMPL-1 done", "+IMPL-1 done"))
    );
    assert_eq!(embedded.items[1].place.line, Some(3));

    let listed = session(&[("TODO_LIST.md", todo)]);
    assert_eq!(
        all_shown(&listed),
        ["+IMPL-1 pending", "IMPL-1.1 done ^ IMPL-1", "IMPL-1.2 pending ^ IMPL-1"]
    );
    assert_eq!(listed.items[1].why, "TODO_LIST.md:2 has [x]");

    let by_id =
        session(&[("workflow-session.json", r#"{"tasks": {"T1": {"title": "Dig", "status": "done"}}}"#)]);
    assert_eq!(all_shown(&by_id), ["T1 done"]);
}

#[test]
fn a_broken_task_file_is_a_problem_and_its_task_is_shown_as_listed() {
    let plan = session(&[
        ("TODO_LIST.md", "- [x] **IMPL-1**: Dig\n- [ ] **IMPL-2**: Fill\n"),
        (".task/IMPL-1.json", "{\n\"id\": \"IMPL-1\",\n"),
        (".task/IMPL-2.json", r#"{"id": "IMPL-2"}"#),
        (".task/IMPL-3.json", ""),
        (".task/IMPL-4.json", "[1]"),
    ]);
    assert_eq!(all_shown(&plan), ["IMPL-1 done", "IMPL-2 pending", "IMPL-3 unknown", "IMPL-4 unknown"]);
    assert_eq!(plan.items[0].title, "Dig");
    let found = problems(&plan);
    assert_eq!(
        found[..3],
        ["malformed .task/IMPL-1.json:3", "malformed .task/IMPL-3.json:1", "malformed .task/IMPL-4.json"]
    );
}

#[test]
fn the_overview_and_the_status_are_held_against_the_tasks() {
    let plan = session(&[
        ("plan.json", "{\n\"task_ids\": [\"IMPL-1\",\n\"IMPL-2\"],\n\"task_count\": 2}"),
        ("workflow-session.json", r#"{"status": "completed"}"#),
        (".task/IMPL-1.json", r#"{"id": "IMPL-1", "status": "pending"}"#),
    ]);
    assert_eq!(
        problems(&plan),
        ["index-mismatch plan.json:3", "count-mismatch plan.json:4", "stale-status workflow-session.json"]
    );
}

#[test]
fn a_container_and_its_parts_settle() {
    let mut plan = session(&[
        ("TODO_LIST.md", "▸ **IMPL-1**: All\n  - [x] **IMPL-1.1**: a\n  - [ ] **IMPL-1.2**: b\n"),
        (".task/IMPL-1.json", r#"{"id": "IMPL-1", "status": "pending", "files": ["x"]}"#),
        (".task/IMPL-1.1.json", r#"{"id": "IMPL-1.1", "status": "completed"}"#),
        (".task/IMPL-1.2.json", r#"{"id": "IMPL-1.2", "depends_on": ["IMPL-1.1"]}"#),
    ]);
    settle(&mut plan);
    let states: Vec<_> = plan.items.iter().map(|item| item.state).collect();
    assert_eq!(states, [ItemState::InProgress, ItemState::Done, ItemState::Ready]);
    assert_eq!(plan.progress().total, 2);
}

#[test]
fn ten_thousand_tasks_are_read() {
    let mut listing = Listing::new();
    let mut todo = String::from("# Tasks\n");
    for number in 0..10_000 {
        let text = format!(r#"{{"id": "IMPL-{number}", "depends_on": ["IMPL-{}", "IMPL-1*"]}}"#, number / 2);
        let text = if number % 100 == 0 { text } else { text.replace(", \"IMPL-1*\"", "") };
        listing = listing.with(&format!("{HOME}/.task/IMPL-{number}.json"), &text);
        let _ = writeln!(todo, "- [ ] **IMPL-{number}**: t → [📋](./.task/IMPL-{number}.json)");
    }
    let plan = read(&listing.with(&format!("{HOME}/TODO_LIST.md"), &todo), &Scope::Workspace).plans.remove(0);
    assert_eq!(plan.items.len(), 10_000);
    assert_eq!(plan.items[9_999].id.as_str(), "IMPL-9999");
}
