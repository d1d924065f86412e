//! What goes on in the thread for children.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet, HashSet},
    rc::Rc,
    sync::{Arc, mpsc as reply},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::{Notify, mpsc},
    task::spawn_local,
    time::sleep,
};

use super::{input::Heard, minder::mind, pulse::Pulses, spawn::spawn};
use crate::{
    clock::Clock,
    ids::AttemptId,
    process::{
        launcher::{MARK, Order, Report},
        sweep::{Quarry, Round, Sweep, reap_adopted},
    },
    run::{LaunchFailure, Survivor},
};

/// Adopted orphans that ended are reaped this often at most.
const HOUSEKEEPING: Duration = Duration::from_secs(1);

/// Word left for the thread.
pub(super) enum Ask {
    /// With what is sent to it, where its input stays open.
    Launch(Box<Order>, Option<Heard>),
    Stop(AttemptId),
    Kill(AttemptId),
    SweepAll(reply::Sender<Vec<Survivor>>),
    Close(reply::Sender<()>),
}

/// Everything the thread knows.
pub(super) struct Room {
    pub(super) clock: Arc<dyn Clock>,
    sink: Box<dyn Fn(Report)>,
    pub(super) pulses: Arc<Pulses>,
    live: RefCell<BTreeMap<AttemptId, Rc<Live>>>,
    /// Rings when an attempt is over.
    over: Notify,
    /// Marks of all attempts so far.
    marks: RefCell<BTreeSet<String>>,
    /// Marks of those whose processes may stay.
    spared: RefCell<BTreeSet<String>>,
}

/// An attempt whose leader was not reaped yet: until then its number and its group's are nobody else's.
pub(super) struct Live {
    pub(super) leader: Pid,
    mark: Option<String>,
    /// Knows its members.
    sweep: RefCell<Sweep>,
    /// Somebody asked it to end.
    pub(super) stopped: Cell<bool>,
    /// Rings when it is to be killed.
    pub(super) kill: Notify,
}

impl Live {
    /// Stops, kills and reaps all that belongs to it.
    pub(super) async fn sweep(&self) -> Vec<Survivor> {
        self.sweep.borrow_mut().begin();
        drive(|| self.sweep.borrow_mut().round()).await
    }
}

impl Room {
    pub(super) fn new(clock: Arc<dyn Clock>, sink: Box<dyn Fn(Report)>, pulses: Arc<Pulses>) -> Rc<Self> {
        Rc::new(Self {
            clock,
            sink,
            pulses,
            live: RefCell::default(),
            over: Notify::new(),
            marks: RefCell::default(),
            spared: RefCell::default(),
        })
    }

    /// Answers everything that is asked until it is told to close.
    pub(super) async fn run(self: Rc<Self>, mut inbox: mpsc::UnboundedReceiver<Ask>) {
        spawn_local(keep_house());
        while let Some(ask) = inbox.recv().await {
            match ask {
                Ask::Launch(order, heard) => self.launch(*order, heard),
                Ask::Stop(attempt) => self.stop(&attempt),
                Ask::Kill(attempt) => self.kill(&attempt),
                Ask::SweepAll(answer) => {
                    self.kill_all().await;
                    let _ = answer.send(self.sweep_everything().await);
                }
                Ask::Close(done) => {
                    self.kill_all().await;
                    let _ = done.send(());
                    return;
                }
            }
        }
    }

    pub(super) fn report(&self, report: Report) {
        (self.sink)(report);
    }

    /// The leaders of all attempts that are not over.
    pub(super) fn leaders(&self) -> HashSet<Pid> {
        self.live.borrow().values().map(|live| live.leader).collect()
    }

    /// The attempt is over: from here on its leader may be reaped.
    pub(super) fn forget(&self, attempt: &AttemptId) {
        self.live.borrow_mut().remove(attempt);
        self.over.notify_one();
    }

    /// What the attempt left may stay, also when the run ends.
    pub(super) fn spare(&self, live: &Live) {
        self.spared.borrow_mut().extend(live.mark.clone());
    }

    fn launch(self: &Rc<Self>, order: Order, heard: Option<Heard>) {
        let attempt = order.attempt.clone();
        if let Err(why) = self.try_launch(order, heard) {
            self.report(Report::FailedToStart { attempt, why });
        }
    }

    fn try_launch(self: &Rc<Self>, order: Order, heard: Option<Heard>) -> Result<(), LaunchFailure> {
        let refuse = |message: String| LaunchFailure::System { message };
        if self.live.borrow().contains_key(&order.attempt) {
            return Err(refuse(format!("{} runs already", order.attempt)));
        }
        // Before the launch, so that no end of a child can be missed.
        let ends = signal(SignalKind::child()).map_err(|error| refuse(error.to_string()))?;
        let child = spawn(&order, heard, self.clock.wall())?;
        let mark = order.env.get(MARK).cloned();
        self.marks.borrow_mut().extend(mark.clone());
        let live = Rc::new(Live {
            leader: child.leader,
            sweep: RefCell::new(Sweep::of(Quarry::Attempt {
                leader: child.leader,
                birth: child.process.birth,
                mark: mark.clone(),
            })),
            mark,
            stopped: Cell::new(false),
            kill: Notify::new(),
        });
        self.live.borrow_mut().insert(order.attempt.clone(), Rc::clone(&live));
        let attempt = order.attempt.clone();
        self.report(Report::Started { attempt, process: child.process.clone() });
        spawn_local(mind(Rc::clone(self), live, child, order, ends));
        Ok(())
    }

    fn stop(&self, attempt: &AttemptId) {
        let Some(live) = self.find(attempt) else { return };
        live.stopped.set(true);
        // Who is a member now is one for good, even if it becomes an orphan and hides afterwards.
        live.sweep.borrow_mut().remember();
        let _ = kill_process_group(live.leader, Signal::TERM);
        let _ = kill_process_group(live.leader, Signal::CONT);
    }

    fn kill(&self, attempt: &AttemptId) {
        let Some(live) = self.find(attempt) else { return };
        live.stopped.set(true);
        live.kill.notify_one();
    }

    fn find(&self, attempt: &AttemptId) -> Option<Rc<Live>> {
        self.live.borrow().get(attempt).cloned()
    }

    async fn kill_all(&self) {
        let attempts: Vec<_> = self.live.borrow().keys().cloned().collect();
        for attempt in &attempts {
            self.kill(attempt);
        }
        while !self.live.borrow().is_empty() {
            self.over.notified().await;
        }
    }

    async fn sweep_everything(&self) -> Vec<Survivor> {
        let spared = self.spared.borrow().clone();
        let marks = self.marks.borrow().difference(&spared).cloned().collect();
        let mut sweep = Sweep::of(Quarry::Everything { marks, spared });
        drive(|| sweep.round()).await
    }
}

async fn drive(mut round: impl FnMut() -> Round) -> Vec<Survivor> {
    loop {
        match round() {
            Round::Clear => return Vec::new(),
            Round::Left(survivors) => return survivors,
            Round::Again(pause) => sleep(pause).await,
        }
    }
}

async fn keep_house() {
    let Ok(mut ends) = signal(SignalKind::child()) else { return };
    while ends.recv().await.is_some() {
        reap_adopted();
        sleep(HOUSEKEEPING).await;
    }
}
