//! A decided session as people read it: wave by wave, with what each task waits for.

use super::{Layout, Session};
use crate::{
    ids::TaskName,
    run::{Schedule, Step, Wait},
};

/// The schedule of a session; `names` are those of its tasks, in the order of its items.
pub(crate) fn schedule(session: &Session<'_>, names: &[TaskName], slots: usize) -> Schedule {
    let waves = waves(&session.layout);
    let count = waves.iter().max().map_or(0, |last| last + 1);
    let mut schedule = Schedule {
        strategy: session.chosen.clone(),
        slots,
        waves: vec![Vec::new(); count],
        left_out: session.left_out.clone(),
        findings: session.findings.clone(),
    };
    for (at, item) in session.items.iter().enumerate() {
        schedule.waves[waves[at]].push(Step {
            task: names[at].clone(),
            item: item.id.clone(),
            title: item.title.clone(),
            waits: waits(session, at),
        });
    }
    schedule
}

/// For each item after how many others it comes at the earliest.
fn waves(layout: &Layout) -> Vec<usize> {
    let mut waves = vec![0; layout.needs.len()];
    let mut points: Vec<Option<usize>> = vec![None; layout.points.len()];
    for at in layout.in_order() {
        let mut earliest = 0;
        for link in layout.needs[at].iter().chain(&layout.after[at]) {
            earliest = earliest.max(waves[link.on] + 1);
        }
        for &point in &layout.behind[at] {
            // All before a point come earlier in this order, so its wave is known for good.
            let passed = *points[point].get_or_insert_with(|| {
                layout.points[point].before.iter().map(|&on| waves[on] + 1).max().unwrap_or(0)
            });
            earliest = earliest.max(passed);
        }
        waves[at] = earliest;
    }
    waves
}

fn waits(session: &Session<'_>, at: usize) -> Vec<Wait> {
    let layout = &session.layout;
    let mut waits: Vec<Wait> = Vec::new();
    for (links, must_succeed) in [(&layout.needs[at], true), (&layout.after[at], false)] {
        for link in links {
            let id = session.items[link.on].id.to_string();
            match waits.iter_mut().find(|wait| wait.why == link.why && wait.must_succeed == must_succeed) {
                Some(wait) => wait.on.push(id),
                None => waits.push(Wait { on: vec![id], why: link.why.clone(), must_succeed }),
            }
        }
    }
    for &point in &layout.behind[at] {
        let point = &layout.points[point];
        let (on, why) = (vec![point.name.clone()], point.why.clone());
        waits.push(Wait { on, why, must_succeed: point.must_succeed });
    }
    waits
}
