//! The deck at a real terminal: keys go in, and what stands on the screen is looked at.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod children;
mod house;
mod terminal;

use house::House;
use plandeck::run::Status;
use rustix::process::Signal;
use terminal::{Term, last_row};

const BOARD: &str = "1-3 open";
const PLAN: &str = "HARBOUR-LIGHTS ❯";
const LEAVE: &str = "d: go on in the background";

/// The deck on its board.
fn board(house: &House) -> Term {
    let term = Term::open(house, 80, 24);
    term.wait_text(BOARD);
    term.wait_last("❯");
    term
}

/// The deck on the plan's page, opened by its digit.
fn plan(house: &House) -> Term {
    let mut term = board(house);
    let screen = term.screen();
    let row = screen.lines().find(|it| it.contains("HARBOUR-LIGHTS")).unwrap();
    let digit = row.chars().next().unwrap().to_string();
    term.press(&digit, "1 Execute Next");
    term.wait_last(PLAN);
    term
}

/// Follows a run that goes on until the gate is opened.
fn at_the_gate(house: &House) -> Term {
    let mut term = board(house);
    term.press("run create gate --follow\r", "[Y/n]");
    term.send("y");
    term.wait_text("waiting at the gate");
    term.wait_text(LEAVE);
    term
}

#[test]
fn a_digit_opens_a_plan_and_the_next_ones_run_what_is_next() {
    let house = House::demo();
    let mut term = plan(&house);
    term.press("1", "[Y/n]");
    let asked = term.screen();
    assert_eq!(asked.matches("[Y/n]").count(), 1, "it is asked once:\n{asked}");
    term.press("y", "succeeded");
    term.wait_last(PLAN);
    let screen = term.screen();
    assert!(!screen.contains(LEAVE) && !screen.contains('⣾'), "nothing of the picture is left:\n{screen}");
    assert!(
        house
            .path("work-space/plans/HARBOUR-LIGHTS/execution/EXECUTION_TASK_HARBOUR-LIGHTS_11_01.md")
            .exists()
    );
    house.falls_silent();
}

#[test]
fn a_subplan_is_created_for_the_item_that_is_typed() {
    let house = House::demo();
    let mut term = plan(&house);
    term.press("3", "Item (");
    term.press("1.2\r", "[Y/n]");
    term.press("y", "succeeded");
    term.wait_last(PLAN);
    assert!(house.path("work-space/plans/HARBOUR-LIGHTS/subplans/SUBPLAN_HARBOUR-LIGHTS_12.md").exists());
}

#[test]
fn an_execution_without_its_subplan_is_a_panel_whose_first_number_creates_it() {
    let house = House::demo();
    let mut term = plan(&house);
    term.press("4", "Item");
    term.press("1.3\r", "Not done");
    term.wait_end("❯");
    assert!(last_row(&term.screen()).starts_with("HARBOUR-LIGHTS · advice 1"), "{}", term.screen());
    term.press("1", "[Y/n]");
    term.press("y", "succeeded");
    term.wait_last(PLAN);
    assert!(house.path("work-space/plans/HARBOUR-LIGHTS/subplans/SUBPLAN_HARBOUR-LIGHTS_13.md").exists());
}

#[test]
fn digits_are_text_as_soon_as_anything_is_typed() {
    let house = House::demo();
    let mut term = board(&house);
    term.send("run 12");
    term.wait_last("❯ run 12");
    term.send("\x03");
    term.wait_last("❯");
}

#[test]
fn keys_that_come_together_all_count() {
    let house = House::demo();
    let mut term = board(&house);
    term.press("9abc", "9: no plan has this number");
    term.wait_last("❯ abc");
    term.send("\x03");
    term.wait_last("❯");
    let screen = term.screen();
    let row = screen.lines().rfind(|it| it.contains("HARBOUR-LIGHTS")).unwrap();
    let both = format!("{}1", row.chars().next().unwrap());
    term.press(&both, "[Y/n]");
    term.press("n", "Not run.");
    term.wait_last(PLAN);
    assert!(house.runs().is_empty());
}

#[test]
fn what_is_pasted_does_not_run() {
    let house = House::demo();
    let mut term = board(&house);
    term.paste("status\nrun create gate\nzzz\n");
    term.wait_text("run create gate");
    term.wait_text("zzz");
    assert!(!term.screen().contains("unrecognized"), "{}", term.screen());
    term.send("\x03");
    term.wait_last("❯");
    term.press("yyy\r", "unrecognized");
    term.wait_last("❯");
    assert!(house.runs().is_empty());
}

#[test]
fn tab_completes_plans_and_items() {
    let house = House::demo();
    let mut term = board(&house);
    term.press("open HARB\t", "open HARBOUR-LIGHTS");
    term.press("\r", "1 Execute Next");
    term.wait_last(PLAN);
    term.press("subplan 2.\t", "2.2");
    term.wait_text("Write the keeper's handbook");
}

#[test]
fn what_was_typed_is_recalled_after_a_restart() {
    let house = House::demo();
    let mut term = board(&house);
    term.press("status HARBOUR-LIGHTS\r", "HARBOUR-LIGHTS");
    term.wait_last("❯");
    term.send("\x1bq");
    assert_eq!(term.end(), Some(0));
    let mut term = board(&house);
    term.send("\x1b[A");
    term.wait_last("❯ status HARBOUR-LIGHTS");
}

#[test]
fn esc_goes_back_and_alt_h_shows_the_runs() {
    let house = House::demo();
    let mut term = plan(&house);
    term.send("\x1b");
    term.wait_text(BOARD);
    term.wait_last("❯");
    house.plandeck(&["run", "create", "chart", "--wait"]);
    let run = house.begin("gate", "waiting");
    term.press("\x1bh", &run.short());
    term.wait_end("❯");
    assert!(last_row(&term.screen()).starts_with("runs 1"), "{}", term.screen());
}

#[test]
fn ctrl_c_at_a_question_leads_back_to_the_deck() {
    let house = House::demo();
    let mut term = plan(&house);
    term.press("1", "[Y/n]");
    term.press("\x03", "Not run.");
    term.wait_last(PLAN);
    term.press("3", "Item (");
    term.press("\x03", "Nothing was done.");
    term.wait_last(PLAN);
    term.wait("a cursor", |screen| !screen.hide_cursor());
    assert!(house.runs().is_empty());
}

#[test]
fn a_run_left_to_the_background_is_announced_above_a_half_typed_line() {
    let house = House::demo();
    let mut term = at_the_gate(&house);
    term.press("\x03", "Cancel run");
    term.press("\r", "goes on in the background");
    term.wait_last("❯");
    term.send("half typed");
    term.wait_last("❯ half typed");
    house.write("open", "");
    let run = house.last_run();
    term.wait("its end", |screen| screen.contents().contains(&format!("succeeded run {}", run.short())));
    term.wait_last("❯ half typed");
    term.send(" line");
    term.wait_last("❯ half typed line");
    assert_eq!(house.ended(run), Status::Succeeded);
}

#[test]
fn what_others_change_in_plans_is_announced_above_a_half_typed_line() {
    let house = House::demo();
    house.write("specs/901-mill/tasks.md", "- [ ] T001 Dress the stones\n- [ ] T002 Hang the sails\n");
    let mut term = Term::open(&house, 80, 24);
    term.wait_text("901-mill");
    term.wait_last("❯");
    term.send("half typed");
    term.wait_last("❯ half typed");
    house.write("specs/901-mill/tasks.md", "- [x] T001 Dress the stones\n- [ ] T002 Hang the sails\n");
    term.wait_text("901-mill changed: T001 ready → done");
    term.wait_last("❯ half typed");
    term.send("\x1b[D\x1b[D");
    house.write("specs/901-mill/tasks.md", "- [x] T001 Dress the stones\n- [x] T002 Hang the sails\n");
    term.wait_text("901-mill changed: T002 ready → done");
    term.send("X");
    term.wait_last("❯ half typXed");
    assert!(house.runs().is_empty());
}

#[test]
fn a_run_that_ends_while_a_question_stands_is_announced_after_it() {
    let house = House::demo();
    let mut term = at_the_gate(&house);
    term.press("d", "goes on in the background");
    term.wait_last("❯");
    let run = house.last_run();
    term.press("run create watch\r", "[Y/n]");
    house.write("open", "");
    assert_eq!(house.ended(run), Status::Succeeded);
    term.send("n");
    term.wait("its end", |screen| screen.contents().contains(&format!("succeeded run {}", run.short())));
}

#[test]
fn ctrl_c_and_yes_cancels() {
    let house = House::demo();
    let mut term = at_the_gate(&house);
    term.press("\x03", "Cancel run");
    term.send("y");
    term.wait_last("advice 1 ❯");
    assert_eq!(house.ended(house.last_run()), Status::Cancelled);
    assert!(term.screen().contains("cancelled"), "{}", term.screen());
    house.falls_silent();
}

#[test]
fn the_picture_of_a_run_is_dimmed_and_fits() {
    let house = House::demo();
    house.recipe(
        "wide",
        "yes wide | head -n 100 | tr '\\n' ' '; echo; echo last\nwhile [ ! -e open ]; do sleep 0.05; done",
        "",
    );
    let mut term = Term::open(&house, 40, 10);
    term.wait_end("❯");
    term.press("run create wide --follow\r", "[Y/n]");
    term.send("y");
    term.wait_text("  last");
    term.wait("dim output", |screen| {
        let (rows, _) = screen.size();
        let row =
            (0..rows.get()).find(|row| screen.contents_between(*row, 0, *row, 40).starts_with("  wide wide"));
        row.is_some_and(|row| {
            screen.cell(row, 3).is_some_and(|it| it.dim() || it.fgcolor() != vt100::Color::Default)
        })
    });
    term.wait("no wrapped row", |screen| {
        let (rows, _) = screen.size();
        let wide =
            (0..rows.get()).filter(|row| screen.contents_between(*row, 0, *row, 40).contains("wide wide"));
        wide.clone().count() == 1 && wide.into_iter().all(|row| !screen.row_wrapped(row))
    });
    // The first picture is painted before keys are read one by one, the next ones after.
    term.wait_raw("the fifth picture", |raw| raw.matches("  last").count() >= 5);
    term.wait("rows that begin at the left", |screen| screen.contents().lines().any(|it| it == "  last"));
    term.press("d", "goes on in");
    term.wait_end("❯");
    assert!(!term.screen().contains("wide wide"), "{}", term.screen());
}

#[test]
fn a_run_goes_on_when_the_deck_is_left_and_is_there_again() {
    let house = House::demo();
    let mut term = at_the_gate(&house);
    term.press("d", "goes on in the background");
    term.wait_last("❯");
    term.send("q\r");
    assert_eq!(term.end(), Some(0));
    let run = house.last_run();
    assert!(term.screen().contains(&run.short()), "{}", term.screen());
    assert!(term.is_restored());
    assert!(!house.status(run).is_over());
    let mut term = board(&house);
    term.press("h\r", &run.short());
    term.wait_text("running");
    house.write("open", "");
    assert_eq!(house.ended(run), Status::Succeeded);
}

#[test]
fn a_deck_that_is_terminated_leaves_the_terminal_as_it_was() {
    let house = House::demo();
    let mut term = board(&house);
    assert!(!term.is_restored(), "keys are read one by one");
    term.kill(Signal::TERM);
    assert_eq!(term.end(), Some(143));
    assert!(term.is_restored());
    let mut term = plan(&house);
    term.press("1", "[Y/n]");
    term.kill(Signal::TERM);
    assert_eq!(term.end(), Some(143));
    assert!(term.is_restored());
}

#[test]
fn closing_the_terminal_ends_the_deck_and_not_the_run() {
    let house = House::demo();
    let term = at_the_gate(&house);
    let run = house.last_run();
    term.hang_up();
    assert!(!house.status(run).is_over());
    assert_eq!(house.supervisors().len(), 1);
    house.write("open", "");
    assert_eq!(house.ended(run), Status::Succeeded);
    house.falls_silent();
}

#[test]
fn a_smaller_window_is_filled_and_never_overrun() {
    let house = House::demo();
    let mut term = board(&house);
    term.resize(40, 10);
    // A key that is dead says so in the new width, and only then is the new size known to be seen.
    term.send("r\r");
    term.wait_end("❯");
    term.press("1", "b Back");
    term.wait_end("❯");
    term.wait("rows that fit", |screen| (0..10).all(|row| !screen.row_wrapped(row)));
}

#[test]
fn forty_columns_and_ten_rows_are_enough() {
    let house = House::demo();
    let mut term = Term::open(&house, 40, 10);
    term.wait_end("❯");
    term.wait("rows that fit", |screen| (0..10).all(|row| !screen.row_wrapped(row)));
    term.send("open HARBOUR-LIGHTS\r");
    term.wait_last(PLAN);
    term.press("1", "[Y/n]");
    term.press("y", "runs next HARBOUR-LIGHTS");
    term.wait_last(PLAN);
}

#[test]
fn vi_users_edit_as_they_do() {
    let house = House::demo();
    house.configure("\n[deck]\nedit_mode = \"vi\"\n");
    let mut term = board(&house);
    term.send("stxatus zzz");
    term.wait_last("❯ stxatus zzz");
    // What follows Esc at once would be a chord with it.
    let (_, column) = term.cursor();
    term.send("\x1b");
    term.wait("a step left", |screen| screen.cursor_position().1 + 1 == column);
    term.send("02lx");
    term.wait_last("❯ status zzz");
    term.press("\r", "There is no plan");
    term.wait_last("advice 1 ❯");
    term.press("1", "1-3 open");
}

#[test]
fn without_colours_there_are_none() {
    let house = House::demo();
    let mut term = Term::open_with(&house, 80, 24, &[("NO_COLOR", "1")]);
    term.wait_text(BOARD);
    term.wait_last("❯");
    term.press("1", "1 Execute Next");
    term.wait_end("❯");
    term.press("1", "[Y/n]");
    term.press("y", "succeeded");
    term.wait_end("❯");
    let raw = term.raw();
    let coloured = |rest: &&str| {
        let parameters: String = rest.chars().take_while(|it| it.is_ascii_digit() || *it == ';').collect();
        rest[parameters.len()..].starts_with('m') && !matches!(parameters.as_str(), "" | "0")
    };
    let found: Vec<&str> = raw.split("\x1b[").skip(1).filter(coloured).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_dumb_terminal_gets_lines() {
    let house = House::demo();
    let mut term = Term::open_with(&house, 80, 24, &[("TERM", "dumb")]);
    term.wait_text(BOARD);
    term.press("open HARBOUR-LIGHTS\r", "1 Execute Next");
    term.press("zzz\r", "unrecognized");
    term.send("q\r");
    assert_eq!(term.end(), Some(0));
    assert!(!term.raw().contains('\x1b'), "{:?}", term.raw());
}

#[test]
fn a_terminal_is_told_where_commands_and_their_output_begin() {
    let house = House::demo();
    let mut term = plan(&house);
    term.press("status\r", "status");
    term.wait_last(PLAN);
    let raw = term.raw();
    let at =
        |mark: &str| raw.rfind(&format!("\x1b]133;{mark}")).unwrap_or_else(|| panic!("no {mark} in {raw:?}"));
    assert!(at("C") < at("D") && at("D") < at("A"), "{raw:?}");
    assert_eq!(raw.matches("\x1b]133;C").count(), raw.matches("\x1b]133;D").count());
}

#[test]
fn the_settings_are_edited_and_only_what_makes_sense_is_taken() {
    let house = House::demo();
    let before = std::fs::read_to_string(house.path("plandeck.toml")).unwrap();
    let (folder, tried) = (house.root().display().to_string(), house.path("tried"));
    let script = format!(
        "cd '{folder}'; [ -e tried ] && sed -i 's/^slotz/slots/' \"$1\" && exit\n\
         touch tried; printf '\\n[run]\\nslotz = 1\\n' >> \"$1\"\n"
    );
    house.write("editor.sh", script);
    let editor = format!("sh '{}'", house.path("editor.sh").display());
    let mut term = Term::open_with(&house, 80, 24, &[("VISUAL", &editor)]);
    term.wait_text(BOARD);
    term.press("config edit\r", "Edit it again?");
    assert!(term.screen().contains("slotz"), "{}", term.screen());
    assert!(tried.exists());
    assert_eq!(
        std::fs::read_to_string(house.path("plandeck.toml")).unwrap(),
        before,
        "nothing bad is written"
    );
    term.press("y", "changed plandeck.toml");
    let after = std::fs::read_to_string(house.path("plandeck.toml")).unwrap();
    assert_eq!(after, format!("{before}\n[run]\nslots = 1\n"));
    term.wait_last("❯");
}
