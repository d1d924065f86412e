//! The grammar of a task's line: `- [ ] T012 [P] [US1] Text`, behind the box.

/// What a task's first line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Task<'t> {
    /// Without decoration: `T012`, `T006a`, `T1.2`.
    pub(super) id: &'t str,
    /// `[P]` stands among the markers.
    pub(super) parallel: bool,
    /// The other markers: `US1`.
    pub(super) labels: Vec<&'t str>,
    /// Struck through from its start.
    pub(super) struck: bool,
    pub(super) title: String,
}

/// Reads the text behind a checkbox. Without an id it is no task.
///
/// An id may be decorated (`**T001**`, `[T001]`, `~~T001 …~~`), and the id of another tracker may
/// stand before it in parentheses.
pub(super) fn task(text: &str) -> Option<Task<'_>> {
    let struck = text.starts_with("~~");
    let mut markers = Vec::new();
    let mut bare = behind_foreign_id(text);
    // Some write the markers first: `[P] [US1] T001 Text`.
    let leads = |it: &str| it == "P" || it.starts_with("US");
    while let Some((marker, after)) = marker(bare).filter(|(it, _)| leads(it)) {
        markers.push(marker);
        bare = after.trim_start();
    }
    let start = bare.trim_start_matches(['*', '_', '`', '~', '[']);
    let (id, mut rest) = split_id(start)?;
    loop {
        rest = rest.trim_start_matches(|it: char| it.is_whitespace() || "*_`~]:.,-–—".contains(it));
        let Some((marker, after)) = marker(rest) else { break };
        markers.push(marker);
        rest = after;
    }
    let parallel = markers.contains(&"P");
    let labels = markers.into_iter().filter(|it| *it != "P").collect();
    let opened = &text[..text.len() - start.len()];
    Some(Task { id, parallel, labels, struck, title: undecorated(rest, opened) })
}

fn behind_foreign_id(text: &str) -> &str {
    let inside = text.strip_prefix('(').and_then(|it| it.split_once(") "));
    inside
        .filter(|(id, _)| id.len() <= 40 && !id.contains(char::is_whitespace))
        .map_or(text, |(_, rest)| rest)
}

/// An id at the start of `text`: `T`, perhaps `-`, digits in parts, perhaps a letter.
pub(super) fn split_id(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'T') {
        return None;
    }
    let digits = |from: usize| bytes[from..].iter().take_while(|it| it.is_ascii_digit()).count();
    let mut end = 1 + usize::from(bytes.get(1) == Some(&b'-'));
    let first = digits(end);
    if first == 0 {
        return None;
    }
    end += first;
    while matches!(bytes.get(end), Some(b'.' | b'-')) && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    end += usize::from(bytes.get(end).is_some_and(u8::is_ascii_alphabetic));
    let ends = text[end..].chars().next().is_none_or(|it| !it.is_alphanumeric() && it != '_');
    ends.then(|| text.split_at(end))
}

/// A `[marker]` at the start of `text` that is no link.
fn marker(text: &str) -> Option<(&str, &str)> {
    let (marker, rest) = text.strip_prefix('[')?.split_once(']')?;
    let is_marker = marker.len() <= 40 && !marker.contains('[') && !rest.starts_with(['(', '['])
        || rest.starts_with("[P]");
    is_marker.then(|| (marker.trim(), rest))
}

/// The title without the closing signs of what was opened before the id.
fn undecorated(title: &str, opened: &str) -> String {
    if opened.is_empty() {
        return title.trim().to_owned();
    }
    let mut title = title.trim().to_owned();
    for sign in ["**", "~~"] {
        if opened.contains(sign) && title.matches(sign).count() % 2 == 1 {
            title = title.replacen(sign, "", 1);
        }
    }
    title.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_read_from_the_text_behind_its_box() {
        let check = |text: &str, id: &str, parallel: bool, labels: &[&str], title: &str| {
            let task = task(text).unwrap_or_else(|| panic!("no task: {text}"));
            assert_eq!(
                (task.id, task.parallel, task.labels.as_slice(), task.title.as_str()),
                (id, parallel, labels, title)
            );
        };
        check("T001 [P] [US1] Write it in a.rs", "T001", true, &["US1"], "Write it in a.rs");
        check("T006a Text", "T006a", false, &[], "Text");
        check("T1.2: Text", "T1.2", false, &[], "Text");
        check("T0.1 — Text", "T0.1", false, &[], "Text");
        check("T-001 Text", "T-001", false, &[], "Text");
        check("T003-002: Text", "T003-002", false, &[], "Text");
        check("**T001** [P]: Text", "T001", true, &[], "Text");
        check("**T001 [P] Bold**: Text", "T001", true, &[], "Bold: Text");
        check("`T001` Text with `code`", "T001", false, &[], "Text with `code`");
        check("[T001] [US2] [P] Text", "T001", true, &["US2"], "Text");
        check("T001 [link](a.md) Text", "T001", false, &[], "[link](a.md) Text");
        check("T001 Text, not [P]", "T001", false, &[], "Text, not [P]");
        check("(app-7.1) T001 Text", "T001", false, &[], "Text");
        check("[P] [US1] T001 Text", "T001", true, &["US1"], "Text");
        check("**T001** **[P]** Text", "T001", true, &[], "Text");
        check("T001", "T001", false, &[], "");
        check("T1000", "T1000", false, &[], "");
    }

    #[test]
    fn a_struck_task_is_still_a_task() {
        let task = task("~~T014 [US1] Text~~ REMOVED").expect("a task");
        assert!(task.struck);
        assert_eq!((task.id, task.title.as_str()), ("T014", "Text REMOVED"));
    }

    #[test]
    fn without_an_id_it_is_no_task() {
        for text in [
            "Text T001",
            "TODO",
            "T",
            "T-x",
            "t001 a",
            "T001abc",
            "T001_a",
            "Task 1",
            "(a b) T001",
            "",
            "Tests",
        ] {
            assert_eq!(task(text), None, "{text}");
        }
    }
}
