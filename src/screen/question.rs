//! What a person can be asked, and what they can answer.

/// A question. Its text has been neutralised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Yes or no, by one key.
    Confirm {
        /// Ends with a question mark.
        text: String,
        /// What Enter means.
        default: bool,
    },
    /// A short text.
    Text {
        /// What is asked for.
        text: String,
        /// What Tab completes to.
        candidates: Vec<String>,
    },
}

impl Question {
    /// The question as one line, with what Enter means.
    pub fn line(&self) -> String {
        match self {
            Self::Confirm { text, default: true } => format!("{text} [Y/n]"),
            Self::Confirm { text, default: false } => format!("{text} [y/N]"),
            Self::Text { text, .. } => format!("{text}:"),
        }
    }

    /// What a typed line means as an answer. An empty line is the default of a confirmation, and
    /// takes back a question for text.
    pub fn understand(&self, line: &str) -> Answer {
        let line = line.trim();
        match self {
            Self::Confirm { default, .. } => match line.to_lowercase().as_str() {
                "" => Answer::of(*default),
                "y" | "yes" => Answer::Yes,
                _ => Answer::No,
            },
            Self::Text { .. } if line.is_empty() => Answer::Nothing,
            Self::Text { .. } => Answer::Text(line.to_owned()),
        }
    }
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To a confirmation.
    Yes,
    /// To a confirmation.
    No,
    /// To a question for text; never empty.
    Text(String),
    /// Esc, Ctrl-C, an empty line, or nobody there.
    Nothing,
}

impl Answer {
    /// Yes or no.
    pub const fn of(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_line_is_the_default_and_anything_unclear_is_no() {
        let check = |default: bool, line: &str, expected: Answer| {
            let question = Question::Confirm { text: "Run it?".into(), default };
            assert_eq!(question.understand(line), expected, "{line:?}");
        };
        check(true, "", Answer::Yes);
        check(false, "", Answer::No);
        check(false, " Y ", Answer::Yes);
        check(true, "no", Answer::No);
        check(true, "what?", Answer::No);
        let text = Question::Text { text: "Item".into(), candidates: vec![] };
        assert_eq!(text.understand(" 2.3 "), Answer::Text("2.3".into()));
        assert_eq!(text.understand("  "), Answer::Nothing);
    }
}
