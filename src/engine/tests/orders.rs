//! What a child is launched with.

use std::fs;

use super::*;
use crate::{
    process::launcher::Order,
    run::{LaunchFailure, Outcome},
};

/// The order of a task, or why there is none.
fn order_of(task: Value) -> Result<Order, Outcome> {
    let mut theatre = Theatre::with(json!({ "tasks": [task], "umask": 0o027 }), |_| {});
    theatre.play();
    let mut orders = theatre.cast.orders();
    orders.pop().ok_or_else(|| {
        let record = theatre.journal().run(run_id()).unwrap().unwrap();
        record.tasks[0].attempts[0].ending.clone().unwrap().outcome
    })
}

#[test]
fn the_environment_is_what_the_recipe_passes_and_sets_and_nothing_else() {
    let task = json!({
        "name": "a", "pass_env": ["LC_*", "HOME", "NOT_THERE"],
        "env": { "MODE": "fast", "HOME": "/tmp", "PLANDECK_ATTEMPT": "mine" }
    });
    let order = order_of(task).unwrap();
    let env: Vec<_> = order.env.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let workspace = order.cwd.display();
    assert_eq!(
        env,
        [
            "HOME=/tmp".to_owned(),
            "LC_ALL=C".to_owned(),
            "LC_TIME=de".to_owned(),
            "MODE=fast".to_owned(),
            "PLANDECK_ATTEMPT=0193e3f0-7c5a-7abc-8def-0123453f9c2a/a/1".to_owned(),
            "PLANDECK_ATTEMPT_NUMBER=1".to_owned(),
            "PLANDECK_RUN=0193e3f0-7c5a-7abc-8def-0123453f9c2a".to_owned(),
            "PLANDECK_TASK=a".to_owned(),
            format!("PLANDECK_WORKSPACE={workspace}"),
        ]
    );
}

#[test]
fn an_order_holds_everything_that_was_specified() {
    let task = json!({ "name": "a", "argv": ["/bin/echo", "a b"], "stdin": "yes\n", "leave_running": true });
    let order = order_of(task).unwrap();
    assert_eq!(order.argv, ["/bin/echo", "a b"]);
    assert_eq!(order.stdin.as_deref(), Some(&b"yes\n"[..]));
    assert!(order.leave_running);
    assert_eq!((order.umask, order.max_log_bytes), (0o027, 1_000_000));
    assert!(order.log.ends_with("logs/a.1.log"));
}

#[test]
fn a_bare_name_is_looked_up_and_a_missing_one_is_named() {
    let sh = order_of(json!({ "name": "a", "argv": ["sh", "-c", "true"], "pass_env": ["PATH"] })).unwrap();
    assert!(sh.argv[0].ends_with("/sh"), "{:?}", sh.argv);
    let missing = order_of(json!({ "name": "a", "argv": ["no-such-program-here"] }));
    let why = LaunchFailure::NotFound { program: "no-such-program-here".to_owned() };
    assert_eq!(missing, Err(Outcome::FailedToStart { why }));
    assert!(order_of(json!({ "name": "a", "argv": [] })).is_err());
}

#[test]
fn nothing_runs_outside_of_the_workspace() {
    let outside = order_of(json!({ "name": "a", "cwd": "/" }));
    let Err(Outcome::FailedToStart { why: LaunchFailure::System { message } }) = outside else {
        panic!("{outside:?}")
    };
    assert!(message.starts_with("the working directory / is outside of "), "{message}");
    let why = LaunchFailure::NoDirectory { cwd: "/no/such/place".to_owned() };
    assert_eq!(
        order_of(json!({ "name": "a", "cwd": "/no/such/place" })),
        Err(Outcome::FailedToStart { why })
    );
}

#[test]
fn a_folder_inside_is_entered_and_a_file_is_none() {
    let mut theatre = Theatre::with(
        json!({ "tasks": [
            { "name": "wait" },
            { "name": "in", "cwd": "sub", "needs": ["wait"] },
            { "name": "file", "cwd": "file", "needs": ["wait"] },
        ]}),
        |cast| {
            cast.script(attempt("wait", 1), Part::exits(Duration::from_secs(1), 0));
        },
    );
    fs::create_dir(theatre.workspace.path().join("sub")).unwrap();
    fs::write(theatre.workspace.path().join("file"), "").unwrap();
    assert_eq!(theatre.play(), Verdict::Failed);
    let orders = theatre.cast.orders();
    assert_eq!(orders.len(), 2);
    assert_eq!(orders[1].cwd, theatre.workspace.path().join("sub"));
}
