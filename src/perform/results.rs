//! What steps found, by the names under which later steps and the work speak of it. Pure.

/// Most bytes of a result that a shell line can be handed (the system's bound for one value is 128 KiB).
const MOST_IN_ENVIRONMENT: usize = 100_000;

/// Results of steps, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Results(Vec<(String, String)>);

impl Results {
    pub fn bind(&mut self, name: &str, value: String) {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value));
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A path or a pattern with the results in the places of their names.
    pub fn filled(&self, text: &str) -> String {
        self.iter().fold(text.to_owned(), |text, (name, value)| replaced(&text, name, value.trim()))
    }

    /// A shell line with variables in the places of the names: what a result holds is never read as a
    /// part of the line.
    pub fn in_shell(&self, line: &str) -> String {
        self.iter().fold(line.to_owned(), |line, (name, _)| {
            replaced(&line, name, &format!("${{{}}}", variable(name)))
        })
    }

    /// Those variables.
    pub fn environment(&self) -> Vec<(String, String)> {
        self.iter().map(|(name, value)| (variable(name), clipped(value))).collect()
    }
}

fn replaced(text: &str, name: &str, with: &str) -> String {
    let forms = [format!("{{{{{name}}}}}"), format!("${{{name}}}"), format!("[{name}]")];
    forms.iter().fold(text.to_owned(), |text, form| text.replace(form, with))
}

/// A name of ours, so that no result can take the place of `PATH`.
fn variable(name: &str) -> String {
    let safe: String = name.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '_' }).collect();
    format!("PLANDECK_RESULT_{safe}")
}

fn clipped(value: &str) -> String {
    let value = value.trim_end_matches('\n');
    value[..value.floor_char_boundary(MOST_IN_ENVIRONMENT)].replace('\0', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_found_under_its_name_in_all_three_forms() {
        let mut results = Results::default();
        results.bind("file", "a b.md\n".to_owned());
        results.bind("x", "1".to_owned());
        for text in ["[file]", "{{file}}", "${file}"] {
            assert_eq!(results.filled(&format!("<{text}> [x] [other] ${{y}}")), "<a b.md> 1 [other] ${y}");
        }
    }

    #[test]
    fn what_a_result_holds_is_no_part_of_a_shell_line() {
        let mut results = Results::default();
        results.bind("PATH", "$(rm -rf /); `x`".to_owned());
        assert_eq!(results.in_shell("echo \"[PATH]\" $PATH"), "echo \"${PLANDECK_RESULT_PATH}\" $PATH");
        assert_eq!(
            results.environment(),
            [("PLANDECK_RESULT_PATH".to_owned(), "$(rm -rf /); `x`".to_owned())]
        );
    }

    #[test]
    fn the_last_result_of_a_name_counts_and_long_ones_are_cut() {
        let mut results = Results::default();
        results.bind("a", "1".to_owned());
        results.bind("a", "ä".repeat(99_999));
        assert_eq!(results.iter().count(), 1);
        assert!(results.environment()[0].1.len() <= MOST_IN_ENVIRONMENT);
    }
}
