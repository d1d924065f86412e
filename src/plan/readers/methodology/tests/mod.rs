//! An invented workspace, written as text, with every irregularity that real ones have.

mod files;
mod layout;
mod properties;
mod states;
mod texts;

use super::READER;
use crate::{
    clock::Timestamp,
    ids::{ItemId, PlanId},
    plan::{
        Item, Plan,
        listing::{Content, Entry, Listing},
        problem::Code,
        readers::{Reading, Scope},
        settle_all,
    },
};

/// A plan of a tide pool with two priorities and three achievements, without an index.
const POOL: &str = "\
# PLAN: Tide Pool

**Status**: 🚀 Ready to Execute
**Goal**: Keep the crabs happy

---

## 🎯 Desirable Achievements

### Priority 1: CRITICAL - Water

**Achievement 1.1**: Pump Runs

- Goal: Move the water
- Effort: 3-4 hours

**Achievement 1.2**: Filter Fits

- Effort: 30 minutes

### Priority 2: HIGH - Life

**Achievement 2.1**: Crabs Settle
";

const DONE: &str = "# EXECUTION_TASK: x\n\n**Status**: ✅ Complete\n\n---\n";
const OPEN: &str = "# EXECUTION_TASK: x\n\n**Status**: 🔄 In Progress\n\n---\n";

fn pool() -> Listing {
    Listing::new().with("work-space/plans/POOL/PLAN_POOL.md", POOL)
}

/// A file of the plan POOL, by its path in the plan's folder.
trait WithPool {
    fn pool(self, path: &str, text: &str) -> Self;
}

impl WithPool for Listing {
    fn pool(self, path: &str, text: &str) -> Self {
        self.with(&format!("work-space/plans/POOL/{path}"), text)
    }
}

fn read(listing: &Listing) -> Reading {
    read_in(listing, &Scope::Workspace)
}

fn read_in(listing: &Listing, scope: &Scope) -> Reading {
    let mut reading = (READER.read)(listing, scope);
    settle_all(&mut reading);
    reading
}

fn plan(listing: &Listing, id: &str) -> Plan {
    let reading = read(listing);
    let found = reading.plans.iter().find(|plan| plan.id == PlanId::from(id));
    found.unwrap_or_else(|| panic!("no {id} among {:?}", ids(&reading))).clone()
}

fn ids(reading: &Reading) -> Vec<&str> {
    reading.plans.iter().map(|plan| plan.id.as_str()).collect()
}

fn item(plan: &Plan, id: &str) -> Item {
    plan.item(&ItemId::from(id)).expect("the item").clone()
}

/// `id state raw` of every item.
fn states(plan: &Plan) -> Vec<String> {
    let line = |item: &Item| {
        format!("{} {} ({})", item.id, item.state.word(), item.raw_state.as_deref().unwrap_or_default())
    };
    plan.items.iter().map(line).collect()
}

fn item_ids(plan: &Plan) -> Vec<&str> {
    plan.items.iter().map(|item| item.id.as_str()).collect()
}

/// `code: message` of every problem of these codes.
fn said(plan: &Plan, codes: &[Code]) -> Vec<String> {
    let problems = plan.problems.iter().filter(|problem| codes.contains(&problem.code));
    problems.map(|problem| format!("{}: {}", problem.place, problem.message)).collect()
}

fn codes(plan: &Plan) -> Vec<&str> {
    plan.problems.iter().map(|problem| problem.code.word()).collect()
}

fn at(mut listing: Listing, path: &str, content: Content, millis: i64) -> Listing {
    let modified = Some(Timestamp::from_millis(millis));
    listing.insert(path, Entry::plain(modified, 1, content));
    listing
}
