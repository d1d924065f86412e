//! The key map of the deck: the one list that the deck acts on and that help shows.

use crate::view::{Choice, HelpKey, HelpPage, HelpSection};

/// Letters that act on an empty line with Enter, or at once with Alt.
pub const LETTERS: &[(char, &str)] = &[
    ('/', "find a plan, an item, a run or a command"),
    ('r', "read everything again"),
    ('h', "history: the runs"),
    ('m', "monitor: runs and their logs on the whole terminal"),
    ('s', "settings"),
    ('?', "this help"),
    ('b', "back to the board; Esc too"),
    ('q', "quit; runs go on"),
];

/// The keys of a plan's page, with what they do.
const MENU: [(char, Choice, &str); 9] = [
    ('1', Choice::ExecuteNext, "says what it will do and why, asks, and runs it"),
    ('2', Choice::ExecuteParallel, "what can run side by side now"),
    ('3', Choice::CreateSubplan, "asks for the item"),
    ('4', Choice::CreateExecution, "asks for the item or its SUBPLAN"),
    ('5', Choice::Review, "approve or reject what awaits review"),
    ('6', Choice::RunAll, "everything that can be run, to the end"),
    ('7', Choice::Runs, "what was run for this plan"),
    ('8', Choice::ItemDetails, "documents, needs, evidence, runs"),
    ('9', Choice::EditState, "in the plan's file, with undo"),
];

/// True when a single character on a line is a key.
pub fn is_key(character: char) -> bool {
    character.is_ascii_digit() || LETTERS.iter().any(|(letter, _)| *letter == character)
}

/// The keys as a page.
pub fn help(on_plan: bool) -> HelpPage {
    let key = |key: &str, says: &str| HelpKey { key: key.to_owned(), says: says.to_owned() };
    let menu = MENU
        .iter()
        .map(|(digit, choice, says)| key(&digit.to_string(), &format!("{}: {says}", choice.label())));
    let board = [key("1-9", "open a plan"), key("0", "turn the page")];
    let first = if on_plan {
        HelpSection { title: "On a plan's page".to_owned(), keys: menu.collect() }
    } else {
        HelpSection { title: "On the board".to_owned(), keys: board.into() }
    };
    let letters = LETTERS.iter().map(|(letter, says)| key(&letter.to_string(), says)).collect();
    let followed = [key("d", "leave the run to the background"), key("Ctrl-C", "the same, or cancel it")];
    let line = [
        key("Tab", "complete commands, plans, items, runs"),
        key("Up, Ctrl-R", "history"),
        key("Esc, Enter", "on an empty line: give the digits back to the page"),
        key("Ctrl-D", "quit"),
    ];
    HelpPage {
        title: "Keys".to_owned(),
        sections: vec![
            first,
            HelpSection { title: "Everywhere, on an empty line".to_owned(), keys: letters },
            HelpSection { title: "While a run is followed".to_owned(), keys: followed.into() },
            HelpSection { title: "Typing".to_owned(), keys: line.into() },
        ],
        notes: vec![
            "Digits act at once on an empty line; letters with Enter, or at once with Alt.".to_owned(),
            "The last numbered block that was printed owns the digits; the prompt names it.".to_owned(),
            "help lists the commands; COMMAND --help says more.".to_owned(),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        plan::{Dialect, Plan, PlanState},
        view::{Outlook, menu},
    };

    #[test]
    fn help_shows_the_very_keys_of_the_page() {
        let plan = Plan {
            id: "A".into(),
            title: "A".into(),
            dialect: Dialect::Checklist,
            path: String::new(),
            folder: String::new(),
            state: PlanState::Empty,
            why: String::new(),
            raw_state: None,
            badges: vec![],
            items: vec![],
            groups: vec![],
            order: None,
            problems: vec![],
        };
        let entries = menu(&Outlook::of(&plan), &[]).entries;
        let real: Vec<_> =
            entries.iter().map(|it| (it.key, it.choice)).filter(|(key, _)| *key != 'b').collect();
        let helped: Vec<_> = MENU.iter().map(|(key, choice, _)| (*key, *choice)).collect();
        assert_eq!(helped, real);
    }
}
