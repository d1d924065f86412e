//! The public JSON and the plain output, whole.

use plandeck::{
    clock::Moment,
    ids::{AttemptId, Seq},
    render::{json, plain},
    run::{Ending, Event, EventKind, Exit, Outcome, ProcessId, Refusal, Status, StopReason, Survivor},
};
use serde_json::{Value, json as value};

use crate::{
    panels, picture,
    plans::{at, harbour, hostile, outlook},
    runs::{ending, id, list, record},
};

fn document(name: &str, shown: &Value) {
    picture(&format!("json_{name}"), &json::document(shown), usize::MAX);
}

#[test]
fn plans_and_runs_have_the_documented_shapes() {
    let plan = harbour();
    document("plan_list", &json::plan_list(&[outlook(&plan)], &plan.problems[..1]));
    document("plan_show", &json::plan_show(&outlook(&plan)));
    let runs = list();
    document("run_create", &json::run_created(&runs[0]));
    document("run_list", &json::run_list(&runs[..3], 240, Some("token")));
    document("run_list_empty", &json::run_list(&[], 0, None));
    let mut run = record(
        1,
        Status::Failed,
        &[
            ("one", Status::Failed, Some(ending(Outcome::Signalled { signal: 9 }, Exit::Signal(9)))),
            ("two", Status::Blocked, None),
        ],
    );
    run.survivors = vec![Survivor { pid: 7, command: "sleep 9".to_owned() }];
    let log = |attempt: &AttemptId| Some(format!("/state/logs/{attempt}.log"));
    document("run_get", &json::run_get(&run, &panels::advice(), &log));
}

#[test]
fn errors_have_the_documented_shape() {
    let refusal = Refusal::NoSuchItem {
        plan: "HARBOUR".into(),
        asked: "2.9".to_owned(),
        nearest: vec!["2.4".to_owned()],
    };
    document("refused", &json::refused(&refusal, &[]));
    document("refused_with_advice", &json::refused(&refusal, &panels::advice()));
    document("error", &json::error("journal", "the journal is locked", value!({"path": "x"}), &[]));
}

#[test]
fn each_event_is_one_object_on_one_line() {
    let attempt = AttemptId { task: "one".into(), number: 1 };
    let process = ProcessId { pid: 42, birth: 1, boot: "b".to_owned(), namespace: "n".to_owned() };
    let outcome = Outcome::FailedPattern { line: "a\nb\x1b[2J".to_owned() };
    let kinds = [
        EventKind::RunCreated { workflow: "next".into(), plan: Some("HARBOUR".into()), item: None },
        EventKind::RunStarted { supervisor: process.clone() },
        EventKind::TaskQueued { task: "one".into() },
        EventKind::TaskReady { attempt: attempt.clone() },
        EventKind::AttemptStarted { attempt: attempt.clone(), process },
        EventKind::AttemptSlow { attempt: attempt.clone() },
        EventKind::AttemptStopping { attempt: attempt.clone(), reason: StopReason::Idle },
        EventKind::AttemptKilling { attempt: attempt.clone() },
        EventKind::AttemptEnded {
            attempt,
            ending: Ending { bytes: 9, ..ending(outcome.clone(), Exit::Code(0)) },
        },
        EventKind::TaskEnded { task: "one".into(), outcome },
        EventKind::TaskBlocked { task: "two".into(), by: Some("one".into()) },
        EventKind::RunCancelling { reason: None, by: "ada".to_owned() },
        EventKind::RunPaused { by: "ada".to_owned() },
        EventKind::RunUnpaused { by: "ada".to_owned() },
        EventKind::ClockGap { gap_ms: 1_500 },
        EventKind::RunEnded {
            verdict: plandeck::run::Verdict::Failed,
            deliverables: vec!["a.md".to_owned()],
            survivors: Vec::new(),
        },
    ];
    let ts = at("2026-03-14T11:50:00.5Z");
    let lines: Vec<String> = (1..)
        .zip(kinds)
        .map(|(seq, kind)| Event { run: id(1), seq: Seq(seq), at: Moment::default(), ts, kind })
        .map(|event| json::line(&json::event(&event)))
        .collect();
    assert!(lines.iter().all(|line| !line.contains('\n')));
    picture("json_events", &lines.join("\n"), usize::MAX);
}

#[test]
fn plain_output_is_one_line_a_record_and_keeps_its_fields_apart() {
    let (plan, hostile) = (harbour(), hostile());
    let outlooks = [outlook(&plan), outlook(&hostile)];
    let sections = [
        plain::plans(&outlooks),
        plain::items(&plan),
        plain::problems(&hostile.problems),
        plain::runs(&list()),
        plain::run(&record(1, Status::Failed, &[("one", Status::Failed, None)])),
    ];
    for (section, fields) in sections.iter().zip([7, 5, 5, 8]) {
        for line in section.lines() {
            assert_eq!(line.split('\t').count(), fields, "{line}");
        }
    }
    crate::settings().bind(|| insta::assert_snapshot!("render_plain", sections.join("\n\n")));
}
