//! Plan trees as people write them, made up: the same ones every time.

#![allow(dead_code, reason = "each bench uses some of the shapes")]

pub mod timing;

use std::{fmt::Write as _, fs, path::Path};

use tempfile::TempDir;

/// Bytes of a plan file, near enough.
const SIZE: usize = 10 << 10;

/// What prose is made of here.
const WORDS: [&str; 16] = [
    "the", "keeper", "lights", "a", "lamp", "when", "evening", "comes", "and", "writes", "down", "what",
    "he", "saw", "at", "sea",
];

/// Words that differ from line to line and not from day to day.
struct Prose(usize);

impl Prose {
    fn words(&mut self, count: usize) -> String {
        let word = |_| {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            WORDS[(self.0 >> 33) % WORDS.len()]
        };
        (0..count).map(word).collect::<Vec<_>>().join(" ")
    }
}

/// A spec-kit workspace with this many tasks files.
pub fn speckit(files: usize) -> TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    for at in 0..files {
        write(root.path(), &format!("specs/{at:05}-feature/tasks.md"), &tasks(at, SIZE));
    }
    root
}

/// A tasks file of at least this many bytes.
pub fn tasks(seed: usize, bytes: usize) -> String {
    let mut prose = Prose(seed);
    let mut text = format!("# Tasks: Feature {seed}\n\n");
    let mut task = 0;
    while text.len() < bytes {
        let _ = writeln!(text, "## Phase {}: {}\n", task / 8 + 1, prose.words(3));
        for _ in 0..4 {
            let _ = writeln!(text, "{}", prose.words(16));
        }
        text.push('\n');
        for _ in 0..8 {
            task += 1;
            let mark = if task % 3 == 0 { 'x' } else { ' ' };
            let story = task % 3 + 1;
            let _ =
                write!(text, "- [{mark}] T{task:03} [P] [US{story}] {} in `src/{task}.rs`", prose.words(8));
            if task % 4 == 0 {
                let _ = write!(text, " (depends on T{:03})", task - 1);
            }
            text.push('\n');
        }
        text.push_str("\n```bash\n- [ ] no task\necho '# no heading'\n```\n\n");
    }
    text
}

/// A tasks file with exactly this many tasks in phases of a hundred.
pub fn items(count: usize) -> String {
    let mut text = "# Tasks: Much\n".to_owned();
    for task in 1..=count {
        if task % 100 == 1 {
            let _ = writeln!(text, "\n## Phase {}: More\n", task / 100 + 1);
        }
        let _ = write!(text, "- [ ] T{task:05} [P] Light the lamp in `src/{task}.rs`");
        if task % 4 == 0 {
            let _ = write!(text, " (depends on T{:05})", task - 1);
        }
        text.push('\n');
    }
    text
}

/// A methodology workspace with this many files in all: a plan to nine files of evidence.
pub fn methodology(files: usize) -> TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    evidence(root.path(), files);
    root
}

/// Adds methodology plans, each with nine files of evidence.
pub fn add_methodology(root: &Path, plans: usize) {
    evidence(root, plans * 10);
}

fn evidence(root: &Path, files: usize) {
    for at in 0..files {
        let (plan, file) = (at / 10, at % 10);
        let name = format!("P{plan:04}");
        let path = match file {
            0 => format!("PLAN_{name}.md"),
            odd if odd % 2 == 1 => format!("subplans/SUBPLAN_{name}_{}1.md", odd / 2 + 1),
            even => format!("execution/EXECUTION_TASK_{name}_{}1_01.md", even / 2),
        };
        write(root, &format!("work-space/plans/{name}/{path}"), &document(at, &name, file == 0));
    }
}

fn document(seed: usize, name: &str, is_plan: bool) -> String {
    let mut prose = Prose(seed);
    let kind = if is_plan { "PLAN" } else { "SUBPLAN" };
    let mut text = format!("# {kind}: {name}\n\n**Status**: Active\n\n");
    let mut part = 0;
    while text.len() < SIZE {
        part += 1;
        let _ = write!(
            text,
            "## Priority {part}: {}\n\n**Achievement {part}.1**: {}\n\n- Goal: {}\n- Effort: 2-4 hours\n\n\
             | What | How |\n|---|---|\n| lamp | oil |\n\n",
            prose.words(3),
            prose.words(5),
            prose.words(9)
        );
        for _ in 0..6 {
            let _ = writeln!(text, "{}", prose.words(16));
        }
        text.push('\n');
        for step in 0..5 {
            let mark = if step % 2 == 0 { 'x' } else { ' ' };
            let _ = writeln!(text, "- [{mark}] {}", prose.words(8));
        }
        text.push_str("\n```bash\n- [ ] no box\n```\n\n");
    }
    text
}

fn write(root: &Path, path: &str, text: &str) {
    let full = root.join(path);
    fs::create_dir_all(full.parent().expect("a path with a folder")).expect("a folder");
    fs::write(full, text).expect("a file");
}
