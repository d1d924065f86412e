//! One task of a specification, made from a recipe and what it is about.

use std::{collections::BTreeMap, time::Duration};

use super::{
    ask::{Ask, Facts},
    fill::Values,
    recipe::{Recipe, RecipeFrom, Target},
};
use crate::{
    config::{self, Config, NamePatterns, Workflow},
    ids::{TaskName, WorkflowName},
    run::{self, Doer, Limits, Refusal, Retries, RetryOn, Task, Work},
};

/// Everything that a task is made of, but for its name.
pub(super) struct Maker<'a> {
    pub ask: &'a Ask,
    pub config: &'a Config,
    pub facts: &'a Facts,
    pub recipe: &'a Recipe,
    pub target: Target<'a>,
    pub values: Values,
}

/// A program with its arguments, and what it reads.
pub(super) struct Launch {
    pub argv: Vec<String>,
    pub stdin: Option<String>,
}

impl Maker<'_> {
    /// The task that does the work.
    pub fn task(&mut self, name: TaskName, title: String, needs: Vec<TaskName>) -> Result<Task, Refusal> {
        let Some(performance) = self.performance()? else {
            let launch = self.launch()?;
            return self.shared(name, title, needs, launch, self.retries());
        };
        let agent = matches!(performance.doer, Doer::Agent { .. });
        let launch = Launch { argv: vec![self.facts.own_program.clone(), "perform".to_owned()], stdin: None };
        let retries = if agent { self.agent_retries() } else { self.retries() };
        let mut task = self.shared(name, title, needs, launch, retries)?;
        if agent && self.ask.timeout.is_none() {
            task.limits.wall = self.recipe.table.timeout.unwrap_or(Workflow::AGENT_TIMEOUT).limit();
        }
        task.recipe = kind(&self.recipe.workflow, &performance.doer);
        task.work = Work::Performed(Box::new(performance));
        Ok(task)
    }

    /// The tasks that prove it: the first after the work itself, each after the one before it. None
    /// where the performer runs them.
    pub fn checks(&self, work: &Task) -> Result<Vec<Task>, Refusal> {
        let mut checks: Vec<Task> = Vec::new();
        if work.work != Work::Program {
            return Ok(checks);
        }
        for (at, command) in self.recipe.table.checks.iter().enumerate() {
            let before = checks.last().map_or(&work.name, |check| &check.name).clone();
            checks.push(self.check(work, before, at + 1, command)?);
        }
        Ok(checks)
    }

    fn check(
        &self,
        work: &Task,
        before: TaskName,
        number: usize,
        command: &[String],
    ) -> Result<Task, Refusal> {
        let argv = self.argv(command)?;
        let name = TaskName::new(format!("{}-check-{number}", work.name.as_str()));
        let title = format!("Check: {}", shell_words::join(&argv));
        let launch = Launch { argv, stdin: None };
        let mut task = self.shared(name, title, vec![before], launch, Retries::none())?;
        task.fail_on = Vec::new();
        task.recipe = format!("{} check {number}", self.kind());
        task.open_stdin = false;
        task.group.clone_from(&work.group);
        task.item.clone_from(&work.item);
        Ok(task)
    }

    fn shared(
        &self,
        name: TaskName,
        title: String,
        needs: Vec<TaskName>,
        launch: Launch,
        retries: Retries,
    ) -> Result<Task, Refusal> {
        let table = &self.recipe.table;
        Ok(Task {
            name,
            title,
            item: self.target.item.map(|item| item.id.clone()),
            tried: 0,
            write_back: false,
            argv: launch.argv,
            needs,
            after: Vec::new(),
            gates: Vec::new(),
            group: self.group(),
            cwd: self.cwd()?,
            env: self.env()?,
            pass_env: table.passed(),
            open_stdin: table.open_stdin,
            stdin: launch.stdin,
            capture: capture(table.capture),
            limits: self.limits(),
            retries,
            leave_running: table.leave_running,
            fail_on: self.fail_on()?,
            work: Work::Program,
            recipe: self.kind(),
        })
    }

    /// Command or agent; one of them, not both.
    pub(super) fn launch(&mut self) -> Result<Launch, Refusal> {
        let table = &self.recipe.table;
        match (&table.command, &table.agent) {
            (Some(_), Some(_)) => Err(self.bad("it has a command and an agent", "leave one of them out")),
            (None, None) => Err(self.bad("it has neither a command nor an agent", "give it a command")),
            (None, Some(_)) => unreachable!("an agent is launched by the performer"),
            (Some(command), None) => {
                if table.prompt.is_some() || table.prompt_file.is_some() {
                    self.set_prompt()?;
                }
                let stdin = table.stdin.as_ref().map(|text| self.fill(text)).transpose()?;
                Ok(Launch { argv: self.argv(command)?, stdin })
            }
        }
    }

    /// The prompt of the recipe, of its file, or our own for the item; it becomes `{prompt}` too.
    pub(super) fn set_prompt(&mut self) -> Result<String, Refusal> {
        let table = &self.recipe.table;
        let prompt = match (&table.prompt, &table.prompt_file) {
            (Some(text), _) => self.fill(text)?,
            (None, Some(file)) => {
                let Some(text) = self.facts.texts.get(file) else {
                    let why = format!("its prompt_file {} can't be read", crate::text::plain(file));
                    return Err(self.bad(&why, "write that file, or set prompt instead"));
                };
                self.values.set("prompt.file", format!("{}/{file}", self.facts.workspace));
                self.fill(text)?
            }
            (None, None) => match self.own_prompt() {
                Some(prompt) => prompt,
                None => return Err(self.bad("it has no prompt", "set prompt or prompt_file")),
            },
        };
        self.values.set("prompt", prompt.clone());
        Ok(prompt)
    }

    /// Arguments filled in, the program as an absolute path.
    pub(super) fn argv(&self, command: &[String]) -> Result<Vec<String>, Refusal> {
        let Some((program, rest)) = command.split_first().filter(|(program, _)| !program.is_empty()) else {
            return Err(self.bad("its command is empty", "write a program and its arguments"));
        };
        let mut argv = vec![self.program(program)?];
        for argument in rest {
            argv.push(self.fill(argument)?);
        }
        Ok(argv)
    }

    pub(super) fn program(&self, program: &str) -> Result<String, Refusal> {
        if self.recipe.from == RecipeFrom::BuiltIn && program == self.facts.own_program {
            return Ok(program.to_owned());
        }
        let program = self.fill(program)?;
        if program.starts_with('/') {
            return Ok(program);
        }
        if program.contains('/') {
            return Ok(format!("{}/{}", self.facts.workspace, program.trim_start_matches("./")));
        }
        self.facts.programs.get(&program).cloned().ok_or_else(|| {
            let why = format!("the program {} is not in PATH", crate::text::plain(&program));
            self.bad(&why, "install it, or write its whole path into the recipe")
        })
    }

    /// Absolute and inside the workspace, by the words of the path.
    fn cwd(&self) -> Result<String, Refusal> {
        let asked = self.fill(self.recipe.table.cwd.as_deref().unwrap_or("."))?;
        let workspace = self.facts.workspace.trim_end_matches('/');
        let relative = match asked.strip_prefix('/') {
            Some(_) => asked.strip_prefix(workspace).filter(|it| it.is_empty() || it.starts_with('/')),
            None => Some(asked.as_str()),
        };
        let Some(parts) = relative.and_then(inside) else {
            let why = format!("its cwd {} is outside the workspace", crate::text::plain(&asked));
            return Err(self.bad(&why, "choose a folder of the workspace"));
        };
        Ok(parts.iter().fold(workspace.to_owned(), |path, part| format!("{path}/{part}")))
    }

    fn env(&self) -> Result<BTreeMap<String, String>, Refusal> {
        let secrets = NamePatterns::new(&self.config.run.secrets);
        let mut env = BTreeMap::new();
        for (name, value) in &self.recipe.table.env {
            if secrets.matches(name) && !value.is_empty() {
                let why = format!("its env holds a secret, {}", crate::text::plain(name));
                let fix = format!("take it out, add \"{name}\" to pass_env, and set it in your environment");
                return Err(self.bad(&why, &fix));
            }
            env.insert(name.clone(), self.fill(value)?);
        }
        Ok(env)
    }

    fn limits(&self) -> Limits {
        let table = &self.recipe.table;
        Limits {
            wall: self.ask.timeout.map_or_else(|| table.wall(), some_unless_zero),
            idle: self.ask.idle_timeout.map_or_else(|| table.idle_timeout.limit(), some_unless_zero),
            grace: table.grace.unwrap_or(Workflow::GRACE).0,
        }
    }

    fn retries(&self) -> Retries {
        let Some(table) = &self.recipe.table.retries else { return Retries::none() };
        let on = table.on.iter().map(|on| match on {
            config::RetryOn::Failed => RetryOn::Failed,
            config::RetryOn::TimedOut => RetryOn::TimedOut,
        });
        if table.max == 0 {
            return Retries::none();
        }
        Retries { max: table.max, backoff: table.backoff.0, on: on.collect(), ..Retries::none() }
    }

    /// What a recipe says, else what agents are worth.
    fn agent_retries(&self) -> Retries {
        let own = self.recipe.table.retries.as_ref().map(|_| self.retries());
        let both = vec![RetryOn::Failed, RetryOn::TimedOut];
        let usual = || Retries { max: 2, backoff: Duration::from_secs(5), on: both, ..Retries::none() };
        Retries { context: 3, task_file: 1, ..own.unwrap_or_else(usual) }
    }

    fn fail_on(&self) -> Result<Vec<String>, Refusal> {
        for pattern in &self.recipe.table.fail_on {
            if let Err(error) = regex::Regex::new(pattern) {
                let why = format!("fail_on holds no regular expression: {}", last_line(&error.to_string()));
                return Err(self.bad(&why, &format!("mend \"{}\"", crate::text::plain(pattern))));
            }
        }
        Ok(self.recipe.table.fail_on.clone())
    }

    /// What tasks like this one have in common: the recipe and the agent.
    fn kind(&self) -> String {
        self.recipe.workflow.clone()
    }

    fn group(&self) -> Option<String> {
        let group = self.target.item?.group?;
        Some(self.target.plan?.groups.get(group)?.name.clone())
    }

    fn fill(&self, text: &str) -> Result<String, Refusal> {
        self.values.fill(&self.workflow(), text)
    }

    pub(super) fn workflow(&self) -> WorkflowName {
        WorkflowName::new(&self.recipe.workflow)
    }

    pub(super) fn bad(&self, why: &str, fix: &str) -> Refusal {
        Refusal::BadRecipe { workflow: self.workflow(), why: why.to_owned(), fix: fix.to_owned() }
    }
}

/// The recipe and, behind an `@`, its agent.
fn kind(workflow: &str, doer: &Doer) -> String {
    match doer {
        Doer::Command { .. } => workflow.to_owned(),
        Doer::Agent { otherwise, .. } => format!("{workflow}@{otherwise}"),
    }
}

/// The parts of a relative path, or nothing when it climbs out of where it starts.
fn inside(relative: &str) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts)
}

fn some_unless_zero(duration: Duration) -> Option<Duration> {
    (!duration.is_zero()).then_some(duration)
}

const fn capture(capture: config::Capture) -> run::Capture {
    match capture {
        config::Capture::Pipe => run::Capture::Pipe,
        config::Capture::Split => run::Capture::Split,
        config::Capture::File => run::Capture::File,
        config::Capture::Tty => run::Capture::Tty,
    }
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or(text).trim_start_matches("error: ")
}
