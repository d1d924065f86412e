//! What is meant by the words for an execution model, in the languages that plans are written in.

use crate::plan::{Inner, Model};

const TDD: &[&str] = &["tdd", "red-green", "red → green", "test-driven", "测试驱动", "テスト駆動"];
const PHASED: &[&str] = &[
    "phase",
    "wave",
    "阶段",
    "階段",
    "段階",
    "フェーズ",
    "波次",
    "단계",
    "фаз",
    "этап",
    "fase",
    "étape",
    "etapa",
];
const PARALLEL: &[&str] =
    &["parallel", "paralel", "parallèl", "concurrent", "并行", "並行", "並列", "并发", "병렬", "параллел"];
const SEQUENTIAL: &[&str] = &[
    "sequen",
    "secuen",
    "séquen",
    "sequê",
    "serial",
    "dependency chain",
    "one at a time",
    "顺序",
    "順序",
    "串行",
    "逐个",
    "逐次",
    "順次",
    "순차",
    "последоват",
];
/// What stands before a word and denies it.
const DENIALS: &[&str] =
    &["no ", "not ", "non-", "non ", "without ", "none ", "无", "無", "不", "非", "kein", "sin "];

/// The model that a text names; `None` when it names none.
///
/// What stands in parentheses explains, and is looked at only when nothing else says anything.
pub fn classify(text: &str) -> Option<Model> {
    let folded = text.to_lowercase();
    named(&without_parentheses(&folded)).or_else(|| named(&folded))
}

fn named(text: &str) -> Option<Model> {
    let parallel = place_of(text, PARALLEL);
    let sequential = place_of(text, SEQUENTIAL);
    if place_of(text, TDD).is_some() {
        return Some(Model::Tdd);
    }
    if place_of(text, PHASED).is_some() {
        let only_parallel = parallel.is_some() && sequential.is_none();
        return Some(Model::Phased(if only_parallel { Inner::Parallel } else { Inner::Mixed }));
    }
    match (parallel, sequential) {
        (Some(parallel), Some(sequential)) if sequential < parallel => Some(Model::Mixed),
        (Some(_), _) => Some(Model::Parallel),
        (None, Some(_)) => Some(Model::Sequential),
        (None, None) => None,
    }
}

/// Where the first of these words stands that is not denied.
fn place_of(text: &str, words: &[&str]) -> Option<usize> {
    let all = words.iter().flat_map(|word| text.match_indices(word));
    all.map(|(at, _)| at).filter(|at| !is_denied(&text[..*at])).min()
}

fn is_denied(before: &str) -> bool {
    DENIALS.iter().any(|denial| before.ends_with(denial))
}

/// A text without what stands in parentheses, of either width.
pub fn without_parentheses(text: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '(' | '（' => depth += 1,
            ')' | '）' => depth = depth.saturating_sub(1),
            letter if depth == 0 => kept.push(letter),
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_named_in_many_words() {
        let check = |text: &str, expected: Option<Model>| assert_eq!(classify(text), expected, "{text}");
        check("Sequential", Some(Model::Sequential));
        check("Sequential (tasks have clear dependencies, no parallel work)", Some(Model::Sequential));
        check("Strict dependency chain", Some(Model::Sequential));
        check("Sequential, no parallelization", Some(Model::Sequential));
        check("顺序执行", Some(Model::Sequential));
        check("串行执行（无并行）", Some(Model::Sequential));
        check("逐次実行", Some(Model::Sequential));
        check("Последовательно", Some(Model::Sequential));
        check("Sequential with targeted parallelization opportunities", Some(Model::Mixed));
        check("顺序为主，部分并行", Some(Model::Mixed));
        check("Parallel", Some(Model::Parallel));
        check("Parallel execution where the graph allows", Some(Model::Parallel));
        check("Concurrent, with one sequential tail", Some(Model::Parallel));
        check("并行执行", Some(Model::Parallel));
        check("Phased", Some(Model::Phased(Inner::Mixed)));
        check("Phased（分阶段执行）", Some(Model::Phased(Inner::Mixed)));
        check("Phased (4 waves)", Some(Model::Phased(Inner::Mixed)));
        check("分阶段", Some(Model::Phased(Inner::Mixed)));
        check("Phased with Parallel Opportunities", Some(Model::Phased(Inner::Parallel)));
        check("混合 (Phased + Parallel)", Some(Model::Phased(Inner::Parallel)));
        check("Phased Sequential with Selective Parallelization", Some(Model::Phased(Inner::Mixed)));
        check("Phased Sequential - 分阶段顺序执行", Some(Model::Phased(Inner::Mixed)));
        check("TDD Cycles (Red-Green-Refactor)", Some(Model::Tdd));
        check("Red-Green-Refactor, feature by feature in phases", Some(Model::Tdd));
        check("Agent", None);
        check("Codex", None);
        check("as it comes", None);
        check("", None);
    }
}
