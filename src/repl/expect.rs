//! Whether what was shown is what a session file expects.

use std::sync::LazyLock;

use regex::Regex;

/// What varies from run to run, with the placeholder that stands for it and the shape it has.
///
/// The order matters where shapes overlap: a time of day before a duration.
const VARYING: [(&str, &str); 3] = [
    (
        "[TIME]",
        r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?|\d{2}:\d{2}:\d{2}|just now|\d+ (?:seconds?|minutes?|hours?|days?) ago|\d+[smhd] ago",
    ),
    ("[RUN]", r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{6}\b"),
    ("[DURATION]", r"\d+d \d+h|\d+h \d{2}m|\d+m \d{2}s|\d+(?:\.\d+)?m?s"),
];

/// True when every shown line is expected and every expected line is shown.
///
/// Linear but for going back to the last `...`, which takes one line more each time.
pub fn agrees(expected: &[String], shown: &[String]) -> bool {
    let (mut at, mut line) = (0, 0);
    let mut last_dots: Option<(usize, usize)> = None;
    while line < shown.len() {
        if expected.get(at).is_some_and(|it| it == "...") {
            last_dots = Some((at, line));
            at += 1;
        } else if expected.get(at).is_some_and(|it| line_agrees(it, &shown[line])) {
            at += 1;
            line += 1;
        } else if let Some((dots, taken)) = last_dots {
            last_dots = Some((dots, taken + 1));
            (at, line) = (dots + 1, taken + 1);
        } else {
            return false;
        }
    }
    expected[at..].iter().all(|it| it == "...")
}

/// True when a line of a session file describes this line of output.
pub fn line_agrees(expected: &str, shown: &str) -> bool {
    if let Some(literal) = expected.strip_prefix('\\') {
        return literal == shown;
    }
    if !has_placeholder(expected) {
        return expected == shown;
    }
    Regex::new(&pattern(expected)).is_ok_and(|it| it.is_match(shown))
}

/// The output as a session file would write it: what varies as placeholders, look-alikes escaped.
///
/// `runs` are the ids that really occurred: no other word of six hexadecimal digits is one.
pub fn describe(shown: &str, runs: &[String]) -> String {
    let looks_alike = shown.starts_with(['>', '#', '\\']) || shown == "...";
    if looks_alike || has_placeholder(shown) {
        return format!("\\{shown}");
    }
    let mut line = shown.to_owned();
    for run in runs {
        // As a word of its own: the end of a longer number is no run.
        let word = Regex::new(&format!(r"\b{}\b", regex::escape(run))).expect("an escaped word is a pattern");
        line = word.replace_all(&line, "[RUN]").into_owned();
    }
    line = TIME.replace_all(&line, "[TIME]").into_owned();
    DURATION.replace_all(&line, "[DURATION]").into_owned()
}

static TIME: LazyLock<Regex> = LazyLock::new(|| Regex::new(VARYING[0].1).expect("the pattern is ours"));
static DURATION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!(r"\b(?:{})\b", VARYING[2].1)).expect("the pattern is ours"));

fn has_placeholder(line: &str) -> bool {
    line.contains("[..]") || VARYING.iter().any(|(word, _)| line.contains(word))
}

/// The regular expression of a line with placeholders. A run of spaces agrees with any other, because
/// what varies in width moves the columns after it.
fn pattern(expected: &str) -> String {
    let mut pattern = String::from("^");
    let mut rest = expected;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("[..]") {
            pattern.push_str(".*");
            rest = after;
        } else if let Some((word, shape)) = VARYING.iter().find(|(word, _)| rest.starts_with(word)) {
            pattern.push_str("(?:");
            pattern.push_str(shape);
            pattern.push(')');
            rest = &rest[word.len()..];
        } else if rest.starts_with(' ') {
            pattern.push_str(" +");
            rest = rest.trim_start_matches(' ');
        } else {
            let end = rest.char_indices().nth(1).map_or(rest.len(), |(at, _)| at);
            pattern.push_str(&regex::escape(&rest[..end]));
            rest = &rest[end..];
        }
    }
    pattern.push_str(" *$");
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_stand_for_what_varies_and_nothing_else() {
        let check = |expected: &str, shown: &str, agree: bool| {
            assert_eq!(line_agrees(expected, shown), agree, "{expected} ~ {shown}");
        };
        check("plain", "plain", true);
        check("plain", "plain ", false);
        check("a [..] z", "a whatever z", true);
        check("took [DURATION] |", "took 1.2s      |", true);
        check("took [DURATION]", "took long", false);
        check("run [RUN] ended", "run 3f9c2a ended", true);
        check("run [RUN] ended", "run zzz ended", false);
        check("at [TIME]", "at 2026-01-31 12:00:00", true);
        check("\\[..]", "[..]", true);
        check("\\[..]", "anything", false);
        check("(a|b) [..]", "(a|b) c", true);
        check("(a|b) [..]", "a c", false);
    }

    #[test]
    fn dots_stand_for_any_number_of_lines() {
        let lines =
            |text: &str| text.split(' ').filter(|it| !it.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        let check = |expected: &str, shown: &str, agree: bool| {
            assert_eq!(agrees(&lines(expected), &lines(shown)), agree, "{expected} ~ {shown}");
        };
        check("a ... d", "a b c d", true);
        check("a ... d", "a d", true);
        check("a ... d", "a b c", false);
        check("...", "", true);
        check("a", "a b", false);
        check("... b ... d ...", "a b c d e", true);
    }

    #[test]
    fn what_is_described_agrees_with_what_was_shown() {
        let runs = ["3f9c2a".to_owned()];
        let check = |shown: &str, expected: &str| {
            let described = describe(shown, &runs);
            assert_eq!(described, expected);
            assert!(line_agrees(&described, shown), "{described} ~ {shown}");
        };
        check("run 3f9c2a took 1.5s", "run [RUN] took [DURATION]");
        check("> not typed", "\\> not typed");
        check("...", "\\...");
        check("it says [DURATION]", "\\it says [DURATION]");
        check("at 12:00:00", "at [TIME]");
        check("SUBPLAN for 2.3", "SUBPLAN for 2.3");
    }
}
