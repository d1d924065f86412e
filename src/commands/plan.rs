//! `plan list|show|lint`: what was read, for people and for scripts.

use super::{
    context::{Context, Done},
    failure::Failure,
    plans, status,
};
use crate::{
    cli::{ExitCode, LintArgs, Output, ShowArgs},
    plan::problem::{Problem, Severity},
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
    let problems = match &args.plan {
        Some(name) => match plans::resolve(context, name) {
            Ok(plan) => plan.problems,
            Err(Failure::Plan(problem)) => vec![problem],
            Err(failure) => return Err(failure),
        },
        None => {
            let plans = plans::load(context)?;
            plans.plans.into_iter().flat_map(|it| it.problems).chain(plans.problems).collect()
        }
    };
    let listed: Vec<_> = problems.iter().map(json::problem).collect();
    let value = json::envelope("plan.lint", serde_json::json!({ "problem_list": listed }));
    let text = match context.output {
        Output::Table => described(context, &problems),
        Output::Plain => render::plain::problems(&problems),
        Output::Json => json::document(&value) + "\n",
        Output::Ndjson => json::line(&value) + "\n",
    };
    context.print(&text)?;
    let failed = problems.iter().any(|it| it.severity == Severity::Error);
    Ok(Done::with(if failed { ExitCode::Failed } else { ExitCode::Done }))
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
