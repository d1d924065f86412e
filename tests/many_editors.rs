//! Many processes edit one plan at once, and some of them are killed: nothing is lost, and whoever
//! reads meanwhile sees a whole file.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::Duration,
};

const WRITERS: usize = 8;
const EDITS: usize = 48;
const PLAN: &str = "specs/001-many/tasks.md";

fn text() -> String {
    let tasks = |writer| format!("- [ ] T{writer:03} Task of a writer, with ünicode\r\n");
    (0..WRITERS).map(tasks).collect()
}

/// One edit of the writer's own task, by the real program.
fn set(root: &Path, writer: usize, state: &str) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plandeck"));
    command.arg("-C").arg(root).args(["plan", "set", "001-many", &format!("T{writer:03}"), state]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

fn is_ticked(text: &str, writer: usize) -> bool {
    text.lines().nth(writer).unwrap().starts_with("- [x]")
}

/// What a reader may see at any moment: the same lines, each ticked or not.
fn assert_whole(seen: &str) {
    assert_eq!(seen.replace("- [x]", "- [ ]"), text());
}

/// Edits the writer's own line again and again; every third process is killed on its way.
fn write(root: &Path, writer: usize, killed: &AtomicUsize) {
    let path = root.join(PLAN);
    let mut ticked = false;
    let mut chance = 0x9e37_79b9_u64.wrapping_mul(writer as u64 + 1);
    for round in 0..EDITS {
        let mut child = set(root, writer, if ticked { "pending" } else { "done" });
        if round % 3 == 2 {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            thread::park_timeout(Duration::from_micros(chance % 25_000));
            child.kill().unwrap();
            child.wait().unwrap();
            killed.fetch_add(1, Ordering::Relaxed);
            // It has happened or it has not; nobody else writes this line.
            ticked = is_ticked(&fs::read_to_string(&path).unwrap(), writer);
        } else {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            ticked = !ticked;
            assert_eq!(is_ticked(&fs::read_to_string(&path).unwrap(), writer), ticked, "an edit was lost");
        }
    }
}

#[test]
fn many_processes_lose_nothing_and_a_killed_one_harms_nobody() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join(PLAN);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text()).unwrap();
    let (over, killed) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                assert_whole(&fs::read_to_string(&path).unwrap());
                thread::park_timeout(Duration::from_micros(200));
            }
        });
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| (root.path(), writer, &killed))
            .map(|(root, writer, killed)| scope.spawn(move || write(root, writer, killed)))
            .collect();
        let ended: Vec<_> = writers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        over.store(true, Ordering::Relaxed);
        reader.join().unwrap();
        assert!(ended.iter().all(Result::is_ok));
    });
    assert_eq!(killed.load(Ordering::Relaxed), WRITERS * (EDITS / 3));
    assert_whole(&fs::read_to_string(&path).unwrap());
    // What the killed ones left is in nobody's way: one plan, no problem, and the next edit works.
    let list = Command::new(env!("CARGO_BIN_EXE_plandeck"))
        .arg("-C")
        .arg(root.path())
        .args(["plan", "list", "-o", "plain"])
        .output()
        .unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    let fields: Vec<&str> = list.trim_end().split('\t').collect();
    assert_eq!((fields[0], fields[3], fields[4]), ("001-many", "8", "0"), "{list}");
    let before = is_ticked(&fs::read_to_string(&path).unwrap(), 0);
    assert!(set(root.path(), 0, if before { "pending" } else { "done" }).wait().unwrap().success());
}
