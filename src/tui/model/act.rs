//! What keys and the mouse do on the left side and about runs.

use super::{
    super::{
        keys::{self, Action},
        list::Row,
        tasks,
    },
    state::{Asked, Depth, Layer, Model, Purpose, Side, Wish},
};
use crate::{
    run::Status,
    screen::{KeyName, Mouse, Press},
};

impl Model {
    pub(super) fn act(&mut self, action: Action, wishes: &mut Vec<Wish>) {
        match action {
            Action::Quit => wishes.push(Wish::Leave),
            Action::Help => self.layer = Some(Layer::Help(0)),
            Action::Switch => self.switch(),
            Action::Back => self.back(),
            Action::Open => self.open_selected(),
            Action::Cancel | Action::Pause | Action::Retry => self.ask(action, wishes),
            Action::Up
            | Action::Down
            | Action::PageUp
            | Action::PageDown
            | Action::Top
            | Action::Bottom
            | Action::Left
            | Action::Right => match self.side {
                Side::List => self.move_in_list(action),
                Side::Log => self.move_in_log(action),
            },
            Action::Search if self.side == Side::List && self.depth == Depth::Tasks => {
                self.layer = Some(Layer::Typing(Purpose::Tasks, self.wanted.clone()));
            }
            other => self.act_on_log(other, wishes),
        }
    }

    pub(super) const fn switch(&mut self) {
        self.side = match self.side {
            Side::List => Side::Log,
            Side::Log => Side::List,
        };
    }

    /// One thing back: what lies nearest goes first.
    pub(super) fn back(&mut self) {
        if self.seeking.take().is_some() {
            self.said = Some("it is looked for no more".to_owned());
        } else if self.side == Side::Log && self.log.clear() {
            self.said = Some("every line is shown again".to_owned());
        } else if self.side == Side::Log {
            self.side = Side::List;
        } else if self.depth == Depth::Tasks && !self.wanted.is_empty() {
            self.only_tasks(String::new());
        } else if self.depth == Depth::Tasks {
            self.depth = Depth::Runs;
            if let Some(opened) = &self.opened {
                self.run_list.select(Row::Run(opened.record.id));
            }
        } else {
            self.said = Some(format!("this is the list of runs; {} leaves", keys::name(Action::Quit)));
        }
    }

    pub(super) fn open_selected(&mut self) {
        match (self.side, self.depth, self.list().selected()) {
            (Side::List, Depth::Runs, Some(Row::Run(_))) => {
                self.depth = Depth::Tasks;
                self.arrange();
            }
            (Side::List, Depth::Tasks, Some(Row::Group(group))) => {
                if let Some(opened) = &mut self.opened
                    && !opened.closed.remove(&group)
                {
                    opened.closed.insert(group);
                }
                self.arrange();
            }
            (Side::List, _, Some(_)) => self.side = Side::Log,
            (Side::Log, ..) => self.act_on_log(Action::Follow, &mut Vec::new()),
            _ => {}
        }
    }

    pub(super) fn move_in_list(&mut self, action: Action) {
        let page = isize::from(i16::try_from(self.areas().list.height).unwrap_or(i16::MAX)).max(2) - 1;
        match action {
            Action::Down => self.choose(1),
            Action::Up => self.choose(-1),
            Action::PageDown => self.choose(page),
            Action::PageUp => self.choose(-page),
            Action::Top => self.choose(isize::MIN),
            Action::Bottom => self.choose(isize::MAX),
            Action::Left => self.close_or_open(true),
            _ => self.close_or_open(false),
        }
    }

    pub(super) fn choose(&mut self, by: isize) {
        self.attempt = None;
        self.list_mut().go(by);
    }

    /// Closes the group of what is selected, or opens it.
    pub(super) fn close_or_open(&mut self, close: bool) {
        let Some(opened) = self.opened.as_mut().filter(|_| self.depth == Depth::Tasks) else { return };
        let group = match self.task_list.selected() {
            Some(Row::Group(group)) => Some(group),
            Some(Row::Task(at)) if close => opened.order.groups.iter().position(|it| it.tasks.contains(&at)),
            _ => None,
        };
        // Tasks under no heading have none to be closed under.
        let Some(group) = group.filter(|it| opened.order.groups[*it].name.is_some()) else { return };
        if close {
            opened.closed.insert(group);
        } else {
            opened.closed.remove(&group);
        }
        self.arrange();
        self.task_list.select(Row::Group(group));
    }

    pub(super) fn ask(&mut self, action: Action, wishes: &mut Vec<Wish>) {
        let Some((run, status)) = self.run() else {
            self.said = Some("no run is selected".to_owned());
            return;
        };
        let short = run.short();
        let over = status.is_over();
        match (action, status) {
            (Action::Retry, _) if !over => {
                self.said =
                    Some(format!("run {short} is {}; it can be run again when it is over", status.word()));
            }
            (Action::Retry, _) => {
                self.layer = Some(Layer::Question(format!("Run {short} again?"), run, Asked::Retry));
            }
            (_, _) if over => self.said = Some(format!("run {short} is over: it {}", status.word())),
            (Action::Cancel, _) => {
                let words = format!("Cancel run {short}? {}", self.what_would_be_lost());
                self.layer = Some(Layer::Question(words, run, Asked::Cancel));
            }
            (_, Status::Paused) => wishes.push(Wish::Ask(run, Asked::Unpause)),
            _ => wishes.push(Wish::Ask(run, Asked::Pause)),
        }
    }

    pub(super) fn what_would_be_lost(&self) -> String {
        let Some(opened) = self.opened.as_ref() else { return String::new() };
        let live = opened.record.tasks.iter().filter(|it| tasks::is_live(it.status)).count();
        match live {
            0 => "Nothing of it runs at this moment.".to_owned(),
            1 => "One task runs and would be stopped.".to_owned(),
            live => format!("{live} tasks run and would be stopped."),
        }
    }

    pub(super) fn mouse(&mut self, mouse: Mouse) {
        if let Some(Layer::Help(top)) = self.layer {
            if let Mouse::Wheel { turns, .. } = mouse {
                let action = if turns < 0 { Action::Up } else { Action::Down };
                self.press_in_help(top, Some(action), Press::of(KeyName::Up));
            }
            return;
        }
        let areas = self.areas();
        let (columns, rows) = self.log_size();
        match mouse {
            Mouse::Click { column, row } if areas.list.contains((column, row).into()) => {
                let place = usize::from(row - areas.list.y);
                let height = usize::from(areas.list.height);
                let before = self.list().selected();
                self.attempt = None;
                self.list_mut().select_at(place, height);
                // A click on what is selected opens it.
                if self.side == Side::List && before == self.list().selected() {
                    self.open_selected();
                } else {
                    self.side = Side::List;
                }
            }
            Mouse::Click { column, row } if areas.log.contains((column, row).into()) => self.side = Side::Log,
            Mouse::Wheel { column, row, turns } if areas.list.contains((column, row).into()) => {
                self.choose(isize::from(turns));
            }
            Mouse::Wheel { turns, .. } => self.log.scroll(3 * isize::from(turns), columns, rows),
            Mouse::Click { .. } => {}
        }
    }
}
