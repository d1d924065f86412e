//! The verbs about what is kept of runs: comparing, forgetting, carrying away.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::values::RunRef;
use crate::text::{parse_bytes, parse_duration};

/// Show how a run differs from another
///
/// Without a second run it is compared with the last success before it of the same workflow, plan and
/// item.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck run diff @latest-failed
  plandeck run diff 3f9c2a 81b04d -o json")]
pub struct DiffArgs {
    /// Its tail, its full id, @latest or @latest-failed
    pub run: RunRef,
    /// The run it is compared with
    #[arg(value_name = "RUN")]
    pub with: Option<RunRef>,
}

/// Forget old runs and their logs
///
/// Without limits those of [run.retention] hold; with any, only those that are given. A run goes when
/// it is beyond one of them. One that goes on never does.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck run prune --dry-run
  plandeck run prune --keep 200
  plandeck run prune --older-than 30d --max-bytes 2GiB --yes")]
pub struct PruneArgs {
    /// The newest runs that stay
    #[arg(long, value_name = "N")]
    pub keep: Option<u64>,
    /// Runs created longer ago than this go
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub older_than: Option<Duration>,
    /// The oldest go until the rest takes no more than this
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes)]
    pub max_bytes: Option<u64>,
    /// Only list what would go
    #[arg(long)]
    pub dry_run: bool,
}

/// Write a run that ended into one file: specification, events and logs
///
/// `run get FILE` and `run logs FILE` read it anywhere. An existing file is never replaced.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck run export @latest-failed failed.jsonl
  plandeck run get failed.jsonl")]
pub struct ExportArgs {
    /// Its tail, its full id, @latest or @latest-failed
    pub run: RunRef,
    /// The file to write
    pub file: PathBuf,
}
