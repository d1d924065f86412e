use super::*;

fn workspace(text: &[u8]) -> (tempfile::TempDir, Editor) {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("plan.md"), text).unwrap();
    let state = StateFolder::at(root.path().join(".plandeck"));
    let editor = Editor::new(root.path(), state, 0o022);
    (root, editor)
}

#[test]
fn an_edit_touches_one_line_and_undo_restores_every_byte() {
    for text in ["- [ ] a\r\n- [ ] b\r\nlast", "\u{feff}- [ ] a\n- [ ] b\n", "x\n- [ ] b", "\n- [ ] b\n\n"] {
        let (root, editor) = workspace(text.as_bytes());
        editor.replace_line("plan.md", 2, "- [ ] b", "- [x] b").unwrap();
        let now = fs::read_to_string(root.path().join("plan.md")).unwrap();
        assert_eq!(now, text.replace("- [ ] b", "- [x] b"));
        assert_eq!(editor.undo().unwrap(), "plan.md");
        assert_eq!(fs::read_to_string(root.path().join("plan.md")).unwrap(), text);
        assert!(matches!(editor.undo(), Err(EditError::NothingToUndo)));
    }
}

#[test]
fn a_line_that_changed_meanwhile_is_left_alone() {
    let (root, editor) = workspace(b"- [ ] a\n- [ ] b\n");
    let error = editor.replace_line("plan.md", 2, "- [ ] c", "- [x] c").unwrap_err();
    assert!(matches!(&error, EditError::Changed { line: 2, found: Some(found), .. } if found == "- [ ] b"));
    assert!(matches!(
        editor.replace_line("plan.md", 9, "x", "y").unwrap_err(),
        EditError::Changed { found: None, .. }
    ));
    assert_eq!(fs::read(root.path().join("plan.md")).unwrap(), b"- [ ] a\n- [ ] b\n");
}

#[test]
fn undo_refuses_when_someone_has_edited_since() {
    let (root, editor) = workspace(b"- [ ] a\n");
    editor.replace_line("plan.md", 1, "- [ ] a", "- [x] a").unwrap();
    fs::write(root.path().join("plan.md"), "- [x] A\n").unwrap();
    assert!(matches!(editor.undo(), Err(EditError::Changed { .. })));
    fs::write(root.path().join("plan.md"), "- [x] a\nmore\n").unwrap();
    editor.undo().unwrap();
    assert_eq!(
        fs::read(root.path().join("plan.md")).unwrap(),
        b"- [ ] a\nmore\n",
        "elsewhere is no conflict"
    );
}

#[test]
fn a_new_file_never_overwrites_and_can_be_taken_back() {
    let (root, editor) = workspace(b"");
    editor.create("deep/new.md", "text").unwrap();
    assert!(matches!(editor.create("deep/new.md", "other"), Err(EditError::Exists { .. })));
    assert_eq!(fs::read(root.path().join("deep/new.md")).unwrap(), b"text");
    editor.append("deep/new.md", " and more").unwrap();
    assert_eq!(fs::read(root.path().join("deep/new.md")).unwrap(), b"text and more");
    editor.undo().unwrap();
    assert_eq!(fs::read(root.path().join("deep/new.md")).unwrap(), b"text");
    editor.undo().unwrap();
    assert!(!root.path().join("deep/new.md").exists());
}

#[test]
fn nothing_outside_the_workspace_is_touched() {
    let (root, editor) = workspace(b"a\n");
    let outside = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(outside.path(), root.path().join("out")).unwrap();
    for file in ["../x.md", "/etc/x.md", "out/x.md", "a/../../x.md"] {
        assert!(matches!(editor.create(file, ""), Err(EditError::Outside { .. })), "{file}");
    }
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn lines_of_several_files_change_together_or_not_at_all() {
    let (root, editor) = workspace(b"- [ ] a\r\n- [ ] b\n");
    fs::write(root.path().join("list.md"), "- [ ] one\n").unwrap();
    let edit = |file: &str, line, seen: &str, new: &str| LineEdit {
        file: file.to_owned(),
        line,
        seen: seen.to_owned(),
        new: new.to_owned(),
    };
    let texts = || ["plan.md", "list.md"].map(|it| fs::read_to_string(root.path().join(it)).unwrap());
    let before = texts();
    let first = edit("plan.md", 1, "- [ ] a", "- [x] a longer one");
    let wrong = [first.clone(), edit("list.md", 1, "- [ ] two", "- [x] two")];
    assert!(matches!(editor.replace_lines(&wrong), Err(EditError::Changed { .. })));
    assert_eq!(texts(), before, "not even the line that was as it was seen");
    let right = [first, edit("plan.md", 2, "- [ ] b", ""), edit("list.md", 1, "- [ ] one", "- [x] one")];
    editor.replace_lines(&right).unwrap();
    assert_eq!(texts(), ["- [x] a longer one\r\n\n", "- [x] one\n"]);
    assert!(matches!(editor.undo_of(|file| file == "other.md"), Err(EditError::NothingToUndo)));
    editor.undo_of(|file| file == "plan.md").unwrap();
    assert_eq!(texts(), before, "they are one edit");
}

#[test]
fn what_a_killed_writer_left_is_swept_when_it_is_old() {
    let (root, editor) = workspace(b"- [ ] a\n");
    let old = File::create(root.path().join(".plandeck-old.tmp")).unwrap();
    let now = old.metadata().unwrap().modified().unwrap();
    old.set_modified(now - FORGOTTEN * 2).unwrap();
    File::create(root.path().join(".plandeck-new.tmp")).unwrap();
    editor.replace_line("plan.md", 1, "- [ ] a", "- [x] a").unwrap();
    assert!(!root.path().join(".plandeck-old.tmp").exists());
    assert!(root.path().join(".plandeck-new.tmp").exists(), "it may belong to somebody");
}

#[test]
fn many_writers_lose_nothing() {
    let lines = "- [ ] 0\n- [ ] 1\n- [ ] 2\n- [ ] 3\n- [ ] 4\n- [ ] 5\n- [ ] 6\n- [ ] 7\n";
    let (root, editor) = workspace(lines.as_bytes());
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let editor = editor.clone();
            scope.spawn(move || {
                for round in 0..10 {
                    let (seen, new) = if round % 2 == 0 { (' ', 'x') } else { ('x', ' ') };
                    let text = |mark| format!("- [{mark}] {writer}");
                    editor.replace_line("plan.md", writer + 1, &text(seen), &text(new)).unwrap();
                }
            });
        }
    });
    assert_eq!(fs::read_to_string(root.path().join("plan.md")).unwrap(), lines);
    for _ in 0..80 {
        editor.undo().unwrap();
    }
    assert_eq!(fs::read_to_string(root.path().join("plan.md")).unwrap(), lines);
}
