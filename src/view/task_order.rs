//! The tasks of a run in the order of their graph, by group, and its critical path.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    time::Duration,
};

use crate::{
    clock::Timestamp,
    run::{RunRecord, Specification, TaskRecord},
};

/// Tasks by their places in the specification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskOrder {
    /// Groups in the order in which their first task comes; tasks under no heading have a group
    /// without a name. A task never stands before one of its group that it needs.
    pub groups: Vec<TaskGroup>,
    /// What each task needs.
    needs: Vec<Vec<usize>>,
    /// All tasks, each behind what it needs.
    sorted: Vec<usize>,
}

/// Tasks of one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskGroup {
    /// The heading.
    pub name: Option<String>,
    /// Places in the specification.
    pub tasks: Vec<usize>,
}

impl TaskOrder {
    /// Orders the tasks of a run; among those that need nothing of each other the plan's order stays.
    #[must_use]
    pub fn of(spec: &Specification) -> Self {
        let places: HashMap<_, _> =
            spec.tasks.iter().enumerate().map(|(at, task)| (&task.name, at)).collect();
        let needs: Vec<Vec<usize>> = spec
            .tasks
            .iter()
            .map(|task| task.needs.iter().filter_map(|need| places.get(need).copied()).collect())
            .collect();
        let sorted = sorted(&needs);
        let mut groups: Vec<TaskGroup> = Vec::new();
        let mut known: HashMap<Option<&str>, usize> = HashMap::new();
        for at in &sorted {
            let name = spec.tasks[*at].group.as_deref();
            let group = *known.entry(name).or_insert_with(|| {
                groups.push(TaskGroup { name: name.map(str::to_owned), tasks: Vec::new() });
                groups.len() - 1
            });
            groups[group].tasks.push(*at);
        }
        Self { groups, needs, sorted }
    }

    /// Which tasks are on the critical path: the chain of needs that takes longest, by what is known
    /// of how long its tasks took, or have been going on. A task that has not begun counts as the mean
    /// of those that ended. Where nothing needs anything there is none.
    #[must_use]
    pub fn critical(&self, run: &RunRecord, now: Timestamp) -> Vec<bool> {
        let mut critical = vec![false; self.needs.len()];
        if self.needs.iter().all(Vec::is_empty) {
            return critical;
        }
        let took: Vec<Option<Duration>> = run.tasks.iter().map(|task| took(task, now)).collect();
        let known: Vec<Duration> = took.iter().flatten().copied().collect();
        let count = u32::try_from(known.len()).unwrap_or(u32::MAX);
        let mean = known.iter().sum::<Duration>().checked_div(count).unwrap_or(Duration::from_secs(1));
        let mut ends = vec![Duration::ZERO; self.needs.len()];
        for at in &self.sorted {
            let own = took.get(*at).copied().flatten().unwrap_or(mean);
            let before = self.needs[*at].iter().map(|need| ends[*need]).max().unwrap_or_default();
            ends[*at] = before + own;
        }
        let mut next = self.sorted.iter().copied().max_by_key(|at| (ends[*at], Reverse(*at)));
        while let Some(at) = next {
            critical[at] = true;
            next = self.needs[at].iter().copied().max_by_key(|need| (ends[*need], Reverse(*need)));
        }
        critical
    }
}

/// From the first launch to the end, waiting between attempts included; to `now` while it goes on.
fn took(task: &TaskRecord, now: Timestamp) -> Option<Duration> {
    let start = task.attempts.first()?.started_at?;
    let end = if task.status.is_over() { task.attempts.last()?.ended_at? } else { now };
    Some(end.since(start))
}

/// Each behind what it needs; what could come at once comes in its own order.
fn sorted(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut waits: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut wanted_by = vec![Vec::new(); needs.len()];
    for (at, needs) in needs.iter().enumerate() {
        for need in needs {
            wanted_by[*need].push(at);
        }
    }
    let free = waits.iter().enumerate().filter(|(_, waits)| **waits == 0).map(|(at, _)| Reverse(at));
    let mut free: BinaryHeap<Reverse<usize>> = free.collect();
    let mut sorted = Vec::with_capacity(needs.len());
    while let Some(Reverse(at)) = free.pop() {
        sorted.push(at);
        for next in &wanted_by[at] {
            waits[*next] -= 1;
            if waits[*next] == 0 {
                free.push(Reverse(*next));
            }
        }
    }
    // A specification has no circle; whatever was in one would still be shown.
    let missing: Vec<usize> = (0..needs.len()).filter(|at| waits[*at] > 0).collect();
    sorted.extend(missing);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_comes_first_and_else_the_order_of_the_plan_stays() {
        let check = |needs: &[&[usize]], expected: &[usize]| {
            let needs: Vec<Vec<usize>> = needs.iter().map(|it| it.to_vec()).collect();
            assert_eq!(sorted(&needs), expected, "{needs:?}");
        };
        check(&[], &[]);
        check(&[&[], &[], &[]], &[0, 1, 2]);
        check(&[&[2], &[], &[1]], &[1, 2, 0]);
        check(&[&[1, 3], &[], &[0], &[]], &[1, 3, 0, 2]);
        check(&[&[1], &[0], &[]], &[2, 0, 1]);
    }
}
