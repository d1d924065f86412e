//! The picture of a run that goes on: its tasks as far as the screen has rows, and what they say.

use std::iter::repeat;

use super::super::{context::Context, estimate, failure::Failure};
use crate::{
    clock::Timestamp,
    control::Control,
    logs,
    render::{self, Role, Style},
    run::{RunRecord, Status},
    screen::{Share, Size},
    text,
    view::{self, FollowedTask, Following, Forecast, Histories},
};

/// How many lines of output are shown while a single task runs.
const LIVE_LINES: usize = 4;

/// How long an estimate is shown before it is made again, in milliseconds.
const ESTIMATE_STAYS: i64 = 1_000;

/// Rows beside those of the tasks: head, progress, what is left out, the keys, and the cursor's own.
const BESIDE: usize = 5;

/// What is kept from one picture to the next.
#[derive(Default)]
pub struct Picture {
    histories: Option<Histories>,
    forecast: Forecast,
    forecast_at: Option<Timestamp>,
}

impl Picture {
    /// Paints the run as it stands.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn paint(
        &mut self,
        context: &mut Context<'_>,
        control: &Control,
        record: &RunRecord,
    ) -> Result<(), Failure> {
        self.estimate(control, record, context.now())?;
        // Asked for each picture: a window may be made smaller while a run goes on.
        let size = context.screen.size();
        let room = size.rows.saturating_sub(BESIDE).max(1);
        let mut following = view::following(record, &self.forecast, context.now(), room);
        let said = hear(context, record, &mut following, size.rows.saturating_sub(BESIDE));
        let lines = lines(context, &following, said, size);
        let total = following.total.max(1);
        context.screen.progress(Some(Share { done: following.over, total }));
        context.screen.paint(&lines);
        Ok(())
    }

    fn estimate(&mut self, control: &Control, record: &RunRecord, now: Timestamp) -> Result<(), Failure> {
        if self.forecast_at.is_some_and(|at| (now.millis() - at.millis()).abs() < ESTIMATE_STAYS) {
            return Ok(());
        }
        let histories = match &mut self.histories {
            Some(histories) => histories,
            none => none.insert(estimate::histories(control.journal(), &record.spec)?),
        };
        self.forecast = view::forecast(record, histories, now);
        self.forecast_at = Some(now);
        Ok(())
    }
}

/// What the tasks that run say: the last lines of one that runs alone, else the last line of each.
fn hear(context: &Context<'_>, record: &RunRecord, following: &mut Following, rows: usize) -> Vec<String> {
    let folder = context.state.run(record.id);
    let log = |task: &FollowedTask| task.attempt.as_ref().map(|it| folder.log(it));
    let free = rows.saturating_sub(following.rows.len());
    let is_live = |task: &&mut FollowedTask| matches!(task.status, Status::Running | Status::Stopping);
    let mut live: Vec<&mut FollowedTask> = following.tasks_mut().filter(is_live).collect();
    if let [only] = &live[..]
        && free > 0
    {
        let Some(log) = log(only) else { return Vec::new() };
        return logs::last_lines(&log, LIVE_LINES.min(free), 16 << 10);
    }
    for task in &mut live {
        task.said = log(task).and_then(|log| logs::last_lines(&log, 1, 4 << 10).pop());
    }
    Vec::new()
}

fn lines(context: &Context<'_>, following: &Following, said: Vec<String>, size: Size) -> Vec<String> {
    let style = Style { width: size.columns.saturating_sub(2), ..context.style.clone() };
    let spinner = SPINNER[usize::try_from(context.now().millis() / 120).unwrap_or(0) % SPINNER.len()];
    let tree = render::following(following, &style);
    let marks = [spinner].into_iter().chain(repeat(' '));
    let mut lines: Vec<String> =
        tree.lines().zip(marks).map(|(line, mark)| format!("{mark} {line}")).collect();
    let shown = said.iter().map(|line| text::clip(&text::plain(line), size.columns.saturating_sub(4)));
    let dim = |line: String| render::word(Role::Dim, &format!("  {line}"), &context.style);
    lines.extend(shown.map(|line| dim(line).trim_end().to_owned()));
    let hint = text::clip("  d: go on in the background · Ctrl-C: cancel", size.columns.saturating_sub(1));
    lines.push(render::word(Role::Hint, &hint, &context.style).trim_end().to_owned());
    lines
}

/// One frame for every eighth of a second.
const SPINNER: [char; 8] = ['⣾', '⣽', '⣻', '⢿', '⡿', '⣟', '⣯', '⣷'];
