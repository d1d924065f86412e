//! What reading plans costs: files read and parsed by one thread and by two, beside ripgrep looking for
//! the same checkboxes in the same warm tree; ten thousand items in one file; how both grow; and what a
//! second look costs at ten thousand files of which none has changed, or one.

mod shapes;

use std::{
    fs,
    hint::black_box,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use plandeck::{
    clock::Timestamp,
    plan::{ALSO_WALKED, Memory, ROOTS, Selection, listing::Listing, read_workspace},
    workspace::{Before, Bounds, Scan},
};
use shapes::timing::{median, timed};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Times that each side of a comparison is measured, in turn.
const ROUNDS: usize = 15;

/// Reads a workspace and gives back how many items there are.
fn read(root: &Path, threads: usize) -> usize {
    let selection = Selection::default();
    let wants = |path: &str| selection.wants(path);
    let folders = [ROOTS, ALSO_WALKED].concat();
    let bounds = Bounds { threads, ..Bounds::default() };
    let scanned = Scan { root, folders: &folders, wants: &wants, bounds }.run();
    let reading = read_workspace(&scanned.listing, &selection);
    black_box(&reading).plans.iter().map(|plan| plan.items.len()).sum()
}

/// One look with what those before it remember; false when it has seen the same as the last one.
fn look(root: &Path, memory: &Arc<Memory>, last: &mut Option<u64>) -> bool {
    let selection = Selection::default();
    let wants = |path: &str| selection.wants(path);
    let folders = [ROOTS, ALSO_WALKED].concat();
    let scan = Scan { root, folders: &folders, wants: &wants, bounds: Bounds::default() };
    // All that has been written by now is old enough to be believed.
    let now = Timestamp::from_millis(i64::MAX / 2);
    let listing = scan.run_after(&Before { texts: memory.texts(), now }).listing;
    let seen = listing.print();
    if seen.is_some() && seen == *last {
        return false;
    }
    memory.begin_look(seen);
    let listing = listing.remembering(Arc::clone(memory));
    black_box(read_workspace(&listing, &selection));
    memory.end_look(&listing);
    *last = seen;
    true
}

#[expect(clippy::print_stdout, reason = "a measurement is told to whoever runs it")]
fn second_looks() {
    for (shape, tree) in [("spec-kit", shapes::speckit(10_000)), ("methodology", shapes::methodology(10_000))]
    {
        let root = tree.path();
        let one = if shape == "spec-kit" {
            "specs/00007-feature/tasks.md"
        } else {
            "work-space/plans/P0007/PLAN_P0007.md"
        };
        let text = fs::read_to_string(root.join(one)).expect("a plan");
        let mut times: [Vec<Duration>; 4] = Default::default();
        for round in 0..ROUNDS / 3 {
            let (memory, mut last) = (Arc::new(Memory::default()), None);
            times[0].push(timed(|| assert!(look(root, &memory, &mut last))));
            times[1].push(timed(|| assert!(!look(root, &memory, &mut last))));
            fs::write(root.join(one), format!("{text}\n{round}\n")).expect("a change");
            times[2].push(timed(|| assert!(look(root, &memory, &mut last))));
            let mut find = Command::new("find");
            find.arg(root).args(["-name", "*.md", "-printf", "%T@ %s %p\\n"]).stdout(Stdio::null());
            times[3].push(timed(|| _ = find.status()));
        }
        let [first, second, changed, find] = times.map(median);
        let ratio = |it: Duration| it.as_secs_f64() / find.as_secs_f64();
        println!(
            "10,000 files, {shape}: first look {first:.1?}; nothing changed {second:.1?} (under 30 ms), {:.2} of find -printf; one plan changed {changed:.1?}, {:.2} of it",
            ratio(second),
            ratio(changed)
        );
    }
}

fn files(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("files of 10 KB");
    group.sample_size(10);
    for count in [20, 200, 2_000] {
        let trees = [("spec-kit", shapes::speckit(count)), ("methodology", shapes::methodology(count))];
        group.throughput(Throughput::Elements(count as u64));
        for (shape, tree) in &trees {
            for threads in [1, 2] {
                let id = BenchmarkId::new(format!("{shape}, threads: {threads}"), count);
                group.bench_function(id, |bencher| bencher.iter(|| read(tree.path(), threads)));
            }
        }
    }
    group.finish();
}

fn items(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("items in one file");
    group.sample_size(10);
    for count in [1_000, 10_000, 100_000] {
        let listing = Listing::new().with("specs/001-much/tasks.md", &shapes::items(count));
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| read_workspace(black_box(&listing), &Selection::default()));
        });
    }
    group.finish();
}

/// One look of ripgrep at the tree; nothing when there is no ripgrep.
fn ripgrep(root: &Path) -> Option<()> {
    let mut command = Command::new("rg");
    command.args(["-c", "^- \\["]).arg(root).stdin(Stdio::null()).stdout(Stdio::null());
    command.status().ok().filter(std::process::ExitStatus::success).map(|_| ())
}

/// Both sides in turn, so that a busy moment hits both.
#[expect(clippy::print_stdout, reason = "a measurement is told to whoever runs it")]
fn beside_ripgrep() {
    for (shape, tree) in [("spec-kit", shapes::speckit(2_000)), ("methodology", shapes::methodology(2_000))] {
        let root = tree.path();
        if ripgrep(root).is_none() {
            println!("no rg on PATH: nothing to compare with");
            return;
        }
        let mut times: [Vec<Duration>; 3] = Default::default();
        for _ in 0..ROUNDS {
            times[0].push(timed(|| _ = ripgrep(root)));
            times[1].push(timed(|| _ = read(root, 1)));
            times[2].push(timed(|| _ = read(root, 2)));
        }
        let [rg, one, two] = times.map(median);
        let ratio = |it: Duration| it.as_secs_f64() / rg.as_secs_f64();
        println!(
            "2,000 files, {shape}: rg {rg:.1?}; one thread {one:.1?}, {:.2} of it (at most 2); two threads {two:.1?}, {:.2} of it (at most 1)",
            ratio(one),
            ratio(two)
        );
    }
}

criterion_group!(benches, files, items);

fn main() {
    beside_ripgrep();
    second_looks();
    benches();
    Criterion::default().configure_from_args().final_summary();
}
