//! Settings: defaults, files, environment and flags, read once, each value with where it came from.
//!
//! The only place that reads the environment. It decides nothing about plans or runs.
