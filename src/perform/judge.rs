//! How an agent's end is judged: by its exit code, by what it says of itself, and by the marks it leaves.
//! Pure.

use std::sync::LazyLock;

use regex::Regex;

use super::stream::{End, Heard, says_success};
use crate::{
    clock::Timestamp,
    run::{Agent, Exit, Reported},
    workflow::{Sign, signs},
};

/// Most characters of a reason that is kept.
const REASON: usize = 400;

/// What is known of an agent that ended.
pub(super) struct Ended<'a> {
    pub agent: &'a Agent,
    pub exit: Exit,
    pub heard: &'a Heard,
    /// The end of its standard error, and of what it printed that was no event.
    pub tail: &'a str,
    pub now: Timestamp,
}

/// Success is an exit code that counts as one **and** the final event that says so, where the agent has
/// one, **and** no mark that says it is stuck. Everything else has a name.
pub(super) fn judge(ended: &Ended<'_>) -> Reported {
    let Exit::Code(code) = ended.exit else {
        return match ended.exit {
            Exit::Signal(signal) => Reported::Signalled { signal },
            Exit::Code(_) => unreachable!("just seen"),
        };
    };
    let good_code = ended.agent.ok_exit.contains(&code);
    let marked = ended.heard.last_message.as_deref().and_then(mark);
    match (&ended.heard.end, good_code) {
        (End::Failure(why), _) => failure(ended, why, code),
        (_, false) => failure(ended, "", code),
        (End::Unsaid, true) if says_success(ended.agent.stream) => {
            failure(ended, "it ended without saying that it was done", code)
        }
        (End::Success | End::Unsaid, true) => match marked {
            Some(Mark::Blocked(reason)) => Reported::Blocked { reason },
            Some(Mark::Complete) | None => Reported::Done,
        },
    }
}

fn failure(ended: &Ended<'_>, why: &str, code: i32) -> Reported {
    let told = format!("{why}\n{}", ended.tail);
    let found = signs(&told);
    if found.contains(&Sign::NotSignedIn) {
        let program = ended.agent.argv.first().map_or("the agent", |it| it.rsplit('/').next().unwrap_or(it));
        return Reported::NotSignedIn { program: program.to_owned() };
    }
    if found.contains(&Sign::RateLimited) {
        return Reported::RateLimited { retry_after_ms: retry_after(&told, ended.now) };
    }
    if found.contains(&Sign::OverContext) {
        return Reported::OverContext;
    }
    if why.is_empty() {
        return Reported::Exited { code };
    }
    Reported::AgentFailed { why: crate::text::clip(why.lines().next().unwrap_or(why), REASON) }
}

/// What an agent puts at the end of what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// `TASK COMPLETE`.
    Complete,
    /// `TASK BLOCKED`, or `CHECKPOINT REACHED`, where a person has to look: with the reason.
    Blocked(String),
}

static MARK: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?m)^[\s#*_>`-]*(TASK COMPLETE|TASK BLOCKED|CHECKPOINT REACHED)\b[*_`]*[ \t]*(?:[:—–-][ \t]*)?(.*)$";
    Regex::new(pattern).expect("the pattern is tried by the tests")
});

/// The last mark of a message. A line must begin with it: who only speaks of it has not set it.
pub(super) fn mark(message: &str) -> Option<Mark> {
    let found = MARK.captures_iter(message).last()?;
    if &found[1] == "TASK COMPLETE" {
        return Some(Mark::Complete);
    }
    let after = message[found.get(0).expect("the whole match").end()..].lines().map(str::trim);
    let beside = found[2].trim().trim_matches(['*', '_', '`']).trim();
    let below = || after.map(|it| it.trim_start_matches(['-', '*', ' '])).find(|it| !it.is_empty());
    let reason = if beside.is_empty() { below().unwrap_or("it does not say why") } else { beside };
    let reason = crate::text::clip(reason, REASON);
    let is_checkpoint = &found[1] == "CHECKPOINT REACHED";
    Some(Mark::Blocked(if is_checkpoint {
        format!("a checkpoint that a person has to look at: {reason}")
    } else {
        reason
    }))
}

static AFTER: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)(?:retry[ -]after|try again in|retry in|reset(?:s)? in|wait)\D{0,12}?(\d+(?:\.\d+)?)\s*(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)?\b";
    Regex::new(pattern).expect("the pattern is tried by the tests")
});

static RESET_AT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"limit reached\|(\d{10})\b").expect("the pattern is tried by the tests"));

/// How long to wait, in milliseconds, where a message says so: as a time from now, or as seconds since
/// 1970. Never longer than a day.
pub(super) fn retry_after(message: &str, now: Timestamp) -> Option<u64> {
    const DAY: f64 = 86_400_000.0;
    let millis = match RESET_AT.captures(message) {
        Some(found) => {
            let at = found[1].parse::<i64>().ok()?.saturating_mul(1000);
            u32::try_from(at.saturating_sub(now.millis()).max(0) / 1000)
                .map(|it| f64::from(it) * 1000.0)
                .ok()?
        }
        None => {
            let found = AFTER.captures(message)?;
            let number: f64 = found[1].parse().ok()?;
            number * unit(found.get(2).map_or("s", |it| it.as_str()))
        }
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was just bounded")]
    Some(millis.clamp(0.0, DAY) as u64)
}

fn unit(word: &str) -> f64 {
    match word.to_ascii_lowercase().as_str() {
        word if word.starts_with("ms") || word.starts_with("mil") => 1.0,
        word if word.starts_with('m') => 60_000.0,
        word if word.starts_with('h') => 3_600_000.0,
        _ => 1000.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{PromptBy, Stream};

    fn agent(stream: Stream) -> Agent {
        let argv = vec!["/usr/bin/claude".to_owned()];
        Agent { argv, prompt: PromptBy::Stdin, stream, resume: Vec::new(), ok_exit: vec![0, 3] }
    }

    fn judged(stream: Stream, code: i32, end: End, message: &str, tail: &str) -> Reported {
        let heard = Heard { end, last_message: Some(message.to_owned()), ..Heard::default() };
        let now = Timestamp::from_millis(1_700_000_000_000);
        judge(&Ended { agent: &agent(stream), exit: Exit::Code(code), heard: &heard, tail, now })
    }

    #[test]
    fn success_takes_the_code_the_event_and_no_mark() {
        let check = |code, end, message: &str, expected: Reported| {
            assert_eq!(judged(Stream::Claude, code, end, message, ""), expected, "{message}");
        };
        check(0, End::Success, "All good.\nTASK COMPLETE", Reported::Done);
        check(3, End::Success, "", Reported::Done);
        check(1, End::Success, "", Reported::Exited { code: 1 });
        check(0, End::Success, "TASK BLOCKED: no key", Reported::Blocked { reason: "no key".to_owned() });
        let unsaid = "it ended without saying that it was done".to_owned();
        check(0, End::Unsaid, "TASK COMPLETE", Reported::AgentFailed { why: unsaid });
        check(
            0,
            End::Failure("error max turns".into()),
            "",
            Reported::AgentFailed { why: "error max turns".into() },
        );
        assert_eq!(judged(Stream::Text, 0, End::Unsaid, "done", ""), Reported::Done);
    }

    #[test]
    fn what_an_agent_can_not_help_is_told_apart_from_failing() {
        let check = |why: &str, tail: &str, expected: Reported| {
            assert_eq!(
                judged(Stream::Claude, 1, End::Failure(why.into()), "", tail),
                expected,
                "{why}{tail}"
            );
        };
        check("Invalid API key · Please run /login", "", Reported::NotSignedIn { program: "claude".into() });
        check("prompt is too long: 214000 tokens > 200000 maximum", "", Reported::OverContext);
        check(
            "x",
            "HTTP 429 Too Many Requests\nRetry-After: 30",
            Reported::RateLimited { retry_after_ms: Some(30_000) },
        );
        check("", "Error: rate limit exceeded", Reported::RateLimited { retry_after_ms: None });
    }

    #[test]
    fn an_agent_that_did_its_work_may_speak_of_limits() {
        let message = "I added a test for rate limit exceeded and for not logged in.";
        assert_eq!(judged(Stream::Claude, 0, End::Success, message, "429 too many requests"), Reported::Done);
    }

    #[test]
    fn the_last_mark_at_the_beginning_of_a_line_counts() {
        let check = |message: &str, expected: Option<Mark>| assert_eq!(mark(message), expected, "{message}");
        let blocked = |reason: &str| Some(Mark::Blocked(reason.to_owned()));
        check("## TASK COMPLETE", Some(Mark::Complete));
        check("**TASK BLOCKED**: the key is missing", blocked("the key is missing"));
        check("## TASK BLOCKED\n\n- which port?\n", blocked("which port?"));
        check("TASK BLOCKED", blocked("it does not say why"));
        check("TASK BLOCKED: x\nthen it went on\nTASK COMPLETE", Some(Mark::Complete));
        check("I would say TASK BLOCKED if I were", None);
        check("TASK BLOCKEDNESS", None);
        check("## CHECKPOINT REACHED: look", blocked("a checkpoint that a person has to look at: look"));
    }

    #[test]
    fn the_time_to_come_back_is_read() {
        let now = Timestamp::from_millis(1_700_000_000_000);
        let check = |message: &str, expected: Option<u64>| {
            assert_eq!(retry_after(message, now), expected, "{message}");
        };
        check("Retry-After: 30", Some(30_000));
        check("Please try again in 1.5s.", Some(1500));
        check("please retry in 20 minutes", Some(1_200_000));
        check("try again in 6ms", Some(6));
        check("AI usage limit reached|1700000060", Some(60_000));
        check("AI usage limit reached|1600000000", Some(0));
        check("retry after 99999 hours", Some(86_400_000));
        check("rate limited", None);
    }
}
