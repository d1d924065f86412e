//! How a screen is shown: its width, and what its reader's terminal and eyes can take.

use super::theme::Theme;

/// How a view becomes text.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    /// Columns; no line is wider.
    pub width: usize,
    /// Escape sequences for colours may be written.
    pub colour: bool,
    /// Which colour each role has.
    pub theme: Theme,
    /// No box drawing and no symbols: every state in words.
    pub accessible: bool,
    /// Paths may be OSC 8 links.
    pub links: bool,
}

impl Style {
    /// Without colours or links.
    #[must_use]
    pub fn plain(width: usize) -> Self {
        Self { width, colour: false, theme: Theme::default(), accessible: false, links: false }
    }
}
