//! The language of the stories: what is given, what happens, what follows.

use std::time::Duration;

use super::{attempt, process, shared, spec, task};
use crate::{
    clock::Moment,
    run::{Exit, Limits, Retries, RetryOn, Specification, Status, Task},
    schedule::{Effect, Facts, Input, State, Step, step},
};

/// A run being told. Moments are milliseconds.
pub(super) struct Story {
    pub state: State,
    pub now: u64,
}

pub(super) fn given(slots: usize, tasks: Vec<Task>) -> Story {
    Story::of(spec(slots, tasks))
}

impl Story {
    pub fn of(spec: Specification) -> Self {
        Self { state: State::new(shared(spec)), now: 0 }
    }

    pub fn at(&mut self, now: u64) -> &mut Self {
        self.now = now;
        self
    }

    /// Takes the input and compares all that follows, written one to a line.
    pub fn when(&mut self, input: Input, then: &str) -> &mut Self {
        let step = step(&mut self.state, &input, Moment::from_millis(self.now));
        let expected: Vec<&str> = then.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!(told(&step), expected, "at {} after {input:?}", self.now);
        self
    }

    pub fn began(&mut self) -> &mut Self {
        step(&mut self.state, &begin(), Moment::from_millis(self.now));
        self
    }

    pub fn next_is(&mut self, deadline: Option<u64>) -> &mut Self {
        assert_eq!(self.state.next_deadline(), deadline.map(Moment::from_millis));
        self
    }

    pub fn stands(&mut self, status: Status) -> &mut Self {
        assert_eq!(self.state.status(), status);
        self
    }
}

/// Events as `word subject detail`, then effects as `! …`.
pub(super) fn told(step: &Step) -> Vec<String> {
    let events = step.events.iter().map(|event| {
        let json = serde_json::to_value(event).unwrap();
        let subject = match (json.get("attempt"), json.get("task")) {
            (Some(it), _) => format!(" {}.{}", it["task"].as_str().unwrap(), it["number"]),
            (None, Some(it)) => format!(" {}", it.as_str().unwrap()),
            (None, None) => String::new(),
        };
        let details = ["outcome", "reason", "by", "verdict", "gap_ms"];
        let details = details.iter().filter_map(|name| json.get(*name)).filter(|it| !it.is_null());
        let details = details.map(|it| it.to_string().trim_matches('"').to_owned());
        let words = [format!("{}{subject}", event.word())].into_iter().chain(details);
        words.collect::<Vec<_>>().join(" ")
    });
    let effects = step.effects.iter().map(|effect| match effect {
        Effect::Launch { attempt } => format!("! launch {attempt}"),
        Effect::Stop { attempt } => format!("! stop {attempt}"),
        Effect::Kill { attempt } => format!("! kill {attempt}"),
        Effect::Finish => "! finish".to_owned(),
    });
    events.chain(effects).collect()
}

pub(super) fn begin() -> Input {
    Input::Begin { supervisor: process() }
}

pub(super) fn ended(name: &str, number: u32, exit: Exit) -> Input {
    Input::Ended { attempt: attempt(name, number), facts: Facts::bare(exit) }
}

pub(super) fn succeeded(name: &str) -> Input {
    ended(name, 1, Exit::Code(0))
}

pub(super) fn failed(name: &str) -> Input {
    ended(name, 1, Exit::Code(2))
}

pub(super) fn cancel(now: bool) -> Input {
    Input::Cancel { reason: None, by: "ada".to_owned(), now }
}

pub(super) fn finished() -> Input {
    Input::Finished { deliverables: Vec::new(), survivors: Vec::new() }
}

pub(super) fn needing(name: &str, needs: &[&str]) -> Task {
    Task { needs: needs.iter().map(|&need| need.into()).collect(), ..task(name) }
}

pub(super) fn limited(name: &str, wall: u64, idle: u64, grace: u64) -> Task {
    let limits = Limits {
        wall: Some(Duration::from_millis(wall)),
        idle: Some(Duration::from_millis(idle)),
        grace: Duration::from_millis(grace),
    };
    Task { limits, ..task(name) }
}

pub(super) fn retried(name: &str, max: u32, backoff: u64, on: &[RetryOn]) -> Task {
    let retries =
        Retries { max, backoff: Duration::from_millis(backoff), on: on.to_vec(), ..Retries::none() };
    Task { retries, ..task(name) }
}
