//! Our own documents and prompts, filled with what the plan says about an item.

use super::fill::Values;
use crate::{
    plan::{
        DocumentKind, Item, Plan,
        listing::file_name,
        readers::methodology::{FixIssue, FixSeverity, NewFile, Section, file_code, next_run, path_for},
    },
    text::plain,
};

/// The documents and prompts there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// The design of an achievement; a file.
    Subplan,
    /// The work log of an achievement; a file.
    Execution,
    /// Fills in a design that is still a placeholder; a prompt.
    Fill,
    /// Answers a rejection; a prompt.
    Fix,
    /// Judges what was executed; a prompt.
    Review,
    /// Carries on what has begun; a prompt.
    Continue,
    /// Does a task of any dialect; a prompt.
    Task,
}

impl Template {
    /// Every template.
    pub const ALL: [Self; 7] =
        [Self::Subplan, Self::Execution, Self::Fill, Self::Fix, Self::Review, Self::Continue, Self::Task];

    const fn text(self) -> &'static str {
        match self {
            Self::Subplan => include_str!("templates/subplan.md"),
            Self::Execution => include_str!("templates/execution.md"),
            Self::Fill => include_str!("templates/fill.md"),
            Self::Fix => include_str!("templates/fix.md"),
            Self::Review => include_str!("templates/review.md"),
            Self::Continue => include_str!("templates/continue.md"),
            Self::Task => include_str!("templates/task.md"),
        }
    }

    /// Where the document is written, relative to the workspace; nothing for a prompt.
    #[must_use]
    pub fn path(self, facts: &SectionFacts) -> Option<&str> {
        match self {
            Self::Subplan => Some(&facts.subplan_path),
            Self::Execution => Some(&facts.new_execution_path),
            _ => None,
        }
    }
}

/// What is known of an item. [`SectionFacts::of`] takes what the plan's types hold; what only the
/// plan's text says (goal, deliverables, tests) is added by whoever has read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SectionFacts {
    /// The name that the plan's documents carry.
    pub plan_name: String,
    /// What the plan calls itself.
    pub plan_title: String,
    /// Its main file, relative to the workspace.
    pub plan_path: String,
    /// The item's id.
    pub item_id: String,
    /// The same without dots.
    pub item_code: String,
    /// The item's title.
    pub item_title: String,
    /// File and line where the item stands.
    pub item_place: String,
    /// The item's own file, where it has one.
    pub item_file: Option<String>,
    /// What it needs done before.
    pub needs: Vec<String>,
    /// What it is for; Markdown, without the heading.
    pub goal: Option<String>,
    /// What is to be done, one step a line.
    pub what: Vec<String>,
    /// What there has to be in the end.
    pub deliverables: Vec<String>,
    /// As the plan writes it: `3-4 hours`.
    pub effort: Option<String>,
    /// What has to be tested.
    pub tests: Vec<String>,
    /// What a reviewer asks for, each with its weight.
    pub issues: Vec<String>,
    /// The SUBPLAN: where it is, else where it will be.
    pub subplan_path: String,
    /// The latest EXECUTION_TASK: where it is, else where the first will be.
    pub execution_path: String,
    /// Where the next EXECUTION_TASK will be.
    pub new_execution_path: String,
    /// The next EXECUTION_TASK's number.
    pub execution_number: u32,
    /// Where the FIX is, else where it would be.
    pub fix_path: String,
    /// Where the answer to the FIX is, else where it would be.
    pub resolution_path: String,
    /// Where the approval is, else where it would be.
    pub approved_path: String,
    /// The day it is written, `2026-01-31`.
    pub created: String,
}

impl SectionFacts {
    /// What the plan's types hold of an item.
    #[must_use]
    pub fn of(plan: &Plan, item: &Item) -> Self {
        let number = next_run(item);
        let path =
            |kind, file| item.document(kind).map_or_else(|| path_for(plan, item, file), |it| it.path.clone());
        Self {
            plan_name: plan.id.as_str().to_owned(),
            plan_title: plan.title.clone(),
            plan_path: plan.path.clone(),
            item_id: item.id.as_str().to_owned(),
            item_title: item.title.clone(),
            item_place: item.place.to_string(),
            item_file: item.document(DocumentKind::Task).map(|it| it.path.clone()),
            needs: item.needs.iter().map(|it| it.as_str().to_owned()).collect(),
            effort: item.hours.map(|hours| effort(hours.low, hours.high)),
            fix_path: path(DocumentKind::Fix, NewFile::Fix),
            resolution_path: path(DocumentKind::Resolution, NewFile::Resolution),
            approved_path: path(DocumentKind::Approval, NewFile::Approved),
            item_code: file_code(&item.id),
            subplan_path: path(DocumentKind::Subplan, NewFile::Subplan),
            execution_path: path(DocumentKind::Execution, NewFile::Execution(number)),
            new_execution_path: path_for(plan, item, NewFile::Execution(number)),
            execution_number: number,
            ..Self::default()
        }
    }

    /// Adds what the plan's text says of the item.
    #[must_use]
    pub fn with_section(mut self, section: &Section) -> Self {
        self.goal.clone_from(&section.goal);
        self.what = section.what.iter().flat_map(|what| what.lines()).filter_map(entry).collect();
        self.deliverables.clone_from(&section.deliverables);
        self.tests.clone_from(&section.tests);
        self.effort = section.effort.clone().or(self.effort);
        self
    }

    /// Adds what a reviewer asks for.
    #[must_use]
    pub fn with_issues(mut self, issues: &[FixIssue]) -> Self {
        let word = |severity| match severity {
            FixSeverity::Critical => "critical",
            FixSeverity::Minor => "minor",
        };
        self.issues = issues.iter().map(|it| format!("{}: {}", word(it.severity), it.title)).collect();
        self
    }
}

/// A document or prompt, filled in.
///
/// What the plan does not say is either left out, or, in a SUBPLAN, marked `[TO BE FILLED: …]`: the
/// marker by which the methodology tells a placeholder from a design.
#[must_use]
pub fn render(template: Template, facts: &SectionFacts) -> String {
    let values = values(template, facts);
    let filled = values.fill(&"document".into(), template.text());
    let filled = filled.expect("a template uses only names that `values` sets; a test renders them all");
    without_gaps(&filled)
}

fn values(template: Template, facts: &SectionFacts) -> Values {
    let mut values = Values::default();
    let mut set = |name: &str, text: &str| values.set(name, plain(text).into_owned());
    set("plan.name", &facts.plan_name);
    set("plan.title", &facts.plan_title);
    set("plan.path", &facts.plan_path);
    set("plan.file", file_name(&facts.plan_path));
    set("item.id", &facts.item_id);
    set("item.code", &facts.item_code);
    set("item.title", &facts.item_title);
    set("item.place", &facts.item_place);
    set("item.file", &facts.item_file.as_deref().map_or("it has none".to_owned(), |it| format!("`{it}`")));
    set("created", &facts.created);
    set("effort", facts.effort.as_deref().unwrap_or("not estimated"));
    set("number", &format!("{:02}", facts.execution_number));
    set("subplan.path", &facts.subplan_path);
    set("subplan.file", file_name(&facts.subplan_path));
    set("execution.path", &facts.execution_path);
    set("execution.file", file_name(&facts.new_execution_path));
    set("fix.path", &facts.fix_path);
    set("resolution.path", &facts.resolution_path);
    set("approved.path", &facts.approved_path);
    set("needs.line", &if facts.needs.is_empty() { "nothing".to_owned() } else { facts.needs.join(", ") });
    set("tests.sentence", &tests_sentence(facts));
    values.set("goal", goal(template, facts));
    values.set("deliverables", deliverables(template, facts));
    values.set("issues", bullets_or(&facts.issues, "Take the issues from the rejection itself."));
    values.set("deliverable.boxes", boxes(&facts.deliverables));
    values.set("test.boxes", boxes(&facts.tests));
    values.set("approach", approach(facts));
    values.set(
        "tests",
        bullets_or(
            &facts.tests,
            "The tests of whatever the steps above touch, and one for each deliverable.",
        ),
    );
    values.set(
        "results",
        bullets_or(
            &facts.what,
            &format!("{} is true of the project, and can be shown.", plain(&facts.item_title)),
        ),
    );
    values.set("criteria", criteria(facts));
    values.set("needs", bullets_or(&facts.needs, "None is named in the plan."));
    values
}

fn goal(template: Template, facts: &SectionFacts) -> String {
    match &facts.goal {
        Some(goal) => goal.trim().to_owned(),
        None if template == Template::Subplan => {
            format!("[TO BE FILLED: what {} is for; the plan does not say]", plain(&facts.item_title))
        }
        None if template == Template::Task => String::new(),
        None => format!("{}. The plan says no more about it.", plain(&facts.item_title)),
    }
}

fn deliverables(template: Template, facts: &SectionFacts) -> String {
    let missing = match template {
        Template::Subplan => "[TO BE FILLED: which files and behaviours this leaves; the plan does not say]",
        _ => "The plan names none; take them from the title.",
    };
    bullets_or(&facts.deliverables, missing)
}

/// The plan's own steps, else one for each deliverable, between reading and testing.
fn approach(facts: &SectionFacts) -> String {
    let made = facts.deliverables.iter().map(|it| format!("Make {}.", it.trim().trim_end_matches('.')));
    let work: Vec<String> = if facts.what.is_empty() { made.collect() } else { facts.what.clone() };
    if work.is_empty() {
        return "[TO BE FILLED: the steps, in order]".to_owned();
    }
    let first = format!(
        "Read what there is already: the section of {} in the plan and the files it names.",
        facts.item_id
    );
    let last = "Run the tests below and write down what they show.".to_owned();
    let steps = std::iter::once(first).chain(work).chain([last]).enumerate();
    steps.map(|(at, step)| format!("{}. {}", at + 1, plain(step.trim()))).collect::<Vec<_>>().join("\n")
}

fn criteria(facts: &SectionFacts) -> String {
    let exist = facts
        .deliverables
        .iter()
        .map(|it| format!("{}: it is there, and does what it is for", it.trim().trim_end_matches('.')));
    let lines: Vec<String> = exist.chain(["Every required test passes".to_owned()]).collect();
    boxes(&lines)
}

fn tests_sentence(facts: &SectionFacts) -> String {
    if facts.tests.is_empty() {
        return "The plan names no tests of its own.".to_owned();
    }
    let tests: Vec<&str> = facts.tests.iter().map(|it| it.trim().trim_end_matches('.')).collect();
    format!("The plan asks for these tests: {}.", tests.join("; "))
}

fn bullets_or(lines: &[String], otherwise: &str) -> String {
    if lines.is_empty() { otherwise.to_owned() } else { listed("- ", lines) }
}

fn boxes(lines: &[String]) -> String {
    listed("- [ ] ", lines)
}

fn listed(mark: &str, lines: &[String]) -> String {
    lines.iter().map(|line| format!("{mark}{}", plain(line.trim()))).collect::<Vec<_>>().join("\n")
}

/// What was left out leaves no second empty line behind.
fn without_gaps(text: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for line in text.lines() {
        if !(line.trim().is_empty() && kept.last().is_some_and(|last| last.trim().is_empty())) {
            kept.push(line);
        }
    }
    while kept.last().is_some_and(|last| last.trim().is_empty()) {
        kept.pop();
    }
    kept.join("\n") + "\n"
}

/// A line of a list without its mark; nothing for an empty one.
fn entry(line: &str) -> Option<String> {
    let text = line.trim().trim_start_matches(['-', '*', '+']).trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn effort(low: f64, high: f64) -> String {
    if (low - high).abs() < f64::EPSILON { format!("{low} hours") } else { format!("{low}-{high} hours") }
}
