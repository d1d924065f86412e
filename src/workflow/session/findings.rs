//! What should be known about a plan before it is run, beyond what its problems say.

use std::collections::{HashMap, HashSet};

use super::choose::{Choice, Need};
use crate::{
    ids::ItemId,
    plan::{Dialect, DocumentKind, ItemState, Plan, listing::file_name},
    run::Finding,
};

/// What the chosen items show by themselves.
pub(super) fn of_choice(plan: &Plan, choice: &Choice<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    skipped_needs(plan, choice, &mut findings);
    if plan.dialect == Dialect::Ccw {
        groups_against_needs(choice, &mut findings);
        without_document(choice, &mut findings);
    }
    findings
}

/// What needs a skipped item goes ahead: that is what skipping means. It is worth a word.
fn skipped_needs(plan: &Plan, choice: &Choice<'_>, findings: &mut Vec<Finding>) {
    let skipped: HashSet<&ItemId> =
        plan.items.iter().filter(|item| item.state == ItemState::Skipped).map(|item| &item.id).collect();
    for item in &choice.items {
        if let Some(need) = item.needs.iter().find(|need| skipped.contains(need)) {
            findings.push(Finding {
                code: "skipped_need",
                message: format!("{} goes ahead without {need}, which was skipped", item.id),
                place: Some(item.place.to_string()),
            });
        }
    }
}

fn groups_against_needs(choice: &Choice<'_>, findings: &mut Vec<Finding>) {
    for (at, needs) in choice.needs.iter().enumerate() {
        let item = choice.items[at];
        let Some(company) = &item.company else { continue };
        for need in needs {
            let Need::Item(on) = need else { continue };
            if choice.items[*on].company.as_ref() == Some(company) {
                findings.push(Finding {
                    code: "group_against_need",
                    message: format!(
                        "{} needs {}, and both are in the group {}: the need decides",
                        item.id,
                        choice.items[*on].id,
                        crate::text::plain(company)
                    ),
                    place: Some(item.place.to_string()),
                });
            }
        }
    }
}

fn without_document(choice: &Choice<'_>, findings: &mut Vec<Finding>) {
    for item in choice.items.iter().filter(|item| item.document(DocumentKind::Task).is_none()) {
        findings.push(Finding {
            code: "no_task_file",
            message: format!("{} has no file of its own: nothing is known of it but its title", item.id),
            place: Some(item.place.to_string()),
        });
    }
}

/// What a plan's documents say comes before what, among the chosen, with who says so.
pub(super) fn stated(plan: &Plan, choice: &Choice<'_>) -> Vec<(usize, usize, String)> {
    let Some(order) = &plan.order else { return Vec::new() };
    let mut parts: HashMap<&ItemId, Vec<usize>> = HashMap::new();
    for (at, item) in choice.items.iter().enumerate() {
        if let Some(parent) = &item.parent {
            parts.entry(parent).or_default().push(at);
        }
    }
    let meant = |id: &ItemId| match choice.places.get(id) {
        Some(&at) => vec![at],
        None => parts.get(id).cloned().unwrap_or_default(),
    };
    let mut seen = HashSet::new();
    let mut stated = Vec::new();
    for edge in &order.edges {
        let line = edge.place.line.map_or_else(String::new, |line| format!(":{line}"));
        let why = format!("{}{line} says", file_name(&edge.place.file));
        for first in meant(&edge.first) {
            for then in meant(&edge.then) {
                if first != then && seen.insert((first, then)) {
                    stated.push((first, then, why.clone()));
                }
            }
        }
    }
    stated
}
