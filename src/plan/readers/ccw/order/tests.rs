use super::{
    super::{Listing, Scope, read as read_sessions},
    *,
};

const HOME: &str = ".workflow/active/WFS-tower";

/// `IMPL_PLAN.md:41` of a place.
fn short(place: &Place) -> String {
    let line = place.line.map_or_else(String::new, |line| format!(":{line}"));
    format!("{}{line}", crate::plan::listing::file_name(&place.file))
}

fn session(prose: &str, overview: Option<&str>, list: Option<&str>) -> Plan {
    let mut listing = Listing::new().with(&format!("{HOME}/IMPL_PLAN.md"), prose);
    for number in 1..=6 {
        let task = format!(r#"{{"id": "IMPL-{number}", "title": "Task {number}", "status": "pending"}}"#);
        listing = listing.with(&format!("{HOME}/.task/IMPL-{number}.json"), &task);
    }
    for (name, text) in [("plan.json", overview), ("TODO_LIST.md", list)] {
        if let Some(text) = text {
            listing = listing.with(&format!("{HOME}/{name}"), text);
        }
    }
    read_sessions(&listing, &Scope::Workspace).plans.remove(0)
}

fn shown(plan: &Plan) -> Vec<String> {
    let Some(order) = &plan.order else { return Vec::new() };
    let ids = |items: &[crate::ids::ItemId]| {
        items
            .iter()
            .map(|id| id.as_str().trim_start_matches("IMPL-").to_owned())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let model = order.model.iter().map(|it| format!("{:?} \"{}\" {}", it.model, it.words, short(&it.place)));
    let edges = order.edges.iter().map(|it| format!("{} < {} {}", it.first, it.then, short(&it.place)));
    let companies =
        order.companies.iter().map(|it| format!("together {} {}", ids(&it.items), short(&it.place)));
    let phases = order.phases.iter().map(|it| {
        format!(
            "phase {}: {}{} {}",
            it.name,
            ids(&it.items),
            if it.parallel { " (parallel)" } else { "" },
            short(&it.place)
        )
    });
    model.chain(edges).chain(companies).chain(phases).collect()
}

const PROSE: &str = "\
# Implementation Plan: Water tower

## 4. Implementation Strategy
### Execution Strategy
**Execution Model**: Phased (3 waves)
**Rationale**: the tank stands on the base

**Parallelization Opportunities**:
- IMPL-2 || IMPL-3
- None of the others

**Serialization Requirements**:
- IMPL-1 → IMPL-2
- IMPL-1 → IMPL-9

### Key Dependencies
**Task Dependency Graph**:
```
IMPL-1 ──> IMPL-4
  └── IMPL-5
```
**Critical Path**: IMPL-1 → IMPL-6 → IMPL-2

## 6. Phased plan
**Phase 1 (base): Foundation**
- **Tasks**: IMPL-1
- Goal: like IMPL-6 in the last tower

**Phase 2 (parallel): Tank**
- **Tasks**: IMPL-2, 3
### Phase 3: Roof
1. IMPL-4: Beams
2. IMPL-5: Sheets
";

#[test]
fn the_whole_of_section_four_is_read_with_its_lines() {
    let plan = session(PROSE, None, None);
    assert_eq!(
        shown(&plan),
        [
            "Phased(Mixed) \"Phased (3 waves)\" IMPL_PLAN.md:5",
            "IMPL-1 < IMPL-2 IMPL_PLAN.md:13",
            "IMPL-1 < IMPL-4 IMPL_PLAN.md:19",
            "together 2 3 IMPL_PLAN.md:9",
            "phase Phase 1 (base): Foundation: 1 IMPL_PLAN.md:25",
            "phase Phase 2 (parallel): Tank: 2 3 (parallel) IMPL_PLAN.md:29",
            "phase Phase 3: Roof: 4 5 IMPL_PLAN.md:31",
        ]
    );
    let stranger = plan.problems.iter().find(|it| it.message.contains("IMPL-9")).unwrap();
    assert_eq!((stranger.code, stranger.place.line), (Code::IndexMismatch, Some(14)));
}

#[test]
fn the_overview_outranks_the_prose_unless_it_names_an_agent() {
    let model = |overview: &str| shown(&session(PROSE, Some(overview), None))[0].clone();
    assert_eq!(model(r#"{"recommended_execution": "Sequential"}"#), "Sequential \"Sequential\" plan.json:1");
    assert_eq!(
        model(r#"{"recommended_execution": "Codex"}"#),
        "Phased(Mixed) \"Phased (3 waves)\" IMPL_PLAN.md:5"
    );
}

#[test]
fn headings_of_the_list_are_phases_where_the_prose_has_none() {
    let list = "## Phase 1: Base\n- [ ] **IMPL-1**: a\n## 第二阶段（并行）\n- [ ] **IMPL-2**: b\n- [ ] **IMPL-3**: c\n## Notes\n";
    let plan = session("**执行模型**：分阶段执行\n", None, Some(list));
    assert_eq!(
        shown(&plan),
        [
            "Phased(Mixed) \"分阶段执行\" IMPL_PLAN.md:1",
            "phase Phase 1: Base: 1 TODO_LIST.md",
            "phase 第二阶段（并行）: 2 3 (parallel) TODO_LIST.md",
        ]
    );
}

#[test]
fn a_plan_that_says_nothing_of_order_says_nothing() {
    for prose in [
        "",
        "# Implementation Plan: x\n\nIMPL-1 then IMPL-2\n",
        "**Execution Model**:\n\n**Rationale**: none\n",
    ] {
        assert_eq!(session(prose, None, None).order, None, "{prose}");
    }
}

#[test]
fn a_task_names_its_company_and_its_files() {
    let task = r#"{"id": "IMPL-1", "title": "t", "meta": {"execution_group": "g1"},
        "flow_control": {"target_files": ["./src/a.ts:login:10-20", "src/b.ts", "src/**", "a new file"]},
        "files": [{"path": "src/c.ts", "action": "modify"}, {"path": "src/b.ts"}]}"#;
    let listing = Listing::new().with(&format!("{HOME}/.task/IMPL-1.json"), task);
    let plan = read_sessions(&listing, &Scope::Workspace).plans.remove(0);
    assert_eq!(plan.items[0].company.as_deref(), Some("g1"));
    assert_eq!(plan.items[0].files, ["src/a.ts", "src/b.ts", "src/c.ts"]);
}
