//! plandeck: an interactive dashboard REPL for plans that live as files.
//!
//! Start with [`plan`] (what a person asked for) and [`run`] (what happened); then [`schedule`],
//! which decides, [`engine`], which does, and [`view`], which shows. `ARCHITECTURE.md` draws the
//! floors; `tests/floors.rs` keeps them.

pub mod clock;
pub mod ids;
pub mod text;

pub mod cli;
pub mod config;

pub mod logs;
pub mod plan;
pub mod run;
pub mod screen;

pub mod process;

pub mod workspace;

pub mod journal;
pub mod schedule;
pub mod view;
pub mod workflow;

pub mod engine;
pub mod perform;
pub mod render;

pub mod control;

pub mod commands;

pub mod repl;
pub mod tui;

pub mod app;
