//! One attempt, from what it is told to its report.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{
    agent::{self, Call},
    checks, files,
    log::Log,
    place::Place,
    prompt::{self, Told},
    source,
    steps::{self, Done},
};
use crate::{
    clock::Clock,
    ids::{AttemptId, TaskName},
    logs::last_lines,
    plan::readers::ccw::work::{Declared, declared},
    run::{AgentUse, Brief, Doer, Report, Reported, Subject},
    workspace::state::{private_folder, with_path},
};

/// Of an earlier attempt's output, so many lines and bytes are told.
const TAIL: (usize, usize) = (60, 6 * 1024);

/// Where an attempt takes place.
pub struct Surroundings<'a> {
    /// The folder it was launched in.
    pub cwd: PathBuf,
    /// The value of `PATH`.
    pub path: String,
    /// The time, for limits that are told as a time of day.
    pub clock: &'a dyn Clock,
    /// The attempt's log.
    pub out: &'a mut dyn Write,
}

/// Does what the brief says and leaves the report; says whether the task was done.
///
/// # Errors
/// When the report can't be written.
pub fn main(brief: &Brief, around: Surroundings<'_>) -> io::Result<bool> {
    let report = perform(brief, around);
    let done = report.end == Reported::Done;
    write(brief, &report)?;
    Ok(done)
}

fn perform(brief: &Brief, around: Surroundings<'_>) -> Report {
    let Surroundings { cwd, path, clock, out } = around;
    let place = Place { workspace: Path::new(&brief.workspace), cwd: &cwd, path: &path };
    let mut log = Log(out);
    let mut attempt = Attempt { brief, place, clock, used: None, remarks: Vec::new() };
    let end = attempt.run(&mut log).err().unwrap_or(Reported::Done);
    for remark in &attempt.remarks {
        log.line(&format!("! {remark}"));
    }
    Report { end, agent: attempt.used.map(Box::new), remarks: attempt.remarks }
}

/// One attempt going on. Whatever ends it early is an `Err`.
struct Attempt<'a> {
    brief: &'a Brief,
    place: Place<'a>,
    clock: &'a dyn Clock,
    used: Option<AgentUse>,
    remarks: Vec<String>,
}

/// What the item's file says.
#[derive(Default)]
struct Material {
    declared: Option<Declared>,
    text: Option<String>,
}

impl Attempt<'_> {
    fn run(&mut self, log: &mut Log<'_>) -> Result<(), Reported> {
        let performance = &self.brief.performance;
        let material = match &performance.subject {
            Some(subject) => self.read(subject)?,
            None => Material::default(),
        };
        let done = match &material.declared {
            Some(declared) => steps::run(declared, &self.place, performance.plan_commands, log)?,
            None => Done::default(),
        };
        self.remarks.extend(done.remarks.iter().cloned());
        self.work(&material, &done, log)?;
        let own = material.declared.as_ref().map(|it| it.checks.as_slice()).unwrap_or_default();
        let allowed = performance.plan_commands;
        checks::run(&performance.checks, own, allowed, &self.place, &mut self.remarks, log)
    }

    /// The item's file as it is now: it may have changed since the run was created.
    fn read(&mut self, subject: &Subject) -> Result<Material, Reported> {
        let bad = |why: String| Reported::BadTaskFile { file: subject.file.clone(), why };
        let path = files::inside(self.place.workspace, &subject.file).map_err(bad)?;
        let bytes = fs::read(&path).map_err(|error| bad(error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|_| bad("it is not UTF-8".to_owned()))?;
        let id = subject.item.id.as_str();
        if subject.dialect == "ccw" && subject.file.ends_with(".json") {
            let declared =
                declared(&text, id).map_err(|it| bad(format!("line {}: {}", it.line, it.message)))?;
            return Ok(Material { declared: Some(declared), text: None });
        }
        let text = source::of_item(&subject.file, &text, id, subject.line);
        Ok(Material { declared: None, text: Some(text) })
    }

    fn work(&mut self, material: &Material, done: &Done, log: &mut Log<'_>) -> Result<(), Reported> {
        let env = done.results.environment();
        let end = match &self.brief.performance.doer {
            Doer::Command { argv, stdin } => {
                self.remarks
                    .extend(done.left.iter().map(|it| format!("not done, because it takes an agent: {it}")));
                agent::run_command(argv, stdin.as_deref(), env, &self.place, log)
            }
            Doer::Agent { asked, otherwise, prompt } => {
                let declared = material.declared.as_ref();
                let chosen = agent::choose(self.brief, declared, asked.as_deref(), otherwise);
                let Some((name, agent)) = chosen else {
                    let why = format!(
                        "there is no agent \"{}\" in the run's specification",
                        asked.as_ref().unwrap_or(otherwise)
                    );
                    return Err(Reported::AgentFailed { why });
                };
                let session = self.session(declared, name).filter(|_| !agent.resume.is_empty());
                let prompt = self.prompt(prompt.as_deref(), material, done);
                let (brief, now) = (self.brief, self.clock.wall());
                let call =
                    Call { brief, name, agent, prompt: &prompt, session: session.as_deref(), env, now };
                let (end, used) = agent::run(&call, &self.place, log);
                self.used = Some(used);
                end
            }
        };
        if end == Reported::Done { Ok(()) } else { Err(end) }
    }

    /// The recipe's own prompt or ours; from the second try on, with how the last one ended.
    fn prompt(&self, own: Option<&str>, material: &Material, done: &Done) -> String {
        let level = self.level();
        let tail = self.tail();
        if let Some(own) = own {
            let failed = tail.filter(|_| level > 1).map(|it| format!("\n\nThe last try ended so:\n\n{it}\n"));
            return own.to_owned() + &failed.unwrap_or_default();
        }
        let checks: Vec<String> = self.brief.performance.checks.iter().map(shell_words::join).collect();
        let handed_on = self.handed_on();
        prompt::prompt(&Told {
            subject: self.brief.performance.subject.as_ref(),
            title: &self.brief.title,
            declared: material.declared.as_ref(),
            text: material.text.as_deref(),
            results: Some(&done.results),
            left: &done.left,
            handed_on: &handed_on,
            level,
            tail: tail.as_deref(),
            checks: &checks,
        })
    }

    /// Which try this is: an attempt that was told to come back later was none.
    fn level(&self) -> u32 {
        let earlier = 1..self.brief.attempt.number;
        let counts = |number: &u32| {
            let end = self.report(&self.brief.attempt.task, *number).map(|it| it.end);
            !matches!(end, Some(Reported::RateLimited { .. }))
        };
        u32::try_from(earlier.filter(counts).count()).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// The end of the last attempt's output.
    fn tail(&self) -> Option<String> {
        let number = self.brief.attempt.number.checked_sub(1).filter(|it| *it > 0)?;
        let name = format!("{}.{number}.log", self.brief.attempt.task.as_str());
        let (lines, bytes) = TAIL;
        let lines = last_lines(&Path::new(&self.brief.folder).join("logs").join(name), lines, bytes);
        Some(lines.iter().map(|line| crate::text::plain(line).into_owned()).collect::<Vec<_>>().join("\n"))
    }

    /// The summaries of what it needs, where they are.
    fn handed_on(&self) -> Vec<String> {
        let Some(subject) = &self.brief.performance.subject else { return Vec::new() };
        let path = |id: &String| format!("{}/.summaries/{id}-summary.md", subject.folder);
        subject.needs.iter().map(path).filter(|it| files::inside(self.place.workspace, it).is_ok()).collect()
    }

    fn session(&self, declared: Option<&Declared>, agent: &str) -> Option<String> {
        let attempt = &self.brief.attempt;
        let before = attempt.number.checked_sub(1).and_then(|number| self.report(&attempt.task, number));
        let limited = before.filter(|it| matches!(it.end, Reported::RateLimited { .. }));
        if let Some(session) = agent::session_of(limited.as_ref(), agent) {
            return Some(session);
        }
        let [needed] = &declared.filter(|it| it.resumes && attempt.number == 1)?.needs[..] else {
            return None;
        };
        let needed = TaskName::new(needed.as_str());
        let mut reports = (1..=9).rev().filter_map(|number| self.report(&needed, number));
        let done = reports.find(|it| it.end == Reported::Done);
        agent::session_of(done.as_ref(), agent)
    }

    fn report(&self, task: &TaskName, number: u32) -> Option<Report> {
        let attempt = AttemptId { task: task.clone(), number };
        let bytes = fs::read(report_path(self.brief, &attempt)?).ok()?;
        serde_json::from_slice(&bytes).ok()
    }
}

/// Nothing for a name that is no part of a path: those come from the plan.
fn report_path(brief: &Brief, attempt: &AttemptId) -> Option<PathBuf> {
    let name = attempt.task.as_str();
    let safe = !name.is_empty() && name.chars().all(|it| it.is_ascii_alphanumeric() || "._-".contains(it));
    let file = format!("{name}.{}.json", attempt.number);
    safe.then(|| Path::new(&brief.folder).join("reports").join(file))
}

/// Whole or not at all: written beside it, then renamed.
fn write(brief: &Brief, report: &Report) -> io::Result<()> {
    let path = report_path(brief, &brief.attempt)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the task's name is no file name"))?;
    let folder = path.parent().expect("it was joined to a folder");
    private_folder(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| with_path(error, folder))?;
    file.write_all(serde_json::to_string(report).map_err(io::Error::other)?.as_bytes())?;
    file.persist(&path).map_err(|error| with_path(error.error, &path))?;
    Ok(())
}
