//! `plan proof`: what is ticked, what is proven, and what says so.

use std::collections::{BTreeSet, HashSet};

use super::{
    context::{Context, Done},
    failure::Failure,
    plans,
};
use crate::{
    cli::{Output, ProofArgs},
    ids::ItemId,
    journal::RunQuery,
    plan::{
        Plan,
        proof::{Evidence, EvidenceKind, Facts, ItemProof, RunFact, Standing, prove},
        texts_for,
    },
    render::{self, Role, json},
    run::Status,
    text, workspace,
};

/// Most runs that are looked at, the newest.
const RUNS: usize = 1_000;

/// Says of each plan that is meant which items are ticked and proven, which are ticked with nothing to
/// show for it, and which are not ticked although their work is there.
///
/// # Errors
/// When there is no such plan, or the journal can't be read.
pub fn proof(context: &mut Context<'_>, args: &ProofArgs) -> Result<Done, Failure> {
    let all = plans::load(context)?;
    let meant = match &args.plan {
        Some(name) => {
            let plan = plans::resolve(context, name)?;
            plans::must_be_inside(context, Some(name), &plan)?;
            vec![plan]
        }
        None => all.plans.clone(),
    };
    let own_files: Vec<&str> = {
        let mut files: Vec<&str> =
            meant.iter().flat_map(|it| it.items.iter().map(|item| item.place.file.as_str())).collect();
        files.sort_unstable();
        files.dedup();
        files
    };
    let history = workspace::history(&context.root, &own_files);
    let mut proofs = Vec::new();
    for plan in &meant {
        let files: BTreeSet<_> = plan.items.iter().flat_map(|it| texts_for(plan, it)).collect();
        let texts = plans::texts(context, files);
        let runs = runs(context, plan)?;
        let others = all.plans.iter().filter(|it| it.id != plan.id).flat_map(|it| &it.items);
        let shared_ids: HashSet<ItemId> = others.map(|it| it.id.clone()).collect();
        let facts = Facts {
            history: history.as_ref().ok(),
            texts: &texts,
            exists: &|path| context.root.join(path).is_file(),
            runs: &runs,
            shared_ids: &shared_ids,
        };
        proofs.push((plan, prove(plan, &facts)));
    }
    let missing = history.as_ref().err().map(|it| it.reason());
    let value = || json::plan_proof(&proofs, missing, history.as_ref().is_ok_and(|it| it.cut));
    let shown = match context.output {
        Output::Table => described(context, &proofs, missing),
        Output::Plain => render::plain::proofs(&proofs),
        Output::Json => json::document(&value()),
        Output::Ndjson => json::line(&value()),
    };
    context.print(&shown)?;
    Ok(Done::well())
}

/// The runs of ours that ended well for items of this plan, and their checks.
fn runs(context: &Context<'_>, plan: &Plan) -> Result<Vec<RunFact>, Failure> {
    let Some(journal) = context.journal_if_any()? else { return Ok(Vec::new()) };
    let query = RunQuery {
        plan: Some(plan.id.clone()),
        statuses: vec![Status::Succeeded],
        limit: RUNS,
        ..RunQuery::default()
    };
    let mut facts = Vec::new();
    for run in journal.list(&query)?.runs {
        // A SUBPLAN that was written well is no work on the item yet.
        let Some(item) = run.item.clone().filter(|_| run.workflow.as_str() != "subplan") else { continue };
        let detail = format!("{} {} succeeded", run.id.short(), run.workflow);
        facts.push(RunFact { item: item.clone(), kind: EvidenceKind::Run, detail });
        let Some(record) = journal.run(run.id)? else { continue };
        let passed = record.tasks.iter().filter(|it| it.status == Status::Succeeded);
        facts.extend(passed.filter(|it| it.name.as_str().contains("-check-")).map(|task| {
            let spec = record.spec.tasks.iter().find(|it| it.name == task.name);
            let title = spec.map_or(task.name.as_str(), |it| it.title.as_str());
            let detail = format!("{} {title}: exit 0", run.id.short());
            RunFact { item: item.clone(), kind: EvidenceKind::Check, detail }
        }));
    }
    Ok(facts)
}

fn described(
    context: &Context<'_>,
    proofs: &[(&Plan, Vec<ItemProof>)],
    missing: Option<&'static str>,
) -> String {
    let mut shown = String::new();
    if let Some(reason) = missing {
        shown += &lines(
            context,
            "",
            &format!("No history to look at: {reason}. Files and runs are all there is."),
        );
    }
    for (plan, items) in proofs {
        let count = |standing| items.iter().filter(|it| it.standing == standing).count();
        let (proven, phantom) = (count(Standing::Proven), count(Standing::Phantom));
        shown += &render::word(Role::Title, &text::plain(plan.id.as_str()), &context.style);
        shown += &format!(": {} ticked, {proven} proven\n", proven + phantom);
        for (standing, heading, role) in [
            (Standing::Phantom, "Ticked, and nothing found:", Role::Warning),
            (Standing::Forgotten, "Not ticked, and its work was found:", Role::Warning),
            (Standing::Proven, "Proven:", Role::Ok),
        ] {
            if count(standing) == 0 {
                continue;
            }
            shown += &format!("  {}\n", render::word(role, heading, &context.style));
            for item in items.iter().filter(|it| it.standing == standing) {
                shown += &lines(context, "    ", &format!("{} {}", item.item, item.title));
                for Evidence { kind, detail } in &item.evidence {
                    shown += &lines(context, "      ", &format!("{}: {detail}", kind.word()));
                }
            }
        }
    }
    if proofs.is_empty() { "There are no plans here.\n".to_owned() } else { shown }
}

fn lines(context: &Context<'_>, indent: &str, words: &str) -> String {
    let width = context.style.width.saturating_sub(indent.len());
    let wrapped = text::wrap(&text::plain(words), width);
    wrapped.iter().map(|line| format!("{indent}{line}\n")).collect()
}
