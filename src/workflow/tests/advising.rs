use std::{fmt::Write as _, time::Duration};

use super::*;
use crate::{
    config::AdviceRow,
    run::{Advice, LaunchFailure, Limits, Outcome, Remedy},
};

const LIMITS: Limits = Limits {
    wall: Some(Duration::from_mins(3)),
    idle: Some(Duration::from_secs(30)),
    grace: Duration::from_secs(10),
};

fn advice_with(outcome: &Outcome, tail: &str, rows: &[AdviceRow]) -> Vec<Advice> {
    let (plan, item) = ("LIGHTHOUSE".into(), "2.3".into());
    let failure = Failure {
        run: "3f9c2a",
        workflow: &"execution".into(),
        plan: Some(&plan),
        item: Some(&item),
        nearest: &["2.4".to_owned()],
        outcome,
        tail,
        limits: &LIMITS,
        silent_for: None,
        argv: &["/usr/bin/python3".to_owned(), "x.py".to_owned()],
        candidates: &["/usr/bin/python3.12".to_owned()],
        survivors: 0,
    };
    advise(&failure, rows)
}

fn advice(outcome: &Outcome, tail: &str) -> Vec<Advice> {
    advice_with(outcome, tail, &[])
}

fn listed(advice: &[Advice]) -> String {
    let mut text = String::new();
    for (at, one) in advice.iter().enumerate() {
        let remedy = match &one.remedy {
            Some(Remedy::Deck(line)) => format!("  [{line}]"),
            Some(Remedy::Program(argv)) => format!("  $ {}", shell_words::join(argv)),
            None => String::new(),
        };
        writeln!(text, "{}. {} ({}){remedy}", at + 1, one.say, one.why).unwrap();
    }
    text
}

/// Every kind of end, with an output that belongs to it.
fn ends() -> Vec<(Outcome, &'static str)> {
    let start = |why| Outcome::FailedToStart { why };
    let program = || "/opt/x.sh".to_owned();
    vec![
        (Outcome::Succeeded, "all is well"),
        (Outcome::Failed { code: 1 }, "it broke"),
        (Outcome::Failed { code: 1 }, "Pick one [1-7]: EOFError: EOF when reading a line"),
        (Outcome::Failed { code: 1 }, "❌ Error: No SUBPLAN found for 2.3"),
        (Outcome::Failed { code: 1 }, "ModuleNotFoundError: No module named 'yaml'"),
        (Outcome::Failed { code: 1 }, "SyntaxError: f-string expression part cannot include a backslash"),
        (Outcome::Failed { code: 1 }, "write: No space left on device"),
        (Outcome::Failed { code: 1 }, "open: Permission denied"),
        (Outcome::Failed { code: 1 }, "Invalid API key · Please run /login"),
        (Outcome::Failed { code: 1 }, "429 Too Many Requests"),
        (Outcome::Failed { code: 1 }, "prompt is too long: 214000 tokens"),
        (Outcome::Failed { code: 126 }, ""),
        (Outcome::Failed { code: 127 }, "sh: 1: jq: not found"),
        (Outcome::Failed { code: 137 }, ""),
        (Outcome::Signalled { signal: 9 }, ""),
        (Outcome::Signalled { signal: 15 }, ""),
        (Outcome::Signalled { signal: 11 }, ""),
        (
            Outcome::FailedPattern { line: "Error: Achievement 9.9 not found in PLAN".to_owned() },
            "Error: Achievement 9.9 not found in PLAN",
        ),
        (Outcome::TimedOut, "compiling …\ncompiling 3 of 9\n\n"),
        (Outcome::TimedOut, ""),
        (Outcome::TimedOutIdle, "waiting for the lock"),
        (Outcome::Cancelled, "EOFError"),
        (start(LaunchFailure::NotFound { program: program() }), ""),
        (start(LaunchFailure::NotExecutable { program: program() }), ""),
        (start(LaunchFailure::NoInterpreter { program: program() }), ""),
        (start(LaunchFailure::NoDirectory { cwd: "/srv/x".to_owned() }), ""),
        (start(LaunchFailure::MissingEnv { names: vec!["API_KEY".to_owned()] }), ""),
        (start(LaunchFailure::System { message: "too many open files".to_owned() }), ""),
        (Outcome::Lost, "half of it"),
    ]
}

#[test]
fn every_end_has_advice_that_helps() {
    let mut text = String::new();
    for (outcome, tail) in ends() {
        writeln!(text, "{}: {tail:?}\n{}", outcome.word(), listed(&advice(&outcome, tail))).unwrap();
    }
    snapshot("advice_after_failures", &text);
}

#[test]
fn every_command_that_advice_types_is_in_the_grammar_and_none_destroys() {
    let refusals = refusals();
    let all = ends()
        .into_iter()
        .flat_map(|(outcome, tail)| advice(&outcome, tail))
        .chain(refusals.iter().flat_map(advice_for_refusal));
    let mut tried = 0;
    for one in all {
        let Some(Remedy::Deck(line)) = one.remedy else { continue };
        let typed = crate::cli::parse_line(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert!(typed.is_some(), "{line}");
        for verb in ["cancel", "undo", "set", "prune", "reject"] {
            assert!(!line.split(' ').any(|word| word == verb), "{line}");
        }
        tried += 1;
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn a_timeout_says_whether_it_was_busy_or_silent() {
    let (plan, item) = ("P".into(), "1.1".into());
    let failure = Failure {
        run: "3f9c2a",
        workflow: &"next".into(),
        plan: Some(&plan),
        item: Some(&item),
        nearest: &[],
        outcome: &Outcome::TimedOut,
        tail: "step 3\n",
        limits: &LIMITS,
        silent_for: Some(Duration::from_secs(170)),
        argv: &[],
        candidates: &[],
        survivors: 2,
    };
    assert_eq!(
        listed(&advise(&failure, &[])),
        "1. Run it again with 6m 00s (it was stopped after 3m 00s; it had been silent for 2m 50s, after \
         \"step 3\")  [retry 3f9c2a --timeout 6m]\n\
         2. Read the whole log (the reason stands there)  [logs 3f9c2a]\n\
         3. Look at the processes that are left before you run it again (they may still be writing)\n"
    );
}

#[test]
fn rows_of_ones_own_come_first_when_all_they_say_fits() {
    let rows = config(
        "[[advice]]\nwhen = { outcome = \"failed\", exit = 3, output = \"py.hon\" }\nsay = \"Use 3.12.\"\n\
         run = [\"make\", \"doctor\"]\n\
         [[advice]]\nwhen = { outcome = \"timed_out\" }\nsay = \"Patience.\"\n\
         [[advice]]\nwhen = { output = \"^never$\" }\nsay = \"never\"\n",
    )
    .advice;
    let first = |outcome: Outcome, tail: &str| advice_with(&outcome, tail, &rows).remove(0);
    let own = first(Outcome::Failed { code: 3 }, "no python here (");
    assert_eq!(own.say, "Use 3.12.");
    assert_eq!(own.remedy, Some(Remedy::Program(vec!["make".to_owned(), "doctor".to_owned()])));
    assert_eq!(first(Outcome::Failed { code: 2 }, "no python here").say, "Read the whole log");
    assert_eq!(first(Outcome::Failed { code: 3 }, "no perl here").say, "Read the whole log");
    assert_eq!(first(Outcome::TimedOutIdle, "x").say, "Patience.");
}

fn refusals() -> Vec<Refusal> {
    let plan = || "two words".into();
    let asked = || "x".to_owned();
    let near = || vec!["ALPHA".to_owned(), "it's".to_owned()];
    vec![
        Refusal::NoSuchPlan { asked: asked(), nearest: near() },
        Refusal::AmbiguousPlan { asked: asked(), candidates: near() },
        Refusal::NoSuchItem { plan: plan(), asked: asked(), nearest: vec!["2.3".to_owned()] },
        Refusal::BadItemId { asked: asked(), form: "X.Y" },
        Refusal::NoSuchRun { asked: asked() },
        Refusal::AmbiguousRun { asked: asked(), candidates: vec!["0193e3f0".to_owned()] },
        Refusal::NoSuchWorkflow { asked: asked(), nearest: vec!["next".to_owned()] },
        Refusal::Missing { workflow: "next".into(), what: "a plan".to_owned() },
        Refusal::NothingToRun { plan: plan(), why: "2.4 waits for 2.3".to_owned() },
        Refusal::SubplanMissing { plan: plan(), item: "2.3".into() },
        Refusal::AlreadyThere { what: "the SUBPLAN".to_owned() },
        Refusal::NotForDialect {
            workflow: "subplan".into(),
            dialect: "speckit",
            instead: "run the task itself".to_owned(),
        },
        Refusal::WrongState { what: "no".to_owned(), why: "it is done".to_owned() },
        Refusal::BadRecipe { workflow: "x".into(), why: "it is empty".to_owned(), fix: "fill it".to_owned() },
        Refusal::BadInput { workflow: "x".into(), what: "no level".to_owned(), fix: "add it".to_owned() },
        Refusal::AlreadyEnded { run: "3f9c2a".to_owned(), status: crate::run::Status::Failed },
    ]
}

#[test]
fn every_refusal_has_advice_that_helps() {
    let mut text = String::new();
    for refusal in refusals() {
        writeln!(text, "{refusal}\n{}", listed(&advice_for_refusal(&refusal))).unwrap();
    }
    snapshot("advice_after_refusals", &text);
}
