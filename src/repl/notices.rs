//! Runs that end in the background are announced above the prompt while somebody types.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
        mpsc::SyncSender,
    },
    thread,
    time::Duration,
};

use crate::{
    commands::Context,
    ids::Cursor,
    journal::Journal,
    render::{self, Style},
    run::EventKind,
    view,
    workspace::state::StateFolder,
};

/// How often the journal is looked at. The look costs one small query when nothing happened.
const BEAT: Duration = Duration::from_millis(200);

/// Speaks only while somebody listens: what ends while a command runs is shown by that command.
pub struct Notices {
    shared: Arc<Shared>,
}

struct Shared {
    /// Ends after this place in the journal are announced; `i64::MAX` while nobody listens.
    after: AtomicI64,
    left: AtomicBool,
}

impl Notices {
    /// Begins to look. Without a journal yet there is nothing to announce until there is one.
    pub fn start(context: &Context<'_>, speak: SyncSender<String>) -> Self {
        let shared = Arc::new(Shared { after: AtomicI64::new(i64::MAX), left: AtomicBool::new(false) });
        let watch = Watch {
            shared: Arc::clone(&shared),
            state: context.state.clone(),
            style: context.style.clone(),
            speak,
        };
        // Without the thread the deck works as well, only more quietly.
        let _ = thread::Builder::new().name("notices".to_owned()).spawn(move || watch.look());
        Self { shared }
    }

    /// From here on ends are announced.
    pub fn listen(&self, context: &Context<'_>) {
        let head = context.journal_if_any().ok().flatten().and_then(|it| it.head().ok());
        self.shared.after.store(head.unwrap_or_default().0, Ordering::Relaxed);
    }

    /// From here on nothing is announced.
    pub fn hush(&self) {
        self.shared.after.store(i64::MAX, Ordering::Relaxed);
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
    speak: SyncSender<String>,
}

impl Watch {
    fn look(&self) {
        let mut journal = None;
        let mut cursor = Cursor::default();
        while !self.shared.left.load(Ordering::Relaxed) {
            thread::park_timeout(BEAT);
            if journal.is_none() && self.state.journal().exists() {
                journal = Journal::open(&self.state.journal()).ok();
                cursor = journal.as_ref().and_then(|it| it.head().ok()).unwrap_or_default();
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
            let heard = at.0 > self.shared.after.load(Ordering::Relaxed);
            if !heard || !matches!(event.kind, EventKind::RunEnded { .. }) {
                continue;
            }
            if let Ok(Some(run)) = journal.summary(event.run) {
                let line = render::announcement(&view::announcement(&run), &self.style);
                // A full queue means that nobody has read for a while: the history has it all.
                let _ = self.speak.try_send(line.trim_end().to_owned());
            }
        }
        cursor
    }
}
