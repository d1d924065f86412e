//! Playing a session through the real executor, and telling how it differs from what is expected.

use super::{
    deck::{Deck, Flow},
    expect::{agrees, describe, line_agrees},
    script::{Expected, Script, Typed},
};
use crate::{
    commands::{Context, Failure, recent_runs, wait_for},
    render::{self, Role, Style},
    run::RunSummary,
    text, view,
};

/// Types the lines that the context's screen holds, until they are used up or the deck is left.
///
/// # Errors
/// When the screen is gone.
pub fn play(context: &mut Context<'_>) -> Result<(), Failure> {
    let mut deck = Deck::open(context)?;
    let mut pasted = String::new();
    let mut flow = Flow::Stay;
    while flow == Flow::Stay {
        let Some(line) = context.screen.read_line()? else { return Ok(()) };
        flow = match Typed::understand(&line) {
            Typed::WaitRun => wait_for_runs(context)?,
            Typed::Paste(text) => {
                pasted.push_str(&text);
                Flow::Stay
            }
            Typed::Key(key) => press(&mut deck, context, &key)?,
            Typed::Line(text) => deck.line(context, &(std::mem::take(&mut pasted) + &text))?,
        };
    }
    Ok(())
}

/// The keys that a session can name beside single characters.
fn press(deck: &mut Deck, context: &mut Context<'_>, key: &str) -> Result<Flow, Failure> {
    match key.to_lowercase().as_str() {
        "esc" | "escape" => deck.key(context, '\u{1b}'),
        "enter" => deck.key(context, '\n'),
        name => match name.trim_start_matches("alt-").chars().next() {
            Some(letter) => deck.key(context, letter),
            None => deck.line(context, ""),
        },
    }
}

/// Waits for every run that goes on, and announces each end as the deck would above the prompt.
fn wait_for_runs(context: &mut Context<'_>) -> Result<Flow, Failure> {
    let going: Vec<RunSummary> =
        recent_runs(context, None)?.into_iter().filter(|run| !run.status.is_over()).collect();
    for run in going.into_iter().rev() {
        let ended = wait_for(context, run.id)?;
        let line = render::announcement(&view::announcement(&ended), &context.style);
        context.print(&line)?;
    }
    Ok(Flow::Stay)
}

/// What a session showed, beside what it should have shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// The session with what was shown in place of what was expected, where the two differ.
    pub updated: Script,
    /// The places at which they differ, in order.
    pub differences: Vec<Difference>,
}

/// A place at which a session differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What had been typed; nothing before the first line.
    pub typed: Option<String>,
    /// The line of the session file, from 1.
    pub line: usize,
    /// As the file has it.
    pub expected: Vec<String>,
    /// Without escape sequences.
    pub shown: Vec<String>,
}

/// Compares what was shown, part by part, with what a session expects.
///
/// `parts` has one entry for what came before the first typed line and one for each line that was
/// read; `runs` are the ids that occurred.
pub fn judge(script: &Script, parts: &[String], runs: &[String]) -> Played {
    let mut updated = script.clone();
    let mut differences = Vec::new();
    let shown = |at: usize| parts.get(at).map(|it| lines_of(it)).unwrap_or_default();
    let mut compare = |expected: &mut Expected, shown: Vec<String>, typed: Option<String>, line: usize| {
        let wanted = without_blank_end(&expected.0);
        if agrees(&wanted, &shown) {
            return;
        }
        let described = shown.iter().map(|it| describe(it, runs)).collect();
        differences.push(Difference { typed, line, expected: wanted, shown });
        *expected = Expected(described);
    };
    compare(&mut updated.opening, shown(0), None, 1);
    for (at, step) in updated.steps.iter_mut().enumerate() {
        compare(&mut step.expected, shown(at + 1), Some(step.typed.to_string()), step.line);
    }
    Played { updated, differences }
}

/// Lines without escape sequences, and without blank ones at the end.
fn lines_of(shown: &str) -> Vec<String> {
    let bare = text::without_escapes(shown);
    without_blank_end(&bare.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>())
}

fn without_blank_end(lines: &[String]) -> Vec<String> {
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |it| it + 1);
    lines[..end].to_vec()
}

/// A difference as text: what was typed, then lines that are missing and lines that are too many.
pub fn describe_difference(file: &str, difference: &Difference, style: &Style) -> String {
    // Nothing is clipped: what differs may stand at the end of a line.
    let style = Style { width: usize::MAX, ..style.clone() };
    let paint = |role: Role, line: String| render::word(role, &line, &style).trim_end().to_owned() + "\n";
    let typed = difference.typed.as_deref().unwrap_or("(before anything is typed)");
    let mut text =
        paint(Role::Title, format!("{}:{}: {}", text::plain(file), difference.line, text::plain(typed)));
    for change in changes(&difference.expected, &difference.shown) {
        text += &match change {
            Change::Same(line) => paint(Role::Dim, format!("  {}", text::plain(line))),
            Change::Missing(line) => paint(Role::Failed, format!("- {}", text::plain(line))),
            Change::Surplus(line) => paint(Role::Ok, format!("+ {}", text::plain(line))),
        };
    }
    text
}

/// A line of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change<'a> {
    Same(&'a str),
    Missing(&'a str),
    Surplus(&'a str),
}

/// The fewest lines to take out and to put in, by the longest common subsequence. Long parts are
/// compared line against line, because the table would be too large.
fn changes<'a>(expected: &'a [String], shown: &'a [String]) -> Vec<Change<'a>> {
    let (rows, columns) = (expected.len(), shown.len());
    if rows * columns > 4_000_000 {
        let missing = expected.iter().map(|line| Change::Missing(line));
        return missing.chain(shown.iter().map(|line| Change::Surplus(line))).collect();
    }
    let same = |row: usize, column: usize| line_agrees(&expected[row], &shown[column]);
    let mut longest = vec![vec![0_u32; columns + 1]; rows + 1];
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            longest[row][column] = if same(row, column) {
                longest[row + 1][column + 1] + 1
            } else {
                longest[row + 1][column].max(longest[row][column + 1])
            };
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut changes = Vec::new();
    while row < rows || column < columns {
        if row < rows && column < columns && same(row, column) {
            changes.push(Change::Same(&shown[column]));
            (row, column) = (row + 1, column + 1);
        } else if column == columns || row < rows && longest[row + 1][column] >= longest[row][column + 1] {
            changes.push(Change::Missing(&expected[row]));
            row += 1;
        } else {
            changes.push(Change::Surplus(&shown[column]));
            column += 1;
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_told_and_updated() {
        let script = Script::parse("one\n> a\nshown [..]\n> b\nwrong\nsame\n").unwrap();
        let parts = ["one\n", "shown \x1b[1mbold\x1b[0m\n\n", "right\nsame\n"].map(str::to_owned);
        let played = judge(&script, &parts, &[]);
        assert_eq!(played.differences.len(), 1);
        let difference = &played.differences[0];
        assert_eq!((difference.line, difference.typed.as_deref()), (4, Some("> b")));
        assert_eq!(played.updated.text(), "one\n> a\nshown [..]\n> b\nright\nsame\n");
        let told = describe_difference("x.session", difference, &Style::plain(80));
        assert_eq!(told, "x.session:4: > b\n- wrong\n+ right\n  same\n");
    }

    #[test]
    fn a_step_that_was_never_reached_shows_nothing() {
        let script = Script::parse("> q\n> a\nexpected\n").unwrap();
        let played = judge(&script, &[String::new(), String::new()], &[]);
        assert_eq!(played.differences.len(), 1);
        assert_eq!(played.differences[0].shown, Vec::<String>::new());
    }
}
