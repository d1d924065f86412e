use super::*;
use crate::plan::{Action, Item, Plan, problem::Code};

/// Today's template, every part of it.
const CURRENT: &str = "\
---
description: \"Tasks for the lending desk\"
---

# Tasks: Lending desk

**Input**: Design documents from `/specs/004-lending/`

## Format: `[ID] [P?] [Story] Description`

- **[P]**: may run in parallel
- [P] tasks = different files

## Phase 1: Setup (Shared Infrastructure)

**Purpose**: the frame

- [X] T001 Create the crate in Cargo.toml
- [x] T002 [P] Add the linter (depends on T001)

---

## Phase 2: Foundational (Blocking Prerequisites)

- [ ] T003 Schema in src/schema.rs
- [~] T004 [P] Clock in src/clock.rs

**Checkpoint**: the ground is laid

## Phase 3: User Story 1 - Lend a book (Priority: P1) 🎯 MVP

**Goal**: lending

### Tests for User Story 1

- [ ] T005 [P] [US1] Test in tests/lend.rs
  - [x] red first
  - [ ] then green

### Implementation for User Story 1

- [ ] T006 [US1] Lend in src/lend.rs
  Depends on: T003, T004

## Phase 4: Polish & Cross-Cutting Concerns

## Phase 5: Convergence

- [ ] T007 Log refusals per FR-008 (missing)
- [-] T008 Drop the cache

## Dependencies & Execution Order

### Phase Dependencies

- **Foundational (Phase 2)**: Depends on Setup (T001) - BLOCKS all user stories
- Tests (T005) before implementation (T006)

```
T001 (crate) || T002 (linter) -> T003 (schema)
```

## Implementation Strategy

Developer A: T006 → T007

## Notes

- [P] tasks = different files, no dependencies
";

/// The first template: no stories, phases 3.1 to 3.5, dependency bullets.
const FIRST: &str = "\
# Tasks: Archive

## Execution Flow (main)
```
1. Load plan.md
   - [ ] T900 not a task
```

## Phase 3.1: Setup
- [x] T001 Layout
## Phase 3.2: Tests First (TDD)
- [ ] T002 [P] Contract test
- [ ] T003 [P] Contract test
## Phase 3.3: Core
- [ ] T004 Service

## Dependencies
- Tests (T002-T003) before implementation (T004)
- T001 blocks T002, T003

## Validation Checklist
- [ ] All contracts have tests
";

fn read_one(text: &str) -> Plan {
    let listing = Listing::new().with("specs/004-lending/tasks.md", text);
    let mut plans = read(&listing, &Scope::Workspace).plans;
    assert_eq!(plans.len(), 1);
    plans.remove(0)
}

/// One line an item: `id group state flags <needs title`.
fn shown(plan: &Plan) -> Vec<String> {
    let line = |it: &Item| {
        let group = it.group.map_or("-", |it| plan.groups[it].name.as_str());
        let group: String = group.chars().take(9).collect();
        let parallel = if it.parallel { " P" } else { "" };
        let step = if it.step { " step" } else { "" };
        let labels = it.labels.iter().map(|it| format!(" {it}")).collect::<String>();
        let needs = it.needs.iter().map(|it| format!(" <{it}")).collect::<String>();
        let line = it.place.line.unwrap_or(0);
        format!(
            "{line} {} | {group} | {}{parallel}{step}{labels}{needs} | {}",
            it.id,
            it.state.word(),
            it.title
        )
    };
    plan.items.iter().map(line).collect()
}

#[test]
fn a_group_has_its_checkpoint_and_a_line_in_bold_can_be_a_phase() {
    let groups = |text: &str| -> Vec<String> {
        let listing = Listing::new().with("specs/a/tasks.md", text);
        let plan = read(&listing, &Scope::Workspace).plans.remove(0);
        let of = |at: usize| plan.items.iter().filter(|it| it.group == Some(at)).count();
        let one = |(at, it): (usize, &crate::plan::Group)| {
            format!("{} {} {}", it.name, of(at), it.checkpoint.as_deref().unwrap_or("-"))
        };
        plan.groups.iter().enumerate().map(one).collect()
    };
    assert_eq!(
        groups(
            "## Phase 1: A\n- [ ] T001 a\n\n**Checkpoint**: it runs\n\n## Phase 2: B\n- [ ] T002 b\n> ✅ **CHECKPOINT 2 (MVP):** all green\n- Stop at any checkpoint: always\n- [ ] Checkpoint: a box\n\n## Notes\n- Checkpoint: of no phase\n"
        ),
        ["Phase 1: A 1 it runs", "Phase 2: B 1 all green"]
    );
    assert_eq!(
        groups(
            "# Tasks\n\n**Phase 1: A**\n- [ ] T001 a\n- [ ] T002 a\n\n**Checkpoint**: half\n\n**Phase 2 — B**:\n\n1. [ ] T003 b\n\n## Notes\n**Phase 2 (B)**: may run in parallel\n"
        ),
        ["Phase 1: A 2 half", "Phase 2 — B 1 -"]
    );
    assert_eq!(
        groups("Phase 1 — A\n\n- [ ] T001 a\n\nPhase 2 runs after that\n- [ ] T002 a\n"),
        ["Phase 1 — A 2 -"]
    );
    // Where headings are phases, a line in bold is prose.
    assert_eq!(
        groups("## Phase 1: A\n- [ ] T001 a\n**Phase 1 (tests)**: first\n- [ ] T002 a\n"),
        ["Phase 1: A 2 -"]
    );
}

#[test]
fn todays_template_is_read_whole() {
    let plan = read_one(CURRENT);
    assert_eq!((plan.id.as_str(), plan.title.as_str()), ("004-lending", "Lending desk"));
    assert_eq!(
        (plan.path.as_str(), plan.folder.as_str()),
        ("specs/004-lending/tasks.md", "specs/004-lending")
    );
    assert_eq!(
        shown(&plan),
        [
            "18 T001 | Phase 1:  | done | Create the crate in Cargo.toml",
            "19 T002 | Phase 1:  | done P <T001 | Add the linter (depends on T001)",
            "25 T003 | Phase 2:  | pending <T001 <T002 | Schema in src/schema.rs",
            "26 T004 | Phase 2:  | in_progress P | Clock in src/clock.rs",
            "36 T005 | Phase 3:  | pending P US1 | Test in tests/lend.rs",
            "37 T005#1 | Phase 3:  | done step | red first",
            "38 T005#2 | Phase 3:  | pending step | then green",
            "42 T006 | Phase 3:  | pending US1 <T003 <T004 <T005 | Lend in src/lend.rs",
            "49 T007 | Phase 5:  | pending | Log refusals per FR-008 (missing)",
            "50 T008 | Phase 5:  | skipped | Drop the cache",
        ]
    );
    let groups: Vec<_> = plan.groups.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(
        groups,
        [
            "Phase 1: Setup (Shared Infrastructure)",
            "Phase 2: Foundational (Blocking Prerequisites)",
            "Phase 3: User Story 1 - Lend a book (Priority: P1) 🎯 MVP",
            "Phase 4: Polish & Cross-Cutting Concerns",
            "Phase 5: Convergence",
        ]
    );
    let progress = plan.progress();
    assert_eq!((progress.done, progress.total, progress.skipped), (2, 8, 1));
    let actions: Vec<_> = plan.items.iter().map(|it| it.action.is_some()).collect();
    assert_eq!(actions, [false, false, true, true, true, false, false, true, true, false]);
    assert_eq!(plan.items[2].action, Some(Action::Run));
    assert_eq!(plan.items[3].why, "`[~]` in specs/004-lending/tasks.md:26");
    assert_eq!(plan.problems, []);
}

#[test]
fn the_first_template_is_read_whole() {
    assert_eq!(
        shown(&read_one(FIRST)),
        [
            "10 T001 | Phase 3.1 | done | Layout",
            "12 T002 | Phase 3.2 | pending P <T001 | Contract test",
            "13 T003 | Phase 3.2 | pending P <T001 | Contract test",
            "15 T004 | Phase 3.3 | pending <T002 <T003 | Service",
        ]
    );
}

#[test]
fn tasks_are_found_in_every_dress() {
    let plan = read_one(
        "\
- [ ] **T001** [P]: bold
* [X] `T002` code
+ [ ] [T003] brackets
1. [ ] T004 numbered
* [P] [ ] T005 marker first
> - [x] T006 quoted
text

      - [ ] T007 deep
- [>] T008a going
- [S] T009 skipped
- [!] T010 stuck
- [ ] ~~T011 [US2] struck~~
- [?] T012 who knows
- T013 plain bullet
- [ ] no id
- [ x ] T014 spaced
",
    );
    assert_eq!(
        shown(&plan),
        [
            "1 T001 | - | pending P | bold",
            "2 T002 | - | done | code",
            "3 T003 | - | pending | brackets",
            "4 T004 | - | pending | numbered",
            "5 T005 | - | pending P | marker first",
            "6 T006 | - | done | quoted",
            "9 T007 | - | pending | deep",
            "10 T008a | - | in_progress | going",
            "11 T009 | - | skipped | skipped",
            "12 T010 | - | blocked | stuck",
            "13 T011 | - | skipped US2 | struck",
            "14 T012 | - | unknown | who knows",
        ]
    );
    let problems: Vec<_> = plan.problems.iter().map(|it| (it.code, it.place.line)).collect();
    assert_eq!(problems, [(Code::UnknownState, Some(17))]);
}

#[test]
fn nested_tasks_know_their_parent_and_all_count() {
    let plan = read_one("- [x] T001 a\n  - [x] T001a b\n    - [ ] check\n  - [ ] T001b c\n");
    let parents: Vec<_> =
        plan.items.iter().map(|it| it.parent.as_ref().map_or("-", |it| it.as_str())).collect();
    assert_eq!(parents, ["-", "T001", "T001a", "T001"]);
    assert_eq!(plan.progress().total, 3);
}

#[test]
fn tasks_outside_of_phases_stand_in_their_sections() {
    let check = |text: &str, expected: &[(&str, &str)]| {
        let plan = read_one(text);
        let of = |it: &Item| it.group.map_or("", |it| plan.groups[it].name.as_str()).to_owned();
        let found: Vec<_> = plan.items.iter().map(|it| (it.id.as_str().to_owned(), of(it))).collect();
        let expected: Vec<_> = expected.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
        assert_eq!(found, expected, "{text}");
    };
    check(
        "# Tasks: A\n- [ ] T001 a\n## One\n- [ ] T002 b\n### Deep\n- [ ] T003 c\n",
        &[("T001", ""), ("T002", "One"), ("T003", "Deep")],
    );
    check(
        "## Phase 1\n- [ ] T001 a\n### Sub\n- [ ] T002 b\n## Fixes\n- [ ] T003 c\n",
        &[("T001", "Phase 1"), ("T002", "Phase 1"), ("T003", "Fixes")],
    );
    check(
        "## Tasks\n### Phase 1\n- [ ] T001 a\n### Phase 2\n- [ ] T002 b\n## Phase 2 in words\n",
        &[("T001", "Phase 1"), ("T002", "Phase 2")],
    );
}

#[test]
fn a_file_without_tasks_still_shows_what_it_has() {
    let check = |text: &str, items: &[&str], message: &str| {
        let plan = read_one(text);
        assert_eq!(shown(&plan), items, "{text}");
        assert!(plan.problems[0].message.contains(message), "{}", plan.problems[0].message);
        assert_eq!(plan.problems[0].code, Code::EmptyPlan);
    };
    check(
        "# A\n- [x] one\n- [ ] two\n",
        &["2 1.1 | A | done | one", "3 1.2 | A | pending | two"],
        "none of its 2",
    );
    check("```markdown\n- [ ] T001 a\n```\n", &[], "its 1 checkboxes stand inside a code fence");
    check("", &[], "no task in it");
}

#[test]
fn headings_and_signs_are_tasks_where_there_are_no_boxes_for_them() {
    let plan = read_one(
        "\
# Work
## Phase 1: Start
### T001: First [P0]
**Status**: ✅ COMPLETE (May 2026)
- [x] done
### T002: Second
**Status**: TODO
**Dependencies**: T001 (complete)
## Phase 2: End
### T003: Third
- [x] a
- [ ] b
",
    );
    assert_eq!(
        shown(&plan),
        [
            "3 T001 | Phase 1:  | done | First [P0]",
            "5 T001#1 | - | done step | done",
            "6 T002 | Phase 1:  | pending <T001 | Second",
            "10 T003 | Phase 2:  | in_progress | Third",
            "11 T003#1 | - | done step | a",
            "12 T003#2 | - | pending step | b",
        ]
    );
    let plan = read_one("## Phase 1\n- ✅ T001 a\n- 🚧 T002 b\n- T003 c\n");
    assert_eq!(shown(&plan), ["2 T001 | Phase 1 | done | a", "3 T002 | Phase 1 | in_progress | b"]);
}

#[test]
fn plans_are_found_below_specs_and_where_they_are_named() {
    let listing = Listing::new()
        .with("specs/001-a/tasks.md", "- [ ] T001 a\n")
        .with("packages/x/specs/002-b/tasks.md", "- [ ] T001 a\n")
        .with("specs/001-a/plan.md", "- [ ] T001 a\n")
        .with("openspec/changes/c/specs/tasks.md", "- [ ] T001 a\n")
        .with("docs/tasks.md", "- [ ] T001 a\n")
        .with("docs/more/tasks.md", "- [ ] other\n");
    let check = |scope: Scope, expected: &[&str]| {
        let reading = read(&listing, &scope);
        let paths: Vec<_> = reading.plans.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(paths, expected, "{scope:?}");
    };
    check(Scope::Workspace, &["packages/x/specs/002-b/tasks.md", "specs/001-a/tasks.md"]);
    check(Scope::Path("specs".to_owned()), &["specs/001-a/tasks.md"]);
    check(Scope::Path("docs/".to_owned()), &["docs/tasks.md"]);
    check(Scope::Path("specs/001-a/plan.md".to_owned()), &["specs/001-a/plan.md"]);
    check(Scope::Path("nowhere".to_owned()), &[]);
    assert!(claims("notes/x.md", "- [ ] T001 a"));
    assert!(!claims("notes/x.md", "- [ ] a"));
}

#[test]
fn the_engines_newest_run_is_a_badge_on_its_plan() {
    let run = |id: &str, status: &str, at: &str| {
        format!(
            "{{\"run_id\":\"{id}\",\"status\":\"{status}\",\"current_step_id\":\"review\",\"updated_at\":\"{at}\"}}"
        )
    };
    let listing = Listing::new()
        .with("specs/001-a/tasks.md", "- [ ] T001 a\n")
        .with("specs/002-b/tasks.md", "- [ ] T001 a\n")
        .with(".specify/feature.json", "{\"feature_directory\":\"specs/002-b\"}")
        .with(".specify/workflows/runs/r1/state.json", &run("r1", "completed", "2026-01-01T00:00:00Z"))
        .with(".specify/workflows/runs/r2/state.json", &run("r2", "paused", "2026-01-02T00:00:00Z"))
        .with(".specify/workflows/runs/r3/state.json", &run("r3", "failed", "2026-01-01T00:00:00Z"))
        .with(".specify/workflows/runs/r3/inputs.json", "{\"spec\":\"work on 001-a now\"}")
        .with(".specify/workflows/runs/r4/state.json", "nonsense");
    let plans = read(&listing, &Scope::Workspace).plans;
    assert_eq!(plans[0].badges, ["spec-kit run r3 failed at review"]);
    assert_eq!(plans[1].badges, ["spec-kit run r2 paused at review"]);
    assert_eq!(plans[1].raw_state.as_deref(), Some("paused"));
}

#[test]
fn hostile_files_are_read_to_the_end() {
    let many: String =
        (0..10_000).map(|it| format!("- [ ] T{it:05} a (depends on T00000-T09999)\n")).collect();
    let plan = read_one(&many);
    assert_eq!(plan.items.len(), 10_000);
    assert_eq!(plan.problems[0].code, Code::BoundReached);
    let deep: String = (0..3_000).map(|it| " ".repeat(it) + "- [ ] T1 a\n").collect();
    assert_eq!(read_one(&deep).items.len(), 3_000);
    assert_eq!(read_one("- [ ] T001 a\r\n\0- [x] T002 b\r\n- [\0] T003 c\r\n").items.len(), 2);
    let headings: String = (0..10_000).map(|it| format!("## T{it}: a\n")).collect();
    assert_eq!(read_one(&headings).items.len(), 10_000);
}
