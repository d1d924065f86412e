//! The memory of readings in the state folder, so that a new process need not read what has not changed.
//!
//! It is a convenience: whatever is wrong with it (missing, damaged, of another program), there is none,
//! and everything is read.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::Path,
};

use super::state::{StateFolder, with_path};

/// What the file begins with; the number grows with every change of what follows.
const MARK: &[u8] = b"plandeck readings 1\n";

/// The bytes that [`write()`] wrote, when this very program did.
pub fn read(state: &StateFolder, program: &Path) -> Option<Vec<u8>> {
    let mut file = File::open(state.readings()).ok()?;
    let head = head(program)?;
    let mut found = vec![0; head.len()];
    file.read_exact(&mut found).ok().filter(|()| found == head)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Writes the memory, private, in one step; nothing where there is no state folder: looking at plans
/// makes none.
///
/// # Errors
/// When the file system refuses.
pub fn write(state: &StateFolder, program: &Path, bytes: &[u8]) -> io::Result<()> {
    let Some(head) = head(program).filter(|_| state.root().is_dir()) else { return Ok(()) };
    let path = state.readings();
    let named = |error| with_path(error, &path);
    // Its mode is 0600 from the beginning.
    let mut file = tempfile::Builder::new().prefix(".readings-").tempfile_in(state.root()).map_err(named)?;
    file.write_all(&head).and_then(|()| file.write_all(bytes)).map_err(named)?;
    file.as_file().set_permissions(fs::Permissions::from_mode(0o600)).map_err(named)?;
    file.persist(&path).map_err(|error| with_path(error.error, &path))?;
    Ok(())
}

/// The mark, and which program it is: another one may understand the same files otherwise.
fn head(program: &Path) -> Option<Vec<u8>> {
    let program = fs::metadata(program).ok()?;
    let mut head = MARK.to_vec();
    let identity =
        [program.len().cast_signed(), program.mtime(), program.mtime_nsec(), program.ino().cast_signed()];
    head.extend(identity.into_iter().flat_map(i64::to_le_bytes));
    Some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_this_very_program_wrote_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        fs::write(&program, "one").unwrap();
        let state = StateFolder::at(folder.path().join("state"));
        write(&state, &program, b"bytes").unwrap();
        assert_eq!(read(&state, &program), None, "no state folder was made for it");
        state.create().unwrap();
        write(&state, &program, b"bytes").unwrap();
        assert_eq!(read(&state, &program).as_deref(), Some(&b"bytes"[..]));
        let mode = fs::metadata(state.readings()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::write(&program, "other").unwrap();
        assert_eq!(read(&state, &program), None, "written by another program");
        fs::write(state.readings(), "garbage").unwrap();
        assert_eq!(read(&state, &program), None);
    }
}
