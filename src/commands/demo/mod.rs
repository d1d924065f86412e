//! `demo`: a workspace to try everything on. Real files and real, small scripts: nothing is pretended.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

/// A file of the demo workspace.
struct DemoFile {
    path: &'static str,
    text: &'static str,
}

macro_rules! demo_files {
    ($($path:literal from $source:literal),* $(,)?) => {
        &[$(DemoFile { path: $path, text: include_str!(concat!("workspace/", $source)) }),*]
    };
}

/// Folders whose names begin with a dot stand without it in our own tree, where they would be missed.
const FILES: &[DemoFile] = demo_files! {
    "plandeck.toml" from "plandeck.toml",
    "scripts/subplan.sh" from "scripts/subplan.sh",
    "scripts/execution.sh" from "scripts/execution.sh",
    "scripts/task.sh" from "scripts/task.sh",
    "scripts/survey.sh" from "scripts/survey.sh",
    "scripts/chart.sh" from "scripts/chart.sh",
    "scripts/vigil.sh" from "scripts/vigil.sh",
    "scripts/watch.sh" from "scripts/watch.sh",
    "work-space/plans/HARBOUR-LIGHTS/PLAN_HARBOUR-LIGHTS.md" from "work-space/plans/HARBOUR-LIGHTS/PLAN_HARBOUR-LIGHTS.md",
    "work-space/plans/HARBOUR-LIGHTS/parallel.json" from "work-space/plans/HARBOUR-LIGHTS/parallel.json",
    "work-space/plans/HARBOUR-LIGHTS/subplans/SUBPLAN_HARBOUR-LIGHTS_01.md" from "work-space/plans/HARBOUR-LIGHTS/subplans/SUBPLAN_HARBOUR-LIGHTS_01.md",
    "work-space/plans/HARBOUR-LIGHTS/subplans/SUBPLAN_HARBOUR-LIGHTS_02.md" from "work-space/plans/HARBOUR-LIGHTS/subplans/SUBPLAN_HARBOUR-LIGHTS_02.md",
    "work-space/plans/HARBOUR-LIGHTS/subplans/SUBPLAN_HARBOUR-LIGHTS_11.md" from "work-space/plans/HARBOUR-LIGHTS/subplans/SUBPLAN_HARBOUR-LIGHTS_11.md",
    "work-space/plans/HARBOUR-LIGHTS/execution/EXECUTION_TASK_HARBOUR-LIGHTS_01_01.md" from "work-space/plans/HARBOUR-LIGHTS/execution/EXECUTION_TASK_HARBOUR-LIGHTS_01_01.md",
    "work-space/plans/HARBOUR-LIGHTS/execution/EXECUTION_TASK_HARBOUR-LIGHTS_02_01.md" from "work-space/plans/HARBOUR-LIGHTS/execution/EXECUTION_TASK_HARBOUR-LIGHTS_02_01.md",
    "work-space/plans/HARBOUR-LIGHTS/execution/feedbacks/APPROVED_01.md" from "work-space/plans/HARBOUR-LIGHTS/execution/feedbacks/APPROVED_01.md",
    "work-space/plans/HARBOUR-LIGHTS/execution/feedbacks/APPROVED_02.md" from "work-space/plans/HARBOUR-LIGHTS/execution/feedbacks/APPROVED_02.md",
    "specs/001-tide-tables/tasks.md" from "specs/001-tide-tables/tasks.md",
    ".workflow/active/WFS-fog-signal/workflow-session.json" from "workflow/active/WFS-fog-signal/workflow-session.json",
    ".workflow/active/WFS-fog-signal/IMPL_PLAN.md" from "workflow/active/WFS-fog-signal/IMPL_PLAN.md",
    ".workflow/active/WFS-fog-signal/TODO_LIST.md" from "workflow/active/WFS-fog-signal/TODO_LIST.md",
    ".workflow/active/WFS-fog-signal/.task/IMPL-1.json" from "workflow/active/WFS-fog-signal/task/IMPL-1.json",
    ".workflow/active/WFS-fog-signal/.task/IMPL-2.json" from "workflow/active/WFS-fog-signal/task/IMPL-2.json",
    ".workflow/active/WFS-fog-signal/.task/IMPL-3.json" from "workflow/active/WFS-fog-signal/task/IMPL-3.json",
    ".workflow/active/WFS-fog-signal/.task/IMPL-4.json" from "workflow/active/WFS-fog-signal/task/IMPL-4.json",
};

/// The session that is played where there is no terminal to open the deck on.
pub const SESSION: &str = include_str!("demo.session");

/// Writes the demo workspace into `folder`, which must be empty or not be there yet.
///
/// # Errors
/// When the folder holds something, or the file system refuses.
pub fn write_workspace(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder).map_err(|error| named(error, folder))?;
    if fs::read_dir(folder).map_err(|error| named(error, folder))?.next().is_some() {
        let message = format!("{} is not empty; name a folder that does not exist yet", folder.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
    }
    for file in FILES {
        write_file(&folder.join(file.path), file.text)?;
    }
    Ok(())
}

/// A fresh folder among the temporary ones. It is kept: the runs in it are the visitor's.
///
/// # Errors
/// When the system lends no temporary folder.
pub fn fresh_folder() -> io::Result<PathBuf> {
    Ok(tempfile::Builder::new().prefix("plandeck-demo-").tempdir()?.keep())
}

fn write_file(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().expect("every demo file stands in a folder");
    fs::create_dir_all(folder).map_err(|error| named(error, folder))?;
    fs::write(path, text).map_err(|error| named(error, path))?;
    if text.starts_with("#!") {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(|error| named(error, path))?;
    }
    Ok(())
}

fn named(error: io::Error, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_written_once_and_nothing_is_overwritten() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("demo");
        write_workspace(&folder).unwrap();
        let script = fs::metadata(folder.join("scripts/subplan.sh")).unwrap();
        assert_eq!(script.permissions().mode() & 0o111, 0o111);
        assert!(folder.join(".workflow/active/WFS-fog-signal/.task/IMPL-1.json").exists());
        let again = write_workspace(&folder).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
    }
}
