//! What is decided once at the start: the workspace, the settings, the colours.

use std::{cell::OnceCell, fs, io::IsTerminal as _, path::PathBuf, sync::Arc};

use toml::Value;

use crate::{
    cli::{Colour, Global},
    clock::{Clock, SystemClock},
    commands::{Context, Face, Failure, Looks, read_settings},
    config::{Environment, Flag, Layers, Settings},
    ids::Ids,
    plan::ROOTS,
    render::{Style, Theme},
    screen::{Screen, Terminal},
    workspace::{STATE_FOLDER, find_root, state::StateFolder},
};

/// Everything that a context is built from, whatever its screen.
pub(super) struct Around {
    pub global: Global,
    pub environment: Environment,
    pub here: PathBuf,
    pub root: PathBuf,
    pub settings: Settings,
    pub flags: Vec<Flag>,
    pub program: PathBuf,
    pub umask: u32,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<Ids>,
    pub columns: Option<usize>,
}

impl Around {
    /// The workspace that the options or the current folder name.
    pub fn of(global: &Global, environment: Environment) -> Result<Self, Failure> {
        let (here, root) = places(global, &environment)?;
        Self::at(global, environment, here, root)
    }

    /// The same, with the settings of no file, for who mends a file that can't be understood.
    pub fn without_files(global: &Global, environment: Environment) -> Result<Self, Failure> {
        let (here, root) = places(global, &environment)?;
        let flags = flags(global);
        let layers = Layers { user: None, workspace: None, environment: &environment, flags: flags.clone() };
        let settings = Settings::read(&layers)?;
        Self::with(global, environment, here, root, settings)
    }

    /// Exactly this workspace.
    pub fn at(
        global: &Global,
        environment: Environment,
        here: PathBuf,
        root: PathBuf,
    ) -> Result<Self, Failure> {
        let settings = read_settings(&root, &environment, flags(global))?;
        Self::with(global, environment, here, root, settings)
    }

    fn with(
        global: &Global,
        environment: Environment,
        here: PathBuf,
        root: PathBuf,
        settings: Settings,
    ) -> Result<Self, Failure> {
        Ok(Self {
            global: global.clone(),
            environment,
            here,
            root,
            settings,
            flags: flags(global),
            program: std::env::current_exe()?,
            umask: umask(),
            clock: Arc::new(SystemClock::start()),
            ids: Arc::new(Ids::Random),
            columns: None,
        })
    }

    /// The process's own streams.
    pub fn terminal(&self) -> Terminal {
        let may_ask = !self.global.no_input && !self.environment.is_ci() && !self.environment.is_dumb();
        Terminal::new(may_ask, self.columns).with_progress(self.environment.shows_progress())
    }

    /// A context on a screen.
    pub fn context<'a>(&self, screen: &'a mut dyn Screen, face: Face) -> Result<Context<'a>, Failure> {
        let style = self.style(screen)?;
        let state = self.environment.state_folder().unwrap_or_else(|| self.root.join(STATE_FOLDER));
        Ok(Context {
            root: self.root.clone(),
            here: self.here.clone(),
            looks: Arc::new(Looks::new(StateFolder::at(&state), self.program.clone())),
            state: StateFolder::at(state),
            settings: self.settings.clone(),
            flags: self.flags.clone(),
            environment: self.environment.clone(),
            screen,
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
            style,
            output: self.global.common.output.unwrap_or_default(),
            yes: self.global.common.yes,
            quiet: self.global.quiet,
            face,
            program: self.program.clone(),
            umask: self.umask,
            open_plan: None,
            numbered: Vec::new(),
            ends_shown: std::collections::BTreeSet::new(),
            opened: OnceCell::new(),
        })
    }

    fn style(&self, screen: &dyn Screen) -> Result<Style, Failure> {
        let config = &self.settings.config;
        let theme = Theme::find(&config.deck.theme, &config.theme).map_err(|error| Failure::Input {
            message: error.to_string(),
            hint: Some("themes lists them".to_owned()),
        })?;
        let accessible = self.global.accessible || self.environment.is_accessible();
        let colour = self.colour();
        let links = colour && screen.is_interactive() && !accessible;
        Ok(Style { width: screen.size().columns, colour, theme, accessible, links })
    }

    /// `--color`, then the environment, then the terminal.
    fn colour(&self) -> bool {
        match self.global.color.unwrap_or_default() {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => self.environment.colour().unwrap_or_else(|| std::io::stdout().is_terminal()),
        }
    }
}

/// Where we are, and the workspace.
fn places(global: &Global, environment: &Environment) -> Result<(PathBuf, PathBuf), Failure> {
    let here = std::env::current_dir()?;
    let root = match &global.workspace {
        Some(folder) => existing(&here.join(folder))?,
        None => find_root(&here, environment.home().as_deref(), ROOTS),
    };
    Ok((here, root))
}

fn existing(folder: &std::path::Path) -> Result<PathBuf, Failure> {
    fs::canonicalize(folder).map_err(|error| Failure::Input {
        message: format!("{}: {error}", folder.display()),
        hint: Some("name an existing folder with -C".to_owned()),
    })
}

/// The flags that stand for settings.
fn flags(global: &Global) -> Vec<Flag> {
    let never = Flag { option: "--yes", key: "deck.confirm", value: Value::String("never".to_owned()) };
    if global.common.yes { vec![never] } else { Vec::new() }
}

/// The file mode creation mask. Asking the system for it would set it, so it is read.
fn umask() -> u32 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("Umask:"));
    line.and_then(|it| u32::from_str_radix(it.trim(), 8).ok()).unwrap_or(0o022)
}
