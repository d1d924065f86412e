use super::*;

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
        Just(Outcome::OverContext),
        (".{0,9}", proptest::option::of(0..9))
            .prop_map(|(command, code)| Outcome::Unverified { command, code }),
        (".{0,9}", ".{0,9}").prop_map(|(step, why)| Outcome::StepFailed { step, why }),
        ".{0,9}".prop_map(|why| Outcome::AgentFailed { why }),
        proptest::option::of(0..9_u64).prop_map(|it| Outcome::RateLimited { retry_after_ms: it }),
        ".{0,9}".prop_map(|program| Outcome::NotSignedIn { program }),
        ".{0,9}".prop_map(|reason| Outcome::Blocked { reason }),
        (".{0,9}", ".{0,9}").prop_map(|(file, why)| Outcome::BadTaskFile { file, why }),
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
            agent: None,
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
