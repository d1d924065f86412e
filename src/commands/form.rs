//! The form of `run create`: asks for whatever the command line left out, and takes nothing that the
//! recipe would refuse.

use serde_json::Value;

use super::{
    choice,
    context::{Context, Face},
    failure::Failure,
    own_editor,
};
use crate::{
    cli::{CreateArgs, Param as Given, PlanName},
    config::{Needs, Param, ParamType},
    ids::{ItemId, WorkflowName},
    plan::Plan,
    run::Refusal,
    screen::{Answer, Question},
    text, workflow,
};

/// What takes a person out of a question about JSON and into their editor.
const EDIT: &str = "edit";

/// Asks for what is missing. Nothing when the form was left.
///
/// # Errors
/// When nobody can be asked: then it says what is missing.
pub fn fill(
    context: &mut Context<'_>,
    args: &CreateArgs,
) -> Result<Option<(WorkflowName, CreateArgs)>, Failure> {
    let names = workflow::names(context.config());
    if !context.screen.is_interactive() && context.face != Face::Replay {
        let what = format!("the name of a workflow ({})", names.join(", "));
        return Err(Refusal::Missing { workflow: "run create".into(), what }.into());
    }
    let known = |typed: &str| {
        let is_known = names.iter().any(|name| name == typed);
        is_known.then(|| WorkflowName::new(typed)).ok_or_else(|| {
            match text::nearest(typed, names.iter().map(String::as_str)) {
                Some(near) => format!("there is no such workflow; did you mean {near}?"),
                None => format!("there is no such workflow; there are {}", names.join(", ")),
            }
        })
    };
    let Some(workflow) = ask(context, &format!("Workflow ({})", names.join(", ")), &names, known)? else {
        return Ok(None);
    };
    let mut filled = CreateArgs { workflow: Some(workflow.clone()), ..args.clone() };
    let asked = place(context, &workflow, &mut filled)? && inputs(context, &workflow, &mut filled)?;
    if !asked {
        return Ok(None);
    }
    if !filled.follow && !filled.wait && !filled.options.dry_run && context.face == Face::Shell {
        let question = Question::Confirm { text: "Follow it?".to_owned(), default: true };
        filled.follow = context.screen.ask(&question)? == Answer::Yes;
    }
    Ok(Some((workflow, filled)))
}

/// Asks for the plan and the item, where the workflow needs them. False when the form was left.
fn place(context: &mut Context<'_>, workflow: &WorkflowName, args: &mut CreateArgs) -> Result<bool, Failure> {
    let needs = workflow::needs(context.config(), workflow);
    if needs == Needs::Nothing {
        return Ok(true);
    }
    let Some(plan) = plan(context, args)? else { return Ok(false) };
    args.plan = Some(PlanName::new(plan.id.as_str()));
    if needs < Needs::Item || !args.items.is_empty() {
        return Ok(true);
    }
    let ids: Vec<String> = plan.items.iter().map(|item| item.id.to_string()).collect();
    let known = |typed: &str| {
        let id = ItemId::new(typed);
        workflow::find_item(&plan, &id).map(|item| item.id.clone()).map_err(|refusal| said(&refusal))
    };
    let Some(item) = ask(context, "Item", &ids, known)? else { return Ok(false) };
    args.items = vec![item];
    Ok(true)
}

fn plan(context: &mut Context<'_>, args: &CreateArgs) -> Result<Option<Plan>, Failure> {
    choice::plan(context, args.plan.as_ref())
}

/// Asks for each declared input that was not given. False when the form was left.
fn inputs(
    context: &mut Context<'_>,
    workflow: &WorkflowName,
    args: &mut CreateArgs,
) -> Result<bool, Failure> {
    if args.input.is_some() {
        return Ok(true);
    }
    let table = context.config().workflow.get(workflow.as_str()).cloned().unwrap_or_default();
    for (name, param) in &table.params {
        if args.options.params.iter().any(|given| given.name == *name) {
            continue;
        }
        match input(context, workflow, name, param)? {
            Asked::Value(value) => args.options.params.push(Given { name: name.clone(), value }),
            Asked::Default => {}
            Asked::Left => return Ok(false),
        }
    }
    Ok(true)
}

/// What came of a question for an input.
enum Asked {
    /// As it would stand behind `--param NAME=`.
    Value(String),
    /// The declared default will do.
    Default,
    /// The form was left.
    Left,
}

fn input(
    context: &mut Context<'_>,
    workflow: &WorkflowName,
    name: &str,
    param: &Param,
) -> Result<Asked, Failure> {
    let fits = |typed: &str| {
        let read = workflow::read_value(workflow, name, typed, param.kind);
        read.map(|_| typed.to_owned()).map_err(|refusal| said(&refusal))
    };
    let question = question(name, param);
    let typed = if param.kind == ParamType::Json {
        json(context, &question, param.default.as_ref(), fits)?
    } else {
        let candidates =
            if param.kind == ParamType::Boolean { vec!["true".into(), "false".into()] } else { vec![] };
        ask(context, &question, &candidates, fits)?
    };
    Ok(match typed {
        Some(value) => Asked::Value(value),
        None if param.default.is_some() => Asked::Default,
        None => Asked::Left,
    })
}

/// `level, integer, 3 when left empty. How far to go`.
fn question(name: &str, param: &Param) -> String {
    let mut words = format!("{name}, {}", param.kind.word());
    if param.kind == ParamType::Json {
        words += &format!(", over several lines if need be, \"{EDIT}\" for the editor");
    }
    if let Some(default) = &param.default {
        words += &format!(", {default} when left empty");
    }
    if let Some(help) = &param.help {
        words += &format!(" ({help})");
    }
    text::plain(&words).into_owned()
}

/// Asks until an answer fits. Nothing for an empty answer.
fn ask<T>(
    context: &mut Context<'_>,
    text: &str,
    candidates: &[String],
    mut fits: impl FnMut(&str) -> Result<T, String>,
) -> Result<Option<T>, Failure> {
    loop {
        let question = Question::Text { text: text.to_owned(), candidates: candidates.to_vec() };
        let Answer::Text(typed) = context.screen.ask(&question)? else { return Ok(None) };
        match fits(&typed) {
            Ok(found) => return Ok(Some(found)),
            Err(why) => context.screen.note(&format!("{}\n", text::plain(&why)))?,
        }
    }
}

/// Asks for JSON line by line until it is whole, or in an editor, until it fits.
fn json(
    context: &mut Context<'_>,
    question: &str,
    default: Option<&toml::Value>,
    mut fits: impl FnMut(&str) -> Result<String, String>,
) -> Result<Option<String>, Failure> {
    loop {
        let Some(first) = ask(context, question, &[], |typed| Ok(typed.to_owned()))? else { return Ok(None) };
        let text = if first == EDIT { edited(context, default)? } else { rest_of(context, first)? };
        let compact = serde_json::from_str::<Value>(&text).map(|value| value.to_string());
        let said =
            compact.map_err(|error| format!("line {}, column {}: {error}", error.line(), error.column()));
        match said.and_then(|it| fits(&it)) {
            Ok(value) => return Ok(Some(value)),
            Err(why) => context.screen.note(&format!("{}\n", text::plain(&why)))?,
        }
    }
}

/// The rest of JSON that ended in the middle; an empty line ends it too.
fn rest_of(context: &mut Context<'_>, mut text: String) -> Result<String, Failure> {
    while serde_json::from_str::<Value>(&text).is_err_and(|error| error.is_eof()) {
        let Some(more) = ask(context, "…", &[], |typed| Ok(typed.to_owned()))? else { break };
        text.push('\n');
        text.push_str(&more);
    }
    Ok(text)
}

/// What a person wrote in their editor; empty when nothing was taken. It begins with the default.
fn edited(context: &mut Context<'_>, default: Option<&toml::Value>) -> Result<String, Failure> {
    let default = default.and_then(|it| serde_json::to_string_pretty(it).ok());
    let text = format!("{}\n", default.as_deref().unwrap_or("{}"));
    Ok(own_editor::edit(context, &text, ".json")?.unwrap_or_default())
}

/// A refusal with what to do about it, in one line.
fn said(refusal: &Refusal) -> String {
    let hint = refusal.hint().map(|hint| format!("; {hint}"));
    format!("{refusal}{}", hint.unwrap_or_default())
}
