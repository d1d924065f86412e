//! Runs whose tasks are a plan's items: what the plan's own files say while they go on and afterwards.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc, time::Duration};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Theatre, attempt};
use crate::{
    clock::{Clock, SystemClock},
    engine::scribe::{Note, Pen, Said, Work},
    plan::{
        ItemState, Selection,
        listing::{Content, Entry, Listing},
        read_workspace,
    },
    process::scripted::{Act, Part},
    run::{EventKind, Verdict},
    workspace::{Editor, state::StateFolder},
};

const SESSION: &str = ".workflow/active/WFS-tower";

/// A workspace with these files.
fn workspace(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// A run of these items, each by a task of its own, that all wait for nothing.
fn run_of(plan: &Value, items: &[&str]) -> Value {
    let task = |item: &&str| {
        let name = item.replace('#', "-");
        json!({ "name": name, "item": item, "write_back": true })
    };
    json!({ "plan": plan, "slots": 4, "tasks": items.iter().map(task).collect::<Vec<_>>() })
}

fn plan_ref(id: &str, dialect: &str, path: &str) -> Value {
    json!({ "id": id, "title": "A plan", "dialect": dialect, "path": path })
}

fn after(seconds: u64, code: i32) -> Part {
    Part::exits(Duration::from_secs(seconds), code)
}

fn play(workspace: TempDir, spec: Value, parts: &[(&str, Part)]) -> Theatre {
    let rehearse = |cast: &crate::process::scripted::ScriptedLauncher| {
        for (task, part) in parts {
            cast.script(attempt(task, 1), part.clone());
        }
    };
    Theatre::within(workspace, spec, rehearse, |cast| Box::new(cast.clone()))
}

/// How the items of the only plan stand, as it is read from its files.
fn states(root: &Path) -> BTreeMap<String, ItemState> {
    let mut listing = Listing::new();
    add(&mut listing, root, "");
    let named = vec!["notes/list.md".to_owned()];
    let plans = read_workspace(&listing, &Selection { named, ..Selection::default() }).plans;
    let [plan] = plans.as_slice() else { panic!("{plans:#?}") };
    plan.items.iter().map(|item| (item.id.to_string(), item.state)).collect()
}

fn add(listing: &mut Listing, root: &Path, below: &str) {
    for entry in fs::read_dir(root.join(below)).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if path == ".plandeck" {
            continue;
        }
        if entry.path().is_dir() {
            listing.insert(&*path, Entry { modified: None, size: 0, content: Content::Folder, stamp: None });
            add(listing, root, &path);
        } else {
            *listing = std::mem::take(listing).with(&path, &fs::read_to_string(entry.path()).unwrap());
        }
    }
}

fn text(theatre: &Theatre, path: &str) -> String {
    fs::read_to_string(theatre.workspace.path().join(path)).unwrap()
}

fn session() -> TempDir {
    let task = |id: &str, title: &str| {
        format!(
            "{{\n  \"id\": \"{id}\",\n  \"title\": \"{title}\",\n  \"status\": \"pending\",\n  \"meta\": {{\"x\": 1}}\n}}\n"
        )
    };
    workspace(&[
        (
            &format!("{SESSION}/workflow-session.json"),
            "{\"session_id\": \"WFS-tower\", \"project\": \"Water tower\", \"status\": \"active\"}\n",
        ),
        (&format!("{SESSION}/IMPL_PLAN.md"), "# Implementation Plan: Water tower\n"),
        (&format!("{SESSION}/.task/IMPL-1.json"), &task("IMPL-1", "Dig")),
        (&format!("{SESSION}/.task/IMPL-2.json"), &task("IMPL-2", "Line")),
        (&format!("{SESSION}/.task/IMPL-3.json"), &task("IMPL-3", "Fill")),
        (
            &format!("{SESSION}/TODO_LIST.md"),
            "# Tasks: Water tower\r\n- [ ] **IMPL-1**: Dig → [📋](./.task/IMPL-1.json)\r\n- [ ] **IMPL-2**: Line → [📋](./.task/IMPL-2.json)\r\n- [ ] **IMPL-3**: Fill\r\n\r\nNotes of a person.\r\n",
        ),
    ])
}

fn session_run(items: &[&str]) -> Value {
    run_of(&plan_ref("WFS-tower", "ccw", &format!("{SESSION}/IMPL_PLAN.md")), items)
}

#[test]
fn a_session_says_in_its_own_files_what_became_of_its_tasks() {
    let spec = session_run(&["IMPL-1", "IMPL-2", "IMPL-3"]);
    let parts = [("IMPL-1", after(60, 0)), ("IMPL-2", after(90, 3)), ("IMPL-3", after(30, 0))];
    let mut theatre = play(session(), spec, &parts);
    assert_eq!(theatre.play(), Verdict::Failed);
    let told = json!({
        "list": text(&theatre, &format!("{SESSION}/TODO_LIST.md")),
        "one": text(&theatre, &format!("{SESSION}/.task/IMPL-1.json")),
        "two": text(&theatre, &format!("{SESSION}/.task/IMPL-2.json")),
        "summary": text(&theatre, &format!("{SESSION}/.summaries/IMPL-1-summary.md")),
    });
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("a_session_after_its_run", shown(&told)));
    assert!(!theatre.workspace.path().join(format!("{SESSION}/.summaries/IMPL-2-summary.md")).exists());
    let states = states(theatre.workspace.path());
    assert_eq!(states["IMPL-1"], ItemState::Done);
    assert_eq!(states["IMPL-2"], ItemState::NeedsFix, "it failed, and can be run again");
    let record = theatre.journal().run(super::run_id()).unwrap().unwrap();
    assert_eq!(record.deliverables, [""; 0], "what we wrote ourselves is no deliverable");
}

/// Texts as they are, for a reader of the snapshot.
fn shown(told: &Value) -> String {
    let Value::Object(parts) = told else { panic!("an object is shown") };
    let show = |(name, value): (&String, &Value)| {
        format!("== {name}\n{}\n", value.as_str().unwrap().replace('\r', "␍"))
    };
    parts.iter().map(show).collect()
}

/// The first item succeeds, the second fails, the third goes on until it is cancelled.
fn check(files: &[(&str, &str)], plan: &Value, items: [&str; 3], failed: ItemState, running: ItemState) {
    let parts = [(items[0], after(60, 0)), (items[1], after(60, 1)), (items[2], Part::new(Act::Hangs))];
    let before = workspace(files);
    let kept: Vec<Vec<u8>> =
        files.iter().map(|(path, _)| fs::read(before.path().join(path)).unwrap()).collect();
    let mut theatre = play(before, run_of(plan, &items), &parts);
    theatre.play_until(Duration::from_mins(2));
    theatre.hear_the_scribe_say(&[items[0], items[1]]);
    let half = states(theatre.workspace.path());
    let open = |state: ItemState| matches!(state, ItemState::Pending | ItemState::Ready);
    assert_eq!(half[items[0]], ItemState::Done, "{plan}");
    assert!(half[items[1]] == failed || open(half[items[1]]) && open(failed), "{plan}: {half:?}");
    assert!(half[items[2]] == running || open(half[items[2]]) && open(running), "{plan}: {half:?}");
    theatre.cancel();
    assert_eq!(theatre.play(), Verdict::Failed);
    let whole = states(theatre.workspace.path());
    assert!(open(whole[items[2]]), "{plan}: nobody works on it any more: {whole:?}");
    let root = theatre.workspace.path();
    let editor = Editor::new(root, StateFolder::at(root.join(".plandeck")), 0o022);
    editor.undo().unwrap();
    for ((path, _), bytes) in files.iter().zip(kept) {
        assert_eq!(String::from_utf8(fs::read(root.join(path)).unwrap()), String::from_utf8(bytes), "{path}");
    }
}

#[test]
fn every_dialect_says_what_became_of_its_items_and_all_of_it_can_be_taken_back() {
    let tasks = "{ \"master\": { \"tasks\": [\n  {\"id\": 1, \"title\": \"a\", \"status\": \"pending\"},\n  {\"id\": 2, \"title\": \"b\", \"status\": \"pending\", \"subtasks\": []},\n  {\"id\": 3, \"title\": \"c\", \"status\": \"pending\"} ] } }";
    check(
        &[(".taskmaster/tasks/tasks.json", tasks)],
        &plan_ref("master", "taskmaster", ".taskmaster/tasks/tasks.json"),
        ["1", "2", "3"],
        ItemState::Pending,
        ItemState::InProgress,
    );
    check(
        &[("specs/001-a/tasks.md", "# Tasks\n- [ ] T001 [P] a\n- [ ] T002 [P] b\r\n- [ ] T003 [P] c")],
        &plan_ref("001-a", "speckit", "specs/001-a/tasks.md"),
        ["T001", "T002", "T003"],
        ItemState::Pending,
        ItemState::Pending,
    );
    check(
        &[("notes/list.md", "# List\n- [ ] One\n- [ ] Two\n- [ ] Three\n")],
        &plan_ref("notes/list.md", "checklist", "notes/list.md"),
        ["1.1", "1.2", "1.3"],
        ItemState::Pending,
        ItemState::Pending,
    );
    check(
        &[("openspec/changes/add/tasks.md", "## 1. All\n- [ ] 1.1 One\n- [ ] 1.2 Two\n- [ ] 1.3 Three\n")],
        &plan_ref("add", "openspec", "openspec/changes/add/tasks.md"),
        ["1.1", "1.2", "1.3"],
        ItemState::Pending,
        ItemState::Pending,
    );
    let issue = |id: &str| {
        format!(
            "{{\"id\":\"x-{id}\",\"title\":\"t\",\"status\":\"open\",\"updated_at\":\"2026-01-01T00:00:00Z\"}}\n"
        )
    };
    check(
        &[(".beads/issues.jsonl", &["a", "b", "c"].map(issue).concat())],
        &plan_ref("beads", "beads", ".beads/issues.jsonl"),
        ["x-a", "x-b", "x-c"],
        ItemState::Pending,
        ItemState::InProgress,
    );
}

#[test]
fn dialects_with_a_file_for_each_task_are_found_and_written_there() {
    let task = |id: u32| {
        format!(
            "---\nid: task-{id}\ntitle: Task {id}\nstatus: To Do\nassignee: []\n---\nWhat is to be done.\n"
        )
    };
    check(
        &[
            (
                "backlog/config.yml",
                "project_name: \"Pumps\"\nstatuses: [\"To Do\", \"In Progress\", \"Done\"]\n",
            ),
            ("backlog/tasks/task-1 - a.md", &task(1)),
            ("backlog/tasks/task-2 - b.md", &task(2)),
            ("backlog/tasks/task-3 - c.md", &task(3)),
        ],
        &plan_ref("backlog", "backlog", "backlog"),
        ["task-1", "task-2", "task-3"],
        ItemState::Pending,
        ItemState::InProgress,
    );
    let task = |id: u32| format!("---\nstatus: pending\ntitle: Task {id}\n---\n# Task {id}\n");
    check(
        &[
            (
                ".compozy/tasks/pump/_tasks.md",
                "# Tasks\n- [ ] task_01 One\n- [ ] task_02 Two\n- [ ] task_03 Three\n",
            ),
            (".compozy/tasks/pump/task_01.md", &task(1)),
            (".compozy/tasks/pump/task_02.md", &task(2)),
            (".compozy/tasks/pump/task_03.md", &task(3)),
        ],
        &plan_ref("pump", "compozy", ".compozy/tasks/pump/_tasks.md"),
        ["task_01", "task_02", "task_03"],
        ItemState::Pending,
        ItemState::InProgress,
    );
    let files: Vec<(String, String)> = ["IMPL-1", "IMPL-2", "IMPL-3"]
        .iter()
        .map(|id| (format!("{SESSION}/.task/{id}.json"), format!("{{\"id\": \"{id}\", \"title\": \"t\"}}\n")))
        .chain([(
            format!("{SESSION}/TODO_LIST.md"),
            "- [ ] IMPL-1: a\n- [ ] IMPL-2: b\n- [ ] IMPL-3: c\n".to_owned(),
        )])
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    check(
        &files,
        &plan_ref("WFS-tower", "ccw", SESSION),
        ["IMPL-1", "IMPL-2", "IMPL-3"],
        ItemState::NeedsFix,
        ItemState::InProgress,
    );
}

#[test]
fn what_cannot_be_written_is_recorded_and_the_run_ends_all_the_same() {
    let spec = session_run(&["IMPL-1", "IMPL-2", "IMPL-9"]);
    let folder = session();
    fs::write(folder.path().join(format!("{SESSION}/.task/IMPL-2.json")), "{ \"id\": ").unwrap();
    let mut theatre = play(folder, spec, &[]);
    assert_eq!(theatre.play(), Verdict::Succeeded);
    let record = theatre.journal().run(super::run_id()).unwrap().unwrap();
    let said: BTreeMap<&str, &str> =
        record.unwritten.iter().map(|(task, why)| (task.as_str(), why.as_str())).collect();
    assert_eq!(record.unwritten.len(), 2, "{said:?}");
    assert_eq!(said["IMPL-9"], "IMPL-9 is not in the plan any more");
    assert!(said["IMPL-2"].contains(".task/IMPL-2.json"), "{said:?}");
    let written = theatre.events().into_iter().filter_map(|event| match event.kind {
        EventKind::PlanWritten { tasks } => Some(tasks),
        _ => None,
    });
    assert_eq!(written.flatten().collect::<Vec<_>>(), ["IMPL-1".into()]);
    assert_eq!(states(theatre.workspace.path())["IMPL-1"], ItemState::Done);
}

#[test]
fn files_are_kept_as_they_were_before_the_first_change() {
    let folder = session();
    let list = format!("{SESSION}/TODO_LIST.md");
    let before = fs::read(folder.path().join(&list)).unwrap();
    let parts = [("IMPL-1", after(1, 0)), ("IMPL-2", after(100, 0))];
    let mut theatre = play(folder, session_run(&["IMPL-1", "IMPL-2"]), &parts);
    assert_eq!(theatre.play(), Verdict::Succeeded);
    assert_eq!(fs::read(theatre.folder.before().join(list)).unwrap(), before);
}

#[test]
fn four_writers_of_a_hundred_and_fifty_updates_each_lose_nothing() {
    const WRITERS: usize = 4;
    const UPDATES: usize = 150;
    let id = |writer: usize, update: usize| format!("IMPL-{}.{}", writer + 1, update + 1);
    let ids = || (0..WRITERS).flat_map(|writer| (0..UPDATES).map(move |update| (writer, update)));
    let mut files: Vec<(String, String)> = ids()
        .map(|(writer, update)| id(writer, update))
        .map(|id| {
            (format!("{SESSION}/.task/{id}.json"), format!("{{\"id\": \"{id}\", \"status\": \"pending\"}}\n"))
        })
        .collect();
    let list: String =
        ids().map(|(writer, update)| format!("- [ ] **{}**: Work\n", id(writer, update))).collect();
    files.push((format!("{SESSION}/TODO_LIST.md"), list.clone()));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let folder = workspace(&files);
    let root = folder.path();
    let state = StateFolder::at(root.join(".plandeck"));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (state, clock) = (&state, &clock);
            scope.spawn(move || {
                let spec = json!({ "plan": plan_ref("WFS-tower", "ccw", SESSION), "tasks": [] });
                let spec = Arc::new(super::specification(spec, root.to_str().unwrap()));
                let mut pen = Pen::of(&spec, root, state, Arc::clone(clock)).unwrap();
                for update in 0..UPDATES {
                    let id = id(writer, update);
                    let note = Note {
                        task: id.as_str().into(),
                        item: id.as_str().into(),
                        what: Said::Succeeded,
                        passages: vec![(ItemState::Done, clock.wall())],
                        work: Work::default(),
                    };
                    let written = pen.write(vec![note]);
                    assert_eq!(written.tasks, [id.as_str().into()], "{written:?}");
                }
            });
        }
    });
    let states = states(root);
    assert_eq!(states.values().filter(|state| **state == ItemState::Done).count(), WRITERS * UPDATES);
    let after = fs::read_to_string(root.join(format!("{SESSION}/TODO_LIST.md"))).unwrap();
    let bare: String =
        after.lines().map(|line| line.split(" → ").next().unwrap().replace("[x]", "[ ]") + "\n").collect();
    assert_eq!((bare, after.matches("[x]").count()), (list, WRITERS * UPDATES));
}

#[test]
fn a_session_whose_tasks_are_all_over_says_so_itself_and_one_with_an_open_task_does_not() {
    let metadata = format!("{SESSION}/workflow-session.json");
    let summary = format!("{SESSION}/.summaries/SESSION-summary.md");
    let mut theatre = play(session(), session_run(&["IMPL-1", "IMPL-2"]), &[]);
    assert_eq!(theatre.play(), Verdict::Succeeded);
    assert!(text(&theatre, &metadata).contains("\"status\": \"active\""), "IMPL-3 is open");
    assert!(!theatre.workspace.path().join(&summary).exists());
    let parts = [("IMPL-1", after(60, 0)), ("IMPL-2", after(61, 0)), ("IMPL-3", after(90, 0))];
    let mut theatre = play(session(), session_run(&["IMPL-1", "IMPL-2", "IMPL-3"]), &parts);
    assert_eq!(theatre.play(), Verdict::Succeeded);
    let now = text(&theatre, &metadata);
    assert!(now.contains("\"status\": \"completed\", \"completed_at\": \"19"), "{now}");
    let summary = text(&theatre, &summary);
    assert!(summary.contains("- **Tasks**: 3 done of 3\n"), "{summary}");
    assert!(summary.contains("3 succeeded, 0 did not, in 3 attempts\n"), "{summary}");
    let record = theatre.journal().run(super::run_id()).unwrap().unwrap();
    assert_eq!(record.deliverables, [""; 0]);
    let root = theatre.workspace.path();
    let editor = Editor::new(root, StateFolder::at(root.join(".plandeck")), 0o022);
    editor.undo().unwrap();
    assert!(text(&theatre, &metadata).contains("\"status\": \"active\""), "all of it is taken back");
}
