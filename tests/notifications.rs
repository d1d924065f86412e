//! The end of a run is told to whoever does not look, and to nobody who does.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod children;
mod house;
mod terminal;

use house::{House, until};
use terminal::Term;

/// A house whose own program writes down what it is told.
fn told(after: &str) -> House {
    let house = House::demo();
    let script = "#!/bin/sh\nenv | grep ^PLANDECK_ENDED_ | sort > told.new\necho \"$1\" >> told.new\nmv told.new told\n";
    house.write("scripts/told.sh", script);
    let how = "how = [\"bell\", \"osc\"]";
    house.configure(&format!("\n[notify]\nafter = \"{after}\"\n{how}\ncommand = [\"scripts/told.sh\"]\n"));
    house
}

/// Lets a run of the deck go on in the background, to its end.
fn in_the_background(house: &House) -> Term {
    let mut term = Term::open(house, 80, 24);
    term.wait_last("❯");
    term.press("run create gate --follow\r", "[Y/n]");
    term.send("y");
    term.wait_text("waiting at the gate");
    term.press("d", "goes on in the background");
    term.wait_last("❯");
    house.write("open", "");
    let run = house.last_run();
    term.wait("its end", |screen| screen.contents().contains(&format!("succeeded run {}", run.short())));
    term
}

#[test]
fn the_end_of_a_long_run_in_the_background_is_told_in_every_way_that_is_wanted() {
    let house = told("0s");
    let mut term = in_the_background(&house);
    term.wait_raw("a notification", |raw| raw.contains("\x1b]9;gate succeeded: run "));
    term.wait_raw("a bell", |raw| raw.replace("\x1b]9;gate", "").contains('\x07'));
    until("the program", || house.path("told").exists());
    let told = std::fs::read_to_string(house.path("told")).unwrap();
    let run = house.last_run();
    assert!(told.contains(&format!("PLANDECK_ENDED_RUN={run}\n")), "{told}");
    assert!(told.contains("PLANDECK_ENDED_STATUS=succeeded\n"), "{told}");
    assert!(told.lines().last().unwrap().starts_with("gate succeeded: run "), "{told}");
    term.send("q\r");
    assert_eq!(term.end(), Some(0));
    assert!(term.is_restored());
    let raw = term.raw();
    assert!(raw.rfind("\x1b[?1004l") > raw.rfind("\x1b[?1004h"), "the focus is not reported any more");
}

#[test]
fn a_short_run_is_only_a_line_above_the_prompt() {
    let house = told("1h");
    let term = in_the_background(&house);
    assert!(!term.raw().contains("\x1b]9;"), "{:?}", term.raw());
    assert!(!house.path("told").exists());
}

#[test]
fn a_run_that_is_looked_at_is_never_told_and_one_that_ends_unseen_is() {
    let house = told("0s");
    let follow = |focus: &str| {
        let mut term = Term::run(&house, &["run", "create", "gate", "--follow"], 80, 24, &[]);
        term.wait_text("waiting at the gate");
        term.wait_raw("the question for the focus", |raw| raw.contains("\x1b[?1004h"));
        term.send(focus);
        let painted = term.raw().matches("Ctrl-C").count();
        term.wait_raw("two more pictures", |raw| raw.matches("Ctrl-C").count() > painted + 1);
        house.write("open", "");
        assert_eq!(term.end(), Some(0));
        std::fs::remove_file(house.path("open")).unwrap();
        term.raw()
    };
    for looked_at in ["", "\x1b[O\x1b[I", "\x1b[Ox"] {
        assert!(!follow(looked_at).contains("]9;"), "{looked_at:?}");
        assert!(!house.path("told").exists());
    }
    let unseen = follow("\x1b[O");
    assert!(unseen.contains("\x1b]9;gate succeeded: run "), "{unseen:?}");
    until("the program", || house.path("told").exists());
}
