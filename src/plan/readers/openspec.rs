//! The OpenSpec dialect: `openspec/changes/<change>/tasks.md`, numbered checkboxes under numbered
//! headings.
//!
//! A change that is done is moved to `openspec/changes/archive/`; it is read like the others and
//! carries the badge `archived`. What a change is called stands in its `proposal.md`. The task lines
//! are those of a checklist.

use super::{Reader, Reading, Scope, checklist, parts};
use crate::plan::{
    Dialect, Place, Plan,
    listing::{Listing, Want, file_name, parent},
    markdown::Outline,
    problem::{Code, Problem},
};

/// The reader.
pub const READER: Reader =
    Reader { dialect: Dialect::Openspec, wants, claims: |path, _| is_tasks_file(path), read };

fn wants(path: &str) -> Want {
    let is_proposal = file_name(path) == "proposal.md" && is_change(parent(path)).is_some();
    if is_proposal || is_tasks_file(path) { Want::Text } else { Want::Nothing }
}

fn is_tasks_file(path: &str) -> bool {
    file_name(path) == "tasks.md" && is_change(parent(path)).is_some()
}

/// Whether a folder is a change, and whether it is an archived one.
fn is_change(folder: &str) -> Option<bool> {
    let parts: Vec<&str> = folder.rsplitn(5, '/').collect();
    match parts.as_slice() {
        [_, "archive", "changes", "openspec", ..] => Some(true),
        ["archive", "changes", "openspec", ..] => None,
        [_, "changes", "openspec", ..] => Some(false),
        _ => None,
    }
}

fn read(listing: &Listing, scope: &Scope) -> Reading {
    let place = match scope {
        Scope::Workspace => "",
        Scope::Path(place) => place,
        Scope::Named(_) => return Reading::default(),
    };
    let paths = parts::paths_in(listing, place, is_tasks_file);
    let plans = paths.into_iter().filter(|it| is_tasks_file(it));
    let read = |path: &str, listing: &Listing| Some(plan(path, listing.text(path)?, listing));
    let plans =
        plans.filter_map(|path| listing.remembered("openspec", path, &(), |it| read(path, it))).collect();
    Reading { plans, problems: Vec::new() }
}

fn plan(path: &str, text: &str, listing: &Listing) -> Plan {
    let outline = Outline::read(text);
    let mut plan = parts::empty_plan(Dialect::Openspec, path);
    if let Some(title) = title(&plan, &outline, listing) {
        plan.title = title;
    }
    checklist::fill(&mut plan, &outline, listing);
    if is_change(&plan.folder) == Some(true) {
        parts::archive(&mut plan);
    }
    if plan.items.is_empty() {
        let place = Place::file(path);
        let fix = "write tasks as `- [ ] 1.1 Text`";
        plan.problems.push(Problem::new(Code::EmptyPlan, place, "no checkbox in it", fix));
    }
    plan
}

/// The proposal's title, else the title of the tasks where it says more than that they are tasks.
fn title(plan: &Plan, outline: &Outline<'_>, listing: &Listing) -> Option<String> {
    let first =
        |outline: &Outline<'_>| outline.headings.iter().find(|it| it.level == 1).map(|it| it.text.clone());
    let proposal = listing.text(&format!("{}/proposal.md", plan.folder)).map(Outline::read);
    let told = [proposal.as_ref().and_then(first), first(outline)];
    told.into_iter().flatten().find_map(|title| {
        let bare = ["Change:", "Proposal:", "Change Proposal:", "Tasks:", "Implementation Tasks:"]
            .iter()
            .find_map(|it| title.strip_prefix(it))
            .unwrap_or(&title)
            .trim();
        let says_nothing = matches!(
            bare.to_ascii_lowercase().as_str(),
            "" | "tasks" | "proposal" | "implementation tasks" | "change proposal" | "why" | "implementation"
        );
        (!says_nothing).then(|| bare.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::ItemState;

    fn listing() -> Listing {
        Listing::new()
            .with("openspec/changes/add-loans/proposal.md", "# Change: Lend books\n## Why\n")
            .with(
                "openspec/changes/add-loans/tasks.md",
                "# Tasks\n## 1. Storage\n- [x] 1.1 Schema\n- [ ] 1.2 Queries\n  - [x] reads\n  - [ ] writes\n## 2. Face\n- [ ] 2.1 Page\n- [ ] words\n",
            )
            .with("openspec/changes/archive/2026-01-02-old/tasks.md", "## 1. A\n- [ ] 1.1 Left\n")
            .with("openspec/changes/archive/tasks.md", "- [ ] 1.1 no change\n")
            .with("openspec/specs/loans/spec.md", "- [ ] 1.1 no task\n")
            .with("app/openspec/changes/b/tasks.md", "nothing")
    }

    #[test]
    fn changes_are_plans_and_archived_ones_say_so() {
        let plans = read(&listing(), &Scope::Workspace).plans;
        let shown: Vec<_> = plans
            .iter()
            .map(|it| (it.id.as_str(), it.title.as_str(), it.badges.len(), it.problems.len()))
            .collect();
        assert_eq!(
            shown,
            [("b", "b", 0, 1), ("add-loans", "Lend books", 0, 0), ("2026-01-02-old", "2026-01-02-old", 1, 0)]
        );
        assert_eq!(plans[2].badges, ["archived"]);
        assert_eq!(plans[2].items[0].action, None);
    }

    #[test]
    fn tasks_are_called_by_their_numbers() {
        let plan = read(&listing(), &Scope::Path("openspec/changes/add-loans".to_owned())).plans.remove(0);
        let shown: Vec<_> =
            plan.items.iter().map(|it| (it.id.as_str(), it.title.as_str(), it.state)).collect();
        assert_eq!(
            shown,
            [
                ("1.1", "Schema", ItemState::Done),
                ("1.2", "Queries", ItemState::Pending),
                ("1.2.1", "reads", ItemState::Done),
                ("1.2.2", "writes", ItemState::Pending),
                ("2.1", "Page", ItemState::Pending),
                ("2.2", "words", ItemState::Pending),
            ]
        );
        assert!(plan.items[1].container);
        let groups: Vec<_> = plan.groups.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(groups, ["1. Storage", "2. Face"]);
        assert_eq!(plan.progress().total, 5);
    }
}
