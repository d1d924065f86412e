//! What follows for every dialect alike: unique ids, circles, dangling needs, ready and blocked,
//! the states of containers and of the plan as a whole, with the *why* of each.
//!
//! A reader says what its files say; what that means for the other items is said here, once, so
//! that no two dialects and no two screens are judged by different rules.

mod containers;
mod parents;
mod ready;
mod steps;
mod unique;
mod warnings;
mod whole;

#[cfg(test)]
mod tests;

pub use steps::{settle, settle_all};
pub use unique::unique_plans;
