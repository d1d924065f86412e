use super::*;

/// A run of two tasks, of which one fails in run 3. Each goes on for as many seconds as the run's number
/// says, and the machine sleeps a hundred beside.
fn sleepy(journal: &mut Journal, number: u64, workflow: &str) {
    let of = |name: &str, recipe: &str| Task { recipe: recipe.to_owned(), ..task(name) };
    let tasks = vec![of("a", "execution"), of("b", "task@claude")];
    let spec = Specification { tasks, ..spec(id(number), workflow, None, 0) };
    journal.create_run(&spec, at(0)).unwrap();
    let start = |task: &str| EventKind::AttemptStarted { attempt: first(task), process: process() };
    let end =
        |task: &str, outcome| EventKind::AttemptEnded { attempt: first(task), ending: Ending::bare(outcome) };
    let last = if number == 3 { Outcome::Failed { code: 1 } } else { Outcome::Succeeded };
    let late = 100 + i64::try_from(number).unwrap();
    let steps = [
        (0, started()),
        (0, start("a")),
        (0, start("b")),
        (late, EventKind::ClockGap { gap_ms: 100_000 }),
        (late, end("a", Outcome::Succeeded)),
        (late, end("b", last)),
        (late, ended(Verdict::Failed)),
    ];
    let event = |(seq, (second, kind))| Event {
        run: spec.run,
        seq: Seq(seq),
        at: Moment::default(),
        ts: at(second),
        kind,
    };
    journal.append(spec.run, &(2..).zip(steps).map(event).collect::<Vec<_>>()).unwrap();
}

fn three() -> Journal {
    let mut journal = journal_with(&[]);
    for (number, workflow) in [(1, "next"), (2, "all"), (3, "next")] {
        sleepy(&mut journal, number, workflow);
    }
    journal
}

#[test]
fn what_tasks_of_a_recipe_took_is_told_latest_first() {
    let journal = three();
    let check = |recipe: &str, limit: usize, expected: &[(bool, u64)]| {
        let took = journal.took(recipe, &"next".into(), limit).unwrap();
        let took: Vec<_> = took.into_iter().map(|(same, took)| (same, took.as_secs())).collect();
        assert_eq!(took, expected, "{recipe}");
    };
    check("execution", 9, &[(true, 3), (false, 2), (true, 1)]);
    check("execution", 1, &[(true, 3)]);
    check("task@claude", 9, &[(false, 2), (true, 1)]);
    check("other", 9, &[]);
    let sql = "explain query plan select run, name from tasks where recipe = 'x' order by run desc limit 9";
    let mut statement = journal.db.prepare(sql).unwrap();
    let plan: String =
        statement.query_map([], |row| row.get::<_, String>(3)).unwrap().map(Result::unwrap).collect();
    assert!(plan.contains("INDEX tasks_by_recipe") && !plan.contains("TEMP"), "{plan}");
}

#[test]
fn no_figure_counts_the_time_the_machine_slept() {
    let mut journal = three();
    let summary = journal.summary(id(3)).unwrap().unwrap();
    assert_eq!((summary.asleep.as_secs(), summary.duration().unwrap().as_secs()), (100, 3));
    let record = journal.run(id(3)).unwrap().unwrap();
    assert_eq!(RunSummary::from(&record), summary);
    let check = |from: i64, to: i64, expected: u64| {
        assert_eq!(record.awake(at(from), at(to)).as_secs(), expected, "{from} to {to}");
    };
    check(0, 103, 3);
    check(0, 3, 3);
    check(1, 53, 2);
    check(50, 60, 0);
    check(60, 110, 7);
    assert!(journal.verify(false).unwrap().stale.is_empty(), "the rows are the fold of the events");
}
