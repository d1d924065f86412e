//! Every state is a symbol *and* a word, and has a role. A symbol is one column wide everywhere.

use super::{Style, line::Line, theme::Role};
use crate::{
    plan::{ItemState, PlanState, problem::Severity},
    run::Status,
    view::Tone,
};

/// A symbol, a word and a role.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    symbol: char,
    pub(super) word: &'static str,
    pub(super) role: Role,
}

impl Mark {
    const fn new(symbol: char, word: &'static str, role: Role) -> Self {
        Self { symbol, word, role }
    }

    /// The symbol alone, where the word stands elsewhere.
    pub(super) fn symbol_line(self) -> Line {
        Line::of(self.role, self.symbol.to_string())
    }

    /// `✔ done`; the word alone for readers that symbols would only disturb.
    pub(super) fn line(self, style: &Style) -> Line {
        if style.accessible {
            return Line::of(self.role, self.word);
        }
        Line::of(self.role, format!("{} {}", self.symbol, self.word))
    }
}

pub(super) const fn item(state: ItemState) -> Mark {
    let (symbol, role) = match state {
        ItemState::Pending => ('○', Role::Dim),
        ItemState::Ready => ('▷', Role::Hint),
        ItemState::InProgress => ('◐', Role::Running),
        ItemState::InReview => ('◎', Role::Warning),
        ItemState::NeedsFix => ('✗', Role::Failed),
        ItemState::Blocked => ('⊘', Role::Dim),
        ItemState::Done => ('✔', Role::Ok),
        ItemState::Skipped => ('−', Role::Dim),
        ItemState::Unknown => ('?', Role::Warning),
    };
    Mark::new(symbol, state.word(), role)
}

pub(super) const fn plan(state: PlanState) -> Mark {
    let (symbol, role) = match state {
        PlanState::Empty => ('○', Role::Dim),
        PlanState::Ready => ('▷', Role::Hint),
        PlanState::InProgress => ('◐', Role::Running),
        PlanState::NeedsAttention => ('!', Role::Failed),
        PlanState::Blocked => ('⊘', Role::Warning),
        PlanState::Done => ('✔', Role::Ok),
        PlanState::Paused => ('‖', Role::Dim),
    };
    Mark::new(symbol, state.word(), role)
}

pub(super) const fn run(status: Status) -> Mark {
    let (symbol, role) = match status {
        Status::Queued => ('○', Role::Dim),
        Status::Running => ('▶', Role::Running),
        Status::Paused => ('‖', Role::Warning),
        Status::Stopping => ('◌', Role::Warning),
        Status::Succeeded => ('✔', Role::Ok),
        Status::Failed => ('✗', Role::Failed),
        Status::TimedOut => ('◷', Role::Warning),
        Status::Cancelled => ('⊗', Role::Warning),
        Status::Lost => ('?', Role::Failed),
        Status::Skipped => ('−', Role::Dim),
        Status::Blocked => ('⊘', Role::Dim),
    };
    Mark::new(symbol, status.word(), role)
}

/// How a status is shown: its symbol, one column wide, its word, and its role.
#[must_use]
pub const fn status_mark(status: Status) -> (char, &'static str, Role) {
    let mark = run(status);
    (mark.symbol, mark.word, mark.role)
}

pub(super) const fn severity(severity: Severity) -> Mark {
    let (symbol, role) = match severity {
        Severity::Note => ('·', Role::Dim),
        Severity::Warning => ('!', Role::Warning),
        Severity::Error => ('✗', Role::Failed),
    };
    Mark::new(symbol, severity.word(), role)
}

pub(super) const fn tone(tone: Tone) -> (char, Role) {
    match tone {
        Tone::Good => ('✔', Role::Ok),
        Tone::Caution => ('!', Role::Warning),
        Tone::Bad => ('✗', Role::Failed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::display_width;

    #[test]
    fn a_symbol_is_one_column_wide() {
        for status in Status::ALL {
            assert_eq!(display_width(&run(status).symbol.to_string()), 1, "{}", status.word());
        }
        let items = [ItemState::Pending, ItemState::Ready, ItemState::InProgress, ItemState::InReview];
        let others = [ItemState::NeedsFix, ItemState::Blocked, ItemState::Done, ItemState::Skipped];
        for state in items.into_iter().chain(others) {
            assert_eq!(display_width(&item(state).symbol.to_string()), 1, "{}", state.word());
        }
    }
}
