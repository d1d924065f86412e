use proptest::prelude::*;

use super::*;
use crate::plan::{Selection, read_workspace};

const NOW: &str = "2026-02-03T04:05:06.000Z";

fn listing(files: &[(&str, &str)]) -> Listing {
    files.iter().fold(Listing::new(), |listing, (path, text)| listing.with(path, text))
}

fn plans(texts: &Listing) -> Vec<Plan> {
    let named = texts.iter().map(|(path, _)| path.to_owned()).filter(|it| it.starts_with("notes/"));
    read_workspace(texts, &Selection { dialects: Vec::new(), named: named.collect() }).plans
}

fn find<'p>(plans: &'p [Plan], id: &str) -> (&'p Plan, &'p Item) {
    let found = plans
        .iter()
        .find_map(|plan| plan.items.iter().find(|item| item.id.as_str() == id).map(|item| (plan, item)));
    found.unwrap_or_else(|| panic!("no item {id} in {plans:#?}"))
}

fn wish(texts: &Listing, id: &str, state: ItemState) -> Result<Vec<LineEdit>, NoEdit> {
    let plans = plans(texts);
    let (plan, item) = find(&plans, id);
    set_state(plan, item, state, texts, Timestamp::parse(NOW).unwrap())
}

/// The texts with lines replaced, each of which must be as it was seen.
fn applied(texts: &Listing, edits: &[LineEdit]) -> Listing {
    let mut texts = texts.clone();
    for edit in edits {
        let mut lines: Vec<String> = texts.text(&edit.file).unwrap().split('\n').map(str::to_owned).collect();
        let line = &mut lines[edit.line - 1];
        let end = if line.ends_with('\r') { "\r" } else { "" };
        assert_eq!(line.trim_end_matches('\r'), edit.seen);
        *line = format!("{}{end}", edit.new);
        texts = texts.with(&edit.file, &lines.join("\n"));
    }
    texts
}

fn reads_as(item: &Item, state: ItemState) -> bool {
    item.state == state || state == Pending && matches!(item.state, ItemState::Ready | Blocked)
}

/// Sets a state, compares the lines that change, and reads the new state back.
fn check(files: &[(&str, &str)], id: &str, state: ItemState, expected: &[(&str, &str)]) {
    let texts = listing(files);
    let edits = wish(&texts, id, state).unwrap_or_else(|why| panic!("{id} {}: {why:?}", state.word()));
    let changed: Vec<_> = edits.iter().map(|it| (it.seen.as_str(), it.new.as_str())).collect();
    assert_eq!(changed, expected, "{id} to {}", state.word());
    let after = plans(&applied(&texts, &edits));
    let item = find(&after, id).1;
    assert!(reads_as(item, state), "{id} is read as {}: {}", item.state.word(), item.why);
}

fn refused(files: &[(&str, &str)], id: &str, state: ItemState, expected: NoEdit) {
    assert_eq!(wish(&listing(files), id, state), Err(expected), "{id} to {}", state.word());
}

fn tasks(text: &str) -> [(&str, &str); 1] {
    [("specs/001-a/tasks.md", text)]
}

fn checklist(text: &str) -> [(&str, &str); 1] {
    [("notes/list.md", text)]
}

fn change(text: &str) -> [(&str, &str); 1] {
    [("openspec/changes/add/tasks.md", text)]
}

fn session<'t>(file: &'t str, list: &'t str) -> [(&'t str, &'t str); 2] {
    [(".workflow/active/WFS-a/.task/IMPL-1.json", file), (".workflow/active/WFS-a/TODO_LIST.md", list)]
}

fn taskmaster(text: &str) -> [(&str, &str); 1] {
    [(".taskmaster/tasks/tasks.json", text)]
}

fn backlog<'t>(config: &'t str, task: &'t str) -> [(&'t str, &'t str); 2] {
    [("backlog/config.yml", config), ("backlog/tasks/task-1 - Dig.md", task)]
}

fn issues(text: &str) -> [(&str, &str); 1] {
    [(".beads/issues.jsonl", text)]
}

use ItemState::{Blocked, Done, InProgress, InReview, NeedsFix, Pending, Skipped};

#[test]
fn a_box_is_ticked_by_its_place_and_never_a_marker_or_a_link() {
    check(
        &tasks("- [P] [ ] T001 Marker first\n- [X] T002 Other"),
        "T001",
        Done,
        &[("- [P] [ ] T001 Marker first", "- [P] [X] T001 Marker first")],
    );
    check(
        &tasks("1. [ ] T001 [P] [US1] [a](b) x [ ] y\r\n"),
        "T001",
        Done,
        &[("1. [ ] T001 [P] [US1] [a](b) x [ ] y", "1. [x] T001 [P] [US1] [a](b) x [ ] y")],
    );
    check(
        &tasks("```\n- [ ] T001 In a fence\n```\n> * [x] T001 Real"),
        "T001",
        Pending,
        &[("> * [x] T001 Real", "> * [ ] T001 Real")],
    );
    check(&tasks("- [\t] T001 Tab"), "T001", Done, &[("- [\t] T001 Tab", "- [x] T001 Tab")]);
    check(&tasks("- [ ] T001 a\n- [x] T001 b\n"), "T001~2", Pending, &[("- [x] T001 b", "- [ ] T001 b")]);
}

#[test]
fn the_files_own_habit_decides_the_mark() {
    check(&tasks("- [ ] T001 a\n- [~] T002 b"), "T001", InProgress, &[("- [ ] T001 a", "- [~] T001 a")]);
    check(&tasks("- [ ] T001 a\n- [✅] T002 b"), "T001", Done, &[("- [ ] T001 a", "- [✅] T001 a")]);
    check(&tasks("- [⚠️] T001 a"), "T001", Done, &[("- [⚠️] T001 a", "- [x] T001 a")]);
    refused(&tasks("- [ ] T001 a"), "T001", InProgress, NoEdit::NoWord);
    refused(&tasks("- [ ] T001 a"), "T001", Pending, NoEdit::Already);
    refused(&tasks("- [X] T001 a\n- [x] T002 a\n- [x] T003 a"), "T001", Done, NoEdit::Already);
    refused(&tasks("- [ ] ~~T001 a~~"), "T001", Pending, NoEdit::DecidedElsewhere);
    refused(&tasks("- [x] ~~T001 a~~"), "T001", Pending, NoEdit::DecidedElsewhere);
    check(&tasks("- [ ] ~~T001 a~~"), "T001", Done, &[("- [ ] ~~T001 a~~", "- [x] ~~T001 a~~")]);
}

#[test]
fn tasks_without_boxes_have_signs_or_words() {
    check(&tasks("- ✅ T001 a\n- 🚧 T002 b"), "T002", Done, &[("- 🚧 T002 b", "- ✅ T002 b")]);
    check(
        &tasks("### T001: a\n\n- **Status**: ✅ DONE (yesterday)\n"),
        "T001",
        Pending,
        &[("- **Status**: ✅ DONE (yesterday)", "- **Status**: Pending (yesterday)")],
    );
    refused(&tasks("### T001: a\n- [x] one\n- [ ] two\n"), "T001", Done, NoEdit::Container);
}

#[test]
fn checklists_have_all_the_marks_and_changes_of_openspec_two() {
    check(&checklist("* [ ] one\n"), "1.1", InProgress, &[("* [ ] one", "* [~] one")]);
    check(&checklist("* [ ] one\n"), "1.1", Skipped, &[("* [ ] one", "* [-] one")]);
    check(&checklist("* [ ] one\n"), "1.1", Blocked, &[("* [ ] one", "* [!] one")]);
    refused(&checklist("- [ ] one\n  - [ ] two\n"), "1.1", Done, NoEdit::Container);
    check(&change("- [ ] 1.1 One\n"), "1.1", Done, &[("- [ ] 1.1 One", "- [x] 1.1 One")]);
    refused(&change("- [ ] 1.1 One\n"), "1.1", InProgress, NoEdit::NoWord);
}

#[test]
fn a_session_changes_the_tasks_file_and_the_list_beside_it() {
    let file =
        "{\n  \"id\": \"IMPL-1\",\n  \"title\": \"Dig\",\n  \"status\": \"pending\",\n  \"x\": 1.50\n}\n";
    let list = "- [ ] **IMPL-1**: Dig → [📋](./.task/IMPL-1.json)\n- [x] **IMPL-2**: Fill\n";
    let box_line = "- [ ] **IMPL-1**: Dig → [📋](./.task/IMPL-1.json)";
    check(
        &session(file, list),
        "IMPL-1",
        Done,
        &[
            ("  \"status\": \"pending\",", "  \"status\": \"completed\","),
            (box_line, &box_line.replace("[ ]", "[x]")),
        ],
    );
    check(
        &session(file, list),
        "IMPL-1",
        InProgress,
        &[("  \"status\": \"pending\",", "  \"status\": \"in_progress\",")],
    );
    check(
        &session(
            "{\"id\":\"IMPL-1\",\"status\":\"completed\",\"meta\":{\"status\":\"x\"}}",
            "- [x] IMPL-1 Dig",
        ),
        "IMPL-1",
        Skipped,
        &[
            (
                "{\"id\":\"IMPL-1\",\"status\":\"completed\",\"meta\":{\"status\":\"x\"}}",
                "{\"id\":\"IMPL-1\",\"status\":\"cancelled\",\"meta\":{\"status\":\"x\"}}",
            ),
            ("- [x] IMPL-1 Dig", "- [ ] IMPL-1 Dig"),
        ],
    );
    check(
        &session("{\"id\": \"IMPL-1\", \"title\": \"No status\"}", ""),
        "IMPL-1",
        Blocked,
        &[(
            "{\"id\": \"IMPL-1\", \"title\": \"No status\"}",
            "{\"id\": \"IMPL-1\", \"status\": \"blocked\", \"title\": \"No status\"}",
        )],
    );
    check(
        &session("{\"id\":\"IMPL-1\",\"meta\":{\"status\":\"active\"}}", ""),
        "IMPL-1",
        Done,
        &[(
            "{\"id\":\"IMPL-1\",\"meta\":{\"status\":\"active\"}}",
            "{\"id\":\"IMPL-1\",\"meta\":{\"status\":\"completed\"}}",
        )],
    );
    refused(&session(file, list), "IMPL-1", NeedsFix, NoEdit::NoWord);
    refused(&session(file, list), "IMPL-1", Pending, NoEdit::Already);
}

#[test]
fn tasks_inside_a_sessions_metadata_or_in_its_list_alone_are_found() {
    let embedded = "{\"session_id\":\"WFS-a\",\"tasks\":[{\"id\":\"A-1\",\"status\":\"pending\"},{\"id\":\"A-2\",\"status\":\"pending\"}]}";
    check(
        &[(".workflow/active/WFS-a/workflow-session.json", embedded)],
        "A-2",
        Done,
        &[(embedded, &embedded.replacen("2\",\"status\":\"pending", "2\",\"status\":\"completed", 1))],
    );
    check(
        &[(".workflow/active/WFS-a/TODO_LIST.md", "☐ **IMPL-1**: One\n- [ ] IMPL-2: Two\n")],
        "IMPL-1",
        Done,
        &[("☐ **IMPL-1**: One", "☑ **IMPL-1**: One")],
    );
    check(
        &[(".workflow/active/WFS-a/TODO_LIST.md", "☐ **IMPL-1**: One\n- [ ] IMPL-2: Two\n")],
        "IMPL-2",
        InProgress,
        &[("- [ ] IMPL-2: Two", "- [~] IMPL-2: Two")],
    );
    let struck = [(".workflow/active/WFS-a/TODO_LIST.md", "- [x] ~~**IMPL-3**: Three~~ (deprecated)\n")];
    refused(&struck, "IMPL-3", InProgress, NoEdit::DecidedElsewhere);
    refused(&struck, "IMPL-3", Done, NoEdit::DecidedElsewhere);
}

#[test]
fn task_master_changes_one_value_however_its_file_is_laid_out() {
    let pretty = "{\r\n \"master\": {\"tasks\": [\r\n  {\r\n   \"id\": 1,\r\n   \"title\": \"a\",\r\n   \"status\": \"pending\",\r\n   \"subtasks\": [\r\n    {\"id\": 1, \"title\": \"b\", \"status\": \"pending\"},\r\n    {\"id\": 2, \"title\": \"c\", \"status\": \"pending\"}\r\n   ]\r\n  }\r\n ]}\r\n}";
    check(
        &taskmaster(pretty),
        "1",
        InReview,
        &[("   \"status\": \"pending\",", "   \"status\": \"review\",")],
    );
    check(
        &taskmaster(pretty),
        "1.2",
        Done,
        &[(
            "    {\"id\": 2, \"title\": \"c\", \"status\": \"pending\"}",
            "    {\"id\": 2, \"title\": \"c\", \"status\": \"done\"}",
        )],
    );
    let flat = "{\"tasks\":[{\"id\":1,\"title\":\"a\",\"status\":\"done\"},{\"id\":2,\"title\":\"b\",\"status\":\"pending\"}]}";
    check(&taskmaster(flat), "2", InProgress, &[(flat, &flat.replace("pending", "in-progress"))]);
    refused(&taskmaster(flat), "2", NeedsFix, NoEdit::NoWord);
}

#[test]
fn of_several_objects_with_one_id_on_a_line_the_right_one_is_changed() {
    let line = r#"{"tasks":[{"id":1,"title":"a","status":"pending"},{"id":1,"title":"b","status":"pending"},{"id":1,"title":"c","status":"pending"}]}"#;
    let second = line.replacen(r#""b","status":"pending""#, r#""b","status":"done""#, 1);
    check(&taskmaster(line), "1~2", Done, &[(line, &second)]);
    let twice = r#"{"kiln":{"tasks":[{"id":1,"title":"a"}]},"kiln":{"tasks":[{"id":1,"title":"b","status":"pending"}]}}"#;
    let texts = listing(&taskmaster(twice));
    let plans = plans(&texts);
    let (plan, item) = (&plans[1], &plans[1].items[0]);
    assert_eq!(plan.id.as_str(), "kiln~2");
    let edits = set_state(plan, item, Done, &texts, Timestamp::parse(NOW).unwrap()).unwrap();
    assert_eq!(edits[0].new, twice.replacen("pending", "done", 1));
    let bare = r#"{"session_id":"WFS-a","tasks":[{"id":"A-1","status":"pending"},"A-1"]}"#;
    refused(&[(".workflow/active/WFS-a/workflow-session.json", bare)], "A-1~2", Done, NoEdit::NotFound);
}

#[test]
fn a_state_that_would_not_be_read_back_is_not_written() {
    let goes_on = "---\nstatus: not: so\n  and on\n---\n# Task 01\n";
    refused(&[(".compozy/tasks/a/task_01.md", goes_on)], "task_01", Done, NoEdit::DecidedElsewhere);
    let gathers = [(".workflow/active/WFS-a/TODO_LIST.md", "\u{25b8} **IMPL-1**: One\n")];
    refused(&gathers, "IMPL-1", Skipped, NoEdit::DecidedElsewhere);
    // A word that only waits is no word for what is stuck.
    let waits = [
        ("tasks/prd-a/_task_1.md", "---\nstatus: pending\nblocked_by: [\"2.0\"]\n---\n# Task 1.0: A\n"),
        ("tasks/prd-a/_task_2.md", "## status: completed\n# Task 2.0: B\n"),
    ];
    check(&waits, "2.0", Blocked, &[("## status: completed", "## status: blocked")]);
}

#[test]
fn a_backlog_is_written_in_its_own_words() {
    let task = |line: &str| format!("---\nid: task-1\ntitle: Dig\n{line}\nassignee: @ana\n---\n- [ ] #1 x\n");
    let words = "statuses: [\"Inbox\", \"Doing\", \"Shipped: v1\"]\n";
    let say = |config, line: &str, state, new: &str| {
        check(&backlog(config, &task(line)), "task-1", state, &[(line, new)]);
    };
    say("", "status: To Do", Done, "status: Done");
    say("", "status: 'To Do'   # column", InProgress, "status: 'In Progress'   # column");
    say("", "status: \"Done\"", Pending, "status: \"To Do\"");
    say("", "status:", InProgress, "status: In Progress");
    say(words, "status: Inbox", Done, "status: \"Shipped: v1\"");
    say(words, "status: Doing", Pending, "status: Inbox");
    refused(&backlog("", &task("status: To Do")), "task-1", Blocked, NoEdit::NoWord);
    let draft = task("status: To Do");
    refused(
        &[("backlog/drafts/task-1 - Dig.md", draft.as_str())],
        "task-1",
        InProgress,
        NoEdit::DecidedElsewhere,
    );
}

#[test]
fn an_issue_of_beads_carries_the_time_it_was_closed() {
    let open = "{\"id\":\"b-1\",\"title\":\"status\",\"status\":\"open\",\"updated_at\":\"2025-01-01T00:00:00Z\",\"zz\":[1,  2]}";
    let closed = format!(
        "{{\"id\":\"b-1\",\"title\":\"status\",\"status\":\"closed\",\"closed_at\":\"{NOW}\",\"updated_at\":\"{NOW}\",\"zz\":[1,  2]}}"
    );
    let two = format!("{{\"id\":\"b-0\",\"title\":\"other\"}}\n{open}\n");
    check(&issues(&two), "b-1", Done, &[(open, &closed)]);
    let reopened = closed.replace("\"closed\"", "\"in_progress\"").replacen(&format!("\"{NOW}\""), "null", 1);
    check(&issues(&closed), "b-1", InProgress, &[(&closed, &reopened)]);
    refused(&issues(open), "b-1", Pending, NoEdit::Already);
    refused(&issues(open), "b-1", Skipped, NoEdit::NoWord);
}

#[test]
fn a_task_of_compozy_is_set_in_all_its_shapes() {
    let say = |text: &str, old: &str, state, new: &str| {
        check(&[("tasks/prd-a/_task_1.md", text)], "1.0", state, &[(old, new)]);
    };
    say(
        "## status: pending <!-- x -->\n# Task 1.0: A\n",
        "## status: pending <!-- x -->",
        Done,
        "## status: completed <!-- x -->",
    );
    say(
        "---\nstatus: pending # Options: a, b\n---\n# Task 1.0: A\n",
        "status: pending # Options: a, b",
        InProgress,
        "status: in-progress # Options: a, b",
    );
    say("# Task 1.0: A\n\nSTATUS: completed\r\n", "STATUS: completed", Pending, "STATUS: pending");
    check(
        &[
            (".compozy/tasks/a/task_01.md", "---\nstatus: pending\n---\n# A\n- [ ] 1.1 step\n"),
            (".compozy/tasks/a/task_02.md", "---\nstatus: in_progress\n---\n# B\n"),
        ],
        "task_01",
        InProgress,
        &[("status: pending", "status: in_progress")],
    );
    check(
        &[("tasks/prd-a/_task_1.md", "## status: pending\n# Task 1.0: A\n- [ ] 1.1 step\n")],
        "1.1",
        Done,
        &[("- [ ] 1.1 step", "- [x] 1.1 step")],
    );
    check(
        &[
            ("tasks/prd-a/_task_1.md", "## status: pending\n# Task 1.0: A\n"),
            ("tasks/prd-a/_tasks.md", "# T\n\n- [ ] 1.0 A\n- [X] 2.0 B\n"),
        ],
        "1.0",
        Done,
        &[("## status: pending", "## status: completed"), ("- [ ] 1.0 A", "- [X] 1.0 A")],
    );
    let listed =
        [("tasks/prd-a/_task_1.md", "# Task 1.0: A\n"), ("tasks/prd-a/_tasks.md", "# T\n\n- [ ] 1.0 A\n")];
    check(&listed, "1.0", Done, &[("- [ ] 1.0 A", "- [x] 1.0 A")]);
    refused(&listed, "1.0", Blocked, NoEdit::NoWord);
}

#[test]
fn where_state_is_which_files_exist_no_line_is_changed() {
    let plan = "# PLAN: A\n\n**Achievement 1.1**: One\n";
    refused(&[("work-space/plans/A/PLAN_A.md", plan)], "1.1", Done, NoEdit::StateIsFiles);
}

#[test]
fn what_only_repeats_another_place_is_mended_and_nothing_else() {
    let check = |files: &[(&str, &str)], expected: &[(&str, &str)]| {
        let texts = listing(files);
        let before = plans(&texts);
        let mends: Vec<Mend> = before.iter().flat_map(|plan| mends(plan, &texts)).collect();
        let changed: Vec<_> = mends.iter().map(|it| (it.edit.seen.as_str(), it.edit.new.as_str())).collect();
        assert_eq!(changed, expected);
        let edits: Vec<LineEdit> = mends.iter().map(|it| it.edit.clone()).collect();
        let after = plans(&applied(&texts, &edits));
        let states = |plans: &[Plan]| -> Vec<_> {
            plans.iter().flat_map(|it| &it.items).map(|it| (it.id.clone(), it.state)).collect()
        };
        assert_eq!(states(&before), states(&after), "a state was changed");
        let told = |plans: &[Plan]| plans.iter().map(|it| it.problems.len()).sum::<usize>();
        assert_eq!(told(&after) + mends.len(), told(&before), "{after:#?}");
    };
    let task = |status: &str| format!("{{\"id\": \"IMPL-1\", \"status\": \"{status}\"}}");
    check(&session(&task("completed"), "- [ ] IMPL-1: a"), &[("- [ ] IMPL-1: a", "- [x] IMPL-1: a")]);
    check(&session(&task("pending"), "- [X] IMPL-1: a"), &[("- [X] IMPL-1: a", "- [ ] IMPL-1: a")]);
    check(&session(&task("pending"), "- [x] ~~IMPL-1: a~~"), &[]);
    check(
        &[
            (".workflow/active/WFS-a/.task/IMPL-1.json", &task("pending")),
            (".workflow/active/WFS-a/plan.json", "{\n \"task_ids\": [\"IMPL-1\"],\n \"task_count\": 4\n}"),
        ],
        &[(" \"task_count\": 4", " \"task_count\": 1")],
    );
    check(
        &[
            ("tasks/prd-a/_task_1.md", "## status: completed\n# Task 1.0: A\n"),
            ("tasks/prd-a/_tasks.md", "- [ ] 1.0 A\n"),
            ("tasks/prd-a/_meta.md", "- Total: 1\n- Completed: 0\n"),
        ],
        &[("- [ ] 1.0 A", "- [x] 1.0 A"), ("- Completed: 0", "- Completed: 1")],
    );
    check(&[("specs/a/tasks.md", "- [x ] T001 a\n- [ ] T002 b needs T009\n")], &[]);
}

fn line() -> impl Strategy<Value = String> {
    let mark = prop::sample::select(vec![" ", "x", "X", "~", "-", "!", "⚠️", "✅", "?"]);
    let bullet = prop::sample::select(vec!["- ", "* ", "  - ", "1. ", "> - ", "\t+ "]);
    let text =
        prop::sample::select(vec!["T001 a [ ] b", "[P] T2", "ünï `[x]`", "T001 [l](m)", "**x** ~~y~~"]);
    let boxed = (bullet, mark, text).prop_map(|(bullet, mark, text)| format!("{bullet}[{mark}] {text}"));
    let other =
        prop::sample::select(vec!["", "# H", "```", "<!--", "-->", "| a | [x] |", "prose [ ] x", "---"]);
    prop_oneof![4 => boxed, 1 => other.prop_map(str::to_owned)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_set_touches_its_lines_only_is_read_back_and_can_be_taken_back(
        lines in prop::collection::vec(line(), 0..14),
        end in prop::sample::select(vec!["\n", "\r\n"]),
        dialect in prop::sample::select(vec!["specs/a/tasks.md", "openspec/changes/a/tasks.md", "notes/a.md"]),
        state in prop::sample::select(vec![Pending, Done, InProgress, Skipped, Blocked]),
    ) {
        let text = lines.join(end);
        let texts = Listing::new().with(dialect, &text);
        for plan in plans(&texts) {
            for item in &plan.items {
                let Ok(edits) = set_state(&plan, item, state, &texts, Timestamp::from_millis(0)) else { continue };
                let after = applied(&texts, &edits);
                let now = after.text(dialect).unwrap();
                let differ = text.split('\n').zip(now.split('\n')).filter(|(a, b)| a != b).count();
                prop_assert_eq!(differ, edits.len());
                let read = plans(&after);
                let again = read[0].items.iter().find(|it| it.id == item.id).unwrap();
                prop_assert!(reads_as(again, state), "{} is {}", again.id, again.state.word());
                let back: Vec<LineEdit> = edits
                    .iter()
                    .map(|it| LineEdit { seen: it.new.clone(), new: it.seen.clone(), ..it.clone() })
                    .collect();
                let undone = applied(&after, &back);
                prop_assert_eq!(undone.text(dialect), Some(text.as_str()));
            }
        }
    }
}
