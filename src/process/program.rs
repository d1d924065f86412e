//! Which file a program's name means, and why it could not be launched.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use rustix::fs::{Access, access};

use crate::run::LaunchFailure;

/// The program that `name` means: a bare name is looked for in `path_var` (the value of `PATH`), one
/// with a slash is relative to `base`, which is absolute. The answer is absolute.
///
/// # Errors
///
/// [`LaunchFailure::NotFound`], or [`LaunchFailure::NotExecutable`] when all that was found may not
/// be executed.
pub fn find_program(name: &str, path_var: &str, base: &Path) -> Result<PathBuf, LaunchFailure> {
    let program = || name.to_owned();
    let candidates: Vec<PathBuf> = if name.contains('/') {
        vec![base.join(name)]
    } else if name.is_empty() {
        Vec::new()
    } else {
        // An empty entry of PATH means the current folder; a relative one is relative to it.
        path_var.split(':').map(|folder| base.join(folder).join(name)).collect()
    };
    if let Some(found) = candidates.iter().find(|it| is_executable(it)) {
        return Ok(found.clone());
    }
    if candidates.iter().any(|it| it.exists()) {
        return Err(LaunchFailure::NotExecutable { program: program() });
    }
    Err(LaunchFailure::NotFound { program: program() })
}

/// Why the system refused to launch `program` in `cwd`. The system says only "not found" or
/// "permission denied", whether it means the folder, the program or its interpreter.
#[must_use]
pub fn diagnose(error: &io::Error, program: &str, cwd: &Path) -> LaunchFailure {
    if !cwd.is_dir() || access(cwd, Access::EXEC_OK).is_err() {
        return LaunchFailure::NoDirectory { cwd: cwd.display().to_string() };
    }
    let path = Path::new(program);
    let program = program.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound if fs::symlink_metadata(path).is_err() => LaunchFailure::NotFound { program },
        // A link that leads nowhere.
        io::ErrorKind::NotFound if !path.exists() => LaunchFailure::NotFound { program },
        io::ErrorKind::NotFound => LaunchFailure::NoInterpreter { program },
        io::ErrorKind::NotADirectory => LaunchFailure::NotFound { program },
        io::ErrorKind::PermissionDenied if !is_executable(path) => LaunchFailure::NotExecutable { program },
        _ if error.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error()) => {
            LaunchFailure::System { message: unknown_format(path, &program) }
        }
        _ => LaunchFailure::System { message: format!("{program} could not be launched: {error}") },
    }
}

fn unknown_format(path: &Path, program: &str) -> String {
    let mut start = [0; 2];
    let empty = File::open(path).and_then(|mut file| file.read(&mut start)).is_ok_and(|count| count == 0);
    if empty {
        return format!("{program} is empty");
    }
    format!("{program} is no program, and its first line names no interpreter (#!)")
}

fn is_executable(path: &Path) -> bool {
    path.is_file() && access(path, Access::EXEC_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_name_means_the_first_executable_file_in_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path();
        for (name, mode) in [("a/tool", 0o644), ("b/tool", 0o755), ("c/tool", 0o755), ("a/plain", 0o644)] {
            let path = base.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }
        let absolute = format!("{}:b:c", base.join("a").display());
        let check = |name: &str, expected: Result<&str, LaunchFailure>| {
            let expected = expected.map(|it| base.join(it));
            assert_eq!(find_program(name, &absolute, base), expected, "{name}");
        };
        check("tool", Ok("b/tool"));
        check("c/tool", Ok("c/tool"));
        check("plain", Err(LaunchFailure::NotExecutable { program: "plain".to_owned() }));
        check("a/tool", Err(LaunchFailure::NotExecutable { program: "a/tool".to_owned() }));
        check("none", Err(LaunchFailure::NotFound { program: "none".to_owned() }));
        check("", Err(LaunchFailure::NotFound { program: String::new() }));
        check("b", Err(LaunchFailure::NotFound { program: "b".to_owned() }));
    }
}
