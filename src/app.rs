//! Builds the parts and joins them. Decides nothing, prints nothing, holds no state.
