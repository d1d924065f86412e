//! The prompt of a task: what its file asks for, what was looked up, when it is done. Pure.

use super::results::Results;
use crate::{
    plan::readers::ccw::work::{Check, Declared},
    run::Subject,
};

/// Most bytes of one result, and of all of them.
const MOST_OF_A_RESULT: usize = 16 * 1024;
const MOST_OF_RESULTS: usize = 96 * 1024;
/// Most bytes of the item's own text.
const MOST_TEXT: usize = 48 * 1024;

/// What a prompt is made from.
#[derive(Debug, Default)]
pub(super) struct Told<'a> {
    pub subject: Option<&'a Subject>,
    pub title: &'a str,
    pub declared: Option<&'a Declared>,
    /// What the plan says of the item, where that is not JSON of a known shape.
    pub text: Option<&'a str>,
    pub results: Option<&'a Results>,
    /// Steps that are the agent's own.
    pub left: &'a [String],
    /// Documents that what it needs has left, relative to the workspace.
    pub handed_on: &'a [String],
    /// Which try this is; rate limits do not count.
    pub level: u32,
    /// The end of the last try's output.
    pub tail: Option<&'a str>,
    /// Checks of the recipe that are run afterwards.
    pub checks: &'a [String],
}

/// The prompt: all of it at the first try; later ones leave out what did not help and tell how the last
/// one failed; from the third on only what the task is and when it is done.
pub(super) fn prompt(told: &Told<'_>) -> String {
    let mut page = Page::default();
    page.head(told);
    match told.level {
        0 | 1 => page.whole(told),
        2 => page.reduced(told),
        _ => page.least(told),
    }
    page.failure(told);
    page.rules();
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, told: &Told<'_>) {
        let title = told.declared.and_then(|it| it.title.as_deref()).unwrap_or(told.title);
        match told.subject {
            Some(subject) => {
                self.line(&format!("# {}: {}", subject.item.id, one_line(title)));
                self.line("");
                self.line(
                    "You do one task of a plan, in the workspace that is the current folder. Nobody can answer \
                     questions while you work.",
                );
                self.line("");
                self.line(&format!("- The plan: `{}`", subject.plan));
                let line = subject.line.map(|it| format!(", line {it}")).unwrap_or_default();
                self.line(&format!("- The task: `{}`{line}", subject.file));
            }
            None => self.line(&format!("# {}", one_line(title))),
        }
        if told.level > 1 {
            self.line(&format!("- This is try number {}; the last one failed, see below.", told.level));
        }
    }

    fn whole(&mut self, told: &Told<'_>) {
        if let Some(declared) = told.declared {
            self.list("What it is for", &declared.objective);
            self.list("What is asked", &declared.requirements);
            self.list("What there has to be in the end", &declared.deliverables);
            self.list("Where", &declared.focus);
            self.list("Files", &declared.files);
            self.list("What stays as it is", &declared.excludes);
            self.list("Read these first", &quoted(&declared.context));
        }
        self.text(told);
        self.list("What the tasks before it left", &quoted(told.handed_on));
        self.results(told);
        self.list("Do these first", told.left);
        if let Some(declared) = told.declared {
            self.list("How it is meant to go", &declared.approach);
            self.list("What may go wrong", &declared.risks);
        }
        self.done_when(told);
    }

    fn reduced(&mut self, told: &Told<'_>) {
        if let Some(declared) = told.declared {
            self.list("What is asked", some_of(&declared.requirements, &declared.objective));
            self.list("Where", &declared.focus);
        }
        self.text(told);
        self.list("What the tasks before it left", &quoted(told.handed_on));
        self.done_when(told);
    }

    fn least(&mut self, told: &Told<'_>) {
        if let Some(declared) = told.declared {
            let asked = some_of(&declared.requirements, &declared.objective);
            self.list("What is asked", &asked[..asked.len().min(5)]);
        }
        self.done_when(told);
    }

    fn text(&mut self, told: &Told<'_>) {
        let Some(text) = told.text.filter(|it| !it.trim().is_empty()) else { return };
        self.heading("What the plan says");
        self.fenced(clipped(text, MOST_TEXT));
    }

    fn results(&mut self, told: &Told<'_>) {
        let found: Vec<_> = told.results.into_iter().flat_map(Results::iter).collect();
        let found: Vec<_> = found.into_iter().filter(|(name, _)| *name != "context_package_path").collect();
        if found.is_empty() {
            return;
        }
        self.heading("What was looked up for you");
        let mut left = MOST_OF_RESULTS;
        for (name, value) in found {
            let shown = clipped(value, MOST_OF_A_RESULT.min(left));
            left -= shown.len();
            self.line(&format!("[{name}]:"));
            let cut = shown.len() < value.len();
            self.fenced(shown);
            if cut {
                self.line("(It is longer; look the rest up yourself.)");
            }
            self.line("");
        }
    }

    fn done_when(&mut self, told: &Told<'_>) {
        if let Some(declared) = told.declared {
            self.list("It is done when", &declared.acceptance);
        }
        let own = told.declared.iter().flat_map(|it| &it.checks).map(|check| match check {
            Check::Shell(line) | Check::Perhaps(line) => line.clone(),
        });
        let checks: Vec<String> = told.checks.iter().cloned().chain(own).collect();
        self.list("It is checked afterwards by", &quoted(&checks));
    }

    fn failure(&mut self, told: &Told<'_>) {
        let Some(tail) = told.tail.filter(|it| told.level > 1 && !it.trim().is_empty()) else { return };
        self.heading("How the last try ended");
        self.fenced(tail);
        self.line("Look at what it left behind before you begin; some of the work may be there.");
    }

    fn rules(&mut self) {
        self.heading("How to work");
        self.line("- Do this task and no other one.");
        self.line("- Leave the plan's own record alone (states, boxes, summaries): it is kept for you.");
        self.line("- Leave nothing half done behind, and nothing that only looks done.");
        self.line("- At the end, say in a few lines which files you changed and why.");
        self.line("- After that, and only when it is really done, the line: TASK COMPLETE");
        self.line("- When you can't go on without a person, instead the line: TASK BLOCKED: and the reason");
    }

    fn heading(&mut self, heading: &str) {
        self.line("");
        self.line(&format!("## {heading}"));
        self.line("");
    }

    fn list(&mut self, heading: &str, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        self.heading(heading);
        for line in lines {
            self.line(&format!("- {}", line.trim().replace('\n', "\n  ")));
        }
    }

    /// Between marks that the text itself does not hold.
    fn fenced(&mut self, text: &str) {
        let longest = text.split(|it| it != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        self.line(&format!("{fence}\n{}\n{fence}", text.trim_end()));
    }

    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }
}

fn quoted(lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| format!("`{line}`")).collect()
}

fn some_of<'a>(first: &'a [String], otherwise: &'a [String]) -> &'a [String] {
    if first.is_empty() { otherwise } else { first }
}

fn one_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn clipped(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}
