//! Every session of `examples/` and the demo's own, played by the real program through the real
//! executor.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

fn replay(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plandeck"))
        .arg("replay")
        .args(arguments)
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .output()
        .unwrap()
}

fn shown(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn every_example_shows_what_it_says() {
    let output = replay(Path::new(env!("CARGO_MANIFEST_DIR")), &["examples"]);
    assert!(output.status.success(), "{}", shown(&output));
    let sessions = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")).unwrap().flatten();
    let sessions = sessions.filter(|it| it.path().extension().is_some_and(|it| it == "session")).count();
    assert_eq!(shown(&output).matches("ok ").count(), sessions, "{}", shown(&output));
}

#[test]
fn the_demo_tells_the_story_it_promises() {
    let session = concat!(env!("CARGO_MANIFEST_DIR"), "/src/commands/demo/demo.session");
    let output = replay(Path::new("/"), &[session]);
    assert!(output.status.success(), "{}", shown(&output));
}

#[test]
fn a_difference_is_shown_and_an_update_mends_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.session");
    fs::write(&file, "# width: 60\n\nsomething else\n> nonsense\n...\n> q\n").unwrap();

    let output = replay(folder.path(), &["a.session"]);
    assert_eq!(output.status.code(), Some(1));
    let told = shown(&output);
    assert!(told.contains("differs a.session") && told.contains("- something else"), "{told}");
    assert!(!told.contains("a.session:4"), "what agrees is not told:\n{told}");

    assert!(replay(folder.path(), &["a.session", "--update"]).status.success());
    let updated = fs::read_to_string(&file).unwrap();
    assert!(updated.starts_with("# width: 60\n\nplandeck"), "{updated}");
    assert!(updated.ends_with("> nonsense\n...\n> q\n"), "what agreed stays as it was:\n{updated}");
    assert!(replay(folder.path(), &["a.session"]).status.success());
}

#[test]
fn an_unknown_setting_names_its_line() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.session"), "# fine\n# witdh: 60\n> q\n").unwrap();
    let output = replay(folder.path(), &["a.session"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(shown(&output).contains("a.session:2"), "{}", shown(&output));
}
