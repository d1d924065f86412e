//! `IMPL_PLAN.md`, line by line: its execution model, its bullets about order, its phases.

use super::{Read, bullets, classify, labels, labels::Subject, mention::mentioned};
use crate::{
    ids::ItemId,
    plan::{Company, Edge, Phase, Place, Stated, readers::ccw::id::Known},
};

/// Reads the document at a path.
pub fn read(path: &str, text: &str, known: &Known) -> Read {
    let mut reader = Reader { path, known, read: Read::default(), subject: Subject::Other, phase: None };
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        reader.line(number + 1, line);
    }
    reader.finish()
}

struct Reader<'a> {
    path: &'a str,
    known: &'a Known,
    read: Read,
    /// What the lines here are about.
    subject: Subject,
    /// The phase whose tasks are being listed, by position.
    phase: Option<usize>,
}

impl Reader<'_> {
    fn line(&mut self, number: usize, line: &str) {
        if let Some((subject, rest)) = labels::label(line) {
            self.subject = subject;
            if line.trim_start().starts_with('#') {
                self.phase = None;
            }
            if !rest.is_empty() {
                self.about(number, rest);
            }
            if subject != Subject::Other {
                return;
            }
        }
        if self.subject == Subject::Other {
            self.of_phase(number, line);
        } else {
            self.about(number, line);
        }
    }

    fn about(&mut self, number: usize, line: &str) {
        let mut strangers = Vec::new();
        let said = match self.subject {
            Subject::Model => return self.model(number, line),
            Subject::Parallel => bullets::parallel(line, self.known, &mut strangers),
            Subject::Serial => bullets::serial(line, self.known, &mut strangers),
            Subject::Graph => bullets::drawn(line, self.known, &mut strangers),
            Subject::Other => return,
        };
        self.read.strangers.extend(strangers.into_iter().map(|id| (id, number)));
        let place = Place::line(self.path, number);
        let edge = |(first, then): (String, String)| Edge {
            first: ItemId::new(first),
            then: ItemId::new(then),
            place: place.clone(),
        };
        let order = &mut self.read.order;
        order.edges.extend(said.edges.into_iter().map(edge));
        if said.together.len() > 1 {
            let items = said.together.into_iter().map(ItemId::new).collect();
            order.companies.push(Company { items, place });
        }
    }

    /// The first text that names a model decides.
    fn model(&mut self, number: usize, line: &str) {
        self.subject = Subject::Other;
        if self.read.order.model.is_some() {
            return;
        }
        let words = line.trim().trim_matches(['*', '-', ' ', '_', '`']).to_owned();
        if let Some(model) = classify(&words) {
            self.read.order.model = Some(Stated { model, words, place: Place::line(self.path, number) });
        }
    }

    /// Headings of phases, and the lines below them that begin with tasks.
    fn of_phase(&mut self, number: usize, line: &str) {
        let is_heading = line.trim_start().starts_with(['#', '*']) || line.trim_start().starts_with("- **");
        let own = labels::phase(line).filter(|_| is_heading);
        let mut strangers = Vec::new();
        if let Some(name) = own {
            let (name, rest) = name.split_once("**").unwrap_or((name, ""));
            let phase = Phase {
                name: name.trim_matches(['*', ':', '：', ' ']).to_owned(),
                items: Vec::new(),
                parallel: labels::is_parallel(line),
                place: Place::line(self.path, number),
            };
            self.read.order.phases.push(phase);
            self.phase = Some(self.read.order.phases.len() - 1);
            let ids = mentioned(rest, self.known, &mut strangers);
            self.add(ids);
        } else if self.phase.is_some() && lists_tasks(line, self.known) {
            let ids = mentioned(line, self.known, &mut strangers);
            self.add(ids);
        }
        self.read.strangers.extend(strangers.into_iter().map(|id| (id, number)));
    }

    fn add(&mut self, ids: Vec<String>) {
        let Some(phase) = self.phase else { return };
        let items = &mut self.read.order.phases[phase].items;
        items.extend(ids.into_iter().map(ItemId::new));
    }

    /// A task stands in the first phase that lists it; phases without tasks of their own are none.
    fn finish(mut self) -> Read {
        let mut seen = std::collections::HashSet::new();
        for phase in &mut self.read.order.phases {
            phase.items.retain(|id| seen.insert(id.clone()));
        }
        self.read.order.phases.retain(|phase| !phase.items.is_empty());
        if self.read.order.phases.len() < 2 {
            self.read.order.phases.clear();
        }
        self.read
    }
}

/// `- **Tasks**: IMPL-1, IMPL-2`, `- IMPL-1: Title`, `1. IMPL-1`; not a sentence that mentions one.
fn lists_tasks(line: &str, known: &Known) -> bool {
    let bare = line.trim_start_matches(|it: char| !it.is_alphabetic());
    let folded = bare.to_lowercase();
    let is_list = ["tasks", "task ids", "任务", "包含"].iter().any(|it| folded.starts_with(it));
    let token = super::super::id::leading(bare);
    is_list || known.find(token).is_some() || known.may_be(token)
}
