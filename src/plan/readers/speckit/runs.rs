//! The runs of spec-kit's own workflow engine, as a badge on the plan they work on.
//!
//! `.specify/workflows/runs/<id>/state.json` says how a run stands; it names the feature in its
//! inputs if at all. Without that the feature that spec-kit has open (`.specify/feature.json`) is
//! meant.

use serde_json::Value;

use crate::plan::{Plan, listing::Listing};

/// True for the files that say how a run stands.
pub(super) fn is_state(path: &str) -> bool {
    if path.ends_with(".specify/feature.json") {
        return true;
    }
    let Some((_, run)) = path.split_once(".specify/workflows/runs/") else { return false };
    matches!(run.split_once('/'), Some((_, "state.json" | "inputs.json")))
}

/// Puts the newest run's state on the plan it works on.
pub(super) fn badge(plans: &mut [Plan], listing: &Listing) {
    let mut newest: Vec<Option<Run>> = plans.iter().map(|_| None).collect();
    for (path, _) in listing.iter().filter(|(path, _)| path.ends_with("/state.json") && is_state(path)) {
        let Some(run) = Run::read(path, listing) else { continue };
        let Some(plan) = run.plan(plans, listing) else { continue };
        if newest[plan].as_ref().is_none_or(|it| it.updated <= run.updated) {
            newest[plan] = Some(run);
        }
    }
    for (plan, run) in plans.iter_mut().zip(newest) {
        let Some(run) = run else { continue };
        let step = run.step.map(|it| format!(" at {it}")).unwrap_or_default();
        plan.badges.push(format!("spec-kit run {} {}{step}", run.id, run.status));
        plan.raw_state = Some(run.status);
    }
}

struct Run {
    id: String,
    /// In spec-kit's words: created, running, paused, completed, failed, aborted.
    status: String,
    step: Option<String>,
    /// RFC 3339, as the engine writes it: compares as text.
    updated: String,
    /// Everything the run was given, as text to look for a feature's name in.
    inputs: String,
    /// The folder that holds `.specify`, with its slash.
    root: String,
}

impl Run {
    fn read(path: &str, listing: &Listing) -> Option<Self> {
        let state: Value = serde_json::from_str(listing.text(path)?).ok()?;
        let text = |key: &str| state.get(key).and_then(Value::as_str).map(str::to_owned);
        let folder = path.strip_suffix("/state.json")?;
        let (root, id) = folder.split_once(".specify/workflows/runs/")?;
        let beside = listing.text(&format!("{folder}/inputs.json")).unwrap_or("");
        let inside = state.get("inputs").map(Value::to_string).unwrap_or_default();
        Some(Self {
            id: text("run_id").unwrap_or_else(|| id.to_owned()),
            status: text("status")?,
            step: text("current_step_id").filter(|it| !it.is_empty()),
            updated: text("updated_at").unwrap_or_default(),
            inputs: format!("{beside}{inside}"),
            root: root.to_owned(),
        })
    }

    /// The plan whose folder the inputs name, else the feature that is open, else the only plan.
    fn plan(&self, plans: &[Plan], listing: &Listing) -> Option<usize> {
        let named = plans.iter().position(|it| names(&self.inputs, it.id.as_str()));
        let open = || {
            let file = listing.text(&format!("{}.specify/feature.json", self.root))?;
            let feature: Value = serde_json::from_str(file).ok()?;
            let folder = feature.get("feature_directory")?.as_str()?.trim_end_matches('/').to_owned();
            plans.iter().position(|it| {
                it.folder == format!("{}{folder}", self.root) || folder.ends_with(&format!("/{}", it.folder))
            })
        };
        named.or_else(open).or_else(|| (plans.len() == 1).then_some(0))
    }
}

/// True when `name` stands in `text` as a word of its own.
fn names(text: &str, name: &str) -> bool {
    let is_part = |it: char| it.is_alphanumeric() || it == '-' || it == '_';
    text.match_indices(name).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(is_part)
            && !text[at + name.len()..].chars().next().is_some_and(is_part)
    })
}
