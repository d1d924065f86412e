use std::collections::HashMap;

use super::*;
use crate::plan::{Selection, read_workspace};

const TASKS: &str = "specs/001-a/tasks.md";

/// A workspace with one plan, and what happened to it.
#[derive(Default)]
struct World {
    text: String,
    commits: Vec<Commit>,
    uncommitted: Vec<&'static str>,
    files: Vec<&'static str>,
    runs: Vec<RunFact>,
    shared: Vec<&'static str>,
    no_history: bool,
}

impl World {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// A commit that touches files; those of the plan get the lines that they add.
    fn commit(mut self, message: &str, files: &[&str], added: &[&str]) -> Self {
        let number = self.commits.len();
        self.commits.push(Commit {
            id: format!("{number:040}"),
            message: message.to_owned(),
            files: files.iter().map(|it| (*it).to_owned()).collect(),
            added: added.iter().map(|it| (TASKS.to_owned(), (*it).to_owned())).collect(),
        });
        self
    }

    fn with_file(mut self, path: &'static str) -> Self {
        self.files.push(path);
        self
    }

    /// `id standing evidence; evidence` of every item.
    fn shown(&self) -> Vec<String> {
        let texts = Listing::new().with(TASKS, &self.text);
        let plan = read_workspace(&texts, &Selection::default()).plans.remove(0);
        let uncommitted = self.uncommitted.iter().map(|it| (*it).to_owned()).collect();
        let history = History::new(self.commits.clone(), uncommitted, false);
        let facts = Facts {
            history: (!self.no_history).then_some(&history),
            texts: &texts,
            exists: &|path| self.files.contains(&path),
            runs: &self.runs,
            shared_ids: &self.shared.iter().copied().map(ItemId::new).collect(),
        };
        let one = |it: ItemProof| {
            let found: Vec<_> =
                it.evidence.iter().map(|it| format!("{} {}", it.kind.word(), it.detail)).collect();
            format!("{} {} {}", it.item.as_str(), it.standing.word(), found.join("; ")).trim_end().to_owned()
        };
        prove(&plan, &facts).into_iter().map(one).collect()
    }
}

fn planned(text: &str) -> World {
    let lines: Vec<String> = text.lines().map(|it| it.replace("[x]", "[ ]")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    World::new(text).commit("Plan", &[TASKS], &lines)
}

#[test]
fn a_tick_with_nothing_behind_it_is_a_phantom() {
    let world = planned("- [x] T001 Write src/a.rs\n- [ ] T002 Write src/b.rs\n");
    assert_eq!(world.shown(), ["T001 phantom", "T002 open"]);
}

#[test]
fn a_file_counts_when_it_changed_after_the_item_was_written_down() {
    let text = "- [x] T001 Write src/a.rs\n";
    let before = World::new(text)
        .commit("Start", &["src/a.rs"], &[])
        .commit("Plan", &[TASKS], &["- [ ] T001 Write src/a.rs"])
        .with_file("src/a.rs");
    assert_eq!(before.shown(), ["T001 phantom"]);
    let after = before.commit("Work", &["src/a.rs"], &[]);
    assert_eq!(after.shown(), ["T001 proven file src/a.rs changed in 0000000000"]);
    let gone = World { files: Vec::new(), ..after };
    assert_eq!(gone.shown(), ["T001 phantom"], "a file that is not there any more");
    let new = World { uncommitted: vec!["src/a.rs"], ..planned(text).with_file("src/a.rs") };
    assert_eq!(new.shown(), ["T001 proven file src/a.rs has changes that are not committed"]);
}

#[test]
fn an_item_that_was_born_done_may_come_with_its_work() {
    let text = "- [x] T001 Write src/a.rs\n";
    let together = |line: &str| {
        World::new(text).commit("All at once", &[TASKS, "src/a.rs"], &[line]).with_file("src/a.rs").shown()
    };
    assert_eq!(together("- [x] T001 Write src/a.rs"), ["T001 proven file src/a.rs changed in 0000000000"]);
    assert_eq!(together("- [ ] T001 Write src/a.rs"), ["T001 phantom"]);
}

#[test]
fn a_commit_counts_when_it_names_the_item_and_touches_more_than_the_plan() {
    let check = |message: &str, files: &[&str], expected: &str| {
        let world = planned("- [x] T001 Write it\n").commit(message, files, &[]);
        assert_eq!(world.shown(), [expected], "{message} {files:?}");
    };
    check("feat(t001): write it", &["src/x.rs"], "T001 proven commit 0000000000 feat(t001): write it");
    check("Write it\n\nCloses T001.", &["src/x.rs"], "T001 proven commit 0000000000 Write it");
    check("T001: tick", &[TASKS], "T001 phantom");
    check("T0012 and XT001", &["src/x.rs"], "T001 phantom");
    let earlier = World::new("- [x] T001 Write it\n")
        .commit("T001 of another plan", &["src/x.rs"], &[])
        .commit("Plan", &[TASKS], &["- [ ] T001 Write it"]);
    assert_eq!(earlier.shown(), ["T001 phantom"]);
}

#[test]
fn an_id_that_other_plans_have_too_needs_the_plan() {
    let world = |message: &str, files: &[&str]| {
        let world = planned("- [x] T001 Write it\n").commit(message, files, &[]);
        World { shared: vec!["T001"], ..world }.shown().remove(0)
    };
    assert_eq!(world("T001 done", &["src/x.rs"]), "T001 phantom");
    assert!(world("001-a: T001 done", &["src/x.rs"]).starts_with("T001 proven"));
    assert!(world("T001 done", &["src/x.rs", TASKS]).starts_with("T001 proven"));
}

#[test]
fn a_box_whose_work_is_there_was_forgotten() {
    let text = "- [ ] T001 Write src/a.rs and src/b.rs\n- [ ] T002 Think\n";
    let half = planned(text).commit("Work", &["src/a.rs"], &[]).with_file("src/a.rs");
    assert_eq!(half.shown()[0], "T001 open file src/a.rs changed in 0000000000");
    let whole = half.commit("More", &["src/b.rs"], &[]).with_file("src/b.rs");
    assert!(whole.shown()[0].starts_with("T001 forgotten file src/a.rs"), "{:?}", whole.shown());
    let ran = RunFact { item: ItemId::new("T002"), kind: EvidenceKind::Run, detail: "3f9c2a".into() };
    let ran = World { runs: vec![ran], ..planned(text) };
    assert_eq!(ran.shown()[1], "T002 forgotten run 3f9c2a");
}

#[test]
fn without_a_history_files_and_runs_are_what_there_is() {
    let text = "- [x] T001 Write src/a.rs\n- [x] T002 Write src/b.rs\n- [ ] T003 Write src/a.rs\n";
    let world = World { no_history: true, ..World::new(text).with_file("src/a.rs") };
    let there = "file src/a.rs is there; without a history nobody can say since when";
    assert_eq!(
        world.shown(),
        [format!("T001 proven {there}"), "T002 phantom".to_owned(), format!("T003 open {there}")]
    );
}

#[test]
fn the_same_facts_give_the_same_proof() {
    let world = planned("- [x] T001 Write src/a.rs\n- [x] T002 b\n")
        .commit("T001 T002", &["src/a.rs"], &[])
        .commit("T001 again", &["src/a.rs"], &[])
        .with_file("src/a.rs");
    let counts: HashMap<Vec<String>, usize> =
        std::iter::repeat_with(|| world.shown()).take(8).map(|it| (it, 1)).collect();
    assert_eq!(counts.len(), 1);
}
