//! What follows for every dialect alike: ready, blocked, circles, dangling needs, double ids, the
//! plan's own state.

use super::types::Plan;

/// Derives what the reader left open.
pub fn settle(_plan: &mut Plan) {}
