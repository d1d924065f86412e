//! `plan list|show|lint`: what was read, for people and for scripts.

use std::collections::BTreeSet;

use super::{
    context::{Context, Done},
    failure::Failure,
    plans, status,
};
use crate::{
    cli::{ExitCode, LintArgs, Output, ShowArgs},
    plan::{
        LineEdit, Mend, mends,
        problem::{Problem, Severity},
        texts_for,
    },
    render::{self, Role, json},
    text,
    view::Detail,
};

/// Lists all plans: the board, as data.
///
/// # Errors
/// When the journal can't be read.
pub fn list(context: &mut Context<'_>) -> Result<Done, Failure> {
    let plans = plans::load(context)?;
    if context.output == Output::Table {
        for page in 1..=plans.plans.len().div_ceil(crate::view::PAGE).max(1) {
            status::show_board(context, &plans, page)?;
        }
    } else {
        status::show_board(context, &plans, 1)?;
    }
    Ok(Done::well())
}

/// Shows everything of one plan.
///
/// # Errors
/// When there is no such plan, or nothing of it could be understood.
pub fn show(context: &mut Context<'_>, args: &ShowArgs) -> Result<Done, Failure> {
    let plan = plans::resolve(context, &args.plan)?;
    status::show_page(context, &plan, Detail::Full)?;
    Ok(Done::well())
}

/// Lists the problems of one plan or of all; ends with 1 when one of them is an error.
///
/// # Errors
/// When there is no such plan.
pub fn lint(context: &mut Context<'_>, args: &LintArgs) -> Result<Done, Failure> {
    let mended = if args.fix { mend(context, args)? } else { Vec::new() };
    let problems = match &args.plan {
        Some(name) => match plans::resolve(context, name) {
            Ok(plan) => plan.problems,
            Err(Failure::Plan(problem)) => vec![problem],
            Err(failure) => return Err(failure),
        },
        None => {
            let plans = plans::load(context)?;
            plans.plans.iter().flat_map(|it| &it.problems).chain(&plans.problems).cloned().collect()
        }
    };
    let listed: Vec<_> = problems.iter().map(json::problem).collect();
    let fixed: Vec<_> = mended.iter().map(mend_json).collect();
    let value = json::envelope("plan.lint", serde_json::json!({ "problem_list": listed, "fixed": fixed }));
    let text = match context.output {
        Output::Table => mended_words(&mended) + &described(context, &problems),
        Output::Plain => render::plain::problems(&problems),
        Output::Json => json::document(&value) + "\n",
        Output::Ndjson => json::line(&value) + "\n",
    };
    context.print(&text)?;
    let failed = problems.iter().any(|it| it.severity == Severity::Error);
    Ok(Done::with(if failed { ExitCode::Failed } else { ExitCode::Done }))
}

/// Mends what can be mended safely, plan by plan, and says what was.
fn mend(context: &Context<'_>, args: &LintArgs) -> Result<Vec<Mend>, Failure> {
    let meant = match &args.plan {
        Some(name) => match plans::resolve(context, name) {
            Ok(plan) => {
                plans::must_be_inside(context, Some(name), &plan)?;
                vec![plan]
            }
            // Nothing of it could be understood, so nothing of it can be mended.
            Err(Failure::Plan(_)) => Vec::new(),
            Err(failure) => return Err(failure),
        },
        None => plans::load(context)?.plans.clone(),
    };
    let mut mended = Vec::new();
    for plan in &meant {
        let told = plan.problems.iter().map(|it| it.place.file.clone());
        let files: BTreeSet<_> = plan.items.iter().flat_map(|it| texts_for(plan, it)).chain(told).collect();
        let texts = plans::texts(context, files);
        let mends = mends(plan, &texts);
        let edits: Vec<LineEdit> = mends.iter().map(|it| it.edit.clone()).collect();
        context.editor().replace_lines(&edits)?;
        mended.extend(mends);
    }
    Ok(mended)
}

fn mend_json(mend: &Mend) -> serde_json::Value {
    serde_json::json!({ "code": mend.code.word(), "edit": super::edits::edit_json(&mend.edit) })
}

fn mended_words(mended: &[Mend]) -> String {
    let mut words = String::new();
    for Mend { code, edit, .. } in mended {
        let (file, new) = (text::plain(&edit.file), text::plain(&edit.new));
        words += &format!("mended[{}] {file}:{}\n    {}\n", code.word(), edit.line, new.trim());
    }
    if !mended.is_empty() {
        words += "plan undo takes the last plan's mends back.\n";
    }
    words
}

fn described(context: &Context<'_>, problems: &[Problem]) -> String {
    if problems.is_empty() {
        return "No problems found.\n".to_owned();
    }
    let style = &context.style;
    let mut text = String::new();
    for problem in problems {
        let role = match problem.severity {
            Severity::Error => Role::Failed,
            Severity::Warning => Role::Warning,
            Severity::Note => Role::Dim,
        };
        let word = render::word(role, problem.severity.word(), style);
        text += &format!("{word}[{}] {}\n", problem.code.word(), problem.place);
        let lines = [problem.message.as_str(), &format!("fix: {}", problem.fix)];
        for line in lines.iter().flat_map(|it| text::wrap(&text::plain(it), style.width.saturating_sub(4))) {
            text += &format!("    {line}\n");
        }
    }
    text
}
