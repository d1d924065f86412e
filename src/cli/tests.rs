use std::fmt::Write as _;

use clap::CommandFactory as _;

use super::*;

#[test]
fn the_grammar_holds_together() {
    Cli::command().debug_assert();
    Grammar::Deck.command().debug_assert();
}

fn shell(line: &str) -> Result<Cli, LineError> {
    parse_args(std::iter::once("plandeck".to_owned()).chain(shell_words::split(line).unwrap()))
}

fn deck(line: &str) -> Verb {
    match parse_line(line).unwrap_or_else(|error| panic!("{line}: {error}")) {
        Some(Typed::Verb(verb, _)) => *verb,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn a_run_verb_is_the_same_with_and_without_run() {
    for line in [
        "list --status failed --since 2h",
        "get @latest",
        "logs 3f9c2a main --tail 5",
        "events 3f9c2a --from 4",
        "follow 3f9c2a",
        "wait a b",
        "cancel 3f9c2a --reason 'wrong branch' --force",
        "pause a",
        "unpause a",
        "retry a --failed",
        "create next --plan ALPHA --param level=2 --item 2.3 --wait",
    ] {
        let plain = line.replacen("list", "runs", 1);
        assert_eq!(deck(&plain), deck(&format!("run {line}")), "{line}");
        assert_eq!(Some(deck(&plain)), shell(&format!("run {line}")).unwrap().verb, "{line}");
    }
}

#[test]
fn the_plan_may_be_left_out_where_it_goes_without_saying() {
    let check = |line: &str, plan: Option<&str>, item: &str| {
        let target = match deck(line) {
            Verb::Subplan(args) => args.target,
            Verb::Execution(args) => args.target,
            Verb::Plan(PlanVerb::Set(args)) => args.target,
            Verb::Plan(PlanVerb::Approve(args)) => args.target,
            Verb::Plan(PlanVerb::Reject(args)) => args.target,
            other => panic!("{other:?}"),
        };
        assert_eq!(target.plan(), plan.map(PlanName::new), "{line}");
        assert_eq!(target.item().as_str(), item, "{line}");
    };
    check("subplan 2.3", None, "2.3");
    check("subplan ALPHA 2.3 --dry-run", Some("ALPHA"), "2.3");
    check("execution ALPHA 23", Some("ALPHA"), "23");
    check("plan set 2.3 done", None, "2.3");
    check("plan set ALPHA 2.3 in_progress", Some("ALPHA"), "2.3");
    check("plan approve 2.3", None, "2.3");
    check("plan reject 'two words' 2.3 --reason 'no tests'", Some("two words"), "2.3");
}

#[test]
fn the_deck_has_verbs_of_its_own() {
    let check = |line: &str, expected: DeckVerb| {
        assert_eq!(parse_line(line), Ok(Some(Typed::Deck(expected))), "{line}");
    };
    check("open 3", DeckVerb::Open { plan: PlanName::new("3") });
    check("quit", DeckVerb::Quit);
    check("exit", DeckVerb::Quit);
    check("back", DeckVerb::Back);
    check("refresh", DeckVerb::Refresh);
    assert_eq!(deck("plans"), Verb::Plan(PlanVerb::List));
    assert_eq!(deck("plandeck run list"), deck("runs"));
    assert!(shell("open 3").is_err());
    assert!(shell("runs").is_err());
}

#[test]
fn an_empty_line_and_a_comment_ask_for_nothing() {
    for line in ["", "   ", "# a comment", "plandeck"] {
        assert_eq!(parse_line(line), Ok(None), "{line}");
    }
}

#[test]
fn output_and_yes_are_options_of_a_line_too() {
    let Ok(Some(Typed::Verb(_, common))) = parse_line("runs -o json -y") else { panic!("a verb") };
    assert_eq!(common, Common { output: Some(Output::Json), yes: true });
    assert!(parse_line("runs -C /elsewhere").is_err());
    let cli = shell("run list -C there -o ndjson --no-input").unwrap();
    assert_eq!(cli.global.workspace, Some("there".into()));
    assert_eq!(cli.global.common.output, Some(Output::Ndjson));
    assert!(cli.global.no_input);
}

#[test]
fn a_line_that_makes_no_sense_says_why_and_what_was_meant() {
    let check = |line: &str, part: &str| {
        let error = parse_line(line).expect_err(line).to_string();
        assert!(error.contains(part), "{line}: {error}");
    };
    check("statsu", "'status'");
    check("runs --statsu failed", "'--status'");
    check("runs --status faild", "'failed'");
    check("subplan", "required");
    check("subplan ALPHA 2.3 4", "unexpected");
    check("say \"hello", "quotation mark");
    check("next --timeout 10", "is no duration");
    check("logs a --from 3 --tail 4", "cannot be used");
    check("create next --follow --wait", "cannot be used");
    check("retry", "required");
}

#[test]
fn help_is_shown_and_is_no_error() {
    for line in ["--help", "run list --help", "next -h"] {
        assert!(matches!(shell(line), Err(LineError::Shown(_))), "{line}");
    }
    assert!(matches!(shell("--version"), Err(LineError::Shown(_))));
    assert!(matches!(parse_line("runs --help"), Err(LineError::Shown(_))));
}

#[test]
fn help_knows_its_topics() {
    let topic = |words: &str| help(Grammar::Shell, &shell_words::split(words).unwrap());
    assert!(topic("run create").unwrap().to_string().contains("plandeck run create next --plan ALPHA"));
    assert!(topic("exit-codes").unwrap().to_string().contains("124  timed out"));
    let error = topic("run creat").unwrap_err().to_string();
    assert!(error.contains("did you mean 'create'"), "{error}");
    assert!(help(Grammar::Deck, &["runs".to_owned()]).is_ok());
}

#[test]
fn hidden_verbs_are_read_and_not_shown() {
    let cli = shell("supervise 0193e3f0 --state s --workspace w").unwrap();
    assert!(matches!(cli.verb, Some(Verb::Supervise(_))));
    let cli = shell("document subplan work-space/plans/A/PLAN_A.md 2.3").unwrap();
    assert!(matches!(cli.verb, Some(Verb::Document(_))));
    let help = help(Grammar::Shell, &[]).unwrap().to_string();
    assert!(!help.contains("supervise") && !help.contains("document "), "{help}");
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn the_whole_help_reads_well() {
    let mut pages = String::new();
    for words in
        ["", "next", "subplan", "run", "run create", "run list", "run logs", "plan", "plan set", "exit-codes"]
    {
        let topic = shell_words::split(words).unwrap();
        writeln!(pages, "$ plandeck help {words}\n{}", help(Grammar::Shell, &topic).unwrap()).unwrap();
    }
    writeln!(pages, "deck ❯ help\n{}", help(Grammar::Deck, &[]).unwrap()).unwrap();
    snapshot("cli_help", &pages);
}
