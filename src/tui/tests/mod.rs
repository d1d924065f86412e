//! Sequences of keys and events to whole screens.

mod desk;

use desk::{Desk, spec};

use crate::{
    ids::RunId,
    run::{Outcome, Verdict},
    screen::{Input, Mouse},
    tui::model::{Asked, Wish},
};

fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

#[track_caller]
fn look(desk: &Desk, name: &str) {
    settings().bind(|| insta::assert_snapshot!(format!("monitor_{name}"), desk.picture()));
}

/// A run of five tasks in two groups: one over, one failed, one running, two that wait.
fn harbour(desk: &mut Desk) -> RunId {
    let tasks =
        ["plan @ Quay", "dig < plan @ Quay", "paint @ Quay", "berth < dig @ Boats", "moor < berth @ Boats"];
    let run = desk.create(&spec(1, &tasks));
    desk.starts(run, 1);
    desk.begins(run, 2, "plan", 1);
    desk.ends(run, 62, "plan", 1, Outcome::Succeeded);
    desk.begins(run, 62, "dig", 1);
    desk.begins(run, 63, "paint", 1);
    desk.prints(run, "plan", 1, "all planned\n");
    desk.prints(run, "paint", 1, "INFO first coat\nERROR no more red\n");
    desk.ends(run, 70, "paint", 1, Outcome::Failed { code: 3 });
    let level = |line| if line % 50 == 0 { "WARN" } else { "INFO" };
    let dug: String = (1..=500).map(|line| format!("{} dug {line} metres\n", level(line))).collect();
    desk.prints(run, "dig", 1, dug);
    run
}

#[test]
fn a_run_that_goes_on_at_three_sizes() {
    for (columns, rows) in [(40, 10), (80, 24), (200, 60)] {
        let mut desk = Desk::new(columns, rows);
        harbour(&mut desk);
        desk.press("Enter");
        look(&desk, &format!("running_{columns}x{rows}"));
        desk.press("Tab");
        look(&desk, &format!("running_log_{columns}x{rows}"));
    }
}

#[test]
fn every_kind_of_run_is_told_in_words_in_the_list() {
    let mut desk = Desk::new(80, 24);
    let _queued = desk.create(&spec(1, &["a"]));
    for (number, verdict) in
        (2..).zip([Verdict::Failed, Verdict::Cancelled, Verdict::Lost, Verdict::TimedOut, Verdict::Succeeded])
    {
        let run = desk.create(&spec(number, &["a"]));
        desk.starts(run, number);
        desk.is_over(run, number + 10, verdict);
    }
    look(&desk, "every_kind_80x24");
    desk.press("End");
    look(&desk, "queued_80x24");
}

#[test]
fn a_search_goes_on_and_back_and_errors_are_found() {
    let mut desk = Desk::new(80, 24);
    harbour(&mut desk);
    desk.press("Enter Tab");
    desk.press("/ dug Space 4\\d Space metres Enter");
    look(&desk, "search_80x24");
    assert_eq!(top_line(&desk), "INFO dug 40 metres");
    desk.press("n");
    assert_eq!(top_line(&desk), "INFO dug 41 metres");
    desk.press("N");
    assert_eq!(top_line(&desk), "INFO dug 40 metres");
    desk.press("N");
    assert!(desk.picture().contains("the search went round"));
    assert_eq!(top_line(&desk), "INFO dug 49 metres");
    desk.press("/ nowhere Enter");
    assert!(desk.picture().contains("it stands nowhere"));
    desk.press("e");
    assert!(desk.picture().contains("no error from here on"));
    desk.press(": 250 Enter");
    assert_eq!(top_line(&desk), "WARN dug 250 metres");
}

/// The first line of the log that is in sight.
fn top_line(desk: &Desk) -> String {
    let picture = desk.picture();
    let row = picture.lines().nth(3).unwrap_or_default();
    row.rsplit('│').next().unwrap_or_default().to_owned()
}

#[test]
fn filters_leave_only_what_was_asked_for_and_go_away_again() {
    let mut desk = Desk::new(80, 24);
    harbour(&mut desk);
    desk.press("Enter Tab v v v");
    look(&desk, "only_warnings_80x24");
    desk.press("& 5\\d0 Enter");
    look(&desk, "only_matches_80x24");
    desk.press("Esc");
    assert_eq!(top_line(&desk), "INFO dug 481 metres");
    desk.press("s");
    assert!(desk.picture().contains("only stdout"));
}

#[test]
fn scrolling_up_stays_while_lines_come_and_the_end_follows_again() {
    let mut desk = Desk::new(80, 24);
    let run = harbour(&mut desk);
    desk.press("Enter Tab k k k");
    assert_eq!(top_line(&desk), "INFO dug 478 metres");
    desk.prints(run, "dig", 1, "INFO and on\n");
    assert_eq!(top_line(&desk), "INFO dug 478 metres", "what is looked at stays");
    desk.press("PgDn");
    assert!(desk.picture().contains("following"), "who goes beyond the end follows it");
    desk.prints(run, "dig", 1, "INFO newest\n");
    assert!(desk.picture().contains("INFO newest"));
    desk.press("g");
    assert_eq!(top_line(&desk), "INFO dug 1 metres");
    desk.press("PgDn PgDn PgDn");
    assert_eq!(top_line(&desk), "INFO dug 58 metres");
    desk.press("PgUp");
    assert_eq!(top_line(&desk), "INFO dug 39 metres");
}

#[test]
fn groups_close_and_open_and_tasks_are_found_by_name() {
    let mut desk = Desk::new(80, 24);
    harbour(&mut desk);
    desk.press("Enter j Enter");
    look(&desk, "closed_group_80x24");
    desk.press("l / oo");
    look(&desk, "task_filter_80x24");
    desk.press("Enter j j");
    look(&desk, "waiting_task_80x24");
}

#[test]
fn a_task_that_is_selected_stays_so_while_the_run_goes_on() {
    let mut desk = Desk::new(80, 24);
    let run = harbour(&mut desk);
    desk.press("Enter j j");
    assert!(desk.picture().contains("all planned"));
    desk.ends(run, 80, "dig", 1, Outcome::Succeeded);
    desk.begins(run, 80, "berth", 1);
    desk.prints(run, "berth", 1, "berthing\n");
    assert!(desk.picture().contains("all planned"), "the selection is the person's");
    desk.press("g");
    assert!(desk.picture().contains("berthing"), "the whole run shows what runs now");
}

#[test]
fn cancelling_asks_first_and_says_what_would_be_lost() {
    let mut desk = Desk::new(80, 24);
    let run = harbour(&mut desk);
    desk.press("c");
    look(&desk, "cancel_80x24");
    desk.press("x");
    assert!(desk.picture().contains("Cancel run"), "any other key leaves the question where it is");
    desk.press("Enter");
    assert!(desk.asked.iter().all(|it| !matches!(it, Wish::Ask(..))), "no is the default");
    desk.press("c y");
    assert!(matches!(desk.asked.last(), Some(Wish::Ask(it, Asked::Cancel)) if *it == run));
    desk.press("p");
    assert!(matches!(desk.asked.last(), Some(Wish::Ask(_, Asked::Pause))));
    desk.press("R");
    assert!(desk.picture().contains("it can be run again when it is over"));
    desk.is_over(run, 90, Verdict::Cancelled);
    desk.press("R y");
    assert!(matches!(desk.asked.last(), Some(Wish::Ask(_, Asked::Retry))));
}

#[test]
fn hostile_output_leaves_the_screen_intact() {
    let mut hostile = Vec::new();
    for character in (0..=0x9f).filter_map(char::from_u32).filter(|it| it.is_control() && *it != '\n') {
        hostile.extend(format!("a{character}b\n").bytes());
    }
    hostile.extend(b"\x9b31m \xff\xfe \xc3( \xe2\x82\n");
    hostile.extend(
        "bidi \u{202e}abc\u{2066} zero\u{200b}width 日本語 👨\u{200d}👩\u{200d}👧 🇩🇪 e\u{301}\n".bytes(),
    );
    hostile.extend(b"\x1b[?1049l\x1b[2J\x1b[H\x1b[31mred\x1b(0lqk\x1bc\n");
    hostile.extend(vec![b'x'; 1_000_000]);
    hostile.extend(b"\n\x1b]0;a title without end");
    for (columns, rows) in [(40, 10), (80, 24), (200, 60)] {
        let mut desk = Desk::new(columns, rows);
        let run = desk.create(&spec(1, &["\u{1b}[2Jevil"]));
        desk.starts(run, 1);
        desk.begins(run, 2, "\u{1b}[2Jevil", 1);
        desk.prints(run, "\u{1b}[2Jevil", 1, &hostile);
        desk.press("Tab");
        for keys in ["g", "w", "PgDn", "PgDn", "End", "t", "k", "PgUp", "w", "Right", "Right"] {
            desk.press(keys);
            desk.picture();
        }
        desk.press("h h g");
        look(&desk, &format!("hostile_{columns}x{rows}"));
    }
}

#[test]
fn ten_thousand_tasks_are_moved_about_in() {
    let lines: Vec<String> = (0..10_000).map(|it| format!("t{it} @ group {}", it / 100)).collect();
    let tasks: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut desk = Desk::new(80, 24);
    let run = desk.create(&spec(1, &tasks));
    desk.starts(run, 1);
    desk.press("Enter End");
    look(&desk, "ten_thousand_80x24");
    desk.press("PgUp PgUp k g");
    assert!(desk.picture().contains("›the whole run"));
}

#[test]
fn no_size_is_too_small_and_none_too_large() {
    for columns in [1, 2, 39, 60, 300] {
        for rows in [1, 2, 3, 16, 100] {
            let mut desk = Desk::new(columns, rows);
            harbour(&mut desk);
            for keys in ["Enter", "Tab", "w", "t", "k", "PgUp", "g", "? j", "Esc", "/ abc", "Esc", "c"] {
                desk.press(keys);
                desk.picture();
            }
        }
    }
}

#[test]
fn the_mouse_selects_opens_and_scrolls() {
    let mut desk = Desk::new(80, 24);
    harbour(&mut desk);
    desk.press("Enter");
    let click = |column, row| Input::Mouse(Mouse::Click { column, row });
    desk.input(&click(3, 5));
    assert!(desk.picture().contains("all planned"), "the third row is the task plan");
    desk.input(&click(60, 10));
    desk.input(&click(3, 3));
    let wheel = |turns| Input::Mouse(Mouse::Wheel { column: 60, row: 10, turns });
    desk.input(&wheel(-1));
    assert_eq!(top_line(&desk), "INFO dug 478 metres");
    desk.input(&wheel(1));
    assert!(desk.picture().contains("following"));
}

#[test]
fn the_help_lists_the_keys_and_goes_away() {
    let mut desk = Desk::new(80, 24);
    harbour(&mut desk);
    desk.press("?");
    look(&desk, "help_80x24");
    desk.press("End");
    assert!(desk.picture().contains("Leaving the monitor never touches a run."));
    desk.press("Esc");
    assert!(desk.picture().contains("Runs"));
}

#[test]
fn what_is_pasted_is_text_and_never_keys() {
    let mut desk = Desk::new(80, 24);
    harbour(&mut desk);
    desk.input(&Input::Pasted("q\nc\ny".to_owned()));
    assert!(desk.asked.iter().all(|it| !matches!(it, Wish::Leave | Wish::Ask(..))));
    desk.press("Tab /");
    desk.input(&Input::Pasted("dug 7\nnot this".to_owned()));
    assert!(desk.picture().contains("/dug 7"));
}

#[test]
fn times_stand_beside_the_lines_that_have_them() {
    let mut desk = Desk::new(80, 24);
    harbour(&mut desk);
    desk.press("Tab t");
    look(&desk, "no_times_known_80x24");
}
