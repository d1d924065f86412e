//! The monitor as it stands, and what each thing that happens does to it. Pure: keys, rows, events and
//! lines come in; a picture and wishes come out.

use std::collections::BTreeSet;

use super::super::{
    layout::{Areas, areas},
    list::{List, Row},
    log::{LogPane, Measure, Need, Whose},
    tasks,
};
use crate::{
    clock::Timestamp,
    ids::{AttemptId, RunId},
    logs::{Page, Unsaid, Wanted, Way},
    run::{Event, RunRecord, RunSummary, Status},
    screen::{Mouse, Press, Size},
    view::{Forecast, TaskOrder},
};

/// Something that happened, whoever did it.
#[derive(Clone, Debug)]
pub enum Happened {
    /// A key.
    Press(Press),
    /// The mouse.
    Mouse(Mouse),
    /// Text was pasted.
    Pasted(String),
    /// The terminal has this size.
    Size(Size),
    /// The runs there are, the newest first, and how many there are beside them.
    Runs(Vec<RunSummary>, usize),
    /// A run that was asked for, as it stands.
    Opened(Box<RunRecord>),
    /// What happened next in the run that is opened.
    Events(RunId, Vec<Event>),
    /// How long the opened run may still take.
    Forecast(RunId, Forecast),
    /// Lines of a log.
    Lines(Need, Page, Measure),
    /// What became of looking for something in a log.
    Found(Whose, Option<u64>),
    /// What a wish came to.
    Said(String),
    /// A run was created.
    Created(RunId),
    /// Time went on.
    Tick(Timestamp),
}

/// What the monitor wants of the world.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Out of here.
    Leave,
    /// Everything of this run, and what happens in it from now on.
    Open(RunId),
    /// Something done about a run.
    Ask(RunId, Asked),
    /// The next match in a log.
    Seek(Whose, Wanted, u64, Way),
    /// The place of a line of a log.
    Line(Whose, u64),
    /// Text for the clipboard.
    Copy(String),
    /// The path of the log's file for the clipboard.
    CopyPath(Whose),
    /// The log's file, opened with the person's own program.
    OpenFile(Whose),
    /// The shell, for now.
    Suspend,
    /// Everything painted anew.
    Redraw,
}

/// What can be asked of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To end.
    Cancel,
    /// To launch nothing more.
    Pause,
    /// To launch again.
    Unpause,
    /// To be run once more.
    Retry,
}

/// What is being looked for in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeking {
    /// A match: from where one is, or round from the other end.
    Match {
        /// In this direction.
        way: Way,
        /// It went round once.
        round: bool,
    },
    /// An error, towards the end.
    Error,
    /// A line by its number.
    Line,
}

/// Which list stands on the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// The runs.
    Runs,
    /// The tasks of one.
    Tasks,
}

/// Which side has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The list.
    List,
    /// The log.
    Log,
}

/// What a line is typed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To look for it in the log.
    Search,
    /// To show only lines that match.
    Grep,
    /// To show only tasks whose name or title holds it.
    Tasks,
    /// To go to the line of this number.
    Line,
}

/// What lies over the picture and has the keys.
#[derive(Clone, Debug)]
pub enum Layer {
    /// The keys, from this row on.
    Help(usize),
    /// A question, and what is asked of the run after a yes.
    Question(String, RunId, Asked),
    /// A line that is being typed.
    Typing(Purpose, String),
}

/// A run that is opened.
#[derive(Debug)]
pub struct Opened {
    /// As it stands.
    pub record: RunRecord,
    /// Its tasks in their order.
    pub order: TaskOrder,
    /// Which of them are on the critical path.
    pub critical: Vec<bool>,
    /// How long it may still take.
    pub forecast: Forecast,
    /// Groups of which only the heading is shown.
    pub(super) closed: BTreeSet<usize>,
}

impl Opened {
    /// True when only the heading of a group is shown.
    #[must_use]
    pub fn is_closed(&self, group: usize) -> bool {
        self.closed.contains(&group)
    }
}

/// The monitor.
#[derive(Debug)]
pub struct Model {
    /// What time it is.
    pub now: Timestamp,
    /// Columns and rows.
    pub size: Size,
    /// The runs, the newest first.
    pub runs: Vec<RunSummary>,
    /// How many there are in all.
    pub total: usize,
    /// The run whose tasks or log are shown.
    pub opened: Option<Opened>,
    /// The run that was asked for and did not come yet.
    pub awaited: Option<RunId>,
    /// Which list stands on the left.
    pub depth: Depth,
    /// The runs as one moves about in them.
    pub run_list: List,
    /// The tasks as one moves about in them.
    pub task_list: List,
    /// Only tasks that hold this.
    pub wanted: String,
    /// Which side has the keys.
    pub side: Side,
    /// The log.
    pub log: LogPane,
    /// The attempt that is looked at, where it is not the last.
    pub(super) attempt: Option<u32>,
    /// What lies over the picture.
    pub layer: Option<Layer>,
    /// What the last key came to.
    pub said: Option<String>,
    /// What is being looked for in the log.
    pub seeking: Option<Seeking>,
}

impl Model {
    /// An empty monitor.
    #[must_use]
    pub fn new(size: Size, now: Timestamp, on_stderr: Unsaid, colour: bool) -> Self {
        Self {
            now,
            size,
            runs: Vec::new(),
            total: 0,
            opened: None,
            awaited: None,
            depth: Depth::Runs,
            run_list: List::default(),
            task_list: List::default(),
            wanted: String::new(),
            side: Side::List,
            log: LogPane::new(on_stderr, colour),
            attempt: None,
            layer: None,
            said: None,
            seeking: None,
        }
    }

    /// Opens a run at once.
    pub fn open(&mut self, run: RunId) -> Wish {
        self.depth = Depth::Tasks;
        self.awaited = Some(run);
        self.opened = None;
        self.wanted.clear();
        self.task_list = List::default();
        Wish::Open(run)
    }

    /// Takes in what happened, and says what is wanted of the world because of it.
    pub fn step(&mut self, happened: Happened) -> Vec<Wish> {
        let mut wishes = Vec::new();
        match happened {
            Happened::Press(press) => self.press(press, &mut wishes),
            Happened::Mouse(mouse) => self.mouse(mouse),
            Happened::Pasted(text) => self.pasted(&text),
            Happened::Size(size) => self.size = size,
            Happened::Runs(runs, total) => self.take_runs(runs, total),
            Happened::Opened(record) => self.take_opened(*record),
            Happened::Events(run, events) => self.take_events(run, &events),
            Happened::Forecast(run, forecast) => {
                if let Some(opened) = self.opened.as_mut().filter(|it| it.record.id == run) {
                    opened.forecast = forecast;
                }
            }
            Happened::Lines(need, page, measure) => self.log.take(need, page, measure),
            Happened::Found(whose, found) => self.found(&whose, found, &mut wishes),
            Happened::Said(words) => self.said = Some(words),
            Happened::Created(run) => {
                self.run_list.select(Row::Run(run));
                wishes.push(self.open(run));
            }
            Happened::Tick(now) => self.tick(now),
        }
        self.settle(&mut wishes);
        wishes
    }

    /// The areas of the picture.
    #[must_use]
    pub fn areas(&self) -> Areas {
        areas(self.size, self.side)
    }

    /// What is to be read for the picture.
    #[must_use]
    pub fn need(&self) -> Option<Need> {
        self.log.need(usize::from(self.areas().log.height).max(1))
    }

    /// The list that stands on the left.
    #[must_use]
    pub const fn list(&self) -> &List {
        match self.depth {
            Depth::Runs => &self.run_list,
            Depth::Tasks => &self.task_list,
        }
    }

    pub(super) fn list_mut(&mut self) -> &mut List {
        match self.depth {
            Depth::Runs => &mut self.run_list,
            Depth::Tasks => &mut self.task_list,
        }
    }

    /// The run that keys about runs mean.
    #[must_use]
    pub fn run(&self) -> Option<(RunId, Status)> {
        match (self.depth, self.run_list.selected()) {
            (Depth::Tasks, _) => self.opened.as_ref().map(|it| (it.record.id, it.record.status)),
            (Depth::Runs, Some(Row::Run(run))) => {
                self.runs.iter().find(|it| it.id == run).map(|it| (it.id, it.status))
            }
            _ => None,
        }
    }

    /// After everything that happened: the lists are in order, the selected run is the opened one, and
    /// the log is that of what is selected.
    fn settle(&mut self, wishes: &mut Vec<Wish>) {
        let rows = usize::from(self.areas().list.height);
        self.list_mut().settle(rows);
        if self.depth == Depth::Runs
            && let Some(Row::Run(run)) = self.run_list.selected()
            && self.awaited != Some(run)
            && self.opened.as_ref().is_none_or(|it| it.record.id != run)
        {
            self.awaited = Some(run);
            self.attempt = None;
            wishes.push(Wish::Open(run));
        }
        let whose = self.selected_log();
        self.log.turn_to(whose);
    }

    /// The log of what is selected: of a task its last attempt, or the one that was asked for; of a
    /// group or a run that of the task that matters now.
    fn selected_log(&self) -> Option<Whose> {
        let opened = self.opened.as_ref()?;
        let run = opened.record.id;
        if self.depth == Depth::Runs && self.run_list.selected() != Some(Row::Run(run)) {
            return None;
        }
        let shown = self.log.whose().filter(|it| it.run == run).map(|it| &it.attempt.task);
        let tasks = &opened.record.tasks;
        let task = match (self.depth, self.task_list.selected()) {
            (Depth::Tasks, Some(Row::Task(at))) => tasks.get(at)?,
            (Depth::Tasks, Some(Row::Group(group))) => {
                let group = opened.order.groups.get(group)?;
                tasks::that_matters(group.tasks.iter().filter_map(|at| tasks.get(*at)), shown)?
            }
            _ => tasks::that_matters(tasks.iter(), shown)?,
        };
        let last = task.last_attempt()?.number;
        let number = self.attempt.map_or(last, |it| it.min(last));
        Some(Whose { run, attempt: AttemptId { task: task.name.clone(), number } })
    }

    fn tick(&mut self, now: Timestamp) {
        self.now = now;
        if let Some(opened) = &mut self.opened
            && !opened.record.status.is_over()
        {
            opened.critical = opened.order.critical(&opened.record, now);
        }
    }

    fn take_runs(&mut self, runs: Vec<RunSummary>, total: usize) {
        self.run_list.take(runs.iter().map(|it| Row::Run(it.id)).collect());
        self.runs = runs;
        self.total = total;
    }

    fn take_opened(&mut self, record: RunRecord) {
        if self.awaited != Some(record.id) {
            return;
        }
        self.awaited = None;
        self.attempt = None;
        let order = TaskOrder::of(&record.spec);
        let critical = order.critical(&record, self.now);
        let same = self.opened.take().filter(|it| it.record.id == record.id);
        if same.is_none() {
            self.task_list = List::default();
        }
        let closed = same.map(|it| it.closed).unwrap_or_default();
        self.opened = Some(Opened { record, order, critical, forecast: Forecast::default(), closed });
        self.arrange();
    }

    fn take_events(&mut self, run: RunId, events: &[Event]) {
        if let Some(opened) = self.opened.as_mut().filter(|it| it.record.id == run) {
            for event in events {
                opened.record.apply(event);
            }
            opened.critical = opened.order.critical(&opened.record, self.now);
        }
    }

    /// The rows of the task list anew.
    pub(super) fn arrange(&mut self) {
        let Some(opened) = &self.opened else { return };
        self.task_list.take(tasks::rows(&opened.record, &opened.order, &opened.closed, &self.wanted));
    }
}
