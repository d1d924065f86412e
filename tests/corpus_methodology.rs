//! The methodology reader on real trees, where they are at hand: `PLANDECK_CORPUS` names a folder
//! with `methodology/<repository>/…` in it and, beside it, a `TRUTH.tsv` of counts made by a
//! separate program. Without it these tests have nothing to look at and pass.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may panic, and asks its environment"
)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use plandeck::{
    plan::{
        DocumentKind, ItemState, Plan,
        listing::{Content, Listing, file_name, parent},
        problem::Code,
        readers::{Reading, Scope, methodology},
        settle_all,
    },
    workspace::{Bounds, Scan},
};

fn corpus() -> Option<PathBuf> {
    let open = PathBuf::from(std::env::var_os("PLANDECK_CORPUS")?);
    let tree = open.join("methodology/FernandoBDAF__YoutubeRAG");
    tree.is_dir().then_some(tree)
}

fn listing(root: &Path) -> Listing {
    let scan = Scan { root, folders: &["*"], wants: &methodology::READER.wants, bounds: Bounds::default() };
    scan.run().listing
}

fn read(root: &Path) -> Reading {
    let mut reading = (methodology::READER.read)(&listing(root), &Scope::Workspace);
    settle_all(&mut reading);
    reading
}

fn in_plans(reading: &Reading) -> impl Iterator<Item = &Plan> {
    reading.plans.iter().filter(|plan| plan.path.starts_with("work-space/plans/"))
}

#[test]
fn every_plan_has_the_achievements_it_declares() {
    let Some(root) = corpus() else { return };
    let reading = read(&root);
    let counts: BTreeMap<&str, usize> =
        in_plans(&reading).map(|plan| (plan.id.as_str(), plan.items.len())).collect();
    let expected = BTreeMap::from([
        ("COMMUNITY-DETECTION-REFACTOR", 27),
        ("ENTITY-RESOLUTION-ANALYSIS", 24),
        ("ENTITY-RESOLUTION-REFACTOR", 29),
        ("EXTRACTION-QUALITY-ENHANCEMENT", 19),
        ("GRAPH-CONSTRUCTION-REFACTOR", 18),
        ("GRAPHRAG-OBSERVABILITY-EXCELLENCE", 17),
        ("GRAPHRAG-OBSERVABILITY-VALIDATION", 24),
        ("GRAPHRAG-VALIDATION", 12),
        ("STAGE-DOMAIN-REFACTOR", 23),
    ]);
    assert_eq!(counts, expected);
}

#[test]
fn what_is_approved_and_what_is_executed_follows_from_the_files() {
    let Some(root) = corpus() else { return };
    let reading = read(&root);
    let plan = |id: &str| in_plans(&reading).find(|plan| plan.id.as_str() == id).unwrap();
    let count = |plan: &Plan, state: ItemState| plan.items.iter().filter(|item| item.state == state).count();
    let has = |plan: &Plan, kind: DocumentKind| {
        plan.items.iter().filter(|item| item.document(kind).is_some()).count()
    };

    let validation = plan("GRAPHRAG-OBSERVABILITY-VALIDATION");
    assert_eq!(count(validation, ItemState::Done), 24);
    // Four are rejected and approved, two of these with an answer; approval stands over both.
    assert_eq!(has(validation, DocumentKind::Fix), 4);
    assert_eq!(has(validation, DocumentKind::Resolution), 2);
    let needs: usize = validation.items.iter().map(|item| item.needs.len()).sum();
    assert_eq!(needs, 53);
    assert!(!validation.problems.iter().any(|problem| problem.code == Code::Orphan));

    let excellence = plan("GRAPHRAG-OBSERVABILITY-EXCELLENCE");
    assert_eq!(has(excellence, DocumentKind::Execution), 5);
    assert_eq!(count(excellence, ItemState::Ready), 12);

    assert_eq!(plan("GRAPH-CONSTRUCTION-REFACTOR").badges, ["waiting"]);
    let by_hand = plan("GRAPHRAG-VALIDATION");
    assert_eq!(
        (by_hand.badges.as_slice(), count(by_hand, ItemState::Done)),
        (&["done by hand".to_owned()][..], 0)
    );

    let counted = &plan("STAGE-DOMAIN-REFACTOR").problems;
    assert_eq!(counted.iter().filter(|problem| problem.code == Code::CountMismatch).count(), 1);
}

#[test]
fn every_state_file_belongs_to_an_item_as_the_truth_counts_them() {
    let Some(root) = corpus() else { return };
    let reading = read(&root);
    let mut found: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for item in in_plans(&reading).flat_map(|plan| &plan.items) {
        for document in &item.documents {
            let metric = match document.kind {
                DocumentKind::Subplan => "subplans",
                DocumentKind::Execution => "executions",
                DocumentKind::Approval => "approved",
                DocumentKind::Fix | DocumentKind::Resolution => "fix",
                _ => continue,
            };
            *found.entry((parent(&document.path).to_owned(), metric)).or_default() += 1;
        }
    }
    let truth = truth(&root);
    let mut compared = 0;
    for ((folder, metric), expected) in &truth {
        let is_state = ["/execution", "/subplans", "/feedbacks"].iter().any(|it| folder.ends_with(it));
        if !folder.starts_with("work-space/") || !is_state || *metric == "other" {
            continue;
        }
        // The truth counts every EXECUTION_ file, also analyses and support notes.
        let others = if metric == "executions" { other_executions(&root.join(folder)) } else { 0 };
        let ours = found.get(&(folder.clone(), metric.as_str())).copied().unwrap_or(0);
        assert_eq!(ours + others, *expected, "{folder} {metric}");
        compared += 1;
    }
    assert!(compared >= 6, "only {compared} rows were compared");
}

/// The methodology rows of the truth that speak of this tree: folder and metric, and the count.
fn truth(root: &Path) -> BTreeMap<(String, String), usize> {
    let corpus = root.ancestors().nth(3).unwrap();
    let text = fs::read_to_string(corpus.join("TRUTH.tsv")).unwrap();
    let prefix = format!("{}/", root.strip_prefix(corpus).unwrap().display());
    let mut rows = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("methodology\t")) {
        let columns: Vec<&str> = line.split('\t').collect();
        if let Some(folder) = columns[2].strip_prefix(&prefix) {
            rows.insert((folder.to_owned(), columns[4].to_owned()), columns[5].parse().unwrap());
        }
    }
    rows
}

fn other_executions(folder: &Path) -> usize {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|it| it.starts_with("EXECUTION_") && !it.starts_with("EXECUTION_TASK_")).count()
}

#[test]
fn every_plan_of_every_folder_keeps_its_places_inside_its_file() {
    let Some(root) = corpus() else { return };
    let listing = listing(&root);
    let plans: Vec<&str> =
        listing.iter().map(|(path, _)| path).filter(|it| file_name(it).starts_with("PLAN_")).collect();
    assert!(plans.len() > 20);
    for path in plans {
        let mut reading = (methodology::READER.read)(&listing, &Scope::Path(path.to_owned()));
        settle_all(&mut reading);
        assert_eq!(reading.plans.len(), 1, "{path}");
        let lines = listing.text(path).unwrap_or_default().lines().count();
        for item in &reading.plans[0].items {
            assert!(item.place.line.is_some_and(|line| (1..=lines).contains(&line)), "{path} {}", item.id);
            let text = listing.text(path).unwrap();
            let section = methodology::section(text, &item.id).unwrap();
            assert!(section.lines.end <= lines + 1 && section.raw.lines().count() == section.lines.len());
        }
    }
    let rejections = listing
        .iter()
        .filter(|(path, _)| file_name(path).starts_with("FIX_") && !path.contains("RESOLUTION"));
    for (path, entry) in rejections {
        let Content::Text(text) = &entry.content else { panic!("{path}") };
        assert!(!methodology::issues(text).is_empty(), "{path}");
    }
}
