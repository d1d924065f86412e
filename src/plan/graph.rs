//! What waits for what: circles, waves and chains of a plan's items.
//!
//! Every walk keeps its own stack, so that neither a chain of ten thousand needs nor a circle can
//! hurt, and touches each need a fixed number of times.

use std::collections::{HashMap, VecDeque};

use super::types::{Hours, Item, Plan};
use crate::ids::ItemId;

/// The points in time of a plan and which of them come before which.
///
/// ```text
/// item i      node i        it is over
/// container i node n + i    its children may begin: what it needs is over
///                           (node i then comes after every child)
/// ```
pub(super) struct Graph {
    items: usize,
    weight: Vec<usize>,
    before: Vec<Vec<usize>>,
    after: Vec<Vec<usize>>,
    /// Per item: a need of it, or of a container above, that no item answers to.
    dangling: Vec<bool>,
}

impl Graph {
    /// Draws the graph. Ids are unique and parents don't run in a circle.
    pub(super) fn of(items: &[Item]) -> Self {
        let count = items.len();
        let positions = positions(items);
        let mut graph = Self {
            items: count,
            weight: vec![0; count * 2],
            before: vec![Vec::new(); count * 2],
            after: vec![Vec::new(); count * 2],
            dangling: vec![false; count],
        };
        for (at, item) in items.iter().enumerate() {
            let begin = if item.container { count + at } else { at };
            graph.weight[at] = usize::from(!item.container);
            for need in &item.needs {
                match positions.get(need) {
                    Some(&need) => graph.link(need, begin),
                    None => graph.dangling[at] = true,
                }
            }
            let parent = item.parent.as_ref().and_then(|parent| positions.get(parent));
            if let Some(&parent) = parent.filter(|&&parent| items[parent].container) {
                graph.link(count + parent, begin);
                graph.link(at, parent);
            }
        }
        graph
    }

    fn link(&mut self, first: usize, then: usize) {
        self.before[then].push(first);
        self.after[first].push(then);
    }

    const fn item_of(&self, node: usize) -> usize {
        if node < self.items { node } else { node - self.items }
    }

    /// Items that wait for each other, one circle for each knot of them, the first item in plan
    /// order leading. `[a, b]` is `a` waits for `b` waits for `a`.
    pub(super) fn circles(&self) -> Vec<Vec<usize>> {
        if self.before.iter().all(Vec::is_empty) {
            return Vec::new();
        }
        let knots = self.knots();
        let mut size = vec![0; knots.len()];
        for &knot in &knots {
            size[knot] += 1;
        }
        let mut seen = vec![false; knots.len()];
        let mut circles = Vec::new();
        for node in 0..knots.len() {
            let tied = size[knots[node]] > 1 || self.before[node].contains(&node);
            if tied && !seen[knots[node]] {
                seen[knots[node]] = true;
                circles.push(self.circle_from(node, &knots));
            }
        }
        circles
    }

    /// The shortest way from a node through its knot back to itself.
    fn circle_from(&self, start: usize, knots: &[usize]) -> Vec<usize> {
        let mut came_from = HashMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            for &next in self.before[node].iter().filter(|&&next| knots[next] == knots[start]) {
                if next == start {
                    return self.way_back(start, node, &came_from);
                }
                came_from.entry(next).or_insert_with(|| {
                    queue.push_back(next);
                    node
                });
            }
        }
        vec![self.item_of(start)]
    }

    fn way_back(&self, start: usize, last: usize, came_from: &HashMap<usize, usize>) -> Vec<usize> {
        let mut way = vec![self.item_of(last)];
        let mut node = last;
        while node != start {
            node = came_from[&node];
            way.push(self.item_of(node));
        }
        way.reverse();
        way.dedup();
        way
    }

    /// Which strongly connected component each node belongs to (Tarjan, without recursion).
    fn knots(&self) -> Vec<usize> {
        const UNSEEN: usize = usize::MAX;
        let count = self.before.len();
        let (mut order, mut low) = (vec![UNSEEN; count], vec![0; count]);
        let mut knots = vec![UNSEEN; count];
        let (mut clock, mut knot, mut open) = (0, 0, Vec::new());
        for root in 0..count {
            if order[root] != UNSEEN {
                continue;
            }
            let mut path = vec![(root, 0)];
            while let Some((node, step)) = path.pop() {
                if step == 0 {
                    order[node] = clock;
                    low[node] = clock;
                    clock += 1;
                    open.push(node);
                }
                if let Some(&next) = self.before[node].get(step) {
                    path.push((node, step + 1));
                    if order[next] == UNSEEN {
                        path.push((next, 0));
                    } else if knots[next] == UNSEEN {
                        low[node] = low[node].min(order[next]);
                    }
                    continue;
                }
                if low[node] == order[node] {
                    while let Some(member) = open.pop() {
                        knots[member] = knot;
                        if member == node {
                            break;
                        }
                    }
                    knot += 1;
                }
                if let Some(&(above, _)) = path.last() {
                    low[above] = low[above].min(low[node]);
                }
            }
        }
        knots
    }

    /// For each item the wave it belongs to, from 0; `None` when it is over, or can never come:
    /// it waits for an item that does not exist, or in a circle.
    fn waves(&self, over: &[bool]) -> Vec<Option<usize>> {
        let mut begin = vec![0; self.before.len()];
        let mut wave = vec![None; self.items];
        let never = |node: usize| self.dangling[self.item_of(node)];
        walk(
            &self.before,
            &self.after,
            |node| self.is_over(node, over),
            never,
            |node, followers| {
                if node < self.items && self.weight[node] == 1 {
                    wave[node] = Some(begin[node]);
                }
                let end = begin[node] + self.weight[node];
                for &next in followers {
                    begin[next] = begin[next].max(end);
                }
            },
        );
        wave
    }

    /// For each item the length of the longest chain of open items that wait for it.
    pub(super) fn chains(&self, over: &[bool]) -> Vec<usize> {
        let mut chain = vec![0; self.before.len()];
        walk(
            &self.after,
            &self.before,
            |node| self.is_over(node, over),
            |_| false,
            |node, earlier| {
                let length = chain[node] + self.weight[node];
                for &next in earlier {
                    chain[next] = chain[next].max(length);
                }
            },
        );
        chain.truncate(self.items);
        chain
    }

    fn is_over(&self, node: usize, over: &[bool]) -> bool {
        over[self.item_of(node)]
    }
}

/// Visits every node that is not over after all that comes before it, and tells it who follows.
/// Nodes in a circle, and what comes after a node that never comes, are not visited.
fn walk(
    before: &[Vec<usize>],
    after: &[Vec<usize>],
    over: impl Fn(usize) -> bool,
    never: impl Fn(usize) -> bool,
    mut visit: impl FnMut(usize, &[usize]),
) {
    let open = |node: &usize| !over(*node);
    let mut waits: Vec<usize> =
        before.iter().map(|earlier| earlier.iter().filter(|it| open(it)).count()).collect();
    let mut queue: VecDeque<usize> =
        (0..before.len()).filter(|node| open(node) && waits[*node] == 0 && !never(*node)).collect();
    while let Some(node) = queue.pop_front() {
        visit(node, &after[node]);
        for &next in after[node].iter().filter(|it| open(it)) {
            waits[next] -= 1;
            if waits[next] == 0 && !never(next) {
                queue.push_back(next);
            }
        }
    }
}

/// Where each id stands. Of two items of one id, the first.
pub(super) fn positions(items: &[Item]) -> HashMap<&ItemId, usize> {
    let mut positions = HashMap::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        positions.entry(&item.id).or_insert(at);
    }
    positions
}

/// The work that is left, in waves: what is in one wave can begin when the waves before it are
/// over, going by needs alone. Items that wait in a circle or for an item that does not exist are in
/// no wave. The plan is settled.
#[must_use]
pub fn waves(plan: &Plan) -> Vec<Vec<ItemId>> {
    let over = over(plan);
    let mut waves: Vec<Vec<ItemId>> = Vec::new();
    for (at, wave) in Graph::of(&plan.items).waves(&over).into_iter().enumerate() {
        let Some(wave) = wave else { continue };
        if waves.len() <= wave {
            waves.resize(wave + 1, Vec::new());
        }
        waves[wave].push(plan.items[at].id.clone());
    }
    waves
}

/// Which items nothing is left to do of.
pub(super) fn over(plan: &Plan) -> Vec<bool> {
    plan.items.iter().map(|item| item.state.is_over()).collect()
}

/// How long waves take one after the other, and how long when each wave runs side by side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Saving {
    /// The sum of all estimates.
    pub sequential: Hours,
    /// The sum of each wave's longest.
    pub parallel: Hours,
    /// Items that give no estimate, and are in neither figure.
    pub unknown: usize,
}

impl Saving {
    /// What running side by side spares, by the upper figures, in percent of the sequential time.
    #[must_use]
    pub fn percent(&self) -> f64 {
        if self.sequential.high <= 0.0 {
            return 0.0;
        }
        100.0 * (self.sequential.high - self.parallel.high) / self.sequential.high
    }
}

/// What running these waves side by side would spare; `None` when no item gives an estimate.
#[must_use]
pub fn saving(plan: &Plan, waves: &[Vec<ItemId>]) -> Option<Saving> {
    let positions = positions(&plan.items);
    let nothing = Hours { low: 0.0, high: 0.0 };
    let mut saving = Saving { sequential: nothing, parallel: nothing, unknown: 0 };
    let mut known = 0;
    for wave in waves {
        let mut longest = nothing;
        for id in wave {
            let Some(hours) = positions.get(id).and_then(|&at| plan.items[at].hours) else {
                saving.unknown += 1;
                continue;
            };
            known += 1;
            saving.sequential = plus(saving.sequential, hours);
            longest = Hours { low: longest.low.max(hours.low), high: longest.high.max(hours.high) };
        }
        saving.parallel = plus(saving.parallel, longest);
    }
    (known > 0).then_some(saving)
}

fn plus(a: Hours, b: Hours) -> Hours {
    Hours { low: a.low + b.low, high: a.high + b.high }
}
