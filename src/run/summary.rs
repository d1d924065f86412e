//! A run in one row: what a list shows without reading the run's events.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{
    record::{RunRecord, Status},
    spec::{ItemRef, PlanRef, Specification},
};
use crate::{
    clock::Timestamp,
    ids::{ItemId, PlanId, RunId, WorkflowName},
};

/// One row of a list of runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSummary {
    /// Its id.
    pub id: RunId,
    /// How it stands.
    pub status: Status,
    /// How its plan is moved on.
    pub workflow: WorkflowName,
    /// The plan's id then.
    pub plan: Option<PlanId>,
    /// The plan's title then.
    pub plan_title: Option<String>,
    /// The item's id then.
    pub item: Option<ItemId>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When its supervisor began; absent while it is queued.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The beginning of its first parameter ([`preview`]); empty when it has none.
    pub preview: String,
    /// How many tasks it has.
    pub tasks: usize,
    /// How many of them are over, however they ended.
    pub tasks_over: usize,
    /// How long the machine slept while it went on; no figure counts it.
    pub asleep: Duration,
}

impl RunSummary {
    /// A run that was just created.
    #[must_use]
    pub fn new(spec: &Specification) -> Self {
        let plan = spec.plan.as_ref();
        Self {
            id: spec.run,
            status: Status::Queued,
            workflow: spec.workflow.clone(),
            plan: plan.map(|PlanRef { id, .. }| id.clone()),
            plan_title: plan.map(|PlanRef { title, .. }| title.clone()),
            item: spec.item.as_ref().map(|ItemRef { id, .. }| id.clone()),
            created_at: spec.created_at,
            started_at: None,
            ended_at: None,
            preview: preview(&spec.params),
            tasks: spec.tasks.len(),
            tasks_over: 0,
            asleep: Duration::ZERO,
        }
    }

    /// From start (or from creation, when it ended before it began) to end, without the time the machine
    /// slept; absent while it goes on.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        let took = self.ended_at?.since(self.started_at.unwrap_or(self.created_at));
        Some(took.saturating_sub(self.asleep))
    }

    /// How long it took, or has been going on since it was started.
    #[must_use]
    pub fn elapsed(&self, now: Timestamp) -> Option<Duration> {
        let going_on = || Some(now.since(self.started_at?).saturating_sub(self.asleep));
        if self.status.is_over() { self.duration() } else { going_on() }
    }
}

impl From<&RunRecord> for RunSummary {
    fn from(run: &RunRecord) -> Self {
        Self {
            status: run.status,
            started_at: run.started_at,
            ended_at: run.ended_at,
            tasks_over: run.tasks.iter().filter(|task| task.status.is_over()).count(),
            asleep: run.gaps.iter().map(|gap| gap.length).sum(),
            ..Self::new(&run.spec)
        }
    }
}

/// Most characters of a preview, the ellipsis not counted.
const PREVIEW: usize = 50;

/// The first parameter's value in at most 50 characters and an ellipsis: text as it is, all else as JSON.
#[must_use]
pub fn preview(params: &Map<String, Value>) -> String {
    let full = match params.values().next() {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    match full.char_indices().nth(PREVIEW) {
        Some((end, _)) => format!("{}…", &full[..end]),
        None => full,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_parameter_is_previewed() {
        let check = |json: &str, expected: &str| {
            assert_eq!(preview(&serde_json::from_str(json).unwrap()), expected, "{json}");
        };
        check("{}", "");
        check(r#"{"level": 3, "name": "x"}"#, "3");
        check(r#"{"who": "Ada"}"#, "Ada");
        check(r#"{"deep": {"a": [1, null]}}"#, r#"{"a":[1,null]}"#);
        check(&format!(r#"{{"long": "{}"}}"#, "ä".repeat(50)), &"ä".repeat(50));
        check(&format!(r#"{{"long": "{}"}}"#, "ä".repeat(51)), &format!("{}…", "ä".repeat(50)));
    }
}
