//! What is wrong is said, and nothing hangs, crashes, or stays behind: real files, real scripts.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod children;
mod house;

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
};

use house::{House, plan_path, plan_text};
use plandeck::run::Status;

/// What a broken plan is called.
const BROKEN: &str = "BROKEN";

/// `status` succeeds and shows the plans that nothing is wrong with, in whole.
fn others_are_intact(house: &House, what: &str) -> String {
    let said = house.plandeck(&["status"]);
    assert_eq!(said.code, Some(0), "{what}: {}", said.all());
    for whole in ["Mend the quay", "Paint the buoys"] {
        assert!(said.out.contains(whole), "{what}: {}", said.out);
    }
    assert_eq!(
        said.out.matches("0/2").count(),
        2 + said.out.matches("Broken").count(),
        "{what}: {}",
        said.out
    );
    assert!(!said.out.contains(['\0', '\u{1b}']), "{what}: {:?}", said.out);
    said.out
}

/// A verb aimed at the broken plan ends with this code, and says this.
fn aimed(house: &House, what: &str, code: i32, says: &str) {
    let said = house.plandeck(&["next", BROKEN, "--dry-run"]);
    assert_eq!(said.code, Some(code), "{what}: {}", said.all());
    assert!(said.err.contains(says), "{what}: {}", said.err);
}

#[test]
fn a_plan_that_cannot_be_read_keeps_no_other_from_being_read() {
    let check = |what: &str, spoil: &dyn Fn(&House), says: &str| {
        let house = House::sound();
        house.write(&plan_path(BROKEN), "");
        fs::remove_file(house.path(&plan_path(BROKEN))).unwrap();
        spoil(&house);
        others_are_intact(&house, what);
        aimed(&house, what, 4, says);
        let said = house.deck(&["open BROKEN", "b", "open QUAY", "q"]);
        assert_eq!(said.code, Some(0), "{what}: {}", said.all());
        assert!(said.out.contains("1 Execute Next"), "{what}: the deck stays usable:\n{}", said.all());
    };
    let file = |house: &House| house.path(&plan_path(BROKEN));
    let folder = |house: &House| house.path("work-space/plans/BROKEN");
    check(
        "not UTF-8",
        &|house| house.write(&plan_path(BROKEN), b"# PLAN: \xff\xfe\n\n\x80\n"),
        "PLAN_BROKEN.md:1: the file is not UTF-8",
    );
    check(
        "a link to itself",
        &|house| symlink("PLAN_BROKEN.md", file(house)).unwrap(),
        "the link is not followed",
    );
    check("a link to nothing", &|house| symlink("nowhere", file(house)).unwrap(), "the link is not followed");
    check(
        "a link out of the workspace",
        &|house| {
            fs::write(house.path("../outside.md"), plan_text("Secret")).unwrap();
            symlink("../../../../outside.md", file(house)).unwrap();
        },
        "the link is not followed: it leads to",
    );
    check(
        "a folder that is a link to itself",
        &|house| {
            fs::remove_dir(folder(house)).unwrap();
            symlink("BROKEN", folder(house)).unwrap();
        },
        "the link is not followed",
    );
    check(
        "200 MB",
        &|house| {
            house.write(&plan_path(BROKEN), plan_text("Broken"));
            fs::File::options().write(true).open(file(house)).unwrap().set_len(200_000_000).unwrap();
        },
        "the file is too large to be read",
    );
}

#[test]
fn a_folder_without_anything_is_an_empty_plan() {
    let house = House::sound();
    fs::create_dir(house.path("work-space/plans/BROKEN")).unwrap();
    assert!(others_are_intact(&house, "empty").contains(BROKEN));
    aimed(&house, "empty", 5, "it has no items");
    let nothing = House::empty();
    let said = nothing.plandeck(&["status"]);
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert_eq!(nothing.deck(&["1", "r", "q"]).code, Some(0));
    assert!(!nothing.path(".plandeck").exists(), "looking makes no folder");
}

#[test]
fn a_folder_that_may_not_be_read_is_a_problem() {
    let house = House::sound();
    house.write(&plan_path(BROKEN), plan_text("Broken"));
    let folder = house.path("work-space/plans/BROKEN");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o000)).unwrap();
    let is_root = fs::read_dir(&folder).is_ok();
    let said = house.plandeck(&["status"]);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert!(said.out.contains("Mend the quay"), "{}", said.out);
    if is_root {
        // Nobody keeps root from reading; the looping link above stands for what even root can't read.
        return;
    }
    assert!(said.out.contains("problem"), "{}", said.out);
}

#[test]
fn what_is_odd_but_can_be_read_is_read() {
    let check = |what: &str, bytes: Vec<u8>| {
        let house = House::sound();
        house.write(&plan_path(BROKEN), bytes);
        others_are_intact(&house, what);
        let said = house.plandeck(&["next", BROKEN, "--dry-run"]);
        assert_eq!(said.code, Some(0), "{what}: {}", said.all());
    };
    let text = plan_text("Broken");
    check("a byte order mark", ["\u{feff}".as_bytes(), text.as_bytes()].concat());
    check("CRLF", text.replace('\n', "\r\n").into_bytes());
    check("NUL and escapes", (text.clone() + "\na\0b\x1b[2J\x1b]0;title\x07\n").into_bytes());
    check("deep quotes", (text.clone() + "\n" + &"> ".repeat(20_000) + "deep\n").into_bytes());
    let steps: String = (0..400).map(|it| " ".repeat(2 * it) + "- step\n").collect();
    check("deep lists", (text.clone() + "\n" + &steps).into_bytes());
    check("one long line", (text + "\n" + &"x".repeat(3 << 20)).into_bytes());
}

#[test]
fn broken_json_is_a_problem_of_its_own_plan() {
    let check = |what: &str, json: &str| {
        let house = House::sound();
        house.write(&plan_path(BROKEN), plan_text("Broken"));
        house.write("work-space/plans/BROKEN/parallel.json", json);
        let shown = others_are_intact(&house, what);
        assert!(shown.contains("1 problem"), "{what}: {shown}");
    };
    check("truncated", r#"{"achievements":[{"achievement_id":"1.1","depen"#);
    check("nested deeply", &"[".repeat(200_000));
    check(
        "a circle",
        r#"{"achievements":[{"achievement_id":"1.1","dependencies":["1.2"]},
            {"achievement_id":"1.2","dependencies":["1.1"]}]}"#,
    );
    let house = House::sound();
    house.write(".workflow/active/WFS-BROKEN/workflow-session.json", r#"{"session_id":"WFS-BROKEN","pro"#);
    house.write(".workflow/active/WFS-BROKEN/.task/IMPL-1.json", r#"{"id":"IMPL-1""#);
    assert!(others_are_intact(&house, "a session").contains("WFS-BROKEN"));
}

#[test]
fn a_circle_of_needs_is_named_and_nothing_of_it_runs() {
    let house = House::sound();
    house.write(&plan_path(BROKEN), plan_text("Broken"));
    house.write(
        "work-space/plans/BROKEN/parallel.json",
        r#"{"achievements":[{"achievement_id":"1.1","dependencies":["1.2"]},
            {"achievement_id":"1.2","dependencies":["1.1"]}]}"#,
    );
    aimed(&house, "a circle", 5, "waits for");
    let said = house.deck(&["open BROKEN", "1", "open QUAY", "q"]);
    assert!(said.out.contains("circle") || said.out.contains("each other"), "{}", said.out);
    assert!(house.runs().is_empty());
}

#[test]
fn a_wrong_plan_number_is_told_and_the_deck_goes_on() {
    let house = House::sound();
    let said = house.deck(&["9", "77", "open 77", "open NOPE", "1", "q"]);
    assert_eq!(said.code, Some(0), "{}", said.all());
    for told in ["no plan has this number", "There is no plan \"77\"", "There is no plan \"NOPE\""] {
        assert!(said.out.contains(told), "{told}: {}", said.out);
    }
    let said = house.plandeck(&["next", "NOPE"]);
    assert_eq!(said.code, Some(3), "{}", said.all());
}

/// Runs a recipe from the deck to its end; the deck is used afterwards. What it printed is given.
fn run(house: &House, workflow: &str) -> String {
    let said = house.deck(&[&format!("run create {workflow} --follow"), "y", "status", "open QUAY", "q"]);
    assert_eq!(said.code, Some(0), "{workflow}: {}", said.all());
    assert!(said.out.contains("Paint the buoys"), "{workflow}: the deck stays usable:\n{}", said.all());
    assert!(said.out.contains("1 Execute Next"), "{workflow}: the deck stays usable:\n{}", said.all());
    house.falls_silent();
    said.all()
}

fn panel(house: &House, workflow: &str, status: Status, words: &[&str]) {
    let shown = run(house, workflow);
    for word in words {
        assert!(shown.contains(word), "{workflow}: no {word:?} in\n{shown}");
    }
    assert_eq!(house.status(house.last_run()), status, "{workflow}");
}

#[test]
fn a_script_that_is_not_there_or_may_not_be_executed_is_a_panel() {
    let house = House::sound();
    house.configure("[workflow.gone]\nneeds = \"nothing\"\ncommand = [\"scripts/gone.sh\"]\n");
    house.recipe("locked", "echo never", "");
    fs::set_permissions(house.path("scripts/locked.sh"), fs::Permissions::from_mode(0o644)).unwrap();
    house.write("scripts/strange.sh", "#!/no/such/interpreter\n");
    house.configure("[workflow.strange]\nneeds = \"nothing\"\ncommand = [\"scripts/strange.sh\"]\n");
    panel(&house, "gone", Status::Failed, &["could not be started", "scripts/gone.sh"]);
    panel(&house, "locked", Status::Failed, &["could not be started", "not executable", "Make "]);
    panel(&house, "strange", Status::Failed, &["could not be started"]);
}

#[test]
fn a_script_that_waits_for_input_is_told_that_there_is_none() {
    let house = House::sound();
    house.recipe(
        "asks",
        "echo 'your name?'\nread -r name || { echo 'EOF when reading a line'; exit 1; }",
        "",
    );
    panel(&house, "asks", Status::Failed, &["your name?", "input"]);
}

#[test]
fn a_hundred_megabytes_of_output_are_kept_and_not_shown() {
    let house = House::sound();
    house.recipe("loud", "yes 'a line that says nothing' | head -c 104857600", "");
    let shown = run(&house, "loud");
    let run = house.last_run();
    assert_eq!(house.status(run), Status::Succeeded, "{shown}");
    assert!(shown.len() < 100_000, "{} bytes were shown", shown.len());
    let logs = fs::read_dir(house.path(&format!(".plandeck/runs/{run}/logs"))).unwrap().flatten();
    let largest = logs.map(|it| it.metadata().unwrap().len()).max();
    assert_eq!(largest, Some(104_857_600));
}

#[test]
fn a_script_that_ignores_term_is_ended_and_nothing_of_it_lives() {
    let house = House::sound();
    let stubborn = "trap '' TERM\necho here I stay\nwhile :; do sleep 0.2; done";
    house.recipe("stubborn", stubborn, "timeout = \"300ms\"\ngrace = \"200ms\"");
    panel(&house, "stubborn", Status::TimedOut, &["did not end within", "here I stay"]);
}

#[test]
fn a_child_that_left_the_session_and_ignores_term_is_ended_too() {
    let house = House::sound();
    let fork = "setsid sh -c 'trap \"\" TERM HUP; echo left > left; while :; do sleep 0.2; done' &\n\
                while [ ! -e left ]; do sleep 0.05; done\n";
    house.recipe("natural", &format!("{fork}echo done"), "");
    house.recipe(
        "slow",
        &format!("{fork}while :; do sleep 0.2; done"),
        "timeout = \"2s\"\ngrace = \"200ms\"",
    );
    panel(&house, "natural", Status::Succeeded, &["succeeded"]);
    fs::remove_file(house.path("left")).unwrap();
    panel(&house, "slow", Status::TimedOut, &["did not end within"]);
    assert!(house.path("left").exists());
}

#[test]
fn what_a_script_prints_reaches_nobody_raw() {
    let house = House::sound();
    house.recipe("rude", "printf '\\033]0;owned\\007\\033[2Jrude\\rgone\\n'; exit 4", "");
    let shown = run(&house, "rude");
    assert!(shown.contains("rude") && !shown.contains(['\u{1b}', '\u{7}', '\r']), "{shown:?}");
}
