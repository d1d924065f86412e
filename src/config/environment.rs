//! The environment of the process, read once.

use std::{collections::BTreeMap, ffi::OsString, path::PathBuf};

/// Every variable, and what ours mean. [`Environment::read`] is the only way to the
/// real one; a test makes one from a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// All variables, for handing on to children. A value that is not UTF-8 is left out.
    pub all: BTreeMap<String, String>,
    /// The name that the system gives this process's user, where no variable tells it.
    pub login: Option<String>,
}

impl Environment {
    /// The environment of this process as it stands. Call it once, at the start.
    #[must_use]
    pub fn read() -> Self {
        let utf8 =
            |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        let mut environment = Self { all: std::env::vars_os().filter_map(utf8).collect(), login: None };
        if environment.user().is_none() {
            let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
            environment.login = name_of(rustix::process::getuid().as_raw(), &users);
        }
        environment
    }

    /// From names and values.
    #[must_use]
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let all = pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { all, login: None }
    }

    /// A variable's value; one that is set to nothing counts as absent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// True when it is set to something that is not `0`, `false`, `no` or `off`.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| !["0", "false", "no", "off"].contains(&value.to_ascii_lowercase().as_str()))
    }

    /// The home folder, where it is absolute.
    #[must_use]
    pub fn home(&self) -> Option<PathBuf> {
        self.folder("HOME")
    }

    /// The user's configuration file: `$XDG_CONFIG_HOME/plandeck/plandeck.toml`, else below `~/.config`.
    #[must_use]
    pub fn user_file(&self) -> Option<PathBuf> {
        let folder = self.folder("XDG_CONFIG_HOME").or_else(|| Some(self.home()?.join(".config")))?;
        Some(folder.join("plandeck").join("plandeck.toml"))
    }

    /// Where state of ours that belongs to no workspace lies: `$XDG_STATE_HOME/plandeck`, else
    /// `~/.local/state/plandeck`.
    #[must_use]
    pub fn user_state(&self) -> Option<PathBuf> {
        let folder = self.folder("XDG_STATE_HOME").or_else(|| Some(self.home()?.join(".local/state")))?;
        Some(folder.join("plandeck"))
    }

    /// `PLANDECK_STATE_DIR`: the state folder, moved away from the workspace.
    #[must_use]
    pub fn state_folder(&self) -> Option<PathBuf> {
        self.get("PLANDECK_STATE_DIR").map(PathBuf::from)
    }

    /// The user's name, for the record of who asked.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.get("USER").or_else(|| self.get("LOGNAME")).or(self.login.as_deref())
    }

    /// The editor, as it would be typed.
    #[must_use]
    pub fn editor(&self) -> Option<&str> {
        self.get("VISUAL").or_else(|| self.get("EDITOR"))
    }

    /// `CI`: no prompt, no animation.
    #[must_use]
    pub fn is_ci(&self) -> bool {
        self.flag("CI")
    }

    /// `ACCESSIBLE`: as if `--accessible` were given.
    #[must_use]
    pub fn is_accessible(&self) -> bool {
        self.flag("ACCESSIBLE")
    }

    /// What the variables say about colour, before the terminal is asked: `NO_COLOR` (set to
    /// anything) forbids, else `CLICOLOR_FORCE` demands, else `CLICOLOR=0` or a dumb `TERM` forbid.
    #[must_use]
    pub fn colour(&self) -> Option<bool> {
        if self.get("NO_COLOR").is_some() {
            return Some(false);
        }
        if self.flag("CLICOLOR_FORCE") {
            return Some(true);
        }
        let forbidden = self.get("CLICOLOR") == Some("0") || self.is_dumb();
        forbidden.then_some(false)
    }

    /// The terminal shows how far something is when it is told by OSC 9;4. Others take that for a
    /// notification, so only those that are known are told.
    #[must_use]
    pub fn shows_progress(&self) -> bool {
        let program = self.get("TERM_PROGRAM").unwrap_or_default();
        self.get("WT_SESSION").is_some()
            || self.get("ConEmuANSI") == Some("ON")
            || self.get("KONSOLE_VERSION").is_some()
            || matches!(program, "ghostty" | "WezTerm" | "vscode" | "WarpTerminal" | "mintty")
    }

    /// The terminal can't move its cursor.
    #[must_use]
    pub fn is_dumb(&self) -> bool {
        self.get("TERM") == Some("dumb")
    }

    /// XDG: a path that is not absolute is to be ignored.
    fn folder(&self, name: &str) -> Option<PathBuf> {
        self.get(name).map(PathBuf::from).filter(|path| path.is_absolute())
    }
}

/// The name of a user in a list like `/etc/passwd`.
fn name_of(uid: u32, users: &str) -> Option<String> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_follows_the_conventions_in_their_order() {
        let check = |pairs: &[(&str, &str)], expected: Option<bool>| {
            assert_eq!(Environment::from_pairs(pairs.iter().copied()).colour(), expected, "{pairs:?}");
        };
        check(&[], None);
        check(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], Some(false));
        check(&[("NO_COLOR", "")], None);
        check(&[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], Some(true));
        check(&[("CLICOLOR_FORCE", "0")], None);
        check(&[("CLICOLOR", "0")], Some(false));
        check(&[("TERM", "dumb")], Some(false));
        check(&[("TERM", "xterm")], None);
    }

    #[test]
    fn the_user_file_is_where_xdg_says() {
        let check = |pairs: &[(&str, &str)], expected: Option<&str>| {
            let file = Environment::from_pairs(pairs.iter().copied()).user_file();
            assert_eq!(file, expected.map(PathBuf::from), "{pairs:?}");
        };
        check(&[("HOME", "/home/ada")], Some("/home/ada/.config/plandeck/plandeck.toml"));
        check(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/x")], Some("/x/plandeck/plandeck.toml"));
        check(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "x")], Some("/h/.config/plandeck/plandeck.toml"));
        check(&[], None);
    }
}
