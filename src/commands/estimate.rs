//! How long what remains of a plan may take, from the history of its own runs.

use std::time::Duration;

use super::{context::Context, failure::Failure};
use crate::{
    journal::RunQuery,
    plan::{Plan, PlanState},
    run::Status,
    view::Estimate,
};

/// Below this many runs nothing is said.
const FEWEST: usize = 5;

/// A range for what remains: the middle half of what a run took, for each step that is left.
///
/// # Errors
/// When the journal is there and can't be read.
pub fn remaining(context: &Context<'_>, plan: &Plan) -> Result<Option<Estimate>, Failure> {
    let left = plan.leaves().filter(|item| !item.state.is_over()).count();
    if left == 0 || plan.state == PlanState::Empty {
        return Ok(None);
    }
    let Some(journal) = context.journal_if_any()? else { return Ok(None) };
    let query = RunQuery {
        plan: Some(plan.id.clone()),
        statuses: vec![Status::Succeeded],
        limit: 50,
        ..RunQuery::default()
    };
    let took = journal.list(&query)?.runs.iter().filter_map(crate::run::RunSummary::duration).collect();
    Ok(estimate(took, left))
}

/// From the durations of runs that succeeded and the number of items that are left.
fn estimate(mut took: Vec<Duration>, left: usize) -> Option<Estimate> {
    if took.len() < FEWEST {
        return None;
    }
    took.sort_unstable();
    let left = u32::try_from(left).unwrap_or(u32::MAX);
    let quantile = |quarter: usize| took[(took.len() - 1) * quarter / 4].saturating_mul(left);
    let basis = format!("{} runs of this plan", took.len());
    Some(Estimate { low: quantile(1), high: quantile(3), basis })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_the_middle_half_and_too_little_history_says_nothing() {
        let seconds = |list: &[u64]| list.iter().map(|it| Duration::from_secs(*it)).collect::<Vec<_>>();
        assert_eq!(estimate(seconds(&[1, 2, 3, 4]), 3), None);
        let range = estimate(seconds(&[5, 1, 4, 2, 3]), 3).unwrap();
        assert_eq!((range.low.as_secs(), range.high.as_secs()), (6, 12));
    }
}
