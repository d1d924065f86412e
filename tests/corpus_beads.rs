//! The beads reader, measured on real files.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;

use plandeck::plan::{
    Dialect, Plan,
    problem::{Code, Severity},
    read_path,
    readers::{Scope, beads},
};

mod truth;

#[test]
fn every_count_in_real_issue_files_is_right() {
    let Some(truth) = truth::Truth::of("beads") else { return };
    let mut comparison = truth::Comparison::default();
    for ((stored, _), metrics) in &truth.rows {
        let listing = truth.listing(stored);
        let reading = (beads::READER.read)(&listing, &Scope::Path(stored.clone()));
        let ours = counts(&reading.plans[0]);
        assert_eq!(read_path(&listing, stored).plans[0].dialect, Dialect::Beads, "{stored}");
        comparison.place();
        for (metric, value) in metrics.iter().filter(|(metric, _)| is_read(metric)) {
            comparison.check(stored, metric, value, &ours.get(metric).copied().unwrap_or(0).to_string());
        }
    }
    comparison.finish("beads", &[]);
}

/// `ready` is a simplified rule, and types and edges that order nothing are not read.
fn is_read(metric: &str) -> bool {
    match metric.split_once(':') {
        Some(("edge", kind)) => ["blocks", "parent-child"].contains(&kind),
        Some((what, _)) => what == "status",
        None => metric != "ready",
    }
}

fn counts(plan: &Plan) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let mut add = |metric: &str, number: usize| *counts.entry(metric.to_owned()).or_default() += number;
    let malformed = plan.problems.iter().filter(|problem| problem.code == Code::Malformed).count();
    add("lines", plan.items.len() + malformed);
    add("invalid_lines", malformed);
    add("tasks", plan.items.len());
    for item in &plan.items {
        let status = item.raw_state.as_deref().unwrap();
        add(&format!("status:{status}"), 1);
        add("done", usize::from(item.state == plandeck::plan::ItemState::Done));
        add("not_tombstone", usize::from(status != "tombstone"));
        add("edge:blocks", item.needs.len());
        add("edge:parent-child", usize::from(item.parent.is_some()));
    }
    // Parents beyond the first are told in a note.
    let second_parents = plan.problems.iter().filter(|problem| problem.severity == Severity::Note);
    add("edge:parent-child", second_parents.map(|note| note.message.matches(", ").count() + 1).sum());
    let mut ids: Vec<_> = plan.items.iter().map(|item| &item.id).collect();
    ids.sort();
    add("dup_ids", ids.windows(2).filter(|pair| pair[0] == pair[1]).count());
    counts
}
