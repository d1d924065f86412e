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
fn states_follow_from_the_files() {
    let Some(root) = corpus() else { return };
    let reading = read(&root);
    for plan in &reading.plans {
        println!("{} {} {:?} items {} {:?}", plan.id, plan.path, plan.state, plan.items.len(), plan.badges);
        for problem in &plan.problems {
            println!("   {} {} {} -- {}", problem.code.word(), problem.place, problem.message, problem.fix);
        }
    }
    for problem in &reading.problems {
        println!("{} {} {}", problem.code.word(), problem.place, problem.message);
    }
}
