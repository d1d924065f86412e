//! What a plan's text declares.

use super::*;
use crate::plan::{Hours, Place};

fn of(text: &str) -> Plan {
    plan(&Listing::new().with("work-space/plans/TEXT/PLAN_TEXT.md", text), "TEXT")
}

const INDEXED: &str = "\
# PLAN: Lighthouse

**Status**: 🎯 Active
**Progress**: 1/5 achievements (20%)

---

## 📋 Achievement Index

**Priority 0: FOUNDATION (COMPLETE ✅)**

- ✅ Achievement 0.1: Rock Found
- Achievement 0.3: Lamp Bought (2-3h)

**Priority 1: LIGHT**

- ⏳ Achievement 1.1: Lamp Lit
- Achievement 1.9: Never Described

## Current Status & Handoff (For Pause/Resume)

- ✅ Achievement 0.1: Rock Found
- ⏳ Next: Achievement 0.4: Which Is Not There
- Achievement 0.4: Which Is Not There

## 🎯 Desirable Achievements

### Priority 0: CRITICAL - Foundation

**Achievement 0.1**: Rock Found At Last

- Effort: 2 hours (was 3-4 hours)

```text
## Achievement Index
**Achievement 7.7**: In a fence
**Status**: Complete
```

<!--
**Achievement 7.8**: In a comment
-->

> **Achievement 7.9**: In a quote

**Achievement 0.3**: Lamp Bought

**Achievement 0.2**: Stairs Cut

### Priority 1: HIGH - Light

**Achievement 1.1**: Lamp Lit
";

#[test]
fn the_index_decides_order_and_titles_and_the_body_adds_what_it_forgot() {
    let plan = of(INDEXED);
    assert_eq!(item_ids(&plan), ["0.1", "0.3", "0.2", "1.1", "1.9"]);
    let titles: Vec<&str> = plan.items.iter().map(|item| item.title.as_str()).collect();
    assert_eq!(titles, ["Rock Found", "Lamp Bought", "Stairs Cut", "Lamp Lit", "Never Described"]);
    let groups: Vec<&str> = plan.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(groups, ["Priority 0: FOUNDATION (COMPLETE ✅)", "Priority 1: LIGHT"]);
    assert_eq!(plan.items.iter().map(|item| item.group).collect::<Vec<_>>(), [0, 0, 0, 1, 1].map(Some));
    assert_eq!(plan.items[0].place, Place::line("work-space/plans/TEXT/PLAN_TEXT.md", 30));
    assert_eq!(plan.items[4].place.line, Some(18));
    assert_eq!(plan.items[0].hours, Some(Hours { low: 2.0, high: 2.0 }));
    assert_eq!(plan.items[1].hours, Some(Hours { low: 2.0, high: 3.0 }));
    assert_eq!(plan.title, "Lighthouse");
    assert_eq!(plan.raw_state.as_deref(), Some("🎯 Active"));
}

#[test]
fn index_body_and_hand_off_that_disagree_are_told_with_their_lines() {
    let plan = of(INDEXED);
    let lines = said(&plan, &[Code::IndexMismatch, Code::StaleStatus, Code::CountMismatch]);
    let lines: Vec<&str> =
        lines.iter().map(|it| it.strip_prefix("work-space/plans/TEXT/PLAN_TEXT.md:").unwrap_or(it)).collect();
    assert_eq!(
        lines,
        [
            "48: 0.2 is missing in the index",
            "18: the index lists 1.9, and no section describes it",
            "24: the hand-off names 0.4, which the plan does not have",
            "12: 0.1 is ticked here, and is not started by its files",
        ]
    );
    let counted = of(&INDEXED.replace("1/5", "1/6"));
    assert_eq!(
        said(&counted, &[Code::CountMismatch]),
        ["work-space/plans/TEXT/PLAN_TEXT.md:4: the head counts 6 achievements, the plan declares 5"]
    );
}

#[test]
fn an_index_in_bold_does_not_hide_the_sections() {
    let plan = of("\
# PLAN: Bold

## Achievement Index

**Achievement 1.1**: Boat (4-6h)
**Achievement 1.2**: Oars (1h)

## Work

**Achievement 1.1**: Boat

- Effort: 9 hours
- Goal: Float

**Achievement 1.2**: Oars

- Goal: Row
");
    assert_eq!(item_ids(&plan), ["1.1", "1.2"]);
    assert_eq!(plan.items[0].place.line, Some(10));
    assert_eq!(plan.items[0].hours, Some(Hours { low: 4.0, high: 6.0 }));
    assert_eq!(codes(&plan), Vec::<&str>::new());
}

#[test]
fn without_an_index_the_body_declares_with_gaps_duplicates_and_three_part_ids() {
    let plan = of("\
# PLAN: Body

### Priority 1: A

**Achievement 1.1: Inside Bold**

**Achievement 1.4**: After A Gap ✅ **COMPLETE**

### Priority 3.5: B

**Achievement 3.5.1**: Three Parts

- Depends on (Achievement 9.9) elsewhere
- **Achievement 8.8**: a detail of a list

### Achievement 4.1: By Heading

**Achievement 1.1**: Again

- this time with
- a longer section

## Subplan Tracking

- [x] **Achievement 1.1**: tracked
- Achievement 6.6: tracked only
1. **Achievement 6.7: next step**
");
    assert_eq!(item_ids(&plan), ["1.1", "1.4", "3.5.1", "4.1"]);
    assert_eq!(plan.items[0].title, "Again");
    assert_eq!(plan.items[0].place.line, Some(18));
    assert_eq!(plan.items[1].title, "After A Gap");
    assert_eq!(plan.groups[1].name, "Priority 3.5: B");
    assert_eq!(plan.items[2].group, Some(1));
    assert_eq!(said(&plan, &[Code::StaleStatus]).len(), 1, "1.4 is ticked and not approved");
}

#[test]
fn a_plan_that_only_lists_its_achievements_means_them() {
    let plan = of(
        "# PLAN: List\n\n- [ ] Achievement 1.1: One\n- ✅ Achievement 1.2: Two\n* 🚧 **Achievement 1.3**: Three\n",
    );
    assert_eq!(item_ids(&plan), ["1.1", "1.2", "1.3"]);
    let empty = of("# PLAN: x\n\n## Achievement Index\n\n(to come)\n");
    assert_eq!(codes(&empty), ["index-mismatch", "empty-plan"]);
}

#[test]
fn line_ends_of_windows_and_a_byte_order_mark_change_nothing() {
    let text = format!("\u{feff}{}", INDEXED.replace('\n', "\r\n"));
    let (plan, unix) = (of(&text), of(INDEXED));
    assert_eq!(plan.items, unix.items);
    assert_eq!(plan.problems, unix.problems);
    assert_eq!(plan.title, "Lighthouse");
}

#[test]
fn a_head_that_says_complete_is_not_believed() {
    let plan = of(&INDEXED.replace("🎯 Active", "✅ Complete"));
    assert_eq!(plan.state.word(), "ready");
    assert_eq!(
        said(&plan, &[Code::StaleStatus])[1],
        "work-space/plans/TEXT/PLAN_TEXT.md:3: the head says `✅ Complete`; 0 of 5 are approved"
    );
}
