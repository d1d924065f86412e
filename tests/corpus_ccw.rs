//! The CCW reader, measured on real sessions.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, HashSet};

use plandeck::plan::{
    DocumentKind, ItemState, Plan,
    listing::Listing,
    problem::Code,
    readers::{Scope, ccw},
};

mod truth;

#[test]
fn every_count_in_real_sessions_is_right() {
    let Some(truth) = truth::Truth::of("ccw") else { return };
    let mut comparison = truth::Comparison::default();
    for ((stored, _), metrics) in &truth.rows {
        let listing = truth.listing(stored);
        let plans = (ccw::READER.read)(&listing, &Scope::Path(stored.clone())).plans;
        let ours = counts(&listing, stored, &plans[0]);
        comparison.place();
        // A simplified rule, informative only.
        for (metric, value) in metrics.iter().filter(|(metric, _)| *metric != "ready") {
            comparison.check(stored, metric, value, ours.get(metric).map_or("0", String::as_str));
        }
    }
    comparison.finish("ccw", &[]);
}

#[test]
fn the_same_sessions_are_found_in_their_workspace() {
    let Some(truth) = truth::Truth::of("ccw") else { return };
    for repository in truth.rows.keys().map(|(stored, _)| stored.split("/.workflow").next().unwrap()) {
        let listing = truth.listing(repository);
        let found: HashSet<_> = (ccw::READER.read)(&listing, &Scope::Workspace)
            .plans
            .into_iter()
            .map(|plan| plan.folder)
            .collect();
        let there = truth.rows.keys().map(|(stored, _)| stored.clone());
        let there: HashSet<_> =
            there.filter(|stored| stored.starts_with(&format!("{repository}/"))).collect();
        assert_eq!(found, there);
    }
}

fn counts(listing: &Listing, folder: &str, plan: &Plan) -> BTreeMap<String, String> {
    let mut counts = BTreeMap::<String, usize>::new();
    let mut add = |metric: &str, number: usize| *counts.entry(metric.to_owned()).or_default() += number;
    let ids: HashSet<_> = plan.items.iter().map(|item| &item.id).collect();
    for item in &plan.items {
        add("tasks", 1);
        add("done", usize::from(item.state == ItemState::Done));
        add(&format!("status:{}", item.raw_state.as_deref().unwrap_or("pending")), 1);
        add("edges", item.needs.len());
        add("dangling_edges", item.needs.iter().filter(|need| !ids.contains(need)).count());
        add("summaries", item.documents.iter().filter(|it| it.kind == DocumentKind::Summary).count());
    }
    let broken =
        plan.problems.iter().filter(|it| it.code == Code::Malformed && it.place.file.contains("/.task/"));
    add("invalid_task_files", broken.count());
    let list = listing.text(&format!("{folder}/TODO_LIST.md"));
    if let Some(text) = list {
        let list = ccw::todo::read(text, plan.items.iter().map(|item| item.id.as_str()));
        add("todo_boxes", list.boxes);
        add("todo_done", list.ticked);
        add("todo_task_boxes", list.entries.len());
        add("todo_task_done", list.entries.iter().filter(|it| it.state == Some(ItemState::Done)).count());
    }
    let mut counts: BTreeMap<_, _> =
        counts.into_iter().map(|(metric, number)| (metric, number.to_string())).collect();
    let mut say = |metric: &str, yes: bool| {
        counts.insert(metric.to_owned(), if yes { "yes" } else { "no" }.to_owned());
    };
    say("todo_list", list.is_some());
    say("todo_disagrees", plan.problems.iter().any(|it| it.code == Code::Drift));
    say("session_json", listing.get(&format!("{folder}/workflow-session.json")).is_some());
    counts.insert("session_status".to_owned(), plan.raw_state.clone().unwrap_or_default());
    counts
}
