//! How a plan is moved on: recipes become a frozen specification, an outcome becomes advice. Pure.
//!
//! It launches nothing, and knows no journal and no terminal. What it has to know of the workspace
//! (which scripts exist, where programs are) it says in [`wanted`], and is given as [`Facts`].

mod advice;
mod ask;
mod builtin;
mod doer;
mod fill;
mod item;
mod params;
mod propose;
mod recipe;
mod resume;
mod retry;
mod session;
mod specify;
mod task;
mod template;
mod units;
mod whole;
mod wire;

#[cfg(test)]
mod tests;

pub use advice::{Failure, Sign, advice_for_refusal, advise, signs};
pub use ask::{Ask, Facts, Stamp, Wanted, wanted};
pub use builtin::{names, needs, needs_plan};
pub use doer::{allow_commands, held_commands};
pub use item::find_item;
pub use params::read_value;
pub use propose::{Product, Proposal};
pub use recipe::RecipeFrom;
pub use resume::resume;
pub use retry::{Again, retry};
pub use specify::{propose, specify};
pub use template::{SectionFacts, Template, render};
pub use whole::documents;
