//! Lists of runs: filtered, searched, sorted, page by page. A page begins behind a key, never at a
//! count, so that the ten-thousandth costs what the first does and new runs push nothing around.

use rusqlite::{Row, params_from_iter, types::Value};
use serde::{Deserialize, Serialize};

use super::{
    error::{Doing as _, Error},
    open::Journal,
    page::{Key, Place, place, token},
    row::{self, SUMMARY_COLUMNS, signed},
};
use crate::{
    clock::Timestamp,
    ids::{ItemId, PlanId, WorkflowName},
    run::{RunSummary, Status},
};

/// Which runs, and in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunQuery {
    /// Only those of this plan.
    pub plan: Option<PlanId>,
    /// Only those of this item.
    pub item: Option<ItemId>,
    /// Only those of this workflow.
    pub workflow: Option<WorkflowName>,
    /// Only those that stand like one of these; empty means all.
    pub statuses: Vec<Status>,
    /// Only those asked for at this time or later.
    pub since: Option<Timestamp>,
    /// Only those asked for before this time.
    pub until: Option<Timestamp>,
    /// Only those whose workflow, plan, item or parameters hold this text; capitals don't count.
    pub search: Option<String>,
    /// By what they are sorted.
    pub sort: RunSort,
    /// The other way round.
    pub reverse: bool,
    /// Most runs on a page; at least 1.
    pub limit: usize,
    /// Behind the page that gave this token.
    pub page: Option<String>,
}

impl Default for RunQuery {
    fn default() -> Self {
        Self {
            plan: None,
            item: None,
            workflow: None,
            statuses: Vec::new(),
            since: None,
            until: None,
            search: None,
            sort: RunSort::default(),
            reverse: false,
            limit: 50,
            page: None,
        }
    }
}

/// By what runs are sorted. Within equals the newest comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunSort {
    /// The newest first.
    #[default]
    Started,
    /// The longest first; those that go on last.
    Duration,
    /// By the status' word.
    Status,
    /// By the workflow's name.
    Workflow,
    /// By the plan's id; those without a plan first.
    Plan,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunPage {
    /// The runs on it.
    pub runs: Vec<RunSummary>,
    /// How many fit on all pages together.
    pub total: usize,
    /// What asks for the next page; absent on the last.
    pub next_page: Option<String>,
}

impl RunSort {
    /// The expression of its index.
    const fn key(self) -> &'static str {
        match self {
            Self::Started => "created_at",
            Self::Duration => "ifnull(duration, -1)",
            Self::Status => "status",
            Self::Workflow => "workflow",
            Self::Plan => "ifnull(plan, '')",
        }
    }

    const fn falls(self) -> bool {
        matches!(self, Self::Started | Self::Duration)
    }
}

impl Journal {
    /// A page of the runs that fit.
    ///
    /// # Errors
    /// [`Error::BadPage`] for a token of another list, and when the journal can't be read.
    pub fn list(&self, query: &RunQuery) -> Result<RunPage, Error> {
        let place = query.page.as_deref().map(|token| place(token, query)).transpose()?;
        // One moment of the journal for the page and the count.
        let _moment = self.db.unchecked_transaction().doing("list runs")?;
        let limit = query.limit.max(1);
        let mut rows = self.page(query, place.as_ref(), limit.saturating_add(1))?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_page = rows.last().filter(|_| more).map(|(_, place)| token(place));
        let runs = rows.into_iter().map(|(run, _)| run).collect();
        Ok(RunPage { runs, total: self.total(query)?, next_page })
    }

    fn page(
        &self,
        query: &RunQuery,
        place: Option<&Place>,
        limit: usize,
    ) -> Result<Vec<(RunSummary, Place)>, Error> {
        let (source, key) = (query.source(), query.key());
        let order = order(query);
        let mut values = Vec::new();
        // One arm for each status, so that each comes sorted from its index and only the arms are merged.
        let mut statuses = query.statuses.clone();
        statuses.sort_unstable();
        statuses.dedup();
        let arms: Vec<&[Status]> = if statuses.len() > 1 && key == "created_at" {
            statuses.chunks(1).collect()
        } else {
            vec![&statuses]
        };
        let arms: Vec<String> = arms
            .iter()
            .map(|statuses| {
                let mut filter = Filter::of(query, statuses);
                if let Some(place) = place {
                    filter.behind(query, place);
                }
                let condition = filter.into_parts(&mut values);
                values.push(signed(limit as u64).into());
                format!(
                    "select * from (select {SUMMARY_COLUMNS}, {key} as sort_key from {source} \
                     where {condition} {order} limit ?)"
                )
            })
            .collect();
        values.push(signed(limit as u64).into());
        let merged = order.replace(key, "sort_key");
        let sql = format!("select * from ({}) {merged} limit ?", arms.join(" union all "));
        let mut statement = self.db.prepare_cached(&sql).doing("list runs")?;
        let read = |row: &Row<'_>| Ok((row::summary(row)?, read_place(row, query)?));
        let rows = statement.query_map(params_from_iter(values), read).doing("list runs")?;
        rows.collect::<rusqlite::Result<_>>().doing("list runs")
    }

    fn total(&self, query: &RunQuery) -> Result<usize, Error> {
        let mut values = Vec::new();
        let sql = if query.is_by_status_only() {
            let condition = Filter::by_status(&query.statuses).into_parts(&mut values);
            format!("select ifnull(sum(runs), 0) from tallies where {condition}")
        } else {
            let condition = Filter::of(query, &query.statuses).into_parts(&mut values);
            format!("select count(*) from {} where {condition}", query.source())
        };
        let mut statement = self.db.prepare_cached(&sql).doing("count runs")?;
        let total =
            statement.query_row(params_from_iter(values), |row| row.get::<_, i64>(0)).doing("count runs")?;
        Ok(usize::try_from(total).unwrap_or(0))
    }
}

impl RunQuery {
    /// True when the index of words leads the way: it gives what it finds in the order of creation, so
    /// that a page of a hundred thousand hits reads no more of them than it shows.
    fn is_led_by_words(&self) -> bool {
        self.sort == RunSort::Started && self.search.as_deref().is_some_and(is_indexed)
    }

    fn source(&self) -> &'static str {
        if self.is_led_by_words() { "search join runs on n = search.rowid" } else { "runs" }
    }

    fn key(&self) -> &'static str {
        if self.is_led_by_words() { "search.rowid" } else { self.sort.key() }
    }

    /// True when counting needs the tallies only.
    const fn is_by_status_only(&self) -> bool {
        self.plan.is_none()
            && self.item.is_none()
            && self.workflow.is_none()
            && self.since.is_none()
            && self.until.is_none()
            && self.search.is_none()
    }
}

/// Conditions and what stands in their places.
#[derive(Default)]
struct Filter {
    parts: Vec<String>,
    values: Vec<Value>,
}

impl Filter {
    fn by_status(statuses: &[Status]) -> Self {
        let mut filter = Self::default();
        match statuses {
            [] => {}
            [status] => filter.add("status = ?", [text(status.word())]),
            several => {
                let places = vec!["?"; several.len()].join(", ");
                filter.add(&format!("status in ({places})"), several.iter().map(|it| text(it.word())));
            }
        }
        filter
    }

    fn of(query: &RunQuery, statuses: &[Status]) -> Self {
        let mut filter = Self::by_status(statuses);
        if let Some(plan) = &query.plan {
            filter.add("ifnull(plan, '') = ?", [text(plan.as_str())]);
        }
        if let Some(item) = &query.item {
            filter.add("item = ?", [text(item.as_str())]);
        }
        if let Some(workflow) = &query.workflow {
            filter.add("workflow = ?", [text(workflow.as_str())]);
        }
        if let Some(since) = query.since {
            filter.add("created_at >= ?", [since.millis().into()]);
        }
        if let Some(until) = query.until {
            filter.add("created_at < ?", [until.millis().into()]);
        }
        if let Some(search) = query.search.as_deref().filter(|it| !it.is_empty()) {
            filter.search(search, query.is_led_by_words());
        }
        filter
    }

    /// What is too short for the index is looked for row by row.
    fn search(&mut self, search: &str, leads: bool) {
        if is_indexed(search) {
            // The index reads its question as a C string: a NUL would end it before its closing quote.
            let phrase = format!("\"{}\"", search.replace('"', "\"\"").replace('\0', "\u{fffd}"));
            let found =
                if leads { "search match ?" } else { "n in (select rowid from search where search match ?)" };
            self.add(found, [phrase.into()]);
        } else {
            let pattern = search.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            self.add(
                "exists (select 1 from specifications s where s.run = n and s.words like ? escape '\\')",
                [format!("%{pattern}%").into()],
            );
        }
    }

    /// Only what comes behind a place in the query's order.
    fn behind(&mut self, query: &RunQuery, place: &Place) {
        let key = query.key();
        let falls = query.sort.falls() != query.reverse;
        let (beyond, newer) = (if falls { "<" } else { ">" }, if query.reverse { ">" } else { "<" });
        let value = || match &place.key {
            Key::Number(number) => Value::from(*number),
            Key::Text(text) => Value::from(text.clone()),
        };
        if query.is_led_by_words() {
            return self.add(&format!("{key} {beyond} ?"), [place.n.into()]);
        }
        // The first condition says nothing new; it tells the index where to begin.
        self.add(
            &format!("{key} {beyond}= ? and ({key} {beyond} ? or (created_at, n) {newer} (?, ?))"),
            [value(), value(), place.created.into(), place.n.into()],
        );
    }

    fn add(&mut self, part: &str, values: impl IntoIterator<Item = Value>) {
        self.parts.push(part.to_owned());
        self.values.extend(values);
    }

    fn into_parts(self, values: &mut Vec<Value>) -> String {
        values.extend(self.values);
        if self.parts.is_empty() { "1".to_owned() } else { self.parts.join(" and ") }
    }
}

/// The index of words holds groups of three characters.
fn is_indexed(search: &str) -> bool {
    search.chars().count() >= 3
}

fn text(it: &str) -> Value {
    Value::from(it.to_owned())
}

fn order(query: &RunQuery) -> String {
    let key = query.key();
    let falls = query.sort.falls() != query.reverse;
    let (first, then) = (if falls { "desc" } else { "asc" }, if query.reverse { "asc" } else { "desc" });
    if query.is_led_by_words() {
        return format!("order by {key} {first}");
    }
    if query.sort == RunSort::Started {
        return format!("order by created_at {first}, n {then}");
    }
    format!("order by {key} {first}, created_at {then}, n {then}")
}

fn read_place(row: &Row<'_>, query: &RunQuery) -> rusqlite::Result<Place> {
    let key = match row.get::<_, Value>("sort_key")? {
        Value::Integer(number) => Key::Number(number),
        Value::Text(text) => Key::Text(text),
        _ => Key::Text(String::new()),
    };
    Ok(Place {
        sort: query.sort,
        reverse: query.reverse,
        key,
        created: row.get("created_at")?,
        n: row.get("n")?,
    })
}
