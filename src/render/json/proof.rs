//! What is claimed and what is proven.

use serde_json::{Value, json};

use super::envelope;
use crate::plan::{
    Plan,
    proof::{ItemProof, Standing},
};

/// `plan proof`: claimed and proven of each plan, with the evidence. `missing` says why there is no
/// history; `cut` that there is more of it than was looked at.
#[must_use]
pub fn plan_proof(proofs: &[(&Plan, Vec<ItemProof>)], missing: Option<&str>, cut: bool) -> Value {
    let plans: Vec<_> = proofs.iter().map(|(plan, items)| of_plan(plan, items)).collect();
    let history = json!({ "available": missing.is_none(), "reason": missing, "truncated": cut });
    envelope("plan.proof", json!({ "plans": plans, "history": history }))
}

fn of_plan(plan: &Plan, items: &[ItemProof]) -> Value {
    let ids = |standing| -> Vec<_> {
        items.iter().filter(|it| it.standing == standing).map(|it| &it.item).collect()
    };
    let (proven, phantoms) = (ids(Standing::Proven), ids(Standing::Phantom));
    json!({
        "id": plan.id,
        "claimed": proven.len() + phantoms.len(),
        "proven": proven.len(),
        "phantom_completions": phantoms,
        "forgotten_boxes": ids(Standing::Forgotten),
        "items": items.iter().map(item).collect::<Vec<_>>(),
    })
}

fn item(item: &ItemProof) -> Value {
    let evidence = item.evidence.iter();
    json!({
        "id": item.item,
        "title": item.title,
        "state": item.state.word(),
        "standing": item.standing.word(),
        "evidence": evidence.map(|it| json!({ "kind": it.kind.word(), "detail": it.detail })).collect::<Vec<_>>(),
    })
}
