//! Runs outlive whoever asked for them, end truthfully, and keep to themselves what is secret.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod children;
mod house;

use std::{
    fs,
    os::unix::{fs::PermissionsExt as _, process::ExitStatusExt as _},
    path::Path,
    process::Stdio,
};

use house::{House, marked, until};
use plandeck::run::Status;
use rustix::process::{Pid, Signal, kill_process};

/// A workspace with a gate to wait at, and a tree of processes that does not mind TERM.
fn house() -> House {
    let house = House::demo();
    let tree = "trap '' TERM\n(trap '' TERM; while :; do sleep 0.2; done) &\n\
                setsid sh -c 'trap \"\" TERM; while :; do sleep 0.2; done' &\n\
                mkdir -p made; echo a leaf > made/leaf; echo rooted\n\
                while :; do sleep 0.2; done";
    house.write("made/old", "was here before\n");
    house.recipe("tree", tree, "grace = \"300ms\"\ndeliverables = [\"made/**\"]");
    house
}

fn supervisor(house: &House) -> Pid {
    let all = house.supervisors();
    assert_eq!(all.len(), 1, "{all:?}");
    all[0]
}

fn kill(pid: Pid, signal: Signal) {
    kill_process(pid, signal).unwrap();
}

/// Starts a face that follows the gate, and kills it once the run runs.
fn killed_face(house: &House) {
    let mut face = house
        .command()
        .args(["run", "create", "gate", "--follow"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until("the run", || house.runs().iter().any(|run| house.log(*run).contains("waiting")));
    face.kill().unwrap();
    assert_eq!(face.wait().unwrap().signal(), Some(9));
}

#[test]
fn a_run_goes_on_when_its_face_is_killed() {
    let house = house();
    killed_face(&house);
    let run = house.last_run();
    assert!(!house.status(run).is_over());
    house.write("open", "");
    assert_eq!(house.ended(run), Status::Succeeded);
    assert!(house.log(run).ends_with("gone through\n"));
    house.falls_silent();
}

#[test]
fn a_run_whose_supervisor_is_killed_is_lost_for_the_next_reader_and_nothing_of_it_lives() {
    let house = house();
    let run = house.begin("tree", "rooted");
    kill(supervisor(&house), Signal::KILL);
    until("its death", || house.supervisors().is_empty());
    assert!(!marked(run).is_empty(), "its children do not know yet");
    let said = house.plandeck(&["run", "list"]);
    assert!(said.out.contains("lost"), "{}", said.all());
    assert_eq!(house.status(run), Status::Lost);
    assert_eq!(house.record(run).deliverables, ["made/leaf"], "what it made is known all the same");
    assert_eq!(marked(run), Vec::<String>::new());
}

#[test]
fn when_both_are_killed_the_deck_says_that_the_run_is_lost() {
    let house = house();
    killed_face(&house);
    let run = house.last_run();
    kill(supervisor(&house), Signal::KILL);
    until("its death", || house.supervisors().is_empty());
    let said = house.deck(&["h", "q"]);
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert!(said.out.contains("lost") && said.out.contains(&run.short()), "{}", said.all());
    assert_eq!(house.status(run), Status::Lost);
    house.falls_silent();
}

#[test]
fn cancelling_ends_a_whole_tree_that_does_not_mind_and_only_once() {
    let house = house();
    let run = house.begin("tree", "rooted");
    assert!(marked(run).len() >= 3, "{:?}", marked(run));
    let said = house.plandeck(&["run", "cancel", &run.short(), "-y"]);
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert_eq!(house.ended(run), Status::Cancelled);
    assert_eq!(marked(run), Vec::<String>::new(), "cancelled is only said when it is true");
    let again = house.plandeck(&["run", "cancel", &run.short(), "-y"]);
    assert_eq!(again.code, Some(6), "{}", again.all());
    assert!(again.err.contains("ended already") || again.err.contains("already"), "{}", again.err);
    assert_eq!(house.status(run), Status::Cancelled);
    house.falls_silent();
}

#[test]
fn cancelling_twice_while_it_ends_gives_one_verdict() {
    let house = house();
    house.configure(
        "\n[workflow.slow]\nneeds = \"nothing\"\ncommand = [\"scripts/tree.sh\"]\ngrace = \"3s\"\n",
    );
    let run = house.begin("slow", "rooted");
    let first = house.plandeck(&["run", "cancel", &run.short(), "-y", "--reason", "first"]);
    let second = house.plandeck(&["run", "cancel", &run.short(), "-y", "--reason", "second"]);
    assert_eq!(first.code, Some(0), "{}", first.all());
    assert!(matches!(second.code, Some(0 | 6)), "{}", second.all());
    assert_eq!(house.ended(run), Status::Cancelled);
    assert_eq!(house.record(run).cancel_reason.as_deref(), Some("first"));
    house.falls_silent();
}

#[test]
fn telling_the_supervisor_to_terminate_cancels_with_grace() {
    let house = house();
    house.recipe(
        "polite",
        "trap 'echo putting things away; exit 0' TERM\necho at work\nwhile :; do sleep 0.05; done",
        "grace = \"60s\"",
    );
    let run = house.begin("polite", "at work");
    kill(supervisor(&house), Signal::TERM);
    assert_eq!(house.ended(run), Status::Cancelled);
    assert!(house.log(run).contains("putting things away"), "{}", house.log(run));
    house.falls_silent();
}

#[test]
fn what_is_kept_is_private_and_holds_no_secret() {
    const SECRET: &str = "planted-5f0c-do-not-keep";
    let house = house().with_variable("MY_TOKEN", SECRET);
    house.recipe("quiet", "test \"$MY_TOKEN\" && echo it is there", "pass_env = [\"MY_TOKEN\"]");
    let said = house.deck(&["run create quiet --follow", "y", "run create gate", "y", "q"]);
    assert_eq!(said.code, Some(0), "{}", said.all());
    house.write("open", "");
    for run in house.runs() {
        assert_eq!(house.ended(run), Status::Succeeded, "{}", said.all());
    }
    assert!(said.out.contains("it is there"), "the child was given it: {}", said.all());
    house.falls_silent();
    let state = house.path(".plandeck");
    assert_eq!(fs::metadata(&state).unwrap().permissions().mode() & 0o777, 0o700);
    let mut files = 0;
    each(&state, &mut |path| {
        let meta = fs::symlink_metadata(path).unwrap();
        let mode = meta.permissions().mode() & 0o777;
        let expected = if meta.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, expected, "{}: {mode:o}", path.display());
        if meta.is_file() {
            files += 1;
            let bytes = fs::read(path).unwrap();
            let found = bytes.windows(SECRET.len()).any(|it| it == SECRET.as_bytes());
            assert!(!found, "{} holds the secret", path.display());
        }
    });
    assert!(files > 4, "there was something to look at");
}

fn each(folder: &Path, look: &mut dyn FnMut(&Path)) {
    for child in fs::read_dir(folder).unwrap() {
        let child = child.unwrap().path();
        look(&child);
        if child.is_dir() {
            each(&child, look);
        }
    }
}
