//! `/`: plans, items, runs and commands by a few letters of their names.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

use super::deck::{Deck, Found};
use crate::{
    commands::{self, Context, Failure, Plans},
    render::{self, Role},
    screen::{Answer, Question},
    text, view,
};

/// Asks what to find where it was not said, and lists what fits best, numbered.
pub(super) fn find(
    context: &mut Context<'_>,
    plans: &Plans,
    wanted: Option<&str>,
) -> Result<Vec<Found>, Failure> {
    let wanted = match wanted.filter(|it| !it.is_empty()) {
        Some(wanted) => wanted.to_owned(),
        None => {
            let question = Question::Text { text: "Find".to_owned(), candidates: Vec::new() };
            match context.screen.ask(&question)? {
                Answer::Text(wanted) => wanted,
                _ => return Ok(Vec::new()),
            }
        }
    };
    let best = best(&wanted, everything(context, plans)?);
    if best.is_empty() {
        context.print(&format!("Nothing is called like \"{}\".\n", text::plain(&wanted)))?;
    }
    let mut shown = String::new();
    for ((name, _), number) in best.iter().zip(1..) {
        let number = render::word(Role::Key, &format!("{number}"), &context.style);
        let name = text::clip(&text::plain(name), context.style.width.saturating_sub(4));
        shown += &format!(" {} {name}\n", number.trim_end());
    }
    context.print(&shown)?;
    Ok(best.into_iter().map(|(_, found)| found).collect())
}

/// Everything that has a name, with the words it is found by and shown as.
fn everything(context: &Context<'_>, plans: &Plans) -> Result<Vec<(String, Found)>, Failure> {
    let mut all = Vec::new();
    for plan in &plans.plans {
        all.push((format!("plan {} {}", plan.id, plan.title), Found::Plan(plan.id.clone())));
        for item in &plan.items {
            let name = format!("item {} {} {}", plan.id, item.id, item.title);
            all.push((name, Found::Item(plan.id.clone(), item.id.clone())));
        }
    }
    for run in commands::recent_runs(context, None)? {
        let (status, words) = (run.status.word(), view::run_line(&run, None, context.now()));
        let plan = words.plan.map(|it| it.to_string()).unwrap_or_default();
        let item = words.item.map(|it| it.to_string()).unwrap_or_default();
        let name = format!("run {} {status} {} {plan} {item}", run.id.short(), run.workflow);
        all.push((name.trim_end().to_owned(), Found::Run(run.id)));
    }
    all.extend(Deck::verbs().into_iter().map(|verb| (format!("command {verb}"), Found::Verb(verb))));
    Ok(all)
}

/// The nine that fit best, the best first; what fits equally well stays in its order.
fn best(wanted: &str, all: Vec<(String, Found)>) -> Vec<(String, Found)> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(wanted, CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut scored: Vec<_> = all
        .into_iter()
        .filter_map(|(name, found)| {
            let score = pattern.score(Utf32Str::new(&name, &mut buffer), &mut matcher)?;
            Some((score, name, found))
        })
        .collect();
    scored.sort_by_key(|(score, _, _)| std::cmp::Reverse(*score));
    scored.into_iter().take(view::PAGE).map(|(_, name, found)| (name, found)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_letters_find_the_nearest_name_first() {
        let plan = |id: &str| (format!("plan {id}"), Found::Plan(id.into()));
        let found =
            best("hrbour", vec![plan("TIDES"), plan("HARBOUR-LIGHTS"), plan("THIRD-BOUNDARY-OUR-WALL")]);
        let ids: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(ids.first(), Some(&"plan HARBOUR-LIGHTS"));
        assert!(!ids.contains(&"plan TIDES"));
    }
}
