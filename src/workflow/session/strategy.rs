//! How a whole plan is run: what was asked for, else what the plan says, else what its dialect means.

use crate::{
    plan::{Dialect, Inner, Model, Plan},
    run::{Chosen, Strategy},
};

/// A strategy with all that has to be decided for it.
pub(super) struct Way {
    pub chosen: Chosen,
    /// What the hard barriers are.
    pub phases: Phases,
    /// How items of one phase, or of the whole where there are none, are run.
    pub inner: Inner,
    /// Which items are companions where [`Inner::Mixed`] runs one after the other.
    pub companions: Companions,
}

/// Where the phases of a plan come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phases {
    /// There are none.
    None,
    /// The plan's own.
    Stated,
    /// Its lines: each item comes after all above it, but for those of one group that may run together.
    Lines,
}

/// Which items may run side by side where the rest goes one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Companions {
    /// Those that the plan lists.
    Listed,
    /// Those of one execution group that need nothing.
    Groups,
}

/// The strategy for a plan.
pub(super) fn choose(plan: &Plan, asked: Option<Strategy>) -> Way {
    if let Some(strategy) = asked {
        return asked_for(plan, strategy);
    }
    if let Some(stated) = plan.order.as_ref().and_then(|order| order.model.as_ref()) {
        let file = crate::plan::listing::file_name(&stated.place.file);
        let line = stated.place.line.map_or_else(String::new, |line| format!(":{line}"));
        let words = crate::text::plain(&stated.words).into_owned();
        return stated_way(stated.model, format!("{file}{line} says \"{words}\""));
    }
    by_dialect(plan)
}

fn asked_for(plan: &Plan, strategy: Strategy) -> Way {
    let from = "--strategy".to_owned();
    match strategy {
        Strategy::Phased
            if plan.order.as_ref().is_none_or(|it| it.phases.is_empty()) && reads_lines(plan) =>
        {
            way(strategy, from, Phases::Lines, Inner::Parallel)
        }
        Strategy::Phased => {
            let stated = plan.order.as_ref().and_then(|order| order.model.as_ref());
            let inner = match stated.map(|it| it.model) {
                Some(Model::Phased(inner)) => inner,
                Some(Model::Sequential | Model::Mixed | Model::Tdd) => Inner::Mixed,
                Some(Model::Parallel) | None => Inner::Parallel,
            };
            way(strategy, from, Phases::Stated, inner)
        }
        Strategy::Fallback => fallback(from),
        Strategy::Mixed => way(strategy, from, Phases::None, Inner::Mixed),
        Strategy::Sequential | Strategy::Parallel | Strategy::Tdd => {
            way(strategy, from, Phases::None, Inner::Parallel)
        }
    }
}

fn stated_way(model: Model, from: String) -> Way {
    match model {
        Model::Sequential => way(Strategy::Sequential, from, Phases::None, Inner::Parallel),
        Model::Tdd => way(Strategy::Tdd, from, Phases::None, Inner::Parallel),
        Model::Parallel => way(Strategy::Parallel, from, Phases::None, Inner::Parallel),
        Model::Mixed => way(Strategy::Mixed, from, Phases::None, Inner::Mixed),
        Model::Phased(inner) => way(Strategy::Phased, from, Phases::Stated, inner),
    }
}

fn by_dialect(plan: &Plan) -> Way {
    match plan.dialect {
        Dialect::Speckit => {
            let from = "spec-kit's phases and [P] marks".to_owned();
            way(Strategy::Phased, from, Phases::Lines, Inner::Parallel)
        }
        Dialect::Openspec | Dialect::Checklist => {
            way(Strategy::Phased, "the order of its lines".to_owned(), Phases::Lines, Inner::Parallel)
        }
        Dialect::Ccw => fallback("neither plan.json nor IMPL_PLAN.md names an execution model".to_owned()),
        Dialect::Methodology | Dialect::Compozy | Dialect::Taskmaster | Dialect::Backlog | Dialect::Beads => {
            way(Strategy::Parallel, "what its items need".to_owned(), Phases::None, Inner::Parallel)
        }
    }
}

/// Plans whose order is that of their lines.
pub(super) const fn reads_lines(plan: &Plan) -> bool {
    matches!(plan.dialect, Dialect::Speckit | Dialect::Openspec | Dialect::Checklist)
}

const fn fallback(from: String) -> Way {
    Way {
        chosen: Chosen { strategy: Strategy::Fallback, from },
        phases: Phases::None,
        inner: Inner::Mixed,
        companions: Companions::Groups,
    }
}

const fn way(strategy: Strategy, from: String, phases: Phases, inner: Inner) -> Way {
    Way { chosen: Chosen { strategy, from }, phases, inner, companions: Companions::Listed }
}
