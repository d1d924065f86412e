//! The methodology's own scripts, run as they really want to be called: with their modes, without a
//! standard input to wait on, and with an exit code that can't be trusted.
//!
//! The scripts here are ours; they insist on the arguments that the real ones insist on.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

const PLAN: &str = "# PLAN: Lighthouse\n\n**Status**: Planning\n\n## Achievement Index\n\n\
    - Achievement 1.1: Dig the foundation\n- Achievement 1.2: Build the tower\n";

/// Asks on standard input unless told not to, like the original's menu.
const NEXT: &str = r#"
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("plan")
parser.add_argument("--next", action="store_true")
parser.add_argument("--no-clipboard", action="store_true")
parser.add_argument("--interactive", action="store_true")
args = parser.parse_args()
if args.interactive:
    input("Choose 1-7: ")
assert args.next, "no mode"
print("You are working on", args.plan)
"#;

/// Needs its mode first, and says "Error:" with exit code 0.
const SUBPLAN: &str = r#"
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("mode", choices=["create", "continue", "synthesize"])
parser.add_argument("file")
parser.add_argument("--achievement", required=True)
args = parser.parse_args()
text = open(args.file).read()
if "Achievement " + args.achievement + ": Dig" not in text:
    print("Error: Achievement", args.achievement, "not found in PLAN")
    raise SystemExit(0)
print("Design achievement", args.achievement)
"#;

const EXECUTION: &str = r#"
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("mode", choices=["create", "continue", "next"])
parser.add_argument("file")
parser.add_argument("--execution", default="01")
args = parser.parse_args()
print("Execute", open(args.file).readline().strip(), "run", args.execution)
"#;

/// Nothing where there is no python3 to try the scripts with.
fn workspace() -> Option<tempfile::TempDir> {
    if Command::new("python3").arg("--version").output().is_err() {
        return None;
    }
    let root = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("work-space/plans/LIGHTHOUSE/PLAN_LIGHTHOUSE.md", PLAN);
    write("LLM/scripts/generation/generate_prompt.py", NEXT);
    write("LLM/scripts/generation/generate_subplan_prompt.py", SUBPLAN);
    write("LLM/scripts/generation/generate_execution_prompt.py", EXECUTION);
    Some(root)
}

fn plandeck(root: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, .. } = Command::new(env!("CARGO_BIN_EXE_plandeck"))
        .args(["-C", root.to_str().unwrap()])
        .args(arguments)
        .env("COLUMNS", "80")
        .output()
        .unwrap();
    (status.code(), String::from_utf8(stdout).unwrap())
}

/// What the latest run printed: the product, which nobody throws away.
fn product(root: &Path) -> String {
    plandeck(root, &["run", "logs", "@latest"]).1
}

#[test]
fn each_script_gets_the_mode_it_needs_and_its_prompt_is_kept() {
    let Some(root) = workspace() else { return };
    let root = root.path();
    let check = |arguments: &[&str], expected: &str| {
        let (code, shown) = plandeck(root, arguments);
        assert_eq!(code, Some(0), "{arguments:?}:\n{shown}");
        assert_eq!(product(root), expected, "{arguments:?}");
    };
    let plan = "work-space/plans/LIGHTHOUSE/PLAN_LIGHTHOUSE.md";
    check(&["next"], &format!("You are working on {plan}\n"));
    check(&["subplan", "1.1"], "Design achievement 1.1\n");
    let design = root.join("work-space/plans/LIGHTHOUSE/subplans");
    fs::create_dir_all(&design).unwrap();
    fs::write(design.join("SUBPLAN_LIGHTHOUSE_11.md"), "# SUBPLAN: Foundation\n").unwrap();
    check(&["execution", "1.1"], "Execute # SUBPLAN: Foundation run 01\n");
}

#[test]
fn a_script_that_says_error_and_exits_with_0_has_failed() {
    let Some(root) = workspace() else { return };
    let (code, shown) = plandeck(root.path(), &["subplan", "1.2"]);
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("failed") && shown.contains("Error: Achievement 1.2"), "{shown}");
}

#[test]
fn a_script_that_waits_for_input_is_told_at_once_that_there_is_none() {
    let Some(root) = workspace() else { return };
    let waiting = NEXT.replace("if args.interactive:", "if True:");
    fs::write(root.path().join("LLM/scripts/generation/generate_prompt.py"), waiting).unwrap();
    let (code, shown) = plandeck(root.path(), &["next"]);
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("stdin"), "the advice says why:\n{shown}");
}
