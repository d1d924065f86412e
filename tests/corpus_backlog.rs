//! The Backlog.md reader, measured on real tasks.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{collections::BTreeMap, path::Path};

use plandeck::plan::{
    Dialect, ItemState, Plan,
    listing::Listing,
    problem::Code,
    read_path,
    readers::{Reading, Scope, backlog},
};

mod truth;

/// Where the truth is wrong: the fence of line 360 stands in a list item, and ends with it at line
/// 362; the boxes from line 391 on are boxes.
const KNOWN: [&str; 1] = [
    "open/backlog/jpoley__jp-spec-kit/backlog/archive/tasks/task-254 - Build-and-Publish-Security-Scanner-Docker-Image.md checkbox_total: truth 6, ours 15",
];

#[test]
fn every_count_in_real_tasks_is_right() {
    let Some(truth) = truth::Truth::of("backlog") else { return };
    let mut comparison = truth::Comparison::default();
    for ((stored, scope), metrics) in &truth.rows {
        let listing = truth.listing(stored);
        let reading = (backlog::READER.read)(&listing, &Scope::Path(stored.clone()));
        let ours = match scope.as_str() {
            "file" => of_file(&reading, listing.text(stored).unwrap()),
            _ => of_repository(&reading.plans[0], &listing),
        };
        if scope == "file" && !reading.plans[0].items.is_empty() {
            assert_eq!(read_path(&listing, stored).plans[0].dialect, Dialect::Backlog, "{stored}");
        }
        comparison.place();
        for (metric, value) in metrics {
            let zero = if value.parse::<usize>().is_ok() { "0" } else { "" };
            comparison.check(stored, metric, value, ours.get(metric).map_or(zero, String::as_str));
        }
    }
    comparison.finish("backlog", &KNOWN);
}

fn of_file(reading: &Reading, text: &str) -> BTreeMap<String, String> {
    let criteria = backlog::criteria(text);
    let item = reading.plans.first().and_then(|plan| plan.items.first());
    let has_matter = plandeck::plan::frontmatter::split(text).is_some();
    let name = |priority: Option<u32>| match priority {
        Some(1) => "high",
        Some(2) => "medium",
        Some(3) => "low",
        _ => "",
    };
    let parent = item.and_then(|it| it.parent.as_ref()).map(ToString::to_string);
    let counts = [
        ("front_matter", if has_matter { "yes" } else { "no" }.to_owned()),
        ("id", item.map(|it| it.id.to_string()).unwrap_or_default()),
        ("status", item.and_then(|it| it.raw_state.clone()).unwrap_or_default()),
        ("priority", name(item.and_then(|it| it.priority)).to_owned()),
        ("dependencies", item.map_or(0, |it| it.needs.len()).to_string()),
        ("parent", parent.unwrap_or_default()),
        ("ac_total", criteria.acceptance.len().to_string()),
        ("ac_done", backlog::ticked(&criteria.acceptance).to_string()),
        ("dod_total", criteria.done.len().to_string()),
        ("dod_done", backlog::ticked(&criteria.done).to_string()),
        ("checkbox_total", criteria.all.len().to_string()),
        ("checkbox_done", backlog::ticked(&criteria.all).to_string()),
    ];
    counts.into_iter().map(|(metric, value)| (metric.to_owned(), value)).collect()
}

fn of_repository(plan: &Plan, listing: &Listing) -> BTreeMap<String, String> {
    let mut counts = BTreeMap::<String, usize>::new();
    let mut add = |metric: &str, number: usize| *counts.entry(metric.to_owned()).or_default() += number;
    let shelf = |path: &str| path[plan.folder.len() + 1..].split('/').next().unwrap().to_owned();
    for (path, _) in listing
        .below(&plan.folder)
        .filter(|(path, _)| Path::new(path).extension().is_some_and(|it| it == "md"))
    {
        add("files", 1);
        add(&format!("files:{}", shelf(path)), 1);
    }
    for item in plan.items.iter().filter(|item| !item.step) {
        let criteria = backlog::criteria(listing.text(&item.place.file).unwrap());
        add("tasks", 1);
        add("done", usize::from(item.state == ItemState::Done));
        add(&format!("{}:{}", shelf(&item.place.file), item.raw_state.as_deref().unwrap_or("(none)")), 1);
        add("ac_total", criteria.acceptance.len());
        add("ac_done", backlog::ticked(&criteria.acceptance));
    }
    let without_id: Vec<_> = plan.problems.iter().filter(|it| it.code == Code::BadId).collect();
    for problem in &without_id {
        add("not_tasks", 1);
        add(&format!("{}:(none)", shelf(&problem.place.file)), 1);
    }
    let mut bearers = BTreeMap::<_, usize>::new();
    for item in plan.items.iter().filter(|item| !item.step) {
        *bearers.entry(&item.id).or_default() += 1;
    }
    add("dup_ids", bearers.values().filter(|bearers| **bearers > 1).count());
    counts.into_iter().map(|(metric, number)| (metric, number.to_string())).collect()
}
