//! Phases: the headings that begin with a phase's name and number.

use std::sync::LazyLock;

use regex::Regex;

use crate::plan::markdown::Heading;

/// A phase's name in the languages that plans are written in, with its number or letter.
static PHASE: LazyLock<Regex> = LazyLock::new(|| {
    let words = "phase|fase|phasen?|étape|etape|etapa|faza|fáze|fas|vaihe|aşama|tahap|giai đoạn|фаза|этап|етап|φάση|चरण|المرحلة";
    let number = r"(?:\d+(?:\.\d+)*[a-z]?|[ivx]+|[a-z])(?:[^\p{L}\p{N}]|$)";
    let counted = r"[0-9一二三四五六七八九十]+";
    Regex::new(&format!(
        r"(?i)^[^\p{{L}}\p{{N}}]*(?:(?:{words})(?:\s+|\s*[-–#№]\s*){number}|(?:final|last)\s+phase\b|(?:phase|fase|etapa)\s+finale?\b|第\s*{counted}\s*(?:阶段|階段|フェーズ)|(?:阶段|階段|フェーズ|단계)\s*{counted}|{counted}\s*단계)"
    ))
    .expect("a pattern that is a constant")
});

/// True for `Phase 3: Title`, `Phase N`, `Final Phase: Polish`, `阶段 2`; not for `Phase Dependencies`.
#[must_use]
pub fn is_phase(heading: &str) -> bool {
    PHASE.is_match(heading)
}

/// The heading level that phases stand on, given whether each heading's section holds tasks: the
/// shallowest one of a phase up to the first that holds any. Deeper ones are parts of a phase, and
/// later ones may be summaries.
pub(super) fn level(headings: &[Heading], holds_tasks: impl Fn(usize) -> bool) -> Option<u8> {
    let mut level = None;
    for (position, heading) in headings.iter().enumerate() {
        if heading.nested || !is_phase(&heading.text) {
            continue;
        }
        level = Some(level.map_or(heading.level, |it: u8| it.min(heading.level)));
        if holds_tasks(position) {
            break;
        }
    }
    level
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_has_a_name_and_a_number() {
        for heading in [
            "Phase 1: Setup",
            "Phase 3.1: Setup",
            "Phase N: Polish",
            "Final Phase: Polish",
            "✅ Phase 2 Complete",
            "PHASE 2a",
            "Phase A",
            "Phase IV",
            "Fase 2: Núcleo",
            "Étape 1",
            "Этап 1",
            "阶段 1：准备",
            "第一阶段",
            "フェーズ3.1",
            "1단계",
            "Phase 0 — Prepare",
            "Phase-3: Build",
            "PHASE #2",
        ] {
            assert!(is_phase(heading), "{heading}");
        }
        for heading in [
            "Phase Dependencies",
            "Phases",
            "Within Phase 1",
            "Setup",
            "Parallel Example: Phase 1",
            "Phaser 1",
            "Phase-based work",
            "Phase - Setup",
            "Finally",
            "Last words",
            "1. Setup",
        ] {
            assert!(!is_phase(heading), "{heading}");
        }
    }
}
