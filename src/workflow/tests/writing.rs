use super::*;
use crate::plan::{
    Selection,
    listing::Listing,
    next, read_workspace,
    readers::methodology::{issues, section},
};

fn told() -> SectionFacts {
    let plan = lighthouse();
    let mut facts = SectionFacts::of(&plan, &plan.items[2]);
    facts.created = "2026-01-31".to_owned();
    facts.goal = Some("A lens that throws the light twenty miles.".to_owned());
    facts.what = vec!["Choose the glass".to_owned(), "Grind and polish it".to_owned()];
    facts.deliverables =
        vec!["`optics/lens.md` with the figures".to_owned(), "`optics/test_lens.py`".to_owned()];
    facts.effort = Some("3-4 hours".to_owned());
    facts.tests = vec!["the focal length is within 1 %".to_owned()];
    facts.needs = vec!["1.2".to_owned()];
    facts.issues = vec!["critical: The edge is chipped".to_owned()];
    facts
}

#[test]
fn every_document_and_prompt_reads_well() {
    for template in Template::ALL {
        let name = format!("{template:?}").to_lowercase();
        snapshot(&format!("template_{name}"), &render(template, &told()));
    }
}

#[test]
fn what_the_plan_does_not_say_is_marked_in_a_design_and_nowhere_else() {
    let plan = lighthouse();
    let silent = SectionFacts::of(&plan, &plan.items[2]);
    for template in Template::ALL {
        let marked = render(template, &silent).contains("[TO BE FILLED");
        assert_eq!(marked, template == Template::Subplan, "{template:?}");
        assert!(!render(template, &told()).contains("[TO BE FILLED"), "{template:?}");
    }
    snapshot("template_subplan_of_a_silent_plan", &render(Template::Subplan, &silent));
}

#[test]
fn a_document_has_one_status_line_and_it_does_not_say_complete() {
    for template in [Template::Subplan, Template::Execution] {
        let text = render(template, &told());
        let statuses: Vec<&str> = text.lines().filter(|line| line.contains("**Status**:")).collect();
        assert_eq!(statuses.len(), 1, "{template:?}");
        assert!(!statuses[0].contains("Complete"), "{template:?}");
    }
}

#[test]
fn a_hostile_title_stays_on_its_line_and_fills_nothing() {
    let mut facts = told();
    facts.item_title = "a\n**Status**: Complete {plan.id} \u{1b}[2J".to_owned();
    let text = render(Template::Subplan, &facts);
    assert_eq!(text.lines().next(), Some("# SUBPLAN: a␊**Status**: Complete {plan.id} ␛[2J"));
    assert_eq!(text.lines().filter(|line| line.starts_with("**Status**:")).count(), 1);
}

#[test]
fn documents_stand_where_the_methodology_looks_for_them() {
    let plan = lighthouse();
    let check = |item: usize, template: Template, expected: Option<&str>| {
        let facts = SectionFacts::of(&plan, &plan.items[item]);
        let expected = expected.map(|path| format!("work-space/plans/LIGHTHOUSE/{path}"));
        assert_eq!(template.path(&facts), expected.as_deref());
    };
    check(2, Template::Subplan, Some("subplans/SUBPLAN_LIGHTHOUSE_23.md"));
    check(2, Template::Execution, Some("execution/EXECUTION_TASK_LIGHTHOUSE_23_01.md"));
    check(1, Template::Execution, Some("execution/EXECUTION_TASK_LIGHTHOUSE_12_03.md"));
    check(1, Template::Fix, None);
    let facts = SectionFacts::of(&plan, &plan.items[1]);
    assert!(facts.execution_path.ends_with("_12_02_V2.md"));
    assert!(facts.fix_path.ends_with("LIGHTHOUSE/execution/feedbacks/FIX_12.md"));
}

const PLAN: &str = "\
# PLAN: Lighthouse

**Status**: 🚀 Ready to Execute

---

## 📋 Achievement Index

**Priority 1: CRITICAL**

- Achievement 1.1: Grind the lens

## 🎯 Desirable Achievements

### Priority 1: CRITICAL - Optics

**Achievement 1.1**: Grind the lens

- Goal: Throw the light twenty miles
- What:
  - Choose the glass
  - Grind and polish it
- Deliverables:
  - `optics/lens.md`
- Effort: 3-4 hours
- Tests:
  - the focal length is within 1 %
";

/// What the reader says of the plan's only achievement: its state, and what is next for it.
fn read(listing: &Listing) -> (Plan, ItemState, Option<Action>) {
    let plan = read_workspace(listing, &Selection::default()).plans.remove(0);
    let state = plan.items[0].state;
    let action = next(&plan).first().map(|entry| entry.action);
    (plan, state, action)
}

#[test]
fn the_methodologys_reader_takes_our_documents_for_what_they_are() {
    let home = "work-space/plans/LIGHTHOUSE";
    let mut listing = Listing::new().with(&format!("{home}/PLAN_LIGHTHOUSE.md"), PLAN);
    let written = |listing: &Listing, template: Template| {
        let (plan, ..) = read(listing);
        let item = &plan.items[0];
        let told = section(PLAN, &item.id).expect("it is declared");
        let facts = SectionFacts::of(&plan, item).with_section(&told);
        let path = template.path(&facts).expect("a document").to_owned();
        (path, render(template, &facts))
    };
    let (_, state, action) = read(&listing);
    assert_eq!((state, action), (ItemState::Ready, Some(Action::CreateSubplan)));

    let (path, text) = written(&listing, Template::Subplan);
    assert!(!text.contains("[TO BE FILLED"), "{text}");
    assert!(text.contains("- `optics/lens.md`\n") && text.contains("2. Choose the glass\n"), "{text}");
    listing = listing.with(&path, &text);
    let (plan, state, action) = read(&listing);
    assert_eq!((state, action), (ItemState::Ready, Some(Action::CreateExecution)));
    assert_eq!(plan.items[0].document(DocumentKind::Subplan).unwrap().path, path);
    assert_eq!(plan.items[0].executions.unwrap().planned, 1);

    let (path, text) = written(&listing, Template::Execution);
    listing = listing.with(&path, &text);
    let (plan, state, action) = read(&listing);
    assert_eq!((state, action), (ItemState::InProgress, Some(Action::Continue)));
    assert_eq!(plan.items[0].executions.unwrap().complete, 0);
    assert!(plan.problems.is_empty(), "{:?}", plan.problems);

    let done = text.replace("📋 Ready for Execution", "✅ Complete");
    let (_, state, action) = read(&listing.with(&path, &done));
    assert_eq!((state, action), (ItemState::InReview, Some(Action::Review)));
}

#[test]
fn a_fix_prompt_lists_what_the_review_found() {
    let fix = "# FIX REQUIRED: Achievement 2.3\n\n## Issues Found\n\n### Critical Issues (must fix)\n\n\
               #### 1. The edge is chipped\n\nSee the photograph.\n\n### Minor Issues\n\n#### 1. Dust\n";
    let text = render(Template::Fix, &told().with_issues(&issues(fix)));
    assert!(text.contains("- critical: The edge is chipped\n- minor: Dust\n"), "{text}");
}
