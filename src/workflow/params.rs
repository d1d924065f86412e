//! Declared inputs: what was given, read by the declared type.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::ask::Ask;
use crate::{
    config::{Param, ParamType},
    ids::WorkflowName,
    run::Refusal,
    text,
};

/// Every declared input with its value, in the order of the names.
///
/// # Errors
/// When one is not declared, does not fit its type, or is missing and has no default.
pub(super) fn read(
    ask: &Ask,
    workflow: &WorkflowName,
    declared: &BTreeMap<String, Param>,
) -> Result<Map<String, Value>, Refusal> {
    let given = given(ask, workflow, declared)?;
    let mut values = Map::new();
    for (name, param) in declared {
        let value = match (given.get(name), &param.default) {
            (Some(value), _) => value.clone(),
            (None, Some(default)) => serde_json::to_value(default).unwrap_or(Value::Null),
            (None, None) => {
                return Err(Refusal::Missing {
                    workflow: workflow.clone(),
                    what: format!("the parameter {name} (--param {name}=…)"),
                });
            }
        };
        if !fits(&value, param.kind) {
            return Err(no_fit(workflow, name, &value.to_string(), param.kind));
        }
        values.insert(name.clone(), value);
    }
    Ok(values)
}

/// A value as it stands in an argument: text without quotation marks, all else as JSON.
pub(super) fn as_argument(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The value of one declared input as it was typed.
///
/// # Errors
/// When it does not fit its type; the hint says how it is written.
pub fn read_value(
    workflow: &WorkflowName,
    name: &str,
    typed: &str,
    kind: ParamType,
) -> Result<Value, Refusal> {
    parse(typed, kind).ok_or_else(|| no_fit(workflow, name, typed, kind))
}

fn given(
    ask: &Ask,
    workflow: &WorkflowName,
    declared: &BTreeMap<String, Param>,
) -> Result<BTreeMap<String, Value>, Refusal> {
    let mut given = BTreeMap::new();
    for (name, value) in &ask.input {
        declared_param(workflow, declared, name)?;
        given.insert(name.clone(), value.clone());
    }
    for (name, typed) in &ask.params {
        let param = declared_param(workflow, declared, name)?;
        let value = read_value(workflow, name, typed, param.kind)?;
        given.insert(name.clone(), value);
    }
    Ok(given)
}

fn declared_param<'a>(
    workflow: &WorkflowName,
    declared: &'a BTreeMap<String, Param>,
    name: &str,
) -> Result<&'a Param, Refusal> {
    declared.get(name).ok_or_else(|| {
        let names: Vec<&str> = declared.keys().map(String::as_str).collect();
        let fix = match text::nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None if names.is_empty() => "it declares none".to_owned(),
            None => format!("it declares {}", names.join(", ")),
        };
        let what = format!("it has no parameter \"{}\"", text::plain(name));
        Refusal::BadInput { workflow: workflow.clone(), what, fix }
    })
}

fn parse(typed: &str, kind: ParamType) -> Option<Value> {
    match kind {
        ParamType::String => Some(Value::String(typed.to_owned())),
        _ => serde_json::from_str(typed).ok().filter(|value| fits(value, kind)),
    }
}

fn fits(value: &Value, kind: ParamType) -> bool {
    match kind {
        ParamType::String => value.is_string(),
        ParamType::Integer => value.is_i64() || value.is_u64(),
        ParamType::Number => value.is_number(),
        ParamType::Boolean => value.is_boolean(),
        ParamType::Json => true,
    }
}

fn no_fit(workflow: &WorkflowName, name: &str, value: &str, kind: ParamType) -> Refusal {
    let example = match kind {
        ParamType::String => "\"text\"",
        ParamType::Integer => "3",
        ParamType::Number => "0.5",
        ParamType::Boolean => "true",
        ParamType::Json => "{\"a\":1}",
    };
    Refusal::BadInput {
        workflow: workflow.clone(),
        what: format!("the parameter {name} is no {}: {}", kind.word(), text::plain(value)),
        fix: format!("write it like {example}"),
    }
}
