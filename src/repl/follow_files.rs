//! The open deck follows plan files: what others change is told above the prompt, and a key that
//! would do something else than it said waits for a second press.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc::SyncSender,
    },
    thread,
    time::Duration,
};

use super::deck::{Deck, Place};
use crate::{
    commands::{self, Context, Plans, Source},
    config::Refresh,
    ids::PlanId,
    plan::differences,
    render::Style,
    text,
    view::{self, MenuEntry, Outlook},
    workspace::{Heard, How, Watch},
};

/// How long it takes at most until the thread sees that the deck was left.
const PATIENCE: Duration = Duration::from_secs(1);

/// Most changes that are told one by one; a checkout of another branch changes everything.
const TOLD: usize = 4;

/// Follows files while somebody types.
pub struct FollowFiles {
    speak: SyncSender<String>,
    /// As the settings were when it began; they can be changed in the deck.
    follower: Option<(Refresh, Arc<Shared>)>,
}

struct Shared {
    /// The plans as whoever types knows them; nothing while a command runs: what that changes, it
    /// says itself.
    known: Mutex<Option<Arc<Plans>>>,
    left: AtomicBool,
}

impl FollowFiles {
    /// Begins nothing before somebody listens.
    pub const fn new(speak: SyncSender<String>) -> Self {
        Self { speak, follower: None }
    }

    /// From here on changes are told, and the keys of the open page stand for what they do now.
    pub fn listen(&mut self, context: &Context<'_>, deck: &mut Deck) {
        let refresh = context.config().deck.refresh;
        if self.follower.as_ref().is_some_and(|(began, _)| *began != refresh) {
            self.end();
        }
        let how = match refresh {
            Refresh::Off => {
                deck.armed = None;
                return;
            }
            Refresh::Watch => How::Notice,
            Refresh::Every(span) => How::Look(span.0),
        };
        // Settings that make no sense any more are told by whatever reads the plans next.
        let read = || if deck.fresh { Ok(Arc::clone(&deck.plans)) } else { Source::of(context).read() };
        let Ok(plans) = read() else { return };
        arm(deck, context, &plans);
        match &self.follower {
            Some((_, shared)) => *shared.known.lock().expect("no holder of this lock panics") = Some(plans),
            None => self.follower = Some((refresh, self.begin(context, how, plans))),
        }
    }

    /// From here on nothing is told.
    pub fn hush(&self) {
        if let Some((_, shared)) = &self.follower {
            *shared.known.lock().expect("no holder of this lock panics") = None;
        }
    }

    /// A thread that begins to watch: the prompt does not wait for it.
    fn begin(&self, context: &Context<'_>, how: How, known: Arc<Plans>) -> Arc<Shared> {
        let shared = Arc::new(Shared { known: Mutex::new(Some(known)), left: AtomicBool::new(false) });
        let follower = Follower {
            source: Source::of(context),
            shared: Arc::clone(&shared),
            speak: self.speak.clone(),
            style: context.style.clone(),
        };
        // Without the thread the deck works as well: `r` reads the plans again.
        let _ = thread::Builder::new().name("files".to_owned()).spawn(move || follower.follow(how));
        shared
    }

    fn end(&mut self) {
        if let Some((_, shared)) = self.follower.take() {
            shared.left.store(true, Ordering::Relaxed);
        }
    }
}

impl Drop for FollowFiles {
    fn drop(&mut self) {
        self.end();
    }
}

struct Follower {
    source: Source,
    shared: Arc<Shared>,
    speak: SyncSender<String>,
    style: Style,
}

impl Follower {
    fn follow(&self, how: How) {
        let mut watch = Watch::start(self.source.watched(), how);
        // What changed before the watch had begun: nobody gave notice of it.
        self.tell();
        self.source.remember();
        while !self.shared.left.load(Ordering::Relaxed) {
            if watch.wait(PATIENCE) != Heard::Nothing {
                self.tell();
            }
        }
    }

    fn tell(&self) {
        let Ok(now) = self.source.read() else { return };
        let mut known = self.shared.known.lock().expect("no holder of this lock panics");
        let Some(before) = known.as_ref() else { return };
        let changes = differences(&before.plans, &now.plans);
        for change in changes.iter().take(TOLD) {
            self.say(&view::changed(change));
        }
        if changes.len() > TOLD {
            self.say(&format!("{} more plans changed", changes.len() - TOLD));
        }
        *known = Some(now);
    }

    fn say(&self, words: &str) {
        // A full queue means that nobody has read for a while: the page shows it all.
        let _ = self.speak.try_send(text::clip(words, self.style.width.saturating_sub(1)));
    }
}

fn arm(deck: &mut Deck, context: &Context<'_>, plans: &Plans) {
    deck.armed = None;
    let Place::Plan(id) = &deck.place else { return };
    let runs = commands::recent_runs(context, Some(id)).unwrap_or_default();
    if let Some(plan) = plans.get(id) {
        deck.armed = Some((id.clone(), view::menu(&Outlook::of(plan), &runs)));
    }
}

/// What to say instead of acting, for a key that a change of files has given something else to do
/// since the prompt was given. The second press acts.
pub(super) fn disarm(deck: &mut Deck, plan: &PlanId, now: &MenuEntry) -> Option<String> {
    let (armed, menu) = deck.armed.as_mut()?;
    let before = menu.entries.iter_mut().find(|it| it.key == now.key).filter(|_| armed == plan)?;
    let words = view::disarmed(before, now)?;
    before.clone_from(now);
    Some(words + "\n")
}
