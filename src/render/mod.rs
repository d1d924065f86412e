//! How it looks, as text: a view, a width and a style go in, a string comes out.
//!
//! Also the public JSON, written by hand in one place (`json.rs`).
