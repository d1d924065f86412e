//! What every verb is given: the workspace, the settings, the time, and the screen.

use std::{
    cell::OnceCell,
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

use crate::{
    cli::{ExitCode, Output},
    clock::{Clock, Timestamp},
    config::{Config, Confirm, Environment, Flag, Layers, Settings, SettingsFile},
    control::{Control, Parts},
    ids::{Ids, PlanId, RunId},
    journal::Journal,
    render::{Style, Theme},
    run::Advice,
    screen::Screen,
    workspace::{CONFIG_FILE, Editor, state::StateFolder},
};

use super::{failure::Failure, look::Looks};

/// Where a command was typed. It decides whether it asks before it acts, and is kept with each run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// In the shell.
    Shell,
    /// In the deck, with a terminal or without.
    Deck,
    /// In a session that is replayed.
    Replay,
}

impl Face {
    /// The word that a run's specification keeps.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Shell => "cli",
            Self::Deck => "deck",
            Self::Replay => "replay",
        }
    }
}

/// Everything around a verb.
pub struct Context<'a> {
    /// The workspace, absolute.
    pub root: PathBuf,
    /// Where the command was typed: relative paths of files begin here.
    pub here: PathBuf,
    /// Where runs and edits are kept.
    pub state: StateFolder,
    /// The settings, with where each comes from.
    pub settings: Settings,
    /// The flags that stand for settings.
    pub flags: Vec<Flag>,
    /// The environment of the process, read once.
    pub environment: Environment,
    /// Where text goes and answers come from.
    pub screen: &'a mut dyn Screen,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where run ids come from.
    pub ids: Arc<Ids>,
    /// How text looks.
    pub style: Style,
    /// How data is written.
    pub output: Output,
    /// Every question is answered with yes.
    pub yes: bool,
    /// Say less on standard error.
    pub quiet: bool,
    /// Where the command was typed.
    pub face: Face,
    /// This program, absolute: what supervisors and built-in recipes are.
    pub program: PathBuf,
    /// The asker's file mode creation mask.
    pub umask: u32,
    /// The plan whose page is open, for commands that leave the plan out.
    pub open_plan: Option<PlanId>,
    /// The board's order, for plans that are named by their number. Empty outside the deck.
    pub numbered: Vec<PlanId>,
    /// Runs whose end this process has shown.
    pub ends_shown: BTreeSet<RunId>,
    /// What was seen of the plans before.
    pub looks: Arc<Looks>,
    /// The journal, from its first use on.
    pub opened: OnceCell<Rc<Journal>>,
}

impl Context<'_> {
    /// Reads the settings again, and dresses the screen anew: one of them was changed.
    ///
    /// # Errors
    /// When a settings file can't be understood any more.
    pub fn reread_settings(&mut self) -> Result<(), Failure> {
        self.settings = read_settings(&self.root, &self.environment, self.flags.clone())?;
        self.style.theme = Theme::find(&self.config().deck.theme, &self.config().theme).map_err(|error| {
            Failure::Input { message: error.to_string(), hint: Some("themes lists them".to_owned()) }
        })?;
        Ok(())
    }

    /// The effective settings.
    pub const fn config(&self) -> &Config {
        &self.settings.config
    }

    /// A path as people see it: relative where it lies in the workspace.
    pub fn inside<'p>(&self, path: &'p str) -> &'p str {
        let root = self.root.to_str().and_then(|root| path.strip_prefix(root));
        root.and_then(|it| it.strip_prefix('/')).unwrap_or(path)
    }

    /// The wall clock.
    pub fn now(&self) -> Timestamp {
        self.clock.wall()
    }

    /// What asks things of runs; makes the state folder and its journal if need be.
    ///
    /// # Errors
    /// When the folder or the journal can't be made or opened.
    pub fn control(&self) -> Result<Control, Failure> {
        Ok(Control::open(self.parts())?)
    }

    /// What a control is opened with.
    pub fn parts(&self) -> Parts {
        let environment = self.environment.all.iter();
        Parts {
            state: self.state.clone(),
            workspace: self.root.clone(),
            program: self.program.clone(),
            environment: environment.map(|(name, value)| (name.into(), value.into())).collect(),
            clock: Arc::clone(&self.clock),
        }
    }

    /// The journal, made if need be; opened once, because opening costs more than asking.
    ///
    /// # Errors
    /// When the folder or the journal can't be made or opened.
    pub fn journal(&self) -> Result<Rc<Journal>, Failure> {
        if let Some(journal) = self.opened.get() {
            return Ok(Rc::clone(journal));
        }
        let journal = Rc::new(self.own_journal()?);
        Ok(Rc::clone(self.opened.get_or_init(|| journal)))
    }

    /// A connection of one's own to the journal, for who writes to it or takes it elsewhere.
    ///
    /// # Errors
    /// As [`Context::journal`].
    pub fn own_journal(&self) -> Result<Journal, Failure> {
        self.state.create()?;
        Ok(Journal::open(&self.state.journal())?)
    }

    /// Who asks, by name.
    pub fn user(&self) -> &str {
        self.environment.user().unwrap_or("unknown")
    }

    /// The journal, if there is one already: looking at plans makes no folder.
    ///
    /// # Errors
    /// When it is there and can't be opened.
    pub fn journal_if_any(&self) -> Result<Option<Rc<Journal>>, Failure> {
        if self.state.journal().exists() { self.journal().map(Some) } else { Ok(None) }
    }

    /// What edits the plan files of this workspace.
    pub fn editor(&self) -> Editor {
        Editor::new(&self.root, self.state.clone(), self.umask)
    }

    /// True when an ordinary action asks before it acts: in the deck, unless told never to.
    pub fn asks(&self) -> bool {
        self.face != Face::Shell && !self.yes && self.config().deck.confirm == Confirm::Ask
    }

    /// Prints data, ending its last line where that is not ended yet.
    ///
    /// # Errors
    /// When standard output is gone.
    pub fn print(&mut self, text: &str) -> Result<(), Failure> {
        self.screen.print(text)?;
        if !text.is_empty() && !text.ends_with('\n') {
            self.screen.print("\n")?;
        }
        Ok(())
    }

    /// Says that one blocking step goes on until the screen is idle again: with a spinner, or with a line
    /// for readers whom that would disturb.
    ///
    /// # Errors
    /// When standard error is gone.
    pub fn busy(&mut self, label: &str) -> Result<(), Failure> {
        if self.style.accessible && self.screen.is_interactive() {
            return self.note(&format!("{label}\n"));
        }
        self.screen.busy(label);
        Ok(())
    }

    /// Says something that is not data; nothing with `--quiet`.
    ///
    /// # Errors
    /// When standard error is gone.
    pub fn note(&mut self, text: &str) -> Result<(), Failure> {
        if !self.quiet {
            self.screen.note(text)?;
        }
        Ok(())
    }
}

/// Reads the settings of a workspace in all their layers.
///
/// # Errors
/// When a file can't be read, or says something that makes no sense.
pub fn read_settings(root: &Path, environment: &Environment, flags: Vec<Flag>) -> Result<Settings, Failure> {
    let file = |path: PathBuf| match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(SettingsFile { path, text })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
    };
    let user = environment.user_file().map(file).transpose()?.flatten();
    let workspace = file(root.join(CONFIG_FILE))?;
    Ok(Settings::read(&Layers { user, workspace, environment, flags })?)
}

/// How a verb ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// What the shell is told.
    pub code: Code,
    /// Advice that was printed with numbers, for the deck's digits.
    pub advice: Vec<Advice>,
}

/// [`ExitCode`] with a default: done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code(pub ExitCode);

impl Default for Code {
    fn default() -> Self {
        Self(ExitCode::Done)
    }
}

impl Done {
    /// It went well and there is nothing to add.
    pub fn well() -> Self {
        Self::default()
    }

    /// It ended with this code.
    pub const fn with(code: ExitCode) -> Self {
        Self { code: Code(code), advice: Vec::new() }
    }
}
