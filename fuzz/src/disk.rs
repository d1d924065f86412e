//! Edits as they are really made: files, locks, the undo store.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use plandeck::{
    plan::LineEdit,
    workspace::{EditError, Editor, state::StateFolder},
};

use crate::tree::Tree;

thread_local! {
    static FOLDER: tempfile::TempDir = tempfile::tempdir().expect("there is a temporary folder");
}

/// Makes edits in files with the tree's bytes and takes them back: only the lines that are named
/// change, and then every byte is what it was.
pub fn set_and_undo(tree: &Tree, edits: &[LineEdit]) {
    FOLDER.with(|folder| {
        let root = folder.path().join("workspace");
        if set_up(&root, tree, edits).is_some() {
            hold(&root, folder.path().join("state"), tree, edits);
        }
        for used in fs::read_dir(folder.path()).into_iter().flatten().flatten() {
            fs::remove_dir_all(used.path()).ok();
        }
    });
}

/// Nothing where a file system has no such name.
fn set_up(root: &Path, tree: &Tree, edits: &[LineEdit]) -> Option<()> {
    for edit in edits {
        let path = root.join(&edit.file);
        fs::create_dir_all(path.parent()?).ok()?;
        fs::write(path, &tree.bytes[&edit.file]).ok()?;
    }
    Some(())
}

fn hold(root: &Path, state: PathBuf, tree: &Tree, edits: &[LineEdit]) {
    let files: BTreeMap<&str, &Vec<u8>> =
        edits.iter().map(|it| (it.file.as_str(), &tree.bytes[&it.file])).collect();
    let now = |file: &str| fs::read(root.join(file)).expect("it is still there");
    let editor = Editor::new(root, StateFolder::at(state), 0o022);
    match editor.replace_lines(edits) {
        Ok(()) => {
            for (&file, &before) in &files {
                only_those_lines(before, &now(file), edits.iter().filter(|it| it.file == file));
            }
            editor.undo().expect("what was done can be taken back");
        }
        // What was read of a file that is not UTF-8 is not what stands there.
        Err(EditError::Changed { file, .. }) => {
            assert!(std::str::from_utf8(&tree.bytes[&file]).is_err(), "{file} was as it was seen: {edits:?}");
        }
        Err(error) => panic!("{error}: {edits:?}"),
    }
    for (&file, &before) in &files {
        assert_eq!(&now(file), before, "{file} is not as it was: {edits:?}");
    }
}

fn only_those_lines<'e>(before: &[u8], after: &[u8], edits: impl Iterator<Item = &'e LineEdit>) {
    let lines = |bytes: &[u8]| -> Vec<Vec<u8>> { bytes.split(|it| *it == b'\n').map(<[u8]>::to_vec).collect() };
    let mut expected = lines(before);
    for edit in edits {
        let line = &mut expected[edit.line - 1];
        let mark: &[u8] = if edit.line == 1 && line.starts_with(b"\xef\xbb\xbf") { b"\xef\xbb\xbf" } else { b"" };
        let ending: &[u8] = if line.ends_with(b"\r") { b"\r" } else { b"" };
        *line = [mark, edit.new.as_bytes(), ending].concat();
    }
    assert_eq!(lines(after), expected, "only what was named has changed");
}
