//! `replay`: sessions are played through the real executor, each in a copy of its workspace.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::context::Around;
use crate::{
    cli::{ExitCode, Output, ReplayArgs},
    clock::{Clock, ManualClock, Timestamp},
    commands::{Face, Failure, demo, recent_runs},
    ids::Ids,
    render::json,
    repl::{
        replay::{describe_difference, judge, play},
        script::{Script, SettingName},
    },
    screen::{Recording, Screen},
    text,
    workspace::CONFIG_FILE,
};

/// What a session showed.
pub(super) struct Recorded {
    /// Before the first typed line, then after each.
    pub parts: Vec<String>,
    /// The ids of the runs that occurred, full and short.
    pub runs: Vec<String>,
}

/// Plays every session, says what differs, and with `--update` writes what was shown.
pub(super) fn run(args: &ReplayArgs, around: &Around, screen: &mut dyn Screen) -> Result<ExitCode, Failure> {
    let mut differing = 0;
    let files = sessions(&args.files, &around.here)?;
    for file in &files {
        let name = file.strip_prefix(&around.here).unwrap_or(file).display().to_string();
        let text = fs::read_to_string(file).map_err(|error| named(error, file))?;
        let script = Script::parse(&text).map_err(|error| Failure::Input {
            message: format!("{name}:{}: {}", error.line, error.message),
            hint: None,
        })?;
        let recorded = in_workspace(&script, file, around)?;
        let played = judge(&script, &recorded.parts, &recorded.runs);
        let same = played.differences.is_empty();
        differing += usize::from(!same);
        let style = around.context(screen, Face::Replay)?.style;
        let mut shown = match (around.global.common.output.unwrap_or_default(), same, args.update) {
            (Output::Json | Output::Ndjson, ..) => json::line(&serde_json::json!({
                "schema_version": json::SCHEMA_VERSION, "kind": "replay", "file": name,
                "differences": played.differences.len(), "updated": args.update && !same,
            })),
            (_, true, _) => format!("ok      {}", text::plain(&name)),
            (_, false, true) => format!("updated {}", text::plain(&name)),
            (_, false, false) => format!("differs {}", text::plain(&name)),
        };
        shown.push('\n');
        if !args.update && !around.global.common.output.unwrap_or_default().is_json() {
            shown.extend(played.differences.iter().map(|it| describe_difference(&name, it, &style)));
        }
        screen.print(&shown)?;
        if args.update && !same {
            fs::write(file, played.updated.text()).map_err(|error| named(error, file))?;
        }
    }
    if files.is_empty() {
        return Err(Failure::Input {
            message: "there is no *.session file there".to_owned(),
            hint: Some("name a session file, or a folder of them".to_owned()),
        });
    }
    Ok(if differing > 0 && !args.update { ExitCode::Failed } else { ExitCode::Done })
}

/// The files, and for a folder the sessions in it, in the order of their names.
fn sessions(named_files: &[PathBuf], here: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in named_files {
        let path = here.join(path);
        if !path.is_dir() {
            files.push(path);
            continue;
        }
        let children = fs::read_dir(&path).map_err(|error| named(error, &path))?;
        let is_session = |it: &PathBuf| it.extension().is_some_and(|it| it == "session");
        let mut found: Vec<PathBuf> = children.flatten().map(|it| it.path()).filter(is_session).collect();
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

/// Plays a session in a copy of the workspace that its head names.
fn in_workspace(script: &Script, file: &Path, around: &Around) -> Result<Recorded, Failure> {
    let aside = tempfile::Builder::new().prefix("plandeck-replay-").tempdir()?;
    // A name of one length whatever the temporary folder's: what is shown must not depend on it.
    let root = aside.path().join("workspace");
    match script.setting(SettingName::Workspace) {
        None => fs::create_dir(&root)?,
        Some("demo") => demo::write_workspace(&root)?,
        Some(folder) => {
            let from = file.parent().unwrap_or(Path::new(".")).join(folder);
            copy(&from, &root).map_err(|error| named(error, &from))?;
        }
    }
    let lines: Vec<&str> =
        script.head.iter().filter(|it| it.name == SettingName::Config).map(|it| it.value.as_str()).collect();
    if !lines.is_empty() {
        let path = root.join(CONFIG_FILE);
        let before = fs::read_to_string(&path).unwrap_or_default();
        fs::write(&path, format!("{}\n{before}", lines.join("\n")))?;
    }
    let global = around.global.clone();
    let inner = Around::at(&global, environment(around), root.clone(), root)?;
    let recorded = record(script, &inner);
    drop(aside);
    recorded
}

/// The environment without what would make sessions differ from machine to machine.
fn environment(around: &Around) -> crate::config::Environment {
    let mut environment = around.environment.clone();
    let ours = |name: &str| name.starts_with("PLANDECK_") || name == "ACCESSIBLE" || name.starts_with("XDG_");
    environment.all.retain(|name, _| !ours(name));
    environment.all.insert("USER".to_owned(), "tester".to_owned());
    environment
}

/// Plays a session in the workspace of `around`, and keeps what was shown.
pub(super) fn record(script: &Script, around: &Around) -> Result<Recorded, Failure> {
    let width = script.setting(SettingName::Width).and_then(|it| it.parse().ok()).unwrap_or(80);
    let mut screen = Recording::new(width, script.typed());
    let mut context = around.context(&mut screen, Face::Replay)?;
    context.style.colour = false;
    context.style.links = false;
    if let Some(clock) = script.setting(SettingName::Clock) {
        let wall = Timestamp::parse(clock).ok_or_else(|| Failure::Input {
            message: format!("\"{}\" is no time", text::plain(clock)),
            hint: Some("write it as 2026-01-31T12:00:00Z".to_owned()),
        })?;
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(wall));
        context.clock = clock;
    }
    if let Some(first) = script.setting(SettingName::Ids).and_then(|it| it.parse().ok()) {
        context.ids = Arc::new(Ids::counted(first));
    }
    play(&mut context)?;
    let runs = recent_runs(&context, None)?;
    let runs = runs.iter().flat_map(|run| [run.id.to_string(), run.id.short()]).collect();
    drop(context);
    Ok(Recorded { parts: screen.parts().to_vec(), runs })
}

/// Copies a folder with everything in it; modes stay, links are copied as links.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for child in fs::read_dir(from)? {
        let child = child?;
        let target = to.join(child.file_name());
        let kind = child.file_type()?;
        if kind.is_dir() {
            copy(&child.path(), &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(child.path())?, target)?;
        } else {
            fs::copy(child.path(), target)?;
        }
    }
    Ok(())
}

fn named(error: io::Error, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
