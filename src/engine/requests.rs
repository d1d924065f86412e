//! Wishes that others left in the journal: weighed, granted or refused, and always answered.

use super::turn::Engine;
use crate::{
    ids::AttemptId,
    process::launcher::{LONGEST_LINE, Sent},
    run::{Answer, Request, Status, Wish},
    schedule::Input,
};

impl Engine {
    /// Takes up every request that nobody has answered.
    pub(super) fn look_for_requests(&mut self) {
        self.write_late_answers();
        let requests = match self.recorder.journal.open_requests(self.spec.run) {
            Ok(requests) => requests,
            Err(error) => return tracing::warn!("requests can't be read, the next look is soon: {error}"),
        };
        for request in requests {
            if !self.late_answers.contains_key(&request.id) {
                self.take_up(request);
            }
        }
    }

    /// Answers that the journal would not take when they were given.
    pub(super) fn write_late_answers(&mut self) {
        let now = self.clock.wall();
        let journal = &mut self.recorder.journal;
        self.late_answers.retain(|id, answer| journal.answer_request(*id, answer, now).is_err());
    }

    /// Written, answered, done.
    fn take_up(&mut self, request: Request) {
        let Request { id, by, wish, .. } = request;
        match self.weigh(by, wish) {
            Weighed::Granted(input) => {
                let effects = self.decide(&input);
                self.answer(id, Answer::Done);
                self.act(effects);
                self.catch_up();
            }
            Weighed::Done => self.answer(id, Answer::Done),
            Weighed::Refused(why) => self.answer(id, Answer::Refused { why }),
        }
    }

    fn weigh(&mut self, by: String, wish: Wish) -> Weighed {
        if self.state.is_settled() {
            return refused("the run has ended");
        }
        let status = self.state.status();
        match wish {
            Wish::Cancel { reason } => Weighed::Granted(Input::Cancel { reason, by, now: false }),
            Wish::Kill { reason } => Weighed::Granted(Input::Cancel { reason, by, now: true }),
            Wish::Pause if status == Status::Stopping => refused("the run is being stopped"),
            Wish::Pause if status == Status::Paused => refused("the run is paused already"),
            Wish::Pause => Weighed::Granted(Input::Pause { by }),
            Wish::Unpause if status != Status::Paused => refused("the run is not paused"),
            Wish::Unpause => Weighed::Granted(Input::Unpause { by }),
            Wish::Send { text } => self.send(text),
        }
    }

    /// To the one task that runs. A line is sent with its end, as if it had been typed.
    fn send(&mut self, mut text: String) -> Weighed {
        let active: Vec<_> = self.state.active().collect();
        let [attempt] = active.as_slice() else {
            return match active.len() {
                0 => refused("no task is running"),
                count => Weighed::Refused(format!("{count} tasks are running, and only one may be")),
            };
        };
        if !text.ends_with('\n') {
            text.push('\n');
        }
        if text.len() > LONGEST_LINE {
            return Weighed::Refused(format!("it is longer than {LONGEST_LINE} bytes"));
        }
        weighed(self.launcher.send(attempt, text.as_bytes()), attempt)
    }

    fn answer(&mut self, id: i64, answer: Answer) {
        let now = self.clock.wall();
        if let Err(error) = self.recorder.journal.answer_request(id, &answer, now) {
            tracing::warn!("an answer can't be written yet: {error}");
            self.late_answers.insert(id, answer);
        }
    }
}

/// What becomes of a wish.
enum Weighed {
    Granted(Input),
    /// It was done in the weighing.
    Done,
    Refused(String),
}

fn weighed(sent: Sent, attempt: &AttemptId) -> Weighed {
    let task = &attempt.task;
    match sent {
        Sent::Taken => Weighed::Done,
        Sent::NoInput => Weighed::Refused(format!(
            "{task} reads no input from us; open_stdin = true in its recipe lets it"
        )),
        Sent::Closed => Weighed::Refused(format!("{task} reads no more input")),
        Sent::Full => Weighed::Refused(format!("{task} has not read what it was sent before")),
    }
}

fn refused(why: &str) -> Weighed {
    Weighed::Refused(why.to_owned())
}
