//! One line about order: which tasks it puts side by side, and which before which.

use super::{super::id::Known, labels, mention::mentioned, model::without_parentheses};

/// What one line says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Pairs of earlier and later tasks.
    pub edges: Vec<(String, String)>,
    /// Tasks that may run side by side.
    pub together: Vec<String>,
}

const ARROWS: [&str; 8] = ["-->", "==>", "->", "=>", "⟶", "➜", "⇒", "──>"];

/// No line of a hand-written plan says more.
const MOST: usize = 10_000;

/// A line of the parallel kind: its tasks stand side by side unless arrows part them.
pub fn parallel(line: &str, known: &Known, strangers: &mut Vec<String>) -> Said {
    let mut said = Said::default();
    if says_nothing(line) {
        return said;
    }
    let links = links(line);
    if links.len() > 1 {
        chain(&links, known, strangers, &mut said.edges);
        let widest = links.iter().map(|link| mentioned(link, known, strangers)).max_by_key(Vec::len);
        said.together = widest.filter(|ids| ids.len() > 1).unwrap_or_default();
        return said;
    }
    let (before, rest) = after_clause(line, known, strangers);
    let ids = mentioned(&without_parentheses(&rest), known, strangers);
    let ids: Vec<String> = ids.into_iter().filter(|id| !before.contains(id)).collect();
    join(&before, &ids, &mut said.edges);
    let denies = ["sequential", "顺序", "串行"].iter().any(|it| line.to_lowercase().contains(it));
    if ids.len() > 1 && (!denies || labels::is_parallel(line)) {
        said.together = ids;
    }
    said
}

/// A line of the serial kind.
pub fn serial(line: &str, known: &Known, strangers: &mut Vec<String>) -> Said {
    let mut said = Said::default();
    if says_nothing(line) {
        return said;
    }
    let links = links(line);
    if links.len() > 1 {
        chain(&links, known, strangers, &mut said.edges);
        return said;
    }
    let bare = without_parentheses(line);
    let folded = bare.to_ascii_lowercase();
    let split =
        |words: &[&str]| words.iter().find_map(|word| folded.find(word).map(|at| (at, at + word.len())));
    let at = |range: (usize, usize)| (bare[..range.0].to_owned(), bare[range.1..].to_owned());
    if let Some((earlier, later)) =
        split(&[" before ", " precedes ", " precede ", " blocks ", "先于"]).map(at)
    {
        let earlier = mentioned(&earlier, known, strangers);
        join(&earlier, &mentioned(&later, known, strangers), &mut said.edges);
    } else if let Some((later, earlier)) =
        split(&[" depends on ", " depend on ", " requires ", " require ", " needs ", " after ", "依赖"])
            .map(at)
    {
        let later = mentioned(&later, known, strangers);
        join(&mentioned(&earlier, known, strangers), &later, &mut said.edges);
    } else if ["in order", "sequential", "one by one", "顺序", "依次", "串行"]
        .iter()
        .any(|it| folded.contains(it))
    {
        let ids = mentioned(&bare, known, strangers);
        said.edges.extend(ids.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())));
    }
    said
}

/// A line of a drawing: only arrows between tasks count.
pub fn drawn(line: &str, known: &Known, strangers: &mut Vec<String>) -> Said {
    let mut said = Said::default();
    let links = links(line);
    if links.len() > 1 {
        chain(&links, known, strangers, &mut said.edges);
    }
    said
}

fn says_nothing(line: &str) -> bool {
    let bare = line.trim().trim_start_matches(['-', '*', '+', ' ', '`']).to_lowercase();
    ["none", "n/a", "not applicable", "无", "無", "没有", "なし"].iter().any(|it| bare.starts_with(it))
}

fn links(line: &str) -> Vec<String> {
    let mut one = line.to_owned();
    for arrow in ARROWS {
        one = one.replace(arrow, "→");
    }
    one.split('→').map(str::to_owned).collect()
}

/// Each link comes after all of the one before it. `ALL other tasks` are all that no link names.
fn chain(links: &[String], known: &Known, strangers: &mut Vec<String>, edges: &mut Vec<(String, String)>) {
    let named: Vec<Vec<String>> =
        links.iter().map(|link| mentioned(&without_parentheses(link), known, strangers)).collect();
    let mut before: Vec<String> = Vec::new();
    for (link, ids) in links.iter().zip(&named) {
        let here = if ids.is_empty() && means_all(link) {
            known.all().filter(|id| !named.iter().flatten().any(|it| it == id)).map(str::to_owned).collect()
        } else if ids.is_empty() {
            mentioned(link, known, strangers)
        } else {
            ids.clone()
        };
        join(&before, &here, edges);
        before = here;
    }
}

fn means_all(link: &str) -> bool {
    let folded = link.to_lowercase();
    let words: Vec<&str> =
        folded.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty()).collect();
    matches!(words.as_slice(), ["all" | "others" | "everything" | "rest", ..] | ["the", "rest", ..])
        || ["所有", "全部", "其他", "其余"].iter().any(|it| folded.contains(it))
}

fn join(before: &[String], then: &[String], edges: &mut Vec<(String, String)>) {
    for first in before {
        for then in then.iter().filter(|then| *then != first) {
            if edges.len() < MOST {
                edges.push((first.clone(), then.clone()));
            }
        }
    }
}

/// `After IMPL-003 completion: …`, `Window 1 (After IMPL-003): …`: the tasks before, and the rest.
fn after_clause(line: &str, known: &Known, strangers: &mut Vec<String>) -> (Vec<String>, String) {
    let folded = line.to_ascii_lowercase();
    let Some(at) = folded.find("after ") else { return (Vec::new(), line.to_owned()) };
    let clause = &line[at..];
    let end = clause.find([')', '）', ':', '：', ';']).unwrap_or(clause.len());
    let before = mentioned(&clause[..end], known, strangers);
    if before.is_empty() {
        return (before, line.to_owned());
    }
    (before, format!("{} {}", &line[..at], &clause[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let ids = [
            "IMPL-001", "IMPL-002", "IMPL-003", "IMPL-004", "IMPL-005", "IMPL-006", "IMPL-007", "IMPL-1",
            "IMPL-2", "IMPL-3.1", "IMPL-3.2", "IMPL-A1", "IMPL-B1",
        ];
        Known::new(ids.into_iter())
    }

    fn shown(said: &Said) -> String {
        let edges: Vec<String> =
            said.edges.iter().map(|(first, then)| format!("{}<{}", tail(first), tail(then))).collect();
        let together: Vec<&str> = said.together.iter().map(|it| tail(it)).collect();
        [edges.join(" "), together.join("|")]
            .into_iter()
            .filter(|it| !it.is_empty())
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn tail(id: &str) -> &str {
        id.trim_start_matches("IMPL-")
    }

    #[test]
    fn every_form_of_what_may_run_together_is_understood() {
        let known = known();
        let check = |line: &str, expected: &str| {
            assert_eq!(shown(&parallel(line, &known, &mut Vec::new())), expected, "{line}");
        };
        check("- IMPL-001 || IMPL-002", "001|002");
        check("- IMPL-004 and IMPL-006", "004|006");
        check("- IMPL-004 and IMPL-006 touch different modules (see IMPL-001)", "004|006");
        check(
            "- **After IMPL-003 completion**: IMPL-004 (views), IMPL-005 (docs) can run in parallel",
            "003<004 003<005; 004|005",
        );
        check("- **Phase 2 (Parallel Group)**: IMPL-002, IMPL-003", "002|003");
        check("- Group 1 (Parallel, no deps): IMPL-001, IMPL-002, IMPL-003", "001|002|003");
        check("- Batch 1: IMPL-1 + IMPL-2 (parallel)", "1|2");
        check("- Batch 2: IMPL-003 (sequential)", "");
        check("- Window 1 (After IMPL-003): IMPL-004, IMPL-005", "003<004 003<005; 004|005");
        check("- IMPL-001 → (IMPL-002 || IMPL-003) → IMPL-004", "001<002 001<003 002<004 003<004; 002|003");
        check("- IMPL-002/003/004", "002|003|004");
        check("- IMPL-3.* 可以并行", "3.1|3.2");
        check("- None - every task builds on the one before (IMPL-001, IMPL-002)", "");
        check("- 无 - IMPL-001 和 IMPL-002 有依赖", "");
        check("- Frontend and backend", "");
    }

    #[test]
    fn every_form_of_what_comes_before_what_is_understood() {
        let known = known();
        let check = |line: &str, expected: &str| {
            assert_eq!(shown(&serial(line, &known, &mut Vec::new())), expected, "{line}");
        };
        check("- IMPL-001 → IMPL-002 → IMPL-003", "001<002 002<003");
        check("- IMPL-001 -> IMPL-002", "001<002");
        check("- IMPL-001 => IMPL-002 ⟶ IMPL-003", "001<002 002<003");
        check("- IMPL-001 --> IMPL-002", "001<002");
        check("- IMPL-001 → {IMPL-002, IMPL-003}", "001<002 001<003");
        check("- {IMPL-001, IMPL-002} → IMPL-003", "001<003 002<003");
        check("- IMPL-002/003/004 → IMPL-007", "002<007 003<007 004<007");
        check(
            "- IMPL-001 → ALL other tasks",
            "001<1 001<002 001<2 001<003 001<3.1 001<3.2 001<004 001<005 001<006 001<007 001<A1 001<B1",
        );
        check("- IMPL-001 (schema) → IMPL-002 (needs IMPL-005 later)", "001<002");
        check("- IMPL-3.* must run in order", "3.1<3.2");
        check("- IMPL-A1 → IMPL-B1", "A1<B1");
        check("- IMPL-001 must complete before IMPL-002, IMPL-003", "001<002 001<003");
        check("- IMPL-003 depends on IMPL-001 and IMPL-002", "001<003 002<003");
        check("- IMPL-004 依赖 IMPL-001", "001<004");
        check("- IMPL-001 → review → IMPL-002", "");
        check("- None", "");
        check("- IMPL-001 is delicate", "");
    }

    #[test]
    fn in_a_drawing_only_arrows_count() {
        let known = known();
        let check = |line: &str, expected: &str| {
            assert_eq!(shown(&drawn(line, &known, &mut Vec::new())), expected, "{line}");
        };
        check("IMPL-001 ──> IMPL-002", "001<002");
        check("  ├── IMPL-002", "");
        check("IMPL-001, IMPL-002", "");
    }
}
