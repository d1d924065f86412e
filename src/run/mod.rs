//! What is run, what happened, and how it ended: the vocabulary that the journal keeps and every
//! face reads.
//!
//! Pure types. Nothing here launches, writes or decides; a plan's own words live in `plan`.

pub mod advice;
pub mod event;
pub mod order;
pub mod outcome;
pub mod record;
pub mod refusal;
pub mod report;
pub mod request;
pub mod schedule;
pub mod spec;
pub mod summary;
pub mod work;

pub use advice::{Advice, Remedy};
pub use event::{Ending, Event, EventKind};
pub use order::{Chosen, Gate, Strategy};
pub use outcome::{Exit, LaunchFailure, Outcome, ProcessId, StopReason, Survivor, TestCounts, Verdict};
pub use record::{AttemptRecord, Gap, RunRecord, Status, TaskRecord};
pub use refusal::Refusal;
pub use report::{AgentUse, Report, Reported, Tokens};
pub use request::{Answer, Request, Wish};
pub use schedule::{Finding, LeftOut, Schedule, Step, Wait};
pub use spec::{Capture, Limits, PlanRef, Retries, RetryOn, Specification, Task};
pub use summary::RunSummary;
pub use work::{Agent, Brief, Doer, Performance, PromptBy, Stream, Subject, Work};
