use super::*;
use crate::{ids::ItemId, plan::types::ItemState};

const PATH: &str = ".taskmaster/tasks/tasks.json";

fn plans(text: &str) -> Vec<Plan> {
    let reading = read(&Listing::new().with(PATH, text), &Scope::Workspace);
    assert_eq!(reading.problems, []);
    reading.plans
}

/// The only plan of a file with these tasks.
fn plan(tasks: &str) -> Plan {
    let mut plans = plans(&format!("{{\"tasks\": {tasks}}}"));
    assert_eq!(plans.len(), 1);
    plans.remove(0)
}

fn words(ids: &[ItemId]) -> Vec<&str> {
    ids.iter().map(ItemId::as_str).collect()
}

#[test]
fn a_file_has_a_plan_for_each_tag() {
    let check = |text: &str, expected: &[(&str, usize)]| {
        let plans = plans(text);
        let found: Vec<_> = plans.iter().map(|plan| (plan.id.as_str(), plan.items.len())).collect();
        assert_eq!(found, expected, "{text}");
    };
    let task = r#"{"id": 1, "title": "Dig the pond", "status": "pending"}"#;
    check(&format!(r#"{{"tasks": [{task}]}}"#), &[("master", 1)]);
    check(
        &format!(r#"{{"master": {{"tasks": [{task}]}}, "frogs": {{"tasks": [{task}, {task}]}}}}"#),
        &[("master", 1), ("frogs", 2)],
    );
    check(&format!(r#"{{"meta": {{"a": 1}}, "tasks": [{task}]}}"#), &[("master", 1)]);
    check(&format!(r#"{{"tasks": [{task}], "frogs": {{"tasks": []}}}}"#), &[("master", 1), ("frogs", 0)]);
    check("{}", &[("master", 0)]);
    check("", &[("master", 0)]);
    check("[1, 2]", &[("master", 0)]);
}

#[test]
fn a_subtask_is_an_item_below_its_task() {
    let plan = plan(
        r#"[
  {"id": 4, "title": "Plant", "status": "in-progress", "priority": "low", "dependencies": [2, "3"],
   "subtasks": [
     {"id": 1, "title": "Reeds", "status": "done"},
     {"id": "4.2", "title": "Lilies", "dependencies": [1], "priority": "high"},
     {"id": 3, "title": "Moss", "dependencies": ["4.1", 2, "2.1", 7]}
   ]}
]"#,
    );
    let shown: Vec<_> = plan
        .items
        .iter()
        .map(|item| (item.id.as_str(), item.state, words(&item.needs), item.priority, item.place.line))
        .collect();
    assert_eq!(
        shown,
        [
            ("4", ItemState::InProgress, vec!["2", "3"], Some(3), Some(2)),
            ("4.1", ItemState::Done, vec![], Some(3), Some(4)),
            ("4.2", ItemState::Pending, vec!["4.1"], Some(1), Some(5)),
            ("4.3", ItemState::Pending, vec!["4.1", "4.2", "2.1", "4.7"], Some(3), Some(6)),
        ]
    );
    assert!(plan.items[1..].iter().all(|item| item.parent == Some("4".into())));
    assert_eq!(plan.items[0].raw_state.as_deref(), Some("in-progress"));
    assert_eq!(plan.items[0].why, "tasks.json:2 says in-progress");
}

#[test]
fn what_is_missing_or_odd_costs_nothing_else() {
    let plan = plan(
        r#"[
  {"title": "no id"},
  7,
  {"id": 2, "status": "brewing", "dependencies": null, "subtasks": null},
  {"id": "03", "title": "cut \ud83d", "status": "completed", "dependencies": [{"id": 1}, "", 2]},
  {"id": 4, "dependencies": ["3", "02"]}
]"#,
    );
    let shown: Vec<_> =
        plan.items.iter().map(|item| (item.id.as_str(), item.title.as_str(), item.state)).collect();
    assert_eq!(
        shown,
        [
            ("1", "no id", ItemState::Pending),
            ("2", "2", ItemState::Unknown),
            ("03", "cut \u{fffd}", ItemState::Done),
            ("4", "4", ItemState::Pending),
        ]
    );
    assert_eq!(words(&plan.items[2].needs), ["2"]);
    assert_eq!(words(&plan.items[3].needs), ["03", "2"]);
    let problems: Vec<_> =
        plan.problems.iter().map(|problem| (problem.code.word(), problem.place.line)).collect();
    assert_eq!(problems, [("bad-id", Some(2)), ("malformed", Some(3)), ("unknown-state", Some(4))]);
}

#[test]
fn a_file_that_is_no_json_is_a_plan_with_a_problem_and_its_line() {
    let check = |text: &str, code: &str, line: Option<usize>| {
        let plan = &plans(text)[0];
        let problem = &plan.problems[0];
        assert_eq!((problem.code.word(), problem.place.line), (code, line), "{text:?}");
    };
    check("", "empty-plan", None);
    check(" \n", "empty-plan", None);
    check("{}", "empty-plan", None);
    check("{\"tasks\": [\n{\"id\": 1,\n", "malformed", Some(3));
    check("{\"tasks\": [\r\n{\"id\": 1,}]}", "malformed", Some(2));
    check("{\"tasks\": [], \"metadata\": {\n\"totalTasks\": 4}}", "count-mismatch", Some(2));
}

#[test]
fn only_files_of_task_master_are_taken() {
    let ours = r#"{"tasks": [{"id": 1, "title": "Dig"}]}"#;
    let editor = r#"{"version": "2.0.0", "tasks": [{"label": "build", "command": "make"}]}"#;
    let check = |path: &str, text: &str, claimed: bool, read_in_workspace: usize| {
        assert_eq!(claims(path, text), claimed, "{path} {text}");
        let plans = read(&Listing::new().with(path, text), &Scope::Workspace).plans;
        assert_eq!(plans.len(), read_in_workspace, "{path} {text}");
    };
    check("tasks/tasks.json", ours, true, 1);
    check("web/.taskmaster/tasks/tasks.json", ours, true, 1);
    check("anywhere.json", ours, true, 0);
    check("tasks/tasks.json", editor, false, 0);
    check("tasks/tasks.json", "{\"tasks\": []}", false, 0);
    check("package.json", "{\"name\": \"x\"}", false, 0);
}

#[test]
fn task_master_names_one_task_by_its_own_rule() {
    let check = |tasks: &str, expected: Option<&str>, expected_top: Option<&str>| {
        let plan = plan(tasks);
        assert_eq!(next(&plan).map(|item| item.id.as_str()), expected, "{tasks}");
        assert_eq!(next_top(&plan).map(|item| item.id.as_str()), expected_top, "{tasks}");
    };
    check("[]", None, None);
    check(r#"[{"id": 1, "status": "done"}]"#, None, None);
    check(
        r#"[{"id": 1, "priority": "low"}, {"id": 2}, {"id": 3, "priority": "high", "dependencies": [1]}]"#,
        Some("2"),
        Some("2"),
    );
    check(
        r#"[{"id": 2, "dependencies": [9]}, {"id": 9, "status": "completed"}, {"id": 10}]"#,
        Some("10"),
        Some("10"),
    );
    check(
        r#"[{"id": 1, "priority": "high"}, {"id": 2, "status": "in-progress", "subtasks": [
            {"id": 1, "status": "done"}, {"id": 2, "dependencies": [1]}, {"id": 3, "dependencies": [2]}]}]"#,
        Some("2.2"),
        Some("1"),
    );
}

#[test]
fn a_generated_text_file_belongs_to_its_task() {
    let listing = Listing::new()
        .with(PATH, r#"{"frogs": {"tasks": [{"id": 3, "title": "Count"}, {"id": 4, "title": "Feed"}]}}"#)
        .with(".taskmaster/tasks/task_003_frogs.txt", "")
        .with(".taskmaster/tasks/task_003.txt", "");
    let plan = read(&listing, &Scope::Workspace).plans.remove(0);
    assert_eq!(plan.items[0].documents[0].path, ".taskmaster/tasks/task_003_frogs.txt");
    assert!(plan.items[1].documents.is_empty());
}

#[test]
fn ten_thousand_tasks_with_half_a_million_needs_are_read() {
    let needs = (1..=50).map(|need| need.to_string()).collect::<Vec<_>>().join(", ");
    let task = |id: usize| format!("{{\"id\": {id}, \"title\": \"t\", \"dependencies\": [{needs}]}}");
    let tasks: Vec<_> = (1..=10_000).map(task).collect();
    let plan = plan(&format!("[{}]", tasks.join(",\n")));
    assert_eq!(plan.items.len(), 10_000);
    assert_eq!(plan.items[9_999].place.line, Some(10_000));
}
