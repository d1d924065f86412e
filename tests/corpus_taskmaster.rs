//! The Task Master reader, measured on real files.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, HashSet};

use plandeck::plan::{
    Dialect, Item, ItemState, Plan, read_path,
    readers::{Scope, taskmaster},
};

mod truth;

#[test]
fn every_count_in_real_task_files_is_right() {
    let Some(truth) = truth::Truth::of("taskmaster") else { return };
    let mut comparison = truth::Comparison::default();
    for ((stored, scope), metrics) in &truth.rows {
        let listing = truth.listing(stored);
        let plans = (taskmaster::READER.read)(&listing, &Scope::Path(stored.clone())).plans;
        let ours = match scope.strip_prefix("tag:") {
            Some("(legacy)") => counts(&plans[0]),
            Some(tag) => counts(plans.iter().find(|plan| plan.id.as_str() == tag).unwrap()),
            None => counts_of_file(&plans),
        };
        assert_eq!(read_path(&listing, stored).plans[0].dialect, Dialect::Taskmaster, "{stored}");
        comparison.place();
        for (metric, value) in metrics {
            let ours = ours.get(metric).map_or("0", String::as_str);
            comparison.check(&format!("{stored} {scope}"), metric, value, ours);
        }
    }
    comparison.finish("taskmaster", &[]);
}

fn counts_of_file(plans: &[Plan]) -> BTreeMap<String, String> {
    let tasks: usize = plans.iter().map(|plan| top(plan).count()).sum();
    let counts =
        [("valid_json", "yes".into()), ("tags", plans.len().to_string()), ("tasks", tasks.to_string())];
    counts.into_iter().map(|(metric, value)| (metric.to_owned(), value)).collect()
}

fn top(plan: &Plan) -> impl Iterator<Item = &Item> {
    plan.items.iter().filter(|item| item.parent.is_none())
}

fn counts(plan: &Plan) -> BTreeMap<String, String> {
    let mut counts = BTreeMap::<String, usize>::new();
    let mut add = |metric: &str, number: usize| *counts.entry(metric.to_owned()).or_default() += number;
    let ids: HashSet<_> = plan.items.iter().map(|item| &item.id).collect();
    for item in &plan.items {
        let done = usize::from(item.state == ItemState::Done);
        let (tasks, all_done, status, edges) = match item.parent {
            None => ("tasks", "done", "status", "edges"),
            Some(_) => ("subtasks", "subtasks_done", "sub_status", "subtask_edges"),
        };
        add(tasks, 1);
        add(all_done, done);
        add(edges, item.needs.len());
        add(&format!("{status}:{}", item.raw_state.as_deref().unwrap_or("pending")), 1);
        if item.parent.is_none() {
            add("dangling_edges", item.needs.iter().filter(|need| !ids.contains(need)).count());
        }
    }
    add("dup_ids", plan.items.len() - ids.len());
    let mut counts: BTreeMap<_, _> =
        counts.into_iter().map(|(metric, number)| (metric, number.to_string())).collect();
    let id = |item: Option<&Item>| item.map_or_else(|| "(none)".to_owned(), |item| item.id.to_string());
    counts.insert("next".to_owned(), id(taskmaster::next(plan)));
    counts.insert("next_top".to_owned(), id(taskmaster::next_top(plan)));
    counts
}
