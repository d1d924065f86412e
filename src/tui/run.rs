//! The loop: whatever happens goes into the model, its wishes are done, and what changed is painted.

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{
    hands, journal,
    log::{Need, Whose},
    model::{Happened, Model, Wish},
    paint::{Look, paint},
    reader::{self, Job},
};
use crate::{
    commands::{self, Context, Failure},
    ids::RunId,
    logs::Unsaid,
    run::Refusal,
    screen::{Full, Input, Inputs},
};

/// Between two pictures of what others do; what a person does is painted at once.
const FRAME: Duration = Duration::from_millis(33);

/// How often elapsed times go on.
const BEAT: Duration = Duration::from_millis(500);

/// How long a thread waits for a key before it is asked whether it should end.
const PATIENCE: Duration = Duration::from_millis(50);

/// Everything that can wake the loop.
pub enum News {
    /// Something a person did, or the system says.
    Input(Input),
    /// Something that happened elsewhere.
    Happened(Happened),
}

/// Shows the monitor until it is left; a run that is given is opened at once.
///
/// # Errors
/// When there is no terminal to show it on, it is gone, or the journal can't be opened.
pub fn run(context: &mut Context<'_>, run: Option<RunId>) -> Result<(), Failure> {
    // Made before the screen is taken: whatever fails is said on it.
    drop(context.control()?);
    let full = context.screen.full()?.ok_or_else(no_terminal)?;
    let (sender, news) = mpsc::channel();
    let clock = Arc::clone(&context.clock);
    let on_stderr = Unsaid::default();
    let mut model = Model::new(full.size(), context.now(), on_stderr, context.style.colour);
    let wanted = journal::start(context.parts(), sender.clone())?;
    let jobs = reader::start(Arc::clone(&clock), sender.clone())?;
    if let Some(run) = run {
        // Its reader lives as long as this.
        model.open(run);
        let _ = wanted.send(run);
    }
    let keys = Keys::listen(full.inputs(), sender.clone())?;
    let look = Look::of(context.style.clone());
    let mut monitor =
        Monitor { context, full, model, look, sender, wanted, jobs, need: None, keys: Some(keys) };
    monitor.turn(&news)
}

fn no_terminal() -> Failure {
    let what = "the monitor can't be shown".to_owned();
    Refusal::WrongState { what, why: "it needs a terminal; run follow shows a run without one".to_owned() }
        .into()
}

struct Monitor<'c, 's> {
    context: &'c mut Context<'s>,
    full: Full,
    model: Model,
    look: Look,
    sender: Sender<News>,
    wanted: Sender<RunId>,
    jobs: Sender<Job>,
    /// What the reader was asked for last.
    need: Option<Need>,
    keys: Option<Keys>,
}

/// Whether the loop goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Stay,
    Leave,
}

impl Monitor<'_, '_> {
    fn turn(&mut self, news: &Receiver<News>) -> Result<(), Failure> {
        let mut painted = Duration::ZERO;
        let mut beat = Duration::ZERO;
        let mut changed = true;
        loop {
            let now = self.now();
            if changed && now >= painted + FRAME || painted.is_zero() {
                self.paint()?;
                (painted, changed) = (now.max(Duration::from_millis(1)), false);
            }
            let wait = if changed { (painted + FRAME).saturating_sub(now) } else { BEAT };
            let first = match news.recv_timeout(wait) {
                Ok(first) => Some(first),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            };
            let mut pressed = false;
            for it in first.into_iter().chain(news.try_iter()) {
                pressed |= matches!(it, News::Input(_));
                changed = true;
                if self.hear(it)? == Flow::Leave {
                    return Ok(());
                }
            }
            if self.now() >= beat + BEAT {
                beat = self.now();
                changed = true;
                self.happened(Happened::Tick(self.context.now()))?;
            }
            self.ask_for_lines();
            if pressed {
                // Whoever pressed a key sees at once what came of it.
                painted = Duration::from_millis(1);
                self.paint()?;
                changed = false;
            }
        }
    }

    fn now(&self) -> Duration {
        Duration::from_millis(self.context.clock.now().millis())
    }

    fn paint(&mut self) -> io::Result<()> {
        let Self { full, model, look, .. } = self;
        full.draw(|frame| paint(model, look, frame.buffer_mut()))
    }

    fn hear(&mut self, news: News) -> Result<Flow, Failure> {
        let happened = match news {
            News::Happened(happened) => happened,
            News::Input(Input::Press(press)) => Happened::Press(press),
            News::Input(Input::Mouse(mouse)) => Happened::Mouse(mouse),
            News::Input(Input::Pasted(text)) => Happened::Pasted(text),
            News::Input(Input::Resized) => Happened::Size(self.full.size()),
            News::Input(Input::Resumed) => return self.grant(Wish::Redraw),
            News::Input(Input::Interrupt | Input::Gone) => return Ok(Flow::Leave),
        };
        self.happened(happened)
    }

    fn happened(&mut self, happened: Happened) -> Result<Flow, Failure> {
        for wish in self.model.step(happened) {
            if self.grant(wish)? == Flow::Leave {
                return Ok(Flow::Leave);
            }
        }
        Ok(Flow::Stay)
    }

    fn grant(&mut self, wish: Wish) -> Result<Flow, Failure> {
        match wish {
            Wish::Leave => return Ok(Flow::Leave),
            // A reader that is gone has said why.
            Wish::Open(run) => drop(self.wanted.send(run)),
            Wish::Seek(whose, wanted, from, way) => drop(self.jobs.send(Job::Seek(whose, wanted, from, way))),
            Wish::Line(whose, number) => drop(self.jobs.send(Job::Line(whose, number))),
            Wish::Ask(run, asked) => {
                let stamp = commands::stamp(self.context, None);
                hands::ask(self.context.parts(), run, asked, stamp, self.sender.clone())?;
            }
            Wish::Copy(text) => self.full.copy(&text)?,
            Wish::CopyPath(whose) => self.full.copy(&self.path(&whose).to_string_lossy())?,
            Wish::OpenFile(whose) => {
                let path = self.path(&whose);
                let shown = self.away(|monitor| {
                    let context = &mut *monitor.context;
                    monitor.full.away(|| commands::page_file(context, &path))
                })?;
                if let Err(failure) = shown {
                    return self.happened(Happened::Said(failure.to_string()));
                }
            }
            Wish::Suspend => {
                if !self.away(|monitor| monitor.full.suspend())? {
                    let words = "there is no shell here that could let it go on".to_owned();
                    return self.happened(Happened::Said(words));
                }
                return self.happened(Happened::Size(self.full.size()));
            }
            Wish::Redraw => {
                self.full.retake()?;
                return self.happened(Happened::Size(self.full.size()));
            }
        }
        Ok(Flow::Stay)
    }

    /// Does something while nobody listens to keys.
    fn away<T>(&mut self, deed: impl FnOnce(&mut Self) -> io::Result<T>) -> Result<T, Failure> {
        // The listener ends before the deed begins: it would take keys that are not for us.
        drop(self.keys.take());
        let done = deed(self);
        self.keys = Some(Keys::listen(self.full.inputs(), self.sender.clone())?);
        Ok(done?)
    }

    fn ask_for_lines(&mut self) {
        let need = self.model.need();
        if need == self.need {
            return;
        }
        if let Some(need) = &need {
            let job = Job::Lines(need.clone(), self.path(&need.whose), Box::new(self.model.log.sieve()));
            // A reader that is gone has said why.
            let _ = self.jobs.send(job);
        }
        self.need = need;
    }

    fn path(&self, whose: &Whose) -> PathBuf {
        self.context.state.run(whose.run).log(&whose.attempt)
    }
}

/// The thread that listens to keys. Ends when it is dropped, before it takes another one.
struct Keys {
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Keys {
    fn listen(mut inputs: Inputs, news: Sender<News>) -> io::Result<Self> {
        let ended = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&ended);
        let listen = move || {
            while !asked.load(Ordering::Relaxed) {
                if let Some(input) = inputs.next(PATIENCE) {
                    let gone = input == Input::Gone;
                    if news.send(News::Input(input)).is_err() || gone {
                        return;
                    }
                }
            }
        };
        let thread = thread::Builder::new().name("keys".to_owned()).spawn(listen)?;
        Ok(Self { ended, thread: Some(thread) })
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A listener that panicked has ended too.
            let _ = thread.join();
        }
    }
}
