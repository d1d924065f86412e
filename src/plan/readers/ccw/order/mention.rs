//! Which tasks a piece of prose names: single ids, lists, ranges and wild cards.

use super::super::id::{Known, is_plain, leading};

/// The known ids that a text names, each once, in its order. Unknown ones go to `strangers`.
///
/// `IMPL-001/002/003`, `IMPL-1, 2, 3`, `IMPL-1 to IMPL-4`, `IMPL-1 ~ IMPL-4` and `IMPL-3.*` stand for all
/// that they cover.
pub fn mentioned(text: &str, known: &Known, strangers: &mut Vec<String>) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(start) = next_token(rest) {
        rest = &rest[start..];
        let token = leading(rest);
        let behind = &rest[token.len()..];
        let consumed = if known.find(token).is_some() || known.may_be(token) || is_wild(token, behind) {
            token.len() + entry(token, behind, known, &mut ids, strangers)
        } else {
            token.len()
        };
        rest = &rest[consumed..];
    }
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    ids
}

/// Where the next thing that could be an id begins: a letter that no letter or digit stands before.
fn next_token(text: &str) -> Option<usize> {
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        if letter.is_ascii_alphabetic() && !before.is_ascii_alphanumeric() && !"-_.".contains(before) {
            return Some(at);
        }
        before = letter;
    }
    None
}

fn is_wild(token: &str, behind: &str) -> bool {
    token.contains('-') && (behind.starts_with(".*") || behind.starts_with('*'))
}

/// Takes one id with what is hung on it, and says how much of the text behind it that was.
fn entry(
    token: &str,
    behind: &str,
    known: &Known,
    ids: &mut Vec<String>,
    strangers: &mut Vec<String>,
) -> usize {
    if let Some(wild) = [".*", "*"].iter().find(|it| behind.starts_with(**it)) {
        let prefix = if *wild == ".*" { format!("{token}.") } else { token.to_owned() };
        ids.extend(known.beginning(&prefix).into_iter().map(str::to_owned));
        return wild.len();
    }
    if let Some((last, length)) = range_end(token, behind, known) {
        ids.extend(known.between(token, &last).into_iter().map(str::to_owned));
        return length;
    }
    take(token, known, ids, strangers);
    let mut consumed = 0;
    while let Some((number, length)) = brother(&behind[consumed..]) {
        if let Some((head, _)) = token.rsplit_once('-') {
            take(&format!("{head}-{number}"), known, ids, strangers);
        }
        consumed += length;
    }
    consumed
}

fn take(token: &str, known: &Known, ids: &mut Vec<String>, strangers: &mut Vec<String>) {
    match known.find(token) {
        Some(id) => ids.push(id.to_owned()),
        None if is_plain(token) => strangers.push(token.to_owned()),
        None => {}
    }
}

/// ` to IMPL-4`, ` ~ 4`, `..IMPL-4` behind a first id: the last one, and how long this is.
fn range_end(first: &str, behind: &str, known: &Known) -> Option<(String, usize)> {
    let signs = [" to ", " through ", "~", "～", "–", "..", "至", "到"];
    let start = behind.len() - behind.trim_start().len();
    let sign = signs.iter().find_map(|sign| {
        let at = behind.find(sign)?;
        (at <= start).then_some(at + sign.len())
    })?;
    let rest = &behind[sign..];
    let spaces = rest.len() - rest.trim_start().len();
    let rest = rest.trim_start();
    let token = leading(rest);
    if known.find(token).is_some() {
        return Some((token.to_owned(), sign + spaces + token.len()));
    }
    let digits = number(rest)?;
    let (head, _) = first.rsplit_once('-')?;
    let last = format!("{head}-{digits}");
    known.find(&last)?;
    Some((last, sign + spaces + digits.len()))
}

/// `/002`, `, 3`: a number that is hung on an id, and how long this is.
fn brother(text: &str) -> Option<(&str, usize)> {
    let sign = text.trim_start();
    let sign = sign.strip_prefix(['/', ',', '，', '、', '&', '+'])?;
    let rest = sign.trim_start();
    let digits = number(rest)?;
    let after = rest[digits.len()..].chars().next();
    let is_word = after.is_some_and(|it| it.is_alphanumeric() || it == '%');
    (!is_word).then_some((digits, text.len() - rest.len() + digits.len()))
}

/// `2`, `002`, `1.3` at the start of a text.
fn number(text: &str) -> Option<&str> {
    let end = text.find(|it: char| !(it.is_ascii_digit() || it == '.')).unwrap_or(text.len());
    let digits = text[..end].trim_end_matches('.');
    digits.starts_with(|it: char| it.is_ascii_digit()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_name_tasks_is_understood() {
        let ids = [
            "IMPL-1", "IMPL-2", "IMPL-3", "IMPL-4", "TASK-001", "TASK-002", "TASK-003", "IMPL-5.1",
            "IMPL-5.2", "IMPL-A1", "T1",
        ];
        let known = Known::new(ids.into_iter());
        let check = |text: &str, expected: &[&str]| {
            assert_eq!(mentioned(text, &known, &mut Vec::new()), expected, "{text}");
        };
        check("IMPL-1", &["IMPL-1"]);
        check("**IMPL-1** and `IMPL-3`", &["IMPL-1", "IMPL-3"]);
        check("TASK-001/002/003", &["TASK-001", "TASK-002", "TASK-003"]);
        check("IMPL-1, 2, 3", &["IMPL-1", "IMPL-2", "IMPL-3"]);
        check("IMPL-1 to IMPL-3", &["IMPL-1", "IMPL-2", "IMPL-3"]);
        check("IMPL-1 ~ IMPL-4", &["IMPL-1", "IMPL-2", "IMPL-3", "IMPL-4"]);
        check("IMPL-1~3", &["IMPL-1", "IMPL-2", "IMPL-3"]);
        check("TASK-001–TASK-003", &["TASK-001", "TASK-002", "TASK-003"]);
        check("IMPL-5.*", &["IMPL-5.1", "IMPL-5.2"]);
        check("{IMPL-1, IMPL-2}", &["IMPL-1", "IMPL-2"]);
        check("impl-a1、T1", &["IMPL-A1", "T1"]);
        check("IMPL-1, 20% faster in UTF-8", &["IMPL-1"]);
        check("nothing at all", &[]);
        check("IMPL-1 twice: IMPL-1", &["IMPL-1"]);
    }

    #[test]
    fn an_id_that_no_task_has_is_a_stranger() {
        let known = Known::new(["IMPL-1"].into_iter());
        let mut strangers = Vec::new();
        assert_eq!(mentioned("IMPL-1 and IMPL-9", &known, &mut strangers), ["IMPL-1"]);
        assert_eq!(strangers, ["IMPL-9"]);
    }
}
