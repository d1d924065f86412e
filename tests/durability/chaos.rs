//! Faces and supervisors are killed at random moments, and what they leave is looked at.

use std::{
    collections::BTreeMap,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use plandeck::{
    clock::SystemClock,
    control::{self, Control, Finding, Parts, Standing},
    ids::{Cursor, RunId, Seq},
    process::marked,
    run::{Event, Status},
    workspace::state::StateFolder,
};
use rustix::process::{Pid, Signal, kill_process};

/// Long enough for a loaded machine; nothing waits for it to pass.
pub const LONG: Duration = Duration::from_mins(2);

/// The fixed set of runs: what is run, and how it ends when nobody interferes.
const WORKFLOWS: &[(&str, &str, Status)] = &[
    ("quick", "true", Status::Succeeded),
    ("loud", "i=0; while [ $i -lt 300 ]; do echo line $i; i=$((i+1)); done", Status::Succeeded),
    ("failing", "echo broken >&2; exit 3", Status::Failed),
    ("hold", "sleep 1000", Status::Cancelled),
    (
        "family",
        "trap '' TERM; setsid sleep 1000 & (setsid sh -c 'sleep 1000 & sleep 1000' &) ; sleep 1000 & wait",
        Status::Cancelled,
    ),
];

/// Whom the murderer is after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Victim {
    Face,
    Supervisor,
    Both,
}

/// What became of all rounds.
#[derive(Debug, Default)]
pub struct Tally {
    pub rounds: usize,
    /// Rounds in which the asker had its answer before the kill.
    pub answered: usize,
    /// Rounds in which a supervisor was killed.
    pub killed: usize,
    /// By how the run ended; `none` where it was never created.
    pub verdicts: BTreeMap<(Victim, &'static str), usize>,
}

impl Tally {
    /// Everything that the other one counted, too.
    pub fn add(&mut self, other: Self) {
        self.rounds += other.rounds;
        self.answered += other.answered;
        self.killed += other.killed;
        for (what, count) in other.verdicts {
            *self.verdicts.entry(what).or_default() += count;
        }
    }
}

/// Rounds in several workspaces side by side, and an inspection of each at its end. `heard` is told of
/// what was counted so far, now and then.
pub fn rounds(
    program: &Path,
    rounds: usize,
    arenas: usize,
    seed: u64,
    heard: impl Fn(&Tally) + Sync,
) -> Tally {
    let whole = Mutex::new(Tally::default());
    thread::scope(|scope| {
        for at in 0..arenas {
            let (whole, heard) = (&whole, &heard);
            let mine = rounds / arenas + usize::from(at < rounds % arenas);
            scope.spawn(move || {
                let mut arena =
                    Arena::new(program, seed.wrapping_add(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(at as u64)));
                for _ in 0..mine {
                    let mut one = Tally::default();
                    arena.round(&mut one);
                    let mut whole = whole.lock().unwrap();
                    whole.add(one);
                    heard(&whole);
                }
                arena.inspect();
            });
        }
    });
    whole.into_inner().unwrap()
}

/// A workspace that runs are created in by the real program.
pub struct Arena {
    pub folder: tempfile::TempDir,
    pub program: PathBuf,
    random: u64,
}

impl Arena {
    pub fn new(program: &Path, seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let recipe = |(name, line, _): &(&str, &str, Status)| {
            format!("[workflow.{name}]\ncommand = [\"sh\", \"-c\", \"\"\"{line}\"\"\"]\ngrace = \"1s\"\n")
        };
        let recipes: String = WORKFLOWS.iter().map(recipe).collect();
        fs::write(folder.path().join("plandeck.toml"), recipes).unwrap();
        Self { folder, program: program.to_owned(), random: seed | 1 }
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn parts(&self) -> Parts {
        Parts {
            state: StateFolder::at(self.root().join(".plandeck")),
            workspace: self.root().to_owned(),
            program: self.program.clone(),
            environment: vec![("PATH".into(), "/usr/bin:/bin".into())],
            clock: Arc::new(SystemClock::start()),
        }
    }

    pub fn control(&self) -> Control {
        Control::open(self.parts()).unwrap()
    }

    /// The program with these arguments, in this workspace.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["-C", self.root().to_str().unwrap(), "--no-input"]).args(arguments);
        command.stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::piped());
        command.env_remove("PLANDECK_STATE_DIR");
        command
    }

    /// The processes that mind runs of this workspace.
    pub fn supervisors(&self) -> Vec<Pid> {
        let state = self.root().join(".plandeck");
        let ours = |pid: &Pid| {
            let line = fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).unwrap_or_default();
            let parts: Vec<&[u8]> = line.split(|it| *it == 0).collect();
            parts.contains(&b"supervise".as_slice()) && parts.contains(&state.as_os_str().as_encoded_bytes())
        };
        let numbers = fs::read_dir("/proc").unwrap().flatten();
        numbers
            .filter_map(|it| it.file_name().to_str()?.parse().ok().and_then(Pid::from_raw))
            .filter(ours)
            .collect()
    }

    fn random(&mut self, below: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % below
    }

    /// Creates a run, kills, and looks at what is left. Panics when a promise is broken.
    pub fn round(&mut self, tally: &mut Tally) {
        let at = usize::try_from(self.random(WORKFLOWS.len() as u64)).unwrap();
        let (name, _, natural) = WORKFLOWS[at];
        let victim =
            [Victim::Face, Victim::Supervisor, Victim::Both][usize::try_from(self.random(3)).unwrap()];
        let moment = Duration::from_micros(self.random(120_000));
        let mut control = self.control();
        let before = control.journal().head().unwrap();
        let mut face = self.command(&["run", "create", name, "-o", "json"]).spawn().unwrap();
        thread::park_timeout(moment);
        // What any reader could have seen is never taken back.
        let seen = seen(&control, before);
        let killed = self.kill(&mut face, victim);
        let answered = answer(&mut face);
        let run = answered.or_else(|| created(&control, before));
        tally.rounds += 1;
        tally.answered += usize::from(answered.is_some());
        tally.killed += usize::from(killed);
        let Some(run) = run.filter(|run| control.journal().knows(*run).unwrap()) else {
            assert_eq!(answered, None, "a run that was answered is known");
            assert_eq!(seen, [], "a run that was seen is known");
            *tally.verdicts.entry((victim, "none")).or_default() += 1;
            return;
        };
        let status = end(&mut control, run);
        let said = format!("{name} after the kill of {victim:?}, answered: {}", answered.is_some());
        if status != natural {
            assert_eq!(status, Status::Lost, "{said}");
            assert!(killed || answered.is_none(), "nobody killed its supervisor: {said}");
        }
        let events = control.journal().events_after(run, Seq(0), usize::MAX).unwrap();
        assert_eq!(&events[..seen.len()], seen, "{said}");
        let alive: Vec<_> =
            marked().into_iter().filter(|(mark, _)| mark.starts_with(&run.to_string())).collect();
        assert_eq!(alive, [], "{said}");
        *tally.verdicts.entry((victim, status.word())).or_default() += 1;
    }

    fn kill(&self, face: &mut Child, victim: Victim) -> bool {
        if victim != Victim::Supervisor {
            face.kill().unwrap();
        } else if let Some(0) = face.wait().unwrap().code() {
            // Its answer stands: from here on the run is the supervisor's alone.
        }
        if victim == Victim::Face {
            return false;
        }
        let supervisors = self.supervisors();
        for supervisor in &supervisors {
            // It may have ended by itself just now.
            let _ = kill_process(*supervisor, Signal::KILL);
        }
        !supervisors.is_empty()
    }

    /// Nothing is wrong with what all the rounds left, and nothing had to be mended but what a killed
    /// asker never answered.
    pub fn inspect(&self) {
        let found = control::examine(&self.parts(), true).unwrap();
        let wrong = |it: &&Finding| match it.standing {
            Standing::Problem => true,
            Standing::Repaired => it.about != "folders",
            Standing::Fine | Standing::Note => false,
        };
        assert_eq!(found.iter().filter(wrong).collect::<Vec<_>>(), Vec::<&Finding>::new());
        let again = control::examine(&self.parts(), false).unwrap();
        assert!(again.iter().all(|it| it.standing != Standing::Problem), "{again:?}");
        assert_eq!(self.supervisors(), []);
    }
}

/// Everything that the journal holds of what was created since.
fn seen(control: &Control, before: Cursor) -> Vec<Event> {
    control.journal().since(before, 1000).unwrap().into_iter().map(|(_, event)| event).collect()
}

fn created(control: &Control, before: Cursor) -> Option<RunId> {
    seen(control, before).first().map(|event| event.run)
}

/// The id that the asker was answered, if it was.
fn answer(face: &mut Child) -> Option<RunId> {
    let mut text = String::new();
    face.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    face.wait().unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).ok()?;
    value["data"]["run"]["id"].as_str()?.parse().ok()
}

/// Ends a run however it stands: lost when nobody minds it, cancelled when it would go on.
pub fn end(control: &mut Control, run: RunId) -> Status {
    let _ = control.recover_run(run).unwrap();
    let spec = control.journal().specification(run).unwrap().unwrap();
    if ["hold", "family"].contains(&spec.workflow.as_str()) {
        // Refused when it was lost; then its end is what it is.
        let _ = control.cancel(run, None, "the test", spec.workflow.as_str() == "family");
    }
    control.wait(run, LONG).unwrap().expect("every run ends").status
}
