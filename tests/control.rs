//! Asking things of runs, with scripts standing in for supervisors.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    ffi::OsString,
    fs,
    io::Read as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};

use plandeck::{
    clock::{Moment, SystemClock, Timestamp},
    control::{Answered, Control, Error, Followed, Parts},
    ids::{AttemptId, Cursor, Ids, RunId, Seq, TaskName},
    journal::{Journal, spool_line},
    process,
    run::{Answer, Ending, Event, EventKind, Outcome, Refusal, Specification, Status, Verdict, Wish},
    workspace::state::{RunFolder, StateFolder},
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

/// Long enough for a loaded machine; nothing waits for it to pass.
const LONG: Duration = Duration::from_mins(1);

/// Minds its run until it is killed.
const MINDS: &str = r#"echo $$ > "$4/runs/$2/pid"; echo ready; exec sleep 1000"#;

struct House {
    folder: tempfile::TempDir,
    control: Control,
}

impl House {
    /// A workspace whose supervisors are this script.
    fn with(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("supervisor");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
        let control = Control::open(parts(folder.path(), program)).unwrap();
        Self { folder, control }
    }

    fn run_folder(&self, run: RunId) -> RunFolder {
        self.control.parts().state.run(run)
    }

    fn read(&self, run: RunId, name: &str) -> String {
        fs::read_to_string(self.run_folder(run).root().join(name)).unwrap()
    }

    /// A run with a stand-in that minds it.
    fn minded(&mut self) -> RunId {
        self.control.create(&spec()).unwrap().id
    }

    /// A run in the journal that nobody minds.
    fn unminded(&mut self) -> RunId {
        let spec = spec();
        self.control.journal_mut().create_run(&spec, spec.created_at).unwrap();
        spec.run
    }

    fn journal(&self) -> Journal {
        Journal::open(&self.control.parts().state.journal()).unwrap()
    }

    fn kill_supervisor(&self, run: RunId) {
        let pid = self.read(run, "pid").trim().parse().unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
        let supervisor = u32::try_from(pid).unwrap();
        while process::identity(supervisor).is_some_and(|it| process::is_alive(&it)) {
            thread::park_timeout(Duration::from_millis(1));
        }
    }

    fn status(&self, run: RunId) -> Status {
        self.control.journal().standing(run).unwrap().1
    }
}

impl Drop for House {
    /// Stand-ins sleep for long: none is left behind.
    fn drop(&mut self) {
        for run in self.control.journal().open_runs().unwrap() {
            if self.run_folder(run.id).root().join("pid").exists() {
                self.kill_supervisor(run.id);
            }
        }
    }
}

fn parts(folder: &Path, program: PathBuf) -> Parts {
    let environment = [("PATH", "/usr/bin:/bin"), ("LAMP", "a b=c")];
    Parts {
        state: StateFolder::at(folder.join(".plandeck")),
        workspace: folder.to_owned(),
        program,
        environment: environment.map(|(name, value)| (OsString::from(name), OsString::from(value))).into(),
        clock: Arc::new(SystemClock::start()),
    }
}

fn spec() -> Specification {
    let task = |name: &str, needs: &[&str]| {
        json!({
            "name": name, "title": name, "argv": ["/bin/true"], "needs": needs, "group": null, "cwd": "/",
            "env": {}, "pass_env": [], "stdin": null, "capture": "pipe",
            "limits": {"wall": null, "idle": null, "grace": 10_000},
            "retries": {"max": 3, "backoff": 5_000, "on": ["failed"]}, "leave_running": false, "fail_on": []
        })
    };
    serde_json::from_value(json!({
        "version": 1, "run": Ids::Random.run(0), "workflow": "next", "plan": null, "item": null, "params": {},
        "tasks": [task("first", &[]), task("second", &["first"])],
        "slots": 1, "fail_fast": false, "deliverables": [], "plan_hash": null, "git_commit": null,
        "asked_by": {"user": "ada", "face": "cli", "pid": 7}, "created_at": 1_769_860_800_000_i64,
        "parent": null, "umask": 18, "max_log_bytes": 1024, "seed": 9
    }))
    .unwrap()
}

fn events(run: RunId, first: u64, kinds: impl IntoIterator<Item = EventKind>) -> Vec<Event> {
    let event = |(seq, kind)| Event {
        run,
        seq: Seq(seq),
        at: Moment::from_millis(seq * 10),
        ts: Timestamp::from_millis(1_769_860_800_000),
        kind,
    };
    (first..).zip(kinds).map(event).collect()
}

fn gone() -> plandeck::run::ProcessId {
    plandeck::run::ProcessId { pid: 1, birth: 0, boot: "another".to_owned(), namespace: String::new() }
}

fn attempt(task: &str) -> AttemptId {
    AttemptId { task: TaskName::new(task), number: 1 }
}

/// A supervisor began, and launched the first task.
fn launched() -> Vec<EventKind> {
    vec![
        EventKind::RunStarted { supervisor: gone() },
        EventKind::TaskQueued { task: TaskName::new("first") },
        EventKind::TaskQueued { task: TaskName::new("second") },
        EventKind::TaskReady { attempt: attempt("first") },
        EventKind::AttemptStarted { attempt: attempt("first"), process: gone() },
    ]
}

fn ended(verdict: Verdict) -> EventKind {
    EventKind::RunEnded { verdict, deliverables: Vec::new(), survivors: Vec::new() }
}

fn words(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(|event| event.kind.word()).collect()
}

#[test]
fn a_created_run_is_written_and_minded_before_it_is_answered() {
    let mut house = House::with(
        r#"printf '%s\n' "$@" > "$4/runs/$2/said"; pwd >> "$4/runs/$2/said"; env > "$4/runs/$2/env"
        sqlite="$4/journal.db"; test -s "$sqlite" && test -s "$4/runs/$2/spec.json" && echo there > "$4/runs/$2/seen"
        echo $$ > "$4/runs/$2/pid"; echo ready; exec sleep 1000"#,
    );
    let spec = spec();
    let created = house.control.create(&spec).unwrap();
    assert_eq!((created.id, created.status), (spec.run, Status::Queued));

    let folder = house.folder.path().canonicalize().unwrap().display().to_string();
    let state = house.control.parts().state.root().display().to_string();
    let workspace = house.folder.path().display().to_string();
    let run = spec.run.to_string();
    let said = ["supervise", &run, "--state", &state, "--workspace", &workspace, &folder].join("\n") + "\n";
    assert_eq!(house.read(spec.run, "said"), said);
    assert_eq!(house.read(spec.run, "seen"), "there\n");
    let env = house.read(spec.run, "env");
    let mut names: Vec<_> =
        env.lines().filter(|line| !line.starts_with("PWD=") && !line.starts_with("_=")).collect();
    names.sort_unstable();
    assert_eq!(names, ["LAMP=a b=c", "PATH=/usr/bin:/bin"]);

    let copy = house.run_folder(spec.run).spec();
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(serde_json::from_slice::<Specification>(&fs::read(&copy).unwrap()).unwrap(), spec);
    let folder = fs::metadata(house.run_folder(spec.run).root()).unwrap();
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
    assert_eq!(house.control.journal().specification(spec.run).unwrap(), Some(spec));
}

#[test]
fn a_run_whose_supervisor_lives_is_never_taken_for_lost() {
    let mut house = House::with(MINDS);
    let run = house.minded();
    let recovery = house.control.recover().unwrap();
    assert!(recovery.ended.is_empty() && recovery.failed.is_empty(), "{recovery:?}");
    assert_eq!(house.status(run), Status::Queued);

    house.kill_supervisor(run);
    let recovery = house.control.recover().unwrap();
    assert_eq!(recovery.ended[0].run.id, run);
    assert_eq!(house.status(run), Status::Lost);
    assert!(house.control.recover().unwrap().ended.is_empty());
}

#[test]
fn a_supervisor_that_does_not_start_is_told_and_the_run_is_ended() {
    let check = |script: &str, expected: &str| {
        let mut house = House::with(script);
        let spec = spec();
        let error = house.control.create(&spec).unwrap_err();
        assert!(matches!(error, Error::Supervisor { run, .. } if run == spec.run), "{error}");
        assert!(error.to_string().contains(expected), "{script}: {error}");
        assert_eq!(house.status(spec.run), Status::Lost, "{script}");
        let events = house.control.journal().events_after(spec.run, Seq(0), 99).unwrap();
        assert_eq!(words(&events), ["run_created", "task_blocked", "task_blocked", "run_ended"], "{script}");
    };
    check(
        "echo error: the journal is locked; exec sleep 1000",
        "did not start: the journal is locked; nothing was run",
    );
    check("exec >&-; exec sleep 1000", "it did not say that it is ready");
    check("echo hello; exec sleep 1000", "it did not say that it is ready");
    check("echo readyish; exec sleep 1000", "it did not say that it is ready");
}

#[test]
fn a_supervisor_that_is_not_there_is_told_by_name() {
    let mut house = House::with("");
    let folder = house.folder.path().to_owned();
    house.control = Control::open(parts(&folder, folder.join("nowhere"))).unwrap();
    let spec = spec();
    let error = house.control.create(&spec).unwrap_err().to_string();
    assert!(error.contains("nowhere can't be started"), "{error}");
    assert_eq!(house.status(spec.run), Status::Lost);
}

#[test]
fn a_run_id_is_never_used_again() {
    let mut house = House::with(MINDS);
    let spec = spec();
    house.control.create(&spec).unwrap();
    let log = house.run_folder(spec.run).log(&attempt("first"));
    fs::write(&log, "precious").unwrap();
    assert!(matches!(house.control.create(&spec), Err(Error::Folder(_))));
    assert_eq!(fs::read_to_string(log).unwrap(), "precious");
}

#[test]
fn a_lost_run_is_ended_with_what_is_known() {
    let mut house = House::with("");
    let run = house.unminded();
    house.control.journal_mut().append(run, &events(run, 2, launched())).unwrap();
    let request =
        house.control.journal_mut().leave_request(run, "ada", &Wish::Pause, Timestamp::from_millis(0));

    let recovery = house.control.recover().unwrap();
    let found = &recovery.ended[0];
    assert_eq!((found.run.id, found.run.status), (run, Status::Lost));
    assert_eq!(found.half_done, [TaskName::new("first")]);
    assert!(found.survivors.is_empty());
    let record = house.control.journal().run(run).unwrap().unwrap();
    let ending = record.tasks[0].last_attempt().unwrap().ending.as_ref().unwrap();
    assert_eq!(ending.outcome, Outcome::Lost);
    assert_eq!(record.tasks.iter().map(|it| it.status).collect::<Vec<_>>(), [Status::Lost, Status::Skipped]);
    let answer = house.control.journal().answer_of(request.unwrap()).unwrap();
    assert!(matches!(answer, Some(Answer::Refused { .. })));
}

#[test]
fn what_still_lives_of_a_lost_run_is_killed_and_nothing_else() {
    let mut house = House::with("");
    let run = house.unminded();
    // Orphans, as a dead supervisor leaves them.
    let orphan = |mark: &str| {
        let output = Command::new("/bin/sh")
            .args(["-c", "setsid sleep 1000 >/dev/null 2>&1 & echo $!"])
            .env("PLANDECK_ATTEMPT", mark)
            .stderr(Stdio::null())
            .output()
            .unwrap();
        process::identity(String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()).unwrap()
    };
    let ours = orphan(&format!("{run}/first/1"));
    let other = orphan(&format!("{}/first/1", spec().run));
    assert!(process::is_alive(&ours));
    assert!(house.control.recover().unwrap().ended[0].survivors.is_empty());
    assert!(!process::is_alive(&ours));
    assert!(process::is_alive(&other));
    kill_process(Pid::from_raw(i32::try_from(other.pid).unwrap()).unwrap(), Signal::KILL).unwrap();
}

#[test]
fn a_lock_that_was_taken_away_does_not_make_a_living_supervisor_lost() {
    let mut house = House::with(MINDS);
    let run = house.minded();
    let supervisor = process::identity(house.read(run, "pid").trim().parse().unwrap()).unwrap();
    house.control.journal_mut().append(run, &events(run, 2, [EventKind::RunStarted { supervisor }])).unwrap();
    fs::remove_file(house.run_folder(run).lock()).unwrap();
    assert!(house.control.recover().unwrap().ended.is_empty());
    assert_eq!(house.status(run), Status::Running);
}

#[test]
fn a_spool_is_taken_in_before_a_run_is_called_lost() {
    let mut house = House::with("");
    let run = house.unminded();
    house.control.journal_mut().append(run, &events(run, 2, launched())).unwrap();
    let folder = house.run_folder(run);
    folder.create().unwrap();
    // Number 6 was written and spooled both; the last line is torn.
    let ending = Ending::bare(Outcome::Succeeded);
    let mut spooled = events(run, 6, launched().split_off(4));
    spooled.extend(events(run, 7, [EventKind::AttemptEnded { attempt: attempt("first"), ending }]));
    let text: String = spooled.iter().map(spool_line).collect();
    fs::write(folder.spool(), format!("{text}{{\"version\":1")).unwrap();

    let found = house.control.recover().unwrap().ended.remove(0);
    assert!(found.half_done.is_empty(), "it had ended: {found:?}");
    let record = house.control.journal().run(run).unwrap().unwrap();
    assert_eq!(record.tasks[0].status, Status::Succeeded);
    assert_eq!(record.status, Status::Lost);
    assert!(!folder.spool().exists());
}

#[test]
fn a_spool_that_holds_the_end_makes_no_lost_run() {
    let mut house = House::with("");
    let run = house.unminded();
    let folder = house.run_folder(run);
    folder.create().unwrap();
    let spooled = events(run, 2, [ended(Verdict::Succeeded)]);
    fs::write(folder.spool(), spool_line(&spooled[0])).unwrap();
    house.control.recover().unwrap();
    assert_eq!(house.status(run), Status::Succeeded);
    assert!(house.control.recover().unwrap().ended.is_empty());
}

#[test]
fn a_spool_that_does_not_follow_is_kept() {
    let mut house = House::with("");
    let run = house.unminded();
    let folder = house.run_folder(run);
    folder.create().unwrap();
    fs::write(folder.spool(), spool_line(&events(run, 9, [ended(Verdict::Succeeded)])[0])).unwrap();
    house.control.recover().unwrap();
    assert_eq!(house.status(run), Status::Lost);
    assert!(folder.spool().exists());
}

/// Stands in for a supervisor's inbox: waits for the bell, then answers what is open.
fn answers(house: &House, run: RunId, answer: Answer) -> thread::JoinHandle<Wish> {
    let bell = house.run_folder(run).bell();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &bell,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    // Opened for both, so that opening waits for nobody.
    let mut bell = fs::OpenOptions::new().read(true).write(true).open(bell).unwrap();
    let mut journal = house.journal();
    thread::spawn(move || {
        bell.read_exact(&mut [0]).unwrap();
        let request = journal.open_requests(run).unwrap().remove(0);
        journal.answer_request(request.id, &answer, Timestamp::from_millis(0)).unwrap();
        request.wish
    })
}

#[test]
fn a_wish_rings_the_bell_and_brings_the_answer() {
    let mut house = House::with(MINDS);
    let run = house.minded();
    let supervisor = answers(&house, run, Answer::Done);
    let reason = Some("wrong plan".to_owned());
    assert_eq!(house.control.cancel(run, reason.clone(), "ada", false).unwrap(), Answered::Done);
    assert_eq!(supervisor.join().unwrap(), Wish::Cancel { reason });
}

#[test]
fn a_wish_that_the_supervisor_refuses_is_refused_with_its_reason() {
    let mut house = House::with(MINDS);
    let run = house.minded();
    let supervisor = answers(&house, run, Answer::Refused { why: "nothing reads its input".to_owned() });
    let error = house.control.send(run, "yes\n".to_owned(), "ada").unwrap_err();
    let expected = format!("run {} can't be sent anything: nothing reads its input", run.short());
    assert_eq!(error.to_string(), expected);
    assert_eq!(supervisor.join().unwrap(), Wish::Send { text: "yes\n".to_owned() });
}

#[test]
fn a_wish_for_a_run_that_is_over_or_lost_is_refused_at_once() {
    let mut house = House::with(MINDS);
    let over = house.minded();
    house.control.journal_mut().append(over, &events(over, 2, [ended(Verdict::Succeeded)])).unwrap();
    let lost = house.unminded();
    for (run, status) in [(over, Status::Succeeded), (lost, Status::Lost)] {
        let expected = Refusal::AlreadyEnded { run: run.short(), status };
        let error = house.control.pause(run, "ada").unwrap_err();
        assert!(matches!(error, Error::Refused(refusal) if refusal == expected));
    }
    let nobody = house.control.unpause(spec().run, "ada").unwrap_err();
    assert!(matches!(nobody, Error::Refused(Refusal::NoSuchRun { .. })));
    let pid = house.read(over, "pid").trim().parse().unwrap();
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
}

#[test]
fn a_follower_is_handed_every_event_once_and_then_told_that_it_is_over() {
    let mut house = House::with(MINDS);
    let run = house.minded();
    let mut follow = house.control.follow(run, Seq(0)).unwrap();
    let Followed::Events(first) = follow.next(Duration::ZERO).unwrap() else { panic!("it was created") };
    assert_eq!(words(&first), ["run_created"]);
    assert_eq!(follow.next(Duration::ZERO).unwrap(), Followed::Quiet);

    let mut journal = house.journal();
    let pid = house.read(run, "pid").trim().parse().unwrap();
    let writer = thread::spawn(move || {
        let gaps = std::iter::repeat_n(EventKind::ClockGap { gap_ms: 1 }, 2500);
        let all = events(run, 2, gaps.chain([ended(Verdict::Succeeded)]));
        all.chunks(7).for_each(|batch| journal.append(run, batch).unwrap());
    });
    let mut seen = first;
    loop {
        match follow.next(LONG).unwrap() {
            Followed::Events(more) => seen.extend(more),
            Followed::Over => break,
            Followed::Quiet => panic!("the writer writes"),
        }
    }
    writer.join().unwrap();
    assert_eq!(seen.iter().map(|event| event.seq.0).collect::<Vec<_>>(), (1..=2502).collect::<Vec<_>>());
    assert_eq!(follow.next(LONG).unwrap(), Followed::Over);
    // Who comes when nothing is written any more gets all of it, too.
    let mut late = house.control.follow(run, Seq(0)).unwrap();
    while late.seen() < Seq(2502) {
        assert!(matches!(late.next(Duration::ZERO).unwrap(), Followed::Events(_)));
    }
    let (mut watch, mut watched) = (house.control.watch(Cursor::default()).unwrap(), 0);
    while watched < 2502 {
        let more = watch.next(Duration::ZERO).unwrap();
        assert!(!more.is_empty());
        watched += more.len();
    }
    assert_eq!(house.control.follow(run, Seq(2502)).unwrap().next(LONG).unwrap(), Followed::Over);
    let late = house.control.follow(run, Seq(2500)).unwrap().next(LONG).unwrap();
    assert!(matches!(late, Followed::Events(events) if words(&events) == ["clock_gap", "run_ended"]));
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
}

#[test]
fn who_follows_or_waits_for_a_run_that_gets_lost_is_told() {
    let mut house = House::with(MINDS);
    let (followed, waited) = (house.minded(), house.minded());
    let mut follow = house.control.follow(followed, Seq(1)).unwrap();
    assert_eq!(follow.next(Duration::ZERO).unwrap(), Followed::Quiet);
    assert_eq!(house.control.wait(waited, Duration::ZERO).unwrap(), None);
    house.kill_supervisor(followed);
    house.kill_supervisor(waited);
    let Followed::Events(end) = follow.next(LONG).unwrap() else { panic!("it was lost") };
    assert_eq!(words(&end).last(), Some(&"run_ended"));
    assert_eq!(house.control.wait(waited, LONG).unwrap().unwrap().status, Status::Lost);
}

#[test]
fn who_waits_learns_how_it_ended() {
    let mut house = House::with(MINDS);
    let run = house.minded();
    let mut journal = house.journal();
    let pid = house.read(run, "pid").trim().parse().unwrap();
    let writer =
        thread::spawn(move || journal.append(run, &events(run, 2, [ended(Verdict::TimedOut)])).unwrap());
    assert_eq!(house.control.wait(run, LONG).unwrap().unwrap().status, Status::TimedOut);
    writer.join().unwrap();
    assert!(house.control.wait(spec().run, LONG).is_err());
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
}

#[test]
fn a_watcher_sees_the_events_of_all_runs() {
    let mut house = House::with("");
    let mut watch = house.control.watch(Cursor::default()).unwrap();
    assert!(watch.next(Duration::ZERO).unwrap().is_empty());
    let (one, two) = (house.unminded(), house.unminded());
    let seen: Vec<_> = watch.next(LONG).unwrap().iter().map(|event| event.run).collect();
    assert_eq!(seen, [one, two]);
    assert!(watch.next(Duration::ZERO).unwrap().is_empty());
    assert_eq!(watch.cursor(), house.control.journal().head().unwrap());
}

#[test]
fn a_run_is_forgotten_with_its_folder_but_not_while_it_goes_on() {
    let mut house = House::with("");
    let run = house.unminded();
    house.run_folder(run).create().unwrap();
    assert!(matches!(house.control.forget(run), Err(Error::Refused(Refusal::WrongState { .. }))));
    house.control.recover().unwrap();
    house.control.forget(run).unwrap();
    assert!(!house.run_folder(run).root().exists());
    assert!(matches!(
        house.control.resolve(&run.to_string()),
        Err(Error::Refused(Refusal::NoSuchRun { .. }))
    ));
}
