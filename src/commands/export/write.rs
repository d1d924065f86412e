//! Writing a run into a file.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Read, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use super::line::{Line, Piece, VERSION};
use crate::{
    cli::{ExportArgs, Output},
    commands::{
        context::{Context, Done},
        failure::Failure,
        runs,
    },
    ids::{AttemptId, Seq},
    render::json,
    run::{Event, Refusal, RunRecord, RunSummary},
    text,
};

/// How many bytes of a log stand in one line at most.
const PIECE: usize = 48 << 10;

/// Writes a run that ended into a file of its own, mode 0600.
///
/// # Errors
/// When there is no such run, it goes on, or the file is there already or can't be written. What was
/// begun is then taken away again.
pub fn export(context: &mut Context<'_>, args: &ExportArgs) -> Result<Done, Failure> {
    runs::recover(context)?;
    let run = runs::find(context, &args.run)?;
    let journal = context.journal()?;
    let none = || Failure::from(Refusal::NoSuchRun { asked: args.run.as_str().to_owned() });
    let record = journal.run(run)?.ok_or_else(none)?;
    if !record.status.is_over() {
        let what = format!("run {} can't be exported yet", run.short());
        return Err(Refusal::WrongState { what, why: format!("it is {}", record.status.word()) }.into());
    }
    let events = journal.events_after(run, Seq(0), usize::MAX)?;
    let path = context.here.join(&args.file);
    let file = create(&path)?;
    let written = write_all(context, &record, &events, file).map_err(|error| at(error, &path));
    if written.is_err() {
        // A half-written copy is worth nothing, and its name would stand in the way of the next one.
        let _ = fs::remove_file(&path);
    }
    let bytes = written?;
    let summary = RunSummary::from(&record);
    let shown = path.display().to_string();
    let value = || json::run_export(&summary, &shown, bytes);
    let text = match context.output {
        Output::Table => format!(
            "Run {} is in {}: {} events, {} of logs.\n",
            run.short(),
            text::plain(&shown),
            events.len(),
            text::format_bytes(bytes)
        ),
        Output::Plain => format!("{}\n", text::plain(&shown)),
        Output::Json => json::document(&value()) + "\n",
        Output::Ndjson => json::line(&value()) + "\n",
    };
    context.print(&text)?;
    Ok(Done::well())
}

fn create(path: &Path) -> Result<File, Failure> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(file) => Ok(file),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(Refusal::AlreadyThere { what: path.display().to_string() }.into())
        }
        Err(error) => Err(at(error, path).into()),
    }
}

fn at(error: io::Error, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// How many bytes of logs were written.
fn write_all(context: &Context<'_>, record: &RunRecord, events: &[Event], file: File) -> io::Result<u64> {
    let mut to = BufWriter::new(file);
    let exported_at = context.now().rfc3339();
    let spec = Box::new(record.spec.clone());
    put(&mut to, &Line::Head { plandeck_export: VERSION, run: record.id, exported_at, spec })?;
    for event in events {
        put(&mut to, &event.into())?;
    }
    let mut bytes = 0;
    for (attempt, log) in logs(context, record) {
        bytes += put_log(&mut to, &attempt, &log)?;
    }
    put(&mut to, &Line::End { events: events.len() as u64, bytes })?;
    let file = to.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(bytes)
}

fn put(to: &mut impl Write, line: &Line) -> io::Result<()> {
    serde_json::to_writer(&mut *to, line)?;
    to.write_all(b"\n")
}

/// The logs that there are, attempt by attempt.
fn logs(context: &Context<'_>, record: &RunRecord) -> Vec<(AttemptId, PathBuf)> {
    let folder = context.state.run(record.id);
    let attempts = record.tasks.iter().flat_map(|task| {
        let id = |number| AttemptId { task: task.name.clone(), number };
        task.attempts.iter().map(move |it| id(it.number))
    });
    let with_log = attempts.map(|attempt| (attempt.clone(), folder.log(&attempt)));
    with_log.filter(|(_, log)| log.exists()).collect()
}

fn put_log(to: &mut impl Write, attempt: &AttemptId, log: &Path) -> io::Result<u64> {
    let mut file = File::open(log)?;
    let mut half = Vec::new();
    let mut total = 0;
    loop {
        let mut bytes = std::mem::take(&mut half);
        let room = (PIECE - bytes.len()) as u64;
        let read = Read::by_ref(&mut file).take(room).read_to_end(&mut bytes)?;
        if bytes.is_empty() {
            return Ok(total);
        }
        // A character on the border goes whole into the next piece.
        if read > 0 {
            half = bytes.split_off(bytes.len() - half_character(&bytes));
        }
        total += bytes.len() as u64;
        put(to, &Line::Log { attempt: attempt.clone(), piece: Piece::of(bytes) })?;
    }
}

/// How many bytes at the end begin a character that is not complete: three at most.
fn half_character(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            bytes.len() - error.valid_up_to()
        }
        _ => 0,
    }
}
