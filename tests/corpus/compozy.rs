//! Compozy's folders of task files.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use plandeck::plan::{
    Item, ItemState, Plan,
    frontmatter::{self, Fields},
    listing::{Listing, file_name, parent},
    markdown::{Mark, Outline},
    problem::Code,
    readers::{Scope, compozy},
};

use crate::truth::{Comparison, Disagreement, corpus, truth};

const NAMED: &[Disagreement] = &[
    (
        "2026-08-17-command-palette/_tasks.md",
        "manifest_edges",
        "line 38: an edge leads to task_05, which has no file in the folder and so is no item",
    ),
    ("prd-refac/services_new/12_task.md", "status", "line 3: `STATUS: 🚧 IN PROGRESS`"),
    ("prd-refac/services_new", "status:unknown", "12_task.md, line 3: `STATUS: 🚧 IN PROGRESS`"),
    ("prd-memory/14_task.md", "status", "no status in it; _tasks.md, line 83: `- [ ] 14.0`"),
    ("prd-memory", "status:unknown", "14_task.md: _tasks.md, line 83: `- [ ] 14.0`"),
    ("prd-memory", "status:pending", "14_task.md: _tasks.md, line 83: `- [ ] 14.0`"),
    ("prd-temporal/_task_06.md", "status", "no status in it; _tasks.md, line 62: `- [ ] 6.0`"),
    ("prd-temporal", "status:unknown", "_task_06.md: _tasks.md, line 62: `- [ ] 6.0`"),
];

#[test]
fn task_folders_are_read_as_they_were_counted() {
    let Some(root) = corpus() else { return };
    let truth = truth(&root, "compozy");
    let mut listing = Listing::new();
    for (stored, _) in truth.keys().filter(|it| it.1 == "file") {
        let text = fs::read_to_string(root.join(stored)).expect("a file of the corpus");
        listing = listing.with(stored, text.trim_start_matches("\u{feff}"));
    }
    let folders: BTreeSet<&str> = listing.iter().map(|(path, _)| parent(path)).collect();
    let plans: BTreeMap<&str, Plan> = folders
        .into_iter()
        .filter(|it| file_name(it) != "memory")
        .filter_map(|folder| {
            let reading = (compozy::READER.read)(&listing, &Scope::Path(folder.to_owned()));
            Some((folder, reading.plans.into_iter().find(|it| it.folder == folder)?))
        })
        .collect();
    let mut comparison = Comparison::new(NAMED);
    for ((stored, scope), metrics) in &truth {
        for (metric, expected) in metrics {
            let ours = if scope == "file" {
                file_metric(metric, metrics, stored, &listing, plans.get(parent(stored)))
            } else {
                folder_metric(metric, &plans[stored.as_str()], &listing)
            };
            if let Some(ours) = ours {
                comparison.check(stored, metric, expected, &ours);
            }
        }
    }
    comparison.finish("compozy", truth.len());
}

fn file_metric(
    metric: &str,
    metrics: &BTreeMap<String, String>,
    stored: &str,
    listing: &Listing,
    plan: Option<&Plan>,
) -> Option<String> {
    let text = listing.text(stored)?;
    let outline = Outline::read(text);
    let ticked = || outline.boxes().filter(|it| it.mark.is_some_and(Mark::is_cross)).count().to_string();
    match metric {
        "checkbox_total" => return Some(outline.boxes().count().to_string()),
        "checkbox_done" => return Some(ticked()),
        "manifest_edges" if metrics[metric] != "0" => {
            return Some(plan?.items.iter().map(|it| it.needs.len()).sum::<usize>().to_string());
        }
        _ => {}
    }
    let of_file = |it: &&Item| it.place.file == stored;
    let item = plan?.items.iter().filter(of_file).find(|it| !it.step);
    let steps = || plan.into_iter().flat_map(|it| &it.items).filter(of_file).filter(|it| it.step);
    if metrics.get("kind").is_some_and(|it| it != "task") {
        assert!(item.is_none(), "{stored} is no task");
        return None;
    }
    let item = item.unwrap_or_else(|| panic!("{stored} is a task"));
    Some(match metric {
        "kind" => "task".to_owned(),
        "status" => word(item).to_owned(),
        "subtasks" => steps().count().to_string(),
        "subtasks_done" => {
            steps().filter(|it| matches!(it.raw_state.as_deref(), Some("x" | "X"))).count().to_string()
        }
        "dependencies" => {
            let own = declared(text);
            if own == 0 { "0".to_owned() } else { item.needs.len().to_string() }
        }
        _ => return None,
    })
}

fn folder_metric(metric: &str, plan: &Plan, listing: &Listing) -> Option<String> {
    let tasks: Vec<&Item> = plan.items.iter().filter(|it| !it.step).collect();
    let count = |name: &str| tasks.iter().filter(|it| word(it) == name).count();
    Some(match metric {
        "tasks" => plan.progress().total.to_string(),
        "done" => plan.progress().done.to_string(),
        "index_disagrees" => {
            let told = plan.problems.iter().any(|it| it.code == Code::IndexMismatch);
            if told { "yes" } else { "no" }.to_owned()
        }
        // The table counts edges of front matter here; those of graphs stand with the index.
        "edges" => {
            let own =
                tasks.iter().filter(|it| listing.text(&it.place.file).is_some_and(|it| declared(it) > 0));
            own.map(|it| it.needs.len()).sum::<usize>().to_string()
        }
        _ => count(metric.strip_prefix("status:")?).to_string(),
    })
}

/// How many needs a file's front matter declares.
fn declared(text: &str) -> usize {
    let fields = frontmatter::split(text).map(|it| Fields::read(&it)).unwrap_or_default();
    fields.words("blocked_by").len() + fields.words("dependencies").len()
}

/// The word of the table for an item's state.
fn word(item: &Item) -> &'static str {
    match item.state {
        ItemState::Done => "completed",
        ItemState::Pending => "pending",
        ItemState::InProgress => "in_progress",
        ItemState::Blocked
            if item.raw_state.as_deref().is_some_and(|it| it.to_lowercase().contains("defer")) =>
        {
            "deferred"
        }
        ItemState::Skipped => "excluded",
        _ => "unknown",
    }
}
