//! Settings: defaults, files, environment and flags, read once, each value with where it came from.
//!
//! The only place that reads the environment. It opens no file itself but is given their texts, and
//! it decides nothing about plans or runs.

mod agents;
mod environment;
mod error;
mod known;
mod layers;
mod model;
mod secrets;
mod values;

#[cfg(test)]
mod tests;

pub use agents::KNOWN_AGENTS;
pub use environment::Environment;
pub use error::{ConfigError, FilePlace};
pub use layers::{Flag, Layers, Setting, Settings, SettingsFile, Source};
pub use model::{
    AdviceRow, Agent, Capture, Config, Confirm, Deck, EditMode, Needs, Notify, NotifyBy, Param, ParamType,
    Plans, PromptBy, Refresh, Retention, RetriesTable, RetryOn, RunCommands, RunDefaults, StreamFormat, When,
    Workflow,
};
pub use secrets::{NamePatterns, default_pass_env};
pub use values::{ByteSize, Span};

/// What `init` writes: every default, and examples of the rest as comments.
pub const SAMPLE: &str = include_str!("sample.toml");
