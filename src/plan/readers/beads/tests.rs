use super::*;

/// One plan from these lines.
fn plan(lines: &[&str]) -> Plan {
    let listing = Listing::new().with(".beads/issues.jsonl", &lines.join("\n"));
    let mut reading = read(&listing, &Scope::Workspace);
    assert_eq!((reading.plans.len(), reading.problems.len()), (1, 0));
    reading.plans.remove(0)
}

fn codes(plan: &Plan) -> Vec<(&'static str, Option<usize>)> {
    plan.problems.iter().map(|problem| (problem.code.word(), problem.place.line)).collect()
}

#[test]
fn an_issue_becomes_an_item_with_its_line() {
    let plan = plan(&[
        "",
        r#"{"id":"kiln-7","title":"Mix the glaze","status":"closed""#,
        r#"{"id":"kiln-8","title":"Fire the glaze","status":"in_progress","priority":1,"estimated_minutes":90,"updated_at":"2026-02-01T10:00:00Z"}"#,
    ]);
    let item = plan.item(&"kiln-8".into()).unwrap();
    assert_eq!(item.title, "Fire the glaze");
    assert_eq!((item.state, item.raw_state.as_deref()), (ItemState::InProgress, Some("in_progress")));
    assert_eq!(item.place, Place::line(".beads/issues.jsonl", 3));
    assert_eq!(item.why, "issues.jsonl:3 says in_progress");
    assert_eq!((item.priority, item.hours), (Some(1), Some(Hours { low: 1.5, high: 1.5 })));
    assert_eq!(item.changed, Timestamp::parse("2026-02-01T10:00:00Z"));
    assert_eq!(codes(&plan), [("malformed", Some(2))]);
}

#[test]
fn the_status_decides_the_state() {
    let check = |status: &str, expected: ItemState, problems: usize| {
        let plan = plan(&[&format!(r#"{{"id":"a","title":"t","status":{status}}}"#)]);
        assert_eq!((plan.items[0].state, plan.problems.len()), (expected, problems), "{status}");
    };
    check(r#""open""#, ItemState::Pending, 0);
    check("null", ItemState::Pending, 0);
    check(r#""in_progress""#, ItemState::InProgress, 0);
    check(r#""hooked""#, ItemState::InProgress, 0);
    check(r#""blocked""#, ItemState::Blocked, 0);
    check(r#""deferred""#, ItemState::Blocked, 0);
    check(r#""pinned""#, ItemState::Blocked, 0);
    check(r#""closed""#, ItemState::Done, 0);
    check(r#""tombstone""#, ItemState::Skipped, 0);
    check(r#""simmering""#, ItemState::Unknown, 1);
}

#[test]
fn only_some_kinds_of_edges_order_the_work() {
    let check = |kind: &str, needs: &[&str], parent: Option<&str>| {
        let line = format!(
            r#"{{"id":"a","title":"t","status":"open","dependencies":[{{"issue_id":"a","depends_on_id":"b","type":"{kind}"}}]}}"#
        );
        let item = &plan(&[&line]).items[0];
        assert_eq!(item.needs.iter().map(ItemId::as_str).collect::<Vec<_>>(), needs, "{kind}");
        assert_eq!(item.parent.as_ref().map(ItemId::as_str), parent, "{kind}");
    };
    check("blocks", &["b"], None);
    check("conditional-blocks", &["b"], None);
    check("waits-for", &["b"], None);
    check("parent-child", &[], Some("b"));
    check("discovered-from", &[], None);
    check("related", &[], None);
    check("relates-to", &[], None);
}

#[test]
fn a_second_parent_is_said() {
    let line = r#"{"id":"a","title":"t","status":"open","dependencies":[
        {"depends_on_id":"p","type":"parent-child"},{"depends_on_id":"q","type":"parent-child"}]}"#
        .replace('\n', "");
    let plan = plan(&[&line]);
    assert_eq!(plan.items[0].parent, Some("p".into()));
    assert!(plan.problems[0].message.contains("a child of q too"), "{}", plan.problems[0].message);
}

#[test]
fn a_broken_line_costs_only_itself() {
    let good = |id: &str| format!(r#"{{"id":"{id}","title":"cut \ud83d","status":"open"}}"#);
    let plan = plan(&[
        &good("a"),
        "<<<<<<< HEAD",
        r#"["no","object"]"#,
        r#"{"title":"no id"}"#,
        "{\"id\":\"nul\0\"}",
        "",
        &good("b"),
        r#"{"id":"c","title":"the disk was fu"#,
    ]);
    assert_eq!(plan.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(plan.items[0].title, "cut \u{fffd}");
    let lines: Vec<_> = codes(&plan).into_iter().map(|(_, line)| line).collect();
    assert_eq!(lines, [Some(2), Some(3), Some(4), Some(5), Some(8)]);
}

#[test]
fn a_file_of_nothing_but_noise_is_told_in_a_few_lines() {
    let plan = plan(&vec!["noise"; 5000]);
    assert_eq!(plan.problems.len(), LINES_TOLD + 1);
    assert!(plan.problems[LINES_TOLD].message.starts_with("4980 more"), "{:?}", plan.problems[LINES_TOLD]);
}

#[test]
fn of_several_files_the_one_that_beads_reads_is_read_and_the_others_are_said() {
    let issue = r#"{"id":"a","title":"t","status":"open","issue_type":"task"}"#;
    let listing = Listing::new()
        .with("pots/.beads/bd.jsonl", issue)
        .with("pots/.beads/issues.jsonl", "")
        .with("cups/.beads/bd.jsonl", issue)
        .with("pots/issues.jsonl", issue);
    let reading = read(&listing, &Scope::Workspace);
    let plans: Vec<_> = reading.plans.iter().map(|plan| (plan.id.as_str(), plan.path.as_str())).collect();
    assert_eq!(plans, [("cups", "cups/.beads/bd.jsonl"), ("pots", "pots/.beads/issues.jsonl")]);
    assert_eq!(reading.plans[1].problems[0].place, Place::file("pots/.beads/bd.jsonl"));

    let named = read(&listing, &Scope::Path("pots/issues.jsonl".into()));
    assert_eq!(named.plans[0].items.len(), 1);
    assert!(claims("pots/issues.jsonl", issue) && claims(".beads/issues.jsonl", ""));
    assert!(!claims("log.jsonl", r#"{"id":1,"level":"info"}"#) && !claims("notes.md", "# Notes"));
}
