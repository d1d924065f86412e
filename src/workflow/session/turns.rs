//! Phases, and who goes after whom inside of one where not everything may run at once.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    choose::Choice,
    layout::Layout,
    strategy::{Companions, Phases, Way},
};
use crate::{
    ids::ItemId,
    plan::{Inner, Item, Order, Phase, Plan},
    run::{Finding, Strategy},
};

/// Where each item stands: its phase, and its turn in that. What differs in these is parted already.
pub(super) type Stand = (usize, usize);

/// Parts the items into phases and turns.
pub(super) fn part(
    plan: &Plan,
    choice: &Choice<'_>,
    way: &Way,
    layout: &mut Layout,
    findings: &mut Vec<Finding>,
) -> Vec<Stand> {
    if way.chosen.strategy == Strategy::Tdd {
        chain_cycles(choice, layout);
    }
    let order = layout.in_order();
    let parting = Parting::of(plan, choice, way);
    let mut phases = parting.phases.clone();
    keep_needs(&order, choice, layout, &mut phases, findings);
    let turns = match way.inner {
        Inner::Parallel => vec![0; choice.items.len()],
        Inner::Mixed => take_turns(&order, plan, choice, way, layout, &phases, &parting.free),
    };
    let stands: Vec<Stand> = phases.into_iter().zip(turns).collect();
    raise_barriers(&stands, &parting, layout);
    stands
}

/// What is known of the phases before needs are looked at.
struct Parting {
    /// By chosen item.
    phases: Vec<usize>,
    /// By phase, for people.
    names: Vec<String>,
    /// By phase: its heading lets its items run side by side.
    free: Vec<bool>,
    why: fn(&str) -> String,
}

impl Parting {
    fn of(plan: &Plan, choice: &Choice<'_>, way: &Way) -> Self {
        match way.phases {
            Phases::None => Self {
                phases: vec![0; choice.items.len()],
                names: Vec::new(),
                free: Vec::new(),
                why: |_| String::new(),
            },
            Phases::Lines => Self::by_lines(plan, choice),
            Phases::Stated => Self::stated(plan, choice),
        }
    }

    /// Each item after all above it, but for those of one group that may run beside each other.
    fn by_lines(plan: &Plan, choice: &Choice<'_>) -> Self {
        let mut phases = Vec::new();
        let mut names: Vec<String> = Vec::new();
        let mut last: Option<&Item> = None;
        for item in &choice.items {
            let beside = last.is_some_and(|it| it.parallel && item.parallel && it.group == item.group);
            if !beside {
                let group = item.group.and_then(|group| plan.groups.get(group));
                names.push(group.map_or_else(|| item.id.to_string(), |group| group.name.clone()));
            }
            phases.push(names.len() - 1);
            last = Some(item);
        }
        let free = vec![true; names.len()];
        Self { phases, names, free, why: |_| "it stands above it".to_owned() }
    }

    /// An item that no phase lists belongs to that of the item above it.
    fn stated(plan: &Plan, choice: &Choice<'_>) -> Self {
        let own: Vec<Phase>;
        let phases: &[Phase] = match plan.order.as_deref() {
            Some(Order { phases, .. }) if !phases.is_empty() => phases,
            _ => {
                own = groups(plan);
                &own
            }
        };
        let listed: HashMap<&ItemId, usize> = phases
            .iter()
            .enumerate()
            .flat_map(|(number, phase)| phase.items.iter().map(move |id| (id, number)))
            .collect();
        let mut last = 0;
        let mut phase_of = |item: &&Item| {
            let by_parent = || listed.get(item.parent.as_ref()?);
            last = listed.get(&item.id).or_else(by_parent).copied().unwrap_or(last);
            last
        };
        Self {
            phases: choice.items.iter().map(&mut phase_of).collect(),
            names: phases.iter().map(|phase| phase.name.clone()).collect(),
            free: phases.iter().map(|phase| phase.parallel).collect(),
            why: |name| format!("\"{name}\" comes first"),
        }
    }
}

/// The plan's own headings as phases.
fn groups(plan: &Plan) -> Vec<Phase> {
    let group = |(number, group): (usize, &crate::plan::Group)| Phase {
        name: group.name.clone(),
        items: plan.leaves().filter(|it| it.group == Some(number)).map(|it| it.id.clone()).collect(),
        parallel: false,
        place: crate::plan::Place::file(&plan.path),
    };
    plan.groups.iter().enumerate().map(group).collect()
}

/// An item whose need stands in a later phase is moved to that: needs decide.
fn keep_needs(
    order: &[usize],
    choice: &Choice<'_>,
    layout: &Layout,
    phases: &mut [usize],
    findings: &mut Vec<Finding>,
) {
    for &at in order {
        let points = layout.behind[at].iter().flat_map(|&point| &layout.points[point].before);
        let needs = layout.needs[at].iter().map(|link| &link.on).chain(points);
        let Some(&latest) = needs.max_by_key(|&&need| phases[need]) else { continue };
        if phases[latest] > phases[at] {
            phases[at] = phases[latest];
            let (item, need) = (choice.items[at], choice.items[latest]);
            findings.push(Finding {
                code: "phase_against_need",
                message: format!(
                    "{} stands in an earlier phase than {}, which it needs: it is run with that one's phase",
                    item.id, need.id
                ),
                place: Some(item.place.to_string()),
            });
        }
    }
}

/// One after the other, but for companions: the turn of each item within its phase.
fn take_turns(
    order: &[usize],
    plan: &Plan,
    choice: &Choice<'_>,
    way: &Way,
    layout: &Layout,
    phases: &[usize],
    free: &[bool],
) -> Vec<usize> {
    let companies = Companies::of(plan, choice, way.companions, phases, free);
    let mut turns: Vec<Option<usize>> = vec![None; choice.items.len()];
    let mut count = 0;
    for &leader in order {
        if turns[leader].is_some() {
            continue;
        }
        turns[leader] = Some(count);
        let mut members = vec![leader];
        for candidate in companies.beside(leader) {
            let placed =
                |on: usize| turns[on].is_some_and(|turn| turn < count) || phases[on] < phases[candidate];
            let may = turns[candidate].is_none()
                && phases[candidate] == phases[leader]
                && layout.needs[candidate].iter().chain(&layout.after[candidate]).all(|link| placed(link.on))
                && layout.behind[candidate]
                    .iter()
                    .all(|&it| layout.points[it].before.iter().all(|&on| placed(on)))
                && members.iter().all(|&member| companies.together(member, candidate));
            if may {
                turns[candidate] = Some(count);
                members.push(candidate);
            }
        }
        count += 1;
    }
    turns.into_iter().map(|turn| turn.unwrap_or(count)).collect()
}

/// Who may run beside whom.
struct Companies {
    members: Vec<Vec<usize>>,
    of_item: Vec<Vec<usize>>,
}

impl Companies {
    fn of(plan: &Plan, choice: &Choice<'_>, from: Companions, phases: &[usize], free: &[bool]) -> Self {
        let mut members: Vec<Vec<usize>> = match from {
            Companions::Groups => by_group(choice),
            Companions::Listed => {
                let listed = plan.order.iter().flat_map(|order| &order.companies);
                let number = |id: &ItemId| choice.places.get(id).copied();
                listed.map(|company| company.items.iter().filter_map(number).collect()).collect()
            }
        };
        for (phase, _) in free.iter().enumerate().filter(|(_, free)| **free) {
            members.push((0..phases.len()).filter(|&at| phases[at] == phase).collect());
        }
        let mut of_item = vec![Vec::new(); choice.items.len()];
        for (number, company) in members.iter_mut().enumerate() {
            company.sort_unstable();
            company.dedup();
            for &at in company.iter() {
                of_item[at].push(number);
            }
        }
        Self { members, of_item }
    }

    fn beside(&self, leader: usize) -> Vec<usize> {
        let mut beside: Vec<usize> =
            self.of_item[leader].iter().flat_map(|&company| self.members[company].iter().copied()).collect();
        beside.sort_unstable();
        beside.dedup();
        beside
    }

    fn together(&self, one: usize, other: usize) -> bool {
        self.of_item[one].iter().any(|company| self.of_item[other].contains(company))
    }
}

/// Items of one execution group that need nothing and are not critical.
fn by_group(choice: &Choice<'_>) -> Vec<Vec<usize>> {
    let mut names: HashMap<&str, usize> = HashMap::new();
    let mut members: Vec<Vec<usize>> = Vec::new();
    for (at, item) in choice.items.iter().enumerate() {
        let Some(company) = item.company.as_deref() else { continue };
        if !choice.needs[at].is_empty() || item.priority == Some(0) {
            continue;
        }
        let number = *names.entry(company).or_insert_with(|| {
            members.push(Vec::new());
            members.len() - 1
        });
        members[number].push(at);
    }
    members
}

/// Between a phase and the next one stands a barrier; between a turn and the next one only patience.
fn raise_barriers(stands: &[Stand], parting: &Parting, layout: &mut Layout) {
    let mut phases: BTreeMap<usize, BTreeMap<usize, Vec<usize>>> = BTreeMap::new();
    for (at, &(phase, turn)) in stands.iter().enumerate() {
        phases.entry(phase).or_default().entry(turn).or_default().push(at);
    }
    let mut before: Option<(usize, Vec<usize>)> = None;
    for (phase, turns) in phases {
        let turns: Vec<Vec<usize>> = turns.into_values().collect();
        for pair in turns.windows(2) {
            layout.part(&pair[0], &pair[1], "the turn before", "one at a time", false);
        }
        // All items of a phase wait for the one before, not only those of its first turn.
        let mut all: Vec<usize> = turns.into_iter().flatten().collect();
        all.sort_unstable();
        if let Some((earlier, members)) = before {
            let name = parting.names.get(earlier).map(String::as_str).unwrap_or_default();
            layout.part(&members, &all, &format!("all of \"{name}\""), &(parting.why)(name), true);
        }
        before = Some((phase, all));
    }
}

/// Red before green before refactor, where tasks of one feature are named so.
fn chain_cycles(choice: &Choice<'_>, layout: &mut Layout) {
    let mut features: HashMap<&str, [Vec<usize>; 3]> = HashMap::new();
    let mut numbers: Vec<&str> = Vec::new();
    for (at, item) in choice.items.iter().enumerate() {
        let Some((step, number)) = step_of_cycle(item.id.as_str()) else { continue };
        if !features.contains_key(number) {
            numbers.push(number);
        }
        features.entry(number).or_default()[step].push(at);
    }
    let mut seen = HashSet::new();
    for number in numbers.into_iter().filter(|it| seen.insert(*it)) {
        let steps: Vec<&Vec<usize>> = features[number].iter().filter(|it| !it.is_empty()).collect();
        for pair in steps.windows(2) {
            for (&first, &then) in
                pair[0].iter().flat_map(|first| pair[1].iter().map(move |then| (first, then)))
            {
                if !layout.reaches(then, first) {
                    layout.need(then, first, "red comes before green, green before refactor");
                }
            }
        }
    }
}

/// `TEST-3` is red, `IMPL-3` green, `REFACTOR-3` the third step of feature 3.
fn step_of_cycle(id: &str) -> Option<(usize, &str)> {
    let (family, number) = id.split_once('-')?;
    let step = match family.to_ascii_uppercase().as_str() {
        "TEST" | "RED" => 0,
        "IMPL" | "GREEN" => 1,
        "REFACTOR" | "REFACT" => 2,
        _ => return None,
    };
    Some((step, number))
}
