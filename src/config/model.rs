//! What `plandeck.toml` holds, with its defaults. Unknown keys are errors.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{
    secrets::default_pass_env,
    values::{ByteSize, Span},
};
use crate::text::parse_duration;

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How the deck looks and asks.
    pub deck: Deck,
    /// Which files are plans.
    pub plans: Plans,
    /// How runs are run where a recipe says nothing else.
    pub run: RunDefaults,
    /// Recipes by the name of their workflow.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub workflow: BTreeMap<String, Workflow>,
    /// Agents by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub agent: BTreeMap<String, Agent>,
    /// Advice of one's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub advice: Vec<AdviceRow>,
    /// How the end of a long run is announced.
    pub notify: Notify,
    /// A chord (`alt-n`) and the command it types.
    pub keys: BTreeMap<String, String>,
    /// Themes by name: role = colour.
    pub theme: BTreeMap<String, BTreeMap<String, String>>,
}

/// `[deck]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deck {
    /// `default`, `dark`, `light`, `high-contrast`, `none`, or the name of a `[theme.NAME]`.
    pub theme: String,
    /// Whether keys ask before they act.
    pub confirm: Confirm,
    /// How lines are edited.
    pub edit_mode: EditMode,
    /// When plans are read again.
    pub refresh: Refresh,
}

impl Default for Deck {
    fn default() -> Self {
        Self {
            theme: "default".to_owned(),
            confirm: Confirm::Ask,
            edit_mode: EditMode::Emacs,
            refresh: Refresh::Watch,
        }
    }
}

/// Whether keys ask before they act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confirm {
    /// They do.
    Ask,
    /// They do not.
    Never,
}

/// How lines are edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EditMode {
    /// As in Emacs and most shells.
    Emacs,
    /// As in vi.
    Vi,
}

/// When plans are read again: `"watch"`, `"off"`, or a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// When a file changes.
    Watch,
    /// After this time, again and again.
    Every(Span),
    /// When asked.
    Off,
}

impl Serialize for Refresh {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Watch => serializer.serialize_str("watch"),
            Self::Every(span) => serializer.collect_str(span),
            Self::Off => serializer.serialize_str("off"),
        }
    }
}

impl<'de> Deserialize<'de> for Refresh {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "watch" => Ok(Self::Watch),
            "off" => Ok(Self::Off),
            text => match parse_duration(text) {
                Ok(duration) if !duration.is_zero() => Ok(Self::Every(Span(duration))),
                _ => Err(D::Error::custom("write \"watch\", \"off\", or a duration such as \"5s\"")),
            },
        }
    }
}

/// `[plans]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plans {
    /// `auto`, or the words of the dialects to look for.
    pub dialects: Vec<String>,
    /// More checklists or folders, relative to the workspace.
    pub include: Vec<String>,
    /// What is passed over.
    pub exclude: Vec<String>,
    /// Whether shell lines that a plan's own files hold may be run.
    pub run_commands: RunCommands,
}

impl Default for Plans {
    fn default() -> Self {
        Self {
            dialects: vec!["auto".to_owned()],
            include: Vec::new(),
            exclude: Vec::new(),
            run_commands: RunCommands::Ask,
        }
    }
}

/// Whether shell lines that a plan's own files hold (steps, checks) may be run. A plan may come from
/// anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunCommands {
    /// Whoever creates a run is asked, or says `--plan-commands`.
    Ask,
    /// They may.
    Always,
    /// They may not: steps are left to the agent, and checks are not run.
    Never,
}

/// `[run]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunDefaults {
    /// How many attempts may run at once; 0 means as many as there are cores.
    pub slots: usize,
    /// Between the starts of agents.
    pub stagger: Span,
    /// What pruning keeps when it is not told otherwise. Nothing is pruned unasked.
    pub retention: Retention,
    /// Most bytes of log a task keeps.
    pub max_log_bytes: ByteSize,
    /// Names of variables whose values are never written.
    pub secrets: Vec<String>,
}

impl Default for RunDefaults {
    fn default() -> Self {
        Self {
            slots: 0,
            stagger: Span::secs(2),
            retention: Retention::default(),
            max_log_bytes: ByteSize(4 << 30),
            secrets: ["*TOKEN*", "*SECRET*", "*PASSWORD*", "*_KEY"].map(str::to_owned).to_vec(),
        }
    }
}

/// `run.retention`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// The newest runs that stay.
    pub runs: u64,
    /// Runs older than this may go.
    pub age: Span,
    /// How much the logs may take.
    pub bytes: ByteSize,
}

impl Default for Retention {
    fn default() -> Self {
        Self { runs: 1000, age: Span::secs(90 * 86_400), bytes: ByteSize(5 << 30) }
    }
}

/// `[workflow.NAME]`: a recipe.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Workflow {
    /// What must be chosen first.
    pub needs: Needs,
    /// Program and arguments, with placeholders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// The name of an `[agent.NAME]`, instead of a command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The agent's prompt, with placeholders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// A file that holds the prompt, relative to the workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_file: Option<String>,
    /// Inside the workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// Names and values set for the child. A secret's value has no place here.
    pub env: BTreeMap<String, String>,
    /// Names (with `*`) taken from the asker's environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pass_env: Option<Vec<String>>,
    /// Bytes given to the child; absent means null.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// Its input stays open after these bytes, for `run send`. Else it ends behind them.
    pub open_stdin: bool,
    /// How its output is caught.
    pub capture: Capture,
    /// Daemons it starts may stay.
    pub leave_running: bool,
    /// Wall time; 0 means none. 180 s when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Span>,
    /// Time without output; 0 means none.
    pub idle_timeout: Span,
    /// From TERM to KILL. 10 s when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace: Option<Span>,
    /// Whether and when it is tried again; never when absent, but for what an agent does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<RetriesTable>,
    /// Whose changes are deliverables, beside the plan's folder.
    pub deliverables: Vec<String>,
    /// Regular expressions that make exit 0 a failure.
    pub fail_on: Vec<String>,
    /// Commands that must exit 0 before it counts as done.
    pub checks: Vec<Vec<String>>,
    /// Whether the success of an item's task is written into its plan; yes when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_back: Option<bool>,
    /// Declared inputs.
    pub params: BTreeMap<String, Param>,
}

/// What must be chosen before a workflow can be launched. The order is what contains what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Needs {
    /// Nothing.
    #[default]
    Nothing,
    /// A plan.
    Plan,
    /// An item of a plan.
    Item,
    /// An item that has a SUBPLAN.
    Subplan,
}

/// How output is caught: the words of `run::Capture`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Capture {
    /// One pipe for both streams.
    #[default]
    Pipe,
    /// Two pipes.
    Split,
    /// The child holds the log file itself.
    File,
    /// A pseudo-terminal.
    Tty,
}

/// `retries` of a recipe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetriesTable {
    /// Attempts beyond the first.
    pub max: u32,
    /// Before the first retry; doubles with each further one.
    pub backoff: Span,
    /// Which ends are worth another try.
    pub on: Vec<RetryOn>,
}

impl Default for RetriesTable {
    fn default() -> Self {
        Self { max: 0, backoff: Span::secs(5), on: vec![RetryOn::Failed, RetryOn::TimedOut] }
    }
}

/// An end that a retry may mend: the words of `run::RetryOn`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryOn {
    /// It failed.
    Failed,
    /// Wall or idle time was up.
    TimedOut,
}

/// `[workflow.NAME.params.PARAM]`: a declared input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Param {
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: ParamType,
    /// Its value when none is given; without one it must be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<toml::Value>,
    /// For the form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// What a declared input holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ParamType {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Any JSON.
    Json,
}

impl ParamType {
    /// The word in the configuration.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Json => "json",
        }
    }
}

/// `[agent.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// Program and arguments.
    pub command: Vec<String>,
    /// How it is given its prompt.
    #[serde(default)]
    pub prompt: PromptBy,
    /// How what it prints is to be read.
    #[serde(default)]
    pub stream: StreamFormat,
    /// Arguments that carry on a session, with `{session}`.
    #[serde(default)]
    pub resume: Vec<String>,
    /// Exit codes that are success.
    #[serde(default = "only_zero")]
    pub ok_exit: Vec<i32>,
}

fn only_zero() -> Vec<i32> {
    vec![0]
}

/// How an agent is given its prompt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PromptBy {
    /// On standard input.
    #[default]
    Stdin,
    /// As the last argument; under 100 KB.
    Argument,
    /// As the path of a file, as the last argument.
    File,
}

/// How what an agent prints is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StreamFormat {
    /// Claude Code's events.
    Claude,
    /// Codex's events.
    Codex,
    /// Gemini's events.
    Gemini,
    /// OpenCode's events.
    Opencode,
    /// One JSON object a line.
    Jsonl,
    /// As it stands.
    #[default]
    Text,
}

/// `[[advice]]`: what to say after a certain failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdviceRow {
    /// When.
    #[serde(default)]
    pub when: When,
    /// What.
    pub say: String,
    /// A program that its number runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Vec<String>>,
}

/// When a row of advice is given: all that is said must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// The outcome's word: `failed`, `timed_out`, `cancelled`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The exit code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit: Option<i32>,
    /// A regular expression that the end of the output matches.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "regular_expression")]
    pub output: Option<String>,
}

fn regular_expression<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let pattern = String::deserialize(deserializer)?;
    match regex::Regex::new(&pattern) {
        Ok(_) => Ok(Some(pattern)),
        Err(error) => {
            // The last line says what is wrong; those above it draw where, which one line can't.
            let error = error.to_string();
            let what = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
            Err(D::Error::custom(format_args!("no regular expression: {what}")))
        }
    }
}

/// `[notify]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Notify {
    /// Only the end of runs that took at least this long.
    pub after: Span,
    /// In which ways.
    pub how: Vec<NotifyBy>,
    /// A program that is run with the message as its last argument and the facts in its environment
    /// (`PLANDECK_ENDED_RUN`, `_STATUS`, `_WORKFLOW`, `_PLAN`, `_TITLE`, `_ITEM`, `_MS`, `_TASKS`, `_WORKSPACE`).
    pub command: Vec<String>,
}

impl Default for Notify {
    fn default() -> Self {
        let how = vec![NotifyBy::Bell, NotifyBy::Osc, NotifyBy::Desktop];
        Self { after: Span::secs(20), how, command: Vec::new() }
    }
}

/// A way of announcing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NotifyBy {
    /// The terminal's bell.
    Bell,
    /// The terminal's own notification (OSC 9, 777).
    Osc,
    /// The desktop's.
    Desktop,
}

impl Workflow {
    /// Wall time when a recipe says nothing.
    pub const TIMEOUT: Span = Span::secs(180);
    /// The same where an agent does the work.
    pub const AGENT_TIMEOUT: Span = Span::secs(3600);
    /// From TERM to KILL when a recipe says nothing.
    pub const GRACE: Span = Span::secs(10);

    /// Wall time; none when it is 0.
    #[must_use]
    pub fn wall(&self) -> Option<std::time::Duration> {
        self.timeout.unwrap_or(Self::TIMEOUT).limit()
    }

    /// The names taken from the asker's environment.
    #[must_use]
    pub fn passed(&self) -> Vec<String> {
        self.pass_env.clone().unwrap_or_else(default_pass_env)
    }
}
