//! Which plan is meant when none is named: the only one, or the one that a person picks from a list.

use super::{
    context::{Context, Face},
    failure::Failure,
    plans,
};
use crate::{
    cli::{Output, PlanName},
    plan::{Plan, PlanState},
    run::Refusal,
    screen::{Answer, Question},
    text,
};

/// The plan that is meant: the named one, the open page's, the only one there is, or the one that is
/// picked. Nothing when the question was left.
///
/// # Errors
/// When there is none; or when there are several and nobody can be asked.
pub fn plan(context: &mut Context<'_>, name: Option<&PlanName>) -> Result<Option<Plan>, Failure> {
    if name.is_some() || context.open_plan.is_some() {
        return plans::resolve_or_only(context, name).map(Some);
    }
    let loaded = plans::load(context)?;
    let mut all: Vec<&Plan> = loaded.plans.iter().collect();
    // An archive is history; it is meant only where there is nothing else.
    if all.iter().any(|plan| !is_archived(plan)) {
        all.retain(|plan| !is_archived(plan));
    }
    if let [only] = all.as_slice() {
        let name = PlanName::new(only.id.as_str());
        return plans::resolve_or_only(context, Some(&name)).map(Some);
    }
    if all.is_empty() {
        return plans::resolve_or_only(context, None).map(Some);
    }
    all.sort_by_cached_key(|plan| place(plan));
    pick(context, &all)
}

fn is_archived(plan: &Plan) -> bool {
    plan.badges.iter().any(|badge| badge == "archived")
}

/// What is finished comes last, and what somebody put aside before that; of the rest the most recent
/// one first.
fn place(plan: &Plan) -> (u8, std::cmp::Reverse<Option<crate::clock::Timestamp>>, String) {
    let rank = match plan.state {
        PlanState::Done => 3,
        PlanState::Empty => 2,
        PlanState::Paused => 1,
        _ => 0,
    };
    let changed = plan.items.iter().filter_map(|item| item.changed).max();
    (rank, std::cmp::Reverse(changed), plan.id.as_str().to_owned())
}

fn pick(context: &mut Context<'_>, plans: &[&Plan]) -> Result<Option<Plan>, Failure> {
    let candidates: Vec<String> = plans.iter().map(|plan| plan.id.to_string()).collect();
    let list: String = plans.iter().enumerate().map(|(at, plan)| row(at + 1, plan)).collect();
    if !context.screen.is_interactive() && context.face != Face::Replay {
        if !matches!(context.output, Output::Json | Output::Ndjson) {
            context.note(&list)?;
        }
        return Err(Refusal::AmbiguousPlan { asked: String::new(), candidates }.into());
    }
    context.screen.note(&list)?;
    loop {
        let text = "Plan (its number, its id or a part of it)".to_owned();
        let question = Question::Text { text, candidates: candidates.clone() };
        let Answer::Text(typed) = context.screen.ask(&question)? else { return Ok(None) };
        match meant(plans, &typed) {
            Ok(plan) => return Ok(Some(plan.clone())),
            Err(why) => context.screen.note(&format!("{}\n", text::plain(&why)))?,
        }
    }
}

/// `  2  WFS-tower  Water tower · 3/8 done, 37% · in_progress`.
fn row(number: usize, plan: &Plan) -> String {
    let progress = plan.progress();
    let over = progress.done + progress.skipped;
    let percent = (over * 100).checked_div(progress.total).unwrap_or(0);
    let (id, title) = (plan.id.to_string(), text::plain(&plan.title).into_owned());
    let title = if title == id || title.is_empty() { String::new() } else { format!("  {title}") };
    let state = plan.state.word();
    format!("{number:>3}  {id}{title} · {}/{} done, {percent}% · {state}\n", over, progress.total)
}

/// By number in the list, whole id, id without `WFS-`, beginning, part of the id, part of the title: the
/// first of these that fits anything decides.
fn meant<'a>(plans: &[&'a Plan], typed: &str) -> Result<&'a Plan, String> {
    let typed = typed.trim();
    if let Ok(number) = typed.parse::<usize>()
        && let Some(plan) = number.checked_sub(1).and_then(|at| plans.get(at))
    {
        return Ok(plan);
    }
    let folded = typed.to_lowercase();
    let id = |plan: &Plan| plan.id.as_str().to_lowercase();
    let bare = |plan: &Plan| id(plan).trim_start_matches("wfs-").to_owned();
    let ways: [&dyn Fn(&Plan) -> bool; 5] = [
        &|plan| id(plan) == folded,
        &|plan| bare(plan) == folded,
        &|plan| id(plan).starts_with(&folded) || bare(plan).starts_with(&folded),
        &|plan| id(plan).contains(&folded),
        &|plan| plan.title.to_lowercase().contains(&folded),
    ];
    for way in ways {
        let fitting: Vec<&Plan> = plans.iter().copied().filter(|plan| way(plan)).collect();
        match fitting.as_slice() {
            [] => {}
            [only] => return Ok(only),
            several => {
                let ids: Vec<String> = several.iter().map(|plan| plan.id.to_string()).collect();
                return Err(format!("\"{typed}\" fits several: {}", ids.join(", ")));
            }
        }
    }
    Err(format!(
        "\"{typed}\" is none of them; write a number from 1 to {}, an id or a part of it",
        plans.len()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Dialect, listing::Listing, read_workspace};

    fn plans() -> Vec<Plan> {
        let session = |listing: Listing, (id, project): &(&str, &str)| {
            let folder = format!(".workflow/active/{id}");
            let metadata = format!(r#"{{"session_id": "{id}", "project": "{project}"}}"#);
            listing.with(&format!("{folder}/workflow-session.json"), &metadata).with(
                &format!("{folder}/TODO_LIST.md"),
                "- [x] **IMPL-1**: a\n- [ ] **IMPL-2**: b\n- [ ] **IMPL-3**: c\n",
            )
        };
        let listing = [("WFS-auth", "Sign in"), ("WFS-auth-tokens", "Tokens"), ("WFS-pier", "The pier")]
            .iter()
            .fold(Listing::new(), session);
        let mut plans = read_workspace(&listing, &crate::plan::Selection::default()).plans;
        plans.retain(|plan| plan.dialect == Dialect::Ccw);
        plans
    }

    #[test]
    fn a_plan_is_meant_by_number_id_or_part() {
        let plans = plans();
        let plans: Vec<&Plan> = plans.iter().collect();
        let check = |typed: &str, expected: Result<&str, &str>| match (meant(&plans, typed), expected) {
            (Ok(plan), Ok(id)) => assert_eq!(plan.id.as_str(), id, "{typed}"),
            (Err(why), Err(part)) => assert!(why.contains(part), "{typed}: {why}"),
            (found, _) => panic!("{typed}: {found:?}"),
        };
        check("2", Ok("WFS-auth-tokens"));
        check("WFS-auth", Ok("WFS-auth"));
        check("auth", Ok("WFS-auth"));
        check("auth-", Ok("WFS-auth-tokens"));
        check("PIER", Ok("WFS-pier"));
        check("tok", Ok("WFS-auth-tokens"));
        check("sign", Ok("WFS-auth"));
        check("au", Err("WFS-auth, WFS-auth-tokens"));
        check("9", Err("none of them"));
        check("nothing", Err("number from 1 to 3"));
    }

    #[test]
    fn a_row_says_how_far_a_plan_is() {
        assert_eq!(row(3, &plans()[2]), "  3  WFS-pier  The pier · 1/3 done, 33% · in_progress\n");
    }
}
