//! What happens next. Pure: time comes in, events and effects go out.
//!
//! No I/O, no clock, no randomness, no async. It knows nothing of plans or processes.
