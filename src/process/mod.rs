//! One child, from launch to last byte.
//!
//! The only room, beside a server, that is async. It launches, copies output to log files, signals,
//! sweeps what a child leaves behind, and reports. It decides nothing: not even what a timeout is.

pub mod launcher;
pub mod scripted;
pub mod system;

mod aside;
mod procfs;
mod program;
mod sweep;

pub use aside::tell_aside;
pub use procfs::{identity, is_alive, marked};
pub use program::{diagnose, find_program};
pub use sweep::{become_subreaper, kill_marked};
