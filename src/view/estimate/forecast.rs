//! What a run still has to do, lived through a few dozen times: each time every task takes a time of its
//! own history, and slots and needs are kept. The middle and the upper tenth of these lives are said.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap},
    time::Duration,
};

use super::{Estimate, History};
use crate::{
    clock::Timestamp,
    ids::TaskName,
    run::{Gate, RunRecord, Status, TaskRecord},
};

/// How many lives, for a run of few tasks and for one of many. Powers of two: see [`share`].
const LIVES: usize = 64;
const FEWER_LIVES: usize = 16;
/// From so many tasks on there are fewer lives.
const MANY: usize = 500;

/// What is known of each kind of task, by [`Task::recipe`](crate::run::Task::recipe).
pub type Histories = BTreeMap<String, History>;

/// How long a run may still take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forecast {
    /// Of each task that runs now and whose kind is known, what is left of it.
    pub tasks: Vec<(TaskName, Estimate)>,
    /// Until the run ends. Absent when too little is known of anything that is left.
    pub rest: Option<Estimate>,
    /// The tasks that the end of the run waits for, in order; empty where nothing is said of the rest.
    pub critical: Vec<TaskName>,
}

/// How long a run may still take. One that has only been specified is a record of which nothing has
/// happened yet ([`RunRecord::new`]).
#[must_use]
pub fn forecast(record: &RunRecord, histories: &Histories, now: Timestamp) -> Forecast {
    let mut forecast = Forecast::default();
    let mut known = true;
    let mut work = Work { tasks: Vec::new(), slots: record.spec.slots.max(1) };
    let mut places: HashMap<&TaskName, usize> = HashMap::new();
    for (task, spec) in record.tasks.iter().zip(&record.spec.tasks) {
        if task.status.is_over() {
            continue;
        }
        let Some(history) = histories.get(&spec.recipe).filter(|it| !it.is_silent()) else {
            known = false;
            continue;
        };
        let elapsed = elapsed(record, task, now);
        if let Some(estimate) = elapsed.and_then(|elapsed| history.estimate(elapsed)) {
            forecast.tasks.push((task.name.clone(), estimate));
        }
        places.insert(&task.name, work.tasks.len());
        work.tasks.push(Piece {
            name: task.name.as_str(),
            kind: &spec.recipe,
            history,
            elapsed,
            needs: Vec::new(),
        });
    }
    if !known || work.tasks.is_empty() {
        return forecast;
    }
    for spec in &record.spec.tasks {
        if let Some(at) = places.get(&spec.name) {
            // A need that is over is no need any more.
            let gates = spec.gates.iter().filter_map(|gate| record.spec.gates.get(*gate));
            let before = spec.needs.iter().chain(&spec.after).chain(gates.flat_map(latest));
            let mut needs: Vec<usize> = before.filter_map(|need| places.get(need).copied()).collect();
            needs.sort_unstable();
            needs.dedup();
            work.tasks[*at].needs = needs;
        }
    }
    forecast.rest = Some(work.rest());
    forecast.critical = work.critical();
    forecast
}

/// The tasks before a gate that an estimate looks at: all, or of very many the last.
fn latest(gate: &Gate) -> &[TaskName] {
    const ENOUGH: usize = 32;
    &gate.after[gate.after.len().saturating_sub(ENOUGH)..]
}

/// How long steps of one kind may take together, of which each needs others by their place in the list.
/// Absent when too little is known, or when there are none.
#[must_use]
pub fn forecast_steps(needs: Vec<Vec<usize>>, history: &History, slots: usize) -> Option<Estimate> {
    let piece = |needs| Piece { name: "", kind: "", history, elapsed: None, needs };
    let work = Work { tasks: needs.into_iter().map(piece).collect(), slots: slots.max(1) };
    (!history.is_silent() && !work.tasks.is_empty()).then(|| work.rest())
}

/// How long its attempt has been going on, when one does.
fn elapsed(record: &RunRecord, task: &TaskRecord, now: Timestamp) -> Option<Duration> {
    let runs = matches!(task.status, Status::Running | Status::Stopping);
    let start = task.last_attempt().and_then(|attempt| attempt.started_at).filter(|_| runs)?;
    Some(record.awake(start, now))
}

/// What is left to do.
struct Work<'a> {
    tasks: Vec<Piece<'a>>,
    slots: usize,
}

struct Piece<'a> {
    name: &'a str,
    kind: &'a str,
    history: &'a History,
    /// Of what runs.
    elapsed: Option<Duration>,
    needs: Vec<usize>,
}

impl Piece<'_> {
    fn left(&self, share: f64) -> Duration {
        self.history.left(share, self.elapsed.unwrap_or_default())
    }
}

impl Work<'_> {
    fn rest(&self) -> Estimate {
        let lives = if self.tasks.len() < MANY { LIVES } else { FEWER_LIVES };
        let mut ends: Vec<Duration> = (0..lives).map(|life| self.live(life, lives)).collect();
        ends.sort_unstable();
        let all = History::new(&ends);
        let histories: BTreeMap<&str, &History> = self.tasks.iter().map(|it| (it.kind, it.history)).collect();
        let errors = histories.values().filter_map(|it| Some((it.off_by()?, it.samples())));
        Estimate {
            low: all.left(super::history::MIDDLE, Duration::ZERO),
            high: all.left(super::history::UPPER, Duration::ZERO),
            overdue: self
                .tasks
                .iter()
                .any(|it| it.elapsed.is_some_and(|so_far| it.history.is_overdue(so_far))),
            samples: histories.values().map(|it| it.samples()).sum(),
            off_by: weighted(errors),
        }
    }

    /// When the last task ends, in one of several lives.
    fn live(&self, life: usize, lives: usize) -> Duration {
        let took = |at: usize| self.tasks[at].left(share(at, life, lives));
        let mut waits: Vec<usize> = self.tasks.iter().map(|it| it.needs.len()).collect();
        let dependents = self.dependents();
        let mut running: BinaryHeap<Reverse<(Duration, usize)>> = BinaryHeap::new();
        let mut ready: BTreeSet<usize> = BTreeSet::new();
        for (at, task) in self.tasks.iter().enumerate() {
            if task.elapsed.is_some() {
                running.push(Reverse((took(at), at)));
            } else if task.needs.is_empty() {
                ready.insert(at);
            }
        }
        let mut now = Duration::ZERO;
        loop {
            while running.len() < self.slots
                && let Some(at) = ready.pop_first()
            {
                running.push(Reverse((now + took(at), at)));
            }
            let Some(Reverse((end, at))) = running.pop() else { return now };
            now = end;
            for next in &dependents[at] {
                waits[*next] -= 1;
                if waits[*next] == 0 && self.tasks[*next].elapsed.is_none() {
                    ready.insert(*next);
                }
            }
        }
    }

    fn dependents(&self) -> Vec<Vec<usize>> {
        let mut dependents = vec![Vec::new(); self.tasks.len()];
        for (at, task) in self.tasks.iter().enumerate() {
            task.needs.iter().for_each(|need| dependents[*need].push(at));
        }
        dependents
    }

    /// The longest chain by the middle of each task.
    fn critical(&self) -> Vec<TaskName> {
        let dependents = self.dependents();
        let mut waits: Vec<usize> = self.tasks.iter().map(|it| it.needs.len()).collect();
        let mut open: Vec<usize> = (0..waits.len()).filter(|at| waits[*at] == 0).collect();
        let mut begins = vec![(Duration::ZERO, None); waits.len()];
        let mut last = (Duration::ZERO, None);
        while let Some(at) = open.pop() {
            let end = begins[at].0 + self.tasks[at].left(super::history::MIDDLE);
            if end >= last.0 {
                last = (end, Some(at));
            }
            for next in &dependents[at] {
                if end >= begins[*next].0 {
                    begins[*next] = (end, Some(at));
                }
                waits[*next] -= 1;
                if waits[*next] == 0 {
                    open.push(*next);
                }
            }
        }
        let mut chain: Vec<TaskName> = std::iter::successors(last.1, |at| begins[*at].1)
            .map(|at| TaskName::new(self.tasks[at].name))
            .collect();
        chain.reverse();
        chain
    }
}

/// Which part of its history a task takes in one of several lives. Over all lives each task takes every
/// part of it once, in an order of its own: nothing is left to chance, and no two tasks are late together
/// in every life.
fn share(task: usize, life: usize, lives: usize) -> f64 {
    let mixed = (task as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (step, start) = ((mixed >> 40) as usize | 1, (mixed >> 20) as usize);
    // An odd step meets every place, because their number is a power of two.
    let place = life.wrapping_mul(step).wrapping_add(start) % lives;
    #[expect(clippy::cast_precision_loss, reason = "there are a few dozen lives")]
    let share = place as f64 / (lives - 1) as f64;
    share
}

/// The mean of errors in percent, each counted as often as it has samples.
fn weighted(errors: impl Iterator<Item = (u32, usize)>) -> Option<u32> {
    let (sum, samples) = errors.fold((0, 0), |(sum, all), (error, samples)| {
        (sum + u64::from(error) * samples as u64, all + samples as u64)
    });
    u32::try_from(sum.checked_div(samples)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(list: &[u64]) -> History {
        History::new(&list.iter().map(|it| Duration::from_secs(*it)).collect::<Vec<_>>())
    }

    fn rest(needs: &[&[usize]], history: &History, slots: usize) -> (u64, u64) {
        let needs = needs.iter().map(|it| it.to_vec()).collect();
        let estimate = forecast_steps(needs, history, slots).unwrap();
        (estimate.low.as_secs(), estimate.high.as_secs())
    }

    #[test]
    fn needs_and_slots_make_the_time_longer_and_slots_shorter() {
        let always = seconds(&[10; 6]);
        assert_eq!(rest(&[&[]], &always, 1), (10, 10));
        assert_eq!(rest(&[&[], &[], &[]], &always, 1), (30, 30));
        assert_eq!(rest(&[&[], &[], &[]], &always, 2), (20, 20));
        assert_eq!(rest(&[&[], &[], &[]], &always, 9), (10, 10));
        assert_eq!(rest(&[&[], &[0], &[0], &[1, 2]], &always, 9), (30, 30));
    }

    #[test]
    fn one_alone_takes_what_its_history_says_and_many_are_never_all_late() {
        let varied = seconds(&[10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110]);
        let (low, high) = rest(&[&[]], &varied, 1);
        assert!((58..=62).contains(&low) && (98..=102).contains(&high), "{low} {high}");
        let row: Vec<Vec<usize>> = (0..16_usize).map(|at| at.checked_sub(1).into_iter().collect()).collect();
        let estimate = forecast_steps(row, &varied, 1).unwrap();
        let (low, high) = (estimate.low.as_secs(), estimate.high.as_secs());
        assert!((850..=1_070).contains(&low), "about sixteen times the middle: {low}");
        assert!(high > low && high < 16 * 90, "less than sixteen late ones in a row: {high}");
    }

    #[test]
    fn too_little_history_and_nothing_left_say_nothing() {
        assert_eq!(forecast_steps(vec![vec![]], &seconds(&[1, 2, 3, 4]), 1), None);
        assert_eq!(forecast_steps(vec![], &seconds(&[1, 2, 3, 4, 5]), 1), None);
    }

    #[test]
    fn a_circle_ends_too() {
        assert_eq!(rest(&[&[1], &[0], &[]], &seconds(&[5; 5]), 1), (5, 5));
    }

    #[test]
    fn every_task_takes_every_part_of_its_history_once() {
        for task in 0..200 {
            for lives in [FEWER_LIVES, LIVES] {
                let mut shares: Vec<f64> = (0..lives).map(|life| share(task, life, lives)).collect();
                shares.sort_unstable_by(f64::total_cmp);
                shares.dedup();
                assert_eq!((shares.len(), shares[0], shares[lives - 1]), (lives, 0.0, 1.0), "{task}");
            }
        }
    }
}
