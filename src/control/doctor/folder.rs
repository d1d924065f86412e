//! The state folder on its disk: who may read it, and how much room there is.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use rustix::{fs::statvfs, process::geteuid};

use super::finding::Finding;
use crate::{ids::RunId, workspace::state::StateFolder};

/// With less room than this a run may not be able to record how it went.
const ROOM: u64 = 100 << 20;

/// Everything is ours alone: folders 0700, files 0600.
pub(super) fn permissions(state: &StateFolder, repair: bool, findings: &mut Vec<Finding>) {
    let mut open = Vec::new();
    let mut foreign = Vec::new();
    walk(state.root(), &mut |path, found| {
        if found.uid() != geteuid().as_raw() {
            foreign.push(path.to_owned());
        } else if found.permissions().mode() & 0o077 != 0 {
            open.push((path.to_owned(), found.is_dir()));
        }
    });
    let some = |paths: &[PathBuf]| {
        let first = paths.first().map_or_else(String::new, |it| it.display().to_string());
        match paths.len() {
            1 => first,
            many => format!("{first} and {} more", many - 1),
        }
    };
    if !foreign.is_empty() {
        let message = format!("{} belongs to somebody else", some(&foreign));
        let fix = format!("give it back: chown -R \"$(id -un)\" {}", state.root().display());
        findings.push(Finding::problem("permissions", message, fix));
    }
    if open.is_empty() {
        if foreign.is_empty() {
            findings.push(Finding::fine("permissions", "the state folder is private"));
        }
        return;
    }
    let paths: Vec<PathBuf> = open.iter().map(|(path, _)| path.clone()).collect();
    let readable = format!("others may read {}", some(&paths));
    findings.push(match repair.then(|| close(&open)) {
        None => Finding::repairable("permissions", readable),
        Some(Ok(())) => Finding::repaired("permissions", format!("{readable}: made private")),
        Some(Err(error)) => {
            Finding::problem("permissions", format!("{readable}, and it can't be changed: {error}"), "chmod")
        }
    });
}

fn close(open: &[(PathBuf, bool)]) -> io::Result<()> {
    open.iter().try_for_each(|(path, is_folder)| {
        let mode = if *is_folder { 0o700 } else { 0o600 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
    })
}

/// Visits a folder and all in it. Links are not followed; who vanishes meanwhile is passed over.
fn walk(path: &Path, visit: &mut dyn FnMut(&Path, &fs::Metadata)) {
    let Ok(found) = fs::symlink_metadata(path) else { return };
    if found.is_symlink() {
        return;
    }
    visit(path, &found);
    if found.is_dir() {
        for child in fs::read_dir(path).into_iter().flatten().flatten() {
            walk(&child.path(), visit);
        }
    }
}

/// Enough room to record what happens.
pub(super) fn room(state: &StateFolder, findings: &mut Vec<Finding>) {
    let Ok(disk) = statvfs(state.root()) else { return };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let megabytes = free >> 20;
    // File systems without inodes say that they have none at all.
    let no_files = disk.f_files > 0 && disk.f_favail == 0;
    findings.push(if no_files || free < ROOM {
        let what =
            if no_files { "no more files fit on".to_owned() } else { format!("{megabytes} MiB are free on") };
        let message =
            format!("{what} the disk of {}: runs can't record how they went", state.root().display());
        Finding::problem("disk", message, "free some space; `run prune` forgets old runs")
    } else {
        Finding::fine("disk", format!("{megabytes} MiB are free"))
    });
}

/// The runs that have a folder.
pub(super) fn run_folders(state: &StateFolder) -> Vec<RunId> {
    let folders = fs::read_dir(state.root().join("runs")).into_iter().flatten().flatten();
    let mut runs: Vec<RunId> = folders.filter_map(|it| it.file_name().to_str()?.parse().ok()).collect();
    runs.sort_unstable();
    runs
}
