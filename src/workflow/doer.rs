//! Who does a task: the recipe's program by itself, or our performer with a command or an agent.

use std::collections::BTreeMap;

use super::{
    fill::Values,
    recipe::RecipeFrom,
    task::Maker,
    template::{SectionFacts, Template, render},
};
use crate::{
    config::{self, KNOWN_AGENTS},
    plan::{Dialect, DocumentKind, Item, Plan},
    run::{
        Agent, Doer, Performance, PromptBy, Refusal, Specification, Stream, Subject, Task, Work,
        spec::ItemRef,
    },
    text,
};

/// The workflow that does a task of any dialect, and the one that does all of them.
const TASK: &str = "task";
const ALL: &str = "all";

impl Maker<'_> {
    /// What our performer does of this recipe; nothing when its program is launched as it is.
    ///
    /// An agent is always the performer's: what it prints has to be read to know how it ended. A command
    /// is, when there is more to a task than running it: the item's own steps and checks, or checks that
    /// must be passed before the item counts as done.
    pub(super) fn performance(&mut self) -> Result<Option<Performance>, Refusal> {
        let Some(doer) = self.doer()? else { return Ok(None) };
        let checks = self.recipe.table.checks.iter().map(|it| self.argv(it)).collect::<Result<_, _>>()?;
        Ok(Some(Performance {
            subject: self.subject(),
            doer,
            checks,
            plan_commands: self.may_run_commands(),
        }))
    }

    fn doer(&mut self) -> Result<Option<Doer>, Refusal> {
        let table = &self.recipe.table;
        let is_task = self.recipe.workflow == TASK;
        let prints_a_prompt = is_task && self.recipe.from == RecipeFrom::BuiltIn;
        if table.command.is_some() && table.agent.is_some() {
            return Err(self.bad("it has a command and an agent", "leave one of them out"));
        }
        if let Some(asked) = self.ask.agent.clone() {
            if !prints_a_prompt && table.agent.is_none() {
                return Err(
                    self.bad("it has a command of its own, and an agent was asked for", "leave --agent out")
                );
            }
            self.known(&asked)?;
            return self.agent_doer(Some(asked.clone()), asked).map(Some);
        }
        if let Some(agent) = table.agent.clone() {
            self.known(&agent)?;
            return self.agent_doer(None, agent).map(Some);
        }
        if prints_a_prompt && self.ask.name().as_str() == ALL {
            let agent = self.found_agent()?;
            return self.agent_doer(None, agent).map(Some);
        }
        let declares = self.target.item.is_some_and(|item| !item.commands.is_empty());
        if is_task && !prints_a_prompt && self.is_no_achievement() && (declares || !table.checks.is_empty()) {
            let launch = self.launch()?;
            return Ok(Some(Doer::Command { argv: launch.argv, stdin: launch.stdin }));
        }
        Ok(None)
    }

    /// A methodology's achievements are moved by documents, not by doing them in one go.
    fn is_no_achievement(&self) -> bool {
        self.target.item.is_some()
            && self.target.plan.is_some_and(|plan| plan.dialect != Dialect::Methodology)
    }

    /// The recipe's prompt, where it has one; for an item of a plan whose files say what to do, none: it is
    /// made when the attempt begins.
    fn agent_doer(&mut self, asked: Option<String>, otherwise: String) -> Result<Doer, Refusal> {
        let table = &self.recipe.table;
        let own = table.prompt.is_some() || table.prompt_file.is_some();
        let prompt = if own || !self.is_no_achievement() { Some(self.set_prompt()?) } else { None };
        Ok(Doer::Agent { asked, otherwise, prompt })
    }

    /// An agent that was named has to be one.
    fn known(&self, name: &str) -> Result<(), Refusal> {
        let agents = self.config.agents();
        let Some(agent) = agents.get(name) else {
            let near = text::nearest(name, agents.keys().map(String::as_str));
            let fix = near.map_or_else(
                || format!("add [agent.{name}] to plandeck.toml"),
                |near| format!("did you mean {near}?"),
            );
            return Err(self.bad(&format!("there is no agent \"{}\"", text::plain(name)), &fix));
        };
        let Some(program) = agent.command.first() else {
            return Err(
                self.bad(&format!("agent {name} has no command"), "write a program and its arguments")
            );
        };
        self.program(program)?;
        // A placeholder that is none is refused before anything starts.
        let mut values = Values(self.values.0.clone());
        for name in ["session", "prompt", "prompt.file"] {
            values.set(name, "");
        }
        values.fill_all(&self.workflow(), &agent.command)?;
        Ok(())
    }

    /// The first of the known agents whose program is there.
    fn found_agent(&self) -> Result<String, Refusal> {
        let agents = self.config.agents();
        let is_there = |name: &&str| {
            let program = agents.get(*name).and_then(|it| it.command.first());
            program.is_some_and(|it| self.program(it).is_ok())
        };
        let found =
            KNOWN_AGENTS.into_iter().chain(self.config.agent.keys().map(String::as_str)).find(is_there);
        found.map(str::to_owned).ok_or_else(|| {
            self.bad(
                "nobody is there to do the items: no recipe says how, and no known agent is in PATH",
                "install one (claude, codex, gemini, opencode, cursor-agent), add an [agent.NAME] and say \
                 --agent NAME, or give [workflow.task] a command",
            )
        })
    }

    fn may_run_commands(&self) -> bool {
        match self.config.plans.run_commands {
            config::RunCommands::Always => true,
            config::RunCommands::Never => false,
            config::RunCommands::Ask => self.ask.plan_commands,
        }
    }

    fn subject(&self) -> Option<Subject> {
        let (plan, item) = (self.target.plan?, self.target.item?);
        let own = item.document(DocumentKind::Task).map(|it| it.path.clone());
        let line = if own.is_some() { None } else { item.place.line };
        Some(Subject {
            dialect: plan.dialect.word().to_owned(),
            plan: plan.path.clone(),
            folder: plan.folder.clone(),
            item: ItemRef { id: item.id.clone(), title: item.title.clone() },
            file: own.unwrap_or_else(|| item.place.file.clone()),
            line,
            needs: item.needs.iter().map(|it| it.as_str().to_owned()).collect(),
        })
    }

    /// Our own prompt for an item, made when the run is created.
    pub(super) fn own_prompt(&self) -> Option<String> {
        let (plan, item): (&Plan, &Item) = (self.target.plan?, self.target.item?);
        Some(render(Template::Task, &SectionFacts::of(plan, item)))
    }
}

/// The agents of the configuration, frozen: their programs as absolute paths where they are there.
pub(super) fn frozen(
    config: &config::Config,
    programs: &BTreeMap<String, String>,
    workspace: &str,
) -> BTreeMap<String, Agent> {
    let agent = |agent: config::Agent| {
        let mut argv = agent.command;
        if let Some(program) = argv.first_mut() {
            if let Some(found) = programs.get(program) {
                program.clone_from(found);
            } else if program.contains('/') && !program.starts_with('/') {
                *program = format!("{workspace}/{}", program.trim_start_matches("./"));
            }
        }
        Agent {
            argv,
            prompt: match agent.prompt {
                config::PromptBy::Stdin => PromptBy::Stdin,
                config::PromptBy::Argument => PromptBy::Argument,
                config::PromptBy::File => PromptBy::File,
            },
            stream: stream(agent.stream),
            resume: agent.resume,
            ok_exit: agent.ok_exit,
        }
    };
    config.agents().into_iter().map(|(name, it)| (name, agent(it))).collect()
}

const fn stream(format: config::StreamFormat) -> Stream {
    match format {
        config::StreamFormat::Claude => Stream::Claude,
        config::StreamFormat::Codex => Stream::Codex,
        config::StreamFormat::Gemini => Stream::Gemini,
        config::StreamFormat::Opencode => Stream::Opencode,
        config::StreamFormat::Jsonl => Stream::Jsonl,
        config::StreamFormat::Text => Stream::Text,
    }
}

/// The shell lines of the plan's own files that a run would run if it were allowed to and is not.
#[must_use]
pub fn held_commands(spec: &Specification, plan: Option<&Plan>, config: &config::Config) -> Vec<String> {
    if config.plans.run_commands == config::RunCommands::Never {
        return Vec::new();
    }
    let held = |task: &&Task| matches!(&task.work, Work::Performed(it) if !it.plan_commands);
    let items = spec.tasks.iter().filter(held).filter_map(|task| plan?.item(task.item.as_ref()?));
    items.flat_map(|item| item.commands.iter().cloned()).collect()
}

/// Lets a run run the shell lines of the plan's own files: somebody was asked and has agreed.
pub fn allow_commands(spec: &mut Specification) {
    for task in &mut spec.tasks {
        if let Work::Performed(performance) = &mut task.work {
            performance.plan_commands = true;
        }
    }
}
