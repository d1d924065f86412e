use super::{lists::six, *};

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
