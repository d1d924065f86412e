//! How a plan is moved on: recipes become a frozen specification, an outcome becomes advice. Pure.
//!
//! It launches nothing, and knows no journal and no terminal.
