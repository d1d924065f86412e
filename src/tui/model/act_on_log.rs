//! What keys do in the log.

use super::{
    super::{
        keys::{self, Action},
        list::Row,
        log::Whose,
        tasks,
    },
    state::{Layer, Model, Purpose, Seeking, Wish},
};
use crate::{
    logs::{Level, Wanted, Way},
    text,
};

impl Model {
    pub(super) fn log_size(&self) -> (usize, usize) {
        let area = self.areas().log;
        (usize::from(area.width), usize::from(area.height).max(1))
    }

    pub(super) fn move_in_log(&mut self, action: Action) {
        let (columns, rows) = self.log_size();
        let page = isize::try_from(rows).unwrap_or(1).max(2) - 1;
        let mut scroll = |by| self.log.scroll(by, columns, rows);
        match action {
            Action::Down => scroll(1),
            Action::Up => scroll(-1),
            Action::PageDown => scroll(page),
            Action::PageUp => scroll(-page),
            Action::Top => self.log.go_to_start(),
            Action::Bottom => self.log.follow(),
            Action::Left => self.log.shift(-8),
            _ => self.log.shift(8),
        }
    }

    pub(super) fn act_on_log(&mut self, action: Action, wishes: &mut Vec<Wish>) {
        let (columns, rows) = self.log_size();
        match action {
            Action::Follow => self.log.toggle_follow(columns, rows),
            Action::Search => self.layer = Some(Layer::Typing(Purpose::Search, String::new())),
            Action::Line => self.layer = Some(Layer::Typing(Purpose::Line, String::new())),
            Action::Grep => {
                let text = self.log.grep.as_ref().map(|it| it.text.clone()).unwrap_or_default();
                self.layer = Some(Layer::Typing(Purpose::Grep, text));
            }
            Action::Next => self.seek(Way::On, wishes),
            Action::Previous => self.seek(Way::Back, wishes),
            Action::FirstError => self.seek_error(0, wishes),
            Action::NextError => {
                let from = self.log.place(columns, rows) + u64::from(self.log.hit.is_some());
                self.seek_error(from, wishes);
            }
            Action::Level => self.log.next_level(),
            Action::Stream => self.next_stream(),
            Action::Clear => {
                self.log.clear();
            }
            Action::Stamps => self.log.next_stamps(),
            Action::Wrap => {
                self.log.hold_unless_following(columns, rows);
                self.log.toggle_wrap();
            }
            Action::Earlier => self.other_attempt(false),
            Action::Later => self.other_attempt(true),
            Action::Copy => self.copy(columns, rows, wishes),
            Action::CopyPath | Action::OpenFile => match self.log.whose().cloned() {
                Some(whose) if action == Action::OpenFile => wishes.push(Wish::OpenFile(whose)),
                Some(whose) => {
                    self.said = Some("the path was offered to the clipboard".to_owned());
                    wishes.push(Wish::CopyPath(whose));
                }
                None => self.said = Some("there is no log here".to_owned()),
            },
            _ => {}
        }
    }

    /// Only where the streams are known.
    pub(super) fn next_stream(&mut self) {
        let split = self.opened.as_ref().zip(self.log.whose()).is_some_and(|(opened, whose)| {
            let task = opened.record.spec.task(&whose.attempt.task);
            task.is_some_and(tasks::tells_streams)
        });
        if split {
            self.log.next_stream();
        } else {
            self.said =
                Some("its streams can't be told apart; set capture = \"split\" in the recipe".to_owned());
        }
    }

    pub(super) fn seek(&mut self, way: Way, wishes: &mut Vec<Wish>) {
        let Some(search) = &self.log.search else {
            self.said = Some(format!("nothing is looked for; {} begins", keys::name(Action::Search)));
            return;
        };
        let (columns, rows) = self.log_size();
        let wanted = Wanted::Pattern(search.pattern.clone());
        let from = self.log.place(columns, rows) + u64::from(way == Way::On && self.log.hit.is_some());
        if let Some(whose) = self.log.whose() {
            wishes.push(Wish::Seek(whose.clone(), wanted, from, way));
            self.seeking = Some(Seeking::Match { way, round: false });
        }
    }

    pub(super) fn seek_error(&mut self, from: u64, wishes: &mut Vec<Wish>) {
        if let Some(whose) = self.log.whose() {
            wishes.push(Wish::Seek(whose.clone(), Wanted::Grave(Level::Error), from, Way::On));
            self.seeking = Some(Seeking::Error);
        }
    }

    pub(super) fn other_attempt(&mut self, later: bool) {
        let Some(whose) = self.log.whose() else { return };
        let number = whose.attempt.number;
        let task = whose.attempt.task.clone();
        let last = self
            .opened
            .as_ref()
            .and_then(|it| it.record.task(&task))
            .and_then(|it| it.last_attempt())
            .map_or(1, |it| it.number);
        let wanted = if later { number + 1 } else { number.saturating_sub(1) };
        if wanted == 0 || wanted > last {
            self.said = Some(format!("this is attempt {number} of {last}"));
            return;
        }
        // What is selected may be a group, whose log is that of another task a moment later.
        if let Some(opened) = &self.opened
            && let Some(at) = opened.record.tasks.iter().position(|it| it.name == task)
        {
            self.task_list.select(Row::Task(at));
        }
        self.attempt = (wanted < last).then_some(wanted);
    }

    pub(super) fn copy(&mut self, columns: usize, rows: usize, wishes: &mut Vec<Wish>) {
        let shown = self.log.sight(columns, rows);
        let mut text = String::new();
        let mut last = None;
        for row in &shown {
            if last != Some(row.line.start) {
                text.push_str(&text::plain(&text::without_escapes(&row.line.text)));
                text.push('\n');
                last = Some(row.line.start);
            }
        }
        let lines = text.lines().count();
        self.said = Some(format!("{lines} lines were offered to the clipboard"));
        wishes.push(Wish::Copy(text));
    }

    /// What came of looking; a match is also looked for from the other end, once.
    pub(super) fn found(&mut self, whose: &Whose, found: Option<u64>, wishes: &mut Vec<Wish>) {
        let sought = self.seeking.take();
        if self.log.whose() != Some(whose) {
            return;
        }
        match (found, sought) {
            (Some(start), Some(sought)) => {
                self.log.go_to(start);
                let round = matches!(sought, Seeking::Match { round: true, .. });
                self.said = round.then(|| "the search went round".to_owned());
            }
            (None, Some(Seeking::Match { way, round: false })) => {
                if let Some(search) = &self.log.search {
                    let wanted = Wanted::Pattern(search.pattern.clone());
                    let from = if way == Way::On { 0 } else { u64::MAX };
                    wishes.push(Wish::Seek(whose.clone(), wanted, from, way));
                    self.seeking = Some(Seeking::Match { way, round: true });
                }
            }
            (None, Some(Seeking::Error)) => self.said = Some("no error from here on".to_owned()),
            (None, Some(_)) => self.said = Some("it stands nowhere".to_owned()),
            // It was given up.
            (_, None) => {}
        }
    }
}
