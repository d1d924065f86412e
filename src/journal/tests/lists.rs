use super::*;

fn shorts(page: &RunPage) -> Vec<u64> {
    page.runs.iter().map(|run| u64::from_str_radix(&run.id.short(), 16).unwrap()).collect()
}

/// Six runs: numbers 1 to 6, each a minute younger than the one before.
pub fn six() -> Journal {
    let made = [
        ("next", Some("BETA"), Some((Verdict::Succeeded, 30))),
        ("subplan", Some("ALPHA"), Some((Verdict::Failed, 5))),
        ("next", None, Some((Verdict::TimedOut, 20))),
        ("next", Some("ALPHA"), Some((Verdict::Succeeded, 10))),
        ("execution", Some("ALPHA"), None),
        ("next", Some("BETA"), Some((Verdict::Lost, 40))),
    ];
    let mut journal = Journal::in_memory().unwrap();
    for (number, (workflow, plan, end)) in (1..).zip(made) {
        let spec = spec(id(number), workflow, plan, i64::try_from(number).unwrap() * 60);
        journal.create_run(&spec, spec.created_at).unwrap();
        append(&mut journal, spec.run, [started()]);
        if let Some((verdict, took)) = end {
            let gaps = std::iter::repeat_n(EventKind::ClockGap { gap_ms: 0 }, took - 1);
            append(&mut journal, spec.run, gaps.chain([ended(verdict)]));
        }
    }
    journal
}

#[test]
fn lists_are_filtered_and_sorted() {
    let journal = six();
    let check = |query: RunQuery, expected: &[u64]| {
        let page = journal.list(&query).unwrap();
        assert_eq!(shorts(&page), expected, "{query:?}");
        assert_eq!(page.total, expected.len(), "{query:?}");
        assert_eq!(page.next_page, None);
    };
    let all = RunQuery::default;
    check(all(), &[6, 5, 4, 3, 2, 1]);
    check(RunQuery { reverse: true, ..all() }, &[1, 2, 3, 4, 5, 6]);
    check(RunQuery { plan: Some(PlanId::new("ALPHA")), ..all() }, &[5, 4, 2]);
    check(RunQuery { item: Some(ItemId::new("2.3")), ..all() }, &[6, 5, 4, 2, 1]);
    check(RunQuery { item: Some(ItemId::new("9.9")), ..all() }, &[]);
    check(RunQuery { workflow: Some(WorkflowName::new("next")), ..all() }, &[6, 4, 3, 1]);
    check(RunQuery { statuses: vec![Status::Succeeded], ..all() }, &[4, 1]);
    check(RunQuery { statuses: vec![Status::Failed, Status::Running, Status::Failed], ..all() }, &[5, 2]);
    check(RunQuery { statuses: vec![Status::Succeeded, Status::Lost], reverse: true, ..all() }, &[1, 4, 6]);
    check(RunQuery { since: Some(at(180)), until: Some(at(300)), ..all() }, &[4, 3]);
    check(RunQuery { search: Some("plan alpha".to_owned()), ..all() }, &[5, 4, 2]);
    check(RunQuery { search: Some("execu".to_owned()), ..all() }, &[5]);
    check(RunQuery { search: Some("ub".to_owned()), ..all() }, &[2]);
    check(RunQuery { search: Some("%".to_owned()), ..all() }, &[]);
    check(RunQuery { search: Some("\"who\":\"A".to_owned()), ..all() }, &[6, 5, 4, 3, 2, 1]);
    check(RunQuery { search: Some("a\" OR \"b".to_owned()), ..all() }, &[]);
    check(RunQuery { search: Some("ALPH\0A".to_owned()), ..all() }, &[]);
    check(RunQuery { search: Some(String::new()), ..all() }, &[6, 5, 4, 3, 2, 1]);
    check(RunQuery { sort: RunSort::Duration, ..all() }, &[6, 1, 3, 4, 2, 5]);
    check(RunQuery { sort: RunSort::Duration, reverse: true, ..all() }, &[5, 2, 4, 3, 1, 6]);
    check(RunQuery { sort: RunSort::Workflow, ..all() }, &[5, 6, 4, 3, 1, 2]);
    check(RunQuery { sort: RunSort::Plan, ..all() }, &[3, 5, 4, 2, 6, 1]);
    check(RunQuery { sort: RunSort::Status, ..all() }, &[2, 6, 5, 4, 1, 3]);
}

#[test]
fn pages_by_key_hold_every_run_once_whatever_the_order() {
    let journal = six();
    for sort in [RunSort::Started, RunSort::Duration, RunSort::Status, RunSort::Workflow, RunSort::Plan] {
        for reverse in [false, true] {
            for statuses in [vec![], vec![Status::Succeeded, Status::Lost, Status::Failed]] {
                let whole = RunQuery { statuses, sort, reverse, ..RunQuery::default() };
                read_page_by_page(&journal, &whole);
                read_page_by_page(&journal, &RunQuery { search: Some("ext".to_owned()), ..whole.clone() });
                read_page_by_page(&journal, &RunQuery { search: Some("ex".to_owned()), ..whole });
            }
        }
    }
}

fn read_page_by_page(journal: &Journal, whole: &RunQuery) {
    let expected = journal.list(whole).unwrap();
    assert!(expected.total > 2, "{whole:?}");
    let mut query = RunQuery { limit: 2, ..whole.clone() };
    let mut seen = Vec::new();
    loop {
        let page = journal.list(&query).unwrap();
        assert_eq!(page.total, expected.total);
        seen.extend(page.runs);
        let Some(next) = page.next_page else { break };
        query.page = Some(next);
    }
    assert_eq!(seen, expected.runs, "{query:?}");
}

#[test]
fn a_page_stays_where_it_is_when_new_runs_come() {
    let mut journal = six();
    let query = RunQuery { limit: 2, ..RunQuery::default() };
    let first = journal.list(&query).unwrap();
    journal.create_run(&spec(id(7), "next", None, 999), at(999)).unwrap();
    let second = journal.list(&RunQuery { page: first.next_page, ..query }).unwrap();
    assert_eq!(shorts(&second), [4, 3]);
}

#[test]
fn a_token_of_another_list_is_refused() {
    let journal = six();
    let query = RunQuery { limit: 2, ..RunQuery::default() };
    let token = journal.list(&query).unwrap().next_page.unwrap();
    for page in ["", "zz", "7b7d", "é", &format!("{token}0"), &token[2..]] {
        let query = RunQuery { page: Some(page.to_owned()), ..query.clone() };
        assert!(matches!(journal.list(&query), Err(Error::BadPage { .. })), "{page}");
    }
    let other = RunQuery { page: Some(token), sort: RunSort::Plan, ..query };
    assert!(matches!(journal.list(&other), Err(Error::BadPage { .. })));
}

#[test]
fn a_list_reads_an_index_and_sorts_nothing() {
    let journal = six();
    let plan = |sql: &str| -> String {
        let mut statement = journal.db.prepare(&format!("explain query plan {sql}")).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
        rows.collect::<rusqlite::Result<Vec<_>>>().unwrap().join("; ")
    };
    for (condition, order) in [
        ("1", "created_at desc, n desc"),
        ("1", "created_at asc, n asc"),
        ("status = 'failed'", "created_at desc, n desc"),
        ("workflow = 'next'", "created_at desc, n desc"),
        ("ifnull(plan, '') = 'ALPHA'", "created_at desc, n desc"),
        ("created_at >= 1", "created_at desc, n desc"),
        ("1", "ifnull(duration, -1) desc, created_at desc, n desc"),
        ("1", "workflow asc, created_at desc, n desc"),
        ("1", "status desc, created_at asc, n asc"),
    ] {
        let plan = plan(&format!("select id from runs where {condition} order by {order} limit 50"));
        assert!(
            plan.contains("USING INDEX") || plan.contains("COVERING INDEX"),
            "{condition} {order}: {plan}"
        );
        assert!(!plan.contains("TEMP B-TREE"), "{condition} {order}: {plan}");
    }
}

#[test]
fn a_run_is_found_by_what_people_type() {
    let journal = six();
    let check = |asked: &str, expected: Result<u64, Refusal>| {
        let found = match journal.find_run(asked) {
            Ok(run) => Ok(u64::from_str_radix(&run.short(), 16).unwrap()),
            Err(Error::Refused(refusal)) => Err(refusal),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(found, expected, "{asked}");
    };
    let none = |asked: &str| Err(Refusal::NoSuchRun { asked: asked.to_owned() });
    check(&id(3).to_string(), Ok(3));
    check(&id(3).to_string().to_uppercase(), Ok(3));
    check(&id(3).to_string().replace('-', ""), Ok(3));
    check("000003", Ok(3));
    check("3", Ok(3));
    check("03", Ok(3));
    check("@latest", Ok(6));
    check("@latest-failed", Ok(6));
    for nothing in ["", "-", "xyz", "9", "@", "@earliest", "%", "3g"] {
        check(nothing, none(nothing));
    }
    let both = [spec(id(0x13), "next", None, 0), spec(id(0x23), "next", None, 1)];
    let journal = journal_with(&both);
    let Err(Error::Refused(Refusal::AmbiguousRun { candidates, .. })) = journal.find_run("3") else {
        panic!("two runs end in 3");
    };
    assert_eq!(candidates, [id(0x23).to_string(), id(0x13).to_string()]);
    assert!(matches!(journal.find_run("@latest-failed"), Err(Error::Refused(Refusal::NoSuchRun { .. }))));
}

#[test]
fn open_runs_are_those_that_have_not_ended() {
    let journal = six();
    let open: Vec<_> = journal.open_runs().unwrap().into_iter().map(|run| run.id).collect();
    assert_eq!(open, [id(5)]);
}

#[test]
fn estimates_come_from_successful_runs_of_the_same_kind() {
    let journal = six();
    let seconds = |workflow: &str, dialect: Option<&str>, limit: usize| -> Vec<u64> {
        let found = journal.durations(&WorkflowName::new(workflow), dialect, limit).unwrap();
        found.into_iter().map(|it| it.as_secs()).collect()
    };
    assert_eq!(seconds("next", None, 9), [10, 30]);
    assert_eq!(seconds("next", Some("checklist"), 1), [10]);
    assert_eq!(seconds("next", Some("methodology"), 9), [0; 0]);
    assert_eq!(seconds("subplan", None, 9), [0; 0]);
}
