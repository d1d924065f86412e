//! Which items of a plan are run: all that are open, but for what nothing here can move.

use std::collections::HashMap;

use crate::{
    ids::ItemId,
    plan::{Item, ItemState, Plan},
    run::{LeftOut, Refusal},
};

/// The items that are run, and how they hang together.
pub(super) struct Choice<'a> {
    /// In plan order.
    pub items: Vec<&'a Item>,
    /// For each of them, what it needs among them.
    pub needs: Vec<Vec<Need>>,
    /// Open items that are not run, in plan order.
    pub left_out: Vec<LeftOut>,
    /// For each position in the plan, the position among the chosen.
    pub places: HashMap<&'a ItemId, usize>,
}

/// Something that a chosen item needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Another chosen item.
    Item(usize),
    /// All chosen parts of a container, by its id.
    Container(ItemId, Vec<usize>),
}

/// Chooses what is run.
///
/// # Errors
/// When items need each other in a circle: none of them would ever begin.
pub(super) fn choose(plan: &Plan) -> Result<Choice<'_>, Refusal> {
    let graph = Graph::of(plan);
    let fates = graph.fates()?;
    let mut choice =
        Choice { items: Vec::new(), needs: Vec::new(), left_out: Vec::new(), places: HashMap::new() };
    let mut numbers = vec![None; plan.items.len()];
    for (at, item) in plan.items.iter().enumerate().filter(|(_, item)| !item.container && !item.step) {
        match &fates[at] {
            Fate::Runs => {
                numbers[at] = Some(choice.items.len());
                choice.places.insert(&item.id, choice.items.len());
                choice.items.push(item);
            }
            Fate::Over => {}
            Fate::Out(why) => choice.left_out.push(LeftOut { item: item.id.clone(), why: why.clone() }),
        }
    }
    let mut parts: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, _) in numbers.iter().enumerate().filter(|(_, number)| number.is_some()) {
        let needs = graph.before[at].iter().filter_map(|&need| graph.need(need, &numbers, &mut parts));
        choice.needs.push(needs.collect());
    }
    Ok(choice)
}

/// What becomes of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    Over,
    Runs,
    Out(String),
}

/// Items by their position in the plan, and what has to be over before each.
struct Graph<'a> {
    plan: &'a Plan,
    /// A container comes after its parts; a part after what its container needs.
    before: Vec<Vec<usize>>,
    /// A need that the plan does not have.
    dangling: Vec<Option<&'a ItemId>>,
    /// The direct parts of each container.
    parts: Vec<Vec<usize>>,
}

impl<'a> Graph<'a> {
    fn of(plan: &'a Plan) -> Self {
        let count = plan.items.len();
        let positions: HashMap<&ItemId, usize> =
            plan.items.iter().enumerate().map(|(at, item)| (&item.id, at)).collect();
        let parent_of = |item: &Item| {
            let at = *positions.get(item.parent.as_ref()?)?;
            plan.items[at].container.then_some(at)
        };
        let mut graph = Self {
            plan,
            before: vec![Vec::new(); count],
            dangling: vec![None; count],
            parts: vec![Vec::new(); count],
        };
        for (at, item) in plan.items.iter().enumerate() {
            if let Some(parent) = parent_of(item) {
                graph.parts[parent].push(at);
            }
            if item.container {
                continue;
            }
            let mut lineage = vec![item];
            while let Some(parent) = lineage.last().and_then(|it| parent_of(it)) {
                if lineage.len() > MOST_LEVELS {
                    break;
                }
                lineage.push(&plan.items[parent]);
            }
            for need in lineage.iter().flat_map(|it| &it.needs).filter(|need| **need != item.id) {
                match positions.get(need) {
                    Some(&need) => graph.before[at].push(need),
                    None => _ = graph.dangling[at].get_or_insert(need),
                }
            }
        }
        for at in (0..count).filter(|&at| plan.items[at].container) {
            graph.before[at].clone_from(&graph.parts[at]);
        }
        for before in &mut graph.before {
            let mut seen = std::collections::HashSet::new();
            before.retain(|need| seen.insert(*need));
        }
        graph
    }

    /// What becomes of each item, each looked at once, after all that comes before it.
    fn fates(&self) -> Result<Vec<Fate>, Refusal> {
        let count = self.before.len();
        let is_over = |at: usize| !self.plan.items[at].container && self.plan.items[at].state.is_over();
        let mut behind: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut waits = vec![0_usize; count];
        for at in (0..count).filter(|&at| !is_over(at)) {
            for &need in &self.before[at] {
                behind[need].push(at);
                waits[at] += 1;
            }
        }
        let mut fates: Vec<Option<Fate>> = vec![None; count];
        let mut free: Vec<usize> = (0..count).rev().filter(|&at| waits[at] == 0).collect();
        while let Some(at) = free.pop() {
            fates[at] = Some(self.fate(at, &fates));
            for &next in &behind[at] {
                waits[next] -= 1;
                if waits[next] == 0 {
                    free.push(next);
                }
            }
        }
        match fates.iter().position(Option::is_none) {
            Some(at) => Err(self.circle(at, &fates)),
            None => Ok(fates.into_iter().flatten().collect()),
        }
    }

    fn fate(&self, at: usize, fates: &[Option<Fate>]) -> Fate {
        let item = &self.plan.items[at];
        if !item.container && item.state.is_over() {
            return Fate::Over;
        }
        if let Some(why) = held_back(item) {
            return Fate::Out(why);
        }
        if let Some(need) = self.dangling[at] {
            return Fate::Out(format!("it needs {need}, which this plan does not have"));
        }
        let is_out = |need: &&usize| matches!(fates[**need], Some(Fate::Out(_)));
        match self.before[at].iter().find(is_out) {
            Some(&need) => Fate::Out(format!("it needs {}, which is left out", self.plan.items[need].id)),
            None => Fate::Runs,
        }
    }

    /// From an item that was never reached back along what it waits for, until one comes again.
    fn circle(&self, from: usize, fates: &[Option<Fate>]) -> Refusal {
        let mut way = vec![from];
        let mut seen = HashMap::from([(from, 0)]);
        let start = loop {
            let at = way[way.len() - 1];
            let next = self.before[at].iter().copied().find(|&need| fates[need].is_none());
            let next = next.expect("what was never reached waits for something that was not either");
            if let Some(&start) = seen.get(&next) {
                break start;
            }
            seen.insert(next, way.len());
            way.push(next);
        };
        let mut ids: Vec<String> =
            way[start..].iter().map(|&at| self.plan.items[at].id.to_string()).collect();
        ids.push(ids[0].clone());
        let place = &self.plan.items[way[start]].place;
        let what = format!("{} can't be run as a whole", self.plan.id);
        let why = format!("{} is a circle of needs ({place}); take one of them out", ids.join(" → "));
        Refusal::WrongState { what, why }
    }

    /// A need as it stands among the chosen; nothing where it is over.
    fn need(
        &self,
        need: usize,
        numbers: &[Option<usize>],
        known: &mut HashMap<usize, Vec<usize>>,
    ) -> Option<Need> {
        if !self.plan.items[need].container {
            return numbers[need].map(Need::Item);
        }
        let leaves = known.entry(need).or_insert_with(|| self.leaves(need, numbers));
        let id = self.plan.items[need].id.clone();
        (!leaves.is_empty()).then(|| Need::Container(id, leaves.clone()))
    }

    fn leaves(&self, container: usize, numbers: &[Option<usize>]) -> Vec<usize> {
        let mut open = vec![container];
        let mut leaves = Vec::new();
        while let Some(at) = open.pop() {
            leaves.extend(numbers[at]);
            open.extend(self.parts[at].iter().filter(|&&part| part != at));
        }
        leaves.sort_unstable();
        leaves.dedup();
        leaves
    }
}

/// No plan is nested deeper by hand, and a circle of parents would have no end.
const MOST_LEVELS: usize = 32;

/// Why nothing here can move an open item.
fn held_back(item: &Item) -> Option<String> {
    if item.container {
        return None;
    }
    match item.state {
        ItemState::InReview => Some("it waits for a review, and a person decides that".to_owned()),
        ItemState::Unknown => {
            let word = item.raw_state.as_deref().unwrap_or_default();
            Some(format!("its state can't be understood: {}", crate::text::plain(word)))
        }
        ItemState::Blocked if item.blocked_by.is_empty() => {
            let why = if item.why.is_empty() { String::new() } else { format!(" ({})", item.why) };
            Some(format!("its plan says that it is blocked{why}"))
        }
        _ => None,
    }
}
