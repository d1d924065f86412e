//! What steps read by themselves: files, names of files, lines of files. Nothing outside the workspace.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use globset::GlobBuilder;
use regex::Regex;

/// Most bytes of a file that are handed on.
const MOST_BYTES: u64 = 256 * 1024;
/// Most names or lines that are handed on.
const MOST_FOUND: usize = 1000;
/// Most entries that are looked at.
const MOST_SEEN: usize = 200_000;
/// A bigger file is not searched.
const MOST_SEARCHED: u64 = 4 << 20;
/// Folders that hold nothing a person wrote.
const PASSED_OVER: [&str; 5] = [".git", ".plandeck", "node_modules", "target", ".venv"];

/// The file that a path means, when it is inside the workspace, links followed.
pub(super) fn inside(workspace: &Path, path: &str) -> Result<PathBuf, String> {
    let asked = workspace.join(path.trim());
    let real = asked.canonicalize().map_err(|error| format!("{path} can't be read: {error}"))?;
    let root = workspace.canonicalize().map_err(|error| format!("the workspace can't be read: {error}"))?;
    if real.starts_with(&root) { Ok(real) } else { Err(format!("{path} is outside the workspace")) }
}

/// The text of a file, or the names in a folder.
pub(super) fn read(workspace: &Path, path: &str) -> Result<String, String> {
    let file = inside(workspace, path)?;
    let told = |error: io::Error| format!("{path} can't be read: {error}");
    if file.is_dir() {
        let entries = fs::read_dir(&file).map_err(told)?.flatten();
        let mut names: Vec<String> =
            entries.map(|it| it.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        return Ok(names.join("\n"));
    }
    if !file.is_file() {
        return Err(format!("{path} is no file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(&file).and_then(|it| it.take(MOST_BYTES + 1).read_to_end(&mut bytes)).map_err(told)?;
    let text = String::from_utf8_lossy(&bytes);
    let whole = text.len() as u64 <= MOST_BYTES;
    let end = text.floor_char_boundary(usize::try_from(MOST_BYTES).unwrap_or(usize::MAX));
    Ok(if whole {
        text.into_owned()
    } else {
        format!("{}\n… (cut here; the file is longer)", &text[..end])
    })
}

/// The names of the files that fit a pattern, one a line, relative to the workspace.
pub(super) fn glob(workspace: &Path, pattern: &str) -> Result<String, String> {
    let pattern = pattern.trim().trim_start_matches("./");
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    let matcher = glob.map_err(|error| format!("{pattern} is no pattern: {error}"))?.compile_matcher();
    let mut found: Vec<String> =
        walk(workspace, workspace)?.into_iter().filter(|it| matcher.is_match(it)).collect();
    Ok(bounded(&mut found))
}

/// The lines that a pattern fits, as `file:line: text`, below a path.
pub(super) fn grep(workspace: &Path, pattern: &str, path: Option<&str>) -> Result<String, String> {
    // What people write is grep's: there `\|` means or.
    let regex = Regex::new(&pattern.replace(r"\|", "|")).or_else(|_| Regex::new(&regex::escape(pattern)));
    let regex = regex.map_err(|error| format!("{pattern} can't be searched for: {error}"))?;
    let asked = path.map(str::trim).filter(|it| !it.is_empty()).unwrap_or(".");
    let files = match inside(workspace, asked) {
        Ok(place) if place.is_file() => vec![asked.trim_start_matches("./").to_owned()],
        Ok(place) => walk(workspace, &place)?,
        // `src/**/*.rs` names no file, and yet says where to look.
        Err(_) if asked.contains(['*', '{', '?']) => {
            glob(workspace, asked)?.lines().map(str::to_owned).collect()
        }
        Err(why) => return Err(why),
    };
    let mut found = Vec::new();
    for file in files {
        if found.len() > MOST_FOUND {
            break;
        }
        found.extend(lines_of(&workspace.join(&file), &file, &regex));
    }
    Ok(bounded(&mut found))
}

fn lines_of(path: &Path, name: &str, regex: &Regex) -> Vec<String> {
    let small = path.metadata().is_ok_and(|it| it.len() <= MOST_SEARCHED);
    let Some(text) = small.then(|| fs::read_to_string(path).ok()).flatten() else { return Vec::new() };
    let fits = text.lines().enumerate().filter(|(_, line)| regex.is_match(line));
    fits.take(MOST_FOUND).map(|(at, line)| format!("{name}:{}: {}", at + 1, line.trim_end())).collect()
}

fn bounded(found: &mut Vec<String>) -> String {
    let more = found.len().saturating_sub(MOST_FOUND);
    found.truncate(MOST_FOUND);
    if more > 0 {
        found.push("… (there is more)".to_owned());
    }
    found.join("\n")
}

/// The files below a folder, in order, relative to the workspace. Links to folders are not followed.
fn walk(workspace: &Path, from: &Path) -> Result<Vec<String>, String> {
    let root = workspace.canonicalize().map_err(|error| format!("the workspace can't be read: {error}"))?;
    let mut open = vec![from.canonicalize().unwrap_or_else(|_| from.to_owned())];
    let mut found = Vec::new();
    let mut seen = 0;
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            seen += 1;
            let Ok(kind) = entry.file_type() else { continue };
            let path = entry.path();
            if kind.is_dir() && !PASSED_OVER.iter().any(|it| entry.file_name() == *it) {
                open.push(path);
            } else if kind.is_file() {
                found.extend(path.strip_prefix(&root).ok().map(|it| it.to_string_lossy().into_owned()));
            }
        }
        if seen > MOST_SEEN {
            return Err(format!("there are more than {MOST_SEEN} files to look at; name a folder"));
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("w");
        fs::create_dir_all(root.join("src/deep")).unwrap();
        fs::create_dir_all(root.join("target")).unwrap();
        fs::write(folder.path().join("secret"), "x").unwrap();
        fs::write(root.join("src/a.rs"), "fn one() {}\nfn two() {}\n").unwrap();
        fs::write(root.join("src/deep/b.rs"), "fn three() {}\n").unwrap();
        fs::write(root.join("target/c.rs"), "fn four() {}\n").unwrap();
        std::os::unix::fs::symlink("../../secret", root.join("src/link")).unwrap();
        folder
    }

    #[test]
    fn nothing_outside_the_workspace_is_read() {
        let folder = workspace();
        let root = folder.path().join("w");
        for path in ["../secret", "src/../../secret", "/etc/passwd", "src/link", "nothing"] {
            assert!(read(&root, path).is_err(), "{path}");
            assert!(grep(&root, "x", Some(path)).is_err(), "{path}");
        }
        assert_eq!(read(&root, "src/../src/a.rs").unwrap().lines().count(), 2);
        assert_eq!(read(&root, "src").unwrap(), "a.rs\ndeep\nlink");
    }

    #[test]
    fn files_and_lines_are_found_in_order() {
        let folder = workspace();
        let root = folder.path().join("w");
        assert_eq!(glob(&root, "**/*.rs").unwrap(), "src/a.rs\nsrc/deep/b.rs");
        assert_eq!(glob(&root, "./src/*.rs").unwrap(), "src/a.rs");
        assert_eq!(
            grep(&root, r"fn t\w+", Some("src")).unwrap(),
            "src/a.rs:2: fn two() {}\nsrc/deep/b.rs:1: fn three() {}"
        );
        assert_eq!(grep(&root, r"one\|three", None).unwrap().lines().count(), 2);
        assert_eq!(grep(&root, "one(", Some("src/*.rs")).unwrap(), "src/a.rs:1: fn one() {}");
        assert_eq!(grep(&root, "nothing", None).unwrap(), "");
        assert!(glob(&root, "a{").is_err());
    }

    #[test]
    fn a_long_file_is_cut_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("long"), "ä".repeat(200_000)).unwrap();
        let text = read(folder.path(), "long").unwrap();
        assert!(text.len() < 300_000 && text.ends_with("the file is longer)"));
    }
}
