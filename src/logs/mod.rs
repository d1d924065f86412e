//! What the work said: log files and their side index, following them to the true end, and what
//! their last lines tell.
//!
//! Bytes and offsets; it knows no run.
