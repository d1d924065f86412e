//! Who belongs to whom, told from one look at all processes.

use std::collections::{BTreeSet, HashMap, HashSet};

use rustix::process::{Pid, getpid, getppid};

use crate::process::procfs::{Seen, in_our_namespace};

/// Whom a sweep is after.
#[derive(Debug)]
pub(in crate::process) enum Quarry {
    /// All that belongs to an attempt whose leader was born then; nobody of it is older. The leader is
    /// killed too, but reaped by who waits for it.
    Attempt { leader: Pid, birth: u64, mark: Option<String> },
    /// Every descendant of this process, and who carries one of these marks; but not who carries a
    /// mark that is spared, nor its descendants.
    Everything { marks: BTreeSet<String>, spared: BTreeSet<String> },
    /// Who carries a mark that begins so.
    Lost { prefix: String },
}

/// Who of `table` is a member.
pub(super) fn members(
    table: &[Seen],
    quarry: &Quarry,
    known: &HashMap<Pid, u64>,
    me: Pid,
    mark_of: &dyn Fn(Pid) -> Option<String>,
) -> Vec<Seen> {
    let mut found: HashSet<Pid> =
        table.iter().filter(|it| known.get(&it.pid) == Some(&it.birth)).map(|it| it.pid).collect();
    match quarry {
        Quarry::Attempt { leader, .. } => {
            found.insert(*leader);
        }
        Quarry::Everything { .. } => {
            let own_group = table.iter().find(|it| it.pid == me).and_then(|it| it.group);
            let roots = table.iter().filter(|it| it.parent == Some(me) && it.group != own_group);
            found.extend(roots.map(|it| it.pid));
        }
        Quarry::Lost { .. } => {}
    }
    let avoid = match quarry {
        Quarry::Attempt { .. } => HashSet::from([me]),
        Quarry::Everything { spared, .. } => {
            let is_spared = |it: &&Seen| mark_of(it.pid).is_some_and(|mark| spared.contains(&mark));
            let mut avoid = if spared.is_empty() {
                HashSet::new()
            } else {
                table.iter().filter(is_spared).map(|it| it.pid).collect()
            };
            spread_down(table, &mut avoid);
            avoid.insert(me);
            avoid
        }
        Quarry::Lost { .. } => kin().into_iter().collect(),
    };
    spread(table, &mut found, &avoid);
    let marked: Vec<Pid> = table
        .iter()
        .filter(|it| !it.dead && !found.contains(&it.pid) && !avoid.contains(&it.pid))
        .filter(|it| mark_of(it.pid).is_some_and(|mark| quarry.wants(&mark, it.pid)))
        .map(|it| it.pid)
        .collect();
    found.extend(marked);
    spread(table, &mut found, &avoid);
    table.iter().filter(|it| found.contains(&it.pid) && !avoid.contains(&it.pid)).copied().collect()
}

impl Quarry {
    pub(super) fn wants(&self, mark: &str, pid: Pid) -> bool {
        match self {
            Self::Attempt { mark: own, .. } => own.as_deref() == Some(mark),
            Self::Everything { marks, .. } => marks.contains(mark),
            Self::Lost { prefix } => {
                mark.starts_with(prefix) && in_our_namespace(pid) && !kin().contains(&pid)
            }
        }
    }
}

/// Adds who descends from one of `found`, or is in a group or session that one of them leads.
fn spread(table: &[Seen], found: &mut HashSet<Pid>, avoid: &HashSet<Pid>) {
    let belongs = |it: &Seen, found: &HashSet<Pid>| {
        [it.parent, it.group, it.session].into_iter().flatten().any(|led_by| found.contains(&led_by))
    };
    loop {
        let fresh: Vec<Pid> = table
            .iter()
            .filter(|it| !found.contains(&it.pid) && !avoid.contains(&it.pid) && belongs(it, found))
            .map(|it| it.pid)
            .collect();
        if fresh.is_empty() {
            return;
        }
        found.extend(fresh);
    }
}

fn spread_down(table: &[Seen], found: &mut HashSet<Pid>) {
    loop {
        let before = found.len();
        let fresh = table.iter().filter(|it| it.parent.is_some_and(|parent| found.contains(&parent)));
        let fresh: Vec<Pid> = fresh.map(|it| it.pid).collect();
        found.extend(fresh);
        if found.len() == before {
            return;
        }
    }
}

/// We and our ancestors.
pub(super) fn kin() -> Vec<Pid> {
    let mut kin = vec![getpid()];
    let mut next = getppid();
    while let Some(pid) = next.filter(|it| !kin.contains(it)) {
        kin.push(pid);
        next = Seen::look(pid).and_then(|it| it.parent);
    }
    kin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pid(raw: i32) -> Pid {
        Pid::from_raw(raw).unwrap()
    }

    fn seen(raw: i32, parent: i32, group: i32, session: i32) -> Seen {
        let [group, session] = [group, session].map(Pid::from_raw);
        Seen { pid: pid(raw), parent: Pid::from_raw(parent), group, session, birth: 1, dead: false }
    }

    const ME: i32 = 10;

    /// We are 10. Attempt 20 with its tree, attempt 40 beside it, an orphan 60 that is nobody's.
    fn table() -> Vec<Seen> {
        vec![
            seen(1, 0, 1, 1),
            seen(ME, 1, ME, ME),
            seen(20, ME, 20, ME),
            seen(21, 20, 20, ME),
            seen(22, 21, 22, 22),
            seen(23, ME, 22, 22),
            seen(24, ME, 24, 24),
            seen(25, 24, 25, 25),
            seen(40, ME, 40, ME),
            seen(41, 40, 40, ME),
            seen(50, ME, ME, ME),
            seen(60, ME, 60, 60),
        ]
    }

    fn marks(pid: Pid) -> Option<String> {
        match pid.as_raw_nonzero().get() {
            20..=21 | 24 => Some("r/a/1".to_owned()),
            40..=41 => Some("r/a/11".to_owned()),
            _ => None,
        }
    }

    fn check(quarry: &Quarry, known: &HashMap<Pid, u64>, expected: &[i32]) {
        let found = members(&table(), quarry, known, pid(ME), &marks);
        let found: Vec<i32> = found.iter().map(|it| it.pid.as_raw_nonzero().get()).collect();
        assert_eq!(found, expected, "{quarry:?}");
    }

    #[test]
    fn an_attempt_is_its_group_its_groups_groups_its_marked_and_their_descendants() {
        let quarry = Quarry::Attempt { leader: pid(20), birth: 0, mark: Some("r/a/1".to_owned()) };
        check(&quarry, &HashMap::new(), &[20, 21, 22, 23, 24, 25]);
        // A mark that only begins the same is another's.
        check(
            &Quarry::Attempt { leader: pid(40), birth: 0, mark: Some("r/a/11".to_owned()) },
            &HashMap::new(),
            &[40, 41],
        );
    }

    #[test]
    fn who_was_a_member_once_stays_one_unless_the_number_is_a_strangers_now() {
        let quarry = Quarry::Attempt { leader: pid(40), birth: 0, mark: None };
        check(&quarry, &HashMap::from([(pid(60), 1)]), &[40, 41, 60]);
        check(&quarry, &HashMap::from([(pid(60), 2)]), &[40, 41]);
    }

    #[test]
    fn everything_is_all_that_descends_from_us_but_not_what_is_spared_or_started_by_us_otherwise() {
        let all = |spared: &[&str]| Quarry::Everything {
            marks: BTreeSet::new(),
            spared: spared.iter().map(|it| (*it).to_owned()).collect(),
        };
        check(&all(&[]), &HashMap::new(), &[20, 21, 22, 23, 24, 25, 40, 41, 60]);
        check(&all(&["r/a/11"]), &HashMap::new(), &[20, 21, 22, 23, 24, 25, 60]);
    }
}
