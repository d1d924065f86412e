//! A monitor at a desk: runs and logs made by hand, keys pressed, and the picture looked at.

use std::{collections::HashMap, fmt::Write as _, fs, path::PathBuf};

use ratatui::{buffer::Buffer, layout::Rect};
use serde_json::json;

use crate::{
    clock::{Moment, Timestamp},
    ids::{Ids, RunId, Seq, TaskName},
    logs::{LineCount, LogPages, Place, Sought, Unsaid},
    render,
    run::{Ending, Event, EventKind, Outcome, ProcessId, RunRecord, RunSummary, Specification, Verdict},
    screen::{Input, KeyName, Press, Size},
    tui::{
        log::{Measure, Whose},
        model::{Happened, Model, Wish},
        paint::{Look, paint},
    },
};

/// When runs are created.
pub const START: &str = "2026-03-14T11:50:00Z";

/// A task as a line: `name < need need @ group`.
pub fn spec(number: u64, tasks: &[&str]) -> Specification {
    let start = Timestamp::parse(START).unwrap();
    let tasks: Vec<_> = tasks
        .iter()
        .map(|line| {
            let (line, group) = line.split_once(" @ ").map_or((*line, None), |(line, it)| (line, Some(it)));
            let (name, needs) = line.split_once(" < ").unwrap_or((line, ""));
            json!({
                "name": name, "title": format!("Do {name}"), "argv": ["/bin/true"],
                "needs": needs.split_whitespace().collect::<Vec<_>>(), "group": group, "cwd": "/",
                "env": {}, "pass_env": [], "stdin": null, "capture": "split",
                "limits": {"wall": null, "idle": null, "grace": 1000},
                "retries": {"max": 0, "backoff": 0, "on": []}, "leave_running": false, "fail_on": [],
            })
        })
        .collect();
    serde_json::from_value(json!({
        "version": Specification::VERSION, "run": Ids::counted(number).run(start.millis()),
        "workflow": "all",
        "plan": {"id": "HARBOUR", "title": "Book a berth", "dialect": "checklist", "path": "H.md"},
        "item": null, "params": {}, "tasks": tasks, "slots": 4, "fail_fast": false, "deliverables": [],
        "plan_hash": null, "git_commit": null, "asked_by": {"user": "ada", "face": "cli", "pid": 7},
        "created_at": start, "parent": null, "umask": 18, "max_log_bytes": 1 << 20, "seed": 1,
    }))
    .unwrap()
}

/// A monitor with everything around it.
pub struct Desk {
    folder: tempfile::TempDir,
    pub model: Model,
    look: Look,
    seqs: HashMap<RunId, u64>,
    records: HashMap<RunId, RunRecord>,
    pub asked: Vec<Wish>,
    open: Option<(Whose, u64, LogPages)>,
}

impl Desk {
    pub fn new(columns: usize, rows: usize) -> Self {
        let size = Size { columns, rows };
        let now = Timestamp::parse("2026-03-14T12:00:00Z").unwrap();
        Self {
            folder: tempfile::tempdir().unwrap(),
            model: Model::new(size, now, Unsaid::Info, false),
            look: Look::of(render::Style::plain(columns)),
            seqs: HashMap::new(),
            records: HashMap::new(),
            asked: Vec::new(),
            open: None,
        }
    }

    /// A run is created.
    pub fn create(&mut self, spec: &Specification) -> RunId {
        self.records.insert(spec.run, RunRecord::new(spec.clone()));
        self.list();
        spec.run
    }

    fn list(&mut self) {
        let mut runs: Vec<RunSummary> = self.records.values().map(RunSummary::from).collect();
        runs.sort_by_key(|it| std::cmp::Reverse(it.id));
        let total = runs.len();
        self.happens(Happened::Runs(runs, total));
    }

    /// Something happens to a run, so many seconds after it was created.
    pub fn event(&mut self, run: RunId, second: u64, kind: EventKind) {
        let seq = self.seqs.entry(run).or_default();
        *seq += 1;
        let start = Timestamp::parse(START).unwrap().millis();
        let at = Moment::from_millis(second * 1000);
        let ts = Timestamp::from_millis(start + i64::try_from(second).unwrap() * 1000);
        let event = Event { run, seq: Seq(*seq), at, ts, kind };
        self.records.get_mut(&run).unwrap().apply(&event);
        self.happens(Happened::Events(run, vec![event]));
        self.list();
    }

    pub fn starts(&mut self, run: RunId, second: u64) {
        let supervisor = process();
        self.event(run, second, EventKind::RunStarted { supervisor });
    }

    pub fn begins(&mut self, run: RunId, second: u64, task: &str, number: u32) {
        let attempt = crate::ids::AttemptId { task: TaskName::new(task), number };
        self.event(run, second, EventKind::TaskReady { attempt: attempt.clone() });
        self.event(run, second, EventKind::AttemptStarted { attempt, process: process() });
    }

    pub fn ends(&mut self, run: RunId, second: u64, task: &str, number: u32, outcome: Outcome) {
        let attempt = crate::ids::AttemptId { task: TaskName::new(task), number };
        let ending = Ending::bare(outcome.clone());
        self.event(run, second, EventKind::AttemptEnded { attempt, ending });
        self.event(run, second, EventKind::TaskEnded { task: TaskName::new(task), outcome });
    }

    pub fn is_over(&mut self, run: RunId, second: u64, verdict: Verdict) {
        let kind = EventKind::RunEnded { verdict, deliverables: Vec::new(), survivors: Vec::new() };
        self.event(run, second, kind);
    }

    fn log(&self, whose: &Whose) -> PathBuf {
        let Whose { run, attempt } = whose;
        self.folder.path().join(format!("{run}.{}.{}.log", attempt.task, attempt.number))
    }

    /// An attempt prints.
    pub fn prints(&mut self, run: RunId, task: &str, number: u32, text: impl AsRef<[u8]>) {
        let attempt = crate::ids::AttemptId { task: TaskName::new(task), number };
        let path = self.log(&Whose { run, attempt });
        let mut all = fs::read(&path).unwrap_or_default();
        all.extend_from_slice(text.as_ref());
        fs::write(path, all).unwrap();
        self.settle();
    }

    pub fn happens(&mut self, happened: Happened) {
        let wishes = self.model.step(happened);
        for wish in wishes {
            self.grant(wish);
        }
        self.settle();
    }

    fn grant(&mut self, wish: Wish) {
        match &wish {
            Wish::Open(run) => {
                let record = self.records[run].clone();
                self.happens(Happened::Opened(Box::new(record)));
            }
            Wish::Seek(whose, wanted, from, way) => {
                let mut pages = LogPages::open(self.log(whose), self.model.log.sieve()).unwrap();
                let found = match pages.seek(wanted, *from, *way, u64::MAX).unwrap() {
                    Sought::Line(start) => Some(start),
                    _ => None,
                };
                self.happens(Happened::Found(whose.clone(), found));
            }
            Wish::Line(whose, number) => {
                let pages = LogPages::open(self.log(whose), self.model.log.sieve()).unwrap();
                let mut count = LineCount::default();
                count.advance(pages.log(), u64::MAX).unwrap();
                let found = count.offset_of(pages.log(), *number).unwrap();
                self.happens(Happened::Found(whose.clone(), Some(found)));
            }
            _ => {}
        }
        self.asked.push(wish);
    }

    /// Every line that is wanted is read.
    fn settle(&mut self) {
        let Some(need) = self.model.need() else { return };
        if self.open.as_ref().is_none_or(|(whose, sieve, _)| *whose != need.whose || *sieve != need.sieve) {
            let pages = LogPages::open(self.log(&need.whose), self.model.log.sieve()).unwrap();
            self.open = Some((need.whose.clone(), need.sieve, pages));
        }
        let Some((_, _, pages)) = &mut self.open else { return };
        pages.look().unwrap();
        let page = pages.page(need.place, need.above, need.below, u64::MAX).unwrap();
        let mut count = LineCount::default();
        count.advance(pages.log(), u64::MAX).unwrap();
        let line = match need.place {
            Place::At(offset) => count.number_at(pages.log(), offset).unwrap(),
            Place::End => None,
        };
        let measure = Measure { line, lines: count.lines(), counted: true };
        self.model.step(Happened::Lines(need, page, measure));
    }

    /// Keys as they are named: `j`, `Enter`, `Esc`, `Tab`, `Ctrl-l`; other words are typed.
    pub fn press(&mut self, keys: &str) {
        for key in keys.split(' ') {
            let named = match key {
                "Enter" => Some(KeyName::Enter),
                "Esc" => Some(KeyName::Escape),
                "Tab" => Some(KeyName::Tab),
                "Space" => Some(KeyName::Char(' ')),
                "PgUp" => Some(KeyName::PageUp),
                "PgDn" => Some(KeyName::PageDown),
                "End" => Some(KeyName::End),
                "Right" => Some(KeyName::Right),
                "Backspace" => Some(KeyName::Backspace),
                _ => None,
            };
            if let Some(key) = named {
                self.input(&Input::Press(Press::of(key)));
                continue;
            }
            match key.strip_prefix("Ctrl-") {
                Some(letter) => self.input(&Input::Press(Press::ctrl(letter.chars().next().unwrap()))),
                None => key.chars().for_each(|it| self.input(&Input::Press(Press::char(it)))),
            }
        }
    }

    pub fn input(&mut self, input: &Input) {
        match input {
            Input::Press(press) => self.happens(Happened::Press(*press)),
            Input::Mouse(mouse) => self.happens(Happened::Mouse(*mouse)),
            Input::Pasted(text) => self.happens(Happened::Pasted(text.clone())),
            _ => {}
        }
    }

    /// The whole screen, trailing spaces aside; what is selected is told by `›`.
    pub fn picture(&self) -> String {
        let size = self.model.size;
        let area = Rect::new(0, 0, u16::try_from(size.columns).unwrap(), u16::try_from(size.rows).unwrap());
        let mut buffer = Buffer::empty(area);
        paint(&self.model, &self.look, &mut buffer);
        let mut text = String::new();
        for row in 0..area.height {
            let mut line = String::new();
            let mut skip = 0;
            for column in 0..area.width {
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                let symbol = buffer[(column, row)].symbol();
                skip = crate::text::display_width(symbol).saturating_sub(1);
                line.push_str(symbol);
            }
            assert!(crate::text::display_width(&line) <= size.columns, "row {row} is too wide: {line:?}");
            assert!(crate::text::is_plain(&line), "row {row} holds what no terminal may see: {line:?}");
            writeln!(text, "{}", line.trim_end()).unwrap();
        }
        text
    }
}

fn process() -> ProcessId {
    serde_json::from_value(json!({"pid": 7, "birth": 1, "boot": "b", "namespace": "n"})).unwrap()
}
