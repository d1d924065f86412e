#![expect(clippy::format_collect, reason = "a test writes its plan as it reads best")]

use proptest::prelude::*;

use super::{settle, unique_plans};
use crate::{
    ids::{ItemId, PlanId},
    plan::{
        Action, Dialect, Group, Hours, Item, ItemState, Next, Place, Plan, PlanState, next, problem::Code,
        runnable_group, saving, waves,
    },
};

/// A plan written as lines: `id [x] < need need ^ parent`. The box is a blank for pending, `x` done,
/// `-` skipped, `~` in progress, `?` in review, `!` needs fix, `#` blocked, `+` a container, `p`
/// pending and parallel.
fn plan(text: &str) -> Plan {
    let items = text.lines().filter(|line| !line.trim().is_empty()).enumerate();
    Plan {
        id: PlanId::new("invented"),
        title: String::new(),
        dialect: Dialect::Checklist,
        path: "invented.md".to_owned(),
        folder: String::new(),
        state: PlanState::Empty,
        why: String::new(),
        raw_state: None,
        badges: Vec::new(),
        items: items.map(|(at, line)| item(at + 1, line)).collect(),
        groups: Vec::new(),
        order: None,
        problems: Vec::new(),
    }
}

fn item(line: usize, text: &str) -> Item {
    let (head, parent) = text.split_once('^').map_or((text, None), |(head, parent)| (head, Some(parent)));
    let (head, needs) = head.split_once('<').unwrap_or((head, ""));
    let (id, mark) = head.split_once('[').expect("a box");
    let mut item = Item::new(ItemId::new(id.trim()), "", Place::line("invented.md", line));
    item.needs = needs.split_whitespace().map(ItemId::from).collect();
    item.parent = parent.map(|it| ItemId::new(it.trim()));
    let mark = mark.chars().next().expect("a mark");
    item.container = mark == '+';
    item.parallel = mark == 'p';
    item.state = match mark {
        'x' => ItemState::Done,
        '-' => ItemState::Skipped,
        '~' => ItemState::InProgress,
        '?' => ItemState::InReview,
        '!' => ItemState::NeedsFix,
        '#' => ItemState::Blocked,
        _ => ItemState::Pending,
    };
    item
}

fn settled(text: &str) -> Plan {
    let mut plan = plan(text);
    settle(&mut plan);
    plan
}

/// `id state` of every item, and what blocks it.
fn shown(plan: &Plan) -> Vec<String> {
    plan.items
        .iter()
        .map(|item| {
            let blocked: String = item.blocked_by.iter().map(|it| format!(" {it}")).collect();
            format!("{} {}{blocked}", item.id, item.state.word())
        })
        .collect()
}

fn codes(plan: &Plan) -> Vec<Code> {
    plan.problems.iter().map(|problem| problem.code).collect()
}

fn order(plan: &Plan) -> Vec<String> {
    next(plan).into_iter().map(|next| next.item.to_string()).collect()
}

#[test]
fn pending_becomes_ready_or_blocked_and_nothing_else_moves() {
    let plan = settled("a [x]\nb [ ] < a\nc [ ] < b a\nd [~] < b\ne [?] < b\nf [!]\ng [#]\nh [-]\ni [ ] < h");
    assert_eq!(
        shown(&plan),
        [
            "a done",
            "b ready",
            "c blocked b",
            "d in_progress b",
            "e in_review b",
            "f needs_fix",
            "g blocked",
            "h skipped",
            "i ready"
        ]
    );
    assert_eq!(plan.items[1].why, "everything it needs is done");
    assert_eq!(plan.items[2].why, "waits for b");
}

#[test]
fn a_need_that_no_item_answers_to_blocks_and_the_nearest_id_is_suggested() {
    let plan = settled("T014 [x]\nT015 [ ] < T0114\nT016 [ ] < T0114");
    assert_eq!(shown(&plan)[1..], ["T015 blocked T0114", "T016 blocked T0114"]);
    assert_eq!(plan.items[1].why, "waits for T0114 (which this plan does not have)");
    let [problem] = plan.problems.as_slice() else { panic!("{:?}", plan.problems) };
    assert_eq!(problem.code, Code::DanglingNeed);
    assert_eq!(problem.message, "T015 needs T0114, which this plan does not have (and one more item does)");
    assert_eq!(problem.fix, "Did you mean T014? Else add T0114, or take the need out");
    assert_eq!(problem.place, Place::line("invented.md", 2));
    assert_eq!(plan.state, PlanState::Blocked);
}

#[test]
fn each_circle_is_printed_once() {
    let plan = settled("a [ ] < c\nb [ ] < a\nc [ ] < b\nd [ ] < d\ne [ ] < a\nf [ ] < g\ng [ ] < f");
    let messages: Vec<&str> = plan.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "these wait for each other, so that none can ever begin: a → c → b → a",
            "d needs itself",
            "these wait for each other, so that none can ever begin: f → g → f"
        ]
    );
    assert!(plan.items.iter().all(|item| item.state == ItemState::Blocked));
    assert!(waves(&plan).is_empty());
}

#[test]
fn a_part_that_needs_what_contains_it_is_a_circle() {
    let plan = settled("1 [+]\n1.1 [ ] < 1 ^ 1\n1.2 [ ] ^ 1");
    assert_eq!(codes(&plan), [Code::Circle]);
    assert!(plan.problems[0].message.ends_with("1 → 1.1 → 1"), "{}", plan.problems[0].message);
}

#[test]
fn a_long_circle_is_printed_from_both_ends() {
    let text: String = (0..100).map(|at| format!("n{at} [ ] < n{}\n", (at + 1) % 100)).collect();
    let plan = settled(&text);
    let [problem] = plan.problems.as_slice() else { panic!("{:?}", codes(&plan)) };
    assert!(
        problem
            .message
            .ends_with("n0 → n1 → n2 → n3 → n4 → n5 → (89 more) → n95 → n96 → n97 → n98 → n99 → n0"),
        "{}",
        problem.message
    );
}

#[test]
fn items_of_one_id_are_told_apart_and_their_parts_follow_them() {
    let plan = settled("T1 [ ]\nT1 [x]\nT1~2 [ ]\nT1 [ ]\nT2 [ ] < T1 ^ T1");
    let ids: Vec<&str> = plan.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["T1", "T1~3", "T1~2", "T1~4", "T2"]);
    assert_eq!(plan.items[4].parent, Some(ItemId::from("T1~4")));
    assert_eq!(plan.items[4].blocked_by, [ItemId::from("T1")]);
    assert_eq!(codes(&plan), [Code::DuplicateItem, Code::DuplicateItem]);
    assert_eq!(
        plan.problems[0].message,
        "T1 is the id of two items, at invented.md:1 and at invented.md:2; the second is called T1~3, and needs mean the first"
    );
}

#[test]
fn plans_of_one_name_are_told_apart() {
    let mut plans = vec![plan(""), plan(""), plan("")];
    unique_plans(&mut plans);
    let ids: Vec<&str> = plans.iter().map(|plan| plan.id.as_str()).collect();
    assert_eq!(ids, ["invented", "invented~2", "invented~3"]);
    assert_eq!(plans[0].problems, []);
    assert_eq!(codes(&plans[1]), [Code::DuplicatePlan]);
}

#[test]
fn a_containers_state_follows_from_its_parts() {
    let check = |parts: &str, expected: ItemState| {
        let lines: String =
            parts.chars().enumerate().map(|(at, mark)| format!("1.{at} [{mark}] ^ 1\n")).collect();
        let plan = settled(&format!("1 [+]\n{lines}"));
        assert_eq!(plan.items[0].state, expected, "{parts}");
    };
    check("xx", ItemState::Done);
    check("x-", ItemState::Done);
    check("--", ItemState::Skipped);
    check("x ", ItemState::InProgress);
    check(" ~", ItemState::InProgress);
    check("x?", ItemState::InReview);
    check("?!", ItemState::NeedsFix);
    check("  ", ItemState::Ready);
    check("##", ItemState::Blocked);
}

#[test]
fn what_a_container_waits_for_holds_its_parts_and_what_waits_for_it_waits_for_all_of_them() {
    let plan = settled("0 [ ]\n1 [+] < 0\n1.1 [ ] ^ 1\n1.2 [+] ^ 1\n1.2.1 [ ] ^ 1.2\n2 [ ] < 1");
    assert_eq!(
        shown(&plan),
        ["0 ready", "1 blocked 0", "1.1 blocked 0", "1.2 blocked 0", "1.2.1 blocked 0", "2 blocked 1"]
    );
    assert_eq!(plan.items[2].why, "1, which it is part of, waits for 0");
    let waves: Vec<Vec<String>> =
        waves(&plan).iter().map(|wave| wave.iter().map(ToString::to_string).collect()).collect();
    assert_eq!(waves, [vec!["0"], vec!["1.1", "1.2.1"], vec!["2"]]);
}

#[test]
fn the_parts_of_what_waits_or_is_stuck_wait_too() {
    let check = |text: &str, expected: &[&str]| assert_eq!(shown(&settled(text)), expected, "{text}");
    check(
        "1 [ ]\n2 [ ] < 1\n2.1 [ ] ^ 2\n2.1.1 [ ] ^ 2.1",
        &["1 ready", "2 blocked 1", "2.1 blocked 1", "2.1.1 blocked 1"],
    );
    check("1 [#]\n1.1 [ ] ^ 1\n1.1.1 [ ] ^ 1.1", &["1 blocked", "1.1 blocked 1", "1.1.1 blocked 1"]);
    // Somebody is at it, whatever it needs: its parts can begin.
    check("1 [ ]\n2 [~] < 1\n2.1 [ ] ^ 2", &["1 ready", "2 in_progress 1", "2.1 ready"]);
    // What waits for its own parts does not keep them.
    check("1 [ ] < 1.1\n1.1 [ ] ^ 1\n1.2 [ ] ^ 1", &["1 blocked 1.1", "1.1 ready", "1.2 ready"]);
    check("1 [x]\n2 [ ] < 1\n2.1 [ ] ^ 2", &["1 done", "2 ready", "2.1 ready"]);
    assert_eq!(settled("a [#]\nb [ ] ^ a").items[1].why, "a, which it is part of, is blocked");
}

#[test]
fn a_container_without_parts_is_an_item_like_any_other() {
    let plan = settled("1 [+]");
    assert_eq!(shown(&plan), ["1 ready"]);
    assert_eq!(plan.progress().total, 1);
}

#[test]
fn parents_that_do_not_exist_or_contain_themselves_are_let_go_with_a_problem() {
    let plan = settled("a [ ] ^ b\nb [ ] ^ a\nc [ ] ^ nowhere");
    assert_eq!(plan.items[0].parent, None);
    assert_eq!(plan.items[1].parent, Some(ItemId::from("a")));
    assert_eq!(plan.items[2].parent, None);
    assert_eq!(codes(&plan), [Code::DanglingNeed, Code::Circle]);
}

#[test]
fn done_before_its_needs_and_done_before_its_parts_are_told() {
    let plan = settled("a [ ]\nb [x] < a\nc [x]\nc.1 [ ] ^ c");
    assert_eq!(codes(&plan), [Code::DoneBeforeNeeds, Code::ParentDone]);
    assert_eq!(plan.problems[0].message, "b is done, but it needs a, still open");
    assert_eq!(plan.problems[1].message, "c is done, but of its parts c.1 is still open");
}

#[test]
fn a_plans_state_says_why() {
    let check = |text: &str, expected: PlanState, why: &str| {
        let plan = settled(text);
        assert_eq!((plan.state, plan.why.as_str()), (expected, why), "{text}");
    };
    check("", PlanState::Empty, "it has no items");
    check("a [x]", PlanState::Done, "its one item is done");
    check("a [x]\nb [-]", PlanState::Done, "everything is over: 1 done, 1 skipped");
    check("a [ ]\nb [?]\nc [!]", PlanState::NeedsAttention, "c is needs_fix");
    check("a [x]\nb [?]", PlanState::NeedsAttention, "b is in_review");
    check("a [ ]\nb [~]", PlanState::InProgress, "b is in_progress");
    check("a [x]\nb [ ]", PlanState::InProgress, "1 of 2 are done");
    check("a [ ]", PlanState::Ready, "a: nothing has to come before it");
    check("a [x]\nb [#]", PlanState::Blocked, "b is blocked");
}

#[test]
fn paused_is_respected_until_everything_is_done() {
    let mut open = plan("a [!]");
    open.badges.push("paused".to_owned());
    settle(&mut open);
    assert_eq!(open.state, PlanState::Paused);
    let mut over = plan("a [x]");
    over.badges.push("paused".to_owned());
    settle(&mut over);
    assert_eq!(over.state, PlanState::Done);
}

#[test]
fn a_plan_without_items_says_so_once() {
    assert_eq!(codes(&settled("")), [Code::EmptyPlan]);
}

#[test]
fn next_of_a_checklist_goes_by_phase_priority_chain_and_order() {
    let mut plan = plan("a [ ]\nb [ ]\nc [ ] < b\nd [ ] < c\ne [~]\nf [ ]\ng [ ]\nh [?]\ni [!]");
    plan.groups = vec![Group::new("one"), Group::new("two")];
    plan.items[0].group = Some(1);
    for at in [1, 5, 6] {
        plan.items[at].group = Some(0);
    }
    plan.items[6].priority = Some(1);
    settle(&mut plan);
    assert_eq!(order(&plan), ["i", "h", "e", "g", "b", "f", "a"]);
    let first = next(&plan).remove(0);
    assert_eq!(first, Next { item: "i".into(), action: Action::Fix, why: "invented.md:9".to_owned() });
}

#[test]
fn next_of_a_methodology_plan_goes_by_what_is_asked_and_plan_order() {
    let mut plan = plan("1.1 [ ]\n1.2 [ ]\n1.3 [~]\n1.4 [?]\n1.5 [!]\n1.6 [ ] < 1.1\n1.7 [!]");
    plan.dialect = Dialect::Methodology;
    plan.items[0].action = Some(Action::CreateSubplan);
    plan.items[1].action = Some(Action::CreateExecution);
    plan.items[1].priority = Some(9);
    settle(&mut plan);
    assert_eq!(order(&plan), ["1.5", "1.7", "1.4", "1.3", "1.2", "1.1"]);
}

#[test]
fn what_can_run_side_by_side_even_when_it_needs_what_is_done() {
    let ids = |plan: &Plan| runnable_group(plan).iter().map(|item| item.id.to_string()).collect::<Vec<_>>();
    let plan_of = |dialect, across: bool| {
        let mut plan = plan("1 [x]\n2 [p] < 1\n3 [p] < 1\n4 [p] < 2\n5 [ ]\n6 [p]");
        plan.dialect = dialect;
        for (at, item) in plan.items.iter_mut().enumerate() {
            item.group = Some(at / 5);
            item.across_groups = across;
        }
        settle(&mut plan);
        plan
    };
    assert_eq!(ids(&plan_of(Dialect::Methodology, false)), ["2", "3"]);
    assert_eq!(ids(&plan_of(Dialect::Methodology, true)), ["2", "3", "6"]);
    let barrier = |middle: &str| {
        let mut plan = plan(&format!("1 [p]\n2 [p]\n3 [{middle}]\n4 [p]"));
        plan.dialect = Dialect::Speckit;
        settle(&mut plan);
        ids(&plan)
    };
    assert_eq!(barrier(" "), ["1", "2"]);
    assert_eq!(barrier("x"), ["1", "2", "4"]);
    assert_eq!(ids(&settled("1 [p]\n2 [ ]")), Vec::<String>::new());
}

#[test]
fn an_achievement_under_way_runs_beside_others_and_one_in_review_does_not() {
    let mut plan = plan("1 [~]\n2 [~]\n3 [?]\n4 [~] < 3");
    plan.dialect = Dialect::Methodology;
    plan.items.iter_mut().for_each(|item| item.parallel = true);
    settle(&mut plan);
    let ids: Vec<&str> = runnable_group(&plan).iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["1", "2"]);
}

#[test]
fn saving_is_the_sum_against_the_longest_of_each_wave() {
    let mut plan = settled("a [ ]\nb [ ]\nc [ ] < a\nd [ ]");
    let estimates = [(2.0, 3.0), (1.0, 5.0), (4.0, 4.0)];
    for (item, (low, high)) in plan.items.iter_mut().zip(estimates) {
        item.hours = Some(Hours { low, high });
    }
    let saving = saving(&plan, &waves(&plan)).expect("estimates");
    assert_eq!(saving.sequential, Hours { low: 7.0, high: 12.0 });
    assert_eq!(saving.parallel, Hours { low: 6.0, high: 9.0 });
    assert_eq!(saving.unknown, 1);
    assert!((saving.percent() - 25.0).abs() < 1e-9);
}

#[test]
fn a_chain_of_ten_thousand_is_no_deeper_than_one_of_ten() {
    let text: String = (0..10_000)
        .map(|at| format!("n{at} [{}] < n{}\n", if at == 0 { 'x' } else { ' ' }, at + 1))
        .collect();
    let plan = settled(&text);
    assert_eq!(plan.items[9_999].state, ItemState::Blocked);
    let nested: String = (0..10_000).map(|at| format!("n{at} [+] ^ n{}\n", at + 1)).collect();
    assert_eq!(settled(&nested).items.len(), 10_000);
}

proptest! {
    #[test]
    fn whatever_is_settled_keeps_the_rules(
        drawn in prop::collection::vec(
            (0_u8..12, prop::sample::select(vec![' ', 'x', '-', '~', '?', '!', '#', '+', 'p']),
             prop::collection::vec(0_u8..14, 0..4), prop::option::of(0_u8..14)),
            0..24,
        ),
        methodology in any::<bool>(),
    ) {
        let text: String = drawn
            .iter()
            .map(|(id, mark, needs, parent)| {
                let needs: String = needs.iter().map(|need| format!(" n{need}")).collect();
                let parent = parent.map_or(String::new(), |parent| format!(" ^ n{parent}"));
                format!("n{id} [{mark}] <{needs}{parent}\n")
            })
            .collect();
        let mut plan = plan(&text);
        if methodology {
            plan.dialect = Dialect::Methodology;
        }
        let before = plan.clone();
        settle(&mut plan);
        keeps_the_rules(&before, &plan);
    }
}

fn keeps_the_rules(before: &Plan, plan: &Plan) {
    let ids: std::collections::HashSet<&ItemId> = plan.items.iter().map(|item| &item.id).collect();
    assert_eq!(ids.len(), plan.items.len(), "ids are unique");
    assert_eq!(before.items.len(), plan.items.len(), "nothing is hidden");
    for (was, item) in before.items.iter().zip(&plan.items) {
        assert_ne!(item.state, ItemState::Pending, "pending was decided: {}", item.id);
        if was.state == ItemState::Pending && !item.container {
            assert_eq!(item.state == ItemState::Ready, item.blocked_by.is_empty(), "{}", item.id);
            let open = |need: &ItemId| plan.item(need).is_none_or(|need| !need.state.is_over());
            let waits = needs_with_inherited(before, plan, item).iter().any(open);
            assert_eq!(item.state, if waits { ItemState::Blocked } else { ItemState::Ready }, "{}", item.id);
        } else if !item.container {
            assert_eq!(item.state, was.state, "{}", item.id);
        }
        for need in &item.blocked_by {
            assert!(needs_with_inherited(before, plan, item).contains(need), "{} by {need}", item.id);
            assert!(plan.item(need).is_none_or(|need| !need.state.is_over()), "{need} is over");
        }
        assert!(!item.why.is_empty() || was.state != ItemState::Pending);
        assert!(item.place.line.is_some_and(|line| line <= plan.items.len()));
    }
    let in_waves: Vec<ItemId> = waves(plan).into_iter().flatten().collect();
    let distinct: std::collections::HashSet<&ItemId> = in_waves.iter().collect();
    assert_eq!(in_waves.len(), distinct.len());
    for next in next(plan) {
        let item = plan.item(&next.item).expect("a next item is of the plan");
        assert!(!item.container && !item.state.is_over() && item.state != ItemState::Blocked);
        assert!(!next.why.is_empty());
    }
    for item in runnable_group(plan) {
        assert!(item.blocked_by.is_empty() && item.parallel);
    }
}

/// An item's own needs and those of everything that it is part of and that holds its parts back.
fn needs_with_inherited(before: &Plan, plan: &Plan, item: &Item) -> Vec<ItemId> {
    let mut needs = item.needs.clone();
    let mut inner = item;
    while let Some(outer) = inner.parent.as_ref().and_then(|id| plan.item(id)) {
        let at = plan.items.iter().position(|it| it.id == outer.id).expect("it is of the plan");
        match before.items[at].state {
            _ if outer.container => needs.extend(outer.needs.iter().cloned()),
            ItemState::Blocked => needs.push(outer.id.clone()),
            ItemState::Pending => {
                needs.extend(outer.needs.iter().filter(|it| !is_within(plan, it, &outer.id)).cloned());
            }
            _ => break,
        }
        inner = outer;
    }
    needs
}

fn is_within(plan: &Plan, id: &ItemId, outer: &ItemId) -> bool {
    let parent = |id: &ItemId| plan.item(id)?.parent.clone();
    std::iter::successors(parent(id), |it| parent(it)).any(|it| it == *outer)
}
