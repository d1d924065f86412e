//! What the end of a task means for those that wait for it: themselves, or at a gate.

use std::sync::Arc;

use super::{State, graph::Index, progress::Progress, state::untouched};

impl State {
    /// It succeeded: one thing less to wait for, for all who did.
    pub(super) fn release(&mut self, at: Index) {
        let graph = Arc::clone(&self.graph);
        for &dependent in &graph.dependents[at] {
            self.lessen(dependent);
        }
        self.is_over(at, true);
    }

    /// It did not, and what needs it never comes to its turn. What only stands after it does.
    pub(super) fn doom(&mut self, at: Index) {
        let dependents = self.graph.dependents[at].iter();
        self.agenda.doomed.extend(dependents.map(|&dependent| (dependent, at)));
        self.is_over(at, false);
    }

    fn is_over(&mut self, at: Index, succeeded: bool) {
        let graph = Arc::clone(&self.graph);
        for &follower in &graph.followers[at] {
            self.lessen(follower);
        }
        for &gate in &graph.gates_behind[at] {
            if graph.gates[gate].must_succeed && !succeeded {
                self.shut(gate, at);
            } else {
                self.pass(gate);
            }
        }
    }

    fn pass(&mut self, gate: usize) {
        let left = &mut self.agenda.gates[gate].left;
        *left -= 1;
        if *left == 0 {
            let graph = Arc::clone(&self.graph);
            for &behind in &graph.gates[gate].behind {
                self.lessen(behind);
            }
        }
    }

    /// Nobody will pass any more. Whoever waits is told once, however many fail before the gate.
    fn shut(&mut self, gate: usize, by: Index) {
        if !std::mem::replace(&mut self.agenda.gates[gate].shut, true) {
            let behind = self.graph.gates[gate].behind.iter();
            self.agenda.doomed.extend(behind.map(|&behind| (behind, by)));
        }
    }

    fn lessen(&mut self, dependent: Index) {
        if let Progress::Waiting { unmet } = self.history.tasks[dependent] {
            self.set(dependent, untouched(unmet - 1));
        }
    }
}
