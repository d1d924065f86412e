use std::fmt::Write as _;

use super::*;
use crate::{
    ids::TaskName,
    plan::{Dialect, Group, ItemState, Place, Selection, listing::Listing, read_workspace},
    run::Schedule,
};

const HOME: &str = ".workflow/active/WFS-tower";

/// A session of tasks `IMPL-1 < IMPL-2 | group | file`, each on a line, with its documents.
struct Tower {
    files: Vec<(String, String)>,
}

impl Tower {
    fn of(tasks: &[&str]) -> Self {
        let files = tasks.iter().map(|task| {
            let mut parts = task.split('|').map(str::trim);
            let head = parts.next().unwrap();
            let (id, needs) = head.split_once('<').unwrap_or((head, ""));
            let (id, status) = id.trim().split_once(' ').unwrap_or((id.trim(), "pending"));
            let needs: Vec<String> = needs.split_whitespace().map(|need| format!("\"{need}\"")).collect();
            let group = parts.next().filter(|it| !it.is_empty());
            let files: Vec<String> = parts
                .next()
                .into_iter()
                .flat_map(str::split_whitespace)
                .map(|file| format!("\"{file}\""))
                .collect();
            let group = group.map_or("null".to_owned(), |group| format!("\"{group}\""));
            let text = format!(
                r#"{{"id": "{id}", "title": "Do {id}", "status": "{status}", "depends_on": [{}],
                "meta": {{"execution_group": {group}}}, "flow_control": {{"target_files": [{}]}}}}"#,
                needs.join(", "),
                files.join(", ")
            );
            (format!(".task/{id}.json"), text)
        });
        Self { files: files.collect() }
    }

    fn with(mut self, name: &str, text: &str) -> Self {
        self.files.push((name.to_owned(), text.to_owned()));
        self
    }

    fn says(self, model: &str) -> Self {
        self.with("IMPL_PLAN.md", &format!("# Implementation Plan: t\n\n**Execution Model**: {model}\n"))
    }

    fn plan(&self) -> Plan {
        let listing = self
            .files
            .iter()
            .fold(Listing::new(), |listing, (name, text)| listing.with(&format!("{HOME}/{name}"), text));
        read_workspace(&listing, &Selection::default()).plans.remove(0)
    }

    fn told(&self) -> String {
        told(&self.plan(), None)
    }

    fn asked(&self, strategy: Strategy) -> String {
        told(&self.plan(), Some(strategy))
    }
}

fn scheduled(plan: &Plan, asked: Option<Strategy>) -> Schedule {
    let session = decide(plan, asked).unwrap_or_else(|refusal| panic!("{refusal}"));
    let names: Vec<TaskName> = session.items.iter().map(|item| TaskName::new(item.id.as_str())).collect();
    schedule(&session, &names, 2)
}

/// The waves, each task with what it waits for, `!` where it is enough that it is over.
fn told(plan: &Plan, asked: Option<Strategy>) -> String {
    let schedule = scheduled(plan, asked);
    let mut text = format!("{}\n", schedule.strategy.strategy.word());
    for wave in &schedule.waves {
        let steps = wave.iter().map(|step| {
            let waits = step.waits.iter().map(|wait| {
                let sign = if wait.must_succeed { "" } else { "!" };
                format!(" <{sign} {}", wait.on.join(" "))
            });
            format!("{}{}", step.item, waits.collect::<String>())
        });
        writeln!(text, "{}", steps.collect::<Vec<_>>().join(" · ")).unwrap();
    }
    for it in &schedule.left_out {
        writeln!(text, "- {}: {}", it.item, it.why).unwrap();
    }
    for it in &schedule.findings {
        writeln!(text, "? {}: {}", it.code, it.message).unwrap();
    }
    text.replace("IMPL-", "")
}

fn check(found: &str, expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let found: Vec<&str> = found.lines().collect();
    assert_eq!(found, expected);
}

#[test]
fn what_is_said_to_be_parallel_waits_for_its_needs_alone() {
    check(
        &Tower::of(&["IMPL-1", "IMPL-2 < IMPL-1", "IMPL-3", "IMPL-4 < IMPL-2 IMPL-3"])
            .says("Parallel")
            .told(),
        "parallel
         1 · 3
         2 < 1
         4 < 2 3",
    );
}

#[test]
fn what_is_said_to_be_sequential_needs_no_edges_but_one_slot() {
    let tower = Tower::of(&["IMPL-1", "IMPL-2", "IMPL-3 < IMPL-1"]).says("Sequential");
    check(
        &tower.told(),
        "sequential
         1 · 2
         3 < 1",
    );
    assert!(Strategy::Sequential.is_one_at_a_time() && Strategy::Sequential.keeps_plan_order());
}

#[test]
fn a_sequential_plan_with_exceptions_lets_only_those_run_together() {
    let prose = "**Execution Model**: Sequential with targeted parallelization opportunities\n\
                 **Parallelization Opportunities**:\n- IMPL-2 || IMPL-4\n- IMPL-4 || IMPL-5\n";
    check(
        &Tower::of(&["IMPL-1", "IMPL-2", "IMPL-3", "IMPL-4", "IMPL-5"]).with("IMPL_PLAN.md", prose).told(),
        "mixed
         1
         2 <! 1 · 4 <! 1
         3 <! 2 4
         5 <! 3",
    );
}

#[test]
fn between_phases_stands_a_barrier_and_needs_outrank_phases() {
    let prose = "**Execution Model**: Phased with Parallel Opportunities\n\
                 **Phase 1: Base**\n- **Tasks**: IMPL-1, IMPL-2, IMPL-5\n\
                 **Phase 2: Tank**\n- **Tasks**: IMPL-3, IMPL-4\n";
    check(
        &Tower::of(&["IMPL-1", "IMPL-2", "IMPL-3", "IMPL-4", "IMPL-5 < IMPL-3"]).with("IMPL_PLAN.md", prose).told(),
        "phased
         1 · 2
         3 < 1 2 · 4 < 1 2
         5 < 3 < 1 2
         ? phase_against_need: 5 stands in an earlier phase than 3, which it needs: it is run with that one's phase",
    );
}

#[test]
fn a_phase_goes_one_by_one_unless_its_heading_or_a_bullet_says_otherwise() {
    let prose = "**Execution Model**: Phased (3 waves)\n\
                 **Parallelization Opportunities**:\n- IMPL-1 || IMPL-2\n\
                 ## Plan\n**Phase 1: Base**\n- **Tasks**: IMPL-1, IMPL-2, IMPL-3\n\
                 **Phase 2 (parallel): Tank**\n- **Tasks**: IMPL-4, IMPL-5\n";
    check(
        &Tower::of(&["IMPL-1", "IMPL-2", "IMPL-3", "IMPL-4", "IMPL-5"]).with("IMPL_PLAN.md", prose).told(),
        "phased
         1 · 2
         3 <! 1 2
         4 < 1 2 3 · 5 < 1 2 3",
    );
}

#[test]
fn without_a_word_only_a_group_that_needs_nothing_runs_together() {
    check(
        &Tower::of(&["IMPL-1 | g", "IMPL-2 | g", "IMPL-3 < IMPL-1 | g", "IMPL-4 | h", "IMPL-5"]).told(),
        "fallback
         1 · 2
         3 < 1 <! 2
         4 <! 3
         5 <! 4
         ? group_against_need: 3 needs 1, and both are in the group g: the need decides",
    );
}

#[test]
fn a_cycle_goes_red_green_refactor_feature_by_feature() {
    check(
        &Tower::of(&["IMPL-1", "IMPL-2", "TEST-1", "TEST-2", "REFACTOR-1"]).says("TDD Cycles").told(),
        "tdd
         TEST-1 · TEST-2
         1 < TEST-1 · 2 < TEST-2
         REFACTOR-1 < 1",
    );
}

#[test]
fn arrows_of_the_plan_are_edges_unless_they_close_a_circle() {
    let prose = "**Execution Model**: Parallel\n**Serialization Requirements**:\n- IMPL-1 → IMPL-2\n- IMPL-3 → IMPL-1\n";
    check(
        &Tower::of(&["IMPL-1", "IMPL-2", "IMPL-3 < IMPL-2"]).with("IMPL_PLAN.md", prose).told(),
        "parallel
         1
         2 < 1
         3 < 2
         ? circle_of_order: IMPL_PLAN.md:4 says that 3 comes before 1, and that would be a circle: what the tasks need decides",
    );
}

#[test]
fn who_changes_the_same_file_goes_one_after_the_other() {
    let tower = Tower::of(&[
        "IMPL-1 || src/a.ts:login:3 src/b.ts",
        "IMPL-2 || ./src/a.ts",
        "IMPL-3 < IMPL-1 || src/b.ts",
        "IMPL-4 || src/c.ts",
    ])
    .says("Parallel");
    check(
        &tower.told(),
        "parallel
         1 · 4
         2 <! 1 · 3 < 1
         ? overlap: 1 and 2 both change src/a.ts: 1 goes first",
    );
}

#[test]
fn a_flag_outranks_what_the_plan_says() {
    let tower = Tower::of(&["IMPL-1", "IMPL-2", "IMPL-3 < IMPL-1"]).says("Sequential");
    check(&tower.asked(Strategy::Parallel), "parallel\n1 · 2\n3 < 1");
    check(&tower.asked(Strategy::Mixed), "mixed\n1\n2 <! 1\n3 < 1 <! 2");
}

#[test]
fn needs_in_a_circle_end_in_a_sentence_and_start_nothing() {
    let tower =
        Tower::of(&["IMPL-1", "IMPL-2 < IMPL-4", "IMPL-3 < IMPL-2", "IMPL-4 < IMPL-3", "IMPL-5 < IMPL-4"]);
    let Err(refusal) = decide(&tower.plan(), None) else { panic!("it would never end") };
    let words = refusal.to_string();
    assert!(words.contains("IMPL-2 → IMPL-4 → IMPL-3 → IMPL-2 is a circle of needs"), "{words}");
    assert!(words.contains(".task/IMPL-2.json:1"), "{words}");
}

#[test]
fn what_can_not_come_to_its_turn_is_left_out_with_its_reason_and_the_rest_goes_on() {
    let tower = Tower::of(&[
        "IMPL-1 completed",
        "IMPL-2 < IMPL-9",
        "IMPL-3 < IMPL-2",
        "IMPL-4 blocked",
        "IMPL-5 in_progress",
        "IMPL-6 cancelled",
        "IMPL-7 < IMPL-1 IMPL-6",
        "IMPL-8 whatever",
    ])
    .says("Parallel");
    check(
        &tower.told(),
        "parallel
         5 · 7
         - 2: it needs 9, which this plan does not have
         - 3: it needs 2, which is left out
         - 4: its plan says that it is blocked (4.json:1 says blocked)
         - 8: its state can't be understood: whatever
         ? skipped_need: 7 goes ahead without 6, which was skipped",
    );
}

#[test]
fn what_needs_a_container_waits_for_all_its_parts() {
    let tower = Tower::of(&["IMPL-1.1", "IMPL-1.2", "IMPL-2 < IMPL-1"])
        .with(".task/IMPL-1.json", r#"{"id": "IMPL-1", "title": "Both", "status": "container"}"#)
        .says("Parallel");
    check(&tower.told(), "parallel\n1.1 · 1.2\n2 < 1.1 1.2");
}

#[test]
fn a_container_is_never_run_and_its_parts_wait_for_what_it_needs() {
    let tower = Tower::of(&["IMPL-1", "IMPL-2.1", "IMPL-2.2"])
        .with(
            ".task/IMPL-2.json",
            r#"{"id": "IMPL-2", "title": "b", "status": "container", "depends_on": ["IMPL-1"]}"#,
        )
        .says("Parallel");
    check(&tower.told(), "parallel\n1\n2.1 < 1 · 2.2 < 1");
}

#[test]
fn a_plan_with_nothing_to_run_says_why() {
    let check = |tasks: &[&str], part: &str| {
        let Err(refusal) = decide(&Tower::of(tasks).plan(), None) else { panic!("{part}") };
        assert!(refusal.to_string().contains(part), "{refusal}");
    };
    check(&["IMPL-1 completed"], "everything is done");
    check(
        &["IMPL-1 < IMPL-7", "IMPL-2 < IMPL-1"],
        "IMPL-1: it needs IMPL-7, which this plan does not have; and 1 more",
    );
}

/// A spec-kit plan: `T001 P 0` is parallel and of the first phase.
fn lines(items: &[(&str, bool, usize, &str)]) -> Plan {
    let file = "specs/001-pier/tasks.md";
    let text = "# Tasks: Pier\n\n## Phase 1: a\n\n- [ ] T001 first\n";
    let listing = Listing::new().with(file, text);
    let mut plan = read_workspace(&listing, &Selection::default()).plans.remove(0);
    assert_eq!(plan.dialect, Dialect::Speckit);
    plan.groups =
        ["Setup", "Core", "Polish"].map(|name| Group { name: name.to_owned(), checkpoint: None }).to_vec();
    plan.items = items
        .iter()
        .enumerate()
        .map(|(at, (id, parallel, group, title))| {
            let mut item = Item::new((*id).into(), *title, Place::line(file, at + 5));
            item.state = ItemState::Ready;
            item.parallel = *parallel;
            item.group = Some(*group);
            item
        })
        .collect();
    plan
}

#[test]
fn in_spec_kit_phases_and_tasks_without_a_mark_are_barriers_and_a_shared_file_is_one_at_a_time() {
    let plan = lines(&[
        ("T001", false, 0, "Set up"),
        ("T002", true, 0, "Model in src/models/pier.py"),
        ("T003", true, 0, "Check `src/models/pier.py`"),
        ("T004", true, 0, "Docs in docs/pier.md"),
        ("T005", true, 1, "Serve"),
    ]);
    check(
        &told(&plan, None),
        "phased
         T001
         T002 < T001 · T004 < T001
         T003 < T001 <! T002
         T005 < T002 T003 T004
         ? overlap: T002 and T003 both change src/models/pier.py: T002 goes first",
    );
}

#[test]
fn the_same_plan_gives_the_same_schedule_whatever_order_its_files_are_listed_in() {
    let tasks: Vec<String> = (1..40)
        .map(|at| {
            let needs = if at % 3 == 0 { format!("< IMPL-{}", at / 3) } else { String::new() };
            format!("IMPL-{at} {needs} | g{} | src/{}.ts", at % 4, at % 7)
        })
        .collect();
    let tasks: Vec<&str> = tasks.iter().map(String::as_str).collect();
    for model in ["Parallel", "Sequential", "Phased", "Sequential, some parallel", "as you like", "TDD"] {
        let tower = Tower::of(&tasks).says(model);
        let mut shuffled = Tower { files: tower.files.iter().rev().cloned().collect() };
        let once = format!("{:?}", scheduled(&tower.plan(), None));
        assert_eq!(once, format!("{:?}", scheduled(&tower.plan(), None)), "{model}");
        for turn in [5, 11, 17] {
            shuffled.files.rotate_left(turn);
            assert_eq!(once, format!("{:?}", scheduled(&shuffled.plan(), None)), "{model}");
        }
    }
}

/// Ten thousand tasks in two phases: were every pair an edge, this would never be over.
#[test]
fn two_large_phases_stay_small() {
    let items: Vec<(String, usize)> = (0..10_000).map(|at| (format!("T{at:05}"), at / 5_000)).collect();
    let items: Vec<_> = items.iter().map(|(id, group)| (id.as_str(), true, *group, "do it")).collect();
    let plan = lines(&items);
    let session = decide(&plan, None).unwrap_or_else(|refusal| panic!("{refusal}"));
    assert_eq!(session.layout.points.len(), 1);
    let edges: usize = session.layout.needs.iter().chain(&session.layout.after).map(Vec::len).sum();
    assert_eq!(edges, 0);
    assert_eq!(session.layout.in_order().len(), 10_000);
}
