use super::*;
use crate::plan::ItemState::{Blocked, Done, InProgress, Pending, Skipped, Unknown};

fn only(text: &str) -> Plan {
    let listing = Listing::new().with("docs/todo.md", text);
    let scope = Scope::Named(vec!["docs/todo.md".to_owned()]);
    (READER.read)(&listing, &scope).plans.remove(0)
}

/// `id parent state title`, with `+` for a container.
fn shown(plan: &Plan) -> Vec<String> {
    let line = |it: &Item| {
        let parent = it.parent.as_ref().map_or("-", |it| it.as_str());
        let plus = if it.container { "+" } else { "" };
        format!("{}{plus} {parent} {} {}", it.id, it.state.word(), it.title)
    };
    plan.items.iter().map(line).collect()
}

#[test]
fn an_item_is_called_by_its_own_id_or_by_its_place() {
    let plan = only(
        "# Work\n- [ ] plain\n## Second\n- [x] T001 own\n- [~] **ABC-12**: own\n- [ ] 3 tests\n  - [ ] below\n",
    );
    assert_eq!(
        shown(&plan),
        [
            "1.1 - pending plain",
            "T001 - done own",
            "ABC-12 - in_progress own",
            "2.3+ - pending 3 tests",
            "2.3.1 2.3 pending below",
        ]
    );
    assert_eq!((plan.id.as_str(), plan.title.as_str()), ("docs/todo.md", "Work"));
    let groups: Vec<_> = plan.groups.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(groups, ["Work", "Second"]);
    assert_eq!(plan.progress().total, 4);
}

#[test]
fn a_place_is_told_from_an_id_of_the_same_form() {
    let plan = only("- [ ] 1.2 own\n- [ ] other\n");
    assert_eq!(shown(&plan), ["1.2 - pending own", "#1.2 - pending other"]);
}

#[test]
fn words_with_digits_are_no_ids() {
    for text in [
        "v1.2 release",
        "UTF-8 everywhere",
        "3 tests",
        "2024-01-02 meeting",
        "P1 bug",
        "x",
        "",
        "Python3 code",
    ] {
        assert_eq!(split_id(text), None, "{text}");
    }
    for (text, id) in [
        ("1.2 a", "1.2"),
        ("1.2.3. a", "1.2.3"),
        ("T7 a", "T7"),
        ("`IMPL-1.2` a", "IMPL-1.2"),
        ("task-7: a", "task-7"),
        ("[AB12] a", "AB12"),
    ] {
        assert_eq!(split_id(text), Some((id, "a")), "{text}");
    }
}

#[test]
fn every_mark_has_a_state() {
    let plan = only("- [ ] a\n- [x] b\n- [X] c\n- [~] d\n- [-] e\n- [!] f\n- [✅] g\n- [⚠️] h\n- [?] i\n");
    let states: Vec<_> = plan.items.iter().map(|it| it.state).collect();
    assert_eq!(states, [Pending, Done, Done, InProgress, Skipped, Blocked, Done, Blocked, Unknown]);
    assert_eq!(plan.items[3].why, "`[~]` in docs/todo.md:4");
    assert_eq!(plan.items[3].raw_state.as_deref(), Some("~"));
}

#[test]
fn a_checklist_that_is_not_there_is_a_problem() {
    let reading = (READER.read)(&Listing::new(), &Scope::Named(vec!["a.md".to_owned()]));
    assert_eq!(reading.problems[0].code, Code::Unreadable);
    assert_eq!(only("nothing\n").problems[0].code, Code::EmptyPlan);
}

#[test]
fn nothing_is_read_that_nobody_named() {
    let listing = Listing::new().with("a.md", "- [ ] a\n");
    assert_eq!((READER.read)(&listing, &Scope::Workspace), Reading::default());
    assert_eq!((READER.read)(&listing, &Scope::Path("a.md".to_owned())).plans.len(), 1);
}
