//! A plan together with what can be done about it now.

use crate::{
    ids::ItemId,
    plan::{self, Item, Next, Plan},
};

/// A plan and what is next in it.
#[derive(Clone, Debug)]
pub struct Outlook<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What can be done now, best first.
    pub next: Vec<Next>,
    /// The items that could run side by side now.
    pub group: Vec<ItemId>,
}

impl<'a> Outlook<'a> {
    /// Asks the plan what is next.
    #[must_use]
    pub fn of(plan: &'a Plan) -> Self {
        let group = plan::runnable_group(plan).into_iter().map(|item| item.id.clone()).collect();
        Self { plan, next: plan::next(plan), group }
    }

    /// The items of [`Outlook::group`].
    pub(super) fn group_items(&self) -> Vec<&'a Item> {
        self.group.iter().filter_map(|id| self.plan.item(id)).collect()
    }
}
