//! What would be run.

use serde_json::{Value, json};

use super::{envelope, runs::forecast};
use crate::{
    run::{Schedule, Specification},
    view::Forecast,
};

/// `run create --dry-run`: the frozen specification, and where a whole plan would be run, its schedule.
///
/// # Panics
/// Never: a specification can always be written as JSON.
#[must_use]
pub fn run_specification(spec: &Specification, schedule: Option<(&Schedule, &Forecast)>) -> Value {
    let spec = serde_json::to_value(spec).expect("a specification can always be written as JSON");
    let mut data = json!({ "spec": spec });
    if let Some((schedule, estimate)) = schedule {
        data["schedule"] = of(schedule);
        data["schedule"]["estimate"] = forecast(estimate);
    }
    envelope("run.specification", data)
}

fn of(schedule: &Schedule) -> Value {
    let waves = schedule.waves.iter().map(|wave| {
        let step = |it: &crate::run::Step| {
            let waits = it
                .waits
                .iter()
                .map(|wait| json!({ "on": wait.on, "why": wait.why, "must_succeed": wait.must_succeed }));
            json!({ "task": it.task, "item": it.item, "title": it.title, "waits": waits.collect::<Vec<_>>() })
        };
        wave.iter().map(step).collect::<Vec<_>>()
    });
    let left_out = schedule.left_out.iter().map(|it| json!({ "item": it.item, "why": it.why }));
    let findings = schedule
        .findings
        .iter()
        .map(|it| json!({ "code": it.code, "message": it.message, "place": it.place }));
    json!({
        "strategy": { "word": schedule.strategy.strategy.word(), "from": schedule.strategy.from },
        "slots": schedule.slots,
        "waves": waves.collect::<Vec<_>>(),
        "left_out": left_out.collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
    })
}
