//! `backlog/config.yml`: the project's name and the words it has for states.

use super::layout::SETTINGS;
use crate::plan::{
    frontmatter::{Fields, FrontMatter},
    listing::Listing,
    readers::{parts, status},
    types::ItemState,
};

/// What matters here of a backlog's settings.
#[derive(Default)]
pub struct Config {
    /// As the project calls itself.
    pub project: Option<String>,
    /// From the first to the last that a task goes through.
    statuses: Vec<String>,
}

impl Config {
    pub fn read(listing: &Listing, root: &str) -> Self {
        let text = SETTINGS.iter().find_map(|name| listing.text(&format!("{root}/{name}")));
        let Some(yaml) = text else { return Self::default() };
        let fields = Fields::read(&FrontMatter { yaml, first_line: 1, body: yaml.len() });
        let project = fields.text("project_name").filter(|it| !it.is_empty()).map(str::to_owned);
        Self { project, statuses: fields.words("statuses").into_iter().map(str::to_owned).collect() }
    }

    /// The word for a state: of several the last one for done, else the first.
    pub fn word_for(&self, state: ItemState) -> Option<String> {
        let usual = ["To Do", "In Progress", "Done"].map(str::to_owned);
        let words = if self.statuses.is_empty() { &usual[..] } else { &self.statuses[..] };
        let mut fitting = words.iter().filter(|word| self.meaning(word) == Some(state));
        if state == ItemState::Done { fitting.next_back() } else { fitting.next() }.cloned()
    }

    /// What a word means: what it means anywhere, else by its place among the project's own words.
    /// The first is where tasks begin, the last where they end.
    pub fn meaning(&self, word: &str) -> Option<ItemState> {
        let own = || {
            let same = |status: &String| status::spelled(status) == status::spelled(word);
            let at = self.statuses.iter().position(same)?;
            Some(match at {
                at if at + 1 == self.statuses.len() => ItemState::Done,
                0 => ItemState::Pending,
                _ => ItemState::InProgress,
            })
        };
        parts::state_of_word(word).or_else(own)
    }
}
