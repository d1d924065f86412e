//! `plan set|undo|approve|reject`: edits of plan files, one line or one file at a time.

use serde_json::json;

use super::{
    context::{Context, Done},
    failure::Failure,
    plans,
};
use crate::{
    cli::{ApproveArgs, Output, RejectArgs, SetArgs, StateWord, Target, UndoArgs},
    plan::{DocumentKind, Item, ItemState, LineEdit, NoEdit, Plan, set_state, texts_for},
    render::json as public,
    run::Refusal,
    text,
    workflow::{self, SectionFacts},
};

/// Sets an item's state in its plan's file.
///
/// # Errors
/// When there is no such plan or item, the dialect can't, or the line changed meanwhile.
pub fn set(context: &mut Context<'_>, args: &SetArgs) -> Result<Done, Failure> {
    let (plan, item) = target(context, &args.target)?;
    let state = state(args.state);
    let texts = plans::texts(context, texts_for(&plan, &item));
    let edits = set_state(&plan, &item, state, &texts, context.now())
        .map_err(|why| refused(&plan, &item, state, why))?;
    context.editor().replace_lines(&edits)?;
    let places: Vec<String> =
        edits.iter().map(|it| format!("{}:{}", text::plain(&it.file), it.line)).collect();
    let line =
        format!("{} is {} now: {} · plan undo takes it back\n", item.id, state.word(), places.join(", "));
    let data = json!({
        "plan": plan.id,
        "item": item.id,
        "state": state.word(),
        "before": item.state.word(),
        "edits": edits.iter().map(edit_json).collect::<Vec<_>>(),
    });
    say(context, "plan.set", data, &line)
}

/// A line that was edited, as JSON.
pub(super) fn edit_json(edit: &LineEdit) -> serde_json::Value {
    json!({ "file": edit.file, "line": edit.line, "before": edit.seen, "after": edit.new })
}

/// Says what was done: in words, or as data.
pub(super) fn say(
    context: &mut Context<'_>,
    kind: &str,
    data: serde_json::Value,
    words: &str,
) -> Result<Done, Failure> {
    let value = || public::envelope(kind, data);
    match context.output {
        Output::Json => context.print(&public::document(&value()))?,
        Output::Ndjson => context.print(&public::line(&value()))?,
        Output::Table | Output::Plain => context.print(words)?,
    }
    Ok(Done::well())
}

const fn state(word: StateWord) -> ItemState {
    match word {
        StateWord::Pending => ItemState::Pending,
        StateWord::InProgress => ItemState::InProgress,
        StateWord::InReview => ItemState::InReview,
        StateWord::NeedsFix => ItemState::NeedsFix,
        StateWord::Blocked => ItemState::Blocked,
        StateWord::Done => ItemState::Done,
        StateWord::Skipped => ItemState::Skipped,
    }
}

fn refused(plan: &Plan, item: &Item, state: ItemState, why: NoEdit) -> Refusal {
    let what = format!("{} can't be set to {}", item.id, state.word());
    let why = match why {
        NoEdit::StateIsFiles => format!(
            "in {} plans the state is which files exist; use plan approve {1} {2} or plan reject {1} {2} --reason TEXT",
            plan.dialect, plan.id, item.id
        ),
        NoEdit::NoWord => format!("{} plans have no mark for it", plan.dialect),
        NoEdit::NotFound => format!("nothing at {} holds its state", item.place),
        NoEdit::Already => "it is that already".to_owned(),
        NoEdit::Container => "it follows from the items it contains; set those".to_owned(),
        NoEdit::DecidedElsewhere => format!("something else than its mark decides: {}", item.why),
    };
    Refusal::WrongState { what, why }
}

/// Takes the newest edit back.
///
/// # Errors
/// When there is none, or someone has edited since.
pub fn undo(context: &mut Context<'_>, args: &UndoArgs) -> Result<Done, Failure> {
    let file = match &args.plan {
        None => context.editor().undo()?,
        Some(name) => {
            let plan = plans::resolve(context, name)?;
            context.editor().undo_of(|file| plan.owns(file))?
        }
    };
    let line = format!("The last edit, of {}, was taken back\n", text::plain(&file));
    say(context, "plan.undo", json!({ "file": file }), &line)
}

/// Approves what was executed: writes the methodology's `APPROVED_XY.md`.
///
/// # Errors
/// When the item does not await review, or the file is there already.
pub fn approve(context: &mut Context<'_>, args: &ApproveArgs) -> Result<Done, Failure> {
    let (plan, item) = target(context, &args.target)?;
    awaits_review(&plan, &item, "approved")?;
    let facts = SectionFacts::of(&plan, &item);
    let text =
        feedback(context, &item, "APPROVED", "✅ APPROVED", "Executed and reviewed; nothing is left to do.");
    context.editor().create(&facts.approved_path, &text)?;
    let line = format!("{} is approved: {} · plan undo takes it back\n", item.id, facts.approved_path);
    let data = json!({ "plan": plan.id, "item": item.id, "file": facts.approved_path });
    say(context, "plan.approve", data, &line)
}

/// Rejects what was executed: writes the methodology's `FIX_XY.md`, or adds to the one that was answered.
///
/// # Errors
/// When the item does not await review.
pub fn reject(context: &mut Context<'_>, args: &RejectArgs) -> Result<Done, Failure> {
    let (plan, item) = target(context, &args.target)?;
    awaits_review(&plan, &item, "rejected")?;
    let facts = SectionFacts::of(&plan, &item);
    let issues =
        format!("## Issues Found\n\n### Critical Issues (must fix)\n\n1. **{}**\n", one_line(&args.reason));
    if item.document(DocumentKind::Fix).is_some() {
        let date = context.now().utc().format("%Y-%m-%d");
        let again = format!("\n---\n\n**Review Date**: {date}\n\n{issues}");
        context.editor().append(&facts.fix_path, &again)?;
    } else {
        let head = feedback(
            context,
            &item,
            "FIX REQUIRED",
            "⚠️ FIX REQUIRED",
            "Executed and reviewed; not yet as asked.",
        );
        context.editor().create(&facts.fix_path, &format!("{head}\n{issues}"))?;
    }
    let line = format!("{} needs a fix: {} · plan undo takes it back\n", item.id, facts.fix_path);
    let data = json!({ "plan": plan.id, "item": item.id, "file": facts.fix_path });
    say(context, "plan.reject", data, &line)
}

/// The head of a feedback file, as the methodology's own tools read it.
fn feedback(context: &Context<'_>, item: &Item, kind: &str, status: &str, summary: &str) -> String {
    let reviewer = context.environment.user().unwrap_or("unknown");
    let date = context.now().utc().format("%Y-%m-%d");
    let mut facts = format!("# {kind}: Achievement {}\n\n", item.id.as_str());
    for (name, value) in [
        ("Achievement", format!("{} - {}", item.id.as_str(), one_line(&item.title))),
        ("Reviewer", one_line(reviewer)),
        ("Review Date", date.to_string()),
        ("Status", status.to_owned()),
    ] {
        facts += &format!("**{name}**: {value}  \n");
    }
    format!("{facts}\n---\n\n## Summary\n\n{summary}\n")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn awaits_review(plan: &Plan, item: &Item, what: &str) -> Result<(), Refusal> {
    if plan.dialect != crate::plan::Dialect::Methodology {
        return Err(Refusal::NotForDialect {
            workflow: "review".into(),
            dialect: plan.dialect.word(),
            instead: format!("set its state: plan set {} {} done", plan.id, item.id),
        });
    }
    if item.state == ItemState::InReview {
        return Ok(());
    }
    let what = format!("{} can't be {what}", item.id);
    Err(Refusal::WrongState {
        what,
        why: format!("it does not await review: it is {} ({})", item.state.word(), item.why),
    })
}

fn target(context: &Context<'_>, target: &Target) -> Result<(Plan, Item), Failure> {
    let plan = plans::resolve_or_only(context, target.plan().as_ref())?;
    plans::must_be_inside(context, target.plan().as_ref(), &plan)?;
    let item = workflow::find_item(&plan, &target.item())?.clone();
    Ok((plan, item))
}
