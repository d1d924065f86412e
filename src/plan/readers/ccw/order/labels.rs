//! The labels of a plan's section on order, and of its phases.

/// What the lines below a label are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// How the whole is run.
    Model,
    /// What may run side by side.
    Parallel,
    /// What comes before what.
    Serial,
    /// The drawing of the needs.
    Graph,
    /// Something else.
    Other,
}

const LABELS: &[(&[&str], Subject)] = &[
    (
        &["execution model", "execution mode", "执行模型", "执行模式", "実行モデル", "실행 모델"],
        Subject::Model,
    ),
    (
        &[
            "parallelization",
            "parallelisation",
            "parallel opportunit",
            "parallel group",
            "并行",
            "並列",
            "병렬",
        ],
        Subject::Parallel,
    ),
    (
        &["serialization", "serialisation", "sequential requirement", "串行", "序列化", "顺序要求", "直列"],
        Subject::Serial,
    ),
    (
        &["dependency graph", "task dependencies", "cross-module dependencies", "依赖图", "依赖关系"],
        Subject::Graph,
    ),
];

/// A line that is a label: what it is about, and the text behind its colon.
pub fn label(line: &str) -> Option<(Subject, &str)> {
    let heading = line.trim_start();
    if let Some(title) = heading.strip_prefix('#') {
        return Some((subject(title.trim_start_matches('#')), ""));
    }
    let bare = heading.trim_start_matches(['-', '*', '+', ' ']);
    let is_bold = heading.contains("**");
    let (name, rest) = bare.split_once([':', '：'])?;
    let name = name.trim_matches(['*', '_', ' ']);
    let found = subject(name);
    // A bullet such as `**Batch 1**: …` is no label; `Execution Model: Sequential` is one without stars.
    let is_label = if found == Subject::Other { is_bold && is_section(name) } else { is_short(name) };
    is_label.then(|| (found, rest.trim_start_matches(['*', '_', ' '])))
}

/// A name that is no sentence.
fn is_short(name: &str) -> bool {
    name.split_whitespace().count() <= 5
}

/// Labels of the skeleton that end a list of bullets.
fn is_section(name: &str) -> bool {
    let folded = name.to_lowercase();
    ["rationale", "critical path", "testing", "test approach", "key dependencies", "关键路径", "理由", "依据"]
        .iter()
        .any(|it| folded.starts_with(it))
}

fn subject(name: &str) -> Subject {
    let folded = name.to_lowercase();
    let found = LABELS.iter().find(|(words, _)| words.iter().any(|word| folded.contains(word)));
    found.map_or(Subject::Other, |(_, subject)| *subject)
}

/// The words that begin the name of a phase, with what is left of it.
const PHASES: &[&str] =
    &["phase", "wave", "stage", "milestone", "阶段", "波次", "フェーズ", "단계", "этап", "fase"];

/// `Phase 2: Engine`, `第二阶段: …`: the name of a phase without decoration.
pub fn phase(text: &str) -> Option<&str> {
    let name = text.trim().trim_start_matches(['#', '-', '*', '▸', ' ']);
    let folded = name.to_lowercase();
    let numbered = |word: &&&str| {
        folded.strip_prefix(**word).is_some_and(|rest| {
            rest.trim_start().starts_with(|it: char| it.is_alphanumeric())
                && rest.starts_with([' ', '-', '_'])
                || rest.starts_with(|it: char| it.is_numeric())
        })
    };
    let chinese = folded.starts_with('第') && (folded.contains("阶段") || folded.contains("波"));
    (chinese || PHASES.iter().any(|word| numbered(&word))).then(|| name.trim_end_matches(['*', ' ']))
}

/// A heading that lets its tasks run side by side.
pub fn is_parallel(heading: &str) -> bool {
    let folded = heading.to_lowercase();
    let says = ["parallel", "并行", "並列", "병렬", "concurrent"].iter().any(|it| folded.contains(it));
    says && !["no parallel", "not parallel", "non-parallel", "无并行", "不并行"]
        .iter()
        .any(|it| folded.contains(it))
}
