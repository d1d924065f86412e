//! Builds the parts and joins them. Decides nothing, prints nothing but what kept it from starting,
//! holds no state.

mod context;
mod demo;
mod replay;
mod start;

pub use start::run;
