//! What the world does to a journal.

use std::{
    fs::{self, OpenOptions},
    os::unix::fs::{FileExt as _, PermissionsExt as _},
    process::Command,
};

use plandeck::{
    ids::Seq,
    run::{EventKind, Status},
    workspace::state::StateFolder,
};

use crate::{
    chaos::{Arena, LONG},
    program, until,
};

/// A small disk that is gone when it is dropped.
struct Disk(std::path::PathBuf);

impl Disk {
    /// Nothing where this environment lets nobody mount anything.
    #[expect(clippy::print_stdout, reason = "what was skipped is said")]
    fn mount(at: std::path::PathBuf) -> Option<Self> {
        fs::create_dir_all(&at).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=2m", "plandeck-test"]).arg(&at);
        let mounted = mount.output().is_ok_and(|it| it.status.success());
        if !mounted {
            println!("skipped: this environment lets nobody mount a small disk");
        }
        mounted.then_some(Self(at))
    }

    fn again(&self, options: &str) -> bool {
        let mut mount = Command::new("mount");
        mount.args(["-o", options]).arg(&self.0);
        mount.output().is_ok_and(|it| it.status.success())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).output();
    }
}

/// Runs until a file says that it may end.
const WAITS: &str =
    "[workflow.waits]\ncommand = [\"sh\", \"-c\", \"echo begun; while [ ! -e go ]; do sleep 0.05; done\"]\n";

fn arena() -> Arena {
    let arena = Arena::new(program(), 1);
    let path = arena.root().join("plandeck.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, text + WAITS).unwrap();
    arena
}

#[test]
fn a_run_outlives_a_full_disk_and_says_how_it_ended_when_there_is_room_again() {
    let arena = arena();
    let Some(disk) = Disk::mount(arena.root().join(".plandeck")) else { return };
    fs::set_permissions(&disk.0, fs::Permissions::from_mode(0o700)).unwrap();
    let old = arena.create("quick");
    arena.control().wait(old, LONG).unwrap().unwrap();
    let run = arena.create("waits");
    let before = arena.control().journal().events_after(old, Seq(0), 100).unwrap();
    let filler = disk.0.join("filler");
    let _ = fs::write(&filler, vec![0_u8; 4 << 20]);
    fs::write(arena.root().join("go"), "").unwrap();
    let refused = arena.say(&["run", "create", "quick"]);
    assert_eq!(refused.code, Some(7), "{refused:?}");
    assert!(refused.err.contains("error: ") && !refused.err.contains("panicked"), "{refused:?}");
    until("its child has ended", || {
        !plandeck::process::marked().iter().any(|(mark, _)| mark.starts_with(&run.to_string()))
    });
    fs::remove_file(filler).unwrap();
    let mut control = arena.control();
    assert_eq!(control.wait(run, LONG).unwrap().expect("it ends").status, Status::Succeeded);
    assert_eq!(control.journal().events_after(old, Seq(0), 100).unwrap(), before);
    assert_eq!(control.journal().check().unwrap(), Vec::<String>::new());
    drop(control);
}

#[test]
fn what_was_recorded_can_be_read_from_a_folder_that_may_not_be_written() {
    let arena = arena();
    let Some(disk) = Disk::mount(arena.root().join(".plandeck")) else { return };
    let run = arena.create("quick");
    arena.control().wait(run, LONG).unwrap().unwrap();
    until("the supervisor is gone", || arena.supervisors().is_empty());
    assert!(disk.again("remount,ro"), "nobody has it open for writing");
    let list = arena.say(&["run", "list", "-o", "json"]);
    assert_eq!((list.code, list.json()["data"]["total"].as_u64()), (Some(0), Some(1)), "{list:?}");
    let refused = arena.say(&["run", "create", "quick"]);
    assert_eq!(refused.code, Some(7), "{refused:?}");
}

#[test]
fn a_journal_that_another_program_holds_keeps_no_run_from_its_end() {
    let arena = arena();
    let run = arena.create("waits");
    let state = StateFolder::at(arena.root().join(".plandeck"));
    let spool = state.run(run).spool();
    let other = rusqlite::Connection::open(state.journal()).unwrap();
    other.execute_batch("begin immediate").unwrap();
    fs::write(arena.root().join("go"), "").unwrap();
    until("what happens is put aside", || spool.exists());
    other.execute_batch("rollback").unwrap();
    assert_eq!(arena.control().wait(run, LONG).unwrap().expect("it ends").status, Status::Succeeded);
    until("nothing is left aside", || !spool.exists());
    arena.inspect();
}

#[test]
fn a_journal_that_was_deleted_is_made_anew_by_the_run_that_goes_on() {
    let arena = arena();
    let run = arena.create("waits");
    let state = StateFolder::at(arena.root().join(".plandeck"));
    until("its child runs", || {
        let events = arena.control().journal().events_after(run, Seq(0), 100).unwrap();
        events.iter().any(|it| matches!(it.kind, EventKind::AttemptStarted { .. }))
    });
    let before = arena.control().journal().events_after(run, Seq(0), 100).unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{suffix}", state.journal().display()));
    }
    until("the run is recorded again", || arena.control().journal().knows(run).unwrap());
    fs::write(arena.root().join("go"), "").unwrap();
    let mut control = arena.control();
    assert_eq!(control.wait(run, LONG).unwrap().expect("it ends").status, Status::Succeeded);
    let after = control.journal().events_after(run, Seq(0), 100).unwrap();
    assert_eq!(after[..before.len()], before);
    drop(control);
    arena.inspect();
}

#[test]
fn a_damaged_journal_is_a_clear_message_and_a_repair_keeps_what_can_be_read() {
    let verbs: &[&[&str]] = &[
        &["run", "list"],
        &["run", "get", "@latest"],
        &["run", "events", "@latest"],
        &["run", "logs", "@latest"],
        &["run", "create", "quick"],
        &["run", "cancel", "@latest", "--yes"],
        &["run", "wait", "@latest"],
        &["status"],
        &["doctor"],
    ];
    let arena = arena();
    let runs: Vec<_> = (0..3).map(|_| arena.create("failing")).collect();
    for run in &runs {
        arena.control().wait(*run, LONG).unwrap().unwrap();
    }
    until("the supervisors are gone", || arena.supervisors().is_empty());
    let journal = StateFolder::at(arena.root().join(".plandeck")).journal();
    let sound = fs::read(&journal).unwrap();
    let length = sound.len() as u64;
    for damage in 0..6 {
        fs::write(&journal, &sound).unwrap();
        let file = OpenOptions::new().write(true).open(&journal).unwrap();
        match damage {
            0 => file.write_all_at(b"no journal at all", 0).unwrap(),
            1 => file.set_len(0).unwrap(),
            2 => file.set_len(length / 2).unwrap(),
            3 => file.set_len(1000).unwrap(),
            4 => (1..length / 4096).for_each(|page| file.write_all_at(&[0xa5; 64], page * 4096).unwrap()),
            _ => file.write_all_at(&[0xff; 2048], length / 2).unwrap(),
        }
        for verb in verbs {
            // A journal of no bytes is a new one; what is left of a run to wait for may be none.
            let said = arena.say(verb);
            assert!(!said.err.contains("panicked"), "damage {damage}: {verb:?}: {said:?}");
            assert!(said.code.is_some_and(|it| it != 101), "damage {damage}: {verb:?}: {said:?}");
            let told = said.code != Some(7) || said.err.contains("doctor --repair");
            assert!(told, "damage {damage}: {verb:?}: {said:?}");
        }
        let repaired = arena.say(&["doctor", "--repair"]);
        assert_eq!(repaired.code, Some(0), "damage {damage}: {repaired:?}");
        let listed = arena.say(&["run", "list", "-o", "json"]).json();
        let known: Vec<_> = listed["data"]["runs"].as_array().unwrap().iter().map(|it| &it["id"]).collect();
        for run in &runs {
            assert!(known.contains(&&run.to_string().into()), "damage {damage}: {run} is not in {known:?}");
        }
    }
}

#[test]
fn too_few_descriptors_are_told_or_do_no_harm() {
    let arena = arena();
    for limit in [4, 6, 8, 10, 12, 14, 16, 20, 24, 32] {
        let line = format!(
            "ulimit -n {limit}; exec {} -C {} run create quick --wait",
            program().display(),
            arena.root().display()
        );
        let said = Command::new("sh").args(["-c", &line]).output().unwrap();
        let err = String::from_utf8_lossy(&said.stderr);
        assert!(!err.contains("panicked"), "{limit}: {err}");
        let code = said.status.code();
        assert!(code == Some(0) || !err.is_empty() || !said.stdout.is_empty(), "{limit}: {said:?}");
    }
    until("the supervisors are gone", || arena.supervisors().is_empty());
    let mut control = arena.control();
    control.recover().unwrap();
    assert_eq!(control.journal().open_runs().unwrap(), []);
    drop(control);
    arena.inspect();
}
