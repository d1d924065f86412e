//! From a task of the specification to a child that can be launched: everything decided, nothing
//! inherited by accident.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use globset::{Glob, GlobMatcher};

use crate::{
    ids::AttemptId,
    process::{
        find_program,
        launcher::{MARK, Order},
    },
    run::{Brief, LaunchFailure, Performance, Specification, Task, Work},
};

/// Where an order is made.
pub(super) struct Surroundings<'a> {
    pub spec: &'a Specification,
    pub workspace: &'a Path,
    /// The asker's environment, and what tasks take of it.
    pub passing: &'a mut Passing,
    pub log: PathBuf,
    /// The folder of the run.
    pub folder: &'a Path,
}

/// The asker's environment, from which tasks pick what is passed on. Most tasks of a run pick alike.
#[derive(Debug)]
pub(super) struct Passing {
    env: BTreeMap<String, String>,
    picked: HashMap<Vec<String>, BTreeMap<String, String>>,
}

impl Passing {
    pub fn of(env: BTreeMap<String, String>) -> Self {
        Self { env, picked: HashMap::new() }
    }

    /// What fits one of these names or patterns. `LC_*` fits `LC_ALL`; what is no pattern fits itself.
    fn pick(&mut self, patterns: &[String]) -> &BTreeMap<String, String> {
        if !self.picked.contains_key(patterns) {
            let globs: Vec<GlobMatcher> =
                patterns.iter().filter_map(|it| Glob::new(it).ok()).map(|it| it.compile_matcher()).collect();
            let fits = |name: &String| patterns.contains(name) || globs.iter().any(|it| it.is_match(name));
            let passed = self.env.iter().filter(|(name, _)| fits(name));
            let passed = passed.map(|(name, value)| (name.clone(), value.clone())).collect();
            self.picked.insert(patterns.to_vec(), passed);
        }
        &self.picked[patterns]
    }
}

/// Makes the order for an attempt, or says why its task can't be launched.
pub(super) fn order(
    task: &Task,
    attempt: &AttemptId,
    mut around: Surroundings<'_>,
) -> Result<Order, LaunchFailure> {
    let cwd = cwd(task, around.workspace)?;
    let env = env(task, attempt, &mut around);
    let mut argv = argv(task, &env, &cwd)?;
    let mut stdin = task.stdin.as_ref().map(|text| text.clone().into_bytes());
    if let Work::Performed(performance) = &task.work {
        argv.extend([around.spec.run.to_string(), task.name.as_str().to_owned(), attempt.number.to_string()]);
        stdin = Some(brief(task, attempt, performance, &around)?);
    }
    Ok(Order {
        attempt: attempt.clone(),
        argv,
        cwd,
        env,
        stdin,
        open_stdin: task.open_stdin && task.work == Work::Program,
        capture: task.capture,
        log: around.log,
        max_log_bytes: around.spec.max_log_bytes,
        fail_on: task.fail_on.clone(),
        leave_running: task.leave_running,
        umask: around.spec.umask,
    })
}

/// What the performer is told: all it needs of the specification, which may be large.
fn brief(
    task: &Task,
    attempt: &AttemptId,
    performance: &Performance,
    around: &Surroundings<'_>,
) -> Result<Vec<u8>, LaunchFailure> {
    let brief = Brief {
        run: around.spec.run,
        attempt: attempt.clone(),
        title: task.title.clone(),
        workspace: around.workspace.to_string_lossy().into_owned(),
        folder: around.folder.to_string_lossy().into_owned(),
        performance: performance.clone(),
        agents: around.spec.agents.clone(),
    };
    let told = serde_json::to_vec(&brief);
    told.map_err(|error| LaunchFailure::System { message: format!("the task can't be told: {error}") })
}

fn argv(task: &Task, env: &BTreeMap<String, String>, cwd: &Path) -> Result<Vec<String>, LaunchFailure> {
    let Some((program, arguments)) = task.argv.split_first() else {
        return Err(LaunchFailure::System { message: "the task names no program".to_owned() });
    };
    let program = if Path::new(program).is_absolute() {
        program.clone()
    } else {
        let path = env.get("PATH").map_or("/usr/local/bin:/usr/bin:/bin", String::as_str);
        find_program(program, path, cwd)?.to_string_lossy().into_owned()
    };
    Ok([&[program], arguments].concat())
}

/// The task's directory. A link that leads out of the workspace leads nowhere.
fn cwd(task: &Task, workspace: &Path) -> Result<PathBuf, LaunchFailure> {
    let no_directory = || LaunchFailure::NoDirectory { cwd: task.cwd.clone() };
    let cwd = workspace.join(&task.cwd);
    let real = cwd.canonicalize().map_err(|_| no_directory())?;
    let root = workspace.canonicalize().map_err(|_| no_directory())?;
    if !real.starts_with(&root) {
        let message = format!("the working directory {} is outside of {}", task.cwd, workspace.display());
        return Err(LaunchFailure::System { message });
    }
    if real.is_dir() { Ok(cwd) } else { Err(no_directory()) }
}

/// What the recipe passes on and sets, and what names the attempt. Nobody can set the latter.
fn env(task: &Task, attempt: &AttemptId, around: &mut Surroundings<'_>) -> BTreeMap<String, String> {
    let run = around.spec.run.to_string();
    let mut env = around.passing.pick(&task.pass_env).clone();
    env.extend(task.env.clone());
    let ours = [
        (MARK, format!("{run}/{}/{}", attempt.task.as_str(), attempt.number)),
        ("PLANDECK_RUN", run),
        ("PLANDECK_TASK", attempt.task.as_str().to_owned()),
        ("PLANDECK_ATTEMPT_NUMBER", attempt.number.to_string()),
        ("PLANDECK_WORKSPACE", around.workspace.to_string_lossy().into_owned()),
    ];
    let plan = around.spec.plan.as_ref().map(|plan| ("PLANDECK_PLAN", plan.id.as_str().to_owned()));
    let item = around.spec.item.as_ref().map(|item| ("PLANDECK_ITEM", item.id.as_str().to_owned()));
    let named = ours.into_iter().chain(plan).chain(item);
    env.extend(named.map(|(name, value)| (name.to_owned(), value)));
    env
}
