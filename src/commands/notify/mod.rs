//! Telling somebody who looks elsewhere that a run has ended: by the terminal's bell and notification, by
//! the desktop, by a program of their own. Whether it is worth telling is one rule ([`is_due`]).

mod desktop;
mod terminal;

use std::{ffi::OsString, path::PathBuf, time::Duration};

use super::context::Context;
use crate::{
    config::{Environment, Notify, NotifyBy},
    process::{find_program, tell_aside},
    run::{RunSummary, Status},
    screen::Focus,
    text::{format_duration, plain},
};

/// What telling needs to know; fixed when a face begins, so that any thread can tell.
#[derive(Clone)]
pub struct Teller {
    settings: Notify,
    environment: Environment,
    workspace: PathBuf,
}

/// Whether the end of a run is told: of one that took long, and of any when the terminal is not looked at;
/// never of one that is watched by somebody who looks.
pub fn is_due(after: Duration, took: Duration, watched: bool, focus: Focus) -> bool {
    let away = focus == Focus::Away;
    if watched { away } else { away || took >= after }
}

impl Teller {
    /// By the settings and the environment of a face.
    pub fn of(context: &Context<'_>) -> Self {
        Self {
            settings: context.config().notify.clone(),
            environment: context.environment.clone(),
            workspace: context.root.clone(),
        }
    }

    /// Tells that a run has ended, if that is due: starts what is outside, and gives what the terminal is
    /// to be sent. Nothing that goes wrong here is worth a word.
    #[must_use]
    pub fn tell(&self, run: &RunSummary, watched: bool, focus: Focus) -> String {
        let took = run.duration().unwrap_or_default();
        if !is_due(self.settings.after.0, took, watched, focus) {
            return String::new();
        }
        let message = Message::of(run);
        if self.settings.how.contains(&NotifyBy::Desktop) {
            let path = self.environment.get("PATH").unwrap_or_default();
            let find =
                |name: &str| Some(find_program(name, path, &self.workspace).ok()?.to_str()?.to_owned());
            if let Some(argv) = desktop::argv(&self.environment, &message, &find) {
                let _ = tell_aside(&argv, self.inherited(), &self.workspace);
            }
        }
        self.run_command(run, &message);
        terminal::sequence(&self.settings.how, &self.environment, &message)
    }

    /// The user's own program: the message is its last argument, the facts are in its environment.
    fn run_command(&self, run: &RunSummary, message: &Message) {
        let Some((program, rest)) = self.settings.command.split_first() else { return };
        let path = self.environment.get("PATH").unwrap_or_default();
        let Ok(program) = find_program(program, path, &self.workspace) else { return };
        let mut argv = vec![program.to_string_lossy().into_owned()];
        argv.extend(rest.iter().cloned());
        argv.push(format!("{}: {}", message.title, message.body));
        let facts = facts(run, &self.workspace.to_string_lossy());
        let facts = facts.into_iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let _ = tell_aside(&argv, self.inherited().chain(facts), &self.workspace);
    }

    fn inherited(&self) -> impl Iterator<Item = (OsString, OsString)> + use<> {
        let all: Vec<_> = self.environment.all.iter().map(|(a, b)| (a.into(), b.into())).collect();
        all.into_iter()
    }
}

/// What is told, without any control bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Message {
    title: String,
    body: String,
    /// It did not go well.
    urgent: bool,
}

impl Message {
    fn of(run: &RunSummary) -> Self {
        let names = [run.plan.as_ref().map(ToString::to_string), run.item.as_ref().map(ToString::to_string)];
        let subject = std::iter::once(run.workflow.to_string()).chain(names.into_iter().flatten());
        let subject = subject.collect::<Vec<_>>().join(" ");
        let took = run.duration().map_or(String::new(), |it| format!(" after {}", format_duration(it)));
        Self {
            title: plain(&format!("{subject} {}", run.status.word())).into_owned(),
            body: format!("run {}{took}, {} of {} tasks", run.id.short(), run.tasks_over, run.tasks),
            urgent: run.status != Status::Succeeded,
        }
    }
}

/// What the user's program is told. The names are none of those that stand for settings.
fn facts(run: &RunSummary, workspace: &str) -> Vec<(&'static str, String)> {
    let text = |it: Option<String>| it.unwrap_or_default();
    vec![
        ("PLANDECK_ENDED_RUN", run.id.to_string()),
        ("PLANDECK_ENDED_STATUS", run.status.word().to_owned()),
        ("PLANDECK_ENDED_WORKFLOW", run.workflow.as_str().to_owned()),
        ("PLANDECK_ENDED_PLAN", text(run.plan.as_ref().map(|it| it.as_str().to_owned()))),
        ("PLANDECK_ENDED_TITLE", text(run.plan_title.clone())),
        ("PLANDECK_ENDED_ITEM", text(run.item.as_ref().map(|it| it.as_str().to_owned()))),
        ("PLANDECK_ENDED_MS", run.duration().unwrap_or_default().as_millis().to_string()),
        ("PLANDECK_ENDED_TASKS", format!("{}/{}", run.tasks_over, run.tasks)),
        ("PLANDECK_ENDED_WORKSPACE", workspace.to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Timestamp, ids::Ids};

    pub(super) fn run(status: Status) -> RunSummary {
        RunSummary {
            id: Ids::counted(7).run(0),
            status,
            workflow: "next".into(),
            plan: Some("HARBOUR".into()),
            plan_title: Some("The \u{1b}]0;owned\u{7} lights".to_owned()),
            item: Some("2.3\u{9b}2J;x".into()),
            created_at: Timestamp::from_millis(0),
            started_at: Some(Timestamp::from_millis(0)),
            ended_at: Some(Timestamp::from_millis(125_000)),
            preview: String::new(),
            tasks: 4,
            tasks_over: 3,
            asleep: Duration::ZERO,
        }
    }

    #[test]
    fn long_runs_and_those_that_end_unseen_are_told_and_watched_ones_never() {
        let check = |took: u64, watched: bool, focus, expected: bool| {
            let after = Duration::from_secs(20);
            let due = is_due(after, Duration::from_secs(took), watched, focus);
            assert_eq!(due, expected, "{took} {watched} {focus:?}");
        };
        check(19, false, Focus::Unknown, false);
        check(20, false, Focus::Unknown, true);
        check(20, false, Focus::Here, true);
        check(1, false, Focus::Here, false);
        check(1, false, Focus::Away, true);
        check(900, true, Focus::Here, false);
        check(900, true, Focus::Unknown, false);
        check(1, true, Focus::Away, true);
    }

    #[test]
    fn nothing_foreign_is_in_what_is_told() {
        let message = Message::of(&run(Status::Failed));
        assert!(crate::text::is_plain(&message.title) && crate::text::is_plain(&message.body), "{message:?}");
        assert_eq!(message.body, "run 000007 after 2m 05s, 3 of 4 tasks");
        assert!(message.urgent && message.title.starts_with("next HARBOUR 2.3"), "{message:?}");
        let settings = ["PLANDECK_DECK_", "PLANDECK_PLANS_", "PLANDECK_RUN_", "PLANDECK_NOTIFY_"];
        for (name, _) in facts(&run(Status::Failed), "/w") {
            assert!(!settings.iter().any(|it| name.starts_with(it)), "{name} would be taken for a setting");
        }
    }
}
