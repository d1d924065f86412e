//! Real plan files against counts that a separate program made of them.
//!
//! Runs only where `PLANDECK_CORPUS` names the folder of the files; `TRUTH.tsv` stands beside it.
//! Without it the tests have nothing to compare and pass.

#[path = "corpus/compozy.rs"]
mod compozy;
#[path = "corpus/speckit.rs"]
mod speckit;
#[path = "corpus/truth.rs"]
mod truth;
