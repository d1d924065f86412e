//! What is written where a command is expected: a call of a tool, a shell line, or a sentence.

/// Something to be done, as a step writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `bash(…)`: a shell line.
    Shell(String),
    /// `Read(path)`.
    Read(String),
    /// `Glob(pattern)`.
    Glob(String),
    /// `Grep(pattern, path)`, `Search(pattern, path)`.
    Grep {
        /// A regular expression.
        pattern: String,
        /// Where to look; the whole workspace when absent.
        path: Option<String>,
    },
    /// A bare line. Whether it is one for a shell depends on whether its first word is a program.
    Perhaps(String),
    /// A call that only an agent can make: `mcp__server__tool(…)`, `Task(…)`.
    Agent(String),
}

impl Command {
    /// What a text asks for.
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        let Some((name, arguments)) = call(text) else { return Self::Perhaps(text.to_owned()) };
        match name.to_ascii_lowercase().as_str() {
            "bash" | "sh" | "shell" => Self::Shell(arguments.trim().to_owned()),
            "read" => Self::Read(unquoted(arguments).to_owned()),
            "glob" => Self::Glob(unquoted(&named(arguments, "pattern")).to_owned()),
            "grep" | "search" => {
                let (pattern, path) = two(arguments);
                let pattern = unquoted(&named(&pattern, "pattern")).to_owned();
                Self::Grep { pattern, path: path.map(|it| unquoted(&named(&it, "path")).to_owned()) }
            }
            _ => Self::Agent(text.to_owned()),
        }
    }

    /// What is written between the brackets.
    pub const fn text(&self) -> &String {
        match self {
            Self::Shell(text)
            | Self::Read(text)
            | Self::Glob(text)
            | Self::Grep { pattern: text, .. }
            | Self::Perhaps(text)
            | Self::Agent(text) => text,
        }
    }
}

/// `name(arguments)`, to the last bracket.
fn call(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once('(')?;
    let is_name = !name.is_empty() && name.chars().all(|it| it.is_ascii_alphanumeric() || "_-".contains(it));
    is_name.then_some(())?;
    Some((name, rest.trim_end().strip_suffix(')')?))
}

/// `"a"` and `'a'` without their quotation marks.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = |mark: char| text.strip_prefix(mark)?.strip_suffix(mark);
    inner('"').or_else(|| inner('\'')).or_else(|| inner('`')).unwrap_or(text)
}

/// `pattern: "x"` and `pattern="x"` without the name.
fn named(text: &str, name: &str) -> String {
    let text = text.trim();
    let rest = text.strip_prefix(name).map(str::trim_start);
    rest.and_then(|it| it.strip_prefix([':', '='])).unwrap_or(text).trim().to_owned()
}

/// Two arguments, parted by the first comma that stands in no quotation marks. Bare patterns hold commas
/// of their own (`a{1,2}`), so without a blank behind it a comma parts nothing.
fn two(arguments: &str) -> (String, Option<String>) {
    let mut quoted: Option<char> = None;
    for (at, character) in arguments.char_indices() {
        match (quoted, character) {
            (Some(mark), it) if it == mark => quoted = None,
            (None, '"' | '\'' | '`') => quoted = Some(character),
            (None, ',') if arguments[at + 1..].starts_with(' ') || arguments[..at].ends_with(['"', '\'']) => {
                return (arguments[..at].to_owned(), Some(arguments[at + 1..].to_owned()));
            }
            _ => {}
        }
    }
    (arguments.to_owned(), None)
}

/// Whether a bare line reads like one for a shell, as far as its words go: a program's name at its
/// start, and no word that only a sentence has.
pub fn looks_like_a_command(line: &str) -> bool {
    const OF_SENTENCES: [&str; 22] = [
        "should",
        "must",
        "passes",
        "pass",
        "succeeds",
        "returns",
        "ensure",
        "that",
        "verify",
        "are",
        "is",
        "be",
        "without",
        "successfully",
        "confirm",
        "exits",
        "shows",
        "works",
        "correctly",
        "all",
        "manually",
        "the",
    ];
    let line = line.trim();
    if line.is_empty() || line.contains('\n') || line.ends_with('.') || shell_words::split(line).is_err() {
        return false;
    }
    let bare = outside_quotes(line);
    let mut words = bare.split_whitespace();
    let Some(first) = words.next() else { return false };
    let starts =
        first.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || "._-/+=[!".contains(it));
    let is_label = first.ends_with(':');
    starts && !is_label && !words.any(|word| OF_SENTENCES.contains(&word.to_ascii_lowercase().as_str()))
}

fn outside_quotes(line: &str) -> String {
    let mut quoted: Option<char> = None;
    line.chars()
        .filter(|&character| match (quoted, character) {
            (Some(mark), it) => {
                if it == mark {
                    quoted = None;
                }
                false
            }
            (None, '"' | '\'' | '`') => {
                quoted = Some(character);
                false
            }
            _ => true,
        })
        .collect()
}

/// The command of a criterion that says how it is verified and that exit code 0 is what counts.
pub fn verified_by(criterion: &str) -> Option<String> {
    if let Command::Shell(line) = Command::read(criterion) {
        return Some(line);
    }
    let lower = criterion.to_ascii_lowercase();
    let start = lower.rfind("verify by ")? + "verify by ".len();
    let end = start + lower[start..].find("(exit code 0")?;
    let line = criterion[start..end].trim();
    Some(unquoted(line).to_owned()).filter(|it| !it.is_empty())
}
