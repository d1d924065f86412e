//! Names of state files, sections for templates, issues of a rejection, and where new files go.

use super::{super::*, *};
use FixSeverity::{Critical, Minor};

#[test]
fn names_that_collide_are_decided_by_the_text_or_not_at_all() {
    let text = "# PLAN: Far\n\n**Achievement 1.01**: Near\n\n**Achievement 10.1**: Far\n";
    let listing = Listing::new()
        .with("work-space/plans/FAR/PLAN_FAR.md", text)
        .with("work-space/plans/FAR/subplans/SUBPLAN_FAR_101.md", "# SUBPLAN: s\n\n**Achievement**: 10.1\n")
        .with("work-space/plans/FAR/execution/feedbacks/APPROVED_101.md", "# APPROVED\n");
    let plan = plan(&listing, "FAR");
    assert_eq!(states(&plan), ["1.01 ready (not started)", "10.1 ready (designed)"]);
    assert_eq!(
        said(&plan, &[Code::IdCollision]),
        [
            "work-space/plans/FAR/PLAN_FAR.md:5: 1.01 and 10.1 are all written 101 in file names",
            "work-space/plans/FAR/execution/feedbacks/APPROVED_101.md: APPROVED_101.md could speak of 1.01 and 10.1, \
             and its text does not say which; it counts for none"
        ]
    );
}

#[test]
fn a_year_in_a_plans_name_is_no_achievement() {
    let text = "# PLAN: Year\n\n**Achievement 2.2**: This\n\n**Achievement 2.025**: That\n";
    let folder = "work-space/plans/TIDE_2025";
    let listing = Listing::new()
        .with(&format!("{folder}/PLAN_TIDE_2025.md"), text)
        .with(&format!("{folder}/execution/EXECUTION_TASK_TIDE_2025_22_01.md"), OPEN)
        .with(&format!("{folder}/subplans/SUBPLAN_TIDE_2025_22.md"), "# S\n");
    assert_eq!(
        states(&plan(&listing, "TIDE_2025")),
        ["2.2 in_progress (executing)", "2.025 ready (not started)"]
    );
}

#[test]
fn long_numbers_and_three_parts_are_encoded_and_matched() {
    let text = "# PLAN: Long\n\n**Achievement 3.10**: Ten\n\n**Achievement 3.5.1**: Three\n";
    let folder = "work-space/plans/LONG";
    let listing = Listing::new()
        .with(&format!("{folder}/PLAN_LONG.md"), text)
        .with(&format!("{folder}/execution/feedbacks/APPROVED_310.md"), "")
        .with(&format!("{folder}/execution/feedbacks/FIX_351.md"), "");
    assert_eq!(states(&plan(&listing, "LONG")), ["3.10 done (approved)", "3.5.1 needs_fix (needs fix)"]);
}

#[test]
fn odd_names_count_where_they_can_and_are_told() {
    let listing = pool()
        .pool("execution/feedbacks/approved_11.md", "")
        .pool("execution/feedbacks/APPROVED_1.2.md", "")
        .pool("execution/feedbacks/APPROVED_9.md", "")
        .pool("execution/feedbacks/APPROVED_99.md", "")
        .pool("subplans/SUBPLAN_POOL.md", "")
        .pool("subplans/SUBPLAN_POND_21.md", "# S\n");
    let plan = plan(&listing, "POOL");
    assert_eq!(states(&plan), ["1.1 done (approved)", "1.2 done (approved)", "2.1 ready (designed)"]);
    let mut told = codes(&plan);
    told.sort_unstable();
    assert_eq!(told, ["name-mismatch", "name-mismatch", "orphan", "orphan", "orphan"]);
}

#[test]
fn a_head_that_names_another_achievement_than_the_file_is_told() {
    let listing =
        pool().pool("subplans/SUBPLAN_POOL_11.md", "# S\n\n**Achievement Addressed**: 1.4 (Other)\n");
    assert_eq!(
        said(&plan(&listing, "POOL"), &[Code::NameMismatch]),
        [
            "work-space/plans/POOL/subplans/SUBPLAN_POOL_11.md: SUBPLAN_POOL_11.md counts for 1.1 by its name, but its head says 1.4"
        ]
    );
}

#[test]
fn a_file_of_another_plan_does_not_count_for_this_one() {
    let listing =
        pool().with("work-space/plans/REEF/PLAN_REEF.md", POOL).pool("subplans/SUBPLAN_REEF_11.md", "# S\n");
    let plan = plan(&listing, "POOL");
    assert_eq!(states(&plan)[0], "1.1 ready (not started)");
    assert_eq!(codes(&plan), ["orphan"]);
}

const PLANTED: &str = "\
# PLAN: Garden

## Achievement Index

- Achievement 1.1: Beds Dug

## Work

**Achievement 1.1**: Beds Dug

- **Goal**: Room for roots
- **What**:
  - Dig
  - **Twice**: and deep
- **Success**: worms
- **Effort**: 3-4 hours (was 2)
- **Deliverables**:
  - `beds.md`
  - Updated: fence
- **Validation**:
  - a spade test

```text
**Achievement 1.2**: in a fence ends nothing
```

---

**Achievement 1.2**: Seeds Sown

**Description**: Sow thinly

**Deliverables**:

- seeds
- Updated: rows

**Effort**: 1 hour

- Test: they come up

---
";

#[test]
fn a_section_is_the_longest_one_with_its_parts() {
    let first = section(PLANTED, &"1.1".into()).expect("a section");
    assert_eq!(first.lines, 9..26);
    assert_eq!(first.goal.as_deref(), Some("Room for roots"));
    assert_eq!(first.what.as_deref(), Some("- Dig\n- **Twice**: and deep"));
    assert_eq!(first.deliverables, ["`beds.md`", "Updated: fence"]);
    assert_eq!(first.effort.as_deref(), Some("3-4 hours (was 2)"));
    assert_eq!(first.tests, ["a spade test"]);
    assert!(first.raw.starts_with("**Achievement 1.1**") && first.raw.ends_with("```\n"));
    let second = section(PLANTED, &"1.2".into()).expect("a section");
    assert_eq!(second.goal.as_deref(), Some("Sow thinly"));
    assert_eq!(second.deliverables, ["seeds", "Updated: rows"]);
    assert_eq!(second.effort.as_deref(), Some("1 hour"));
    assert_eq!(second.tests, ["they come up"]);
    assert_eq!(section(PLANTED, &"9.9".into()), None);
}

#[test]
fn issues_of_a_rejection_are_found_in_all_their_shapes() {
    let check = |text: &str, expected: &[(FixSeverity, &str, &str)]| {
        let found = issues(text);
        let found: Vec<_> =
            found.iter().map(|it| (it.severity, it.title.as_str(), it.detail.as_str())).collect();
        assert_eq!(found, expected, "{text}");
    };
    check(
        "# FIX REQUIRED: Achievement 1.1\n\n## Issues Found\n\n### Critical Issues (must fix)\n\n\
         #### 1. **Pump leaks** ⚠️ BLOCKER\n\n- **Fix**: seal it\n  1. dry it\n\n#### 2. Filter missing\n\n\
         ### Minor Issues (should fix)\n\n#### 3. Paint\n\nBlue.\n\n---\n\n## What Worked Well\n\n### 1. Colour ✅\n\n- nice\n",
        &[
            (Critical, "Pump leaks", "- **Fix**: seal it\n  1. dry it"),
            (Critical, "Filter missing", ""),
            (Minor, "Paint", "Blue."),
        ],
    );
    check(
        "## Issues Found\n\n### Critical Issues (must fix)\n\n1. **Pump leaks**\n   - **Impact**: wet\n   - **Fix**: seal\n\n\
         2. **Filter missing**\n\n### Minor Issues (should fix)\n\n1. Paint\n\n## Next Steps\n\n1. Begin\n",
        &[
            (Critical, "Pump leaks", "- **Impact**: wet\n- **Fix**: seal"),
            (Critical, "Filter missing", ""),
            (Minor, "Paint", ""),
        ],
    );
    check(
        "## Issues Found\n\n### Critical Issues (must fix)\n\n**1. Pump leaks (2 of 2)**\n\n- **Fix**: seal\n  1. dry it\n\n\
         ### Minor Issues\n\n#### 2. Paint\n",
        &[(Critical, "Pump leaks (2 of 2)", "- **Fix**: seal\n  1. dry it"), (Minor, "Paint", "")],
    );
    check("# FIX\n\n## Summary\n\n1. not an issue\n", &[]);
    check(
        "## Issues Found\n\n1. Alone\n\n```\n2. fenced\n```\n",
        &[(Critical, "Alone", "```\n2. fenced\n```")],
    );
    check("", &[]);
}

#[test]
fn new_files_get_the_path_that_the_reader_looks_for() {
    let listing = pool()
        .pool("execution/EXECUTION_TASK_POOL_11_01.md", DONE)
        .pool("execution/EXECUTION_TASK_POOL_11_03_V2.md", DONE);
    let plan = plan(&listing, "POOL");
    let check = |id: &str, file: NewFile, expected: &str| {
        let path = path_for(&plan, &item(&plan, id), file);
        assert_eq!(path, format!("work-space/plans/POOL/{expected}"));
    };
    check("1.1", NewFile::Subplan, "subplans/SUBPLAN_POOL_11.md");
    check("1.1", NewFile::Execution(4), "execution/EXECUTION_TASK_POOL_11_04.md");
    check("1.1", NewFile::Approved, "execution/feedbacks/APPROVED_11.md");
    check("1.1", NewFile::Fix, "execution/feedbacks/FIX_11.md");
    check("1.1", NewFile::Resolution, "execution/feedbacks/FIX_11_RESOLUTION.md");
    check("2.1", NewFile::Skipped, "execution/SKIPPED_21.md");
    assert_eq!(next_run(&item(&plan, "1.1")), 4);
    assert_eq!(next_run(&item(&plan, "2.1")), 1);
    assert_eq!(file_code(&"3.5.1".into()), "351");
}

#[test]
fn what_is_written_at_a_new_files_path_is_read_back_for_every_layout() {
    for path in [
        "PLAN_LONE.md",
        "work-space/PLAN_LONE.md",
        "work-space/plans/PLAN_LONE.md",
        "work-space/plans/c/PLAN_LONE.md",
    ] {
        let listing = Listing::new().with(path, POOL).with("work-space/plans/c/REEF/PLAN_REEF.md", POOL);
        let lone = plan(&listing, "LONE");
        let to = path_for(&lone, &item(&lone, "1.1"), NewFile::Approved);
        let design = path_for(&lone, &item(&lone, "1.2"), NewFile::Subplan);
        let listing = listing.with(&to, "").with(&design, "# S\n");
        assert_eq!(
            states(&plan(&listing, "LONE"))[..2],
            ["1.1 done (approved)", "1.2 ready (designed)"],
            "{path}: {to}"
        );
        assert_eq!(read(&listing).plans.len(), 2, "{path}");
    }
}
