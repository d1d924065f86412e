//! Reading an exported run.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader},
    path::{Path, PathBuf},
};

use super::line::{Line, VERSION};
use crate::{
    cli::RunRef,
    commands::{context::Context, failure::Failure},
    ids::{AttemptId, RunId},
    run::{Event, RunRecord},
    text,
};

/// The file that is meant, when a file is meant: a path, or what can't be a run and is there.
pub fn is_file(context: &Context<'_>, asked: &RunRef) -> Option<PathBuf> {
    let text = asked.as_str();
    let path = context.here.join(text);
    let is_path = text.contains(['/', '.']);
    let is_run = text.starts_with('@') || text.chars().all(|it| it.is_ascii_hexdigit() || it == '-');
    (is_path || !is_run && path.is_file()).then_some(path)
}

/// Reads an exported run as the fold of its events; `hear` is given its logs, piece by piece.
///
/// # Errors
/// When the file can't be read, is no exported run, was cut off, or is of a newer program.
pub fn read(path: &Path, hear: &mut dyn FnMut(&AttemptId, Vec<u8>)) -> Result<RunRecord, Failure> {
    let open = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let mut lines = BufReader::new(File::open(path).map_err(open)?).lines();
    let first = lines.next().transpose().map_err(|_| not_one(path))?.ok_or_else(|| not_one(path))?;
    let mut reading = Reading::begin(path, &first)?;
    for (at, line) in lines.enumerate() {
        let line = line.map_err(open)?;
        reading.take(at + 2, &line, hear)?;
    }
    reading.end()
}

/// A file half read.
struct Reading<'a> {
    path: &'a Path,
    run: RunId,
    record: RunRecord,
    events: u64,
    bytes: u64,
    is_whole: bool,
}

impl<'a> Reading<'a> {
    fn begin(path: &'a Path, first: &str) -> Result<Self, Failure> {
        let value: serde_json::Value = serde_json::from_str(first).map_err(|_| not_one(path))?;
        let version = value["plandeck_export"].as_u64().ok_or_else(|| not_one(path))?;
        if version > u64::from(VERSION) {
            return Err(wrong(
                path,
                1,
                &format!(
                    "version {version} of an exported run is newer than this program, which knows {VERSION}"
                ),
                "read it with a newer plandeck",
            ));
        }
        let head = serde_json::from_value(value).map_err(|error| bad_line(path, 1, &error))?;
        let Line::Head { run, spec, .. } = head else { return Err(not_one(path)) };
        let record = RunRecord::new(*spec);
        Ok(Self { path, run, record, events: 0, bytes: 0, is_whole: false })
    }

    fn take(
        &mut self,
        at: usize,
        line: &str,
        hear: &mut dyn FnMut(&AttemptId, Vec<u8>),
    ) -> Result<(), Failure> {
        let line: Line = serde_json::from_str(line).map_err(|error| bad_line(self.path, at, &error))?;
        match line {
            Line::Event { seq, at, ts, event } => {
                self.events += 1;
                self.record.apply(&Event { run: self.run, seq, at, ts, kind: event });
            }
            Line::Log { attempt, piece } => {
                let bytes = piece.bytes().ok_or_else(|| {
                    wrong(self.path, at, "these are no hexadecimal digits", "export the run again")
                })?;
                self.bytes += bytes.len() as u64;
                hear(&attempt, bytes);
            }
            Line::End { events, bytes } => self.is_whole = events == self.events && bytes == self.bytes,
            Line::Head { .. } => {
                return Err(wrong(self.path, at, "a second run begins here", "one file holds one run"));
            }
        }
        Ok(())
    }

    fn end(self) -> Result<RunRecord, Failure> {
        if self.is_whole {
            return Ok(self.record);
        }
        Err(Failure::Input {
            message: format!(
                "{}: the file is not whole: {} events and {} of logs are there",
                self.path.display(),
                self.events,
                text::format_bytes(self.bytes)
            ),
            hint: Some("copy or export it again".to_owned()),
        })
    }
}

fn not_one(path: &Path) -> Failure {
    Failure::Input {
        message: format!("{} is no exported run", path.display()),
        hint: Some("run export RUN FILE writes one".to_owned()),
    }
}

fn bad_line(path: &Path, line: usize, error: &serde_json::Error) -> Failure {
    wrong(path, line, &error.to_string(), "copy or export it again")
}

fn wrong(path: &Path, line: usize, what: &str, hint: &str) -> Failure {
    Failure::Input { message: format!("{}:{line}: {what}", path.display()), hint: Some(hint.to_owned()) }
}
