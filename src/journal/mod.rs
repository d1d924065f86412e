//! What is remembered: runs, events, requests. SQLite; the only truth about runs.
//!
//! Readers hold a cursor. Log bytes never pass through here.
