//! The specification as the scheduler needs it: numbers for names, who waits for whom, what is urgent.

use std::{cmp::Reverse, collections::HashMap, sync::Arc};

use crate::{
    ids::{AttemptId, TaskName},
    run::{Doer, Specification, Task, Work},
};

/// A task's place in the specification.
pub(super) type Index = usize;

/// Who is launched first: the longest chain of tasks behind it, then the order of the plan.
pub(super) type Urgency = (Reverse<usize>, Index);

/// Never changes while a run goes on.
#[derive(Debug)]
pub(super) struct Graph {
    pub spec: Arc<Specification>,
    index: HashMap<TaskName, Index>,
    /// Who needs this one, each once, in plan order.
    pub dependents: Vec<Vec<Index>>,
    /// Who begins after this one however it ended, each once, in plan order.
    pub followers: Vec<Vec<Index>>,
    /// The gates that this one stands before.
    pub gates_behind: Vec<Vec<usize>>,
    pub gates: Vec<GateNode>,
    /// How many different tasks and gates this one waits for, those needs included that are not in the
    /// list.
    pub unmet: Vec<usize>,
    /// How many tasks stand in the longest chain that begins with this one.
    chain: Vec<usize>,
    /// Which tasks start an agent.
    pub agents: Vec<bool>,
}

/// A gate, with numbers for names.
#[derive(Debug)]
pub(super) struct GateNode {
    /// How many tasks of the list stand before it.
    pub waits: usize,
    /// The tasks that stand behind it, each once, in plan order.
    pub behind: Vec<Index>,
    pub must_succeed: bool,
}

impl Graph {
    pub fn new(spec: Arc<Specification>) -> Self {
        let index = spec.tasks.iter().enumerate().map(|(at, task)| (task.name.clone(), at)).collect();
        let count = spec.tasks.len();
        let mut graph = Self {
            index,
            dependents: vec![Vec::new(); count],
            followers: vec![Vec::new(); count],
            gates_behind: vec![Vec::new(); count],
            gates: Vec::new(),
            unmet: Vec::new(),
            agents: spec.tasks.iter().map(starts_an_agent).collect(),
            chain: vec![1; count],
            spec,
        };
        graph.place_gates();
        graph.join();
        graph.measure();
        graph
    }

    pub fn task(&self, at: Index) -> &Task {
        &self.spec.tasks[at]
    }

    pub fn find(&self, name: &TaskName) -> Option<Index> {
        self.index.get(name).copied()
    }

    pub fn attempt(&self, at: Index, number: u32) -> AttemptId {
        AttemptId { task: self.task(at).name.clone(), number }
    }

    pub fn urgency(&self, at: Index) -> Urgency {
        let in_order = self.spec.strategy.as_ref().is_some_and(|it| it.strategy.keeps_plan_order());
        (Reverse(if in_order { 0 } else { self.chain[at] }), at)
    }

    fn place_gates(&mut self) {
        for (number, gate) in self.spec.gates.iter().enumerate() {
            let before = self.known(&gate.after);
            for &at in &before {
                self.gates_behind[at].push(number);
            }
            let (waits, must_succeed) = (before.len(), gate.must_succeed);
            self.gates.push(GateNode { waits, behind: Vec::new(), must_succeed });
        }
    }

    fn join(&mut self) {
        for (at, task) in self.spec.tasks.iter().enumerate() {
            let mut needs: Vec<&TaskName> = task.needs.iter().collect();
            needs.sort_unstable();
            needs.dedup();
            let mut unmet = needs.len();
            for need in self.known(&task.needs) {
                self.dependents[need].push(at);
            }
            for before in self.known(&task.after) {
                unmet += 1;
                self.followers[before].push(at);
            }
            let mut gates = task.gates.clone();
            gates.sort_unstable();
            gates.dedup();
            for gate in gates {
                let Some(gate) = self.gates.get_mut(gate).filter(|it| it.waits > 0) else { continue };
                unmet += 1;
                gate.behind.push(at);
            }
            self.unmet.push(unmet);
        }
    }

    /// Walks from the ends towards the beginnings. A circle has no end and keeps its ones.
    ///
    /// Gates are nodes behind the tasks that count for nothing themselves.
    fn measure(&mut self) {
        let (before, mut open) = self.nodes();
        let mut behind = vec![0; before.len()];
        let mut settled: Vec<usize> = (0..open.len()).filter(|&node| open[node] == 0).collect();
        while let Some(node) = settled.pop() {
            let length = behind[node] + usize::from(node < self.chain.len());
            if let Some(chain) = self.chain.get_mut(node) {
                *chain = length;
            }
            for &earlier in &before[node] {
                behind[earlier] = behind[earlier].max(length);
                open[earlier] -= 1;
                if open[earlier] == 0 {
                    settled.push(earlier);
                }
            }
        }
    }

    /// For each task, then for each gate: what comes before it, and how many come behind it.
    fn nodes(&self) -> (Vec<Vec<usize>>, Vec<usize>) {
        let tasks = self.chain.len();
        let mut before = vec![Vec::new(); tasks + self.gates.len()];
        let mut open = vec![0; before.len()];
        let mut link = |first: usize, then: usize| {
            before[then].push(first);
            open[first] += 1;
        };
        for at in 0..tasks {
            self.dependents[at].iter().chain(&self.followers[at]).for_each(|&then| link(at, then));
            self.gates_behind[at].iter().for_each(|&gate| link(at, tasks + gate));
        }
        for (number, gate) in self.gates.iter().enumerate() {
            gate.behind.iter().for_each(|&then| link(tasks + number, then));
        }
        (before, open)
    }

    /// The tasks of the list that are named, each once, in plan order.
    fn known(&self, names: &[TaskName]) -> Vec<Index> {
        let mut known: Vec<Index> = names.iter().filter_map(|name| self.find(name)).collect();
        known.sort_unstable();
        known.dedup();
        known
    }
}

fn starts_an_agent(task: &Task) -> bool {
    match &task.work {
        Work::Program => false,
        Work::Performed(performance) => matches!(performance.doer, Doer::Agent { .. }),
    }
}
