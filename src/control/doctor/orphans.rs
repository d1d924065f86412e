//! Folders of which the journal knows nothing, and runs that have no folder.

use std::{fs, path::Path};

use super::{finding::Finding, folder::run_folders, journal::read_copy};
use crate::{
    control::{create::write_copy, error::Error, lock, open::Control},
    ids::{RunId, Seq},
    journal::{RunQuery, RunSort, read_spool},
    run::{Event, Specification},
    workspace::state::RunFolder,
};

/// Both kinds.
pub(super) fn examine(control: &mut Control, repair: bool, findings: &mut Vec<Finding>) -> Result<(), Error> {
    let before = findings.len();
    for run in run_folders(&control.parts.state) {
        if !control.journal.knows(run)? {
            findings.extend(orphan(control, run, repair)?);
        }
    }
    folderless(control, repair, findings)?;
    if findings.len() == before {
        findings.push(Finding::fine("folders", "every run has its folder, and every folder its run"));
    }
    Ok(())
}

/// A folder without a run. One whose lock is held is being created, or about to be recorded again.
fn orphan(control: &mut Control, run: RunId, repair: bool) -> Result<Option<Finding>, Error> {
    let folder = control.parts.state.run(run);
    let Some(_lock) = lock::take(&folder)? else { return Ok(None) };
    // Asked again under the lock: who created it may have been faster.
    if control.journal.knows(run)? {
        return Ok(None);
    }
    let unknown = format!("the journal knows nothing of {}", folder.root().display());
    let launched = folder.spool().exists() || !is_empty(&folder.logs());
    if !launched {
        return discard(&folder, unknown, repair).map(Some);
    }
    let Some(spec) = read_copy(&folder.spec()).filter(|it| it.run == run) else {
        let fix = "nothing tells any more what it was: delete it when its logs are of no use";
        return Ok(Some(Finding::problem("folders", unknown, fix)));
    };
    if !repair {
        return Ok(Some(Finding::repairable("folders", unknown)));
    }
    record(control, &folder, &spec)?;
    let message = format!("{unknown}: run {} was recorded again from what it tells", run.short());
    Ok(Some(Finding::repaired("folders", message)))
}

/// Its creator went away before anything was answered: there is nothing in it to lose.
fn discard(folder: &RunFolder, unknown: String, repair: bool) -> Result<Finding, Error> {
    if !repair {
        return Ok(Finding::repairable("folders", unknown));
    }
    fs::remove_dir_all(folder.root()).map_err(|error| lock::at(error, folder.root()))?;
    Ok(Finding::repaired("folders", format!("{unknown}, and nothing was launched in it: removed")))
}

/// Writes the run from its specification's copy and its spool; it ends as lost unless the spool says how.
fn record(control: &mut Control, folder: &RunFolder, spec: &Specification) -> Result<(), Error> {
    let text = fs::read(folder.spool()).map(|it| String::from_utf8_lossy(&it).into_owned());
    let spooled = read_spool(&text.unwrap_or_default());
    let first = spooled.iter().position(|event| event.run == spec.run && event.seq == Seq(1));
    let events: &[Event] = first.map_or(&[], |at| &spooled[at..]);
    control.journal.restore(spec, events)?;
    if !control.journal.standing(spec.run)?.1.is_over() {
        control.end_lost(spec.run)?;
    }
    Ok(())
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).map_or(true, |mut it| it.next().is_none())
}

/// Runs whose folder is gone. The journal's row is the truth; its copy can be written again.
fn folderless(control: &mut Control, repair: bool, findings: &mut Vec<Finding>) -> Result<(), Error> {
    let mut gone = Vec::new();
    let mut page = None;
    loop {
        let query = RunQuery { sort: RunSort::Started, limit: 1000, page, ..RunQuery::default() };
        let found = control.journal.list(&query)?;
        gone.extend(
            found.runs.iter().map(|run| run.id).filter(|it| !control.parts.state.run(*it).root().exists()),
        );
        page = found.next_page;
        if page.is_none() {
            break;
        }
    }
    let Some(first) = gone.first() else { return Ok(()) };
    let message = format!("{} runs have lost their folder and their logs ({})", gone.len(), first.short());
    if !repair {
        findings.push(Finding::repairable("folders", message));
        return Ok(());
    }
    for run in gone {
        let folder = control.parts.state.run(run);
        folder.create().map_err(Error::Folder)?;
        if let Some(spec) = control.journal.specification(run)? {
            write_copy(&folder, &spec).map_err(|error| lock::at(error, &folder.spec()))?;
        }
    }
    findings.push(Finding::repaired("folders", format!("{message}: specifications written again")));
    Ok(())
}
