//! One task of a specification, made from a recipe and what it is about.

use std::{collections::BTreeMap, time::Duration};

use super::{
    ask::{Ask, Facts, on_stdin},
    fill::Values,
    recipe::{Recipe, RecipeFrom, Target},
    template::{SectionFacts, Template, render},
};
use crate::{
    config::{self, Agent, Config, NamePatterns, PromptBy, Workflow},
    ids::{TaskName, WorkflowName},
    run::{self, Limits, Refusal, Retries, RetryOn, Task, Work},
};

/// The longest prompt that fits an argument (the system's bound is 128 KiB).
const LONGEST_ARGUMENT: usize = 100_000;

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
struct Launch {
    argv: Vec<String>,
    stdin: Option<String>,
}

impl Maker<'_> {
    /// The task that does the work.
    pub fn task(&mut self, name: TaskName, title: String, needs: Vec<TaskName>) -> Result<Task, Refusal> {
        let launch = self.launch()?;
        self.shared(name, title, needs, launch, self.retries())
    }

    /// The tasks that prove it, each after the work itself.
    pub fn checks(&self, work: &Task) -> Result<Vec<Task>, Refusal> {
        let checks = self.recipe.table.checks.iter().enumerate();
        checks.map(|(at, command)| self.check(work, at + 1, command)).collect()
    }

    fn check(&self, work: &Task, number: usize, command: &[String]) -> Result<Task, Refusal> {
        let argv = self.argv(command)?;
        let name = TaskName::new(format!("{}-check-{number}", work.name.as_str()));
        let title = format!("Check: {}", shell_words::join(&argv));
        let launch = Launch { argv, stdin: None };
        let mut task = self.shared(name, title, vec![work.name.clone()], launch, Retries::none())?;
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
    fn launch(&mut self) -> Result<Launch, Refusal> {
        let table = &self.recipe.table;
        match (&table.command, &table.agent) {
            (Some(_), Some(_)) => Err(self.bad("it has a command and an agent", "leave one of them out")),
            (None, None) => Err(self.bad("it has neither a command nor an agent", "give it a command")),
            (None, Some(agent)) => self.agent_launch(agent),
            (Some(command), None) => {
                if table.prompt.is_some() || table.prompt_file.is_some() {
                    self.set_prompt()?;
                }
                let stdin = table.stdin.as_ref().map(|text| self.fill(text)).transpose()?;
                Ok(Launch { argv: self.argv(command)?, stdin })
            }
        }
    }

    fn agent_launch(&mut self, name: &str) -> Result<Launch, Refusal> {
        let agent = self.agent(name)?;
        let prompt = self.set_prompt()?;
        let mut argv = self.argv(&agent.command)?;
        match agent.prompt {
            PromptBy::Stdin => {}
            PromptBy::Argument if prompt.len() > LONGEST_ARGUMENT => {
                let why = format!("the prompt has {} bytes, too many for an argument", prompt.len());
                return Err(self.bad(&why, &format!("set prompt = \"stdin\" in [agent.{name}]")));
            }
            PromptBy::Argument => argv.push(prompt.clone()),
            PromptBy::File => {
                let Some(file) = self.recipe.table.prompt_file.clone() else {
                    let why = format!("agent {name} reads its prompt from a file, and there is none");
                    return Err(self.bad(&why, "give the recipe a prompt_file"));
                };
                argv.push(format!("{}/{file}", self.facts.workspace));
            }
        }
        Ok(Launch { argv, stdin: on_stdin(agent.prompt).then_some(prompt) })
    }

    fn agent(&self, name: &str) -> Result<Agent, Refusal> {
        let Some(agent) = self.config.agent.get(name) else {
            let near = crate::text::nearest(name, self.config.agent.keys().map(String::as_str));
            let fix = near.map_or_else(
                || format!("add [agent.{name}] to plandeck.toml"),
                |near| format!("did you mean {near}?"),
            );
            return Err(self.bad(&format!("there is no agent \"{}\"", crate::text::plain(name)), &fix));
        };
        if agent.ok_exit != [0] {
            let why = format!("agent {name} asks for other exit codes than 0 as success");
            return Err(self.bad(&why, "wrap it in a script that exits 0 when all is well"));
        }
        Ok(agent.clone())
    }

    /// The prompt of the recipe, of its file, or our own for the item; it becomes `{prompt}` too.
    fn set_prompt(&mut self) -> Result<String, Refusal> {
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
            (None, None) => match (self.target.plan, self.target.item) {
                (Some(plan), Some(item)) => render(Template::Task, &SectionFacts::of(plan, item)),
                _ => return Err(self.bad("it has no prompt", "set prompt or prompt_file")),
            },
        };
        self.values.set("prompt", prompt.clone());
        Ok(prompt)
    }

    /// Arguments filled in, the program as an absolute path.
    fn argv(&self, command: &[String]) -> Result<Vec<String>, Refusal> {
        let Some((program, rest)) = command.split_first().filter(|(program, _)| !program.is_empty()) else {
            return Err(self.bad("its command is empty", "write a program and its arguments"));
        };
        let mut argv = vec![self.program(program)?];
        for argument in rest {
            argv.push(self.fill(argument)?);
        }
        Ok(argv)
    }

    fn program(&self, program: &str) -> Result<String, Refusal> {
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
        let table = &self.recipe.table.retries;
        let on = table.on.iter().map(|on| match on {
            config::RetryOn::Failed => RetryOn::Failed,
            config::RetryOn::TimedOut => RetryOn::TimedOut,
        });
        if table.max == 0 {
            return Retries::none();
        }
        Retries { max: table.max, backoff: table.backoff.0, on: on.collect(), ..Retries::none() }
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
        match &self.recipe.table.agent {
            Some(agent) => format!("{}@{agent}", self.recipe.workflow),
            None => self.recipe.workflow.clone(),
        }
    }

    fn group(&self) -> Option<String> {
        let group = self.target.item?.group?;
        Some(self.target.plan?.groups.get(group)?.name.clone())
    }

    fn fill(&self, text: &str) -> Result<String, Refusal> {
        self.values.fill(&self.workflow(), text)
    }

    fn workflow(&self) -> WorkflowName {
        WorkflowName::new(&self.recipe.workflow)
    }

    fn bad(&self, why: &str, fix: &str) -> Refusal {
        Refusal::BadRecipe { workflow: self.workflow(), why: why.to_owned(), fix: fix.to_owned() }
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
