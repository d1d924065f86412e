//! Looking into a log without reading all of it into memory.

use std::{
    fs::File,
    io::{self, Read as _},
    os::unix::fs::FileExt as _,
    path::Path,
};

use regex::Regex;

use super::parts::parts;

/// How much is held while searching.
const WINDOW: usize = 256 * 1024;

/// How much of a line without end is looked at again with what follows it.
const OVERLAP: usize = 4 * 1024;

/// A line that is shown or kept is clipped to so many characters.
const SHOWN: usize = 400;

/// The last `count` lines, oldest first, from at most the last `max_bytes` bytes. Reads nothing else
/// of the log, and also finds what a log that outgrew its head holds beside it. Empty when there is no
/// log.
#[must_use]
pub fn last_lines(log: &Path, count: usize, max_bytes: usize) -> Vec<String> {
    let parts = parts(log);
    let mut bytes = Vec::new();
    let mut cut = false;
    for part in parts.iter().rev().map(|part| part.path.as_path()).chain([log]) {
        let room = max_bytes - bytes.len();
        let Ok((mut end, more)) = end_of(part, room) else { continue };
        end.append(&mut bytes);
        bytes = end;
        cut = more;
        if cut {
            break;
        }
    }
    if cut {
        // The first line is there in part only: better none than a wrong one, unless it is all there is.
        if let Some(end) = memchr::memchr(b'\n', &bytes).filter(|end| end + 1 < bytes.len()) {
            bytes.drain(..=end);
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut lines: Vec<String> = text.lines().rev().take(count).map(str::to_owned).collect();
    lines.reverse();
    lines
}

/// The first `count` lines, from at most the first `max_bytes` bytes. Empty when there is no log.
#[must_use]
pub fn first_lines(log: &Path, count: usize, max_bytes: u64) -> Vec<String> {
    let mut bytes = Vec::new();
    let read = File::open(log).and_then(|file| file.take(max_bytes).read_to_end(&mut bytes));
    if read.is_err() {
        return Vec::new();
    }
    String::from_utf8_lossy(&bytes).lines().take(count).map(str::to_owned).collect()
}

/// The last `room` bytes of a file, and whether there are more before them.
fn end_of(path: &Path, room: usize) -> io::Result<(Vec<u8>, bool)> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let start = length.saturating_sub(room as u64);
    let mut bytes = vec![0; usize::try_from(length - start).unwrap_or(room)];
    file.read_exact_at(&mut bytes, start)?;
    Ok((bytes, start > 0))
}

/// The first line that one of `patterns` matches, clipped. Holds 256 KiB, however long the log and
/// its lines are; within a line longer than that, a match may span at most 4 KiB.
///
/// # Errors
///
/// The log can't be read.
pub fn find_pattern(log: &Path, patterns: &[Regex]) -> io::Result<Option<String>> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let mut file = File::open(log)?;
    let mut window = vec![0; WINDOW];
    let mut held = 0;
    loop {
        let count = file.read(&mut window[held..])?;
        held += count;
        let whole = whole_lines(&window[..held], count == 0);
        if let Some(line) = first_match(&window[..whole], patterns) {
            return Ok(Some(line));
        }
        if count == 0 {
            return Ok(None);
        }
        let keep_from = if whole == 0 && held == WINDOW {
            // One line fills the window: look at its part, and go on with the end of it.
            if let Some(line) = first_match(&window[..held], patterns) {
                return Ok(Some(line));
            }
            held - OVERLAP
        } else {
            whole
        };
        window.copy_within(keep_from..held, 0);
        held -= keep_from;
    }
}

/// How many bytes belong to lines that are complete.
fn whole_lines(bytes: &[u8], at_end: bool) -> usize {
    if at_end {
        return bytes.len();
    }
    memchr::memrchr(b'\n', bytes).map_or(0, |end| end + 1)
}

fn first_match(bytes: &[u8], patterns: &[Regex]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().find(|line| patterns.iter().any(|pattern| pattern.is_match(line)))?;
    Some(line.chars().take(SHOWN).collect())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_last_lines_come_from_the_end_only() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("a.1.log");
        let check = |text: &str, count, max_bytes, expected: &[&str]| {
            fs::write(&log, text).unwrap();
            assert_eq!(last_lines(&log, count, max_bytes), expected, "{text:?}");
        };
        check("one\ntwo\nthree\n", 2, 100, &["two", "three"]);
        check("one\ntwo\nthree", 9, 100, &["one", "two", "three"]);
        check("one\ntwo\nthree", 9, 7, &["three"]);
        check("one endless line", 9, 4, &["line"]);
        check("", 9, 4, &[]);
        assert!(last_lines(&folder.path().join("none"), 3, 10).is_empty());
    }

    #[test]
    fn the_last_lines_of_a_log_that_outgrew_its_head_are_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("a.1.log");
        fs::write(&log, "head\n").unwrap();
        fs::create_dir(folder.path().join("a.1.tail")).unwrap();
        fs::write(folder.path().join("a.1.tail/105"), "older\nol").unwrap();
        fs::write(folder.path().join("a.1.tail/1013"), "d\nnew\n").unwrap();
        assert_eq!(last_lines(&log, 3, 100), ["older", "old", "new"]);
    }

    #[test]
    fn a_pattern_is_found_in_any_line_however_long_the_log_is() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("a.1.log");
        let patterns = [Regex::new("^ERROR: .*disk").unwrap(), Regex::new("needle$").unwrap()];
        let check = |text: &str, expected: Option<&str>| {
            fs::write(&log, text).unwrap();
            assert_eq!(find_pattern(&log, &patterns).unwrap().as_deref(), expected);
        };
        let filling = "nothing here\n".repeat(50_000);
        check(&format!("{filling}ERROR: no disk\n{filling}"), Some("ERROR: no disk"));
        check(&format!("{filling}a needle"), Some("a needle"));
        check(&filling, None);
        check("", None);
        let endless = "x".repeat(1_000_000);
        fs::write(&log, format!("{endless} needle")).unwrap();
        assert!(find_pattern(&log, &patterns).unwrap().is_some());
    }
}
