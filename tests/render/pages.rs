//! The board, a plan's page, lists, an item, the keys, and the texts beside the prompt.

use std::time::Duration;

use plandeck::{
    plan::{
        Dialect, Place, Plan, PlanState,
        problem::{Code, Problem},
    },
    render,
    run::{Exit, Outcome, Status, TestCounts},
    view::{self, Detail, Estimate, HelpKey, HelpPage, HelpSection, KeyState, Outlook, PageFacts},
};

use crate::{
    pictures,
    plans::{finished, harbour, hostile, now, outlook, plan},
    runs::{ending, id, list, record, spec},
};

fn facts<'a>(plan: &'a Plan, runs: &'a [plandeck::run::RunSummary], detail: Detail) -> PageFacts<'a> {
    let estimate = Estimate {
        low: Duration::from_hours(5),
        high: Duration::from_hours(9),
        overdue: false,
        samples: 14,
        off_by: Some(22),
    };
    PageFacts {
        outlook: outlook(plan),
        runs,
        estimate: Some(estimate),
        tests: Some(TestCounts { passed: 41, failed: 1, skipped: 2 }),
        detail,
        now: now(),
    }
}

/// What an outlook is of a plan in which nothing can be run.
fn nothing_next(plan: &Plan) -> Outlook<'_> {
    Outlook { plan, next: Vec::new(), group: Vec::new() }
}

/// Outlooks of plans in which nothing can be run, but for one.
fn next_in_harbour(plan: &Plan) -> Outlook<'_> {
    if plan.id.as_str() == "HARBOUR" { outlook(plan) } else { nothing_next(plan) }
}

#[test]
fn the_board_shows_nine_plans_and_says_how_many_more_there_are() {
    let (harbour, hostile, finished) = (harbour(), hostile(), finished());
    let others: Vec<Plan> = (1..=9)
        .map(|it| {
            plan(&format!("QUAY-{it}"), &"Long words on mooring ".repeat(it), Dialect::Ccw, PlanState::Ready)
        })
        .collect();
    let plans: Vec<Plan> = [finished, harbour, hostile].into_iter().chain(others).collect();
    let problem = Problem::new(
        Code::Unreadable,
        Place::file("work-space/plans/SECRET"),
        "the folder can't be opened: permission denied",
        "give yourself the right to read it, or exclude it in plandeck.toml",
    );
    let runs = list();
    let board = view::board(&plans, next_in_harbour, &runs, &vec![problem; 5], 1, now());
    assert_eq!(board.rows[0].id.as_str(), "HARBOUR", "what is done stands behind what is not");
    let drawn = render::board(&board, &render::Style::plain(80));
    for key in 1..=9 {
        assert!(drawn.lines().any(|line| line.starts_with(&format!("{key} "))), "{key} can be seen");
    }
    pictures("board", &|style| render::board(&board, style));
    let second = view::board(&plans, next_in_harbour, &[], &[], 99, now());
    pictures("board_last_page", &|style| render::board(&second, style));
}

#[test]
fn a_full_board_fits_a_small_terminal() {
    let plans: Vec<Plan> =
        (1..=12).map(|it| Plan { id: format!("P{it}").as_str().into(), ..harbour() }).collect();
    let drawn = render::board(&view::board(&plans, outlook, &[], &[], 1, now()), &render::Style::plain(80));
    assert!(drawn.lines().count() <= 22, "{drawn}");
}

#[test]
fn an_empty_workspace_says_what_to_do() {
    let board = view::board(&[], outlook, &[], &[], 1, now());
    pictures("board_empty", &|style| render::board(&board, style));
}

#[test]
fn a_plans_page_fits_a_small_terminal_and_hides_nothing_silently() {
    let plan = harbour();
    let runs: Vec<_> = list().into_iter().filter(|run| run.status == Status::Running).collect();
    let page = view::page(&facts(&plan, &runs, Detail::Brief));
    pictures("page", &|style| render::page(&page, style));
    let drawn = render::page(&page, &render::Style::plain(80));
    assert!(drawn.lines().count() <= 23, "the prompt is the last of 24 lines:\n{drawn}");
    let full = view::page(&facts(&plan, &runs, Detail::Full));
    pictures("page_full", &|style| render::page(&full, style));
    let listed: usize = page.items.groups.iter().map(|it| it.items.len() + it.finished + it.more_open).sum();
    let all = listed + page.items.other_finished + page.items.other_open;
    assert_eq!(all, plan.items.len(), "every item is listed or counted");
}

#[test]
fn a_hostile_plan_does_no_harm() {
    let plan = hostile();
    let facts = PageFacts {
        outlook: nothing_next(&plan),
        runs: &[],
        estimate: None,
        tests: None,
        detail: Detail::Full,
        now: now(),
    };
    let page = view::page(&facts);
    pictures("page_hostile", &|style| render::page(&page, style));
    let item = view::item_page(&plan, &plan.items[0], &[], now());
    pictures("item_hostile", &|style| render::item_page(&item, style));
}

#[test]
fn a_finished_plan_is_healthy_and_says_that_nothing_is_left() {
    let plan = finished();
    let facts =
        PageFacts { outlook: nothing_next(&plan), estimate: None, ..facts(&plan, &[], Detail::Brief) };
    let page = view::page(&facts);
    assert_eq!(page.health.as_ref().unwrap().score, 100);
    let KeyState::Dead { why } = &page.menu.entry('1').unwrap().state else { panic!("1 is dead") };
    assert_eq!(why, "nothing to run: everything in it is done");
    pictures("page_finished", &|style| render::page(&page, style));
}

#[test]
fn health_is_the_sum_of_what_it_shows() {
    let plan = harbour();
    let health = view::health(&plan, now()).unwrap();
    let parts: Vec<_> = health.parts.iter().map(|part| (part.name, part.points, part.most)).collect();
    let stale: Vec<_> = view::stale_items(&plan, now()).map(|item| item.id.to_string()).collect();
    assert_eq!(stale, ["2.3"], "2.2 is under way too, and moved today");
    // 4 of 13 over; one fix; one item untouched for 13 days; an error and two notes.
    assert_eq!(parts, [("done", 12, 40), ("fixes", 10, 20), ("fresh", 10, 20), ("files", 8, 20)]);
    assert_eq!((health.score, health.word), (40, "needs attention"));
    assert_eq!(view::health(&self::plan("X", "", Dialect::Ccw, PlanState::Empty), now()), None);
}

#[test]
fn every_key_says_what_it_does_or_why_it_can_not() {
    let check = |outlook: &Outlook, key: char, expected: &str| {
        let menu = view::menu(outlook, &[]);
        let said = match &menu.entry(key).unwrap().state {
            KeyState::Enabled { says, .. } => says.clone(),
            KeyState::Dead { why } => format!("dead: {why}"),
        };
        assert_eq!(said, expected, "{key}");
    };
    let plan = harbour();
    let harbour = outlook(&plan);
    check(&harbour, '1', "Fix 2.1");
    check(&harbour, '2', "2 items side by side: 2.4, 2.5");
    check(&harbour, '3', "6 items without one: 2.4, 2.5, 3.1, 3.2 and 2 more");
    check(&harbour, '4', "asks for the item; no SUBPLAN waits for one");
    check(&harbour, '5', "approve or reject 2.2");
    check(
        &harbour,
        '6',
        "dead: each achievement is designed, executed and reviewed in turn; 2 runs what can run now",
    );
    check(&harbour, '7', "dead: nothing of this plan has been run; 1 starts something");
    let one = Outlook { group: vec!["2.4".into()], ..harbour.clone() };
    check(&one, '2', "dead: only 2.4 can run now; 3.1 waits for 2.4");
    let none = nothing_next(&plan);
    check(&none, '2', "dead: no group: 3.1 waits for 2.4; 3.2 waits for 3.1, 2.5; and 3 more");
    let finished = finished();
    check(&nothing_next(&finished), '3', "dead: speckit plans have no SUBPLANs; 1 runs the task itself");
    check(&nothing_next(&finished), '5', "dead: nothing awaits review; an item does when it is executed");
    let empty = self::plan("EMPTY", "", Dialect::Methodology, PlanState::Empty);
    check(
        &nothing_next(&empty),
        '1',
        "dead: nothing to run: the plan has no items; lint says what could not be read",
    );
    check(&nothing_next(&empty), '8', "dead: the plan has no items");
}

#[test]
fn an_items_page_shows_needs_evidence_documents_and_runs() {
    let plan = harbour();
    let mut runs = list();
    runs[5].item = Some("2.1".into());
    let page = view::item_page(&plan, &plan.items[3], &runs, now());
    pictures("item", &|style| render::item_page(&page, style));
}

#[test]
fn a_list_of_runs_shows_every_status() {
    let runs = list();
    let shown = view::run_list(&runs, 240, "of HARBOUR", true, now());
    assert_eq!(shown.rows[8].key, Some(9));
    assert_eq!(shown.rows[9].key, None, "there are nine digits");
    pictures("runs", &|style| render::run_list(&shown, style));
    let none = view::run_list(&[], 0, "", true, now());
    pictures("runs_none", &|style| render::run_list(&none, style));
}

#[test]
fn a_run_is_shown_task_by_task() {
    let mut record = record(
        1,
        Status::Failed,
        &[
            ("build", Status::Failed, Some(ending(Outcome::Failed { code: 101 }, Exit::Code(101)))),
            ("deploy", Status::Blocked, None),
            ("report", Status::Succeeded, Some(ending(Outcome::Succeeded, Exit::Code(0)))),
        ],
    );
    let again = record.tasks[0].attempts[0].clone();
    record.tasks[0].attempts.push(plandeck::run::AttemptRecord { number: 2, ..again });
    record.spec.tasks[2].needs = vec!["build".into()];
    record.spec.params.insert("level".to_owned(), 3.into());
    record.deliverables = vec!["work-space/plans/HARBOUR/subplans/SUBPLAN_HARBOUR_24.md".to_owned()];
    let page = view::run_page(&record, &crate::panels::advice(), now());
    pictures("run", &|style| render::run_page(&page, style));
}

#[test]
fn the_keys_are_shown_as_they_are_passed_in() {
    let key = |key: &str, says: &str| HelpKey { key: key.to_owned(), says: says.to_owned() };
    let page = HelpPage {
        title: "Keys".to_owned(),
        sections: vec![
            HelpSection {
                title: "On an empty line".to_owned(),
                keys: vec![
                    key("1-9", "what stands beside the digit, at once, without Enter"),
                    key("0", "next page"),
                ],
            },
            HelpSection {
                title: "Anywhere".to_owned(),
                keys: vec![
                    key("Alt-q", "quit; runs go on, and it says which"),
                    key("Ctrl-R", "search the history of this workspace, newest first, as you type"),
                ],
            },
        ],
        notes: vec!["Every action is also a command: help lists them.".to_owned()],
    };
    pictures("help", &|style| render::help(&page, style));
}

#[test]
fn questions_say_what_will_happen_and_what_would_be_lost() {
    let plan = harbour();
    let page = view::page(&facts(&plan, &[], Detail::Brief));
    let next = &page.next[0];
    let action = view::confirm_action(next, &page);
    assert!(action.default_yes());
    pictures("confirm_next", &|style| render::confirm(&action, style));
    let run = view::confirm_run(&spec(1, &["one", "two"]), Some("2.4 has no SUBPLAN".to_owned()));
    pictures("confirm_run", &|style| render::confirm(&run, style));
    let cancel = view::confirm_cancel(&list()[1..3]);
    assert!(!cancel.default_yes());
    pictures("confirm_cancel", &|style| render::confirm(&cancel, style));
}

#[test]
fn a_followed_run_shows_its_live_tasks_and_an_ended_one_is_announced() {
    let mut record = record(
        1,
        Status::Running,
        &[
            ("build", Status::Succeeded, Some(ending(Outcome::Succeeded, Exit::Code(0)))),
            ("deploy", Status::Running, None),
        ],
    );
    let attempt = plandeck::run::AttemptRecord {
        ended_at: None,
        ending: None,
        number: 2,
        ..record.tasks[0].attempts[0].clone()
    };
    record.tasks[1].attempts.push(attempt);
    let following = view::following(&record, &view::Forecast::default(), now(), 9);
    pictures("following", &|style| render::following(&following, style));
    let said = view::announcement(&list()[4]);
    pictures("announcement", &|style| render::announcement(&said, style));
}

#[test]
fn the_prompt_says_whose_the_digits_are() {
    let alpha = "ALPHA".into();
    assert_eq!(view::prompt_words(None, None), "");
    assert_eq!(view::prompt_words(Some(&alpha), None), "ALPHA");
    assert_eq!(view::prompt_words(Some(&alpha), Some(("advice", 3))), "ALPHA · advice 1-3");
    assert_eq!(view::prompt_words(None, Some(("advice", 1))), "advice 1");
    let going = view::left_going(&list()).unwrap();
    assert_eq!(
        going,
        format!("4 runs go on: {}, {}, {}, {}", id(1).short(), id(2).short(), id(3).short(), id(4).short())
    );
}

#[test]
fn a_theme_shows_each_of_its_roles_in_its_own_colour() {
    pictures("theme", &|style| render::theme_sample("default", style));
    for name in render::Theme::NAMES {
        let theme = render::Theme::named(name).unwrap();
        let style = render::Style { colour: true, theme, ..render::Style::plain(80) };
        let drawn = render::theme_sample(name, &style);
        assert_eq!(drawn.contains('\x1b'), name != "none", "{name}");
    }
}
