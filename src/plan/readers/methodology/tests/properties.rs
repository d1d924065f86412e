//! What holds for every workspace, however odd.

use std::collections::HashSet;

use proptest::{prelude::*, sample::select};

use super::*;
use crate::plan::next;

const LINES: &[&str] = &[
    "# PLAN: Odd",
    "## Achievement Index",
    "## Current Status & Handoff",
    "### Priority 1: A",
    "**Priority 2: B (x)**",
    "**Achievement 1.1**: One (4-6h)",
    "**Achievement 1.2: Two**",
    "- ✅ Achievement 1.1: One",
    "- Achievement 2.1: Three",
    "  - **Achievement 1.2**: nested",
    "### Achievement 10.1: Far",
    "**Achievement 1.01**: Near ✅ **COMPLETE**",
    "**Progress**: 3/9",
    "**Status**: ✅ Complete",
    "**Archive Location**: `work-space/archive/`",
    "- Effort: 3-4 hours",
    "- **Deliverables**:",
    "```",
    "<!--",
    "-->",
    "---",
    "> **Achievement 3.1**: quoted",
    "    - indented: é",
    "| 11_01 | x |",
    "",
    "\u{feff}**Achievement",
];

const FILES: &[&str] = &[
    "subplans/SUBPLAN_ODD_11.md",
    "subplans/SUBPLAN_ODD_12_ARCHIVED.md",
    "subplans/SUBPLAN_EVEN_11.md",
    "subplans/SUBPLAN_ODD.md",
    "execution/EXECUTION_TASK_ODD_11_01.md",
    "execution/EXECUTION_TASK_ODD_11_99999999999999.md",
    "execution/EXECUTION_TASK_ODD_101_01_V2.md",
    "execution/EXECUTION_TASK_DD_21_01.md",
    "execution/SKIPPED_21.md",
    "execution/feedbacks/approved_11.md",
    "execution/feedbacks/APPROVED_101.md",
    "execution/feedbacks/APPROVED_1.2.md",
    "execution/feedbacks/FIX_12.md",
    "execution/feedbacks/FIX_12_RESOLUTION.md",
    "execution/feedbacks/FIX_.md",
    "parallel.json",
    "pause.txt",
];

fn workspace() -> impl Strategy<Value = (Listing, String)> {
    let text = || prop::collection::vec(select(LINES), 0..30).prop_map(|lines| lines.join("\n"));
    let files = prop::collection::vec((select(FILES), text()), 0..12);
    (text(), files, any::<bool>()).prop_map(|(plan, files, crlf)| {
        let plan = if crlf { plan.replace('\n', "\r\n") } else { plan };
        let listing = Listing::new().with("work-space/plans/ODD/PLAN_ODD.md", &plan);
        let listing = files.iter().fold(listing, |listing, (path, text)| {
            listing.with(&format!("work-space/plans/ODD/{path}"), text)
        });
        (listing, plan)
    })
}

proptest! {
    #[test]
    fn nothing_is_hidden_and_every_line_is_in_its_file((listing, text) in workspace()) {
        let reading = read(&listing);
        let plan = &reading.plans[0];
        prop_assert_eq!(plan.id.as_str(), "ODD");
        let ids: HashSet<&ItemId> = plan.items.iter().map(|item| &item.id).collect();
        prop_assert_eq!(ids.len(), plan.items.len());
        let lines = text.lines().count();
        for item in &plan.items {
            prop_assert!(item.place.line.is_some_and(|line| (1..=lines).contains(&line)), "{:?}", item.place);
            prop_assert!(!item.why.is_empty());
            prop_assert!(super::super::section(&text, &item.id).is_some(), "{}", item.id);
            prop_assert!(item.group.is_none_or(|group| group < plan.groups.len()));
        }
        for problem in reading.problems.iter().chain(&plan.problems) {
            let count = listing.text(&problem.place.file).map_or(1, |text| text.lines().count());
            prop_assert!(problem.place.line.is_none_or(|line| (1..=count.max(1)).contains(&line)));
        }
        for (path, _) in listing.iter().filter(|(path, _)| path.contains("/subplans/") || path.contains("/execution/")) {
            let used = plan.items.iter().any(|item| item.documents.iter().any(|document| document.path == *path));
            let told = plan.problems.iter().any(|problem| problem.place.file == path);
            prop_assert!(used || told, "{path} is hidden");
        }
        for next in next(plan) {
            prop_assert!(!next.why.is_empty());
        }
    }
}

#[test]
fn a_plan_of_ten_thousand_achievements_is_read_without_trouble() {
    let mut text = String::from("# PLAN: Vast\n\n## Achievement Index\n\n");
    let mut entries = Vec::new();
    for at in 0..10_000 {
        let (priority, place) = (at / 100, at % 100 + 1);
        text.push_str(&["- Achievement ", &format!("{priority}.{place}: Wave\n")].concat());
        let id = format!("{priority}.{place}");
        let needs =
            if at == 0 { Vec::new() } else { vec![format!("{}.{}", (at - 1) / 100, (at - 1) % 100 + 1)] };
        entries.push(serde_json::json!({"achievement_id": id, "dependencies": needs}));
    }
    let json = serde_json::json!({"parallelization_level": "level_3", "achievements": entries}).to_string();
    let listing = Listing::new()
        .with("work-space/plans/VAST/PLAN_VAST.md", &text)
        .with("work-space/plans/VAST/parallel.json", &json);
    let plan = plan(&listing, "VAST");
    assert_eq!(plan.items.len(), 10_000);
    assert_eq!(next(&plan).len(), 1);
}
