mod advising;
mod refusing;
mod specifying;
mod writing;

use super::*;
use crate::{
    clock::Timestamp,
    config::{Config, Environment, Layers, Settings, SettingsFile},
    ids::{ItemId, RunId},
    plan::{Action, Dialect, Document, DocumentKind, Item, ItemState, Place, Plan, PlanState},
    run::{Refusal, Specification, spec::Origin},
};

/// A methodology plan: 1.1 done, 1.2 designed, 2.3 not begun, 2.4 waits for 2.3.
fn lighthouse() -> Plan {
    let folder = "work-space/plans/LIGHTHOUSE";
    let file = format!("{folder}/PLAN_LIGHTHOUSE.md");
    let item = |id: &str, title: &str, line: usize| {
        let mut item = Item::new(id.into(), title, Place::line(&file, line));
        item.why = format!("{file}:{line}");
        item
    };
    let mut done = item("1.1", "Lay the foundation", 10);
    done.state = ItemState::Done;
    let mut designed = item("1.2", "Raise the tower", 14);
    designed.state = ItemState::Ready;
    designed.action = Some(Action::CreateExecution);
    let path = format!("{folder}/subplans/SUBPLAN_LIGHTHOUSE_12.md");
    designed.documents.push(Document { kind: DocumentKind::Subplan, path });
    let path = format!("{folder}/execution/EXECUTION_TASK_LIGHTHOUSE_12_02_V2.md");
    designed.documents.push(Document { kind: DocumentKind::Execution, path });
    let mut open = item("2.3", "Grind the lens", 20);
    open.state = ItemState::Ready;
    open.action = Some(Action::CreateSubplan);
    let mut waiting = item("2.4", "Light the lamp", 24);
    waiting.state = ItemState::Blocked;
    waiting.needs = vec!["2.3".into()];
    waiting.blocked_by = vec!["2.3".into()];
    plan("LIGHTHOUSE", Dialect::Methodology, &file, folder, vec![done, designed, open, waiting])
}

/// A spec-kit plan of three tasks, the third of which needs the other two.
fn harbour() -> Plan {
    let file = "specs/001-harbour/tasks.md";
    let task = |id: &str, title: &str, line: usize| {
        let mut item = Item::new(id.into(), title, Place::line(file, line));
        item.state = ItemState::Ready;
        item.action = Some(Action::Run);
        item.parallel = true;
        item
    };
    let mut third = task("T003", "Open the gate", 9);
    third.needs = vec!["T001".into(), "T002".into()];
    third.blocked_by = third.needs.clone();
    third.state = ItemState::Blocked;
    let items = vec![task("T001", "Dig the basin", 5), task("T002", "Drive the piles", 7), third];
    plan("001-harbour", Dialect::Speckit, file, "specs/001-harbour", items)
}

fn plan(id: &str, dialect: Dialect, path: &str, folder: &str, items: Vec<Item>) -> Plan {
    Plan {
        id: id.into(),
        title: format!("The {id}"),
        dialect,
        path: path.to_owned(),
        folder: folder.to_owned(),
        state: PlanState::InProgress,
        why: String::new(),
        raw_state: None,
        badges: Vec::new(),
        items,
        groups: Vec::new(),
        order: None,
        problems: Vec::new(),
    }
}

fn facts() -> Facts {
    let found = |name: &str| (name.to_owned(), format!("/usr/bin/{name}"));
    Facts {
        workspace: "/srv/coast".to_owned(),
        own_program: "/opt/{plandeck}/plandeck".to_owned(),
        programs: [found("python3"), found("cargo"), found("make"), found("claude")].into(),
        scripts: [].into(),
        texts: [("prompts/do.md".to_owned(), "Do {item.id} of {plan.id}.\n".to_owned())].into(),
        absent: [].into(),
        cores: 4,
    }
}

fn facts_with_scripts() -> Facts {
    Facts { scripts: wanted(&Config::default()).scripts, ..facts() }
}

fn config(text: &str) -> Config {
    let environment = Environment::default();
    let workspace = Some(SettingsFile { path: "plandeck.toml".into(), text: text.to_owned() });
    let layers = Layers { user: None, workspace, environment: &environment, flags: Vec::new() };
    Settings::read(&layers).unwrap_or_else(|error| panic!("{error}")).config
}

fn stamp() -> Stamp {
    Stamp {
        run: "0193e3f0-7c5a-7abc-8def-0123453f9c2a".parse::<RunId>().unwrap(),
        created_at: Timestamp::from_millis(1_700_000_000_000),
        origin: Origin { user: "ada".to_owned(), face: "cli".to_owned(), pid: 7 },
        umask: 0o022,
        git_commit: None,
        plan_hash: None,
        seed: 1,
    }
}

fn spec(ask: &Ask, plan: Option<&Plan>, config: &Config, facts: &Facts) -> Result<Specification, Refusal> {
    specify(ask, plan, config, facts, stamp())
}

/// A refusal with its hint, in one line.
fn words(refusal: &Refusal) -> String {
    refusal.hint().map_or_else(|| refusal.to_string(), |hint| format!("{refusal} → {hint}"))
}

fn on(workflow: &str, item: &str) -> Ask {
    Ask::on(workflow, &ItemId::new(item))
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
