use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::plan::{
    Selection,
    listing::{Content, Entry},
    read_workspace,
    readers::Reading,
};

/// Files by path, each with how often it was written.
type Files = BTreeMap<String, (String, u64)>;

fn files() -> Files {
    let mut files = Files::new();
    for feature in ["001-lamp", "002-horn"] {
        let text =
            format!("# Tasks: {feature}\n\n## Phase 1: A\n\n- [x] T001 a\n- [ ] T002 b (depends on T001)\n");
        files.insert(format!("specs/{feature}/tasks.md"), (text, 0));
    }
    for plan in ["LAMP", "HORN"] {
        let folder = format!("work-space/plans/{plan}");
        let text = format!("# PLAN: {plan}\n\n**Achievement 1.1**: One\n\n**Achievement 1.2**: Two\n");
        files.insert(format!("{folder}/PLAN_{plan}.md"), (text, 0));
        let text = "# SUBPLAN\n\n**Achievement**: 1.1\n".to_owned();
        files.insert(format!("{folder}/subplans/SUBPLAN_{plan}_11.md"), (text, 0));
    }
    files.insert(
        "work-space/plans/PLAN_STRAY.md".into(),
        ("# PLAN: Stray\n\n**Achievement 1.1**: One\n".into(), 0),
    );
    files.insert("openspec/changes/a/tasks.md".into(), ("- [ ] 1.1 a\n".into(), 0));
    files.insert("tasks/prd-a/_tasks.md".into(), ("# A\n\n- [ ] 1.0 a\n".into(), 0));
    files.insert("tasks/prd-a/1_task.md".into(), ("# Task 1.0: a\n".into(), 0));
    files.insert(
        "backlog/tasks/task-1 - a.md".into(),
        ("---\nid: task-1\ntitle: a\nstatus: To Do\n---\n".into(), 0),
    );
    files.insert(
        ".beads/issues.jsonl".into(),
        ("{\"id\":\"a-1\",\"title\":\"a\",\"status\":\"open\"}\n".into(), 0),
    );
    files.insert(
        ".taskmaster/tasks/tasks.json".into(),
        ("{\"tasks\":[{\"id\":1,\"title\":\"a\",\"status\":\"pending\"}]}".into(), 0),
    );
    files.insert(
        ".workflow/active/WFS-a/workflow-session.json".into(),
        ("{\"session_id\":\"WFS-a\",\"project\":\"a\"}".into(), 0),
    );
    files.insert(
        ".workflow/active/WFS-a/.task/IMPL-1.json".into(),
        ("{\"id\":\"IMPL-1\",\"title\":\"a\",\"status\":\"pending\"}".into(), 0),
    );
    files
}

/// The listing of some files; what memory knows is put off, and counted when it is read after all.
fn listing(files: &Files, memory: &Arc<Memory>, read: &Arc<AtomicUsize>) -> Listing {
    let mut listing = Listing::new();
    let known = memory.texts();
    for (path, (text, version)) in files {
        let stamp = Stamp {
            size: text.len() as u64,
            modified: (0, 0),
            changed: (0, i64::try_from(*version).unwrap()),
            inode: (1, 1),
        };
        let content = if known.get(path) == Some(&stamp) {
            Content::Later(std::sync::OnceLock::new())
        } else {
            Content::Text(text.as_str().into())
        };
        listing.insert(path, Entry { stamp: Some(stamp), ..Entry::plain(None, stamp.size, content) });
    }
    let (texts, read) = (files.clone(), Arc::clone(read));
    let text = move |path: &str| {
        read.fetch_add(1, Ordering::Relaxed);
        Arc::from(texts[path].0.as_str())
    };
    listing.reading(text).remembering(Arc::clone(memory))
}

/// One look with memory, held against a reading from nothing; and how many known files it read.
fn look(files: &Files, memory: &Arc<Memory>) -> (Reading, usize) {
    let read = Arc::new(AtomicUsize::new(0));
    let listing = listing(files, memory, &read);
    memory.begin_look(listing.print());
    let reading = read_workspace(&listing, &Selection::default());
    memory.end_look(&listing);
    let mut plain = Listing::new();
    for (path, (text, _)) in files {
        plain = plain.with(path, text);
    }
    assert_eq!(reading, read_workspace(&plain, &Selection::default()));
    (reading, read.load(Ordering::Relaxed))
}

#[test]
fn what_has_not_changed_is_not_read_again() {
    let (mut files, memory) = (files(), Arc::new(Memory::default()));
    let (first, _) = look(&files, &memory);
    assert_eq!(first.plans.len(), 11, "{:?}", first.plans.iter().map(|it| &it.id).collect::<Vec<_>>());
    assert_eq!(look(&files, &memory).1, 0, "a second look reads nothing");
    let mut change = |path: &str, text: &str, expected: usize| {
        let version = files.get(path).map_or(0, |it| it.1 + 1);
        files.insert(path.to_owned(), (text.to_owned(), version));
        assert_eq!(look(&files, &memory).1, expected, "{path}");
        assert_eq!(look(&files, &memory).1, 0, "{path}, once more");
    };
    change("specs/001-lamp/tasks.md", "- [ ] T009 new\n", 0);
    // The plan's own file and its other document are read with the one that changed.
    change("work-space/plans/LAMP/subplans/SUBPLAN_LAMP_11.md", "# SUBPLAN\n\n**Achievement**: 1.2\n", 1);
    change("work-space/plans/LAMP/execution/feedbacks/APPROVED_11.md", "fine\n", 2);
    change("tasks/prd-a/1_task.md", "# Task 1.0: other\n", 1);
    change("specs/003-new/tasks.md", "- [ ] T001 new\n", 0);
    // The same size and times: only the version tells.
    change("specs/003-new/tasks.md", "- [x] T001 new\n", 0);
}

#[test]
fn whatever_changes_is_seen() {
    let (mut files, memory) = (files(), Arc::new(Memory::default()));
    look(&files, &memory);
    for path in files.keys().cloned().collect::<Vec<_>>() {
        let kept = files.remove(&path).unwrap();
        look(&files, &memory);
        files.insert(path.clone(), (format!("{}\n- [ ] T077 more\n", kept.0), kept.1 + 1));
        look(&files, &memory);
        files.insert(path, (kept.0, kept.1 + 2));
        look(&files, &memory);
    }
}

#[test]
fn memory_outlives_its_process_and_is_never_believed_when_it_is_damaged() {
    let (files, memory) = (files(), Arc::new(Memory::default()));
    look(&files, &memory);
    assert!(memory.fresh() > 10);
    let bytes = memory.write();
    assert_eq!(memory.fresh(), 0);
    let again = Arc::new(Memory::read(bytes.clone()).expect("what was written"));
    assert_eq!(look(&files, &again).1, 0);
    assert_eq!(again.fresh(), 0, "everything was recalled");
    for at in (0..bytes.len()).step_by(23) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        if let Some(memory) = Memory::read(damaged) {
            look(&files, &Arc::new(memory));
        }
        assert!(Memory::read(bytes[..at].to_vec()).is_none(), "cut off at {at}");
    }
}
