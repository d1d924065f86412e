//! A task file's metadata, in the eight shapes it has had.
//!
//! Front matter (with and without its opening fence), a `## status:` heading first, after `##
//! markdown` or after the title, a plain `STATUS:` line, bold lines, or nothing at all.

use crate::plan::{
    frontmatter::{self, Broken, Fields, FrontMatter},
    markdown::{Cover, Outline},
};

/// What a task file says of itself.
#[derive(Debug, Default)]
pub(super) struct Header {
    /// The status word as it is written, without a trailing remark, and its line.
    pub(super) status: Option<(String, usize)>,
    /// The front matter's fields; empty without one.
    pub(super) fields: Fields,
    /// `parallelizable`, where the front matter says so.
    pub(super) parallel: Option<bool>,
}

impl Header {
    /// What the front matter names as needed, and whether it says anything about that.
    pub(super) fn needs(&self) -> Option<Vec<&str>> {
        let keys = ["blocked_by", "dependencies"];
        let named: Vec<_> = keys.iter().filter(|it| self.fields.get(it).is_some()).collect();
        (!named.is_empty()).then(|| named.into_iter().flat_map(|it| self.fields.words(it)).collect())
    }

    /// Why the front matter is no YAML, when it is not.
    pub(super) const fn broken(&self) -> Option<&Broken> {
        self.fields.broken.as_ref()
    }
}

/// Reads the header of a task file.
pub(super) fn read(text: &str) -> Header {
    let matter = frontmatter::split(text).or_else(|| unfenced(text));
    let fields = matter.map(|it| Fields::read(&it)).unwrap_or_default();
    let from_fields = fields.get("status").and_then(|field| {
        let word = without_remark(field.value.text()?);
        (!word.is_empty()).then(|| (word.to_owned(), field.line))
    });
    let status = from_fields.or_else(|| status_line(text));
    let parallel = fields.text("parallelizable").map(|it| it.eq_ignore_ascii_case("true"));
    Header { status, fields, parallel }
}

/// Fields from the first line on and a closing `---`: somebody lost the opening one.
fn unfenced(text: &str) -> Option<FrontMatter<'_>> {
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end() == "---" && length > 0 {
            return Some(FrontMatter { yaml: &text[..length], first_line: 1, body: length + line.len() });
        }
        let is_field = line.split_once(':').is_some_and(|(key, _)| {
            !key.is_empty() && key.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
        });
        if !is_field && !line.starts_with([' ', '-']) {
            return None;
        }
        length += line.len();
    }
    None
}

/// The first line outside of fences that says `status:` at its start, as a heading or not.
fn status_line(text: &str) -> Option<(String, usize)> {
    let outline = Outline::read(text);
    outline.lines().filter(|it| it.cover == Cover::Prose).find_map(|line| {
        let bare = line.text.trim_start_matches('#').trim_start();
        let is_status = bare.get(..7).is_some_and(|it| it.eq_ignore_ascii_case("status:"));
        let word = without_remark(&bare[if is_status { 7 } else { return None }..]);
        (!word.is_empty()).then(|| (word.to_owned(), line.number))
    })
}

/// `pending # Options: pending, in-progress` is `pending`.
fn without_remark(value: &str) -> &str {
    let value = value.split("<!--").next().unwrap_or(value);
    value.split(" #").next().unwrap_or(value).trim()
}
