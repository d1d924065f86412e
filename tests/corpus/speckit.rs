//! spec-kit's tasks.md files.

use std::{
    collections::{BTreeSet, HashSet},
    fs,
};

use plandeck::plan::{
    Item, Plan,
    listing::Listing,
    markdown::{Cover, Mark, Outline},
    readers::{Scope, speckit},
};

use crate::truth::{Comparison, Disagreement, corpus, truth};

/// In the first file every box holds another tracker's id before the task's own.
const FOREIGN_IDS: &str = "line 28: `- [X] (speckit-mw9.13) T001 Create …` is task T001";

const NAMED: &[Disagreement] = &[
    ("001-market-inventory-predictor/tasks.md", "tasks", FOREIGN_IDS),
    ("001-market-inventory-predictor/tasks.md", "strict_tasks", FOREIGN_IDS),
    ("001-market-inventory-predictor/tasks.md", "done", FOREIGN_IDS),
    ("001-market-inventory-predictor/tasks.md", "open", FOREIGN_IDS),
    ("001-market-inventory-predictor/tasks.md", "parallel", FOREIGN_IDS),
    ("001-market-inventory-predictor/tasks.md", "parallel_any", FOREIGN_IDS),
    ("001-market-inventory-predictor/tasks.md", "phases_with_tasks", FOREIGN_IDS),
    ("001-market-inventory-predictor/tasks.md", "stories_labels", FOREIGN_IDS),
    (
        "feature/blood-thinner-medication-tracker/tasks.md",
        "fenced_boxes",
        "lines 106-134 and 245-271 are its only fences, and neither they nor a comment hold a box",
    ),
];

#[test]
fn tasks_files_are_read_as_they_were_counted() {
    let Some(root) = corpus() else { return };
    let truth = truth(&root, "speckit");
    let mut comparison = Comparison::new(NAMED);
    for ((stored, _), metrics) in &truth {
        let text = fs::read_to_string(root.join(stored)).expect("a file of the corpus");
        let text = text.trim_start_matches('\u{feff}');
        let (plan, outline) = (plan(text), Outline::read(text));
        for (metric, expected) in metrics {
            if let Some(ours) = measure(metric, &plan, &outline) {
                comparison.check(stored, metric, expected, &ours.to_string());
            }
        }
    }
    comparison.finish("speckit", truth.len());
}

fn plan(text: &str) -> Plan {
    let listing = Listing::new().with("specs/x/tasks.md", text);
    let scope = Scope::Path("specs/x/tasks.md".to_owned());
    (speckit::READER.read)(&listing, &scope).plans.remove(0)
}

fn measure(metric: &str, plan: &Plan, outline: &Outline<'_>) -> Option<usize> {
    let tasks: Vec<&Item> = plan.items.iter().filter(|it| !it.step && is_task(it)).collect();
    let marked = |mark: &str| tasks.iter().filter(|it| it.raw_state.as_deref() == Some(mark)).count();
    // The table counts headings alone; a phase may be a line of its own too.
    let is_phase = |name: &str| {
        speckit::is_phase(name) && outline.headings.iter().any(|heading| heading.text.trim() == name)
    };
    let phases = plan.groups.iter().filter(|it| is_phase(&it.name)).count();
    let covered = || {
        outline
            .lines()
            .filter(|it| matches!(it.cover, Cover::Fence | Cover::Comment))
            .filter(|it| Outline::read(it.text.trim_start_matches(['>', ' '])).boxes().next().is_some())
    };
    Some(match metric {
        "tasks" => tasks.len(),
        "done" => marked("x") + marked("X"),
        "open" => marked(" "),
        "other" => tasks.len() - marked("x") - marked("X") - marked(" "),
        "other:~" => marked("~"),
        "strict_tasks" => tasks.iter().filter(|it| is_strict(it.id.as_str())).count(),
        "checkbox_total" => outline.boxes().count(),
        "checkbox_done" => outline.boxes().filter(|it| it.mark.is_some_and(Mark::is_cross)).count(),
        "parallel" => tasks.iter().filter(|it| it.parallel).count(),
        "parallel_any" => {
            let lines: HashSet<_> = tasks.iter().filter_map(|it| it.place.line).collect();
            outline.lines().filter(|it| lines.contains(&it.number) && it.text.contains("[P]")).count()
        }
        "dup_ids" => {
            let mut seen = HashSet::new();
            tasks.iter().filter(|it| !seen.insert(&it.id)).map(|it| &it.id).collect::<HashSet<_>>().len()
        }
        "phases" => phases,
        "phases_with_tasks" => {
            let held: BTreeSet<_> = tasks.iter().filter_map(|it| it.group).collect();
            held.into_iter().filter(|it| is_phase(&plan.groups[*it].name)).count()
        }
        "stories_labels" => labels(&tasks).len(),
        "fenced_boxes" => covered().count(),
        "spaced_boxes" => {
            let spaced =
                |text: &str| ["[ x ]", "[x ]", "[ x]", "[ X ]"].iter().any(|it| text.starts_with(it));
            outline.items.iter().filter(|it| spaced(it.text)).count()
        }
        _ => return None,
    })
}

/// A checkbox decided it: what is read from headings and bullets is not in the table.
fn is_task(item: &Item) -> bool {
    item.id.as_str().starts_with('T') && item.raw_state.as_deref().is_some_and(|it| it.chars().count() == 1)
}

fn is_strict(id: &str) -> bool {
    let digits = id.trim_start_matches('T').trim_end_matches(|it: char| it.is_ascii_alphabetic());
    digits.len() >= 3 && digits.bytes().all(|it| it.is_ascii_digit())
}

fn labels(tasks: &[&Item]) -> BTreeSet<u32> {
    let labels = tasks.iter().flat_map(|it| &it.labels);
    labels.filter_map(|it| it.strip_prefix("US")?.parse().ok()).collect()
}
