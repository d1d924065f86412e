use super::*;

fn refused(ask: &Ask, plan: Option<&Plan>, config: &Config) -> String {
    words(&spec(ask, plan, config, &facts()).expect_err("a refusal"))
}

#[test]
fn a_wish_about_a_plan_that_cannot_be_granted_says_why() {
    let check = |ask: &Ask, expected: &str| {
        assert_eq!(refused(ask, Some(&lighthouse()), &Config::default()), expected);
    };
    check(&on("subplan", "2.9"), "LIGHTHOUSE has no item \"2.9\" → did you mean 2.3 or 2.4?");
    check(&on("subplan", "abc"), "\"abc\" is no item id; write it as X.Y");
    check(&on("subplan", "2."), "\"2.\" is no item id; write it as X.Y");
    check(
        &on("subplan", "1.2"),
        "the SUBPLAN of 1.2, work-space/plans/LIGHTHOUSE/subplans/SUBPLAN_LIGHTHOUSE_12.md, is there already",
    );
    check(
        &on("execution", "2.3"),
        "2.3 of LIGHTHOUSE has no SUBPLAN yet → create it first: subplan LIGHTHOUSE 2.3",
    );
    check(&Ask::of("subplan"), "subplan needs an item");
    check(
        &on("subplan", "1.1"),
        "subplan of 1.1 makes no sense: it is done (work-space/plans/LIGHTHOUSE/PLAN_LIGHTHOUSE.md:10)",
    );
    check(&on("next", "2.4"), "nothing in LIGHTHOUSE can be run now: 2.4 waits for 2.3");
    check(&Ask::of("sublpan"), "there is no workflow \"sublpan\" → did you mean subplan?");
    let mut levelled = Ask::next();
    levelled.params = vec![("level".to_owned(), "3".to_owned())];
    check(&levelled, "next: it has no parameter \"level\" → it declares none");
}

#[test]
fn what_stands_still_says_what_it_waits_for() {
    let check = |plan: &Plan, expected: &str| {
        assert_eq!(refused(&Ask::next(), Some(plan), &Config::default()), expected);
    };
    let mut plan = harbour();
    plan.items.remove(0);
    plan.items.remove(0);
    check(&plan, "nothing in 001-harbour can be run now: T003 waits for T001, T002");
    plan.items[0].state = ItemState::Done;
    check(&plan, "nothing in 001-harbour can be run now: everything is done");
    plan.items.clear();
    check(&plan, "nothing in 001-harbour can be run now: it has no items");
    assert_eq!(refused(&Ask::next(), None, &Config::default()), "next needs a plan");
}

#[test]
fn only_a_methodology_plan_has_subplans() {
    assert_eq!(
        refused(&on("subplan", "T001"), Some(&harbour()), &Config::default()),
        "subplan is not a workflow of speckit plans → run the task itself: next 001-harbour"
    );
}

#[test]
fn two_items_whose_codes_are_the_same_are_not_guessed() {
    let mut plan = lighthouse();
    plan.items[0].id = "1.23".into();
    plan.items[1].id = "12.3".into();
    assert_eq!(
        refused(&on("subplan", "123"), Some(&plan), &Config::default()),
        "LIGHTHOUSE has no item \"123\" → did you mean 1.23 or 12.3?"
    );
}

#[test]
fn items_that_need_each_other_are_not_begun() {
    let mut plan = harbour();
    plan.items[0].needs = vec!["T003".into()];
    let mut ask = on("task", "T001");
    ask.items.extend(["T002".into(), "T003".into()]);
    assert_eq!(
        refused(&ask, Some(&plan), &Config::default()),
        "T001, T003 can't be run together: they need each other in a circle"
    );
}

#[test]
fn a_recipe_that_cannot_be_filled_in_is_refused_before_anything_starts() {
    let check = |recipe: &str, expected: &str| {
        let config = config(&format!("[workflow.x]\n{recipe}\n"));
        let expected = format!("the recipe of x can't be used: {expected}");
        assert_eq!(refused(&Ask::of("x"), Some(&lighthouse()), &config), expected, "{recipe}");
    };
    check(
        "command = [\"make\", \"{item.id}\"]",
        "{item.id} has no value in this run → choose an item, or set needs = \"item\"",
    );
    check(
        "command = [\"make\", \"{plan.name}\"]",
        "there is no placeholder {plan.name} → did you mean {plan.path}? Write {{plan.name}} for the text itself",
    );
    check(
        "command = [\"nosuch\"]",
        "the program nosuch is not in PATH → install it, or write its whole path into the recipe",
    );
    check("command = []", "its command is empty → write a program and its arguments");
    check("timeout = \"1s\"", "it has neither a command nor an agent → give it a command");
    check("command = [\"make\"]\nagent = \"a\"", "it has a command and an agent → leave one of them out");
    check("agent = \"smith\"", "there is no agent \"smith\" → add [agent.smith] to plandeck.toml");
    check("agent = \"claud\"", "there is no agent \"claud\" → did you mean claude?");
    for cwd in ["..", "a/../..", "/etc", "/srv/coastal", "{plan.id}/../.."] {
        let shown = cwd.replace("{plan.id}", "LIGHTHOUSE");
        check(
            &format!("command = [\"make\"]\ncwd = \"{cwd}\""),
            &format!("its cwd {shown} is outside the workspace → choose a folder of the workspace"),
        );
    }
    check(
        "command = [\"make\"]\nenv = { GITHUB_TOKEN = \"ghp_x\" }",
        "its env holds a secret, GITHUB_TOKEN → take it out, add \"GITHUB_TOKEN\" to pass_env, and set it in your \
         environment",
    );
    check(
        "command = [\"make\"]\nfail_on = [\"(\"]",
        "fail_on holds no regular expression: unclosed group → mend \"(\"",
    );
}

#[test]
fn an_input_is_read_by_its_declared_type() {
    let config = config(
        "[workflow.x]\ncommand = [\"make\", \"{param.level}\"]\n[workflow.x.params]\n\
         level = { type = \"integer\" }\nmode = { type = \"boolean\", default = true }\nany = { type = \"json\", default = 1 }\n",
    );
    let ask = |params: &[(&str, &str)]| {
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Ask { params, ..Ask::of("x") }
    };
    let check = |params: &[(&str, &str)], expected: &str| {
        assert_eq!(refused(&ask(params), None, &config), expected, "{params:?}");
    };
    check(&[], "x needs the parameter level (--param level=…)");
    check(&[("level", "three")], "x: the parameter level is no integer: three → write it like 3");
    check(&[("level", "1.5")], "x: the parameter level is no integer: 1.5 → write it like 3");
    check(
        &[("level", "1"), ("mode", "yes")],
        "x: the parameter mode is no boolean: yes → write it like true",
    );
    check(&[("levl", "1")], "x: it has no parameter \"levl\" → did you mean level?");
    let spec = spec(&ask(&[("level", "1"), ("any", "{\"a\":[1]}")]), None, &config, &facts()).unwrap();
    assert_eq!(spec.params["any"], serde_json::json!({"a": [1]}));
    assert_eq!(spec.params["mode"], true);
}
