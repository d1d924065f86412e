//! Runs that end in the background are announced above the prompt while somebody types.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc::SyncSender,
    },
    thread,
    time::Duration,
};

use crate::{
    commands::{Context, Teller},
    ids::{Cursor, RunId},
    journal::Journal,
    render::{self, Style},
    run::EventKind,
    screen::Eyes,
    view,
    workspace::state::StateFolder,
};

/// How often the journal is looked at. The look costs one small query when nothing happened.
const BEAT: Duration = Duration::from_millis(200);

/// Speaks only while somebody listens. What ends meanwhile is announced afterwards, unless its panel
/// has been shown.
pub struct Notices {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    listening: AtomicBool,
    left: AtomicBool,
    /// Runs whose end was shown.
    shown: Mutex<BTreeSet<RunId>>,
}

impl Notices {
    /// Begins to look. Without a journal yet there is nothing to announce until there is one.
    pub fn start(context: &Context<'_>, speak: SyncSender<String>) -> Self {
        let shared = Arc::new(Shared::default());
        let head = context.journal_if_any().ok().flatten().and_then(|it| it.head().ok());
        let watch = Watch {
            shared: Arc::clone(&shared),
            state: context.state.clone(),
            style: context.style.clone(),
            teller: Teller::of(context),
            eyes: context.screen.eyes(),
            speak,
        };
        let look = move || watch.look(head.unwrap_or_default());
        // Without the thread the deck works as well, only more quietly.
        let _ = thread::Builder::new().name("notices".to_owned()).spawn(look);
        Self { shared }
    }

    /// From here on ends are announced.
    pub fn listen(&self) {
        self.shared.listening.store(true, Ordering::Relaxed);
    }

    /// From here on nothing is announced.
    pub fn hush(&self) {
        self.shared.listening.store(false, Ordering::Relaxed);
    }

    /// The ends of these runs were shown.
    pub fn know(&self, shown: &BTreeSet<RunId>) {
        self.shared.shown.lock().expect("no holder of this lock panics").clone_from(shown);
    }
}

impl Drop for Notices {
    fn drop(&mut self) {
        self.shared.left.store(true, Ordering::Relaxed);
    }
}

struct Watch {
    shared: Arc<Shared>,
    state: StateFolder,
    style: Style,
    teller: Teller,
    eyes: Eyes,
    speak: SyncSender<String>,
}

impl Watch {
    fn look(&self, mut cursor: Cursor) {
        let mut journal = None;
        while !self.shared.left.load(Ordering::Relaxed) {
            thread::park_timeout(BEAT);
            if !self.shared.listening.load(Ordering::Relaxed) {
                continue;
            }
            if journal.is_none() && self.state.journal().exists() {
                journal = Journal::open(&self.state.journal()).ok();
            }
            if let Some(journal) = &journal {
                cursor = self.announce(journal, cursor);
            }
        }
    }

    /// Announces what ended behind `cursor`, and says where to go on.
    fn announce(&self, journal: &Journal, cursor: Cursor) -> Cursor {
        let mut cursor = cursor;
        for (at, event) in journal.since(cursor, 1_000).unwrap_or_default() {
            cursor = at;
            if !matches!(event.kind, EventKind::RunEnded { .. }) || self.was_shown(event.run) {
                continue;
            }
            if let Ok(Some(run)) = journal.summary(event.run) {
                let line = render::announcement(&view::announcement(&run), &self.style);
                let call = self.teller.tell(&run, false, self.eyes.focus());
                let line = format!("{call}{}", line.trim_end());
                // A full queue means that nobody has read for a while: the history has it all.
                let _ = self.speak.try_send(line);
            }
        }
        cursor
    }

    fn was_shown(&self, run: RunId) -> bool {
        self.shared.shown.lock().expect("no holder of this lock panics").contains(&run)
    }
}
