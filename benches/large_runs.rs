//! What running costs: layered graphs of `true`, two at a time, through the whole program beside `make`:
//! the run's creation, its history and what its plan says afterwards included.

#[path = "shapes/timing.rs"]
mod timing;

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use timing::{median, timed};

const PLANDECK: &str = env!("CARGO_BIN_EXE_plandeck");
const ROUNDS: usize = 3;

/// Every task needs up to three of the layer before it.
fn needs(task: usize, width: usize) -> Vec<usize> {
    let Some(layer) = (task / width).checked_sub(1) else { return Vec::new() };
    (0..3.min(width)).map(|step| layer * width + (task + step * 7) % width).collect()
}

/// The same graph for both: a makefile, and a plan with a recipe that runs `true`.
fn write(folder: &Path, tasks: usize) -> std::io::Result<()> {
    let width = tasks.isqrt().max(2);
    let (mut rules, mut items) = (String::new(), Vec::with_capacity(tasks));
    for task in 0..tasks {
        let needs = needs(task, width);
        let names: String = needs.iter().fold(String::new(), |mut names, need| {
            // Writing to a string never fails.
            let _ = write!(names, " t{need}");
            names
        });
        let _ = writeln!(rules, "t{task}:{names}\n\t@/bin/true");
        let ids: Vec<usize> = needs.iter().map(|need| need + 1).collect();
        items.push(serde_json::json!({
            "id": task + 1, "title": format!("Task {task}"), "status": "pending", "dependencies": ids
        }));
    }
    let all: Vec<String> = (0..tasks).map(|task| format!("t{task}")).collect();
    fs::write(folder.join("Makefile"), format!("all: {0}\n.PHONY: all {0}\n{rules}", all.join(" ")))?;
    fs::create_dir_all(folder.join(".taskmaster/tasks"))?;
    let plan = serde_json::json!({ "master": { "tasks": items } });
    fs::write(folder.join(".taskmaster/tasks/tasks.json"), format!("{plan:#}\n"))?;
    fs::write(folder.join("plandeck.toml"), "[workflow.task]\ncommand = [\"/bin/true\"]\n")
}

fn run(program: &str, arguments: &[&str], folder: &Path) {
    let mut command = Command::new(program);
    let command = command.args(arguments).current_dir(folder).stdout(Stdio::null());
    assert!(command.status().is_ok_and(|it| it.success()), "{program} in {}", folder.display());
}

#[expect(clippy::print_stdout, reason = "a measurement is told to whoever runs it")]
fn main() {
    for tasks in [100, 1_000, 10_000] {
        let mut times: [Vec<Duration>; 2] = Default::default();
        for _ in 0..ROUNDS {
            let folder = tempfile::tempdir().expect("a folder");
            write(folder.path(), tasks).expect("the graph");
            times[0].push(timed(|| run("make", &["-j2"], folder.path())));
            let all = ["run", "create", "all", "--slots", "2", "--wait"];
            times[1].push(timed(|| run(PLANDECK, &all, folder.path())));
        }
        let [make, ours] = times.map(median);
        println!(
            "{tasks} tasks: make -j2 {make:.1?}; plandeck {ours:.1?}, {:.2} of it",
            ours.as_secs_f64() / make.as_secs_f64()
        );
    }
}
