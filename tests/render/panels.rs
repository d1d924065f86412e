//! Every end, refusal and trouble.

use plandeck::{
    plan::{Action, Next},
    render,
    run::{Advice, Ending, Exit, LaunchFailure, Outcome, Refusal, Remedy, RunRecord, Status, Survivor},
    view::{self, Ended},
};

use crate::{
    pictures,
    plans::HOSTILE,
    runs::{ending, record},
};

const LOG: &str = "/home/ada/harbour/.plandeck/runs/0193/logs/one.1.log";

pub fn advice() -> Vec<Advice> {
    vec![
        Advice {
            say: "Create the SUBPLAN for 2.4 first".to_owned(),
            why: "an EXECUTION is written from its SUBPLAN, and 2.4 has none".to_owned(),
            remedy: Some(Remedy::Deck("subplan HARBOUR 2.4".to_owned())),
        },
        Advice {
            say: "Try again with more time".to_owned(),
            why: String::new(),
            remedy: Some(Remedy::Program(vec!["python3".to_owned(), "do it.py".to_owned()])),
        },
        Advice { say: "Look at the disk".to_owned(), why: "it may be full".to_owned(), remedy: None },
    ]
}

fn output() -> Vec<String> {
    [
        "collecting berths\r\n",
        "\x1b[32mok\x1b[0m 41 passed\n",
        "\x1b[1;31mFAILED\x1b[0m tests/test_tide.py::test_spring_tide - AssertionError: expected 4.2 m, got 42 m at Newlyn\n",
        "\x1b[2J\x1b[10;10H\x1b]0;owned\x07\ttabbed\n",
        "漢字の出力 ⛵️\n",
        "\n",
    ]
    .map(str::to_owned)
    .into()
}

fn shown(name: &str, record: &RunRecord, advice: &[Advice], next: Option<&Next>) {
    let output = output();
    let panel = view::ended(&Ended { record, log: Some(LOG), output: &output, advice, next });
    pictures(name, &|style| render::panel(&panel, style));
}

fn single(status: Status, ending: Ending) -> RunRecord {
    record(1, status, &[("one", status, Some(ending))])
}

#[test]
fn a_success_names_its_files_and_the_next_step() {
    let mut record = single(Status::Succeeded, ending(Outcome::Succeeded, Exit::Code(0)));
    record.deliverables = (1..=8).map(|it| format!("work-space/plans/HARBOUR/notes/note-{it}.md")).collect();
    record.deliverables[1] = format!("notes/{HOSTILE}.md");
    let next = Next {
        item: "2.5".into(),
        action: Action::CreateSubplan,
        why: "every need of it is done".to_owned(),
    };
    shown("panel_success", &record, &[], Some(&next));
}

#[test]
fn a_failure_shows_what_happened_the_last_output_and_what_to_do() {
    let failed = ending(Outcome::Failed { code: 101 }, Exit::Code(101));
    let tasks = [
        ("one", Status::Failed, Some(failed)),
        ("two", Status::Blocked, None),
        ("three", Status::Succeeded, Some(Ending::bare(Outcome::Succeeded))),
    ];
    let mut record = record(1, Status::Failed, &tasks);
    record.survivors = vec![Survivor { pid: 777, command: format!("sleep {HOSTILE}") }];
    shown("panel_failure", &record, &advice(), None);
    let killed = single(Status::Failed, ending(Outcome::Signalled { signal: 9 }, Exit::Signal(9)));
    shown("panel_killed", &killed, &advice()[2..], None);
    let pattern = Outcome::FailedPattern { line: HOSTILE.to_owned() };
    shown("panel_pattern", &single(Status::Failed, ending(pattern, Exit::Code(0))), &[], None);
    let why = LaunchFailure::NotFound { program: "/usr/bin/pyhton".to_owned() };
    let unstarted = single(Status::Failed, Ending::bare(Outcome::FailedToStart { why }));
    let panel = view::ended(&Ended { record: &unstarted, log: None, output: &[], advice: &[], next: None });
    pictures("panel_unstarted", &|style| render::panel(&panel, style));
}

#[test]
fn a_panel_speaks_of_the_task_that_failed_not_of_one_cancelled_for_its_sake() {
    let tasks = [
        ("early", Status::Cancelled, Some(Ending::bare(Outcome::Cancelled))),
        ("guilty", Status::Failed, Some(ending(Outcome::Failed { code: 2 }, Exit::Code(2)))),
    ];
    let record = record(1, Status::Failed, &tasks);
    let panel = view::ended(&Ended { record: &record, log: None, output: &[], advice: &[], next: None });
    assert_eq!(panel.sentences[0], "Do guilty (guilty) failed with exit code 2.");
}

#[test]
fn time_that_was_up_tells_busy_from_idle() {
    shown(
        "panel_timed_out",
        &single(Status::TimedOut, Ending::bare(Outcome::TimedOut)),
        &advice()[1..],
        None,
    );
    shown("panel_idle", &single(Status::TimedOut, Ending::bare(Outcome::TimedOutIdle)), &advice()[1..], None);
    let record = single(Status::TimedOut, Ending::bare(Outcome::TimedOutIdle));
    let silent = view::ended(&Ended { record: &record, log: None, output: &[], advice: &[], next: None });
    pictures("panel_silent", &|style| render::panel(&silent, style));
}

#[test]
fn what_was_cancelled_or_lost_says_what_is_known() {
    let mut cancelled = single(Status::Cancelled, Ending::bare(Outcome::Cancelled));
    cancelled.cancel_reason = Some("the tide was out".to_owned());
    cancelled.survivors = vec![Survivor { pid: 4711, command: "dockerd".to_owned() }];
    shown("panel_cancelled", &cancelled, &[], None);
    shown("panel_lost", &single(Status::Lost, Ending::bare(Outcome::Lost)), &advice()[2..], None);
}

#[test]
fn a_refusal_says_why_and_what_to_do() {
    let missing = Refusal::SubplanMissing { plan: "HARBOUR".into(), item: "2.4".into() };
    let panel = view::refused(&missing, &advice()[..1]);
    pictures("panel_refused", &|style| render::panel(&panel, style));
    let unknown = Refusal::NoSuchItem {
        plan: "HARBOUR".into(),
        asked: HOSTILE.to_owned(),
        nearest: vec!["2.4".to_owned(), "2.5".to_owned()],
    };
    let panel = view::refused(&unknown, &[]);
    pictures("panel_unknown_item", &|style| render::panel(&panel, style));
}

#[test]
fn trouble_says_what_the_world_did() {
    let causes =
        ["/home/ada/harbour/.plandeck/journal.db: database is locked".to_owned(), HOSTILE.to_owned()];
    let panel = view::trouble("the journal can't be written", &causes, Some("plandeck doctor looks into it"));
    pictures("panel_trouble", &|style| render::panel(&panel, style));
}
