use super::*;
use crate::{
    ids::ItemId,
    plan::{Item, ItemState, Plan, next, settle},
};

/// The backlog of these files, which lie in `backlog/`.
fn backlog(files: &[(&str, &str)]) -> Plan {
    let add = |listing: Listing, (name, text): &(&str, &str)| listing.with(&format!("backlog/{name}"), text);
    let mut plans = read(&files.iter().fold(Listing::new(), add), &Scope::Workspace).plans;
    assert_eq!(plans.len(), 1);
    plans.remove(0)
}

fn task(fields: &str) -> String {
    format!("---\n{fields}\n---\n\n## Description\n\nText.\n")
}

/// `id state < needs ^ parent`.
fn shown(item: &Item) -> String {
    let needs: Vec<_> = item.needs.iter().map(ItemId::as_str).collect();
    let needs = if needs.is_empty() { String::new() } else { format!(" < {}", needs.join(" ")) };
    let parent = item.parent.as_ref().map_or_else(String::new, |parent| format!(" ^ {parent}"));
    format!("{} {}{needs}{parent}", item.id, item.state.word())
}

fn all_shown(plan: &Plan) -> Vec<String> {
    plan.items.iter().map(shown).collect()
}

fn problems(plan: &Plan) -> Vec<(&'static str, Option<usize>)> {
    plan.problems.iter().map(|problem| (problem.code.word(), problem.place.line)).collect()
}

#[test]
fn a_task_is_read_from_its_front_matter() {
    let text = "---\nid: task-7\ntitle: >-\n  Water the\n  lilies\nstatus: In Progress\nassignee: []\nupdated_date: '2026-02-01 09:30'\nlabels: [pond]\ndependencies:\n  - task-3\n  - TASK-12\nparent_task_id: task-2\npriority: high\n---\n\n## Acceptance Criteria\n<!-- AC:BEGIN -->\n- [x] #1 Wet\n- [ ] #2 Not drowned\n<!-- AC:END -->\n";
    let plan = backlog(&[
        ("tasks/task-7 - Water-the-lilies.md", text),
        ("tasks/task-12 - Dig.md", &task("id: task-12\nstatus: Done")),
    ]);
    let item = &plan.items[0];
    assert_eq!(shown(item), "task-7 in_progress < task-3 task-12 ^ task-2");
    assert_eq!((item.title.as_str(), item.raw_state.as_deref()), ("Water the lilies", Some("In Progress")));
    assert_eq!((item.priority, item.place.line), (Some(1), Some(2)));
    assert_eq!(item.why, "task-7 - Water-the-lilies.md:6 says In Progress; 1 of 2 criteria are ticked");
    assert_eq!(item.changed.unwrap().rfc3339(), "2026-02-01T09:30:00.000Z");
    assert_eq!(
        all_shown(&plan)[1..],
        ["task-7#1 done ^ task-7", "task-7#2 pending ^ task-7", "task-12 done"]
    );
    assert!(plan.items[1].step && plan.items[1].title == "Wet" && plan.items[1].place.line == Some(19));
    assert_eq!(plan.items[3].title, "Dig");
    assert_eq!(problems(&plan), []);
}

#[test]
fn a_shelf_adds_to_what_a_task_says() {
    let plan = backlog(&[
        ("archive/tasks/task-1 - Old.md", &task("id: task-1\nstatus: To Do")),
        ("archive/tasks/task-2 - Old.md", &task("id: task-2\nstatus: Done")),
        ("completed/task-3 - Did.md", &task("id: task-3\nstatus: Done")),
        ("drafts/draft-4 - Maybe.md", &task("id: draft-4\nstatus: Draft")),
        ("tasks/task-10 - Later.md", &task("id: task-10\nstatus: To Do")),
        ("tasks/task-9 - Now.md", &task("id: task-9\nstatus: To Do")),
        ("docs/doc-1 - Read.md", &task("id: doc-1\nstatus: Done")),
    ]);
    assert_eq!(
        all_shown(&plan),
        [
            "task-9 pending",
            "task-10 pending",
            "draft-4 blocked",
            "task-3 done",
            "task-1 skipped",
            "task-2 done"
        ]
    );
    let groups: Vec<_> = plan.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(groups, ["tasks", "drafts", "completed", "archive"]);
    assert_eq!(plan.items[3].group, Some(2));
    assert!(plan.items[2].action.is_none() && plan.items[0].action.is_some());
}

#[test]
fn the_settings_name_the_project_and_its_states() {
    let config = "project_name: \"Garden\"\nstatuses: [\"Seed\", \"Sprout\", \"To Do\", \"Harvested\"]\n";
    let check = |word: &str, expected: ItemState| {
        let plan = backlog(&[
            ("config.yml", config),
            ("tasks/task-1.md", &task(&format!("id: task-1\nstatus: {word}"))),
        ]);
        assert_eq!((plan.items[0].state, plan.title.as_str()), (expected, "Garden"), "{word}");
        assert_eq!(problems(&plan).len(), usize::from(expected == ItemState::Unknown), "{word}");
    };
    check("Seed", ItemState::Pending);
    check("sprout", ItemState::InProgress);
    check("To Do", ItemState::Pending);
    check("Harvested", ItemState::Done);
    check("Done", ItemState::Done);
    check("Composted", ItemState::Unknown);
    check("''", ItemState::Pending);
}

#[test]
fn an_id_is_the_same_in_every_spelling() {
    let plan = backlog(&[
        ("tasks/task-1 - a.md", &task("id: TASK-1\nstatus: Done")),
        ("tasks/task-1.1 - b.md", &task("id: task-1.1\nstatus: To Do\ndependencies: [task-01, 2, task-99]")),
        (
            "tasks/task-002 - c.md",
            &task("id: task-002\nstatus: To Do\ndependencies: task-1.01\nparent: Task-1"),
        ),
        ("tasks/task-1.1.1 - d.md", &task("id: task-1.1.1\nstatus: To Do")),
        ("tasks/task-8.1 - e.md", &task("id: task-8.1\nstatus: To Do")),
    ]);
    assert_eq!(
        all_shown(&plan),
        [
            "TASK-1 done",
            "task-1.1 pending < TASK-1 task-002 task-99 ^ TASK-1",
            "task-1.1.1 pending ^ task-1.1",
            "task-002 pending < task-1.1 ^ TASK-1",
            "task-8.1 pending",
        ]
    );
}

#[test]
fn what_is_wrong_with_a_file_is_told() {
    let check = |name: &str, text: &str, items: usize, expected: &[(&str, Option<usize>)]| {
        let plan = backlog(&[
            ("config.yml", ""),
            ("tasks/task-1 - Base.md", &task("id: task-1\nstatus: To Do")),
            (name, text),
        ]);
        assert_eq!(plan.items.len(), items + 1, "{name} {text}");
        assert_eq!(problems(&plan), expected, "{name} {text}");
    };
    check("tasks/readme.md", "# How we work\n- [ ] no task\n", 0, &[]);
    check("tasks/task-5 - Empty.md", "", 0, &[("bad-id", None)]);
    check("tasks/task-5 - No id.md", &task("title: No id"), 0, &[("bad-id", None)]);
    check(
        "tasks/task-5 - At.md",
        &task("id: task-5\nstatus: To Do\nassignee: @ana"),
        1,
        &[("malformed", Some(4))],
    );
    check("tasks/task-5 - Other.md", &task("id: task-6\nstatus: To Do"), 1, &[("name-mismatch", Some(2))]);
    check("tasks/task-5.1 - Other.md", &task("id: task-5\nstatus: To Do"), 1, &[("name-mismatch", Some(2))]);
    check("tasks/task-5 - Half.md", "---\nid: task-5\nstatus: To Do\n", 0, &[("bad-id", None)]);
}

#[test]
fn a_second_task_of_an_id_keeps_its_own_steps() {
    let text = "---\nid: task-1\nstatus: Done\n---\n## Acceptance Criteria\n- [ ] a\n## Definition of Done\n- [x] b\n";
    let mut plan = backlog(&[("tasks/task-1 - a.md", text), ("archive/tasks/task-1 - b.md", text)]);
    settle(&mut plan);
    assert_eq!(
        plan.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(),
        ["task-1", "task-1#1", "task-1#dod1", "task-1~2", "task-1~2#1", "task-1~2#dod1"]
    );
    assert_eq!(plan.items[4].parent, Some("task-1~2".into()));
    let codes: Vec<_> = problems(&plan).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["duplicate-item", "parent-done", "parent-done"]);
    assert_eq!(plan.progress().total, 2);
}

#[test]
fn a_criterion_is_never_next() {
    let text = "---\nid: task-1\nstatus: To Do\n---\n## Acceptance Criteria\n- [ ] a\n";
    let mut plan = backlog(&[("tasks/task-1 - a.md", text)]);
    settle(&mut plan);
    let next: Vec<_> = next(&plan).into_iter().map(|next| next.item).collect();
    assert_eq!(next, ["task-1".into()]);
}

#[test]
fn a_task_or_a_backlog_named_by_itself_is_read_wherever_it_lies() {
    let text = task("id: task-1\ntitle: t\nstatus: To Do\nassignee: []");
    let listing = Listing::new().with("saved/tasks/task-1.md", &text).with("one.md", &text);
    let ids = |path: &str| {
        let plans = read(&listing, &Scope::Path(path.into())).plans;
        plans.iter().map(|plan| (plan.id.as_str().to_owned(), plan.path.clone())).collect::<Vec<_>>()
    };
    let pair = |id: &str, path: &str| vec![(id.to_owned(), path.to_owned())];
    assert_eq!(ids("saved"), pair("saved", "saved"));
    assert_eq!(ids("one.md"), pair("backlog", "one.md"));
    assert!(read(&listing, &Scope::Workspace).plans.is_empty());
    assert!(claims("one.md", &text) && claims("backlog/tasks/x.md", "") && !claims("x.md", "# Notes"));
}
