//! The only terminal: what is printed, asked and painted goes through a [`Screen`].
//!
//! It decides nothing and knows no plan. Two implementations: the terminal and a recording one.

/// Where text goes and answers come from.
pub trait Screen {}
