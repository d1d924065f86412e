//! Each rule once, as a story: given these tasks, when this happens, then that follows.

use std::time::Duration;

use super::{
    attempt, process, shared, spec,
    story::{Story, begin, cancel, ended, failed, finished, given, limited, needing, retried, succeeded},
    task,
};
use crate::{
    clock::Moment,
    run::{
        Chosen, EventKind, Exit, Gate, LaunchFailure, Retries, RetryOn, Specification, Status, Strategy,
        Survivor, Task, Verdict,
    },
    schedule::{Facts, Input, State, step},
};

#[test]
fn a_run_begins_by_queueing_everything_and_ends_when_nothing_is_left() {
    given(1, vec![task("a"), needing("b", &["a"])])
        .stands(Status::Queued)
        .when(begin(), "run_started\n task_queued a\n task_queued b\n task_ready a.1\n ! launch a.1")
        .when(Input::Started { attempt: attempt("a", 1), process: process() }, "attempt_started a.1")
        .stands(Status::Running)
        .when(
            succeeded("a"),
            "attempt_ended a.1 succeeded\n task_ended a succeeded\n task_ready b.1\n ! launch b.1",
        )
        .when(succeeded("b"), "attempt_ended b.1 succeeded\n task_ended b succeeded\n ! finish")
        .when(finished(), "run_ended succeeded")
        .stands(Status::Succeeded);
}

#[test]
fn a_run_without_tasks_succeeds() {
    given(1, Vec::new()).when(begin(), "run_started\n ! finish").when(finished(), "run_ended succeeded");
}

#[test]
fn the_longest_chain_goes_first_and_then_the_order_of_the_plan() {
    given(2, vec![task("a"), task("b"), task("c"), needing("d", &["c"])])
        .when(
            begin(),
            "run_started\n task_queued a\n task_queued b\n task_queued c\n task_queued d
             task_ready c.1\n task_ready a.1\n ! launch c.1\n ! launch a.1",
        )
        .when(
            succeeded("c"),
            "attempt_ended c.1 succeeded\n task_ended c succeeded\n task_ready b.1\n ! launch b.1",
        );
}

#[test]
fn there_is_no_barrier_between_layers() {
    given(2, vec![task("a"), task("b"), needing("c", &["a"])]).began().when(
        succeeded("a"),
        "attempt_ended a.1 succeeded\n task_ended a succeeded\n task_ready c.1\n ! launch c.1",
    );
}

#[test]
fn dependents_of_a_failed_task_are_blocked_and_the_others_go_on() {
    given(1, vec![task("a"), needing("b", &["a"]), needing("c", &["b"]), task("d")])
        .began()
        .when(
            failed("a"),
            "attempt_ended a.1 failed\n task_ended a failed\n task_blocked b a\n task_blocked c b
             task_ready d.1\n ! launch d.1",
        )
        .when(succeeded("d"), "attempt_ended d.1 succeeded\n task_ended d succeeded\n ! finish")
        .when(finished(), "run_ended failed");
}

#[test]
fn what_only_stands_after_a_task_begins_however_that_ended() {
    let after = Task { after: vec!["a".into(), "not in the list".into()], ..task("b") };
    given(2, vec![task("a"), after])
        .began()
        .when(failed("a"), "attempt_ended a.1 failed\n task_ended a failed\n task_ready b.1\n ! launch b.1");
}

#[test]
fn a_gate_opens_once_for_all_behind_it() {
    let behind = |name: &str| Task { gates: vec![0], ..task(name) };
    let tasks = vec![task("a"), task("b"), behind("c"), behind("d")];
    let gates =
        vec![Gate { name: "phase 1".to_owned(), after: vec!["a".into(), "b".into()], must_succeed: true }];
    let all = || Story::of(Specification { gates: gates.clone(), ..spec(4, tasks.clone()) });
    all().began().when(succeeded("a"), "attempt_ended a.1 succeeded\n task_ended a succeeded").when(
        succeeded("b"),
        "attempt_ended b.1 succeeded\n task_ended b succeeded\n task_ready c.1\n task_ready d.1
         ! launch c.1\n ! launch d.1",
    );
    all()
        .began()
        .when(
            failed("a"),
            "attempt_ended a.1 failed\n task_ended a failed\n task_blocked c a\n task_blocked d a",
        )
        .when(failed("b"), "attempt_ended b.1 failed\n task_ended b failed\n ! finish");
}

#[test]
fn a_gate_that_asks_for_no_success_is_passed_when_all_before_it_is_over() {
    let tasks = vec![task("a"), Task { gates: vec![0], ..task("b") }];
    let gates = vec![Gate { name: "turn".to_owned(), after: vec!["a".into()], must_succeed: false }];
    Story::of(Specification { gates, ..spec(2, tasks) })
        .began()
        .when(failed("a"), "attempt_ended a.1 failed\n task_ended a failed\n task_ready b.1\n ! launch b.1");
}

#[test]
fn a_strategy_that_keeps_the_plans_order_does_not_ask_how_long_a_chain_waits() {
    let strategy = Some(Chosen { strategy: Strategy::Sequential, from: "IMPL_PLAN.md:9".to_owned() });
    let tasks = vec![task("a"), task("b"), needing("c", &["b"])];
    Story::of(Specification { strategy, ..spec(1, tasks) }).when(
        begin(),
        "run_started\n task_queued a\n task_queued b\n task_queued c\n task_ready a.1\n ! launch a.1",
    );
}

#[test]
fn wall_time_ends_in_term_then_grace_then_kill() {
    given(1, vec![limited("a", 100, 0, 10)])
        .began()
        .next_is(Some(50))
        .at(50)
        .when(Input::Tick, "attempt_slow a.1")
        .next_is(Some(100))
        .at(100)
        .when(Input::Tick, "attempt_stopping a.1 timed_out\n ! stop a.1")
        .next_is(Some(110))
        .at(109)
        .when(Input::Tick, "")
        .at(110)
        .when(Input::Tick, "attempt_killing a.1\n ! kill a.1")
        .next_is(None)
        .when(
            ended("a", 1, Exit::Signal(9)),
            "attempt_ended a.1 timed_out\n task_ended a timed_out\n ! finish",
        )
        .when(finished(), "run_ended timed_out");
}

#[test]
fn a_grace_of_zero_is_over_at_once() {
    given(1, vec![limited("a", 100, 0, 0)]).began().at(100).when(
        Input::Tick,
        "attempt_slow a.1\n attempt_stopping a.1 timed_out\n attempt_killing a.1\n ! stop a.1\n ! kill a.1",
    );
}

#[test]
fn idle_time_counts_from_the_last_output() {
    let heard = |at| Input::Heard { attempt: attempt("a", 1), at: Moment::from_millis(at) };
    let mut story = given(1, vec![limited("a", 0, 100, 10)]);
    story.began().next_is(Some(100)).at(100);
    assert_eq!(story.state.listening_for(Moment::from_millis(99)), []);
    assert_eq!(story.state.listening_for(Moment::from_millis(100)), [attempt("a", 1)]);
    story
        .when(heard(70), "")
        .next_is(Some(170))
        .when(heard(60), "")
        .next_is(Some(170))
        .at(170)
        .when(Input::Tick, "attempt_stopping a.1 idle\n ! stop a.1")
        .when(heard(170), "")
        .next_is(Some(180))
        .when(
            ended("a", 1, Exit::Code(1)),
            "attempt_ended a.1 timed_out_idle\n task_ended a timed_out_idle\n ! finish",
        )
        .when(finished(), "run_ended timed_out");
}

#[test]
fn wall_time_outranks_silence_at_the_same_moment() {
    given(1, vec![limited("a", 100, 100, 10)])
        .began()
        .at(100)
        .when(Input::Tick, "attempt_slow a.1\n attempt_stopping a.1 timed_out\n ! stop a.1");
}

#[test]
fn leaving_with_0_after_being_asked_to_end_is_no_success() {
    given(1, vec![limited("a", 100, 0, 10), needing("b", &["a"])])
        .began()
        .at(100)
        .when(Input::Tick, "attempt_slow a.1\n attempt_stopping a.1 timed_out\n ! stop a.1")
        .when(
            succeeded("a"),
            "attempt_ended a.1 timed_out\n task_ended a timed_out\n task_blocked b a\n ! finish",
        );
}

#[test]
fn an_end_that_is_known_before_its_deadline_is_served_counts() {
    given(1, vec![limited("a", 100, 0, 10)])
        .began()
        .at(100)
        .when(succeeded("a"), "attempt_ended a.1 succeeded\n task_ended a succeeded\n ! finish");
}

#[test]
fn a_declared_failure_pattern_makes_exit_0_a_failure() {
    let facts = Facts { failure: Some("FAILED: 1 check".to_owned()), ..Facts::bare(Exit::Code(0)) };
    given(1, vec![task("a")])
        .began()
        .when(
            Input::Ended { attempt: attempt("a", 1), facts },
            "attempt_ended a.1 failed_pattern\n task_ended a failed_pattern\n ! finish",
        )
        .when(finished(), "run_ended failed");
}

#[test]
fn a_failure_is_tried_again_after_a_rest_that_doubles() {
    let mut story = given(1, vec![retried("a", 2, 1000, &[RetryOn::Failed])]);
    story.began().when(failed("a"), "attempt_ended a.1 failed");
    let first = story.state.next_deadline().unwrap().millis();
    assert!((1000..=1250).contains(&first), "{first}");
    story
        .at(first - 1)
        .when(Input::Tick, "")
        .at(first)
        .when(Input::Tick, "task_ready a.2\n ! launch a.2")
        .when(ended("a", 2, Exit::Signal(11)), "attempt_ended a.2 signalled");
    let second = story.state.next_deadline().unwrap().millis() - first;
    assert!((2000..=2500).contains(&second), "{second}");
    story
        .at(first + second)
        .when(Input::Tick, "task_ready a.3\n ! launch a.3")
        .when(ended("a", 3, Exit::Code(1)), "attempt_ended a.3 failed\n task_ended a failed\n ! finish");
}

#[test]
fn only_the_ends_that_are_named_are_tried_again() {
    given(1, vec![retried("a", 3, 10, &[RetryOn::TimedOut])])
        .began()
        .when(failed("a"), "attempt_ended a.1 failed\n task_ended a failed\n ! finish");
    let why = LaunchFailure::NotFound { program: "make".to_owned() };
    given(1, vec![retried("a", 3, 10, &[RetryOn::Failed])])
        .began()
        .when(Input::FailedToStart { attempt: attempt("a", 1), why }, "attempt_ended a.1 failed_to_start");
}

#[test]
fn a_rested_task_waits_for_a_slot_and_no_deadline_stands_in_the_past() {
    let flaky = retried("a", 1, 100, &[RetryOn::Failed]);
    given(1, vec![flaky, task("b")])
        .began()
        .when(failed("a"), "attempt_ended a.1 failed\n task_ready b.1\n ! launch b.1")
        .at(500)
        .when(Input::Tick, "")
        .next_is(None)
        .when(
            succeeded("b"),
            "attempt_ended b.1 succeeded\n task_ended b succeeded\n task_ready a.2\n ! launch a.2",
        );
}

#[test]
fn a_cancelled_run_stops_what_runs_and_blocks_what_does_not() {
    let mut limited = limited("a", 100, 0, 10);
    limited.retries = Retries {
        max: 3,
        backoff: Duration::ZERO,
        on: vec![RetryOn::Failed, RetryOn::TimedOut],
        ..Retries::none()
    };
    given(1, vec![limited, needing("b", &["a"]), task("c")])
        .began()
        .when(
            cancel(false),
            "run_cancelling ada\n task_blocked b\n task_blocked c\n attempt_stopping a.1 cancelled\n ! stop a.1",
        )
        .stands(Status::Stopping)
        .when(cancel(false), "")
        .at(10)
        .when(Input::Tick, "attempt_killing a.1\n ! kill a.1")
        .when(ended("a", 1, Exit::Signal(9)), "attempt_ended a.1 cancelled\n task_ended a cancelled\n ! finish")
        .when(finished(), "run_ended cancelled");
}

#[test]
fn a_kill_waits_for_no_grace_and_goes_beyond_a_cancellation() {
    given(1, vec![task("a")])
        .began()
        .when(
            cancel(true),
            "run_cancelling ada\n attempt_stopping a.1 cancelled\n attempt_killing a.1\n ! kill a.1",
        )
        .when(cancel(true), "");
    given(1, vec![task("a")])
        .began()
        .when(cancel(false), "run_cancelling ada\n attempt_stopping a.1 cancelled\n ! stop a.1")
        .when(cancel(true), "attempt_killing a.1\n ! kill a.1");
}

#[test]
fn a_reason_only_rises_and_grace_counts_from_the_first() {
    given(1, vec![limited("a", 0, 100, 10)])
        .began()
        .at(100)
        .when(Input::Tick, "attempt_stopping a.1 idle\n ! stop a.1")
        .at(105)
        .when(cancel(false), "run_cancelling ada\n attempt_stopping a.1 cancelled")
        .next_is(Some(110))
        .when(
            ended("a", 1, Exit::Code(1)),
            "attempt_ended a.1 cancelled\n task_ended a cancelled\n ! finish",
        );
}

#[test]
fn a_cancellation_that_comes_when_all_is_done_is_not_true() {
    given(1, vec![task("a")])
        .began()
        .when(succeeded("a"), "attempt_ended a.1 succeeded\n task_ended a succeeded\n ! finish")
        .when(cancel(false), "")
        .when(finished(), "run_ended succeeded");
}

#[test]
fn a_task_that_rests_when_the_run_is_cancelled_keeps_its_outcome() {
    given(1, vec![retried("a", 1, 100, &[RetryOn::Failed])])
        .began()
        .when(failed("a"), "attempt_ended a.1 failed")
        .when(cancel(false), "run_cancelling ada\n task_ended a failed\n ! finish")
        .next_is(None)
        .when(finished(), "run_ended failed");
}

#[test]
fn who_has_ended_in_time_is_not_late_because_its_end_takes_time_to_tell() {
    let mut story = given(1, vec![limited("a", 100, 50, 20)]);
    story.began().at(40).when(Input::Exited { attempt: attempt("a", 1) }, "").next_is(None);
    story.at(500).when(Input::Tick, "");
    story.when(succeeded("a"), "attempt_ended a.1 succeeded\n task_ended a succeeded\n ! finish");
}

#[test]
fn a_second_attempt_has_its_own_time() {
    let mut story = given(
        1,
        vec![Task { limits: limited("a", 100, 50, 20).limits, ..retried("a", 1, 0, &[RetryOn::Failed]) }],
    );
    story.began().when(Input::Exited { attempt: attempt("a", 1) }, "").next_is(None);
    story.when(failed("a"), "attempt_ended a.1 failed\n task_ready a.2\n ! launch a.2").next_is(Some(50));
}

#[test]
fn fail_fast_stops_everything_else() {
    let tasks = vec![task("a"), task("b"), needing("c", &["b"]), needing("d", &["a"]), task("e")];
    Story::of(Specification { fail_fast: true, ..spec(2, tasks) })
        .began()
        .when(
            failed("a"),
            "attempt_ended a.1 failed\n task_ended a failed\n task_blocked d a\n task_blocked c a
             task_blocked e a\n attempt_stopping b.1 cancelled\n ! stop b.1",
        )
        .stands(Status::Stopping)
        .when(
            ended("b", 1, Exit::Signal(15)),
            "attempt_ended b.1 cancelled\n task_ended b cancelled\n ! finish",
        )
        .when(finished(), "run_ended failed");
}

#[test]
fn a_paused_run_launches_nothing_and_lets_what_runs_go_on() {
    let by = || "ada".to_owned();
    given(1, vec![task("a"), task("b")])
        .began()
        .when(Input::Pause { by: by() }, "run_paused ada")
        .stands(Status::Paused)
        .when(Input::Pause { by: by() }, "")
        .when(succeeded("a"), "attempt_ended a.1 succeeded\n task_ended a succeeded")
        .when(Input::Unpause { by: by() }, "run_unpaused ada\n task_ready b.1\n ! launch b.1");
}

#[test]
fn nothing_is_launched_while_the_journal_is_down() {
    given(1, vec![limited("a", 100, 0, 10), task("b")])
        .began()
        .when(Input::JournalDown, "")
        .at(100)
        .when(Input::Tick, "attempt_slow a.1\n attempt_stopping a.1 timed_out\n ! stop a.1")
        .when(ended("a", 1, Exit::Signal(15)), "attempt_ended a.1 timed_out\n task_ended a timed_out")
        .when(Input::JournalUp, "task_ready b.1\n ! launch b.1");
}

#[test]
fn a_launch_that_was_not_written_is_taken_back_as_if_it_had_never_been() {
    let mut story = given(1, vec![retried("a", 1, 100, &[RetryOn::Failed])]);
    story.began();
    let first = attempt("a", 1);
    story.state.take_back(&first);
    assert_eq!(story.state.active().count(), 0);
    story.when(Input::JournalDown, "").when(Input::JournalUp, "task_ready a.1\n ! launch a.1");
    story.when(failed("a"), "attempt_ended a.1 failed");
    let resting = story.state.clone();
    story.at(500).when(Input::Tick, "task_ready a.2\n ! launch a.2");
    story.state.take_back(&attempt("a", 2));
    assert_eq!(story.state, resting);
    story.when(Input::Tick, "task_ready a.2\n ! launch a.2");
}

#[test]
fn a_night_of_suspension_is_recorded_and_charged_to_nothing() {
    // The clock that moments come from sleeps with the machine: no limit has to be moved.
    given(1, vec![limited("a", 100, 0, 10)])
        .began()
        .at(40)
        .when(Input::ClockGap { gap: Duration::from_hours(8) }, "clock_gap 28800000")
        .next_is(Some(50));
}

#[test]
fn recovery_calls_what_ran_lost_and_ends_the_run() {
    let mut story = given(2, vec![task("a"), retried("b", 1, 10, &[RetryOn::Failed]), needing("c", &["a"])]);
    story
        .began()
        .when(failed("b"), "attempt_ended b.1 failed")
        .when(
            Input::Recover,
            "attempt_ended a.1 lost\n task_ended a lost\n task_ended b failed\n task_blocked c\n ! finish",
        )
        .when(finished(), "run_ended lost")
        .stands(Status::Lost);
}

#[test]
fn recovery_ends_a_run_that_nobody_ever_began() {
    given(1, vec![task("a")])
        .when(Input::Recover, "task_blocked a\n ! finish")
        .when(finished(), "run_ended lost");
}

#[test]
fn what_could_not_be_killed_is_named_at_the_end() {
    let mut state = State::new(shared(spec(1, Vec::new())));
    step(&mut state, &begin(), Moment::default());
    let survivors = vec![Survivor { pid: 7, command: "dd if=/dev/stuck".to_owned() }];
    let deliverables = vec!["notes.md".to_owned()];
    let input = Input::Finished { deliverables: deliverables.clone(), survivors: survivors.clone() };
    let step = step(&mut state, &input, Moment::default());
    assert_eq!(step.events, [EventKind::RunEnded { verdict: Verdict::Succeeded, deliverables, survivors }]);
}

#[test]
fn reports_that_fit_nothing_lead_to_nothing() {
    given(1, vec![task("a")])
        .began()
        .when(ended("a", 2, Exit::Code(0)), "")
        .when(ended("ghost", 1, Exit::Code(0)), "")
        .when(begin(), "")
        .when(finished(), "")
        .when(Input::Unpause { by: "ada".to_owned() }, "");
}

#[test]
fn needs_that_can_never_be_met_end_in_blocks_and_not_in_silence() {
    let tasks = vec![needing("a", &["b"]), needing("b", &["a"]), needing("c", &["ghost"])];
    given(1, tasks)
        .when(
            begin(),
            "run_started\n task_queued a\n task_queued b\n task_queued c
             task_blocked a\n task_blocked b\n task_blocked c\n ! finish",
        )
        .when(finished(), "run_ended failed");
}
