//! Looking after the state folder: is everything that is remembered sound, and does nothing live that
//! should not? It repairs what can be repaired without losing anything, and says what it did.

mod finding;
mod folder;
mod journal;
mod machine;
mod orphans;
mod runs;

pub use finding::{Finding, Standing};

use super::{error::Error, open::Parts};

/// Looks at everything of a workspace's state; with `repair` it also mends what it safely can.
///
/// Where nothing was ever run there is nothing to look at, and nothing is made.
///
/// # Errors
/// When the state folder can't be read at all; any other trouble is a finding.
pub fn examine(parts: &Parts, repair: bool) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    if parts.state.root().exists() {
        folder::permissions(&parts.state, repair, &mut findings);
        folder::room(&parts.state, &mut findings);
        if let Some(mut control) = journal::examine(parts, repair, &mut findings)? {
            runs::lost(&mut control, &mut findings)?;
            orphans::examine(&mut control, repair, &mut findings)?;
            runs::spools(&mut control, repair, &mut findings)?;
            runs::survivors(&control, repair, &mut findings)?;
        }
    } else {
        findings.push(Finding::fine("state", "nothing was run here yet"));
    }
    machine::examine(parts, &mut findings);
    Ok(findings)
}
