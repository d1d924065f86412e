//! The keys there are. The real key map is passed in; nothing here knows a key by itself.

/// A page of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpPage {
    /// What it is about.
    pub title: String,
    /// In the order of use.
    pub sections: Vec<HelpSection>,
    /// What is worth knowing beyond the keys.
    pub notes: Vec<String>,
}

/// Keys of one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpSection {
    /// Where they work.
    pub title: String,
    /// What they do.
    pub keys: Vec<HelpKey>,
}

/// A key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpKey {
    /// As it is named: `1-9`, `Alt-q`, `/`.
    pub key: String,
    /// What it does.
    pub says: String,
}
