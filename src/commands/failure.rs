//! Why a verb did not do what was wanted, with the exit code that says so.

use std::{fmt, io};

use crate::{
    cli::{ExitCode, LineError},
    config::ConfigError,
    control, journal,
    plan::problem::Problem,
    run::Refusal,
    workspace::EditError,
};

/// Everything that can keep a verb from being done.
#[derive(Debug)]
pub enum Failure {
    /// The command line makes no sense, or asked for help.
    Line(LineError),
    /// The wish can't be granted.
    Refused(Refusal),
    /// A plan's file could not be understood.
    Plan(Problem),
    /// Another input could not be understood: a session, a JSON document, a regular expression.
    Input {
        /// What, with file and line where there is one.
        message: String,
        /// What would be right.
        hint: Option<String>,
    },
    /// A configuration file could not be understood.
    Config(ConfigError),
    /// The journal could not be read or written.
    Journal(journal::Error),
    /// A run could not be created or asked something.
    Control(control::Error),
    /// A plan file could not be edited.
    Edit(EditError),
    /// The file system or the terminal refused.
    Io(io::Error),
}

impl Failure {
    /// The exit code of the table in the manual.
    pub fn code(&self) -> ExitCode {
        match self {
            Self::Line(LineError::Shown(_)) => ExitCode::Done,
            Self::Line(_) => ExitCode::Usage,
            Self::Refused(refusal) => refusal_code(refusal),
            Self::Plan(_) | Self::Input { .. } | Self::Config(_) => ExitCode::NotUnderstood,
            Self::Edit(EditError::Io(_)) | Self::Io(_) | Self::Journal(_) | Self::Control(_) => {
                ExitCode::Trouble
            }
            Self::Edit(EditError::NothingToUndo) => ExitCode::Outstanding,
            Self::Edit(_) => ExitCode::Refused,
        }
    }

    /// A stable word for scripts.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Line(_) => "usage",
            Self::Refused(_) => "refused",
            Self::Plan(_) => "plan",
            Self::Input { .. } => "input",
            Self::Config(_) => "config",
            Self::Journal(_) => "journal",
            Self::Control(_) => "control",
            Self::Edit(_) => "edit",
            Self::Io(_) => "io",
        }
    }

    /// What to do about it, where there is one thing to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Refused(refusal) => refusal.hint(),
            Self::Plan(problem) => Some(problem.fix.clone()),
            Self::Input { hint, .. } => hint.clone(),
            Self::Edit(EditError::Changed { .. }) => {
                Some("look at it again and repeat the command".to_owned())
            }
            Self::Edit(EditError::Outside { .. }) => {
                Some("name its workspace with -C FOLDER and the plan by its id".to_owned())
            }
            Self::Journal(error) | Self::Control(control::Error::Journal(error)) => {
                error.hint().map(str::to_owned)
            }
            _ => None,
        }
    }

    /// True when nobody reads what we print any more.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

const fn refusal_code(refusal: &Refusal) -> ExitCode {
    match refusal {
        Refusal::NoSuchPlan { .. }
        | Refusal::NoSuchItem { .. }
        | Refusal::NoSuchRun { .. }
        | Refusal::NoSuchWorkflow { .. } => ExitCode::NotFound,
        Refusal::AmbiguousPlan { .. }
        | Refusal::AmbiguousRun { .. }
        | Refusal::BadItemId { .. }
        | Refusal::Missing { .. } => ExitCode::Usage,
        Refusal::NothingToRun { .. } => ExitCode::Outstanding,
        Refusal::BadRecipe { .. } | Refusal::BadInput { .. } => ExitCode::NotUnderstood,
        _ => ExitCode::Refused,
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(error) => error.fmt(formatter),
            Self::Refused(refusal) => refusal.fmt(formatter),
            Self::Plan(problem) => write!(formatter, "{}: {}", problem.place, problem.message),
            Self::Input { message, .. } => formatter.write_str(message),
            Self::Config(error) => error.fmt(formatter),
            Self::Journal(error) => error.fmt(formatter),
            Self::Control(error) => error.fmt(formatter),
            Self::Edit(error) => error.fmt(formatter),
            Self::Io(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Journal(error) => error.source(),
            Self::Control(error) => error.source(),
            Self::Edit(error) => error.source(),
            _ => None,
        }
    }
}

macro_rules! from {
    ($($source:ty => $variant:ident),*) => {
        $(impl From<$source> for Failure {
            fn from(source: $source) -> Self {
                Self::$variant(source)
            }
        })*
    };
}

from!(LineError => Line, Refusal => Refused, ConfigError => Config, EditError => Edit, io::Error => Io);

impl From<journal::Error> for Failure {
    fn from(error: journal::Error) -> Self {
        match error {
            journal::Error::Refused(refusal) => Self::Refused(refusal),
            error => Self::Journal(error),
        }
    }
}

impl From<control::Error> for Failure {
    fn from(error: control::Error) -> Self {
        match error {
            control::Error::Refused(refusal) => Self::Refused(refusal),
            control::Error::Journal(error) => error.into(),
            error => Self::Control(error),
        }
    }
}

/// What lies behind a failure, the nearest cause first.
pub fn causes(failure: &Failure) -> Vec<String> {
    let mut causes = Vec::new();
    let mut source = std::error::Error::source(failure);
    while let Some(cause) = source {
        let words = cause.to_string();
        // Some messages end with their cause already.
        if !failure.to_string().contains(&words) {
            causes.push(words);
        }
        source = cause.source();
    }
    causes
}
