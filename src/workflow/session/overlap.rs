//! Tasks that may run side by side and change the same file are put one after the other.

use std::collections::BTreeMap;

use super::{choose::Choice, layout::Layout, strategy::reads_lines, turns::Stand};
use crate::{
    plan::{Item, Plan},
    run::Finding,
};

/// Looks no further for a way from one item to another; what is not found is put in order once more,
/// which does no harm.
const FAR: usize = 2_000;

/// Puts those in order that change the same file, in the order in which they would come anyway.
pub(super) fn serialise(
    plan: &Plan,
    choice: &Choice<'_>,
    stands: &[Stand],
    layout: &mut Layout,
    findings: &mut Vec<Finding>,
) {
    let order = layout.in_order();
    let mut place = vec![usize::MAX; choice.items.len()];
    order.iter().enumerate().for_each(|(number, &at)| place[at] = number);
    let mut touching: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for &at in &order {
        for file in files(plan, choice.items[at]) {
            touching.entry(file).or_default().push(at);
        }
    }
    for (file, items) in touching {
        for pair in items.windows(2) {
            let (first, then) = (pair[0], pair[1]);
            if first == then || stands[first] != stands[then] || is_ordered(layout, &place, first, then) {
                continue;
            }
            layout.follow(then, first, format!("both change {file}"));
            findings.push(Finding {
                code: "overlap",
                message: format!(
                    "{} and {} both change {file}: {} goes first",
                    choice.items[first].id, choice.items[then].id, choice.items[first].id
                ),
                place: Some(choice.items[then].place.to_string()),
            });
        }
    }
}

fn is_ordered(layout: &Layout, place: &[usize], first: usize, then: usize) -> bool {
    let looked = std::cell::Cell::new(0);
    layout.reaches_within(first, then, |at| {
        looked.set(looked.get() + 1);
        place[at] >= place[first] && looked.get() < FAR
    })
}

/// The files that an item is going to change: those that it declares, else, where tasks are lines, the
/// paths in its title.
fn files(plan: &Plan, item: &Item) -> Vec<String> {
    if !item.files.is_empty() || !reads_lines(plan) {
        return item.files.clone();
    }
    let mut files: Vec<String> =
        item.title.split([' ', '`', ',', '(', ')', '"', '\'']).filter_map(path).collect();
    files.sort_unstable();
    files.dedup();
    files
}

/// A word that is a path: a folder, and a name with an ending.
fn path(word: &str) -> Option<String> {
    let word = word.trim_end_matches(['.', ':', ';', '!', '?']).trim_start_matches("./");
    let (folder, name) = word.rsplit_once('/')?;
    let (stem, ending) = name.rsplit_once('.')?;
    let is_ending = (1..=5).contains(&ending.len()) && ending.bytes().all(|it| it.is_ascii_alphanumeric());
    let is_path = !stem.is_empty()
        && is_ending
        && !folder.contains("//")
        && !folder.ends_with(':')
        && !word.contains(['*', '<', '{', '…']);
    is_path.then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_names_the_files_that_it_is_about() {
        let check =
            |word: &str, expected: Option<&str>| assert_eq!(path(word).as_deref(), expected, "{word}");
        check("src/models/user.py", Some("src/models/user.py"));
        check("./src/a.ts.", Some("src/a.ts"));
        check("and/or", None);
        check("https://x.org/a.html", None);
        check("src/", None);
        check("src/*.rs", None);
        check("v1.2/3", None);
    }
}
