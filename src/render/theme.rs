//! What a thing *is* (its role) and which colour that has. Colours are named here and nowhere else.

use std::{collections::BTreeMap, fmt};

use nu_ansi_term::{Color, Style as Ansi};

use crate::text;

/// What a piece of text is to its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Nothing in particular.
    Text,
    /// What a screen or a panel is about.
    Title,
    /// Something to press or to type.
    Key,
    /// Finished well.
    Ok,
    /// Finished badly, or wrong.
    Failed,
    /// Wants attention.
    Warning,
    /// Under way.
    Running,
    /// What to do next.
    Hint,
    /// Ids, paths and names of files.
    Name,
    /// Beside the point.
    Dim,
    /// Lines drawn around something.
    Border,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 11] = [
        Self::Text,
        Self::Title,
        Self::Key,
        Self::Ok,
        Self::Failed,
        Self::Warning,
        Self::Running,
        Self::Hint,
        Self::Name,
        Self::Dim,
        Self::Border,
    ];

    /// The word in the configuration.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Title => "title",
            Self::Key => "key",
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Warning => "warning",
            Self::Running => "running",
            Self::Hint => "hint",
            Self::Name => "name",
            Self::Dim => "dim",
            Self::Border => "border",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// Which colour each role has.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    styles: [Ansi; Role::ALL.len()],
}

/// A theme that a person wrote: role words and colour words (`failed = "bold bright-red"`).
pub type ThemeTable = BTreeMap<String, String>;

/// Why a theme can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ThemeError {
    /// No theme of this name.
    NoSuchTheme {
        /// As it was asked for.
        asked: String,
        /// Every name there is.
        known: Vec<String>,
    },
    /// A theme gives a colour to something that is no role.
    NoSuchRole {
        /// The theme.
        theme: String,
        /// The word.
        role: String,
    },
    /// A word that is no colour.
    NoSuchColour {
        /// The theme.
        theme: String,
        /// The role it was meant for.
        role: String,
        /// The word.
        word: String,
    },
}

impl fmt::Display for ThemeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suggestion = |word: &str, known: &mut dyn Iterator<Item = &str>| {
            text::nearest(word, known).map_or(String::new(), |it| format!("; did you mean \"{it}\"?"))
        };
        match self {
            Self::NoSuchTheme { asked, known } => {
                write!(formatter, "there is no theme \"{}\"", text::plain(asked))?;
                write!(formatter, "{}", suggestion(asked, &mut known.iter().map(String::as_str)))?;
                write!(formatter, " (there are: {})", text::plain(&known.join(", ")))
            }
            Self::NoSuchRole { theme, role } => {
                write!(formatter, "theme {}: \"{}\" is no role", text::plain(theme), text::plain(role))?;
                write!(formatter, "{}", suggestion(role, &mut Role::ALL.iter().map(|it| it.word())))?;
                write!(formatter, " (roles: {})", Role::ALL.map(Role::word).join(", "))
            }
            Self::NoSuchColour { theme, role, word } => write!(
                formatter,
                "theme {}, role {role}: \"{}\" is no colour; write a colour such as \"bright-red\", \
                 \"#ff8800\" or a number from 0 to 255, with \"on\" before a background, and any of \
                 bold, dim, italic, underline, reverse",
                text::plain(theme),
                text::plain(word)
            ),
        }
    }
}

impl std::error::Error for ThemeError {}

impl Theme {
    /// The names of the themes that are built in.
    pub const NAMES: [&'static str; 5] = ["default", "dark", "light", "high-contrast", "none"];

    /// A built-in theme.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let words = match name {
            "default" => DEFAULT,
            "dark" => DARK,
            "light" => LIGHT,
            "high-contrast" => HIGH_CONTRAST,
            "none" => [""; Role::ALL.len()],
            _ => return None,
        };
        let styles = words.map(|it| style_of(it).expect("the built-in themes hold only colour words"));
        Some(Self { styles })
    }

    /// The theme of this name among the built-in ones and those a person wrote, which win and
    /// begin from the default theme.
    ///
    /// # Errors
    /// When there is no such theme, or the person's names something that is no role or no colour.
    pub fn find(name: &str, own: &BTreeMap<String, ThemeTable>) -> Result<Self, ThemeError> {
        if let Some(table) = own.get(name) {
            return Self::written(name, table);
        }
        Self::named(name).ok_or_else(|| ThemeError::NoSuchTheme {
            asked: name.to_owned(),
            known: Self::NAMES.iter().map(|it| (*it).to_owned()).chain(own.keys().cloned()).collect(),
        })
    }

    fn written(name: &str, table: &ThemeTable) -> Result<Self, ThemeError> {
        let mut theme = Self::default();
        for (word, colours) in table {
            let role = Role::from_word(word)
                .ok_or_else(|| ThemeError::NoSuchRole { theme: name.to_owned(), role: word.clone() })?;
            theme.styles[role as usize] = style_of(colours).map_err(|wrong| ThemeError::NoSuchColour {
                theme: name.to_owned(),
                role: role.word().to_owned(),
                word: wrong,
            })?;
        }
        Ok(theme)
    }

    /// How this role looks.
    #[must_use]
    pub const fn ansi(&self, role: Role) -> Ansi {
        self.styles[role as usize]
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self::named("default").expect("the default theme is built in")
    }
}

// In the order of `Role::ALL`: text title key ok failed warning running hint name dim border.
const DEFAULT: [&str; 11] =
    ["", "bold", "bold cyan", "green", "bold red", "yellow", "cyan", "cyan", "blue", "dim", "dim"];
const DARK: [&str; 11] = [
    "",
    "bold bright-white",
    "bold bright-cyan",
    "bright-green",
    "bold bright-red",
    "bright-yellow",
    "bright-cyan",
    "bright-cyan",
    "bright-blue",
    "244",
    "240",
];
const LIGHT: [&str; 11] =
    ["", "bold black", "bold blue", "28", "bold 124", "130", "blue", "blue", "25", "242", "246"];
const HIGH_CONTRAST: [&str; 11] = [
    "bold",
    "bold underline",
    "bold reverse",
    "bold bright-green",
    "bold bright-white on red",
    "bold black on bright-yellow",
    "bold bright-cyan",
    "bold bright-white",
    "bold underline",
    "",
    "bold",
];

/// Reads `bold bright-red on #202020`; the error is the word that means nothing.
fn style_of(words: &str) -> Result<Ansi, String> {
    let mut style = Ansi::new();
    let mut background = false;
    for word in words.split_whitespace() {
        style = match word {
            "bold" => style.bold(),
            "dim" => style.dimmed(),
            "italic" => style.italic(),
            "underline" => style.underline(),
            "reverse" => style.reverse(),
            "plain" => style,
            "on" => {
                background = true;
                continue;
            }
            _ => {
                let colour = colour_of(word).ok_or_else(|| word.to_owned())?;
                if background { style.on(colour) } else { style.fg(colour) }
            }
        };
        background = false;
    }
    Ok(style)
}

fn colour_of(word: &str) -> Option<Color> {
    if let Some(hex) = word.strip_prefix('#') {
        let number = (hex.len() == 6).then(|| u32::from_str_radix(hex, 16).ok()).flatten()?;
        let [_, red, green, blue] = number.to_be_bytes();
        return Some(Color::Rgb(red, green, blue));
    }
    if let Ok(number) = word.parse() {
        return Some(Color::Fixed(number));
    }
    let (bright, name) = word.strip_prefix("bright-").map_or((false, word), |name| (true, name));
    let plain = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
    let number = u8::try_from(plain.iter().position(|it| *it == name)?).ok()?;
    Some(PALETTE[usize::from(number) + 8 * usize::from(bright)])
}

const PALETTE: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::White,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::LightGray,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn own(role: &str, colour: &str) -> BTreeMap<String, ThemeTable> {
        BTreeMap::from([("mine".to_owned(), BTreeMap::from([(role.to_owned(), colour.to_owned())]))])
    }

    #[test]
    fn colours_are_read_from_words() {
        let check = |words: &str, expected: Ansi| assert_eq!(style_of(words), Ok(expected), "{words}");
        check("", Ansi::new());
        check("bold bright-red", Ansi::new().bold().fg(Color::LightRed));
        check("#ff8800 on 17", Ansi::new().fg(Color::Rgb(255, 136, 0)).on(Color::Fixed(17)));
        check("bright-black", Ansi::new().fg(Color::DarkGray));
        for wrong in ["reddish", "#ff88", "256", "bright-", "-1", "#gggggg"] {
            assert_eq!(style_of(wrong), Err(wrong.to_owned()));
        }
    }

    #[test]
    fn every_built_in_theme_can_be_used() {
        for name in Theme::NAMES {
            assert!(Theme::named(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_theme_of_ones_own_begins_from_the_default() {
        let theme = Theme::find("mine", &own("failed", "magenta")).unwrap();
        assert_eq!(theme.ansi(Role::Failed), Ansi::new().fg(Color::Magenta));
        assert_eq!(theme.ansi(Role::Ok), Theme::default().ansi(Role::Ok));
    }

    #[test]
    fn what_is_wrong_with_a_theme_is_said_with_a_suggestion() {
        let check = |asked: &str, own: BTreeMap<String, ThemeTable>, expected: &str| {
            let said = Theme::find(asked, &own).unwrap_err().to_string();
            assert!(said.starts_with(expected), "{said}");
        };
        check("ligth", BTreeMap::new(), "there is no theme \"ligth\"; did you mean \"light\"?");
        check("mine", own("faild", "red"), "theme mine: \"faild\" is no role; did you mean \"failed\"?");
        check("mine", own("ok", "gren"), "theme mine, role ok: \"gren\" is no colour;");
    }
}
