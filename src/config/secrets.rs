//! Names of environment variables, with `*`: those that a child gets, and those whose values are secret.

/// A list of names with `*` for any number of characters. Case does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePatterns(Vec<String>);

impl NamePatterns {
    /// Takes patterns as they are written in the configuration.
    #[must_use]
    pub fn new(patterns: &[String]) -> Self {
        Self(patterns.iter().map(|it| it.to_uppercase()).collect())
    }

    /// True when one of the patterns fits the whole name.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let name = name.to_uppercase();
        self.0.iter().any(|pattern| fits(pattern, &name))
    }
}

/// The names that children get when a recipe says nothing else.
#[must_use]
pub fn default_pass_env() -> Vec<String> {
    ["PATH", "HOME", "USER", "LANG", "LC_*", "TERM", "TMPDIR", "SSH_AUTH_SOCK"].map(str::to_owned).to_vec()
}

/// Whether `name` is made of the pattern's parts in their order, the first and last at the ends.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_secret_are_found() {
        let secrets = super::super::Config::default().run.secrets;
        let patterns = NamePatterns::new(&secrets);
        for name in ["GITHUB_TOKEN", "TOKEN", "my_token_2", "DB_PASSWORD", "CLIENT_SECRET_ID", "API_KEY"] {
            assert!(patterns.matches(name), "{name}");
        }
        for name in ["PATH", "KEY", "KEYBOARD", "API_KEY_ID", "TOKE", ""] {
            assert!(!patterns.matches(name), "{name}");
        }
    }

    #[test]
    fn stars_stand_for_any_number_of_characters() {
        let check = |pattern: &str, name: &str, expected: bool| {
            assert_eq!(NamePatterns::new(&[pattern.to_owned()]).matches(name), expected, "{pattern} {name}");
        };
        check("LC_*", "LC_ALL", true);
        check("LC_*", "LC_", true);
        check("LC_*", "XLC_ALL", false);
        check("A*B*C", "AxByC", true);
        check("A*B*C", "AxC", false);
        check("*", "anything", true);
        check("A*A", "A", false);
        check("PATH", "path", true);
    }
}
