//! What a person asked for: plans, items, problems, in one vocabulary for every dialect.
//!
//! Pure. Nothing here opens a file or asks the time: a reader is given a [`listing::Listing`] and
//! gives back plans with their problems beside them. It is not the place that decides which files
//! belong to a workspace (`workspace`), nor what to launch for an item (`workflow`).

mod differ;
mod edit;
pub mod frontmatter;
mod graph;
pub mod hands;
mod json;
pub mod listing;
pub mod markdown;
mod memory;
mod next;
mod order;
pub mod problem;
pub mod proof;
mod read;
pub mod readers;
mod settle;
mod types;

pub use differ::{ChangeKind, ItemChange, PlanChange, differences};
pub use edit::{
    Change, Failed, LineEdit, Mend, NoEdit, Record, SetStates, beside, complete_session, mends,
    says_how_it_stands, set_state, set_states, texts_for,
};
pub use graph::{Saving, saving, waves};
pub use memory::Memory;
pub use next::{Next, next, runnable_group};
pub use order::{Company, Edge, Inner, Model, Order, Phase, Stated};
pub use read::{ALSO_WALKED, ROOTS, Selection, dialect_wants, read_as, read_path, read_workspace};
pub use settle::{settle, settle_all, unique_plans};
pub use types::{
    Action, Dialect, Document, DocumentKind, Executions, Group, Hours, Item, ItemState, Place, Plan,
    PlanState, Progress,
};
