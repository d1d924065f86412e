//! What deciding costs: a run of ten thousand tasks in layers, from its beginning to its end.

use std::{hint::black_box, sync::Arc};

use criterion::{Criterion, criterion_group, criterion_main};
use plandeck::{
    clock::Moment,
    run::{Exit, Specification},
    schedule::{Effect, Facts, Input, State, step},
};
use serde_json::json;

const LAYERS: usize = 100;
const WIDTH: usize = 100;

fn bench(criterion: &mut Criterion) {
    let spec = Arc::new(layered());
    criterion.bench_function("a run of 10,000 tasks", |bencher| {
        bencher.iter(|| live(State::new(Arc::clone(black_box(&spec)))));
    });
}

/// Every task needs three of the layer before it.
fn layered() -> Specification {
    let needs = |layer: usize, at: usize| -> Vec<String> {
        let before = (0..3).map(|step| (at + step) % WIDTH);
        before.filter(|_| layer > 0).map(|at| format!("t{}.{at}", layer - 1)).collect()
    };
    let task = |layer: usize, at: usize| {
        json!({
            "name": format!("t{layer}.{at}"), "title": "", "argv": ["/bin/true"], "needs": needs(layer, at),
            "group": null, "cwd": "/", "env": {}, "pass_env": [], "stdin": null, "capture": "pipe",
            "limits": { "wall": 60_000, "idle": 10_000, "grace": 1000 },
            "retries": { "max": 1, "backoff": 10, "on": ["failed"] },
            "leave_running": false, "fail_on": []
        })
    };
    let tasks = (0..LAYERS).flat_map(|layer| (0..WIDTH).map(move |at| (layer, at)));
    let spec = json!({
        "version": 1, "run": "0193e3f0-7c5a-7abc-8def-0123453f9c2a", "workflow": "next", "plan": null,
        "item": null, "params": {}, "slots": 64, "fail_fast": false, "deliverables": [],
        "tasks": tasks.map(|(layer, at)| task(layer, at)).collect::<Vec<_>>(),
        "plan_hash": null, "git_commit": null,
        "asked_by": { "user": "ada", "face": "cli", "pid": 1 }, "created_at": 0, "parent": null,
        "umask": 18, "max_log_bytes": 0, "seed": 1
    });
    serde_json::from_value(spec).expect("a specification")
}

/// Every tenth task fails once and is tried again.
fn live(mut state: State) {
    let process =
        plandeck::run::ProcessId { pid: 1, birth: 1, boot: String::new(), namespace: String::new() };
    let mut inputs = vec![Input::Begin { supervisor: process.clone() }];
    let mut now = 0;
    while state.verdict().is_none() {
        now += 1;
        let input = inputs.pop().unwrap_or(Input::Tick);
        for effect in step(&mut state, &input, Moment::from_millis(now)).effects {
            match effect {
                Effect::Launch { attempt } => {
                    let fails = attempt.number == 1 && attempt.task.as_str().ends_with('7');
                    let facts = Facts::bare(Exit::Code(i32::from(fails)));
                    inputs.push(Input::Ended { attempt: attempt.clone(), facts });
                    inputs.push(Input::Started { attempt, process: process.clone() });
                }
                Effect::Finish => {
                    inputs.push(Input::Finished { deliverables: Vec::new(), survivors: Vec::new() });
                }
                Effect::Stop { .. } | Effect::Kill { .. } => {}
            }
        }
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
