//! `doctor`: is everything that is remembered sound, and what could go wrong here?

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{
    context::{Context, Done},
    failure::Failure,
    plans,
};
use crate::{
    cli::{DoctorArgs, ExitCode, Output},
    control::{self, Finding, Standing},
    render::{self, Role, json},
    text,
};

/// The methodology's scripts need at least this Python: execution prompts use its newer string syntax.
const PYTHON: (u32, u32) = (3, 12);

/// Where the methodology's scripts lie in a workspace.
const SCRIPTS: &str = "LLM/scripts";

/// Looks at everything, repairs what it safely can when asked to, and says what it found. Ends with 1
/// when something is wrong and stays so.
///
/// # Errors
/// When the state folder can't be read at all.
pub fn doctor(context: &mut Context<'_>, args: DoctorArgs) -> Result<Done, Failure> {
    let mut findings = control::examine(&context.parts(), args.repair)?;
    findings.extend(scripts(context));
    findings.push(workspace(context));
    let problems = findings.iter().filter(|it| it.standing == Standing::Problem).count();
    let text = match context.output {
        Output::Table => findings.iter().map(|it| line(context, it)).collect(),
        Output::Plain => findings.iter().map(plain).collect(),
        Output::Json => json::document(&value(context, args, &findings, problems)) + "\n",
        Output::Ndjson => json::line(&value(context, args, &findings, problems)) + "\n",
    };
    context.print(&text)?;
    Ok(Done::with(if problems == 0 { ExitCode::Done } else { ExitCode::Failed }))
}

fn line(context: &Context<'_>, finding: &Finding) -> String {
    let (symbol, role) = match finding.standing {
        Standing::Fine => ('✔', Role::Ok),
        Standing::Note => ('!', Role::Warning),
        Standing::Repaired => ('✔', Role::Hint),
        Standing::Problem => ('✗', Role::Failed),
    };
    let style = &context.style;
    let word = finding.standing.word();
    let mark = if style.accessible { word.to_owned() } else { format!("{symbol} {word}") };
    let mark = render::word(role, &format!("{mark:<10}"), style);
    let mark = mark.trim_end_matches('\n');
    let mut shown = format!("{mark:<10} {:<11} {}\n", finding.about, text::plain(&finding.message));
    if let Some(fix) = &finding.fix {
        let fix = render::word(Role::Hint, &text::plain(fix), style);
        shown += &format!("{:<22} {}\n", "", fix.trim_end_matches('\n'));
    }
    shown
}

fn plain(finding: &Finding) -> String {
    let fix = finding.fix.as_deref().unwrap_or_default();
    let fields = [finding.standing.word(), finding.about, &finding.message, fix];
    fields.map(|it| text::plain(it).into_owned()).join("\t") + "\n"
}

fn value(context: &Context<'_>, args: DoctorArgs, findings: &[Finding], problems: usize) -> Value {
    let list: Vec<Value> = findings
        .iter()
        .map(|it| {
            json!({ "about": it.about, "standing": it.standing.word(), "message": it.message, "fix": it.fix })
        })
        .collect();
    let data = json!({
        "workspace": context.root.to_string_lossy(), "state": context.state.root().to_string_lossy(),
        "repair": args.repair, "problems": problems, "findings": list,
    });
    json::envelope("doctor", data)
}

/// Which folders were looked at for plans, and what was found in them.
fn workspace(context: &Context<'_>) -> Finding {
    let root = context.root.display();
    match plans::load(context) {
        Ok(found) => {
            let troubled =
                found.problems.len() + found.plans.iter().map(|it| it.problems.len()).sum::<usize>();
            let message = format!("{} plans in {root}, {troubled} remarks on them", found.plans.len());
            if troubled == 0 {
                return Finding::fine("plans", message);
            }
            Finding::note("plans", message, "plan lint")
        }
        Err(failure) => Finding::problem("plans", format!("{root}: {failure}"), "see to that first"),
    }
}

/// The interpreter of the methodology's scripts, where the workspace has any.
fn scripts(context: &Context<'_>) -> Option<Finding> {
    if !context.root.join(SCRIPTS).is_dir() {
        return None;
    }
    let need = format!("the scripts in {SCRIPTS} need python3 {}.{} or newer", PYTHON.0, PYTHON.1);
    let fix = "install a newer python3, or name another interpreter in a recipe";
    let Some(found) = python_version() else {
        return Some(Finding::problem("python", format!("{need}; there is no python3 in PATH"), fix));
    };
    let (major, minor) = found;
    Some(if found >= PYTHON {
        Finding::fine("python", format!("python3 is {major}.{minor}"))
    } else {
        Finding::problem("python", format!("{need}; python3 is {major}.{minor}"), fix)
    })
}

fn python_version() -> Option<(u32, u32)> {
    let said = Command::new("python3").arg("--version").stdin(Stdio::null()).output().ok()?;
    parse_version(&String::from_utf8_lossy(&said.stdout))
}

/// `Python 3.12.1` as its first two numbers.
fn parse_version(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.trim().strip_prefix("Python ")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interpreter_says_its_version() {
        let check = |said: &str, expected| assert_eq!(parse_version(said), expected, "{said:?}");
        check("Python 3.12.1\n", Some((3, 12)));
        check("Python 3.9", Some((3, 9)));
        check("bash: no\n", None);
    }
}
