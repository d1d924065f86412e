//! A run followed at a real terminal: what is painted, and how the terminal is left.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod children;
mod house;
mod terminal;

use house::House;
use plandeck::run::Status;
use rustix::process::Signal;
use terminal::Term;

const LEAVE: &str = "d: go on in the background";

/// Follows the run of the gate from a shell.
fn at_the_gate(house: &House, env: &[(&str, &str)]) -> Term {
    let term = Term::run(house, &["run", "create", "gate", "--follow"], 80, 24, env);
    term.wait_text("waiting at the gate");
    term.wait_text(LEAVE);
    term
}

fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(r"[⣾⣽⣻⢿⡿⣟⣯⣷]", "*");
    settings.add_filter(r"[0-9a-f]{6} · [0-9.hms ]+", "RUN · TIME");
    settings.add_filter(r" · \d[0-9.]*(ms|s)", " · TIME");
    settings.add_filter(r"┆ .*", "┆ SAID");
    settings
}

/// A plan of a thousand tasks that can all run side by side and wait at the gate.
fn thousand() -> House {
    let house = House::empty();
    let tasks: String =
        (1..=1000).map(|it| format!("- [ ] T{it:04} [P] Tend lamp {it} of the pier\n")).collect();
    house.write("specs/001-pier/spec.md", "# Feature Specification: The pier\n");
    house.write("specs/001-pier/plan.md", "# Implementation Plan: The pier\n");
    house.write("specs/001-pier/tasks.md", format!("# Tasks: The pier\n\n## Phase 1: Lamps\n\n{tasks}"));
    house.write(
        "scripts/lamp.sh",
        "#!/bin/sh\necho \"lamp $1 is lit\"\nwhile [ ! -e open ]; do sleep 0.05; done\n",
    );
    house.configure(
        "[workflow.task]\nneeds = \"item\"\ncommand = [\"scripts/lamp.sh\", \"{item.id}\"]\n[run]\nstagger = \"0s\"\n",
    );
    house
}

#[test]
fn a_thousand_tasks_fit_small_and_large_screens() {
    let house = thousand();
    for (columns, rows) in [(40, 10), (80, 24), (200, 60)] {
        let args = ["run", "create", "all", "--plan", "001-pier", "--slots", "3", "--follow"];
        let mut term = Term::run(&house, &args, columns, rows, &[]);
        term.wait("three lamps", |screen| screen.contents().matches("┆ lamp T0").count() == 3);
        term.wait_text("d: go on");
        term.wait("rows that fit", |screen| (0..rows).all(|row| !screen.row_wrapped(row)));
        settings().bind(|| insta::assert_snapshot!(format!("follow_{columns}x{rows}"), term.screen()));
        term.press("\x03", "Cancel run");
        term.send("y");
        assert_eq!(term.end(), Some(130), "{}", term.screen());
        assert!(term.is_restored());
    }
    house.falls_silent();
}

#[test]
fn letting_go_ends_with_0_and_following_on_with_the_runs_own_code() {
    let house = House::demo();
    house.recipe("fails", "while [ ! -e open ]; do sleep 0.05; done\nexit 3", "");
    let mut term = Term::run(&house, &["run", "create", "fails", "--follow"], 80, 24, &[]);
    term.wait_text(LEAVE);
    term.send("d");
    assert_eq!(term.end(), Some(0));
    assert!(term.is_restored());
    let run = house.last_run();
    assert!(!house.status(run).is_over());
    let mut term = Term::run(&house, &["run", "follow", &run.short()], 80, 24, &[]);
    term.wait_text(LEAVE);
    house.write("open", "");
    assert_eq!(term.end(), Some(1));
    assert!(term.is_restored());
    assert!(term.screen().contains("exit code 3"), "{}", term.screen());
    assert!(!term.screen().contains(LEAVE), "nothing of the picture is left: {}", term.screen());
}

#[test]
fn other_keys_than_d_and_ctrl_c_do_nothing() {
    let house = House::demo();
    let mut term = at_the_gate(&house, &[]);
    // Ctrl-D is no d; arrows, a pasted word without one, and the terminal's own words of its focus.
    term.send("\x04\x1b[A\x1b[I\x1b[Oxyz\r");
    house.write("open", "");
    assert_eq!(term.end(), Some(0));
    assert!(term.screen().contains("succeeded"), "it was followed to its end: {}", term.screen());
}

#[test]
fn a_window_made_smaller_and_larger_shows_one_picture() {
    let house = House::demo();
    let mut term = at_the_gate(&house, &[]);
    for (columns, rows) in [(40, 10), (200, 60), (50, 12)] {
        term.resize(columns, rows);
        // The picture after the next one is painted in the new size for certain.
        let painted = term.raw().matches("gate ").count();
        term.wait_raw("two more pictures", |raw| raw.matches("gate ").count() >= painted + 4);
        term.wait("one picture", |screen| {
            screen.contents().matches("d: go on in the back").count() == 1
                && (0..rows).all(|row| !screen.row_wrapped(row))
        });
    }
    house.write("open", "");
    assert_eq!(term.end(), Some(0));
    assert!(term.is_restored());
}

/// Everything that a hostile program could print.
const HOSTILE: &str = r#"
i=0; while [ $i -lt 32 ]; do printf "\\$(printf %03o $i)x"; i=$((i+1)); done; echo
printf '\302\200\302\205\302\233\302\235\302\237\177 c1\n'
printf '\033]0;owned\007 \033]2;unterminated\n'
printf '\033[2J\033[10;10H\033[?1049h\033[?25l\033[6n\033c\033(0\n'
printf '\033P1$q\033\\ \033_apc\033\\ \033^pm\n'
printf '\377\376\300\200\355\240\200 not utf-8\n'
printf '\342\200\256reversed\342\200\254 \342\200\213zero\342\200\213width \342\201\246isolate\n'
printf '\346\227\245\346\234\254\350\252\236\360\237\221\250\342\200\215\360\237\221\251 wide\n'
head -c 1000000 /dev/zero | tr '\0' 'M'; echo
echo harmless again
"#;

#[test]
fn hostile_output_leaves_screen_and_terminal_intact() {
    let house = House::demo();
    house.recipe("hostile", &format!("{HOSTILE}\nwhile [ ! -e open ]; do sleep 0.05; done\n{HOSTILE}"), "");
    for env in [&[][..], &[("ACCESSIBLE", "1")]] {
        let mut term = Term::run(&house, &["run", "create", "hostile", "--follow"], 80, 24, env);
        if env.is_empty() {
            term.wait_text("harmless again");
            term.wait("the main page", |screen| !screen.alternate_screen());
        }
        house.write("open", "");
        assert_eq!(term.end(), Some(0), "{}", term.screen());
        assert!(term.is_restored());
        assert!(term.screen().contains("succeeded"), "{}", term.screen());
        let raw = term.raw();
        for rest in raw.split('\x1b').skip(1) {
            let ours = is_ours(rest);
            assert!(ours, "not ours: {:?}", rest.chars().take(20).collect::<String>());
        }
        let bare = |it: char| it.is_control() && !matches!(it, '\x1b' | '\r' | '\n' | '\x07');
        assert!(!raw.contains(bare), "{:?}", raw.chars().find(|it| bare(*it)));
        std::fs::remove_file(house.path("open")).unwrap();
    }
    house.falls_silent();
}

/// What we write ourselves: colours, the place of the cursor and its look, what is erased, modes of ours,
/// links, and nothing else.
fn is_ours(rest: &str) -> bool {
    let Some(body) = rest.strip_prefix('[') else {
        return rest.starts_with("]8;;") || rest.starts_with('\\');
    };
    let end = body.find(|it: char| ('\x40'..='\x7e').contains(&it)).unwrap_or(0);
    let (parameters, last) = body.split_at(end);
    match last.chars().next() {
        Some('m' | 'A' | 'J' | 'K') => !parameters.starts_with('?'),
        Some('h' | 'l') => matches!(parameters, "?25" | "?2004" | "?1004" | "?2026"),
        _ => false,
    }
}

#[test]
fn the_accessible_follower_only_appends() {
    let house = House::demo();
    let args = ["run", "create", "gate", "--follow", "--accessible"];
    let mut term = Term::run(&house, &args, 80, 24, &[]);
    term.wait_text("d lets the run go on in the background");
    term.wait_text("gate runs");
    house.write("open", "");
    assert_eq!(term.end(), Some(0));
    let raw = term.raw();
    let moves: Vec<&str> =
        raw.split("\x1b[").skip(1).filter(|it| !it.starts_with("?1004") && !is_colour(it)).collect();
    assert!(moves.is_empty(), "{moves:?}");
    assert!(raw.contains("the run ended, succeeded"), "{raw}");
    assert!(!raw.contains(['⣾', '┆', '▶', '✔', '█']), "{raw}");
}

fn is_colour(sequence: &str) -> bool {
    let parameters: String = sequence.chars().take_while(|it| it.is_ascii_digit() || *it == ';').collect();
    sequence[parameters.len()..].starts_with('m')
}

#[test]
fn a_terminal_that_shows_progress_is_told_and_cleared_last() {
    let house = House::demo();
    let mut term = at_the_gate(&house, &[("TERM_PROGRAM", "ghostty")]);
    term.wait_raw("progress", |raw| raw.contains("\x1b]9;4;1;0\x07"));
    house.write("open", "");
    assert_eq!(term.end(), Some(0));
    let raw = term.raw();
    let last = raw.rfind("\x1b]9;4;").unwrap();
    assert!(raw[last..].starts_with("\x1b]9;4;0;\x07"), "{:?}", &raw[last..]);
    assert!(!at_the_gate_without(&house).contains("]9;4"), "others would take it for a notification");
}

fn at_the_gate_without(house: &House) -> String {
    let mut term = Term::run(house, &["run", "create", "gate", "--follow"], 80, 24, &[]);
    assert_eq!(term.end(), Some(0));
    term.raw()
}

#[test]
fn a_follower_that_is_terminated_leaves_the_terminal_as_it_was_and_the_run_going() {
    let house = House::demo();
    let mut term = at_the_gate(&house, &[]);
    assert!(!term.is_restored(), "keys are read one by one");
    let run = house.last_run();
    term.kill(Signal::TERM);
    assert_eq!(term.end(), Some(143));
    assert!(term.is_restored());
    assert!(term.raw().ends_with("\x1b[?1004l\x1b[?2004l\x1b[?25h\x1b[0m"), "{:?}", term.raw());
    assert!(!house.status(run).is_over());
    house.write("open", "");
    assert_eq!(house.ended(run), Status::Succeeded);
}

#[test]
fn a_follower_that_was_stopped_takes_the_terminal_again() {
    let house = House::demo();
    let mut term = at_the_gate(&house, &[]);
    term.kill(Signal::STOP);
    // As a shell does with a job that was stopped.
    term.cook();
    assert!(term.is_cooked());
    term.kill(Signal::CONT);
    let painted = term.raw().matches(LEAVE).count();
    term.wait_raw("pictures", |raw| raw.matches(LEAVE).count() > painted + 1);
    assert!(!term.is_cooked(), "keys are read one by one again");
    // Ctrl-Z without a shell that could let it go on stops nothing.
    term.send("\x1a");
    let painted = term.raw().matches(LEAVE).count();
    term.wait_raw("pictures", |raw| raw.matches(LEAVE).count() > painted + 1);
    term.send("d");
    assert_eq!(term.end(), Some(0));
    assert!(term.is_restored());
}

#[test]
fn a_closed_terminal_ends_the_follower_and_not_the_run() {
    let house = House::demo();
    let term = at_the_gate(&house, &[]);
    let run = house.last_run();
    term.kill(Signal::HUP);
    let mut term = term;
    assert_ne!(term.end(), Some(0));
    assert!(!house.status(run).is_over());
    house.write("open", "");
    assert_eq!(house.ended(run), Status::Succeeded);
    house.falls_silent();
}
