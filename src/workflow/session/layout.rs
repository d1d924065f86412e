//! Who waits for whom in a run of a whole plan, and why.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use super::choose::{Choice, Need};
use crate::{ids::ItemId, run::Finding};

/// Something that an item waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// The earlier item, by its number among the chosen.
    pub on: usize,
    /// In words.
    pub why: String,
}

/// A point that items wait at together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// What has to be passed.
    pub name: String,
    /// The items before it.
    pub before: Vec<usize>,
    /// Those have to succeed.
    pub must_succeed: bool,
    /// Why it is there.
    pub why: String,
}

/// Who waits for whom.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// What must have succeeded before each item.
    pub needs: Vec<Vec<Link>>,
    /// What must be over before each item.
    pub after: Vec<Vec<Link>>,
    /// The points that each item stands behind.
    pub behind: Vec<Vec<usize>>,
    /// All points.
    pub points: Vec<Point>,
}

/// With more pairs than this a point stands between two sets of items.
const MOST_PAIRS: usize = 16;

impl Layout {
    /// What the items themselves say that they need.
    pub(super) fn of(choice: &Choice<'_>) -> Self {
        let count = choice.items.len();
        let mut layout = Self {
            needs: vec![Vec::new(); count],
            after: vec![Vec::new(); count],
            behind: vec![Vec::new(); count],
            points: Vec::new(),
        };
        let mut containers: HashMap<&ItemId, usize> = HashMap::new();
        for (at, needs) in choice.needs.iter().enumerate() {
            for need in needs {
                match need {
                    Need::Item(on) => layout.need(at, *on, "it needs it"),
                    Need::Container(id, parts) if parts.len() <= MOST_PAIRS => {
                        let why = format!("it needs {id}");
                        for &on in parts {
                            layout.need(at, on, &why);
                        }
                    }
                    Need::Container(id, parts) => {
                        let point = *containers.entry(id).or_insert_with(|| {
                            layout.points.push(Point {
                                name: format!("all of {id}"),
                                before: parts.clone(),
                                must_succeed: true,
                                why: format!("it needs {id}"),
                            });
                            layout.points.len() - 1
                        });
                        layout.behind[at].push(point);
                    }
                }
            }
        }
        layout
    }

    /// One item must have succeeded before another.
    pub fn need(&mut self, at: usize, on: usize, why: &str) {
        if at != on && self.needs[at].iter().all(|link| link.on != on) {
            self.needs[at].push(Link { on, why: why.to_owned() });
        }
    }

    /// One item must be over before another.
    pub fn follow(&mut self, at: usize, on: usize, why: String) {
        let is_there = |links: &[Link]| links.iter().any(|link| link.on == on);
        if at != on && !is_there(&self.needs[at]) && !is_there(&self.after[at]) {
            self.after[at].push(Link { on, why });
        }
    }

    /// All of one set come before all of another.
    pub fn part(&mut self, before: &[usize], behind: &[usize], name: &str, why: &str, must_succeed: bool) {
        if before.len() * behind.len() <= MOST_PAIRS || before.len() == 1 || behind.len() == 1 {
            for &at in behind {
                for &on in before {
                    if must_succeed { self.need(at, on, why) } else { self.follow(at, on, why.to_owned()) }
                }
            }
            return;
        }
        self.points.push(Point {
            name: name.to_owned(),
            before: before.to_vec(),
            must_succeed,
            why: why.to_owned(),
        });
        let point = self.points.len() - 1;
        for &at in behind {
            self.behind[at].push(point);
        }
    }

    /// Adds what a plan's documents say; what would close a circle is left out and told of.
    pub(super) fn add_stated(
        &mut self,
        stated: &[(usize, usize, String)],
        choice: &Choice<'_>,
        findings: &mut Vec<Finding>,
    ) {
        let before = self.needs.clone();
        for (first, then, why) in stated {
            self.need(*then, *first, why);
        }
        if self.in_order().len() == choice.items.len() {
            return;
        }
        self.needs = before;
        for (first, then, why) in stated {
            if self.reaches(*then, *first) {
                findings.push(Finding {
                    code: "circle_of_order",
                    message: format!(
                        "{why} that {} comes before {}, and that would be a circle: what the tasks need decides",
                        choice.items[*first].id, choice.items[*then].id
                    ),
                    place: None,
                });
            } else {
                self.need(*then, *first, why);
            }
        }
    }

    /// Whether the later item comes after the earlier one by what must have succeeded.
    pub fn reaches(&self, first: usize, then: usize) -> bool {
        self.reaches_within(first, then, |_| true)
    }

    /// The same, looking only at items that are asked for.
    pub fn reaches_within(&self, first: usize, then: usize, may: impl Fn(usize) -> bool) -> bool {
        let mut seen = std::collections::HashSet::new();
        let mut open = vec![then];
        while let Some(at) = open.pop() {
            if at == first {
                return true;
            }
            let direct = self.needs[at].iter().chain(&self.after[at]).map(|link| link.on);
            let points = self.behind[at].iter().flat_map(|&point| self.points[point].before.iter().copied());
            open.extend(direct.chain(points).filter(|&it| may(it) && seen.insert(it)));
        }
        false
    }

    /// Every item after all that it waits for, the first in plan order of those that could come next.
    /// What waits in a circle is not in it.
    pub fn in_order(&self) -> Vec<usize> {
        let count = self.needs.len();
        let mut waits: Vec<usize> = (0..count)
            .map(|at| self.needs[at].len() + self.after[at].len() + self.behind[at].len())
            .collect();
        let mut left: Vec<usize> = self.points.iter().map(|point| point.before.len()).collect();
        let (mut then, mut gates) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        let mut opens: Vec<Vec<usize>> = vec![Vec::new(); self.points.len()];
        for at in 0..count {
            for link in self.needs[at].iter().chain(&self.after[at]) {
                then[link.on].push(at);
            }
            self.behind[at].iter().for_each(|&point| opens[point].push(at));
        }
        for (number, point) in self.points.iter().enumerate() {
            point.before.iter().for_each(|&on| gates[on].push(number));
        }
        let mut free: BinaryHeap<Reverse<usize>> =
            (0..count).filter(|&at| waits[at] == 0).map(Reverse).collect();
        let mut order = Vec::with_capacity(count);
        while let Some(Reverse(at)) = free.pop() {
            order.push(at);
            let mut lessen = |next: usize| {
                waits[next] -= 1;
                if waits[next] == 0 {
                    free.push(Reverse(next));
                }
            };
            then[at].iter().for_each(|&next| lessen(next));
            for &point in &gates[at] {
                left[point] -= 1;
                if left[point] == 0 {
                    opens[point].iter().for_each(|&next| lessen(next));
                }
            }
        }
        order
    }
}
