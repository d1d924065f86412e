//! Runs that nobody minds, what was left aside for them, and what still lives of those that have ended.

use std::{collections::BTreeMap, fs};

use super::{finding::Finding, folder::run_folders};
use crate::{
    control::{error::Error, lock, open::Control},
    ids::{RunId, Seq},
    journal::read_spool,
    process,
    run::Survivor,
};

/// Ends what was lost, as every reader does.
pub(super) fn lost(control: &mut Control, findings: &mut Vec<Finding>) -> Result<(), Error> {
    let recovery = control.recover()?;
    if recovery.ended.is_empty() && recovery.failed.is_empty() {
        findings.push(Finding::fine("runs", "every run that goes on is minded"));
    }
    for lost in recovery.ended {
        let mut message = format!("run {} had no supervisor any more: ended as lost", lost.run.id.short());
        if !lost.half_done.is_empty() {
            let names: Vec<_> = lost.half_done.iter().map(ToString::to_string).collect();
            message += &format!("; may be half done: {}", names.join(", "));
        }
        findings.push(Finding::repaired("runs", message));
    }
    for (run, error) in recovery.failed {
        let message = format!("run {} has no supervisor, and its end can't be written: {error}", run.short());
        findings.push(Finding::problem("runs", message, "see to that, then doctor again"));
    }
    Ok(())
}

/// What supervisors could not write to the journal. Of a run that has ended it should be in there.
pub(super) fn spools(control: &mut Control, repair: bool, findings: &mut Vec<Finding>) -> Result<(), Error> {
    for run in run_folders(&control.parts.state) {
        let folder = control.parts.state.run(run);
        let Ok(bytes) = fs::read(folder.spool()) else { continue };
        if lock::is_held(&folder) {
            let message =
                format!("run {} can't write to the journal just now and keeps its events aside", run.short());
            findings.push(Finding::note("spool", message, "it tries again by itself"));
            continue;
        }
        if !control.journal.knows(run)? {
            continue;
        }
        let last = control.journal.standing(run)?.0;
        let spooled = read_spool(&String::from_utf8_lossy(&bytes));
        let known = spooled.last().is_none_or(|event| event.seq <= last) && last > Seq(0);
        let message = format!("{} is left of an ended run", folder.spool().display());
        findings.push(match (known, repair) {
            (true, true) => {
                fs::remove_file(folder.spool()).map_err(|error| lock::at(error, &folder.spool()))?;
                Finding::repaired("spool", format!("{message} and all of it is in the journal: removed"))
            }
            (true, false) => Finding::repairable("spool", message),
            (false, _) => {
                let message = format!("{message} and holds events that the journal does not have");
                Finding::problem("spool", message, "read it, and delete it when it is of no use")
            }
        });
    }
    Ok(())
}

/// Processes of runs that have ended. What a recipe lets run on may stay.
pub(super) fn survivors(control: &Control, repair: bool, findings: &mut Vec<Finding>) -> Result<(), Error> {
    let mut found: BTreeMap<RunId, Vec<Survivor>> = BTreeMap::new();
    for (mark, process) in process::marked() {
        let mut parts = mark.split('/');
        let run = parts.next().and_then(|it| it.parse::<RunId>().ok());
        let Some((run, task)) = run.zip(parts.next()) else { continue };
        if is_left_over(control, run, task)? {
            found.entry(run).or_default().push(process);
        }
    }
    if found.is_empty() {
        findings.push(Finding::fine("processes", "nothing lives of runs that have ended"));
    }
    for (run, processes) in found {
        findings.push(left_over(run, &processes, repair));
    }
    Ok(())
}

fn is_left_over(control: &Control, run: RunId, task: &str) -> Result<bool, Error> {
    let Some(summary) = control.journal.summary(run)? else { return Ok(false) };
    if !summary.status.is_over() || lock::is_held(&control.parts.state.run(run)) {
        return Ok(false);
    }
    let spec = control.journal.specification(run)?;
    let may_stay = |name: &str| {
        spec.iter().flat_map(|it| &it.tasks).any(|it| it.name.as_str() == name && it.leave_running)
    };
    Ok(!may_stay(task))
}

fn left_over(run: RunId, processes: &[Survivor], repair: bool) -> Finding {
    let names = |list: &[Survivor]| {
        let some = list.iter().take(3).map(|it| format!("{} {}", it.pid, it.command));
        some.collect::<Vec<_>>().join(", ")
    };
    let message =
        format!("{} processes of run {} live on: {}", processes.len(), run.short(), names(processes));
    if !repair {
        return Finding::repairable("processes", message);
    }
    let left = process::kill_marked(&format!("{run}/"));
    if left.is_empty() {
        return Finding::repaired("processes", format!("{message}: killed"));
    }
    let message =
        format!("{} processes of run {} can't be killed: {}", left.len(), run.short(), names(&left));
    Finding::problem("processes", message, "see whose they are and what they wait for (ps -o pid,stat,wchan)")
}
