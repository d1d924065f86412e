//! A container's state follows from its parts.

use super::parents::Parents;
use crate::plan::{ItemState, Plan};

/// What a container's parts add up to.
#[derive(Clone, Copy, Default)]
struct Parts {
    total: usize,
    done: usize,
    skipped: usize,
    fixes: usize,
    reviews: usize,
    running: usize,
    ready: usize,
    unknown: usize,
}

impl Parts {
    fn add(&mut self, state: ItemState) {
        self.total += 1;
        match state {
            ItemState::Done => self.done += 1,
            ItemState::Skipped => self.skipped += 1,
            ItemState::NeedsFix => self.fixes += 1,
            ItemState::InReview => self.reviews += 1,
            ItemState::InProgress => self.running += 1,
            ItemState::Ready => self.ready += 1,
            ItemState::Unknown => self.unknown += 1,
            ItemState::Pending | ItemState::Blocked => {}
        }
    }

    fn sentence(self) -> String {
        match self.skipped {
            0 => format!("{} of its {} parts are done", self.done, self.total),
            skipped => format!("{} of its {} parts are done, {skipped} skipped", self.done, self.total),
        }
    }

    const fn state(self) -> ItemState {
        match self {
            Self { total, skipped, .. } if skipped == total => ItemState::Skipped,
            Self { total, done, skipped, .. } if done + skipped == total => ItemState::Done,
            Self { fixes: 1.., .. } => ItemState::NeedsFix,
            Self { reviews: 1.., .. } => ItemState::InReview,
            Self { running: 1.., .. } | Self { done: 1.., .. } => ItemState::InProgress,
            Self { ready: 1.., .. } => ItemState::Ready,
            Self { unknown: 1.., .. } => ItemState::Unknown,
            _ => ItemState::Blocked,
        }
    }
}

pub(super) fn derive(plan: &mut Plan, parents: &Parents) {
    let mut parts = vec![Parts::default(); plan.items.len()];
    for &at in &parents.inner_first {
        if plan.items[at].container {
            let sum = parts[at];
            let item = &mut plan.items[at];
            item.state = sum.state();
            item.why = sum.sentence();
        }
        if let Some(parent) = parents.of(at) {
            parts[parent].add(plan.items[at].state);
        }
    }
}
