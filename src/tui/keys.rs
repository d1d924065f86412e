//! The key map of the monitor: the one list that it acts on and that its help and hints show.

use crate::{
    screen::{KeyName, Press},
    view::{HelpKey, HelpPage, HelpSection},
};

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// One row down, or the next entry.
    Down,
    /// One row up, or the entry before.
    Up,
    /// A screenful down.
    PageDown,
    /// A screenful up.
    PageUp,
    /// To the beginning.
    Top,
    /// To the end; in a log to follow it from there.
    Bottom,
    /// To the left within long lines; in a list closes a group.
    Left,
    /// To the right within long lines; in a list opens a group.
    Right,
    /// Opens what is selected.
    Open,
    /// Takes one thing back: what was asked, searched, opened.
    Back,
    /// Gives the keys to the other side.
    Switch,
    /// Follows the log, or stays.
    Follow,
    /// Looks for text.
    Search,
    /// The next place where it stands.
    Next,
    /// The place before.
    Previous,
    /// The first error.
    FirstError,
    /// The next error.
    NextError,
    /// Only lines that match.
    Grep,
    /// Only lines that are grave enough.
    Level,
    /// Only one stream.
    Stream,
    /// No filter any more.
    Clear,
    /// Other times beside the lines.
    Stamps,
    /// Long lines go on in the next row, or do not.
    Wrap,
    /// An earlier attempt of the task.
    Earlier,
    /// A later attempt of the task.
    Later,
    /// To the line of a number.
    Line,
    /// Ends the run.
    Cancel,
    /// Runs it again.
    Retry,
    /// Launches nothing more, or goes on.
    Pause,
    /// Opens the log's file with the person's own program.
    OpenFile,
    /// Offers what is in sight to the clipboard.
    Copy,
    /// Offers the log's path to the clipboard.
    CopyPath,
    /// The keys.
    Help,
    /// Paints everything anew.
    Redraw,
    /// Stops the program as a shell does.
    Suspend,
    /// Leaves the monitor; runs go on.
    Quit,
}

/// Where a key belongs in the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Moving,
    Log,
    Run,
    Everywhere,
}

impl Part {
    const ALL: [Self; 4] = [Self::Moving, Self::Log, Self::Run, Self::Everywhere];

    const fn title(self) -> &'static str {
        match self {
            Self::Moving => "Moving, on the side that has the keys",
            Self::Log => "The log",
            Self::Run => "The run",
            Self::Everywhere => "Everywhere",
        }
    }
}

/// One row of the map.
struct Binding {
    presses: &'static [Press],
    /// As it is named.
    shown: &'static str,
    action: Action,
    says: &'static str,
    part: Part,
}

const fn row(
    part: Part,
    presses: &'static [Press],
    shown: &'static str,
    action: Action,
    says: &'static str,
) -> Binding {
    Binding { presses, shown, action, says, part }
}

const fn key(key: KeyName) -> Press {
    Press::of(key)
}

const fn char(character: char) -> Press {
    Press::char(character)
}

use Part::{Everywhere, Log, Moving, Run};

const MAP: &[Binding] = &[
    row(Moving, &[char('j'), key(KeyName::Down)], "j, Down", Action::Down, "one row down"),
    row(Moving, &[char('k'), key(KeyName::Up)], "k, Up", Action::Up, "one row up"),
    row(
        Moving,
        &[key(KeyName::PageDown), char(' '), Press::ctrl('f'), Press::ctrl('d')],
        "Space, PgDn",
        Action::PageDown,
        "a screenful down",
    ),
    row(
        Moving,
        &[key(KeyName::PageUp), char('b'), Press::ctrl('b'), Press::ctrl('u')],
        "b, PgUp",
        Action::PageUp,
        "a screenful up",
    ),
    row(Moving, &[char('g'), key(KeyName::Home)], "g, Home", Action::Top, "to the beginning"),
    row(
        Moving,
        &[char('G'), key(KeyName::End)],
        "G, End",
        Action::Bottom,
        "to the end; a log is followed there",
    ),
    row(
        Moving,
        &[char('h'), key(KeyName::Left)],
        "h, Left",
        Action::Left,
        "close a group; in a log to the left",
    ),
    row(
        Moving,
        &[char('l'), key(KeyName::Right)],
        "l, Right",
        Action::Right,
        "open a group; in a log to the right",
    ),
    row(Moving, &[key(KeyName::Enter)], "Enter", Action::Open, "open a run or a group, go to a task's log"),
    row(
        Moving,
        &[key(KeyName::Tab), key(KeyName::BackTab)],
        "Tab",
        Action::Switch,
        "give the keys to the other side",
    ),
    row(Log, &[char('f')], "f", Action::Follow, "follow the end, or stay here"),
    row(Log, &[char('/')], "/", Action::Search, "search; on the left side only the tasks that hold a text"),
    row(Log, &[char('n')], "n", Action::Next, "the next match"),
    row(Log, &[char('N')], "N", Action::Previous, "the match before"),
    row(Log, &[char('e')], "e", Action::FirstError, "the first error"),
    row(Log, &[char('E')], "E", Action::NextError, "the next error"),
    row(Log, &[char('&')], "&", Action::Grep, "only lines that match a regular expression"),
    row(Log, &[char('v')], "v", Action::Level, "only lines as grave as debug, info, warn, error"),
    row(Log, &[char('s')], "s", Action::Stream, "only one stream: out, err, both"),
    row(Log, &[char('x')], "x", Action::Clear, "no filter and no search any more"),
    row(Log, &[char('t')], "t", Action::Stamps, "times: since the start, of the day (UTC), none"),
    row(Log, &[char('w')], "w", Action::Wrap, "wrap long lines, or cut them"),
    row(Log, &[char(':')], ":", Action::Line, "to the line of a number"),
    row(Log, &[char('[')], "[", Action::Earlier, "the attempt before"),
    row(Log, &[char(']')], "]", Action::Later, "the attempt behind"),
    row(Log, &[char('y')], "y", Action::Copy, "copy what is in sight"),
    row(Log, &[char('Y')], "Y", Action::CopyPath, "copy the path of the log"),
    row(Log, &[char('o')], "o", Action::OpenFile, "open the log in $PAGER, else less"),
    row(Run, &[char('c')], "c", Action::Cancel, "cancel the run; asks first"),
    row(Run, &[char('p')], "p", Action::Pause, "pause the run, or let it go on"),
    row(Run, &[char('R')], "R", Action::Retry, "run it again; asks first"),
    row(Everywhere, &[char('?')], "?", Action::Help, "this help"),
    row(
        Everywhere,
        &[key(KeyName::Escape), key(KeyName::Backspace)],
        "Esc",
        Action::Back,
        "one thing back: a filter, the log, the run",
    ),
    row(Everywhere, &[Press::ctrl('l')], "Ctrl-L", Action::Redraw, "paint everything anew"),
    row(Everywhere, &[Press::ctrl('z')], "Ctrl-Z", Action::Suspend, "back to the shell for now"),
    row(Everywhere, &[char('q'), Press::ctrl('c')], "q, Ctrl-C", Action::Quit, "leave; runs go on"),
];

/// What a key does; nothing for one that does nothing.
#[must_use]
pub fn action(press: Press) -> Option<Action> {
    MAP.iter().find(|row| row.presses.contains(&press)).map(|row| row.action)
}

/// The name of the first key of an action, for hints.
#[must_use]
pub fn name(action: Action) -> &'static str {
    let row = MAP.iter().find(|row| row.action == action);
    row.map_or("", |row| row.shown.split(',').next().unwrap_or(row.shown))
}

/// The keys as a page.
#[must_use]
pub fn help() -> HelpPage {
    let keys = |part: Part| {
        let rows = MAP.iter().filter(move |row| row.part == part);
        rows.map(|row| HelpKey { key: row.shown.to_owned(), says: row.says.to_owned() }).collect()
    };
    HelpPage {
        title: "Keys of the monitor".to_owned(),
        sections: Part::ALL
            .map(|part| HelpSection { title: part.title().to_owned(), keys: keys(part) })
            .into(),
        notes: vec![
            "The mouse selects, and its wheel scrolls what it is over.".to_owned(),
            "In a list, ◆ marks the critical path: what the end of the run waits for.".to_owned(),
            "Leaving the monitor never touches a run.".to_owned(),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_does_two_things() {
        let mut seen = std::collections::BTreeSet::new();
        for press in MAP.iter().flat_map(|row| row.presses) {
            assert!(seen.insert(*press), "{press:?} stands in two rows");
        }
    }

    #[test]
    fn every_key_of_the_map_stands_in_the_help() {
        let help = help();
        let helped: usize = help.sections.iter().map(|it| it.keys.len()).sum();
        assert_eq!(helped, MAP.len());
        assert_eq!(name(Action::Down), "j");
    }
}
