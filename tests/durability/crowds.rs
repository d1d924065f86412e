//! Many at once, and plans that do not stay as they were.

use std::{fs, thread};

use plandeck::{
    ids::Seq,
    journal::RunQuery,
    run::{EventKind, Status},
};

use crate::{
    chaos::{Arena, LONG},
    program,
};

#[test]
fn fifty_runs_of_ten_faces_all_end_well() {
    let arena = Arena::new(program(), 1);
    thread::scope(|faces| {
        for _ in 0..10 {
            faces.spawn(|| {
                for _ in 0..5 {
                    let said = arena.say(&["run", "create", "quick", "--wait"]);
                    assert_eq!(said.code, Some(0), "{said:?}");
                }
            });
        }
    });
    let page = arena.control().journal().list(&RunQuery::default()).unwrap();
    assert_eq!(page.total, 50);
    assert!(page.runs.iter().all(|run| run.status == Status::Succeeded));
    arena.inspect();
}

#[test]
fn two_faces_that_cancel_one_run_end_it_once() {
    let arena = Arena::new(program(), 1);
    let run = arena.create("hold");
    let cancel = |why: &str| arena.say(&["run", "cancel", &run.to_string(), "--yes", "--reason", why]);
    let codes = thread::scope(|faces| {
        let both = [faces.spawn(|| cancel("one")), faces.spawn(|| cancel("two"))];
        both.map(|it| it.join().unwrap().code.unwrap())
    });
    // Done, or refused because it had ended by then.
    assert!(codes.contains(&0) && codes.iter().all(|it| [0, 6].contains(it)), "{codes:?}");
    let mut control = arena.control();
    assert_eq!(control.wait(run, LONG).unwrap().unwrap().status, Status::Cancelled);
    let events = control.journal().events_after(run, Seq(0), 1000).unwrap();
    let ends = events.iter().filter(|it| matches!(it.kind, EventKind::RunEnded { .. }));
    assert_eq!(ends.count(), 1);
}

#[test]
fn the_runs_of_a_plan_that_was_edited_renamed_or_deleted_stay_readable() {
    let arena = Arena::new(program(), 1);
    let demo = arena.root().to_owned();
    fs::remove_file(demo.join("plandeck.toml")).unwrap();
    arena.say(&["demo", demo.to_str().unwrap()]);
    let plan = demo.join("work-space/plans/HARBOUR-LIGHTS");
    assert!(plan.is_dir(), "the demo has a plan of this name");
    fs::write(demo.join("plandeck.toml"), "[workflow.hold]\ncommand = [\"sleep\", \"1000\"]\n").unwrap();
    let created = arena.say(&["run", "create", "hold", "--plan", "HARBOUR-LIGHTS", "-o", "json"]);
    let run = created.run().expect("it was created");
    let before = arena.say(&["run", "get", &run.to_string(), "-o", "json"]);
    // Edited while it runs: what was frozen is what runs.
    for file in fs::read_dir(&plan).unwrap().flatten().filter(|it| it.path().is_file()) {
        fs::write(file.path(), "no plan any more\n").unwrap();
    }
    assert_eq!(arena.say(&["run", "cancel", &run.to_string(), "--yes"]).code, Some(0));
    // A new name that holds the old one does not take the old one's runs.
    fs::rename(&plan, plan.with_file_name("HARBOUR-LIGHTS-AGAIN")).unwrap();
    let listed = |arena: &Arena| {
        let said = arena.say(&["run", "list", "--plan", "HARBOUR-LIGHTS", "-o", "json"]);
        said.json()["data"]["runs"][0]["plan"].clone()
    };
    let expected = before.json()["data"]["run"]["plan"].clone();
    assert_eq!(expected["id"], "HARBOUR-LIGHTS");
    assert_eq!(listed(&arena), expected);
    fs::remove_dir_all(plan.with_file_name("HARBOUR-LIGHTS-AGAIN")).unwrap();
    assert_eq!(listed(&arena), expected);
    let after = arena.say(&["run", "get", &run.to_string(), "-o", "json"]);
    assert_eq!(after.json()["data"]["run"]["spec"], before.json()["data"]["run"]["spec"]);
}
