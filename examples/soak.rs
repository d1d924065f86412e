//! Kills faces and supervisors at random moments, as often as it is told to, and reports what became of
//! the runs: `cargo run --release --example soak -- path/to/plandeck 1000 [seed [workspaces]]`.
//!
//! It ends with a panic as soon as a promise is broken.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a soak may panic, and prints what it found")]

#[path = "../tests/durability/chaos.rs"]
mod chaos;

use std::path::PathBuf;

use chaos::Tally;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().map(PathBuf::from).expect("the path of the program");
    let rounds: usize = arguments.next().map_or(100, |it| it.parse().expect("a number of rounds"));
    let seed: u64 = arguments.next().map_or(20_261_121, |it| it.parse().expect("a seed"));
    let arenas: usize = arguments.next().map_or(6, |it| it.parse().expect("a number of workspaces"));
    let heard = |tally: &Tally| {
        if tally.rounds.is_multiple_of(50) {
            println!(
                "{} rounds: {} answered, {} supervisors killed",
                tally.rounds, tally.answered, tally.killed
            );
        }
    };
    let tally = chaos::rounds(&program.canonicalize().unwrap(), rounds, arenas, seed, heard);
    println!("{tally:#?}");
    println!("inspected: {arenas} journals are sound, nothing was left running, nothing answered was lost");
}
