//! The specification as the scheduler needs it: numbers for names, who waits for whom, what is urgent.

use std::{cmp::Reverse, collections::HashMap, sync::Arc};

use crate::{
    ids::{AttemptId, TaskName},
    run::{Specification, Task},
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
    /// Who waits for this one, each once, in plan order.
    pub dependents: Vec<Vec<Index>>,
    /// How many different tasks this one waits for, those included that are not in the list.
    pub unmet: Vec<usize>,
    /// How many tasks stand in the longest chain that begins with this one.
    chain: Vec<usize>,
}

impl Graph {
    pub fn new(spec: Arc<Specification>) -> Self {
        let index = spec.tasks.iter().enumerate().map(|(at, task)| (task.name.clone(), at)).collect();
        let mut graph = Self {
            index,
            dependents: vec![Vec::new(); spec.tasks.len()],
            unmet: Vec::new(),
            chain: vec![1; spec.tasks.len()],
            spec,
        };
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
        (Reverse(self.chain[at]), at)
    }

    fn join(&mut self) {
        for (at, task) in self.spec.tasks.iter().enumerate() {
            let mut needs: Vec<&TaskName> = task.needs.iter().collect();
            needs.sort_unstable();
            needs.dedup();
            self.unmet.push(needs.len());
            for need in needs {
                if let Some(&need) = self.index.get(need) {
                    self.dependents[need].push(at);
                }
            }
        }
    }

    /// Walks from the ends towards the beginnings. A circle has no end and keeps its ones.
    fn measure(&mut self) {
        let mut open: Vec<usize> = self.dependents.iter().map(Vec::len).collect();
        let mut settled: Vec<Index> = (0..open.len()).filter(|&at| open[at] == 0).collect();
        while let Some(at) = settled.pop() {
            for need in self.known_needs(at) {
                self.chain[need] = self.chain[need].max(self.chain[at] + 1);
                open[need] -= 1;
                if open[need] == 0 {
                    settled.push(need);
                }
            }
        }
    }

    fn known_needs(&self, at: Index) -> Vec<Index> {
        let mut needs: Vec<Index> = self.task(at).needs.iter().filter_map(|need| self.find(need)).collect();
        needs.sort_unstable();
        needs.dedup();
        needs
    }
}
