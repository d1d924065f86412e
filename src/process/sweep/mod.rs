//! Nothing of an attempt stays: stop, kill and reap until none is left.
//!
//! A member of an attempt is who is in its leader's group, or in a group or session that a member
//! leads, or carries its mark, or descends from a member, or was a member at an earlier look. First
//! all are stopped (who is stopped starts nobody new), then killed, then reaped: always by pid, as
//! `wait(-1)` would take the exit statuses of children that others wait for. Each signal goes through
//! a pid descriptor whose birth time was checked, so it never hits a stranger with a recycled number.
//!
//! One gap: an orphan that had left group, session and environment before anyone looked belongs to
//! no attempt. It is still our child (we are a subreaper), and goes when the run ends.

mod members;

use std::{
    collections::{HashMap, HashSet},
    thread,
    time::Duration,
};

use rustix::{
    io::Errno,
    process::{
        Pid, PidfdFlags, Signal, WaitOptions, child_subreaper, getpid, kill_process, pidfd_open,
        pidfd_send_signal, set_child_subreaper, waitpid,
    },
};

pub(super) use self::members::Quarry;
use self::members::{kin, members};
use super::procfs::{Seen, command_of, mark_of, numbers, own_children};
use crate::run::Survivor;

/// How long killed processes may take to go before they count as survivors.
const PATIENCE: Duration = Duration::from_secs(5);

/// Between two looks at what was killed: at first, and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// Looks within one round for who was started while others were being stopped.
const FREEZES: usize = 64;

/// How often a look at which somebody vanished unseen is taken again before it counts: who forks and
/// ends, again and again, is between two looks at first. On a busy machine others vanish all the time.
const DOUBTS: u32 = 32;

/// The same where an orphan of ours ended meanwhile that nobody had seen alive: that is no accident.
const STRONG_DOUBTS: u32 = 500;

/// Makes orphans among our descendants our children instead of init's, so that they can be found and
/// reaped. It holds for the whole process and is not inherited.
///
/// # Errors
///
/// The system refuses.
pub fn become_subreaper() -> std::io::Result<()> {
    Ok(set_child_subreaper(Some(getpid()))?)
}

fn is_subreaper() -> bool {
    child_subreaper().is_ok_and(|it| it.is_some())
}

/// Kills every process whose mark begins with `mark_prefix` (a run's id and a slash), in our
/// process-number namespace only; what lives is of this boot by nature. For a run whose supervisor is
/// gone. We ourselves and our ancestors are spared, and named among what was left.
#[must_use]
pub fn kill_marked(mark_prefix: &str) -> Vec<Survivor> {
    let mut sweep = Sweep::of(Quarry::Lost { prefix: mark_prefix.to_owned() });
    let mut left = loop {
        match sweep.round() {
            Round::Clear => break Vec::new(),
            Round::Left(survivors) => break survivors,
            Round::Again(pause) => thread::park_timeout(pause),
        }
    };
    let ours = kin().into_iter().filter(|pid| mark_of(*pid).is_some_and(|it| it.starts_with(mark_prefix)));
    left.extend(ours.map(survivor));
    left
}

/// True when it can be told at little cost that nothing but `leaders` descends from this process.
pub(super) fn nothing_left_but(leaders: &HashSet<Pid>) -> bool {
    is_subreaper() && own_children().is_some_and(|children| children.iter().all(|it| leaders.contains(it)))
}

/// Reaps orphans that were adopted and have ended, so that a long run does not fill the process table
/// with them. Never a child that somebody here started: one of those is in our own group, or leads a
/// group in our session as a launched leader does. Who is no subreaper adopts nobody: a dead child of
/// its own that left its session (a supervisor does) is waited for elsewhere.
pub(super) fn reap_adopted() {
    if !is_subreaper() {
        return;
    }
    let Some(me) = Seen::look(getpid()) else { return };
    let children = own_children().unwrap_or_default();
    for child in children.into_iter().filter_map(Seen::look).filter(|it| is_adopted_and_dead(it, &me)) {
        reap(child.pid);
    }
}

fn is_adopted_and_dead(it: &Seen, me: &Seen) -> bool {
    let was_started_here = it.group == me.group || (it.group == Some(it.pid) && it.session == me.session);
    it.dead && it.parent == Some(me.pid) && !was_started_here
}

/// What came of one round.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Round {
    /// None is left.
    Clear,
    /// Some are going: another round after this pause.
    Again(Duration),
    /// These can't be killed.
    Left(Vec<Survivor>),
}

/// A sweep under way. It never waits itself: who drives it passes the pauses.
#[derive(Debug)]
pub(super) struct Sweep {
    quarry: Quarry,
    /// Members so far with their birth.
    known: HashMap<Pid, u64>,
    stopped: HashMap<Pid, u64>,
    pause: Duration,
    waited: Duration,
    doubts: u32,
}

/// What one look found.
#[derive(Debug)]
struct Look {
    members: Vec<Seen>,
    /// Somebody ended before it could be told whether it was a member.
    vanished: bool,
    /// An orphan that we adopted has ended, and nobody knows whose it was.
    orphaned: bool,
}

impl Sweep {
    pub(super) fn of(quarry: Quarry) -> Self {
        Self {
            quarry,
            known: HashMap::new(),
            stopped: HashMap::new(),
            pause: PAUSES.0,
            waited: Duration::ZERO,
            doubts: 0,
        }
    }

    /// Begins anew, with the whole patience; who is known stays known.
    pub(super) fn begin(&mut self) {
        self.stopped.clear();
        self.pause = PAUSES.0;
        self.waited = Duration::ZERO;
        self.doubts = 0;
    }

    /// Remembers who is a member now.
    pub(super) fn remember(&mut self) {
        self.look(false);
    }

    /// Stops, kills and reaps once.
    pub(super) fn round(&mut self) -> Round {
        let Look { members, vanished, orphaned } = self.freeze();
        let (dead, live): (Vec<_>, Vec<_>) = members.into_iter().partition(|it| it.dead);
        let me = getpid();
        for member in dead.iter().filter(|it| it.parent == Some(me) && !self.is_waited_for(it.pid)) {
            reap(member.pid);
        }
        let doubts = if orphaned { STRONG_DOUBTS } else { DOUBTS };
        if live.is_empty() && (vanished || orphaned) && self.doubts < doubts {
            self.doubts += 1;
            reap_adopted();
            return Round::Again(PAUSES.0);
        }
        if live.is_empty() {
            return Round::Clear;
        }
        let refused = live.iter().filter(|it| signal(it, Signal::KILL) == Err(Errno::PERM)).count();
        if refused == live.len() || self.waited >= PATIENCE {
            return Round::Left(live.iter().map(|it| survivor(it.pid)).collect());
        }
        let pause = self.pause;
        self.waited += pause;
        self.pause = (pause * 2).min(PAUSES.1);
        Round::Again(pause)
    }

    /// Stops members until a look finds nobody new.
    fn freeze(&mut self) -> Look {
        let mut look = self.look(true);
        for _ in 0..FREEZES {
            let fresh: Vec<Seen> =
                look.members.iter().filter(|it| !it.dead && !self.is_stopped(it)).copied().collect();
            if fresh.is_empty() {
                break;
            }
            for member in fresh {
                self.stop(&member);
            }
            look = self.look(true);
        }
        look
    }

    /// Finds and remembers the members, dead ones included. With `stop`, who carries the mark is stopped
    /// as soon as it is seen: when the look is over it may be gone, and its child not yet seen.
    fn look(&mut self, stop: bool) -> Look {
        let oldest = match self.quarry {
            Quarry::Attempt { birth, .. } => birth,
            Quarry::Everything { .. } | Quarry::Lost { .. } => 0,
        };
        let (mut table, mut marks, mut vanished) = (Vec::new(), HashMap::new(), false);
        for pid in numbers() {
            let Some(seen) = Seen::look(pid) else {
                vanished = true;
                continue;
            };
            table.push(seen);
            if seen.dead || seen.birth < oldest {
                continue;
            }
            let Some(mark) = mark_of(pid) else {
                vanished |= Seen::look(pid).is_none_or(|it| it.dead);
                continue;
            };
            if stop && self.quarry.wants(&mark, pid) && !self.is_stopped(&seen) {
                self.stop(&seen);
            }
            marks.insert(pid, mark);
        }
        let members = members(&table, &self.quarry, &self.known, getpid(), &|pid| marks.get(&pid).cloned());
        self.known.extend(members.iter().map(|it| (it.pid, it.birth)));
        let orphaned = is_subreaper()
            && Seen::look(getpid()).is_some_and(|me| {
                table.iter().any(|it| is_adopted_and_dead(it, &me) && !self.known.contains_key(&it.pid))
            });
        Look { members, vanished, orphaned }
    }

    fn stop(&mut self, member: &Seen) {
        self.stopped.insert(member.pid, member.birth);
        // Who can't be stopped can't be killed either, and is counted there.
        let _ = signal(member, Signal::STOP);
    }

    fn is_stopped(&self, member: &Seen) -> bool {
        self.stopped.get(&member.pid) == Some(&member.birth)
    }

    fn is_waited_for(&self, pid: Pid) -> bool {
        matches!(self.quarry, Quarry::Attempt { leader, .. } if leader == pid)
    }
}

/// Signals exactly this process. Who is gone already is no failure.
fn signal(target: &Seen, signal: Signal) -> Result<(), Errno> {
    let is_still_it = || Seen::look(target.pid).is_some_and(|it| it.birth == target.birth);
    let sent = match pidfd_open(target.pid, PidfdFlags::empty()) {
        Ok(descriptor) if is_still_it() => pidfd_send_signal(descriptor, signal),
        Ok(_) | Err(Errno::SRCH) => return Ok(()),
        // No such system call in this kernel or sandbox.
        Err(_) if is_still_it() => kill_process(target.pid, signal),
        Err(_) => return Ok(()),
    };
    match sent {
        Err(Errno::SRCH) => Ok(()),
        other => other,
    }
}

fn reap(pid: Pid) {
    // Somebody else may have been faster; then there is nothing to do.
    let _ = waitpid(Some(pid), WaitOptions::NOHANG);
}

fn survivor(pid: Pid) -> Survivor {
    Survivor { pid: pid.as_raw_nonzero().get().unsigned_abs(), command: command_of(pid) }
}
