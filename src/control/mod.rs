//! What can be asked of runs: create, cancel, wait, follow, recover. Starts supervisors, leaves requests.
//!
//! It knows no terminal and no socket.
