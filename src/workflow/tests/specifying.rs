use std::time::Duration;

use super::*;
use crate::{
    ids::TaskName,
    run::{Capture, Doer, RetryOn, Strategy, Task, Work},
};

fn argv_of(ask: &Ask, plan: &Plan, config: &Config, facts: &Facts) -> String {
    shell_words::join(&spec(ask, Some(plan), config, facts).expect("granted").tasks[0].argv)
}

#[test]
fn the_workspaces_own_scripts_are_called_as_they_ask_to_be() {
    let check = |ask: &Ask, expected: &str| {
        let argv = argv_of(ask, &lighthouse(), &Config::default(), &facts_with_scripts());
        assert_eq!(argv, format!("/usr/bin/python3 LLM/scripts/generation/{expected}"));
    };
    check(
        &Ask::next(),
        "generate_prompt.py work-space/plans/LIGHTHOUSE/PLAN_LIGHTHOUSE.md --next --no-clipboard",
    );
    check(
        &on("subplan", "2.3"),
        "generate_subplan_prompt.py create work-space/plans/LIGHTHOUSE/PLAN_LIGHTHOUSE.md --achievement 2.3",
    );
    check(
        &on("execution", "1.2"),
        "generate_execution_prompt.py create \
         work-space/plans/LIGHTHOUSE/subplans/SUBPLAN_LIGHTHOUSE_12.md --execution 03",
    );
}

#[test]
fn a_script_that_says_error_and_exits_0_has_failed() {
    let spec = spec(&on("subplan", "2.3"), Some(&lighthouse()), &Config::default(), &facts_with_scripts());
    let task = &spec.expect("granted").tasks[0];
    let fails = |line: &str| task.fail_on.iter().any(|it| regex::Regex::new(it).unwrap().is_match(line));
    assert!(fails("Error: Achievement 9.9 not found in PLAN"));
    assert!(fails("❌ Error: No SUBPLAN found"));
    assert!(!fails("Handle every Error: with care"));
    assert_eq!(task.stdin, None);
    assert_eq!(task.limits.wall, Some(Duration::from_mins(3)));
}

#[test]
fn without_scripts_the_configuration_says_how_and_without_it_we_do() {
    let configured =
        config("[workflow.subplan]\nneeds = \"item\"\ncommand = [\"make\", \"plan-{item.code}\"]\n");
    let (with, without) = (facts_with_scripts(), facts());
    let plan = lighthouse();
    let ask = on("subplan", "2.3");
    assert!(argv_of(&ask, &plan, &configured, &with).contains("generate_subplan_prompt.py"));
    assert_eq!(argv_of(&ask, &plan, &configured, &without), "/usr/bin/make plan-23");
    let own = spec(&ask, Some(&plan), &Config::default(), &without).unwrap();
    assert_eq!(
        own.tasks[0].argv,
        ["/opt/{plandeck}/plandeck", "document", "subplan", &plan.path, "2.3"].map(str::to_owned)
    );
    let proposal = propose(&ask, Some(&plan), &configured, &with).unwrap();
    assert_eq!(
        proposal.note().as_deref(),
        Some(
            "the workspace's own LLM/scripts/generation/generate_subplan_prompt.py is used, \
             not the recipe of plandeck.toml"
        )
    );
}

#[test]
fn next_does_what_the_first_entry_says() {
    let mut plan = lighthouse();
    let check = |plan: &Plan, ask: &Ask, sentence: &str, kind: &str| {
        let proposal = propose(ask, Some(plan), &Config::default(), &facts()).unwrap();
        assert_eq!(proposal.sentence(), sentence);
        assert_eq!(proposal.command[2], kind);
        assert_eq!(
            proposal.command,
            spec(ask, Some(plan), &Config::default(), &facts()).unwrap().tasks[0].argv
        );
    };
    let file = plan.path.clone();
    check(
        &plan,
        &Ask::next(),
        &format!(
            "Create EXECUTION for 1.2: writes \
             work-space/plans/LIGHTHOUSE/execution/EXECUTION_TASK_LIGHTHOUSE_12_03.md, because of {file}:14"
        ),
        "execution",
    );
    check(
        &plan,
        &on("next", "2.3"),
        &format!(
            "Create SUBPLAN for 2.3: writes \
             work-space/plans/LIGHTHOUSE/subplans/SUBPLAN_LIGHTHOUSE_23.md, because of {file}:20"
        ),
        "subplan",
    );
    plan.items[1].state = ItemState::NeedsFix;
    plan.items[1].action = Some(Action::Fix);
    check(&plan, &Ask::next(), &format!("Fix 1.2: prints a prompt, because of {file}:14"), "fix");
    check(
        &harbour(),
        &Ask::next(),
        "Run T001: prints a prompt, because of specs/001-harbour/tasks.md:5",
        "task",
    );
}

#[test]
fn an_item_is_found_by_its_id_and_by_its_subplans() {
    let plan = lighthouse();
    for asked in ["1.2", "12", " 1.2 "] {
        let spec = spec(&on("execution", asked), Some(&plan), &Config::default(), &facts()).unwrap();
        assert_eq!(spec.item.unwrap().id.as_str(), "1.2", "{asked}");
    }
    let found = find_item(&harbour(), &"t002".into()).map(|item| item.id.clone());
    assert_eq!(found, Ok("T002".into()));
}

#[test]
fn a_recipe_is_frozen_to_the_last_value() {
    let config = config(
        "[workflow.release]\n\
         needs = \"plan\"\n\
         command = [\"scripts/release.sh\", \"{plan.id} {param.note}\", \"{param.level}\", \"{workspace}\", \"{run.id}\"]\n\
         cwd = \"./tools/x/..\"\n\
         env = { LEVEL = \"{param.level}\" }\n\
         pass_env = [\"PATH\"]\n\
         stdin = \"yes\\n\"\n\
         capture = \"split\"\n\
         leave_running = true\n\
         timeout = \"10m\"\n\
         idle_timeout = \"30s\"\n\
         grace = \"3s\"\n\
         retries = { max = 2, backoff = \"1s\", on = [\"timed_out\"] }\n\
         deliverables = [\"out/{plan.id}/**\"]\n\
         checks = [[\"cargo\", \"test\", \"-q\"], [\"./check.sh\"]]\n\
         [workflow.release.params]\n\
         level = { type = \"integer\", default = 1 }\n\
         note = { type = \"string\" }\n",
    );
    let mut ask = Ask::of("release");
    ask.params = vec![("note".to_owned(), "a b; {item.id}".to_owned())];
    ask.input.insert("level".to_owned(), 7.into());
    let spec = spec(&ask, Some(&lighthouse()), &config, &facts()).unwrap();
    let [work, first, second] = &spec.tasks[..] else { panic!("three tasks") };
    assert_eq!(
        work.argv,
        [
            "/srv/coast/scripts/release.sh",
            "LIGHTHOUSE a b; {item.id}",
            "7",
            "/srv/coast",
            "0193e3f0-7c5a-7abc-8def-0123453f9c2a"
        ]
    );
    assert_eq!(work.cwd, "/srv/coast/tools");
    assert_eq!(work.env["LEVEL"], "7");
    assert_eq!(work.pass_env, ["PATH"]);
    assert_eq!(work.stdin.as_deref(), Some("yes\n"));
    assert_eq!(work.capture, Capture::Split);
    assert!(work.leave_running);
    assert_eq!(work.limits.wall, Some(Duration::from_mins(10)));
    assert_eq!(work.limits.idle, Some(Duration::from_secs(30)));
    assert_eq!(work.limits.grace, Duration::from_secs(3));
    assert_eq!((work.retries.max, &work.retries.on[..]), (2, &[RetryOn::TimedOut][..]));
    assert_eq!(spec.deliverables, ["work-space/plans/LIGHTHOUSE/**", "out/LIGHTHOUSE/**"]);
    assert_eq!(spec.params["level"], 7);
    assert_eq!(spec.item, None);
    assert_eq!((first.name.as_str(), &first.needs), ("release-check-1", &vec![work.name.clone()]));
    assert_eq!(first.argv, ["/usr/bin/cargo", "test", "-q"]);
    assert_eq!(second.argv, ["/srv/coast/./check.sh".replace("./", "")]);
    assert_eq!((first.retries.max, first.stdin.as_deref()), (0, None));
}

#[test]
fn a_limit_that_was_asked_for_wins_and_zero_means_none() {
    let mut ask = on("subplan", "2.3");
    ask.timeout = Some(Duration::ZERO);
    ask.idle_timeout = Some(Duration::from_secs(5));
    let spec = spec(&ask, Some(&lighthouse()), &Config::default(), &facts()).unwrap();
    assert_eq!(spec.tasks[0].limits.wall, None);
    assert_eq!(spec.tasks[0].limits.idle, Some(Duration::from_secs(5)));
    assert_eq!(spec.tasks[0].limits.grace, Duration::from_secs(10));
    assert_eq!(spec.slots, 4);
}

#[test]
fn several_items_become_tasks_that_wait_for_each_other() {
    let mut ask = on("task", "T003");
    ask.items.extend(["T001".into(), "T002".into(), "T001".into()]);
    ask.slots = Some(2);
    let spec = spec(&ask, Some(&harbour()), &Config::default(), &facts()).unwrap();
    let tasks: Vec<(&str, Vec<&str>)> = spec
        .tasks
        .iter()
        .map(|task| (task.name.as_str(), task.needs.iter().map(TaskName::as_str).collect()))
        .collect();
    assert_eq!(tasks, [("T003", vec!["T001", "T002"]), ("T001", vec![]), ("T002", vec![])]);
    assert_eq!((spec.slots, spec.item), (2, None));
}

#[test]
fn what_is_next_for_several_items_is_a_task_each() {
    let mut ask = on("next", "2.3");
    ask.items.extend(["12".into(), "1.2".into()]);
    let spec = spec(&ask, Some(&lighthouse()), &Config::default(), &facts_with_scripts()).unwrap();
    let titles: Vec<&str> = spec.tasks.iter().map(|task| task.title.as_str()).collect();
    assert_eq!(titles, ["Create SUBPLAN for 2.3", "Create EXECUTION for 1.2"]);
    assert_eq!(spec.deliverables, ["work-space/plans/LIGHTHOUSE/**"]);
}

#[test]
fn a_recipe_under_one_of_our_names_needs_what_that_name_needs() {
    let config = config("[workflow.task]\ncommand = [\"make\", \"{item.id}\"]\n");
    let refusal = spec(&Ask::of("task"), Some(&harbour()), &config, &facts()).unwrap_err();
    assert_eq!(words(&refusal), "task needs an item");
    assert_eq!(argv_of(&Ask::next(), &harbour(), &config, &facts()), "/usr/bin/make T001");
}

#[test]
fn parallel_takes_the_group_that_can_run_now() {
    let spec = spec(&Ask::of("parallel"), Some(&harbour()), &Config::default(), &facts()).unwrap();
    let names: Vec<&str> = spec.tasks.iter().map(|task| task.name.as_str()).collect();
    assert_eq!(names, ["T001", "T002"]);
    let refusal = super::spec(&Ask::of("parallel"), Some(&lighthouse()), &Config::default(), &facts());
    assert_eq!(
        words(&refusal.unwrap_err()),
        "nothing in LIGHTHOUSE can be run now: no two items can run side by side now"
    );
}

#[test]
fn a_name_that_is_no_file_name_is_made_one() {
    let mut plan = harbour();
    plan.items[0].id = "../a b".into();
    plan.items[1].id = "..~a~b".into();
    plan.items[2].id = "日本".into();
    plan.items[2].state = ItemState::Ready;
    plan.items[2].needs.clear();
    let mut ask = Ask::of("task");
    ask.items = plan.items.iter().map(|item| item.id.clone()).collect();
    let spec = spec(&ask, Some(&plan), &Config::default(), &facts()).unwrap();
    let names: Vec<&str> = spec.tasks.iter().map(|task| task.name.as_str()).collect();
    assert_eq!(names, ["..-a-b", "..-a-b_2", "task"]);
}

#[test]
fn an_agent_is_given_its_prompt_as_it_asks() {
    let with = |by: &str, rest: &str| {
        config(&format!(
            "[workflow.task]\nneeds = \"item\"\nagent = \"smith\"\n{rest}\n\
             [agent.smith]\ncommand = [\"make\", \"-p\"]\nprompt = \"{by}\"\n"
        ))
    };
    let made = |config: &Config| spec(&on("task", "T001"), Some(&harbour()), config, &facts()).unwrap();
    let prompt = |config: &Config| {
        let task = made(config).tasks.remove(0);
        assert_eq!(task.argv, ["/opt/{plandeck}/plandeck", "perform"]);
        let Work::Performed(performance) = task.work else { panic!("it is the performer's") };
        let Doer::Agent { otherwise, prompt, .. } = performance.doer else { panic!("it is an agent's") };
        assert_eq!(otherwise, "smith");
        prompt
    };
    let own = with("stdin", "prompt = \"Do {item.title}\"");
    assert_eq!(prompt(&own).as_deref(), Some("Do Dig the basin"));
    assert_eq!(made(&own).agents["smith"].argv, ["/usr/bin/make", "-p"]);
    let from_file = with("file", "prompt_file = \"prompts/do.md\"");
    assert_eq!(prompt(&from_file).as_deref(), Some("Do T001 of 001-harbour.\n"));
    // What the plan's files say is read when the attempt begins.
    assert_eq!(prompt(&with("stdin", "")), None);
    let task = made(&own).tasks.remove(0);
    assert_eq!((task.retries.max, task.retries.context, task.retries.task_file), (2, 3, 1));
    assert_eq!((task.limits.wall, task.recipe.as_str()), (Some(Duration::from_hours(1)), "task@smith"));
}

#[test]
fn an_agent_that_was_asked_for_does_it_and_a_command_that_declares_checks_is_performed() {
    let made = |ask: Ask, config: &Config| spec(&ask, Some(&harbour()), config, &facts()).unwrap().tasks;
    let doer = |task: &Task| match &task.work {
        Work::Program => None,
        Work::Performed(performance) => Some(performance.doer.clone()),
    };
    let asked = Ask { agent: Some("claude".to_owned()), ..on("task", "T001") };
    let expected =
        Doer::Agent { asked: Some("claude".to_owned()), otherwise: "claude".to_owned(), prompt: None };
    assert_eq!(doer(&made(asked.clone(), &Config::default())[0]), Some(expected));
    let plain = config("[workflow.task]\nneeds = \"item\"\ncommand = [\"make\", \"{item.id}\"]\n");
    assert_eq!(doer(&made(on("task", "T001"), &plain)[0]), None);
    let refused = spec(&asked, Some(&harbour()), &plain, &facts()).unwrap_err();
    assert!(refused.to_string().contains("an agent was asked for"), "{refused}");
    let checked =
        config("[workflow.task]\nneeds = \"item\"\ncommand = [\"make\"]\nchecks = [[\"cargo\", \"test\"]]\n");
    let tasks = made(on("task", "T001"), &checked);
    let argv = vec!["/usr/bin/make".to_owned()];
    assert_eq!((tasks.len(), doer(&tasks[0])), (1, Some(Doer::Command { argv, stdin: None })));
}

#[test]
fn shell_lines_of_the_plan_are_held_until_somebody_lets_them() {
    let mut plan = harbour();
    plan.items.iter_mut().for_each(|item| item.commands = vec!["make check".to_owned()]);
    let agent =
        |more: &str| config(&format!("[workflow.task]\nneeds = \"item\"\nagent = \"claude\"\n{more}"));
    let held = |ask: &Ask, config: &Config| {
        let spec = spec(ask, Some(&plan), config, &facts()).unwrap();
        held_commands(&spec, Some(&plan), config).len()
    };
    let ask = on("task", "T001");
    assert_eq!(held(&ask, &agent("")), 1);
    assert_eq!(held(&Ask { plan_commands: true, ..ask.clone() }, &agent("")), 0);
    assert_eq!(held(&ask, &agent("[plans]\nrun_commands = \"always\"\n")), 0);
    assert_eq!(held(&ask, &agent("[plans]\nrun_commands = \"never\"\n")), 0);
}

#[test]
fn what_has_to_be_looked_up_is_named() {
    let config = config(
        "[workflow.a]\ncommand = [\"make\"]\nchecks = [[\"cargo\", \"test\"], [\"./x\"]]\n\
         [workflow.b]\nagent = \"s\"\nprompt_file = \"p.md\"\n[agent.s]\ncommand = [\"smith\"]\n",
    );
    let wanted = wanted(&config);
    assert_eq!(
        wanted.programs.iter().collect::<Vec<_>>(),
        ["cargo", "claude", "codex", "cursor-agent", "gemini", "make", "opencode", "python3", "smith"]
    );
    assert_eq!(wanted.texts.iter().collect::<Vec<_>>(), ["p.md"]);
    assert_eq!(wanted.scripts.len(), 3);
}

#[test]
fn a_whole_plan_is_one_run_in_which_phases_and_tasks_without_a_mark_are_barriers() {
    let task = |id: &str, group: usize, parallel: bool| {
        let mut item = Item::new(id.into(), format!("Do {id}"), Place::line("specs/a/tasks.md", 3));
        item.group = Some(group);
        item.parallel = parallel;
        item.state = ItemState::Ready;
        item
    };
    let mut done = task("T001", 0, false);
    done.state = ItemState::Done;
    let mut stuck = task("T008", 2, false);
    stuck.needs = vec!["T099".into()];
    let items = vec![
        done,
        task("T002", 0, true),
        task("T003", 0, true),
        task("T004", 1, true),
        task("T005", 1, false),
        task("T006", 1, true),
        stuck,
    ];
    let tides = plan("tides", Dialect::Speckit, "specs/a/tasks.md", "specs/a", items);
    let spec = specify(&Ask::of("all"), Some(&tides), &Config::default(), &facts(), stamp()).unwrap();
    let told: Vec<String> = spec
        .tasks
        .iter()
        .map(|it| {
            format!(
                "{} after {}",
                it.name,
                it.needs.iter().map(TaskName::as_str).collect::<Vec<_>>().join(" ")
            )
        })
        .collect();
    assert_eq!(
        told,
        ["T002 after ", "T003 after ", "T004 after T002 T003", "T005 after T004", "T006 after T005"],
        "what is done is not run again, and what can never come to its turn is left out"
    );
}

#[test]
fn of_a_methodology_plan_each_achievement_makes_one_step_and_a_person_decides_what_follows() {
    let spec = specify(&Ask::of("all"), Some(&lighthouse()), &Config::default(), &facts(), stamp()).unwrap();
    let told: Vec<_> = spec.tasks.iter().map(|it| (it.title.as_str(), it.after.len())).collect();
    assert_eq!(told, [("Create EXECUTION for 1.2", 0), ("Create SUBPLAN for 2.3", 1)]);
    assert!(spec.tasks.iter().all(|task| !task.write_back), "its state is which files exist");
    let proposal = propose(&Ask::of("all"), Some(&lighthouse()), &Config::default(), &facts()).unwrap();
    assert_eq!(proposal.title, "Make the next step of 2 achievements");
    let left_out = proposal.schedule.unwrap().left_out;
    assert_eq!(left_out[0].why, "it waits until 2.3 is approved");

    let mut reviewed = lighthouse();
    reviewed.items.truncate(2);
    reviewed.items[1].state = ItemState::InReview;
    reviewed.items[1].action = Some(Action::Review);
    let refusal =
        specify(&Ask::of("all"), Some(&reviewed), &Config::default(), &facts(), stamp()).unwrap_err();
    assert!(
        refusal.to_string().ends_with("1.2: a person reviews it: approve 1.2, or reject 1.2"),
        "{refusal}"
    );
}

#[test]
fn the_task_that_proves_an_item_is_waited_for_and_written_back() {
    let recipe = config(
        "[workflow.task]\ncommand = [\"make\", \"{item.id}\"]\nchecks = [[\"cargo\", \"test\"], [\"make\", \"lint\"]]\n",
    );
    let spec = specify(&Ask::of("all"), Some(&harbour()), &recipe, &facts(), stamp()).unwrap();
    let told: Vec<String> = spec
        .tasks
        .iter()
        .map(|it| {
            let needs: Vec<&str> = it.needs.iter().map(TaskName::as_str).collect();
            format!("{} < {}{}", it.name, needs.join(" "), if it.write_back { " written" } else { "" })
        })
        .collect();
    assert_eq!(told, ["T001 <  written", "T002 <  written", "T003 < T001 T002 written",]);
    let prints =
        specify(&on("task", "T001"), Some(&harbour()), &Config::default(), &facts(), stamp()).unwrap();
    assert!(prints.tasks.iter().all(|task| !task.write_back), "who prints a prompt has not done the work");
}

#[test]
fn a_strategy_of_one_at_a_time_has_one_slot_unless_more_are_asked_for() {
    let slots = |ask: Ask| specify(&ask, Some(&harbour()), &Config::default(), &facts(), stamp());
    let all = || Ask::of("all");
    assert_eq!(slots(all()).unwrap().slots, 4);
    let sequential = || Ask { strategy: Some(Strategy::Sequential), ..all() };
    assert_eq!(slots(sequential()).unwrap().slots, 1);
    let refusal = slots(Ask { slots: Some(3), ..sequential() }).unwrap_err();
    assert!(refusal.to_string().contains("--slots 3 asks for more"), "{refusal}");
    let refusal = slots(Ask { strategy: Some(Strategy::Tdd), ..Ask::next() }).unwrap_err();
    assert!(refusal.to_string().contains("--strategy tdd is for a whole plan"), "{refusal}");
}
