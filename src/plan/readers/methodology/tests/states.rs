//! What the files beside a plan make of its achievements.

use super::*;
use crate::plan::{Action, DocumentKind, Executions, Hours, next, runnable_group};

/// The state of 1.1 with these files beside the plan.
fn first(files: &[(&str, &str)]) -> Item {
    let listing = files.iter().fold(pool(), |listing, (path, text)| listing.pool(path, text));
    item(&plan(&listing, "POOL"), "1.1")
}

fn run(name: &str) -> String {
    format!("execution/EXECUTION_TASK_POOL_11_{name}.md")
}

const SUBPLAN: &str = "subplans/SUBPLAN_POOL_11.md";
const APPROVED: &str = "execution/feedbacks/APPROVED_11.md";
const FIX: &str = "execution/feedbacks/FIX_11.md";
const RESOLUTION: &str = "execution/feedbacks/FIX_11_RESOLUTION.md";

#[test]
fn the_first_rule_that_applies_decides() {
    let check = |files: &[(&str, &str)], state: &str, raw: &str, action: Option<Action>, why: &str| {
        let item = first(files);
        let found = (item.state.word(), item.raw_state.as_deref(), item.action, item.why.as_str());
        assert_eq!(found, (state, Some(raw), action, why), "{files:?}");
    };
    let (run1, run2) = (run("01"), run("02"));
    let (done, open) = ((run1.as_str(), DONE), (run1.as_str(), OPEN));
    let design = (SUBPLAN, "# SUBPLAN: s\n");
    check(
        &[],
        "ready",
        "not started",
        Some(Action::CreateSubplan),
        "no SUBPLAN, EXECUTION_TASK or verdict of 1.1 exists; nothing has to come before it",
    );
    check(
        &[design],
        "ready",
        "designed",
        Some(Action::CreateExecution),
        "SUBPLAN_POOL_11.md exists and no EXECUTION_TASK of it; nothing has to come before it",
    );
    check(
        &[(SUBPLAN, "# SUBPLAN: s\n\n[TO BE FILLED: objective]\n")],
        "ready",
        "placeholder",
        Some(Action::FillSubplan),
        "SUBPLAN_POOL_11.md is a placeholder that nobody filled; nothing has to come before it",
    );
    check(
        &[design, open],
        "in_progress",
        "executing",
        Some(Action::Continue),
        "EXECUTION_TASK_POOL_11_01.md is not complete (0 of 1 run)",
    );
    check(
        &[design, done],
        "in_review",
        "awaiting review",
        Some(Action::Review),
        "EXECUTION_TASK_POOL_11_01.md is complete and no verdict exists (1 of 1 run)",
    );
    check(
        &[done, (&run2, OPEN)],
        "in_progress",
        "executing",
        Some(Action::Continue),
        "EXECUTION_TASK_POOL_11_02.md is not complete (1 of 2 runs)",
    );
    check(
        &[done, (FIX, "# FIX REQUIRED\n")],
        "needs_fix",
        "needs fix",
        Some(Action::Fix),
        "FIX_11.md exists, and nothing answers it",
    );
    check(
        &[done, (FIX, ""), (RESOLUTION, "")],
        "in_review",
        "fix answered",
        Some(Action::Review),
        "FIX_11_RESOLUTION.md answers FIX_11.md and waits for a verdict",
    );
    check(
        &[open, (FIX, ""), (RESOLUTION, "")],
        "in_progress",
        "fix answered",
        Some(Action::Continue),
        "FIX_11_RESOLUTION.md answers FIX_11.md, but EXECUTION_TASK_POOL_11_01.md is not complete",
    );
    check(&[open, (APPROVED, "")], "done", "approved", None, "APPROVED_11.md exists");
    check(
        &[done, (FIX, ""), (RESOLUTION, ""), (APPROVED, "")],
        "done",
        "approved",
        None,
        "APPROVED_11.md exists, and stands over FIX_11.md",
    );
    check(&[open, ("execution/SKIPPED_11.md", "")], "skipped", "skipped", None, "SKIPPED_11.md exists");
}

#[test]
fn a_rejection_newer_than_its_answer_is_open_again() {
    let folder = "work-space/plans/POOL";
    let with = |fix: i64, answer: i64| {
        let listing = at(pool(), &format!("{folder}/{FIX}"), Content::Text("".into()), fix);
        let listing = at(listing, &format!("{folder}/{RESOLUTION}"), Content::Text("".into()), answer);
        item(&plan(&listing, "POOL"), "1.1")
    };
    assert_eq!(with(1, 2).state.word(), "in_review");
    assert_eq!(with(2, 2).state.word(), "in_review");
    let open = with(3, 2);
    assert_eq!(open.state.word(), "needs_fix");
    assert_eq!(open.why, "FIX_11.md is newer than its answer, FIX_11_RESOLUTION.md");
    assert_eq!(open.changed, Some(Timestamp::from_millis(3)));
    assert_eq!(with(1, 2).changed, Some(Timestamp::from_millis(2)));
}

#[test]
fn later_versions_stand_for_the_run_they_repeat() {
    let executions = |files: &[(&str, &str)]| {
        let item = first(files);
        let Executions { complete, planned } = item.executions.expect("executions");
        (item.state.word(), complete, planned)
    };
    let [a, b, c] = ["01", "01_RECOVERY", "02"].map(run);
    let [v2, v3] = ["02_V2", "02_V3"].map(run);
    assert_eq!(executions(&[(&a, OPEN), (&b, DONE)]), ("in_review", 1, 1));
    assert_eq!(executions(&[(&a, DONE), (&c, OPEN), (&v2, OPEN), (&v3, DONE)]), ("in_review", 2, 2));
    assert_eq!(executions(&[(&c, DONE), (&v2, OPEN)]), ("in_progress", 0, 1));
    let archived = run("01_NESTED_ARCHIVED");
    assert_eq!(executions(&[(&archived, DONE)]), ("in_review", 1, 1));
    let abandoned = OPEN.replace("🔄 In Progress", "Abandoned");
    assert_eq!(executions(&[(&a, &abandoned), (&c, DONE)]), ("in_review", 1, 1));
}

#[test]
fn a_designs_table_says_how_many_runs_are_planned() {
    let table = "# SUBPLAN: s\n\n## 🔄 Active EXECUTION_TASKs\n\n| Execution | Status |\n|---|---|\n\
                 | 11_01 | open |\n| `EXECUTION_TASK_POOL_11_02.md` | open |\n| (none) | |\n\n## Tests\n\n\
                 | Case |\n|---|\n| 03 |\n";
    let item = first(&[(SUBPLAN, table), (&run("01"), DONE)]);
    assert_eq!(item.executions, Some(Executions { complete: 1, planned: 2 }));
    assert_eq!((item.state.word(), item.action), ("in_progress", Some(Action::CreateExecution)));
    assert_eq!(
        item.why,
        "EXECUTION_TASK_POOL_11_01.md is complete, and the SUBPLAN plans more (1 of 2 runs)"
    );
}

#[test]
fn a_run_is_complete_by_its_head_or_its_last_status_line() {
    let check = |text: &str, complete: bool, problems: &[&str]| {
        let listing = pool().pool(&run("01"), text);
        let plan = plan(&listing, "POOL");
        assert_eq!(item(&plan, "1.1").state.word() == "in_review", complete, "{text}");
        assert_eq!(codes(&plan), problems, "{text}");
    };
    check("# T\n\n**Status**: ✅ **COMPLETE**\n", true, &[]);
    check("# T\n\n**Status**: Complete\n\n## Log\n\n**Status**: In progress\n", true, &[]);
    check(
        "# T\n\n**Status**: 📋 Ready\n\n## Log\n\n- **Status**: half\n\n**Status**: Complete\n",
        true,
        &["stale-status"],
    );
    check("# T\n\n**Status**: 📋 Ready\n\n```\n**Status**: ✅ Complete\n```\n", false, &[]);
    check("# T\n\n- [x] everything\n", false, &[]);
    check("", false, &[]);
}

#[test]
fn documents_come_in_order_and_the_newest_is_last() {
    let item = first(&[
        (SUBPLAN, "# SUBPLAN: s\n"),
        (&run("10"), DONE),
        (&run("02"), DONE),
        (&run("02_V2"), DONE),
        (FIX, ""),
        (RESOLUTION, ""),
        (APPROVED, ""),
        ("execution/ACHIEVEMENT-1.1-COMPLETION-SUMMARY.md", ""),
    ]);
    let names: Vec<&str> =
        item.documents.iter().map(|it| it.path.rsplit('/').next().expect("a name")).collect();
    assert_eq!(
        names,
        [
            "SUBPLAN_POOL_11.md",
            "EXECUTION_TASK_POOL_11_02.md",
            "EXECUTION_TASK_POOL_11_02_V2.md",
            "EXECUTION_TASK_POOL_11_10.md",
            "APPROVED_11.md",
            "FIX_11.md",
            "FIX_11_RESOLUTION.md",
            "ACHIEVEMENT-1.1-COMPLETION-SUMMARY.md"
        ]
    );
    let newest = item.document(DocumentKind::Execution).expect("an execution");
    assert!(newest.path.ends_with("_10.md"));
}

#[test]
fn next_is_fixes_then_reviews_then_what_is_under_way_then_designed_then_the_rest() {
    let text = format!("{POOL}\n**Achievement 2.2**: More\n\n**Achievement 2.3**: Most\n");
    let listing = Listing::new()
        .with("work-space/plans/POOL/PLAN_POOL.md", &text)
        .pool("subplans/SUBPLAN_POOL_12.md", "# S\n")
        .pool("execution/EXECUTION_TASK_POOL_21_01.md", OPEN)
        .pool("execution/EXECUTION_TASK_POOL_22_01.md", DONE)
        .pool("execution/feedbacks/FIX_23.md", "");
    let plan = plan(&listing, "POOL");
    let next: Vec<String> = next(&plan).iter().map(|it| it.action.sentence(&it.item)).collect();
    assert_eq!(
        next,
        ["Fix 2.3", "Review 2.2", "Continue 2.1", "Create EXECUTION for 1.2", "Create SUBPLAN for 1.1"]
    );
    assert_eq!(plan.state.word(), "needs_attention");
    assert_eq!(plan.why, "2.3: FIX_23.md exists, and nothing answers it");
}

fn with_parallel(json: &str, files: &[(&str, &str)]) -> Plan {
    let listing = pool().pool("parallel.json", json);
    plan(&files.iter().fold(listing, |listing, (path, text)| listing.pool(path, text)), "POOL")
}

#[test]
fn parallel_json_gives_needs_estimates_and_what_runs_side_by_side() {
    let json = r#"{"plan_name": "POOL", "parallelization_level": "level_3", "achievements": [
        {"achievement_id": "1.1", "dependencies": [], "estimated_hours": "4-6", "status": "complete"},
        {"achievement_id": "1.2", "dependencies": ["1.1"], "estimated_hours": 3.5, "status": "complete"},
        {"id": 2.1, "dependencies": ["1.1"], "status": "not_started"}]}"#;
    let plan = with_parallel(json, &[(APPROVED, "")]);
    assert_eq!(states(&plan), ["1.1 done (approved)", "1.2 ready (not started)", "2.1 ready (not started)"]);
    assert_eq!(item(&plan, "1.1").hours, Some(Hours { low: 4.0, high: 6.0 }));
    assert_eq!(item(&plan, "1.2").hours, Some(Hours { low: 3.5, high: 3.5 }));
    let group: Vec<&str> = runnable_group(&plan).iter().map(|item| item.id.as_str()).collect();
    assert_eq!(group, ["1.2", "2.1"]);
    assert_eq!(
        said(&plan, &[Code::StaleStatus]),
        ["work-space/plans/POOL/parallel.json: its states are stale: 1.2 (complete, but not started)"]
    );
    let by_priority = with_parallel(&json.replace("level_3", "level_2"), &[(APPROVED, "")]);
    assert!(runnable_group(&by_priority).is_empty(), "1.2 and 2.1 are of two priorities");
    let by_achievement = with_parallel(&json.replace("level_3", "level_1"), &[(APPROVED, "")]);
    assert!(runnable_group(&by_achievement).is_empty());
}

#[test]
fn what_waits_for_something_unapproved_is_blocked_and_not_next() {
    let json = r#"{"achievements": [{"achievement_id": "1.1"},
        {"achievement_id": "1.2", "dependencies": ["1.1"]}, {"achievement_id": "2.1", "dependencies": []}]}"#;
    let plan = with_parallel(json, &[("subplans/SUBPLAN_POOL_12.md", "# S\n")]);
    assert_eq!(states(&plan)[1], "1.2 blocked (designed)");
    assert_eq!(
        item(&plan, "1.2").why,
        "SUBPLAN_POOL_12.md exists and no EXECUTION_TASK of it; waits for 1.1"
    );
    let next: Vec<String> = next(&plan).iter().map(|it| it.item.to_string()).collect();
    assert_eq!(next, ["1.1", "2.1"]);
}

#[test]
fn a_broken_parallel_json_is_a_problem_and_not_the_end() {
    let check = |json: &str, codes: &[Code], message: &str| {
        let plan = with_parallel(json, &[]);
        let said = said(&plan, codes);
        assert!(said.iter().any(|it| it.contains(message)), "{json}: {said:?} {:?}", self::codes(&plan));
        assert_eq!(plan.items.len(), 3);
    };
    check("{\n \"achievements\": [,]}", &[Code::Malformed], "parallel.json:2: it is not JSON");
    check("[]", &[Code::Malformed], "it lists no achievements");
    check(
        r#"{"achievements": [{}]}"#,
        &[Code::Malformed],
        "entry 1 of its achievements has no achievement_id",
    );
    check(
        r#"{"parallelization_level": "level_9", "achievements": []}"#,
        &[Code::UnknownState],
        "`level_9` is no parallelization_level",
    );
    let cyclic = r#"{"achievements": [{"achievement_id": "1.1", "dependencies": ["1.2"]},
        {"achievement_id": "1.2", "dependencies": ["1.1"]}]}"#;
    check(cyclic, &[Code::Circle], "1.1 → 1.2 → 1.1");
    check(cyclic, &[Code::IndexMismatch], "it leaves out 2.1");
    let unknown = r#"{"achievements": [{"achievement_id": "1.1", "dependencies": ["1.9"]},
        {"achievement_id": "9.1", "dependencies": []}]}"#;
    check(unknown, &[Code::DanglingNeed], "1.1 needs 1.9, which this plan does not have");
    check(unknown, &[Code::IndexMismatch], "it lists 9.1, which the plan does not have");
}

#[test]
fn other_names_of_parallel_json_are_read_too() {
    for name in ["PARALLEL-EXECUTION-ANALYSIS.json", "parallel-execution.json", "parallel_analysis.json"] {
        let json = r#"{"achievements": [{"achievement_id": "1.2", "dependencies": ["1.1"]}]}"#;
        let plan = plan(&pool().pool(name, json), "POOL");
        assert_eq!(item(&plan, "1.2").state.word(), "blocked", "{name}");
    }
}

#[test]
fn marker_files_become_badges_and_a_pause_is_respected() {
    let listing =
        pool().pool("pause.txt", "").pool("01-done.txt", "").pool("03.txt", "").pool("notes.txt", "");
    let paused = plan(&listing, "POOL");
    assert_eq!(paused.badges, ["at 01 done", "at 03", "paused"]);
    assert_eq!(paused.state.word(), "paused");
    let badges = |file: &str| plan(&pool().pool(file, ""), "POOL").badges;
    assert_eq!(badges("completed.txt"), ["done by hand"]);
    assert_eq!(badges("end.txt"), ["done by hand"]);
    assert_eq!(badges("waiting.txt"), ["waiting"]);
    assert_eq!(badges("stop.txt"), ["paused"]);
}
