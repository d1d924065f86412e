//! The deck without a terminal: lines from a pipe drive the same deck, through the real program.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

fn plandeck(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_plandeck"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Whoever ends before reading everything closes the pipe, which is no fault.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn lines_from_a_pipe_drive_the_same_deck_and_end_well() {
    let folder = TempDir::new().unwrap();
    let made = plandeck(folder.path(), &["demo", "harbour"], "");
    assert!(made.status.success(), "{}", text(&made.stderr));
    let deck = |options: &[&str], lines: &str| {
        let shown = plandeck(folder.path(), &[&["-C", "harbour"], options].concat(), lines);
        assert_eq!(shown.status.code(), Some(0), "{}", text(&shown.stderr));
        text(&shown.stdout) + &text(&shown.stderr)
    };
    let asked = deck(&[], "1\n1\ny\nq\n");
    assert!(asked.contains("HARBOUR-LIGHTS") && asked.contains("[Y/n]"), "{asked}");
    assert!(asked.contains("succeeded: next HARBOUR-LIGHTS"), "{asked}");
    assert!(!asked.contains('\u{1b}'), "no escape sequence reaches a pipe: {asked:?}");
    let refused = deck(&[], "1\n1\nn\nnot a verb\nstatus 'open quote\nq\n");
    assert!(refused.contains("Not run.") && refused.contains("unrecognized subcommand"), "{refused}");
    let unasked = deck(&["-y"], "create chart --follow\n2\n1\nq\n");
    assert!(!unasked.contains("[Y/n]"), "{unasked}");
    for options in [&[][..], &["--no-input"]] {
        let nobody_answers = deck(options, "1\n1\n");
        assert!(nobody_answers.contains("Not run."), "the end of the input is no yes: {nobody_answers}");
    }
}
