use super::*;
use crate::ids::ItemId;
use crate::plan::{
    Item, ItemState, Plan,
    problem::{Code, Severity},
};

fn folder(files: &[(&str, &str)]) -> Plan {
    let listing = files
        .iter()
        .fold(Listing::new(), |it, (name, text)| it.with(&format!("tasks/prd-loans/{name}"), text));
    let mut plans = read(&listing, &Scope::Workspace).plans;
    assert_eq!(plans.len(), 1, "{plans:#?}");
    plans.remove(0)
}

/// `id state flags <needs | title`.
fn shown(plan: &Plan) -> Vec<String> {
    let line = |it: &Item| {
        let needs = it.needs.iter().map(|it| format!(" <{it}")).collect::<String>();
        let parallel = if it.parallel { " P" } else { "" };
        let step = if it.step { " step" } else { "" };
        format!("{} {}{parallel}{step}{needs} | {}", it.id, it.state.word(), it.title)
    };
    plan.items.iter().map(line).collect()
}

fn codes(plan: &Plan) -> Vec<(Code, Option<usize>)> {
    plan.problems.iter().map(|it| (it.code, it.place.line)).collect()
}

#[test]
fn the_status_is_found_in_every_shape_of_header() {
    let check = |text: &str, state: ItemState, raw: Option<&str>, line: &str| {
        let plan = folder(&[("_task_1.md", text)]);
        let item = &plan.items[0];
        assert_eq!((item.state, item.raw_state.as_deref()), (state, raw), "{text}");
        assert!(item.why.ends_with(line), "{}", item.why);
    };
    check(
        "## status: pending\n\n<task_context>\n</task_context>\n# Task 1.0: A\n",
        ItemState::Pending,
        Some("pending"),
        ":1",
    );
    check(
        "## markdown\n\n## status: in-progress # Options: pending, in-progress, completed, excluded\n# Task 1.0: A\n",
        ItemState::InProgress,
        Some("in-progress"),
        ":3",
    );
    check(
        "---\nstatus: completed # Options: pending, completed\n---\n# Task 1.0: A\n",
        ItemState::Done,
        Some("completed"),
        ":2",
    );
    check("---\nstatus: \"done\"\nblocked_by: [\"0.0\"]\n---\n", ItemState::Done, Some("done"), ":2");
    check("# Task 1.0: A\n\n## status: [DEFERRED]\n", ItemState::Blocked, Some("[DEFERRED]"), ":3");
    check(
        "status: completed\nparallelizable: true\nblocked_by: []\n---\n# Task 1.0: A\n",
        ItemState::Done,
        Some("completed"),
        ":1",
    );
    check(
        "# Task 1.0: A\n**Size:** M\n**Priority:** HIGH\n\n## Status: COMPLETED ✅\n",
        ItemState::Done,
        Some("COMPLETED ✅"),
        ":5",
    );
    check("# Task 1: A\n\nSTATUS: 🚧 IN PROGRESS\n", ItemState::InProgress, Some("🚧 IN PROGRESS"), ":3");
    check(
        "# Task 1: A\n```\nstatus: done\n```\n",
        ItemState::Unknown,
        None,
        "no status in tasks/prd-loans/_task_1.md",
    );
    check("---\nstatus: excluded\n---\n", ItemState::Skipped, Some("excluded"), ":2");
    check("---\nstatus: mostly\n---\n", ItemState::Unknown, Some("mostly"), ":2");
    check("---\nowner: @ana\nstatus: blocked\n---\n", ItemState::Blocked, Some("blocked"), ":3");
}

#[test]
fn names_of_every_year_are_tasks_and_reviews_are_none() {
    let file = "## status: pending\n# Task 4.0: A\n";
    let plan = folder(&[
        ("_task_10.0.md", file),
        ("4_task.md", file),
        ("_task_02.md", file),
        ("8_7_task.md", file),
        ("task_03.md", file),
        ("4_task_review.md", file),
        ("_techspec.md", file),
        ("memory/task_01.md", file),
    ]);
    assert_eq!(
        shown(&plan),
        ["2.0 pending | A", "task_03 pending | A", "4.0 pending | A", "8.7 pending | A", "10.0 pending | A",]
    );
    let mismatches = codes(&plan).into_iter().filter(|it| it.0 == Code::NameMismatch).count();
    assert_eq!(mismatches, 4);
}

#[test]
fn needs_come_from_front_matter_else_from_text() {
    let status = "## status: pending\n";
    let check = |text: &str, expected: &[&str], parallel: bool| {
        let plan = folder(&[("_task_1.md", status), ("_task_2.md", status), ("_task_3.md", text)]);
        let item = plan.items.iter().find(|it| it.id.as_str() == "3.0").expect("the task");
        let needs: Vec<_> = item.needs.iter().map(ItemId::as_str).collect();
        assert_eq!((needs.as_slice(), item.parallel), (expected, parallel), "{text}");
    };
    check(
        "---\nstatus: pending\nparallelizable: true\nblocked_by: [\"1.0\", \"0.0\"] # before it\n---\n",
        &["1.0", "0.0"],
        true,
    );
    check("---\nstatus: pending\nblocked_by: []\n---\n- Blocked by: 1.0\n", &[], false);
    check("status: pending\nblocked_by: [\"2.0\"]\n---\n", &["2.0"], false);
    check(
        "## status: pending\n<task_context>\n<dependencies>http_server, temporal</dependencies>\n<unblocks>9.0</unblocks>\n</task_context>\n## Sequencing\n- Blocked by: 1.0 (with 7.0 in mind), 2.0\n- Unblocks: 9.0\n- Parallelizable: Yes (beside 2.0)\n",
        &["1.0", "2.0"],
        true,
    );
    check("## status: pending\n<dependencies>task_1,task_2.0</dependencies>\n", &["1.0", "2.0"], false);
    check("## status: pending\n<dependencies>sqlite v3, Task 1.0</dependencies>\n", &["1.0"], false);
    check("## status: pending\n<dependencies>none</dependencies>\n- Blocked by: None\n", &[], false);
    check("# Task 3.0: A\n**Dependencies:** Tasks 1.0-2.0\n", &["1.0", "2.0"], false);
    check("## status: pending\n- **Blocked By**: —\n", &[], false);
}

const GRAPH: &str = "\
---
schema_version: \"compozy.tasks/v2\"
workflow: loans
graph:
  nodes:
    - id: task_01
      file: task_01.md
    - id: task_02
      file: task_02.md
    - id: task_09
      file: task_09.md
  edges:
    - from: task_01
      to: task_02
---
# Loans Task List

| # | Title | Status | Complexity | Dependencies |
|---|-------|--------|------------|--------------|
| 01 | Schema | completed | low | — |
| 02 | Page | completed | high | task_01 |
";

#[test]
fn the_graph_orders_and_its_contradictions_are_told() {
    let plan = folder(&[
        ("_tasks.md", GRAPH),
        (
            "task_01.md",
            "---\nstatus: completed\ntitle: Schema\n---\n# Task 1: Schema\n## Subtasks\n- [x] 1.1 Write\n- [ ] 1.2 Try\n## Done when\n- [ ] it works\n",
        ),
        (
            "task_02.md",
            "---\nstatus: pending\ntitle: Page\ndependencies:\n  - task_01\n---\n# Task 2: Page\n",
        ),
        ("task_03.md", "---\nstatus: pending\ntitle: Extra\n---\n# Task 3: Extra\n"),
        ("_meta.md", "---\ncreated_at: x\n---\n## Summary\n- Total: 2\n- Completed: 1\n"),
    ]);
    assert_eq!((plan.title.as_str(), plan.path.as_str()), ("Loans", "tasks/prd-loans/_tasks.md"));
    assert_eq!(
        shown(&plan),
        [
            "task_01 done | Schema",
            "1.1 done step | Write",
            "1.2 pending step | Try",
            "task_01#3 pending step | it works",
            "task_02 pending <task_01 | Page",
            "task_03 pending | Extra",
        ]
    );
    let progress = plan.progress();
    assert_eq!((progress.done, progress.total), (1, 3));
    assert_eq!(
        codes(&plan),
        [
            (Code::Drift, Some(2)),
            (Code::IndexMismatch, Some(2)),
            (Code::IndexMismatch, Some(21)),
            (Code::IndexMismatch, None),
            (Code::IndexMismatch, Some(10)),
            (Code::IndexMismatch, None),
            (Code::CountMismatch, Some(5)),
        ]
    );
    let messages: Vec<_> = plan.problems.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(messages[2], "the index has task_02 as `completed`, its file as pending");
    assert_eq!(messages[4], "the graph has the node task_09, and there is no task_09.md");
}

#[test]
fn every_form_of_entry_is_read() {
    let check = |line: &str, expected: Option<(&str, ItemState, &str)>| {
        let plan = folder(&[("_tasks.md", &format!("# A\n## Tasks\n{line}\n"))]);
        let found = plan.items.first().map(|it| (it.id.as_str(), it.state, it.title.as_str()));
        assert_eq!(found, expected, "{line}");
    };
    check("- [x] 1.0 Title (S)", Some(("1.0", ItemState::Done, "Title (S)")));
    check("- [ ] Task 11.0: Title", Some(("11.0", ItemState::Pending, "Title")));
    check("- [x] **1.0** Title [M] - 1 day", Some(("1.0", ItemState::Done, "Title [M] - 1 day")));
    check("- [x] **1.0 Title**", Some(("1.0", ItemState::Done, "Title")));
    check(
        "- [x] [_task_1.md](_task_1.md) - 1.0 Title - **COMPLETED**",
        Some(("1.0", ItemState::Done, "Title - **COMPLETED")),
    );
    check("- [ ] 07.0 Title [⚠️ DEFERRED]", Some(("7.0", ItemState::Skipped, "Title [⚠️ DEFERRED]")));
    check("- [ ] 4.0 Title **[NOT NEEDED]**", Some(("4.0", ItemState::Skipped, "Title **[NOT NEEDED]")));
    check("- [ ] Batch 2 — Core: 2.0, 3.0", None);
    check("- [ ] 26.0–43.0 later", None);
    check("- [ ] 1.1 a step", None);
    check("- 1.0 no box", None);
}

#[test]
fn an_index_against_its_files() {
    let plan = folder(&[
        (
            "_tasks.md",
            "# A\n## Tasks\n- [x] 1.0 One\n- [ ] 2.0 Two\n- [ ] 3.0 Three **[NOT NEEDED]**\n## Batch\n- [ ] Task 1.0: One\n",
        ),
        ("_task_1.md", "## status: completed\n# Task 1.0: One\n"),
        ("_task_2.md", "# Task 2.0: Two\n"),
        ("_task_4.md", "## status: pending\n"),
    ]);
    assert_eq!(shown(&plan), ["1.0 done | One", "2.0 pending | Two", "4.0 pending | _task_4.md"]);
    assert_eq!(plan.items[1].why, "no status in its file; ` ` in tasks/prd-loans/_tasks.md:4");
    assert_eq!(
        codes(&plan),
        [
            (Code::UnknownState, None),
            (Code::IndexMismatch, Some(5)),
            (Code::IndexMismatch, Some(7)),
            (Code::IndexMismatch, None),
        ]
    );
    assert_eq!(plan.problems[1].severity, Severity::Note);
}

#[test]
fn an_index_that_agrees_is_no_problem_and_its_sections_are_groups() {
    let plan = folder(&[
        (
            "_tasks.md",
            "# Loans: Implementation Task Summary\n## Tasks\n### Phase 1: Ground\n- [x] 1.0 One\n### Phase 2: House\n- [ ] 2.0 Two\n",
        ),
        ("_task_1.md", "## status: completed\n# Task 1.0: One\n## Subtasks\n- [x] 1.1 a\n"),
        ("_task_2.md", "## status: pending\n# Task 2.0: Two\n"),
    ]);
    assert_eq!(plan.problems, []);
    assert_eq!(plan.title, "Loans");
    let groups: Vec<_> =
        plan.items.iter().filter_map(|it| Some(plan.groups[it.group?].name.as_str())).collect();
    assert_eq!(groups, ["Phase 1: Ground", "Phase 2: House"]);
}

#[test]
fn folders_are_found_where_compozy_keeps_them() {
    let task = "---\nstatus: pending\n---\n";
    let listing = Listing::new()
        .with("tasks/prd-a/_task_1.md", task)
        .with("tasks/prd-a/deep/_task_1.md", task)
        .with("tasks/other/_task_1.md", task)
        .with(".compozy/tasks/b/task_01.md", task)
        .with(".compozy/tasks/b/memory/task_01.md", task)
        .with(".compozy/tasks/_archived/c/task_01.md", task)
        .with("specs/d/_tasks.md", "- [ ] 1.0 A\n");
    let check = |scope: Scope, expected: &[&str]| {
        let plans = read(&listing, &scope).plans;
        let ids: Vec<_> = plans.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, expected, "{scope:?}");
    };
    check(Scope::Workspace, &["c", "b", "prd-a", "deep"]);
    check(Scope::Path("tasks/prd-a".to_owned()), &["prd-a", "deep"]);
    check(Scope::Path("tasks/prd-a/_task_1.md".to_owned()), &["prd-a"]);
    check(Scope::Path("specs/d/_tasks.md".to_owned()), &["d"]);
    check(Scope::Path("tasks/other".to_owned()), &["other"]);
    check(Scope::Path("nowhere".to_owned()), &[]);
    assert!(claims("x/task_1.md", task));
    assert!(!claims("x/task_1.md", "# A\n"));
    assert!(!claims("x/readme.md", task));
    let archived = &read(&listing, &Scope::Workspace).plans[0];
    assert_eq!(
        (archived.badges.as_slice(), archived.items[0].action),
        (["archived".to_owned()].as_slice(), None)
    );
}

#[test]
fn hostile_folders_are_read_to_the_end() {
    let mut listing = Listing::new();
    let mut index = String::from("---\ngraph:\n  nodes: []\n  edges:\n");
    for number in 0..3_000 {
        listing =
            listing.with(&format!("tasks/prd-a/_task_{number}.md"), "---\nstatus: pending\n---\n- [ ] a\n");
        index += &format!("    - {{from: task_{number}, to: task_{}}}\n", number + 1);
    }
    let boxes: String = (0..10_000).map(|it| format!("- [ ] 1.{it} a\n")).collect();
    listing = listing.with("tasks/prd-a/_tasks.md", &(index + "---\n" + &boxes));
    listing = listing.with("tasks/prd-a/_task_1.md", &boxes);
    listing = listing.with("tasks/prd-a/_task_2.md", "\0\r\n---\n");
    listing = listing.with("tasks/prd-a/_task_99999999999999999999.md", "");
    let plan = read(&listing, &Scope::Workspace).plans.remove(0);
    assert_eq!(plan.progress().total, 3_000);
}
