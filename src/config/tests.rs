use std::path::PathBuf;

use super::*;

fn file(text: &str) -> SettingsFile {
    SettingsFile { path: PathBuf::from("plandeck.toml"), text: text.to_owned() }
}

fn workspace(text: &str) -> Result<Settings, ConfigError> {
    let environment = Environment::default();
    Settings::read(&Layers {
        user: None,
        workspace: Some(file(text)),
        environment: &environment,
        flags: Vec::new(),
    })
}

#[test]
fn an_empty_file_and_no_file_are_the_defaults() {
    assert_eq!(workspace("").unwrap().config, Config::default());
    assert_eq!(Settings::default().config, Config::default());
    assert!(Settings::default().list().iter().all(|it| it.source == Source::Default));
}

#[test]
fn what_is_written_for_a_new_workspace_says_the_defaults() {
    assert_eq!(workspace(SAMPLE).unwrap().config, Config::default());
    for setting in Settings::default().list() {
        let key = setting.key.rsplit('.').next().unwrap();
        assert!(SAMPLE.contains(key), "{key} is missing in the sample");
    }
}

#[test]
fn every_key_of_the_reference_is_read() {
    let settings = workspace(include_str!("everything.toml")).unwrap();
    let config = &settings.config;
    let next = &config.workflow["next"];
    assert_eq!(next.command.as_ref().unwrap()[2], "@{plan.id}");
    assert_eq!(next.wall(), Some(std::time::Duration::from_mins(3)));
    assert_eq!(next.retries.as_ref().unwrap().on, [RetryOn::Failed, RetryOn::TimedOut]);
    assert_eq!(next.params["level"].kind, ParamType::Integer);
    assert_eq!(config.agent["claude"].stream, StreamFormat::Claude);
    assert_eq!(config.advice[0].when.exit, Some(3));
    assert_eq!(config.theme["mine"]["done"], "green");
    assert_eq!(config.deck.refresh, Refresh::Every(Span::secs(5)));
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_what_was_meant() {
    let check = |text: &str, expected: &str| {
        let error = workspace(text).expect_err(text);
        let hint = error.hint().map(|hint| format!(" ({hint})")).unwrap_or_default();
        assert_eq!(format!("{error}{hint}"), expected, "{text}");
    };
    check(
        "[workflow.next]\ncommand = [\"a\"]\ntmeout = \"1s\"\n",
        "plandeck.toml:3:1: there is no setting \"workflow.next.tmeout\" (did you mean workflow.next.timeout?)",
    );
    check("[dek]\n", "plandeck.toml:1:2: there is no setting \"dek\" (did you mean deck?)");
    check(
        "# é\nrun = { retention = { rums = 3 } }\n",
        "plandeck.toml:2:23: there is no setting \"run.retention.rums\" (did you mean run.retention.runs?)",
    );
    check(
        "[[advice]]\nsay = \"x\"\nwhen = { outcom = \"failed\" }\n",
        "plandeck.toml:3:10: there is no setting \"advice.when.outcom\" (did you mean advice.when.outcome?)",
    );
    check(
        "[run]\nstagger = \"10\"\n",
        "plandeck.toml:2:11: \"10\" is no duration; write a number and a unit, such as \"180s\", \"10m\", \"1h30m\" \
         or \"250ms\"",
    );
    check(
        "[deck]\nedit_mode = \"vim\"\n",
        "plandeck.toml:2:13: unknown variant `vim`, expected `emacs` or `vi`",
    );
    check(
        "[deck]\nrefresh = \"0s\"\n",
        "plandeck.toml:2:11: write \"watch\", \"off\", or a duration such as \"5s\"",
    );
    check("[agent.x]\nprompt = \"stdin\"\n", "plandeck.toml:1:1: missing field `command`");
    check(
        "[[advice]]\nsay = \"x\"\nwhen = { output = \"(\" }\n",
        "plandeck.toml:3:19: no regular expression: unclosed group",
    );
    check("[run\n", "plandeck.toml:1:5: unclosed table, expected `]`");
    check("[run]\nslots = -1\n", "plandeck.toml:2:9: invalid value: integer `-1`, expected usize");
}

#[test]
fn a_higher_layer_wins_and_is_remembered() {
    let environment = Environment::from_pairs([
        ("PLANDECK_DECK_EDIT_MODE", "vi"),
        ("PLANDECK_RUN_RETENTION_RUNS", "7"),
        ("PLANDECK_PLANS_DIALECTS", "speckit, ccw"),
        ("PLANDECK_STATE_DIR", "/elsewhere"),
    ]);
    let mut user = file(
        "[deck]\ntheme = \"dark\"\nedit_mode = \"emacs\"\n[workflow.next]\ncommand = [\"a\"]\ncwd = \"x\"\n",
    );
    user.path = PathBuf::from("/home/ada/plandeck.toml");
    let settings = Settings::read(&Layers {
        user: Some(user.clone()),
        workspace: Some(file("[deck]\ntheme = \"light\"\n[workflow.next]\ncommand = [\"b\"]\n")),
        environment: &environment,
        flags: vec![Flag { option: "--yes", key: "deck.confirm", value: "never".into() }],
    })
    .unwrap();
    let check = |key: &str, value: &str, source: Source| {
        let found = settings.list().into_iter().find(|it| it.key == key).expect(key);
        assert_eq!((found.value.as_str(), found.source), (value, source), "{key}");
    };
    let workspace = || Source::Workspace("plandeck.toml".into());
    check("deck.theme", "\"light\"", workspace());
    check("deck.edit_mode", "\"vi\"", Source::Variable("PLANDECK_DECK_EDIT_MODE".to_owned()));
    check("deck.confirm", "\"never\"", Source::Flag("--yes".to_owned()));
    check("deck.refresh", "\"watch\"", Source::Default);
    check("run.retention.runs", "7", Source::Variable("PLANDECK_RUN_RETENTION_RUNS".to_owned()));
    check("run.retention.age", "\"90d\"", Source::Default);
    check("workflow.next.command", "[\"b\"]", workspace());
    assert_eq!(settings.config.workflow["next"].cwd, None, "a recipe is replaced as a whole");
    assert!(settings.list().iter().all(|it| it.key != "workflow.next.cwd"));
    assert_eq!(settings.config.plans.dialects, ["speckit", "ccw"]);
}

#[test]
fn a_wrong_variable_is_named() {
    let check = |name: &str, value: &str, expected: &str| {
        let environment = Environment::from_pairs([(name, value)]);
        let layers = Layers { user: None, workspace: None, environment: &environment, flags: Vec::new() };
        let error = Settings::read(&layers).expect_err(name);
        let hint = error.hint().map(|hint| format!(" ({hint})")).unwrap_or_default();
        assert_eq!(format!("{error}{hint}"), expected);
    };
    check("PLANDECK_RUN_SLOTS", "many", "PLANDECK_RUN_SLOTS: write a whole number");
    check(
        "PLANDECK_DECK_THEM",
        "dark",
        "PLANDECK_DECK_THEM: there is no such setting (did you mean PLANDECK_DECK_THEME?)",
    );
    check(
        "PLANDECK_DECK_CONFIRM",
        "no",
        "PLANDECK_DECK_CONFIRM: unknown variant `no`, expected `ask` or `never`",
    );
}

#[test]
fn rows_of_advice_of_both_files_stand_beside_each_other() {
    let environment = Environment::default();
    let row = |say: &str| file(&format!("[[advice]]\nsay = \"{say}\"\n"));
    let layers = Layers {
        user: Some(row("user")),
        workspace: Some(row("workspace")),
        environment: &environment,
        flags: Vec::new(),
    };
    let config = Settings::read(&layers).unwrap().config;
    assert_eq!(config.advice.iter().map(|it| it.say.as_str()).collect::<Vec<_>>(), ["workspace", "user"]);
}

#[test]
fn a_value_that_looks_secret_is_not_shown() {
    let settings =
        workspace("[workflow.x]\ncommand = [\"a\"]\nenv = { API_KEY = \"hush\", A = \"b\" }\n").unwrap();
    let shown: Vec<_> = settings.list().into_iter().filter(|it| it.key.contains(".env.")).collect();
    assert_eq!(shown[0].value, "\"b\"");
    assert_eq!(shown[1].value, "(not shown)");
}
