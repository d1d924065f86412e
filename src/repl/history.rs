//! The lines that were typed, kept in the journal: reedline asks, the journal answers.

use std::{io, sync::Arc};

use reedline::{
    CommandLineSearch, History, HistoryItem, HistoryItemId, HistorySessionId, ReedlineError,
    ReedlineErrorVariants, Result, SearchDirection, SearchQuery,
};

use crate::{
    clock::{Clock, Timestamp},
    journal::{self, Journal, Line, LineQuery, LineText, NewLine, Redactor, SessionLines},
};

/// The typed lines of this workspace. Up and Ctrl-R show one's own session and what was there before
/// it began, not what a neighbour types meanwhile.
pub struct TypedLines {
    journal: Journal,
    redactor: Redactor,
    session: SessionLines,
    clock: Arc<dyn Clock>,
}

impl TypedLines {
    /// Begins a session. Lines are kept without the values of names that look secret.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn begin(
        journal: Journal,
        redactor: Redactor,
        clock: Arc<dyn Clock>,
    ) -> std::result::Result<Self, journal::Error> {
        let began_after = journal.last_line()?;
        let session = SessionLines { session: clock.wall().millis(), began_after };
        Ok(Self { journal, redactor, session, clock })
    }

    fn query(&self, query: &SearchQuery) -> LineQuery {
        let (start, end) = (query.start_id.map(|it| it.0), query.end_id.map(|it| it.0));
        let oldest_first = matches!(query.direction, SearchDirection::Forward);
        let (above, below) = if oldest_first { (start, end) } else { (end, start) };
        let text = query.filter.command_line.as_ref().map(|text| match text {
            CommandLineSearch::Prefix(text) => LineText::Prefix(text.clone()),
            CommandLineSearch::Substring(text) => LineText::Substring(text.clone()),
            CommandLineSearch::Exact(text) => LineText::Exact(text.clone()),
        });
        LineQuery {
            text,
            session: query.filter.session.map(|_| self.session),
            cwd: query.filter.cwd_exact.clone(),
            above,
            below,
            oldest_first,
            limit: query.limit.map(|it| usize::try_from(it).unwrap_or(0)),
        }
    }
}

impl History for TypedLines {
    fn save(&mut self, mut item: HistoryItem) -> Result<HistoryItem> {
        let text = self.redactor.redact(&item.command_line).into_owned();
        item.command_line.clone_from(&text);
        match item.id {
            Some(id) => self.journal.update_line(&line(&item, id.0, text)).map_err(failed)?,
            None => {
                let new = NewLine {
                    text,
                    at: self.clock.wall(),
                    session: Some(self.session.session),
                    cwd: item.cwd.clone(),
                };
                item.id = Some(HistoryItemId::new(self.journal.save_line(&new).map_err(failed)?));
            }
        }
        Ok(item)
    }

    fn load(&self, id: HistoryItemId) -> Result<HistoryItem> {
        let missing = || ReedlineError(ReedlineErrorVariants::OtherHistoryError("no such line"));
        self.journal.line(id.0).map_err(failed)?.map(item).ok_or_else(missing)
    }

    fn count(&self, query: SearchQuery) -> Result<i64> {
        let count = self.journal.count_lines(&self.query(&query)).map_err(failed)?;
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }

    fn search(&self, query: SearchQuery) -> Result<Vec<HistoryItem>> {
        let lines = self.journal.lines(&self.query(&query)).map_err(failed)?;
        Ok(lines.into_iter().map(item).collect())
    }

    fn update(&mut self, id: HistoryItemId, change: &dyn Fn(HistoryItem) -> HistoryItem) -> Result<()> {
        let item = change(self.load(id)?);
        self.save(item).map(|_| ())
    }

    fn clear(&mut self) -> Result<()> {
        self.journal.clear_lines().map_err(failed)
    }

    fn delete(&mut self, id: HistoryItemId) -> Result<()> {
        self.journal.delete_line(id.0).map_err(failed)
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn session(&self) -> Option<HistorySessionId> {
        Some(HistorySessionId::new(self.session.session))
    }
}

fn failed(error: journal::Error) -> ReedlineError {
    ReedlineError(ReedlineErrorVariants::IOError(io::Error::other(error)))
}

fn item(line: Line) -> HistoryItem {
    HistoryItem {
        id: Some(HistoryItemId::new(line.id)),
        start_timestamp: None,
        command_line: line.text,
        session_id: line.session.map(HistorySessionId::new),
        hostname: None,
        cwd: line.cwd,
        duration: line.took,
        exit_status: line.exit,
        more_info: None,
    }
}

fn line(item: &HistoryItem, id: i64, text: String) -> Line {
    let at = item.start_timestamp.map_or(0, |it| it.timestamp_millis());
    Line {
        id,
        text,
        at: Timestamp::from_millis(at),
        session: item.session_id.map(|it| it.0),
        cwd: item.cwd.clone(),
        took: item.duration,
        exit: item.exit_status,
    }
}
