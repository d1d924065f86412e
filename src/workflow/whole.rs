//! A whole plan in one run: every open item that can come to its turn, each after what it waits for.

use super::{
    ask::{Ask, Facts},
    builtin::workflow_of,
    recipe::{Target, resolve},
    session::{self, Session, Stop},
    units::{Unit, title},
};
use crate::{
    config::Config,
    plan::{Action, Dialect, Item, Plan},
    run::{Finding, Refusal},
};

/// Every open item of a plan, and what was decided about them.
///
/// Where items are run as tasks, that is all of them. In a methodology plan it is the next step of each
/// achievement that can make one: what comes after that step, a person decides.
pub(super) fn whole<'a>(
    ask: &Ask,
    plan: &'a Plan,
    config: &Config,
    facts: &Facts,
) -> Result<(Vec<Unit<'a>>, Session<'a>), Refusal> {
    if !ask.items.is_empty() {
        return Err(Refusal::BadInput {
            workflow: ask.name(),
            what: "it runs every open item, and one was named".to_owned(),
            fix: "leave --item out, or run the workflow task on it".to_owned(),
        });
    }
    if plan.dialect == Dialect::Methodology {
        return steps(ask, plan, config, facts);
    }
    let mut session = session::decide(plan, ask.strategy)?;
    session.findings.splice(0..0, absent(plan, facts));
    let unit = |item: &&'a Item| unit(plan, item, Action::Run, None, config, facts);
    let units = session.items.iter().map(unit).collect::<Result<_, _>>()?;
    Ok((units, session))
}

fn steps<'a>(
    ask: &Ask,
    plan: &'a Plan,
    config: &Config,
    facts: &Facts,
) -> Result<(Vec<Unit<'a>>, Session<'a>), Refusal> {
    if let Some(strategy) = ask.strategy {
        return Err(Refusal::BadInput {
            workflow: ask.name(),
            what: format!("a methodology plan goes step by step, not {}", strategy.word()),
            fix: "leave --strategy out: parallel.json says what may go side by side".to_owned(),
        });
    }
    let (session, entries) = session::steps(plan).map_err(|stop| stopped(plan, &stop))?;
    let unit = |(item, entry): (&&'a Item, crate::plan::Next)| {
        unit(plan, item, entry.action, Some(entry.why), config, facts)
    };
    let units = session.items.iter().zip(entries).map(unit).collect::<Result<_, _>>()?;
    Ok((units, session))
}

fn unit<'a>(
    plan: &'a Plan,
    item: &'a Item,
    action: Action,
    why: Option<String>,
    config: &Config,
    facts: &Facts,
) -> Result<Unit<'a>, Refusal> {
    let target = Target { plan: Some(plan), item: Some(item) };
    let recipe = resolve(workflow_of(action), target, config, facts)?;
    let why = why.or_else(|| (!item.why.is_empty()).then(|| item.why.clone()));
    Ok(Unit { recipe, target, title: title(action, &item.id), why })
}

/// Why a methodology plan can't go on by itself.
fn stopped(plan: &Plan, stop: &Stop) -> Refusal {
    let why = match stop.left_out.as_slice() {
        [] => "everything is done".to_owned(),
        left_out => {
            let all = left_out.iter().take(5).map(|it| format!("{}: {}", it.item, it.why));
            all.collect::<Vec<_>>().join("; ")
        }
    };
    Refusal::NothingToRun { plan: plan.id.clone(), why }
}

/// Documents that runs of a whole plan of this dialect are made from, relative to the workspace.
#[must_use]
pub fn documents(plan: &Plan) -> Vec<String> {
    let names: &[&str] = match plan.dialect {
        Dialect::Ccw => &["IMPL_PLAN.md", "TODO_LIST.md"],
        Dialect::Speckit => &["plan.md"],
        _ => &[],
    };
    names.iter().map(|name| format!("{}/{name}", plan.folder)).collect()
}

fn absent<'a>(plan: &'a Plan, facts: &'a Facts) -> impl Iterator<Item = Finding> + 'a {
    documents(plan).into_iter().filter(|path| facts.absent.contains(path)).map(|path| Finding {
        code: "document_missing",
        message: format!("{} is not there", crate::plan::listing::file_name(&path)),
        place: Some(path),
    })
}
