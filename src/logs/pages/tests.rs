//! Pages of logs that are written to files and read back.

use std::fs;

use super::*;

struct House {
    _folder: tempfile::TempDir,
    pages: LogPages,
}

fn house(text: &str, sieve: Sieve) -> House {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.1.log");
    fs::write(&path, text).unwrap();
    let pages = LogPages::open(&path, sieve).unwrap();
    House { _folder: folder, pages }
}

fn texts(page: &Page) -> Vec<&str> {
    page.lines.iter().map(|it| it.text.as_str()).collect()
}

/// `1`, `2`, … with an error every hundredth line.
fn long(lines: usize) -> String {
    (1..=lines)
        .map(|it| if it % 100 == 0 { format!("ERROR {it}\n") } else { format!("line {it}\n") })
        .collect()
}

#[test]
fn a_page_is_the_lines_around_a_place() {
    let House { mut pages, .. } = house("a\nb\nc\nd\ne", Sieve::default());
    let mut check = |place, above, below, lines: &[&str], ends: (bool, bool)| {
        let page = pages.page(place, above, below, 0).unwrap();
        assert_eq!((texts(&page), (page.first, page.last)), (lines.to_vec(), ends), "{place:?}");
    };
    check(Place::At(4), 1, 2, &["b", "c", "d"], (false, false));
    check(Place::At(0), 5, 2, &["a", "b"], (true, false));
    check(Place::End, 2, 0, &["d", "e"], (false, true));
    check(Place::At(99), 9, 9, &["a", "b", "c", "d", "e"], (true, true));
}

#[test]
fn a_sieve_lets_only_some_lines_through_however_far_apart_they_are() {
    let sieve = Sieve { level: Some(Level::Error), ..Sieve::default() };
    let House { mut pages, .. } = house(&long(100_000), sieve);
    let page = pages.page(Place::End, 3, 0, u64::MAX).unwrap();
    assert_eq!(texts(&page), ["ERROR 99800", "ERROR 99900", "ERROR 100000"]);
    let page = pages.page(Place::At(0), 3, 2, u64::MAX).unwrap();
    assert_eq!((texts(&page), page.first), (vec!["ERROR 100", "ERROR 200"], true));
    let middle = page.lines[1].start;
    let page = pages.page(Place::At(middle), 1, 2, u64::MAX).unwrap();
    assert_eq!(texts(&page), ["ERROR 100", "ERROR 200", "ERROR 300"]);
}

#[test]
fn a_sieve_that_lets_nothing_through_looks_in_steps_and_says_when_it_is_done() {
    let sieve = Sieve { grep: Some(Regex::new("nowhere").unwrap()), ..Sieve::default() };
    let House { mut pages, .. } = house(&long(200_000), sieve);
    let mut asked = 0;
    loop {
        let page = pages.page(Place::End, 3, 0, STEP).unwrap();
        asked += 1;
        assert_eq!(page.lines, []);
        if page.whole {
            break;
        }
        assert!(asked < 100, "it never ends");
    }
    assert!(asked > 3, "it looked at all of it at once");
}

#[test]
fn what_is_written_later_passes_the_sieve_when_its_line_is_complete() {
    let sieve = Sieve { grep: Some(Regex::new("x").unwrap()), ..Sieve::default() };
    let House { mut pages, _folder } = house("x1\ny\nx2", sieve);
    assert_eq!(texts(&pages.page(Place::End, 9, 0, u64::MAX).unwrap()), ["x1", "x2"]);
    let path = pages.log().path().to_owned();
    fs::write(&path, "x1\ny\nx2 and more\nx3\n").unwrap();
    assert_eq!(pages.look().unwrap(), Change::Grew);
    assert_eq!(texts(&pages.page(Place::End, 9, 0, u64::MAX).unwrap()), ["x1", "x2 and more", "x3"]);
}

#[test]
fn the_next_match_is_found_in_both_directions() {
    let House { mut pages, .. } = house(&long(100_000), Sieve::default());
    let pattern = Wanted::Pattern(Regex::new("^line 5000[0-9]$").unwrap());
    let mut seek = |wanted: &Wanted, from, way, budget| {
        let mut from = from;
        loop {
            match pages.seek(wanted, from, way, budget).unwrap() {
                Sought::Further(next) => from = next,
                Sought::Nothing => return None,
                Sought::Line(start) => {
                    let page = pages.page(Place::At(start), 0, 1, 0).unwrap();
                    return Some((page.lines[0].text.clone(), start));
                }
            }
        }
    };
    let (text, first) = seek(&pattern, 0, Way::On, STEP).unwrap();
    assert_eq!(text, "line 50001");
    let (text, second) = seek(&pattern, first + 1, Way::On, STEP).unwrap();
    assert_eq!(text, "line 50002");
    assert_eq!(seek(&pattern, second, Way::Back, STEP).unwrap().1, first);
    assert_eq!(seek(&pattern, first, Way::Back, STEP), None);
    assert_eq!(seek(&pattern, u64::MAX, Way::Back, STEP).unwrap().0, "line 50009");
    assert_eq!(seek(&Wanted::Grave(Level::Error), 0, Way::On, STEP).unwrap().0, "ERROR 100");
}
