//! Where a plan's text declares its achievements: in an index, and each in the body.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use regex::Regex;

use super::{hours, section};
use crate::plan::{
    Hours,
    markdown::{Cover, Heading, Outline},
};

static LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^\s*(?P<heading>#{1,6}\s+)?(?P<list>(?:[-*+]|\d+[.)])\s+)?(?P<box>\[(?P<mark>[^\]])\]\s+)?",
        r"(?P<signs>[^\w\s*#\[\]`|>]+\s+)?(?P<bold>\*\*)?(?P<more>[^\w\s*#\[\]`|>]+\s+)?",
        r"(?i:achievement)\s+(?P<id>\d+(?:\.\d+)+)(?P<rest>.*)$"
    ))
    .expect("the pattern is well formed")
});

static PRIORITY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:#{2,6}\s+|\*\*)[^\w*]*(?i:priority)\s+(?P<number>\d+(?:\.\d+)*)\b(?P<rest>.*)$")
        .expect("the pattern is well formed")
});

static FINISHED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\s*[-–—]?\s*(?:[✅☑✔]\u{fe0f}?\s*(?:\*\*)?\s*(?:completed?|done|approved)?(?:\*\*)?|\*\*\s*(?:completed?|done)\s*\*\*)\s*$")
        .expect("the pattern is well formed")
});

static TITLE_HOURS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\s*\(([^()]*\d\s*(?:h|hrs?|hours?|minutes?|mins?|days?)[^()]*)\)\s*$")
        .expect("the pattern is well formed")
});

/// How strongly a line declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    /// `**Achievement 1.1**: Title`, `**Achievement 1.1: Title**`.
    Bold,
    /// `### Achievement 1.1: Title`.
    Heading,
    /// A list item or a bare line, which may as well be a mention.
    Loose,
}

/// One line that declares or names an achievement.
#[derive(Clone, Debug)]
pub(super) struct Declaration {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) line: usize,
    pub(super) hours: Option<Hours>,
    /// It is ticked: a ✅ or a cross in its box.
    pub(super) ticked: bool,
    /// The number of the priority it stands under.
    pub(super) priority: Option<String>,
    shape: Shape,
}

/// What a plan's text declares.
#[derive(Debug)]
pub(super) struct Declarations {
    /// The entries of the index, each id once; empty without an index.
    pub(super) index: Vec<Declaration>,
    /// The declarations of the body, each id once: the one with the longest section.
    pub(super) body: Vec<Declaration>,
    /// Achievements that the hand-off names.
    pub(super) handed_off: Vec<Declaration>,
    /// Names of priorities by their number.
    pub(super) priorities: HashMap<String, String>,
    pub(super) has_index: bool,
    /// Where each section ends.
    pub(super) ends: section::Ends,
}

/// Reads the declarations of a plan. Fences, comments, quotes and tables declare nothing.
pub(super) fn declarations(outline: &Outline) -> Declarations {
    let mut found = Declarations {
        index: Vec::new(),
        body: Vec::new(),
        handed_off: Vec::new(),
        priorities: HashMap::new(),
        has_index: false,
        ends: section::ends(outline),
    };
    let mut place = Place::Body;
    let mut priority = None;
    let (mut index, mut body, mut loose) = (Vec::new(), Vec::new(), Vec::new());
    let mut headings = outline.headings.iter().filter(|heading| !heading.nested).peekable();
    for line in outline.lines() {
        if let Some(heading) = headings.next_if(|heading| heading.line <= line.number) {
            place = place.after(heading);
            if heading.level <= 2 {
                priority = None;
            }
        }
        found.has_index |= matches!(place, Place::Index(_));
        if line.cover != Cover::Prose {
            continue;
        }
        if let Some((number, name)) = priority_line(line.text) {
            found.priorities.entry(number.clone()).or_insert(name);
            priority = Some(number);
            continue;
        }
        let Some(mut declaration) = declaration(line.text, line.number) else { continue };
        declaration.priority.clone_from(&priority);
        match place {
            Place::Index(_) => index.push(declaration),
            Place::HandOff(_) if declaration.shape == Shape::Loose => found.handed_off.push(declaration),
            _ if declaration.shape == Shape::Loose => loose.push(declaration),
            _ => body.push(declaration),
        }
    }
    // A plan whose only declarations are list items means them.
    if index.is_empty() && body.is_empty() {
        body = loose;
    }
    found.index = first_of_each(index);
    found.body = longest_of_each(body, &found.ends);
    found
}

/// The section in which a line stands, with the level of its heading.
#[derive(Clone, Copy)]
enum Place {
    Index(u8),
    HandOff(u8),
    Body,
}

impl Place {
    fn after(self, heading: &Heading) -> Self {
        let name = heading.text.to_lowercase();
        if name.contains("achievement index") {
            return Self::Index(heading.level);
        }
        if name.contains("handoff") || name.contains("hand-off") {
            return Self::HandOff(heading.level);
        }
        match self {
            Self::Index(level) | Self::HandOff(level) if heading.level > level => self,
            _ => Self::Body,
        }
    }
}

/// What a line declares, when it does.
pub(super) fn declaration(text: &str, line: usize) -> Option<Declaration> {
    // Most lines say nothing of an achievement: this is far cheaper than the pattern.
    if !names_an_achievement(text) {
        return None;
    }
    let found = LINE.captures(text)?;
    let bold = found.name("bold").is_some();
    let has = |name| found.name(name).is_some();
    let shape = match () {
        () if has("heading") => Shape::Heading,
        () if bold && !has("list") && !has("box") => Shape::Bold,
        () => Shape::Loose,
    };
    let rest = found.name("rest")?.as_str();
    let title = title_after_id(rest, shape)?;
    let signs = [found.name("signs"), found.name("more"), found.name("mark")];
    let ticked = signs.iter().flatten().any(|it| it.as_str().contains(['✅', '☑', '✔', 'x', 'X']))
        || FINISHED.is_match(title);
    let title = FINISHED.replace(title, "").into_owned();
    let hours = TITLE_HOURS.captures(&title).and_then(|it| hours::estimate(&it[1]));
    let title = if hours.is_some() { TITLE_HOURS.replace(&title, "").into_owned() } else { title };
    let title = FINISHED.replace(&title, "").replace("**", "").trim().to_owned();
    Some(Declaration { id: found["id"].to_owned(), title, line, hours, ticked, priority: None, shape })
}

/// The word in any case. Few lines have a `v`.
pub(super) fn names_an_achievement(text: &str) -> bool {
    const WORD: &[u8] = b"achievement";
    const BEFORE: usize = 5;
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'v', b'V', bytes).any(|at| {
        let start = at.checked_sub(BEFORE);
        start.and_then(|it| bytes.get(it..it + WORD.len())).is_some_and(|it| it.eq_ignore_ascii_case(WORD))
    })
}

/// What follows the id, when it makes the line a declaration: `**: Title`, `: Title**`, ` - Title`,
/// ` (Title)`, or nothing. A bold number in a sentence declares nothing.
fn title_after_id(rest: &str, shape: Shape) -> Option<&str> {
    let rest = rest.trim();
    let plain = rest.strip_prefix("**").unwrap_or(rest).trim_start();
    let title = plain
        .strip_prefix(':')
        .or_else(|| plain.strip_prefix("- "))
        .or_else(|| plain.strip_prefix("– "))
        .or_else(|| plain.strip_prefix("— "));
    match title {
        Some(title) => Some(title.trim().trim_start_matches("**").trim_start()),
        None if plain.is_empty() => Some(""),
        None if shape == Shape::Loose => plain.strip_prefix('(').map(|it| it.split(')').next().unwrap_or(it)),
        None => None,
    }
}

fn priority_line(text: &str) -> Option<(String, String)> {
    if !text.trim_start().starts_with(['#', '*']) {
        return None;
    }
    let found = PRIORITY.captures(text)?;
    let number = found["number"].to_owned();
    let rest = found["rest"].replace("**", "");
    let rest = rest.trim_start_matches([':', '-', '–', '—', ' ']).trim();
    let name =
        if rest.is_empty() { format!("Priority {number}") } else { format!("Priority {number}: {rest}") };
    Some((number, name))
}

fn first_of_each(declarations: Vec<Declaration>) -> Vec<Declaration> {
    let mut seen = HashSet::new();
    declarations.into_iter().filter(|it| seen.insert(it.id.clone())).collect()
}

/// Keeps of each id the declaration with the longest section, at the place of the first one.
fn longest_of_each(declarations: Vec<Declaration>, ends: &section::Ends) -> Vec<Declaration> {
    let mut kept: Vec<Declaration> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for declaration in declarations {
        let Some(&place) = places.get(&declaration.id) else {
            places.insert(declaration.id.clone(), kept.len());
            kept.push(declaration);
            continue;
        };
        if ends.length(declaration.line) > ends.length(kept[place].line) {
            let priority = kept[place].priority.take();
            kept[place] = Declaration { priority: priority.or(declaration.priority.clone()), ..declaration };
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn achievements_are_declared_in_many_shapes() {
        let check = |text: &str, expected: Option<(&str, &str, bool)>| {
            let found = declaration(text, 1);
            let found = found.as_ref().map(|it| (it.id.as_str(), it.title.as_str(), it.ticked));
            assert_eq!(found, expected, "{text}");
        };
        check("**Achievement 1.1**: Tanks", Some(("1.1", "Tanks", false)));
        check("**Achievement 1.1: Tanks**", Some(("1.1", "Tanks", false)));
        check("**Achievement 3.5.1**: Tanks ⚠️ **URGENT**", Some(("3.5.1", "Tanks ⚠️ URGENT", false)));
        check("- Achievement 1.1: Tanks", Some(("1.1", "Tanks", false)));
        check("- ✅ Achievement 1.1: Tanks", Some(("1.1", "Tanks", true)));
        check("- ✅ **Achievement 1.1**: Tanks", Some(("1.1", "Tanks", true)));
        check("⏳ **Achievement 1.1**: Tanks", Some(("1.1", "Tanks", false)));
        check("- 🚧 Achievement 1.1: Tanks", Some(("1.1", "Tanks", false)));
        check("- [ ] Achievement 1.1: Tanks", Some(("1.1", "Tanks", false)));
        check("- [x] **Achievement 1.1**: Tanks", Some(("1.1", "Tanks", true)));
        check("### Achievement 1.1: Tanks", Some(("1.1", "Tanks", false)));
        check("1. **Achievement 1.1: Tanks**", Some(("1.1", "Tanks", false)));
        check("3. ✅ Achievement 1.1 - Tanks", Some(("1.1", "Tanks", true)));
        check("**Achievement 1.1**: Tanks ✅ **COMPLETE**", Some(("1.1", "Tanks", true)));
        check("**Achievement 1.1**: Migration Complete", Some(("1.1", "Migration Complete", false)));
        check("**Achievement 1.1**", Some(("1.1", "", false)));
        check("**Achievement 1.1** is what comes next", None);
        check("### Example: Achievement 1.1 in use", None);
        check("- [x] **SUBPLAN_01**: Achievement 1.1 - Tanks", None);
        check("see Achievement 1.1: Tanks", None);
        check("- Achievements 1.1-1.4", None);
        check("> **Achievement 1.1**: Tanks", None);
        check("**Achievement 1**: Tanks", None);
    }

    #[test]
    fn hours_in_a_title_become_the_estimate() {
        let found = declaration("**Achievement 1.1**: Tanks (4-6h) ✅", 1).expect("a declaration");
        assert_eq!((found.title.as_str(), found.ticked), ("Tanks", true));
        assert_eq!(found.hours, Some(Hours { low: 4.0, high: 6.0 }));
        let found = declaration("**Achievement 1.1**: Tanks (optional)", 1).expect("a declaration");
        assert_eq!((found.title.as_str(), found.hours), ("Tanks (optional)", None));
    }

    #[test]
    fn priorities_have_two_forms() {
        let check = |text: &str, expected: Option<(&str, &str)>| {
            let found = priority_line(text);
            assert_eq!(found.as_ref().map(|(a, b)| (a.as_str(), b.as_str())), expected, "{text}");
        };
        check("**Priority 0: CRITICAL (COMPLETE ✅)**", Some(("0", "Priority 0: CRITICAL (COMPLETE ✅)")));
        check("### Priority 3.5: HIGH - Mending", Some(("3.5", "Priority 3.5: HIGH - Mending")));
        check("## 🎯 Priority 1", Some(("1", "Priority 1")));
        check("**Priority**: HIGH", None);
    }
}
