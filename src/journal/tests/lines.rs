use super::*;

#[test]
fn lines_are_kept_and_found() {
    let mut journal = Journal::in_memory().unwrap();
    let mut save = |text: &str, session: i64| {
        let new =
            NewLine { text: text.to_owned(), at: at(0), session: Some(session), cwd: Some("/w".to_owned()) };
        journal.save_line(&new).unwrap()
    };
    let ids: Vec<i64> = [("status", 1), ("next", 1), ("status", 2), ("runs", 2), ("next --follow", 3)]
        .map(|(text, s)| save(text, s))
        .into();
    let check = |query: LineQuery, expected: &[&str]| {
        let found: Vec<_> = journal.lines(&query).unwrap().into_iter().map(|line| line.text).collect();
        assert_eq!(found, expected, "{query:?}");
    };
    let all = LineQuery::default;
    check(all(), &["next --follow", "runs", "status", "next"]);
    check(LineQuery { oldest_first: true, ..all() }, &["next", "status", "runs", "next --follow"]);
    check(LineQuery { limit: Some(1), ..all() }, &["next --follow"]);
    check(LineQuery { text: Some(LineText::Prefix("next".to_owned())), ..all() }, &["next --follow", "next"]);
    check(LineQuery { text: Some(LineText::Prefix("Next".to_owned())), ..all() }, &[]);
    check(LineQuery { text: Some(LineText::Substring("follow".to_owned())), ..all() }, &["next --follow"]);
    check(LineQuery { text: Some(LineText::Exact("next".to_owned())), ..all() }, &["next"]);
    check(LineQuery { cwd: Some("/elsewhere".to_owned()), ..all() }, &[]);
    check(LineQuery { below: Some(ids[3]), ..all() }, &["status", "next"]);
    check(LineQuery { above: Some(ids[2]), ..all() }, &["next --follow", "runs"]);
    let session = Some(SessionLines { session: 3, began_after: ids[2] });
    check(LineQuery { session, ..all() }, &["next --follow", "status", "next"]);
    assert_eq!(journal.count_lines(&all()).unwrap(), 5);
    assert_eq!(journal.last_line().unwrap(), ids[4]);

    let mut line = journal.line(ids[1]).unwrap().unwrap();
    line.took = Some(Duration::from_millis(1500));
    line.exit = Some(1);
    journal.update_line(&line).unwrap();
    assert_eq!(journal.line(ids[1]).unwrap(), Some(line));
    journal.delete_line(ids[1]).unwrap();
    assert_eq!(journal.line(ids[1]).unwrap(), None);
    journal.clear_lines().unwrap();
    assert_eq!(journal.last_line().unwrap(), 0);
}
