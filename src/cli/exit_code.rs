//! What the program ends with.

/// The exit codes, each with one meaning. Scripts rely on the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExitCode {
    /// Done.
    Done,
    /// The run or the operation failed.
    Failed,
    /// The command line makes no sense.
    Usage,
    /// No such plan, item or run.
    NotFound,
    /// Input could not be understood; the message names file and line.
    NotUnderstood,
    /// Nothing to run, or work outstanding.
    Outstanding,
    /// Refused because of the state it is in.
    Refused,
    /// Journal or disk trouble.
    Trouble,
    /// Timed out.
    TimedOut,
    /// Cancelled or interrupted.
    Cancelled,
}

impl ExitCode {
    /// Every code, in the order of the numbers.
    pub const ALL: [Self; 10] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::NotFound,
        Self::NotUnderstood,
        Self::Outstanding,
        Self::Refused,
        Self::Trouble,
        Self::TimedOut,
        Self::Cancelled,
    ];

    /// The number the process ends with.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::NotUnderstood => 4,
            Self::Outstanding => 5,
            Self::Refused => 6,
            Self::Trouble => 7,
            Self::TimedOut => 124,
            Self::Cancelled => 130,
        }
    }

    /// What it means, for `help exit-codes`.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "the run or the operation failed",
            Self::Usage => "the command line makes no sense",
            Self::NotFound => "no such plan, item or run",
            Self::NotUnderstood => "input could not be understood (the message names file and line)",
            Self::Outstanding => "nothing to run, or work outstanding",
            Self::Refused => "refused because of the state it is in",
            Self::Trouble => "journal or disk trouble",
            Self::TimedOut => "timed out",
            Self::Cancelled => "cancelled or interrupted",
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.code())
    }
}
