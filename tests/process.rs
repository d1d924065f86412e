//! Real children, one at a time or side by side: how they end, what they are given, what is heard.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod children;

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use children::{Stage, attempt, until};
use plandeck::{
    logs::{Index, Stream, find_pattern, last_lines},
    process::{
        identity, is_alive, kill_marked,
        launcher::{End, Launcher as _, MARK, Report, Sent},
    },
    run::{Capture, Exit, LaunchFailure, TestCounts},
};

fn clean(exit: Exit, bytes: u64) -> End {
    End { bytes, ..End::bare(exit) }
}

#[test]
fn an_exit_code_and_a_signal_are_told_apart_and_reported_once() {
    let mut stage = Stage::new();
    for (task, script, exit) in [
        ("zero", "exit 0", Exit::Code(0)),
        ("three", "exit 3", Exit::Code(3)),
        ("segv", "kill -SEGV $$", Exit::Signal(11)),
        ("killed", "kill -KILL $$", Exit::Signal(9)),
    ] {
        assert_eq!(stage.run(stage.order(task, script)), clean(exit, 0), "{task}");
    }
    stage.no_more_reports();
}

#[test]
fn why_a_launch_failed_is_said_exactly() {
    let mut stage = Stage::new();
    let write = |name: &str, text: &str, mode: u32| {
        let path = stage.folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.display().to_string()
    };
    let missing = stage.folder.path().join("missing").display().to_string();
    let plain = write("plain", "#!/bin/sh\n", 0o644);
    let orphaned = write("orphaned", "#!/no/such/interpreter\n", 0o755);
    let folder = stage.folder.path().display().to_string();
    let shapeless = write("shapeless", "no first line\n", 0o755);
    let empty = write("empty", "", 0o755);
    let message = |text: String| LaunchFailure::System { message: text };
    let cases = [
        (missing.clone(), LaunchFailure::NotFound { program: missing.clone() }),
        (format!("{plain}/x"), LaunchFailure::NotFound { program: format!("{plain}/x") }),
        (plain.clone(), LaunchFailure::NotExecutable { program: plain }),
        (folder.clone(), LaunchFailure::NotExecutable { program: folder }),
        (orphaned.clone(), LaunchFailure::NoInterpreter { program: orphaned }),
        (empty.clone(), message(format!("{empty} is empty"))),
        (
            shapeless.clone(),
            message(format!("{shapeless} is no program, and its first line names no interpreter (#!)")),
        ),
    ];
    for (program, why) in cases {
        let mut order = stage.order("fails", "");
        order.argv = vec![program];
        stage.launcher().launch(order);
        assert_eq!(stage.report(), Report::FailedToStart { attempt: attempt("fails"), why });
    }
    let mut order = stage.order("fails", "exit 0");
    order.cwd = PathBuf::from(&missing);
    stage.launcher().launch(order);
    let why = LaunchFailure::NoDirectory { cwd: missing };
    assert_eq!(stage.report(), Report::FailedToStart { attempt: attempt("fails"), why });
    stage.no_more_reports();
}

#[test]
fn a_log_that_cant_be_created_is_a_failed_start() {
    let mut stage = Stage::new();
    let mut order = stage.order("a", "exit 0");
    order.log = PathBuf::from("/proc/none/a.log");
    stage.launcher().launch(order);
    let Report::FailedToStart { why: LaunchFailure::System { message }, .. } = stage.report() else {
        panic!()
    };
    assert!(message.starts_with("can't create the log /proc/none/a.log: "), "{message}");
}

#[test]
fn who_waits_for_input_is_told_at_once_that_there_is_none() {
    let mut stage = Stage::new();
    assert_eq!(stage.say("read line || echo none; test -t 0 || echo no terminal"), "none\nno terminal\n");
    assert_eq!(stage.launcher().send(&attempt("say"), b"x"), Sent::NoInput);
}

#[test]
fn what_is_sent_is_read_through_a_pipe_and_through_a_terminal() {
    for capture in [Capture::Pipe, Capture::Split, Capture::File, Capture::Tty] {
        let mut stage = Stage::new();
        let mut order =
            stage.order("asks", "read first; echo \"$first who?\"; read name; echo \"well, $name\"");
        (order.capture, order.open_stdin, order.stdin) = (capture, true, Some(b"hello\n".to_vec()));
        stage.begin(order);
        stage.heard("asks", "who?");
        assert_eq!(stage.launcher().send(&attempt("asks"), b"ada\n"), Sent::Taken);
        assert_eq!(stage.end().exit, Exit::Code(0));
        // A terminal shows what was typed, too.
        let log = stage.log("asks");
        assert!(log.contains("hello who?\n") && log.ends_with("well, ada\n"), "{capture:?}: {log:?}");
        assert_eq!(log.matches("ada").count() > 1, capture == Capture::Tty, "{log:?}");
        assert_eq!(stage.launcher().send(&attempt("asks"), b"more\n"), Sent::Closed, "{capture:?}");
    }
}

#[test]
fn who_closes_its_input_or_does_not_read_it_is_sent_no_more() {
    let mut stage = Stage::new();
    let mut order = stage.order("deaf", "exec 0<&-; echo closed; sleep 1000");
    order.open_stdin = true;
    stage.begin(order);
    stage.heard("deaf", "closed");
    until("its closed input to be noticed", || {
        let sent = stage.launcher().send(&attempt("deaf"), b"x\n");
        sent == Sent::Closed
    });
    let mut order = stage.order("busy", "echo up; sleep 1000");
    order.open_stdin = true;
    stage.begin(order);
    stage.heard("busy", "up");
    let line = vec![b'x'; 16 * 1024];
    let mut taken = 0;
    until("its pipe to be full", || {
        let sent = stage.launcher().send(&attempt("busy"), &line);
        taken += usize::from(sent == Sent::Taken);
        sent == Sent::Full
    });
    assert!(taken <= 16, "no more than a pipe holds and four lines: {taken}");
}

#[test]
fn a_log_is_looked_into_before_its_end_is_told() {
    let mut stage = Stage::new();
    let summary = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out";
    let long = "i=0; while [ $i -lt 20 ]; do head -c 4096 /dev/zero | tr '\\0' x; echo; i=$((i+1)); done";
    for (task, script, patterns, expected) in [
        ("bad", "echo well; echo ERROR: no".to_owned(), "^ERROR", Some("ERROR: no")),
        ("good", "echo all ERRORs are gone".to_owned(), "^ERROR", None),
        ("long", format!("{long}; echo ERROR: no; {long}"), "^ERROR", Some("ERROR: no")),
        ("broken", "true".to_owned(), "(", Some("fail_on can't be used: ")),
        ("failed", "echo ERROR: no; exit 1".to_owned(), "^ERROR", None),
    ] {
        for capture in [Capture::Pipe, Capture::File] {
            let mut order = stage.order(task, &format!("{script}; code=$?; echo '{summary}'; exit $code"));
            if task == "failed" {
                order = stage.order(task, &format!("echo '{summary}'; {script}"));
            }
            (order.fail_on, order.capture) = (vec![patterns.to_owned()], capture);
            let end = stage.run(order);
            let found = end.failure.as_deref();
            assert!(found.is_some() == expected.is_some(), "{task}: {found:?}");
            assert!(found.unwrap_or_default().starts_with(expected.unwrap_or_default()), "{task}: {found:?}");
            assert_eq!(end.tests, Some(TestCounts { passed: 3, failed: 0, skipped: 1 }), "{task}");
        }
    }
}

#[test]
fn input_bytes_are_given_whole_and_then_closed() {
    let mut stage = Stage::new();
    let mut order = stage.order("fed", "wc -c");
    order.stdin = Some(vec![b'x'; 1_000_000]);
    stage.run(order);
    assert_eq!(stage.log("fed").trim(), "1000000");
    let mut order = stage.order("full", "exit 4");
    order.stdin = Some(vec![b'x'; 1_000_000]);
    assert_eq!(stage.run(order).exit, Exit::Code(4));
}

#[test]
fn the_environment_is_what_was_ordered_and_nothing_else() {
    let mut stage = Stage::new();
    let mut order = stage.order("env", "");
    order.argv = vec!["/usr/bin/env".to_owned()];
    order.env.insert("ODD".to_owned(), "a b=c\nd".to_owned());
    let expected = format!("ODD=a b=c\nd\nPATH={}\n{MARK}={}\n", order.env["PATH"], stage.mark("env"));
    stage.run(order);
    let mut lines: Vec<String> = stage.log("env").lines().map(str::to_owned).collect();
    let mut expected: Vec<&str> = expected.lines().collect();
    lines.sort();
    expected.sort_unstable();
    assert_eq!(lines, expected);
}

#[test]
fn a_child_has_its_own_mask_and_no_descriptor_of_ours_and_its_log_is_private() {
    let mut stage = Stage::new();
    // As many as a child has that inherits only what this process was itself given by mistake.
    let plain = Command::new("/bin/ls").arg("/proc/self/fd").stdin(Stdio::null()).output().unwrap();
    let descriptors = String::from_utf8(plain.stdout).unwrap().lines().count();
    for (mask, mode) in [(0o022, "644"), (0o007, "660"), (0o077, "600")] {
        let mut order =
            stage.order("mask", "rm -f made; : > made; stat -c %a made; ls /proc/self/fd | wc -l");
        order.umask = mask;
        stage.run(order);
        assert_eq!(stage.log("mask"), format!("{mode}\n{descriptors}\n"));
        for path in [stage.log_path("mask"), plandeck::logs::index_path(&stage.log_path("mask"))] {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}

#[test]
fn both_streams_are_heard_in_their_order() {
    let mut stage = Stage::new();
    let text = stage.say("for i in 1 2 3 4 5; do echo o$i; echo e$i >&2; done");
    assert_eq!(text, "o1\ne1\no2\ne2\no3\ne3\no4\ne4\no5\ne5\n");
    let index = Index::read(&stage.log_path("say")).unwrap();
    assert!(index.chunks.iter().all(|chunk| chunk.stream == Stream::Both));
}

#[test]
fn any_bytes_are_kept_as_they_are() {
    let mut stage = Stage::new();
    let end = stage.run(stage.order("raw", r"printf 'a\000b\377\376c\r\n\033[31m'"));
    assert_eq!(end, clean(Exit::Code(0), 13));
    assert_eq!(fs::read(stage.log_path("raw")).unwrap(), b"a\0b\xff\xfec\r\n\x1b[31m");
}

#[test]
fn split_streams_are_known_in_the_side_index() {
    let mut stage = Stage::new();
    let mut order = stage.order("split", "echo out; until [ -e go ]; do sleep 0.01; done; echo err >&2");
    order.capture = Capture::Split;
    stage.begin(order);
    stage.heard("split", "out");
    fs::write(stage.folder.path().join("go"), "").unwrap();
    assert_eq!(stage.end(), clean(Exit::Code(0), 8));
    assert_eq!(stage.log("split"), "out\nerr\n");
    let index = Index::read(&stage.log_path("split")).unwrap();
    let streams = [0, 3, 4, 7].map(|offset| index.at(offset).unwrap().stream);
    assert_eq!(streams, [Stream::Out, Stream::Out, Stream::Err, Stream::Err]);
}

#[test]
fn a_terminal_is_a_terminal_and_changes_no_byte() {
    let mut stage = Stage::new();
    let script = "test -t 1 && test -t 2 && echo terminal; test -t 0 || echo no input; stty size <&1";
    let mut order = stage.order("tty", script);
    order.capture = Capture::Tty;
    assert_eq!(stage.run(order), clean(Exit::Code(0), 9 + 9 + 6));
    assert_eq!(stage.log("tty"), "terminal\nno input\n24 80\n");
}

#[test]
fn much_output_through_a_terminal_is_heard_to_the_last_byte() {
    let mut stage = Stage::new();
    let mut order = stage.order("tty", "head -c 3000000 /dev/zero; echo end");
    order.capture = Capture::Tty;
    assert_eq!(stage.run(order), clean(Exit::Code(0), 3_000_004));
    assert_eq!(last_lines(&stage.log_path("tty"), 1, 4), ["end"]);
}

#[test]
fn a_child_may_hold_the_log_itself() {
    let mut stage = Stage::new();
    let mut order = stage.order("file", "echo one; echo two >&2; until [ -e go ]; do sleep 0.01; done");
    order.capture = Capture::File;
    stage.begin(order);
    stage.heard("file", "two");
    assert!(stage.launcher().last_output(&attempt("file")).is_some());
    fs::write(stage.folder.path().join("go"), "").unwrap();
    assert_eq!(stage.end(), clean(Exit::Code(0), 8));
    assert_eq!(stage.log("file"), "one\ntwo\n");
    let mut order = stage.order("long", "head -c 1000000 /dev/zero; echo end");
    order.capture = Capture::File;
    order.max_log_bytes = 1000;
    assert_eq!(stage.run(order), clean(Exit::Code(0), 1_000_004));
    assert!(stage.log("long").contains("\n… 999004 bytes dropped …\n"));
}

#[test]
fn a_log_keeps_its_head_and_its_newest_tail() {
    let mut stage = Stage::new();
    let mut order =
        stage.order("long", "echo first; head -c 5000000 /dev/zero | tr '\\0' x; echo; echo last");
    order.max_log_bytes = 100_000;
    assert_eq!(stage.run(order), clean(Exit::Code(0), 5_000_012));
    let text = stage.log("long");
    let (head, tail) = text.split_once("\n… ").unwrap();
    let (dropped, tail) = tail.split_once(" bytes dropped …\n").unwrap();
    assert_eq!(head.len(), 50_000);
    assert!(head.starts_with("first\nxxx"));
    assert!(tail.ends_with("xxx\nlast\n"));
    assert!((25_000..=50_000).contains(&tail.len()), "{}", tail.len());
    assert_eq!(dropped.parse::<usize>().unwrap(), 5_000_012 - head.len() - tail.len());
    assert_eq!(last_lines(&stage.log_path("long"), 1, 100), ["last"]);
    let pattern = [regex::Regex::new("^… .* dropped").unwrap()];
    assert!(find_pattern(&stage.log_path("long"), &pattern).unwrap().is_some());
}

#[test]
fn the_last_output_is_when_it_printed_last() {
    let mut stage = Stage::new();
    let go = stage.folder.path().join("go");
    assert_eq!(stage.launcher().last_output(&attempt("a")), None);
    stage.begin(
        stage.order(
            "a",
            "until [ -e go ]; do sleep 0.01; done; echo now; until [ -e end ]; do sleep 0.01; done",
        ),
    );
    let silent = stage.launcher().last_output(&attempt("a")).unwrap();
    fs::write(go, "").unwrap();
    until("a newer sign", || stage.launcher.as_ref().unwrap().last_output(&attempt("a")).unwrap() > silent);
    fs::write(stage.folder.path().join("end"), "").unwrap();
    stage.end();
}

#[test]
fn a_stop_reaches_the_group_and_leaves_time_for_last_words() {
    let mut stage = Stage::new();
    stage.begin(stage.order("a", "trap 'echo bye; exit 9' TERM; echo up; while :; do sleep 0.05; done"));
    stage.heard("a", "up");
    stage.launcher().stop(&attempt("a"));
    assert_eq!(stage.end().exit, Exit::Code(9));
    assert!(stage.log("a").ends_with("bye\n"));
}

#[test]
fn a_child_that_was_stopped_by_a_signal_can_still_be_ended() {
    let mut stage = Stage::new();
    let process = stage.begin(stage.order("a", "echo up; kill -STOP $$; echo never"));
    stage.heard("a", "up");
    until("the child to stand still", || {
        fs::read_to_string(format!("/proc/{}/stat", process.pid)).unwrap().contains(") T ")
    });
    stage.launcher().stop(&attempt("a"));
    assert_eq!(stage.end().exit, Exit::Signal(15));
}

#[test]
fn who_ignores_term_is_killed() {
    let mut stage = Stage::new();
    stage.begin(stage.order("a", "trap '' TERM; echo up; while :; do sleep 0.05; done"));
    stage.heard("a", "up");
    stage.launcher().stop(&attempt("a"));
    stage.launcher().kill(&attempt("a"));
    assert_eq!(stage.end(), clean(Exit::Signal(9), 3));
    stage.no_more_reports();
}

#[test]
fn killing_one_attempt_leaves_the_other_alone() {
    let mut stage = Stage::new();
    let script = "sleep 1000 & echo up; wait";
    let one = stage.begin(stage.order("one", script));
    let other = stage.begin(stage.order("one-more", script));
    stage.heard("one", "up");
    stage.heard("one-more", "up");
    stage.launcher().kill(&attempt("one"));
    assert_eq!(stage.report(), Report::Ended { attempt: attempt("one"), end: clean(Exit::Signal(9), 3) });
    assert!(!is_alive(&one));
    assert!(is_alive(&other));
    assert_eq!(children::alive(&stage.mark("one-more")).len(), 2);
    stage.launcher().kill(&attempt("one-more"));
    assert_eq!(stage.end().exit, Exit::Signal(9));
}

#[test]
fn one_launcher_runs_a_hundred_at_once() {
    let mut stage = Stage::new();
    for number in 0..100 {
        let order = stage.order(&format!("t{number}"), &format!("echo {number}; exit {number}"));
        stage.launcher().launch(order);
    }
    let mut ended = 0;
    while ended < 100 {
        let Report::Ended { attempt, end } = stage.report() else { continue };
        let number = &attempt.task.as_str()[1..];
        assert_eq!(end.exit, Exit::Code(number.parse().unwrap()));
        assert_eq!(stage.log(attempt.task.as_str()), format!("{number}\n"));
        ended += 1;
    }
}

#[test]
fn dropping_the_launcher_kills_what_runs_and_reports_it() {
    let mut stage = Stage::new();
    let process = stage.begin(stage.order("a", "sleep 1000"));
    drop(stage.launcher.take());
    assert_eq!(stage.end().exit, Exit::Signal(9));
    assert!(!is_alive(&process));
}

#[test]
fn what_a_lost_run_left_is_found_by_its_mark_and_nobody_else() {
    let mut stage = Stage::new();
    let mine = stage.begin(stage.order("a", "setsid sleep 1000 & echo up; wait"));
    stage.heard("a", "up");
    let mut order = stage.order("b", "sleep 1000");
    order.env.insert(MARK.to_owned(), format!("x{}", stage.mark("a")));
    let other = stage.begin(order);
    assert_eq!(kill_marked(&stage.prefix()), []);
    assert_eq!(stage.end().exit, Exit::Signal(9));
    assert!(!is_alive(&mine));
    assert_eq!(identity(other.pid), Some(other));
    stage.launcher().kill(&attempt("b"));
    stage.end();
}
