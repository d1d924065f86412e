//! Whole plans, decided before they are run: on real sessions, and against what is known to go wrong.
//!
//! What engines of this kind are known to do wrong, and the tests that show it absent here:
//!
//! * A task begins before what it needs, or beside what contradicts it: `schedule/tests/lives.rs` (every
//!   life keeps every rule), here (no task stands in the wave of what it needs).
//! * Circles and needs that do not exist end in an endless loop: `workflow/session/tests.rs` (needs in a
//!   circle end in a sentence; what can not come to its turn is left out).
//! * Dependents of a failed task are started: `schedule/tests/stories.rs` (dependents of a failed task are
//!   blocked and the others go on; a gate opens once for all behind it).
//! * A barrier after every batch lets slots idle: `schedule/tests/stories.rs` (there is no barrier between
//!   layers).
//! * The order depends on who asks, or on how a folder is listed: `workflow/session/tests.rs` (the same plan
//!   gives the same schedule).
//! * Contradictions between groups, phases, arrows and needs go unnoticed: `workflow/session/tests.rs`, and
//!   here for real sessions.
//! * All agents share one tree, and two change one file at once: `workflow/session/tests.rs` (who changes
//!   the same file goes one after the other).

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashMap;

use plandeck::{
    config::Config,
    plan::{
        Plan,
        readers::{Scope, ccw},
        settle,
    },
    run::{Refusal, Schedule},
    workflow::{Ask, Facts, propose},
};

mod truth;

#[test]
fn every_real_session_is_decided_and_every_word_about_it_is_right() {
    let Some(truth) = truth::Truth::of("ccw") else { return };
    let facts = Facts {
        workspace: "/srv/work".to_owned(),
        own_program: "/usr/bin/plandeck".to_owned(),
        // Somebody has to be there to do the items.
        programs: [("claude".to_owned(), "/usr/bin/claude".to_owned())].into(),
        cores: 2,
        ..Facts::default()
    };
    let mut comparison = truth::Comparison::default();
    for (stored, _) in truth.rows.keys() {
        let listing = truth.listing(stored);
        for mut plan in (ccw::READER.read)(&listing, &Scope::Path(stored.clone())).plans {
            settle(&mut plan);
            match propose(&Ask::of("all"), Some(&plan), &Config::default(), &facts) {
                Ok(proposal) => {
                    let schedule = proposal.schedule.unwrap();
                    check(&plan, &schedule);
                    let open = plan.leaves().filter(|item| !item.state.is_over()).count();
                    let told = schedule.waves.iter().map(Vec::len).sum::<usize>() + schedule.left_out.len();
                    comparison.check(stored, "open", &open.to_string(), &told.to_string());
                }
                Err(refusal) => check_refusal(&plan, &refusal),
            }
            comparison.place();
        }
    }
    comparison.finish("whole ccw plans", &[]);
}

fn check(plan: &Plan, schedule: &Schedule) {
    let mut wave_of = HashMap::new();
    for (number, wave) in schedule.waves.iter().enumerate() {
        for step in wave {
            assert!(wave_of.insert(&step.item, number).is_none(), "{} stands twice", step.item);
        }
    }
    for item in plan.leaves().filter(|item| !item.state.is_over()) {
        let left_out = schedule.left_out.iter().find(|it| it.item == item.id);
        assert!(wave_of.contains_key(&item.id) != left_out.is_some(), "{} of {}", item.id, plan.id);
        let Some(wave) = wave_of.get(&item.id) else { continue };
        for need in &item.needs {
            assert!(plan.item(need).is_some(), "{} needs {need}, which is not there, and runs", item.id);
            assert!(wave_of.get(need).is_none_or(|it| it < wave), "{} runs beside its need {need}", item.id);
        }
    }
    for left_out in &schedule.left_out {
        if let Some(missing) = left_out
            .why
            .strip_prefix("it needs ")
            .and_then(|it| it.strip_suffix(", which this plan does not have"))
        {
            assert!(
                plan.items.iter().all(|item| item.id.as_str() != missing),
                "{missing} of {} is there",
                plan.id
            );
        }
    }
    for finding in schedule.findings.iter().filter(|it| it.code == "group_against_need") {
        let ids: Vec<&str> = finding.message.split([' ', ',']).collect();
        let (item, need) = (plan.item(&ids[0].into()).unwrap(), plan.item(&ids[2].into()).unwrap());
        assert!(item.needs.contains(&need.id) && item.company == need.company, "{}", finding.message);
    }
}

fn check_refusal(plan: &Plan, refusal: &Refusal) {
    match refusal {
        Refusal::NothingToRun { why, .. } if why == "everything is done" => {
            assert!(plan.leaves().all(|item| item.state.is_over()), "{}", plan.id);
        }
        Refusal::NothingToRun { .. } => {
            assert!(plan.leaves().all(|item| item.state.is_over() || !item.why.is_empty()), "{refusal}");
        }
        Refusal::WrongState { why, .. } => assert!(why.contains("is a circle of needs"), "{refusal}"),
        other => panic!("{}: {other}", plan.id),
    }
}
