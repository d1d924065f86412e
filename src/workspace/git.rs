//! What git knows, read from its files: the commit that is checked out.
//!
//! No process is started for it: a run is created in milliseconds.

use std::{fs, path::Path};

/// The commit checked out in the repository that holds `root`, when there is one.
pub fn head_commit(root: &Path) -> Option<String> {
    let git = root.ancestors().map(|it| it.join(".git")).find(|it| it.exists())?;
    let folder = if git.is_file() { linked_folder(&git)? } else { git };
    let head = fs::read_to_string(folder.join("HEAD")).ok()?;
    let Some(reference) = head.trim().strip_prefix("ref: ") else { return commit(head.trim()) };
    let common = fs::read_to_string(folder.join("commondir"))
        .map_or_else(|_| folder.clone(), |it| folder.join(it.trim()));
    let loose = fs::read_to_string(common.join(reference)).ok();
    loose.and_then(|it| commit(it.trim())).or_else(|| packed(&common, reference))
}

/// A worktree's `.git` is a file that names the real folder.
fn linked_folder(file: &Path) -> Option<std::path::PathBuf> {
    let text = fs::read_to_string(file).ok()?;
    let named = text.trim().strip_prefix("gitdir: ")?;
    Some(file.parent()?.join(named))
}

fn packed(folder: &Path, reference: &str) -> Option<String> {
    let text = fs::read_to_string(folder.join("packed-refs")).ok()?;
    let line = text.lines().find(|line| line.ends_with(reference))?;
    commit(line.split(' ').next()?)
}

fn commit(text: &str) -> Option<String> {
    (text.len() >= 40 && text.bytes().all(|it| it.is_ascii_hexdigit())).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_loose_packed_and_detached_heads() {
        let root = tempfile::tempdir().unwrap();
        let git = root.path().join(".git");
        let hash = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(head_commit(root.path()), None);
        fs::create_dir_all(git.join("refs/heads")).unwrap();
        fs::write(git.join("HEAD"), "ref: refs/heads/main\n").unwrap();
        assert_eq!(head_commit(root.path()), None, "no commit yet");
        fs::write(git.join("packed-refs"), format!("# pack-refs\n{hash} refs/heads/main\n")).unwrap();
        assert_eq!(head_commit(root.path()).as_deref(), Some(hash));
        fs::write(git.join("refs/heads/main"), format!("{}\n", hash.replace('0', "f"))).unwrap();
        assert_eq!(head_commit(root.path()), Some(hash.replace('0', "f")));
        fs::write(git.join("HEAD"), format!("{hash}\n")).unwrap();
        assert_eq!(head_commit(root.path()).as_deref(), Some(hash));
    }
}
