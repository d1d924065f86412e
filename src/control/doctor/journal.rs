//! The journal itself: can it be opened, is the file sound, and do its tables say what its events say?

use std::{fs, io, path::Path};

use super::{
    finding::{Finding, Standing},
    folder::run_folders,
};
use crate::{
    control::{
        error::Error,
        lock,
        open::{Control, Parts},
    },
    journal::{self, Journal, Rescued, damaged_name, rescue},
    run::Specification,
};

/// A control with a journal that can be trusted; absent when there is none.
pub(super) fn examine(
    parts: &Parts,
    repair: bool,
    findings: &mut Vec<Finding>,
) -> Result<Option<Control>, Error> {
    match is_sound(parts) {
        Ok(wrong) if wrong.is_empty() => {
            findings.push(Finding::fine("journal", "the journal passes its integrity check"));
        }
        Ok(wrong) => {
            let message = format!("the journal is damaged: {}", wrong.join("; "));
            if !replace(parts, &message, repair, findings)? {
                return Ok(None);
            }
        }
        Err(error) if error.is_damaged() => {
            if !replace(parts, &error.to_string(), repair, findings)? {
                return Ok(None);
            }
        }
        Err(error) => {
            let fix = error.hint().unwrap_or("see to that first");
            findings.push(Finding::problem("journal", error.to_string(), fix));
            return Ok(None);
        }
    }
    let mut control = Control::open(parts.clone())?;
    projections(&mut control.journal, repair, findings)?;
    Ok(Some(control))
}

/// What is wrong with the file. An index alone is built anew without a word being lost.
fn is_sound(parts: &Parts) -> Result<Vec<String>, journal::Error> {
    // Two lines say it, however many pages are damaged.
    Ok(Journal::open(&parts.state.journal())?.check()?.into_iter().take(2).collect())
}

/// Moves a damaged journal aside and writes what can still be read into a new one. True when done.
fn replace(parts: &Parts, message: &str, repair: bool, findings: &mut Vec<Finding>) -> Result<bool, Error> {
    if !repair {
        findings.push(Finding::repairable("journal", message));
        return Ok(false);
    }
    let runs = run_folders(&parts.state);
    if let Some(run) = runs.iter().find(|run| lock::is_held(&parts.state.run(**run))) {
        let fix = "wait until it has ended, then doctor --repair";
        let message = format!("{message}; run {} is still at work with it", run.short());
        findings.push(Finding::problem("journal", message, fix));
        return Ok(false);
    }
    let aside = parts.state.root().join(damaged_name(parts.clock.wall()));
    move_aside(&parts.state.journal(), &aside).map_err(|error| lock::at(error, &aside))?;
    let rescued = rescue(&aside, &runs);
    let mut fresh = Journal::open(&parts.state.journal())?;
    let (mut runs, mut events) = (0, 0);
    for found in rescued {
        let run = found.run;
        match restore(parts, &mut fresh, found) {
            Ok(kept) => {
                runs += 1;
                events += kept;
            }
            Err(why) => {
                let message = format!("run {} could not be brought over: {why}", run.short());
                let fix = format!("{} still holds what there was", aside.display());
                findings.push(Finding::problem("journal", message, fix));
            }
        }
    }
    findings.push(Finding::repaired(
        "journal",
        format!(
            "{message}; it was moved to {}, and {runs} runs with {events} events were brought over",
            aside.display()
        ),
    ));
    Ok(true)
}

fn restore(parts: &Parts, fresh: &mut Journal, found: Rescued) -> Result<usize, String> {
    let copy = || read_copy(&parts.state.run(found.run).spec());
    let spec = found.spec.or_else(copy).ok_or("its specification can't be read")?;
    fresh.restore(&spec, &found.events).map_err(|error| error.to_string())?;
    Ok(found.events.len())
}

/// The copy of a specification in the folder of its run.
pub(super) fn read_copy(path: &Path) -> Option<Specification> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// With what SQLite keeps beside it: the newest part of the truth is in there.
fn move_aside(journal: &Path, aside: &Path) -> io::Result<()> {
    for suffix in ["-wal", "-shm", ""] {
        let beside = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            name
        };
        match fs::rename(beside(journal), beside(aside)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn projections(journal: &mut Journal, repair: bool, findings: &mut Vec<Finding>) -> Result<(), Error> {
    let verified = journal.verify(repair)?;
    let mut wrong = Vec::new();
    if !verified.stale.is_empty() {
        let first = verified.stale.iter().take(3).map(|it| it.short()).collect::<Vec<_>>().join(", ");
        wrong.push(format!("{} runs are not listed as their events say ({first})", verified.stale.len()));
    }
    if verified.miscounted {
        wrong.push("the runs are miscounted".to_owned());
    }
    if verified.unsearchable {
        wrong.push("the index of words is damaged".to_owned());
    }
    for (run, error) in verified.unreadable {
        let fix = "the rest is not affected; a newer plandeck may understand it";
        findings.push(Finding::problem("projections", format!("run {}: {error}", run.short()), fix));
    }
    let standing = match (wrong.is_empty(), repair) {
        (true, _) => Standing::Fine,
        (false, true) => Standing::Repaired,
        (false, false) => Standing::Problem,
    };
    findings.push(match standing {
        Standing::Fine => {
            Finding::fine("projections", format!("{} runs are listed as their events say", verified.runs))
        }
        Standing::Repaired => Finding::repaired("projections", format!("{}: folded anew", wrong.join("; "))),
        _ => Finding::repairable("projections", wrong.join("; ")),
    });
    Ok(())
}
