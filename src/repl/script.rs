//! Session files: what is typed and what is expected, as readable text.
//!
//! ```text
//! # workspace: fixtures/alpha      the head: settings, one a line
//! # width: 80
//!
//! > status                         a line that is typed
//! ALPHA  [..]                      what is expected: `[..]` is any text within a line,
//! ...                              `...` any number of lines
//! > [key 1]                        a key
//! > [wait run]                     the end of what runs
//! \> literal                       output that would look like one of these
//! ```

use std::fmt;

/// A session as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// The settings of its head, in order, with the line each stands on.
    pub head: Vec<Setting>,
    /// What is expected before anything is typed.
    pub opening: Expected,
    /// What is typed, in order, each with what is expected after it.
    pub steps: Vec<Step>,
    /// The lines of the head as they stand, so that an update keeps them.
    head_text: Vec<String>,
}

/// `# name: value`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Counts from 1.
    pub line: usize,
    /// What is set.
    pub name: SettingName,
    /// To what.
    pub value: String,
}

/// What a head can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingName {
    /// A folder relative to the session file, copied aside before use. `demo` is the demo workspace.
    Workspace,
    /// The wall clock that pages are drawn by, RFC 3339.
    Clock,
    /// The number that run ids count from.
    Ids,
    /// Columns.
    Width,
    /// A line of `plandeck.toml`, as `key = value`.
    Config,
}

impl SettingName {
    const WORDS: [(&'static str, Self); 5] = [
        ("workspace", Self::Workspace),
        ("clock", Self::Clock),
        ("ids", Self::Ids),
        ("width", Self::Width),
        ("config", Self::Config),
    ];
}

/// Something typed, and what is expected after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The line of the file, from 1.
    pub line: usize,
    /// What is typed.
    pub typed: Typed,
    /// Comments that stand before it, kept by an update.
    pub comments: Vec<String>,
    /// What follows.
    pub expected: Expected,
}

/// What is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A line with Enter.
    Line(String),
    /// A single key.
    Key(String),
    /// Text put into the line without running it.
    Paste(String),
    /// Nothing is typed until every run has ended.
    WaitRun,
}

impl Typed {
    /// What stands behind `> `.
    pub fn understand(text: &str) -> Self {
        let bracketed = text.strip_prefix('[').and_then(|it| it.split_once(']'));
        match bracketed {
            Some((inside, "")) if inside.starts_with("key ") => Self::Key(inside[4..].to_owned()),
            Some(("wait run", "")) => Self::WaitRun,
            Some(("paste", rest)) => Self::Paste(rest.strip_prefix(' ').unwrap_or(rest).to_owned()),
            _ => Self::Line(text.to_owned()),
        }
    }
}

impl fmt::Display for Typed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(text) if text.is_empty() => formatter.write_str(">"),
            Self::Line(text) => write!(formatter, "> {text}"),
            Self::Key(key) => write!(formatter, "> [key {key}]"),
            Self::Paste(text) => write!(formatter, "> [paste] {text}"),
            Self::WaitRun => formatter.write_str("> [wait run]"),
        }
    }
}

/// Lines of expected output as they stand in the file, placeholders and all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected(pub Vec<String>);

/// A session file that can't be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    /// Counts from 1.
    pub line: usize,
    /// What is wrong there, and what would be right.
    pub message: String,
}

impl fmt::Display for ScriptError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ScriptError {}

impl Script {
    /// Reads a session file.
    ///
    /// # Errors
    /// When a head line looks like a setting but is none that is known.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let mut script = Self::default();
        let mut comments = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let number = index + 1;
            // A carriage return without its newline at the end of the file is no text either.
            let line = line.trim_end_matches('\r');
            let begun = !script.steps.is_empty() || !script.opening.0.is_empty();
            if let Some(comment) = line.strip_prefix('#') {
                if begun {
                    comments.push(line.to_owned());
                } else {
                    script.head.extend(setting(number, comment)?);
                    script.head_text.push(line.to_owned());
                }
            } else if line == ">" || line.starts_with("> ") {
                let typed = Typed::understand(line.get(2..).unwrap_or(""));
                let comments = std::mem::take(&mut comments);
                script.steps.push(Step { line: number, typed, comments, expected: Expected::default() });
            } else if !begun && line.is_empty() {
                script.head_text.push(String::new());
            } else {
                script.expected().0.push(line.to_owned());
            }
        }
        Ok(script)
    }

    /// What is being described at the end of the file so far.
    fn expected(&mut self) -> &mut Expected {
        match self.steps.last_mut() {
            Some(step) => &mut step.expected,
            None => &mut self.opening,
        }
    }

    /// What is typed, as it stands in the file.
    pub fn typed(&self) -> Vec<String> {
        let text = |step: &Step| step.typed.to_string().get(2..).unwrap_or_default().to_owned();
        self.steps.iter().map(text).collect()
    }

    /// The value of a setting; the last one counts.
    pub fn setting(&self, name: SettingName) -> Option<&str> {
        self.head.iter().rev().find(|it| it.name == name).map(|it| it.value.as_str())
    }

    /// The file's text again.
    pub fn text(&self) -> String {
        let mut lines = self.head_text.clone();
        lines.extend(self.opening.0.iter().cloned());
        for step in &self.steps {
            lines.extend(step.comments.iter().cloned());
            lines.push(step.typed.to_string());
            lines.extend(step.expected.0.iter().cloned());
        }
        let mut text = lines.join("\n");
        text.push('\n');
        text
    }
}

/// A head line without its `#`: a setting, or a comment when it does not read `word: value`.
fn setting(line: usize, comment: &str) -> Result<Option<Setting>, ScriptError> {
    let Some((word, value)) = comment.trim().split_once(':') else { return Ok(None) };
    if word.contains(' ') || word.is_empty() {
        return Ok(None);
    }
    let known = SettingName::WORDS.into_iter().find(|(known, _)| *known == word);
    let Some((_, name)) = known else {
        let words = SettingName::WORDS.map(|(word, _)| word).join(", ");
        let message = format!("\"{word}\" is no setting of a session; there are {words}");
        return Err(ScriptError { line, message });
    };
    Ok(Some(Setting { line, name, value: value.trim().to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: &str = "# A comment about it\n# workspace: fixtures/alpha\n# width: 80\n\nopening\n\
        > status\nALPHA [..]\n...\n# about the next\n> [key 1]\n\\> literal\n\n> [paste] a b\n>\n> [wait run]\nend\n";

    #[test]
    fn a_file_that_ends_in_a_carriage_return_is_written_the_same_twice() {
        for text in ["# remark\r", "> a\r\r", "> a\r\nb\r"] {
            let written = Script::parse(text).unwrap().text();
            assert_eq!(Script::parse(&written).unwrap().text(), written, "{text:?}");
            assert!(!written.contains('\r'));
        }
    }

    #[test]
    fn a_session_reads_as_it_is_written() {
        let script = Script::parse(SESSION).unwrap();
        assert_eq!(script.setting(SettingName::Workspace), Some("fixtures/alpha"));
        assert_eq!(script.setting(SettingName::Clock), None);
        assert_eq!(script.opening.0, ["opening"]);
        let typed: Vec<_> = script.steps.iter().map(|it| it.typed.clone()).collect();
        let line = |text: &str| Typed::Line(text.to_owned());
        let expected =
            [line("status"), Typed::Key("1".into()), Typed::Paste("a b".into()), line(""), Typed::WaitRun];
        assert_eq!(typed, expected);
        assert_eq!(script.steps[1].line, 10);
        assert_eq!(script.steps[1].expected.0, ["\\> literal", ""]);
    }

    #[test]
    fn writing_gives_back_what_was_read() {
        for text in [SESSION, "# width: 60\n", "> q\n", "\n\n> a\n"] {
            assert_eq!(Script::parse(text).unwrap().text(), text);
        }
    }

    #[test]
    fn an_unknown_setting_names_its_line() {
        let error = Script::parse("# fine words\n# witdh: 80\n").unwrap_err();
        assert_eq!(error.line, 2);
        assert!(error.to_string().contains("workspace, clock"), "{error}");
    }
}
