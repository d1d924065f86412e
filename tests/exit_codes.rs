//! Every exit code, by the real program: scripts rely on the numbers.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

const CONFIG: &str = r#"
[workflow.task]
needs = "item"
command = ["/bin/echo", "{item.id}"]

[workflow.good]
needs = "nothing"
command = ["/bin/echo", "good"]

[workflow.bad]
needs = "nothing"
command = ["/bin/sh", "-c", "exit 42"]

[workflow.hangs]
needs = "nothing"
command = ["/bin/sleep", "60"]
timeout = "200ms"
grace = "100ms"

[workflow.absent]
needs = "nothing"
command = ["scripts/absent.sh"]

[workflow.long]
needs = "nothing"
command = ["/bin/sleep", "60"]
grace = "100ms"

[workflow.badly]
needs = "nothing"
command = ["/bin/echo", "{no.such}"]
"#;

const PLAN: &str = "# PLAN: Mill\n\n**Status**: In Progress\n\n## Priority 1: STONES\n\n\
    **Achievement 1.1**: Dress the stones\n\n- Goal: They grind\n\n\
    **Achievement 1.2**: Hang the sails\n\n- Goal: They turn\n";

fn workspace() -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("plandeck.toml", CONFIG);
    write("work-space/plans/MILL/PLAN_MILL.md", PLAN);
    write("specs/001-done/tasks.md", "# Tasks: Done\n\n## Phase 1: All\n\n- [x] T001 Lay the floor\n");
    write("specs/002-open/tasks.md", "# Tasks: Open\n\n## Phase 1: All\n\n- [ ] T001 Raise the roof\n");
    folder
}

fn plandeck(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plandeck"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .env_remove("PLANDECK_WORKSPACE")
        .output()
        .unwrap()
}

fn check_in(folder: &Path, line: &str, expected: i32) {
    let arguments = shell_words::split(line).unwrap();
    let shown = plandeck(folder, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let told = String::from_utf8_lossy(&shown.stdout).into_owned() + &String::from_utf8_lossy(&shown.stderr);
    assert_eq!(shown.status.code(), Some(expected), "plandeck {line}\n{told}");
    if (2..=7).contains(&expected) {
        assert!(!shown.stderr.is_empty(), "plandeck {line}: a refusal is told on standard error");
    }
}

#[test]
fn reading_ends_with_0_and_finding_nothing_too() {
    let folder = workspace();
    let check = |line: &str| check_in(folder.path(), line, 0);
    for line in [
        "--version",
        "--help",
        "help exit-codes",
        "status",
        "status MILL",
        "plan list",
        "plan list -o json",
        "plan show 002-open",
        "plan lint 002-open",
        "run list",
        "run list --status failed -o json",
        "config show",
        "config path",
        "themes",
        "next 002-open --dry-run",
        "completions bash",
    ] {
        check(line);
    }
    let nothing = TempDir::new().unwrap();
    check_in(nothing.path(), "status", 0);
    check_in(nothing.path(), "run list -o json", 0);
}

#[test]
fn a_run_ends_with_its_verdicts_code_and_never_its_childs() {
    let folder = workspace();
    let check = |line: &str, expected| check_in(folder.path(), line, expected);
    check("run create good --follow -y", 0);
    check("run create good --wait -o json", 0);
    check("run create bad --follow -y", 1);
    check("run wait @latest", 1);
    check("run follow @latest", 1);
    check("run create absent --wait", 1);
    check("run create hangs --wait", 124);
    check("run wait @latest", 124);
    check("next 002-open -y", 0);
    check("run create long", 0);
    check("run cancel @latest -y --reason enough", 0);
    check("run wait @latest", 130);
    check("run get @latest", 0);
    check("run cancel @latest -y", 6);
}

#[test]
fn what_was_asked_wrongly_ends_with_2() {
    let folder = workspace();
    let check = |line: &str| check_in(folder.path(), line, 2);
    check("nosuchverb");
    check("run list --nosuchflag");
    check("run list --limit many");
    check("run create task --plan 002-open");
    check("next");
    check("status 00");
}

#[test]
fn what_is_not_there_ends_with_3() {
    let folder = workspace();
    let check = |line: &str| check_in(folder.path(), line, 3);
    check("status NOPE");
    check("plan show NOPE -o json");
    check("subplan MILL 9.9");
    check("run get ffffff");
    check("run logs ffffff");
    check("run cancel ffffff -y");
    check("run create nosuch");
}

#[test]
fn what_can_not_be_understood_ends_with_4() {
    let folder = workspace();
    let check = |line: &str| check_in(folder.path(), line, 4);
    check("run create badly");
    fs::write(folder.path().join("in.json"), "[1]").unwrap();
    check("run create good --input @in.json");
    fs::write(folder.path().join("in.json"), "{").unwrap();
    check("run create good --input @in.json");
    check("run create good --input '{'");
    check("run create good --input '[1]'");
    check("run create good --input '{\"level\": 1}'");
    check("run create good --param level=1");
    fs::write(folder.path().join("plandeck.toml"), "[workflow.x\n").unwrap();
    check("status");
    fs::write(folder.path().join("plandeck.toml"), "[dekc]\ntheme = \"dark\"\n").unwrap();
    check("status");
}

#[test]
fn nothing_to_run_ends_with_5_and_a_refusal_with_6() {
    let folder = workspace();
    check_in(folder.path(), "next 001-done -y", 5);
    check_in(folder.path(), "execution MILL 1.1 -y", 6);
    check_in(folder.path(), "plan set 001-done T001 done", 6);
    check_in(folder.path(), "plan approve MILL 1.1", 6);
    check_in(folder.path(), "subplan MILL 1.1 -y", 0);
    check_in(folder.path(), "subplan MILL 1.1 -y", 6);
}

#[test]
fn a_journal_that_can_not_be_used_ends_with_7() {
    let folder = workspace();
    fs::write(folder.path().join(".plandeck"), "a file where the folder of the state should be").unwrap();
    check_in(folder.path(), "run create good --wait", 7);
}
