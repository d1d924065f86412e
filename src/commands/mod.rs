//! One file a verb. The shell and the deck run the same verbs.

pub mod demo;
