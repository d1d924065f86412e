use std::{collections::BTreeMap, time::Duration};

use proptest::prelude::*;
use rusqlite::params;
use serde_json::json;

use super::*;
use crate::{
    clock::{Moment, Timestamp},
    ids::{AttemptId, Cursor, Ids, ItemId, PlanId, RunId, Seq, TaskName, WorkflowName},
    run::{
        Answer, Capture, Ending, Event, EventKind, Exit, Limits, Outcome, PlanRef, ProcessId, Refusal,
        Retries, RunSummary, Specification, Status, StopReason, Survivor, Task, Verdict, Wish,
        spec::{ItemRef, Origin},
    },
};

const START: i64 = 1_769_860_800_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(START + seconds * 1000)
}

fn task(name: &str) -> Task {
    Task {
        name: TaskName::new(name),
        title: format!("Task {name}"),
        argv: vec!["/bin/true".to_owned()],
        needs: Vec::new(),
        group: None,
        cwd: "/".to_owned(),
        env: BTreeMap::new(),
        pass_env: Vec::new(),
        stdin: None,
        capture: Capture::Pipe,
        limits: Limits { wall: None, idle: None, grace: Duration::from_secs(10) },
        retries: Retries::none(),
        leave_running: false,
        fail_on: Vec::new(),
    }
}

fn spec(run: RunId, workflow: &str, plan: Option<&str>, created: i64) -> Specification {
    let plan = plan.map(|plan| PlanRef {
        id: PlanId::new(plan),
        title: format!("The plan {plan}"),
        dialect: "checklist".to_owned(),
        path: format!("{plan}.md"),
    });
    Specification {
        version: Specification::VERSION,
        run,
        workflow: WorkflowName::new(workflow),
        item: plan.as_ref().map(|_| ItemRef { id: ItemId::new("2.3"), title: "Lay the pipes".to_owned() }),
        plan,
        params: serde_json::from_value(json!({"level": 3, "who": "Ada"})).unwrap(),
        tasks: vec![task("a"), task("b"), task("c")],
        slots: 2,
        fail_fast: false,
        deliverables: Vec::new(),
        plan_hash: None,
        git_commit: None,
        asked_by: Origin { user: "ada".to_owned(), face: "cli".to_owned(), pid: 7 },
        created_at: at(created),
        parent: None,
        umask: 0o22,
        max_log_bytes: 1 << 20,
        seed: 1,
    }
}

fn id(number: u64) -> RunId {
    Ids::counted(number).run(START)
}

fn journal_with(specs: &[Specification]) -> Journal {
    let mut journal = Journal::in_memory().unwrap();
    for spec in specs {
        journal.create_run(spec, spec.created_at).unwrap();
    }
    journal
}

/// Appends kinds behind what a run has, a second apart.
fn append(journal: &mut Journal, run: RunId, kinds: impl IntoIterator<Item = EventKind>) {
    let (last, _) = journal.standing(run).unwrap();
    let created = journal.summary(run).unwrap().unwrap().created_at.millis();
    let events: Vec<Event> = (last.0 + 1..)
        .zip(kinds)
        .map(|(seq, kind)| {
            let ts = Timestamp::from_millis(created + i64::try_from(seq).unwrap() * 1000);
            Event { run, seq: Seq(seq), at: Moment::from_millis(seq * 1000), ts, kind }
        })
        .collect();
    journal.append(run, &events).unwrap();
}

fn process() -> ProcessId {
    ProcessId { pid: 4711, birth: 99, boot: "boot".to_owned(), namespace: "pid:[1]".to_owned() }
}

fn started() -> EventKind {
    EventKind::RunStarted { supervisor: process() }
}

fn ended(verdict: Verdict) -> EventKind {
    EventKind::RunEnded { verdict, deliverables: vec!["out.txt".to_owned()], survivors: Vec::new() }
}

fn first(task: &str) -> AttemptId {
    AttemptId { task: TaskName::new(task), number: 1 }
}

#[test]
fn a_run_is_read_as_it_was_written() {
    let spec = spec(id(1), "next", Some("ALPHA"), 0);
    let mut journal = journal_with(std::slice::from_ref(&spec));
    let ending = Ending { exit: Some(Exit::Code(3)), bytes: 12, ..Ending::bare(Outcome::Failed { code: 3 }) };
    append(
        &mut journal,
        spec.run,
        [
            started(),
            EventKind::TaskReady { attempt: first("a") },
            EventKind::AttemptStarted { attempt: first("a"), process: process() },
            EventKind::AttemptEnded { attempt: first("a"), ending: ending.clone() },
            EventKind::TaskEnded { task: TaskName::new("a"), outcome: Outcome::Failed { code: 3 } },
            EventKind::TaskBlocked { task: TaskName::new("b"), by: Some(TaskName::new("a")) },
            EventKind::TaskBlocked { task: TaskName::new("c"), by: None },
            ended(Verdict::Failed),
        ],
    );

    let record = journal.run(spec.run).unwrap().unwrap();
    assert_eq!(record.spec, spec);
    assert_eq!(record.status, Status::Failed);
    assert_eq!((record.started_at, record.ended_at), (Some(at(2)), Some(at(9))));
    assert_eq!(record.deliverables, ["out.txt"]);
    let statuses: Vec<_> = record.tasks.iter().map(|task| task.status).collect();
    assert_eq!(statuses, [Status::Failed, Status::Blocked, Status::Skipped]);
    assert_eq!(record.tasks[1].blocked_by, Some(TaskName::new("a")));
    let attempt = record.tasks[0].last_attempt().unwrap();
    assert_eq!((attempt.started_at, attempt.ended_at), (Some(at(4)), Some(at(5))));
    assert_eq!(attempt.ending, Some(ending));

    let summary = journal.summary(spec.run).unwrap().unwrap();
    assert_eq!(summary, RunSummary::from(&record));
    assert_eq!(summary.preview, "3");
    assert_eq!(summary.duration(), Some(Duration::from_secs(7)));
    assert_eq!(journal.run(id(2)).unwrap(), None);
    assert_eq!(journal.specification(spec.run).unwrap(), Some(spec));
}

#[test]
fn an_event_that_is_not_the_next_is_refused_and_nothing_of_its_batch_is_kept() {
    let spec = spec(id(1), "next", None, 0);
    let mut journal = journal_with(std::slice::from_ref(&spec));
    let event = |seq: u64| Event {
        run: spec.run,
        seq: Seq(seq),
        at: Moment::default(),
        ts: at(1),
        kind: EventKind::ClockGap { gap_ms: 1 },
    };
    for batch in [vec![event(3)], vec![event(1)], vec![event(2), event(2)], vec![event(2), event(4)]] {
        let error = journal.append(spec.run, &batch).unwrap_err();
        assert!(matches!(error, Error::Gap { .. }), "{error}");
        assert_eq!(journal.events_after(spec.run, Seq(0), 9).unwrap().len(), 1);
    }
    let stranger = Event { run: id(2), ..event(2) };
    assert!(matches!(journal.append(spec.run, &[stranger]), Err(Error::Gap { .. })));
    assert!(matches!(journal.append(id(2), &[event(2)]), Err(Error::Refused(Refusal::NoSuchRun { .. }))));
    journal.append(spec.run, &[event(2), event(3)]).unwrap();
}

#[test]
fn a_cursor_sees_every_event_of_every_run_once_and_in_order() {
    let (one, two) = (spec(id(1), "next", None, 0), spec(id(2), "next", None, 1));
    let mut journal = journal_with(&[one.clone(), two.clone()]);
    append(&mut journal, one.run, [started()]);
    append(&mut journal, two.run, [started()]);
    let all = journal.since(Cursor(0), 100).unwrap();
    let seen: Vec<_> = all.iter().map(|(_, event)| (event.run, event.seq.0)).collect();
    assert_eq!(seen, [(one.run, 1), (two.run, 1), (one.run, 2), (two.run, 2)]);
    assert_eq!(journal.since(all[1].0, 1).unwrap(), all[2..3]);
    assert_eq!(journal.head().unwrap(), all[3].0);
    assert!(journal.since(journal.head().unwrap(), 9).unwrap().is_empty());
    assert_eq!(journal.events_after(one.run, Seq(1), 9).unwrap()[0].kind, started());
}

#[test]
fn a_cursor_is_never_given_twice() {
    let spec_one = spec(id(1), "next", None, 0);
    let mut journal = journal_with(std::slice::from_ref(&spec_one));
    let head = journal.head().unwrap();
    journal.forget_run(spec_one.run).unwrap();
    journal.create_run(&spec(id(2), "next", None, 1), at(1)).unwrap();
    assert_eq!(journal.since(head, 9).unwrap().len(), 1);
}

#[test]
fn forgetting_a_run_forgets_all_of_it() {
    let spec = spec(id(1), "next", Some("ALPHA"), 0);
    let mut journal = journal_with(std::slice::from_ref(&spec));
    append(&mut journal, spec.run, [started(), EventKind::TaskReady { attempt: first("a") }]);
    journal.leave_request(spec.run, "ada", &Wish::Pause, at(3)).unwrap();
    journal.forget_run(spec.run).unwrap();
    for table in ["runs", "specifications", "tasks", "attempts", "events", "requests"] {
        let sql = format!("select count(*) from {table}");
        assert_eq!(journal.db.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap(), 0, "{table}");
    }
    let found = journal.list(&RunQuery { search: Some("ALPHA".to_owned()), ..RunQuery::default() }).unwrap();
    assert_eq!((found.total, found.runs.len()), (0, 0));
    assert_eq!(journal.list(&RunQuery::default()).unwrap().total, 0);
    assert!(matches!(journal.forget_run(spec.run), Err(Error::Refused(Refusal::NoSuchRun { .. }))));
}

fn shorts(page: &RunPage) -> Vec<u64> {
    page.runs.iter().map(|run| u64::from_str_radix(&run.id.short(), 16).unwrap()).collect()
}

/// Six runs: numbers 1 to 6, each a minute younger than the one before.
fn six() -> Journal {
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
                let whole = RunQuery { sort, reverse, statuses, ..RunQuery::default() };
                let expected = journal.list(&whole).unwrap();
                let mut query = RunQuery { limit: 2, ..whole };
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
        }
    }
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

#[test]
fn a_request_is_answered_once() {
    let spec = spec(id(1), "next", None, 0);
    let mut journal = journal_with(std::slice::from_ref(&spec));
    let cancel = Wish::Cancel { reason: Some("wrong plan".to_owned()) };
    let one = journal.leave_request(spec.run, "ada", &cancel, at(1)).unwrap();
    let two = journal.leave_request(spec.run, "bob", &Wish::Pause, at(2)).unwrap();
    let open = journal.open_requests(spec.run).unwrap();
    assert_eq!(
        open.iter().map(|it| (it.id, it.by.as_str())).collect::<Vec<_>>(),
        [(one, "ada"), (two, "bob")]
    );
    assert_eq!(open[0].wish, cancel);
    assert_eq!(journal.answer_of(one).unwrap(), None);
    journal.answer_request(one, &Answer::Done, at(3)).unwrap();
    journal.answer_request(one, &Answer::Refused { why: "too late".to_owned() }, at(4)).unwrap();
    assert_eq!(journal.answer_of(one).unwrap(), Some(Answer::Done));
    assert_eq!(journal.open_requests(spec.run).unwrap().len(), 1);
    journal.refuse_open_requests(spec.run, "the run has ended", at(5)).unwrap();
    assert_eq!(
        journal.answer_of(two).unwrap(),
        Some(Answer::Refused { why: "the run has ended".to_owned() })
    );
}

#[test]
fn a_wish_for_a_run_that_ended_is_refused() {
    let mut journal = six();
    let error = journal.leave_request(id(1), "ada", &Wish::Pause, at(1)).unwrap_err();
    let expected = Refusal::AlreadyEnded { run: id(1).short(), status: Status::Succeeded };
    assert!(matches!(error, Error::Refused(refusal) if refusal == expected));
    let error = journal.leave_request(id(9), "ada", &Wish::Pause, at(1)).unwrap_err();
    assert!(matches!(error, Error::Refused(Refusal::NoSuchRun { .. })));
}

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

#[test]
fn a_journal_of_a_newer_program_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = Journal::open(&path).unwrap();
    journal.db.pragma_update(None, "user_version", schema::CURRENT + 1).unwrap();
    drop(journal);
    let before = std::fs::read(&path).unwrap();
    let error = Journal::open(&path).unwrap_err();
    assert!(matches!(error, Error::Newer { .. }), "{error}");
    assert!(error.to_string().contains("newer plandeck"), "{error}");
    assert!(matches!(Journal::open_read_only(&path), Err(Error::Newer { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn what_is_no_journal_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    std::fs::write(&path, "this is a text of more than a hundred bytes, ".repeat(30)).unwrap();
    for error in [Journal::open(&path).unwrap_err(), Journal::open_read_only(&path).unwrap_err()] {
        assert!(error.to_string().contains("journal.db can't be opened"), "{error}");
    }
    let nowhere = Journal::open(&folder.path().join("no/journal.db")).unwrap_err();
    assert!(nowhere.to_string().contains("no/journal.db can't be opened"), "{nowhere}");
}

#[test]
fn a_reader_that_may_not_write_reads_and_does_not_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    assert!(Journal::open_read_only(&path).is_err());
    let mut journal = Journal::open(&path).unwrap();
    journal.create_run(&spec(id(1), "next", None, 0), at(0)).unwrap();
    let mut reader = Journal::open_read_only(&path).unwrap();
    assert_eq!(reader.list(&RunQuery::default()).unwrap().total, 1);
    assert!(reader.forget_run(id(1)).is_err());
}

#[test]
fn another_connection_notices_news_cheaply() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let (mut writer, reader) = (Journal::open(&path).unwrap(), Journal::open(&path).unwrap());
    let before = reader.data_version().unwrap();
    assert_eq!(reader.data_version().unwrap(), before);
    writer.create_run(&spec(id(1), "next", None, 0), at(0)).unwrap();
    assert_ne!(reader.data_version().unwrap(), before);
    assert!(reader.check().unwrap().is_empty());
}

#[test]
fn a_spool_gives_back_its_events_up_to_a_torn_line() {
    let event = |seq: u64, kind: EventKind| Event {
        run: id(1),
        seq: Seq(seq),
        at: Moment::from_millis(seq),
        ts: at(0),
        kind,
    };
    let why = crate::run::LaunchFailure::NotFound { program: "x\n".to_owned() };
    let failed = Ending::bare(Outcome::FailedToStart { why });
    let events =
        vec![event(2, started()), event(3, EventKind::AttemptEnded { attempt: first("a"), ending: failed })];
    let text: String = events.iter().map(spool_line).collect();
    assert_eq!(text.lines().count(), 2);
    assert_eq!(read_spool(&text), events);
    assert_eq!(read_spool(&format!("{text}{{\"version\":1,\"ru")), events);
    assert_eq!(read_spool(&format!("torn\n{text}")), []);
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::Succeeded),
        (1..255).prop_map(|code| Outcome::Failed { code }),
        (1..64).prop_map(|signal| Outcome::Signalled { signal }),
        ".{0,9}".prop_map(|line| Outcome::FailedPattern { line }),
        Just(Outcome::TimedOut),
        Just(Outcome::TimedOutIdle),
        Just(Outcome::Cancelled),
        Just(Outcome::Lost),
        ".{0,9}"
            .prop_map(|cwd| Outcome::FailedToStart { why: crate::run::LaunchFailure::NoDirectory { cwd } }),
    ]
}

fn ending() -> impl Strategy<Value = Ending> {
    let exit = prop_oneof![
        Just(None),
        (0..255).prop_map(|it| Some(Exit::Code(it))),
        (1..64).prop_map(|it| Some(Exit::Signal(it)))
    ];
    (outcome(), exit, 0..u64::from(u32::MAX), any::<bool>()).prop_map(|(outcome, exit, bytes, leaky)| {
        Ending {
            outcome,
            exit,
            bytes,
            leaky,
            survivors: vec![Survivor { pid: 5, command: "sleep 9".to_owned() }],
            tests: None,
        }
    })
}

/// Any event, also ones that no scheduler would write, also about a task that the run does not have.
fn kind() -> impl Strategy<Value = EventKind> {
    let name = || prop_oneof![Just("a"), Just("b"), Just("c"), Just("unknown")].prop_map(TaskName::new);
    let attempt = move || (name(), 1..4_u32).prop_map(|(task, number)| AttemptId { task, number });
    let verdict = prop_oneof![
        Just(Verdict::Succeeded),
        Just(Verdict::Failed),
        Just(Verdict::TimedOut),
        Just(Verdict::Cancelled),
        Just(Verdict::Lost)
    ];
    let by = || "[a-z]{1,4}";
    prop_oneof![
        Just(started()),
        name().prop_map(|task| EventKind::TaskQueued { task }),
        attempt().prop_map(|attempt| EventKind::TaskReady { attempt }),
        attempt().prop_map(|attempt| EventKind::AttemptStarted { attempt, process: process() }),
        attempt().prop_map(|attempt| EventKind::AttemptSlow { attempt }),
        attempt().prop_map(|attempt| EventKind::AttemptStopping { attempt, reason: StopReason::Idle }),
        attempt().prop_map(|attempt| EventKind::AttemptKilling { attempt }),
        (attempt(), ending()).prop_map(|(attempt, ending)| EventKind::AttemptEnded { attempt, ending }),
        (name(), outcome()).prop_map(|(task, outcome)| EventKind::TaskEnded { task, outcome }),
        (name(), proptest::option::of(name())).prop_map(|(task, by)| EventKind::TaskBlocked { task, by }),
        (proptest::option::of(".{0,5}"), by())
            .prop_map(|(reason, by)| EventKind::RunCancelling { reason, by }),
        by().prop_map(|by| EventKind::RunPaused { by }),
        by().prop_map(|by| EventKind::RunUnpaused { by }),
        any::<u32>().prop_map(|gap| EventKind::ClockGap { gap_ms: gap.into() }),
        verdict.prop_map(ended),
    ]
}

type TaskRow = (String, String, Option<String>);
type AttemptRow =
    (String, u32, Option<i64>, Option<i64>, Option<String>, Option<i32>, Option<i32>, Option<i64>);

fn projected(journal: &Journal, run: RunId) -> (RunSummary, Vec<TaskRow>, Vec<AttemptRow>, i64) {
    let tasks = "select t.name, t.status, t.blocked_by from tasks t join runs r on r.n = t.run where r.id = ?1 order by place";
    let attempts = "select a.task, a.number, a.started_at, a.ended_at, a.outcome, a.code, a.signal, a.bytes \
                    from attempts a join runs r on r.n = a.run where r.id = ?1 order by a.task, a.number";
    let id = run.to_string();
    let mut tasks = journal.db.prepare(tasks).unwrap();
    let tasks = tasks.query_map([&id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    let mut rows = journal.db.prepare(attempts).unwrap();
    let attempts = rows
        .query_map([&id], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
                row.get(6)?,
                row.get(7)?,
            ))
        })
        .unwrap();
    let duration = "select ifnull(duration, -1) from runs where id = ?1";
    let duration = journal.db.query_row(duration, [&id], |row| row.get(0)).unwrap();
    let tasks = tasks.collect::<rusqlite::Result<_>>().unwrap();
    let attempts = attempts.collect::<rusqlite::Result<_>>().unwrap();
    (journal.summary(run).unwrap().unwrap(), tasks, attempts, duration)
}

fn folded(journal: &Journal, run: RunId) -> (RunSummary, Vec<TaskRow>, Vec<AttemptRow>, i64) {
    let record = journal.run(run).unwrap().unwrap();
    let mut one_by_one = crate::run::RunRecord::new(record.spec.clone());
    for event in journal.events_after(run, Seq(0), usize::MAX).unwrap() {
        one_by_one.apply(&event);
    }
    assert_eq!(one_by_one, record);
    let name = |it: &TaskName| it.as_str().to_owned();
    let tasks = record
        .tasks
        .iter()
        .map(|task| (name(&task.name), task.status.word().to_owned(), task.blocked_by.as_ref().map(name)))
        .collect();
    let mut attempts = Vec::new();
    for task in &record.tasks {
        for attempt in &task.attempts {
            let end = attempt.ending.as_ref();
            let exit = end.and_then(|end| end.exit);
            attempts.push((
                name(&task.name),
                attempt.number,
                attempt.started_at.map(Timestamp::millis),
                attempt.ended_at.map(Timestamp::millis),
                end.map(|end| end.outcome.word().to_owned()),
                exit.and_then(|exit| if let Exit::Code(code) = exit { Some(code) } else { None }),
                exit.and_then(|exit| if let Exit::Signal(signal) = exit { Some(signal) } else { None }),
                end.map(|end| i64::try_from(end.bytes).unwrap()),
            ));
        }
    }
    let summary = RunSummary::from(&record);
    let duration = summary.duration().map_or(-1, |it| i64::try_from(it.as_millis()).unwrap());
    (summary, tasks, attempts, duration)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_lists_show_is_the_fold_of_the_events(batches in prop::collection::vec(prop::collection::vec(kind(), 0..6), 0..8)) {
        let spec = spec(id(1), "next", Some("ALPHA"), 0);
        let mut journal = journal_with(std::slice::from_ref(&spec));
        for batch in batches {
            append(&mut journal, spec.run, batch);
            prop_assert_eq!(projected(&journal, spec.run), folded(&journal, spec.run));
        }
        let status = journal.summary(spec.run).unwrap().unwrap().status;
        let counted = journal.list(&RunQuery { statuses: vec![status], ..RunQuery::default() }).unwrap();
        prop_assert_eq!((counted.total, counted.runs.len()), (1, 1));
        journal.db.execute_batch(
            "update runs set status = 'blocked', started_at = 1, ended_at = 2, duration = 3, tasks_over = 99;
             update tasks set status = 'blocked', blocked_by = 'x'; delete from attempts; delete from tallies;
             insert into search(search) values ('delete-all')",
        ).unwrap();
        journal.rebuild().unwrap();
        prop_assert_eq!(projected(&journal, spec.run), folded(&journal, spec.run));
        let found = journal.list(&RunQuery { search: Some("ALPHA".to_owned()), statuses: vec![status], ..RunQuery::default() }).unwrap();
        prop_assert_eq!((found.total, found.runs.len()), (1, 1));
        prop_assert_eq!(journal.list(&RunQuery::default()).unwrap().total, 1);
    }

    #[test]
    fn every_event_comes_back_from_its_row_and_from_a_spool(kind in kind()) {
        let spec = spec(id(1), "next", None, 0);
        let mut journal = journal_with(std::slice::from_ref(&spec));
        append(&mut journal, spec.run, [kind.clone()]);
        let back = journal.events_after(spec.run, Seq(1), 2).unwrap();
        prop_assert_eq!(&back[0].kind, &kind);
        prop_assert_eq!(&back, &read_spool(&spool_line(&back[0])));
        let mut statement = journal.db.prepare("select kind, version from events where seq = ?1").unwrap();
        let row = statement.query_row(params![2], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))).unwrap();
        prop_assert_eq!(row, (kind.word().to_owned(), row::EVENT_VERSION));
    }
}
