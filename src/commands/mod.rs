//! One file a verb. The shell and the deck run the same verbs.

mod context;
pub mod demo;
mod diff;
mod dispatch;
mod doctor;
mod document;
mod edits;
mod end;
pub mod estimate;
mod export;
mod failure;
mod follow;
mod form;
mod help;
mod launch;
mod logs;
mod own_editor;
mod picker;
mod plan;
mod plans;
mod proof;
mod prune;
mod resume;
mod runs;
mod settings;
mod show_run;
mod status;
mod watch;

pub use context::{Code, Context, Done, Face, read_settings};
pub use dispatch::{Dispatched, ForTheFace, dispatch};
pub use end::{End, ended, verdict_code};
pub use failure::{Failure, causes};
pub use launch::{After, Mode, launch, run_program};
pub use plans::{Plans, Source, load, resolve};
pub use runs::{recover, show_list, wait_for};
pub use status::{board_ids, recent_runs, show_board, show_page};
