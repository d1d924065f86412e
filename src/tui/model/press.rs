//! Keys: what they mean depends on what lies over the picture.

use super::{
    super::{
        keys::{self, Action},
        paint,
        words::Typed,
    },
    state::{Layer, Model, Purpose, Seeking, Wish},
};
use crate::{
    logs::Way,
    screen::{KeyName, Press},
};

impl Model {
    pub(super) fn press(&mut self, press: Press, wishes: &mut Vec<Wish>) {
        let action = keys::action(press);
        // These work whatever lies over the picture.
        match action {
            Some(Action::Suspend) => return wishes.push(Wish::Suspend),
            Some(Action::Redraw) => return wishes.push(Wish::Redraw),
            _ => {}
        }
        self.said = None;
        match self.layer.take() {
            Some(Layer::Help(top)) => self.press_in_help(top, action, press),
            Some(Layer::Question(words, run, asked)) => match press.key {
                KeyName::Char('y' | 'Y') if !press.ctrl => wishes.push(Wish::Ask(run, asked)),
                KeyName::Char('n' | 'N' | 'q') | KeyName::Escape | KeyName::Enter => {
                    self.said = Some("nothing was done".to_owned());
                }
                _ if action == Some(Action::Quit) => {}
                _ => self.layer = Some(Layer::Question(words, run, asked)),
            },
            Some(Layer::Typing(purpose, text)) => self.press_in_line(purpose, text, press, wishes),
            None => match action {
                Some(action) => self.act(action, wishes),
                None => self.dead(press),
            },
        }
    }

    pub(super) fn dead(&mut self, press: Press) {
        if let KeyName::Char(character) = press.key {
            let ctrl = if press.ctrl { "Ctrl-" } else { "" };
            self.said = Some(format!("{ctrl}{character} is no key here; ? lists the keys"));
        }
    }

    pub(super) fn press_in_help(&mut self, top: usize, action: Option<Action>, press: Press) {
        let page = self.size.rows.saturating_sub(2).max(1);
        let top = match action {
            Some(Action::Down) => top + 1,
            Some(Action::Up) => top.saturating_sub(1),
            Some(Action::PageDown) => top + page,
            Some(Action::PageUp) => top.saturating_sub(page),
            Some(Action::Top) => 0,
            Some(Action::Bottom) => usize::MAX,
            Some(Action::Back | Action::Help | Action::Quit | Action::Open) => return,
            _ if press.key == KeyName::Escape => return,
            _ => top,
        };
        // No further than the last row stays in sight; the painter knows how many there are.
        self.layer = Some(Layer::Help(top.min(paint::help_rows(self.size).saturating_sub(page))));
    }

    pub(super) fn press_in_line(
        &mut self,
        purpose: Purpose,
        mut text: String,
        press: Press,
        wishes: &mut Vec<Wish>,
    ) {
        match press.key {
            KeyName::Escape => {
                if purpose == Purpose::Tasks {
                    self.only_tasks(String::new());
                }
                return;
            }
            KeyName::Char('c') if press.ctrl => return,
            KeyName::Enter => return self.typed(purpose, &text, wishes),
            // On an empty line it goes back, as in a pager.
            KeyName::Backspace if text.is_empty() => return,
            KeyName::Backspace => drop(text.pop()),
            KeyName::Char('u') if press.ctrl => text.clear(),
            KeyName::Char('w') if press.ctrl => {
                let end = text.trim_end().rfind(' ').map_or(0, |at| at + 1);
                text.truncate(end);
            }
            KeyName::Char(character) if !press.ctrl && !press.alt => text.push(character),
            _ => {}
        }
        if purpose == Purpose::Tasks {
            self.only_tasks(text.clone());
        }
        self.layer = Some(Layer::Typing(purpose, text));
    }

    pub(super) fn typed(&mut self, purpose: Purpose, text: &str, wishes: &mut Vec<Wish>) {
        match purpose {
            Purpose::Search => {
                // An empty line looks for the same again.
                if let Some(search) = Typed::of(text) {
                    self.log.search = Some(search);
                    self.log.hit = None;
                }
                self.seek(Way::On, wishes);
            }
            Purpose::Grep => self.log.only(Typed::of(text)),
            Purpose::Tasks => self.only_tasks(text.to_owned()),
            Purpose::Line => match (text.trim().parse(), self.log.whose()) {
                (Ok(number), Some(whose)) => {
                    wishes.push(Wish::Line(whose.clone(), number));
                    self.seeking = Some(Seeking::Line);
                }
                _ => self.said = Some("a line has a number".to_owned()),
            },
        }
    }

    pub(super) fn pasted(&mut self, text: &str) {
        if let Some(Layer::Typing(_, typed)) = &mut self.layer {
            typed.extend(text.lines().next().unwrap_or_default().chars().filter(|it| !it.is_control()));
        }
    }

    pub(super) fn only_tasks(&mut self, text: String) {
        self.wanted = text;
        self.arrange();
    }
}
