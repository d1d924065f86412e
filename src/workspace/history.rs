//! What was committed, asked of the `git` program: for evidence, never for a decision.
//!
//! The program is given fixed words and paths only, nothing from the network, no pager, no hooks and
//! none of the programs that a repository's own settings may name. It may take so long and say so
//! much; beyond that the history counts as cut.

use std::{
    collections::{HashMap, HashSet},
    io::Read as _,
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use crate::plan::proof::{Commit, History};

/// Most commits that are looked at, the newest.
const COMMITS: usize = 20_000;

/// Most bytes of an answer.
const BYTES: u64 = 64 << 20;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Begins a commit, and separates its parts: control characters that nobody writes in a message.
const COMMIT: char = '\u{1e}';
const PART: char = '\u{1f}';

/// Why there is no history to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoHistory {
    /// No folder from here upwards is a repository.
    NoRepository,
    /// It has no commit yet.
    NoCommit,
    /// `git` is not installed, or did not answer in time.
    NoAnswer,
}

impl NoHistory {
    /// In words, without a final full stop.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NoRepository => "this is no git repository",
            Self::NoCommit => "nothing is committed yet",
            Self::NoAnswer => "git is not installed, or did not answer",
        }
    }
}

/// The commits that touch the workspace, with the lines they add to `plan_files` (relative to `root`,
/// as everything that comes back).
///
/// # Errors
/// When there is no history, with the reason.
pub fn history(root: &Path, plan_files: &[&str]) -> Result<History, NoHistory> {
    if !root.ancestors().any(|it| it.join(".git").exists()) {
        return Err(NoHistory::NoRepository);
    }
    if super::head_commit(root).is_none() {
        return Err(NoHistory::NoCommit);
    }
    let format = format!("--format={COMMIT}%H{PART}%B{PART}");
    let most = format!("--max-count={COMMITS}");
    let log = ["log", "--reverse", "--relative", "--no-show-signature", "--no-ext-diff", "--no-textconv"];
    let names = [&log[..], &[&most, &format, "--name-only"]].concat();
    let names = git(root, &names).ok_or(NoHistory::NoAnswer)?;
    let mut commits = commits(&names.text);
    let mut cut = names.cut || commits.len() >= COMMITS;
    if !plan_files.is_empty() {
        let lines = [&log[..], &[&most, &format, "--patch", "--unified=0", "--"], plan_files].concat();
        let lines = git(root, &lines).ok_or(NoHistory::NoAnswer)?;
        cut |= lines.cut;
        add_lines(&mut commits, &lines.text);
    }
    let status = git(root, &["status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "."]);
    let uncommitted = status.map(|it| uncommitted(&it.text, &prefix(root))).unwrap_or_default();
    Ok(History::new(commits, uncommitted, cut))
}

struct Answer {
    text: String,
    cut: bool,
}

/// What the program says; nothing when it fails or takes too long.
fn git(root: &Path, words: &[&str]) -> Option<Answer> {
    let mut command = Command::new("git");
    command.current_dir(root).arg("--no-pager").arg("--literal-pathspecs");
    for setting in ["core.quotePath=false", "color.ui=false", "core.fsmonitor=false", "log.mailmap=false"] {
        command.args(["-c", setting]);
    }
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_EXTERNAL_DIFF"] {
        command.env_remove(name);
    }
    for name in ["GIT_OPTIONAL_LOCKS", "GIT_TERMINAL_PROMPT"] {
        command.env(name, "0");
    }
    command.env("GIT_NO_LAZY_FETCH", "1").args(words);
    let mut child = command.stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::piped()).spawn().ok()?;
    let output = child.stdout.take()?;
    let (sender, answer) = mpsc::channel();
    let reader = thread::Builder::new().name("git".to_owned()).spawn(move || {
        let mut bytes = Vec::new();
        let read = output.take(BYTES).read_to_end(&mut bytes);
        // Nobody listens any more when it took too long.
        let _ = sender.send(read.map(|_| bytes));
    });
    let answer = reader.ok().and_then(|_| answer.recv_timeout(PATIENCE).ok()?.ok());
    let cut = answer.as_ref().is_none_or(|it| it.len() as u64 >= BYTES);
    if cut {
        let _ = child.kill();
    }
    let went_well = child.wait().is_ok_and(|it| it.success());
    let text = answer.filter(|_| cut || went_well)?;
    Some(Answer { text: String::from_utf8_lossy(&text).into_owned(), cut })
}

/// Hash, message and the files below it.
fn commits(text: &str) -> Vec<Commit> {
    parts(text)
        .map(|(id, message, rest)| Commit {
            id: id.to_owned(),
            message: message.trim().to_owned(),
            files: rest.lines().filter(|it| !it.is_empty()).map(str::to_owned).collect(),
            added: Vec::new(),
        })
        .collect()
}

fn parts(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    text.split(COMMIT).filter_map(|it| {
        let mut parts = it.splitn(3, PART);
        let id = parts.next()?;
        let is_hash = id.len() >= 40 && id.bytes().all(|it| it.is_ascii_hexdigit());
        Some((id, parts.next()?, parts.next()?)).filter(|_| is_hash)
    })
}

/// Gives the commits the lines that patches add.
fn add_lines(commits: &mut [Commit], text: &str) {
    let places: HashMap<String, usize> =
        commits.iter().enumerate().map(|(at, it)| (it.id.clone(), at)).collect();
    for (id, _, patch) in parts(text) {
        let Some(at) = places.get(id) else { continue };
        let mut file = "";
        let mut in_head = true;
        for line in patch.lines() {
            match line {
                _ if line.starts_with("diff --git ") => in_head = true,
                _ if line.starts_with("@@") => in_head = false,
                _ if in_head => {
                    file = line.strip_prefix("+++ b/").map_or(file, |it| it.trim_end_matches('\t'));
                }
                _ => commits[*at]
                    .added
                    .extend(line.strip_prefix('+').map(|it| (file.to_owned(), it.to_owned()))),
            }
        }
    }
}

/// The paths of `git status`, which are relative to the repository's top.
fn uncommitted(text: &str, prefix: &str) -> HashSet<String> {
    let paths = text.split('\0').filter_map(|it| it.get(3..));
    paths.filter_map(|it| it.strip_prefix(prefix)).map(str::to_owned).collect()
}

/// The workspace's path in its repository, ending with `/`; empty for the top.
fn prefix(root: &Path) -> String {
    let top = root.ancestors().find(|it| it.join(".git").exists());
    let below = top.and_then(|it| root.strip_prefix(it).ok()).map(|it| it.to_string_lossy().into_owned());
    below.filter(|it| !it.is_empty()).map_or(String::new(), |it| it + "/")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Runs git with an identity of its own; the message names what failed.
    fn run(root: &Path, words: &[&str]) {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").current_dir(root).args(identity).args(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    #[test]
    fn a_folder_without_a_history_says_so() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(history(root.path(), &[]), Err(NoHistory::NoRepository));
        run(root.path(), &["init", "-q"]);
        assert_eq!(history(root.path(), &[]), Err(NoHistory::NoCommit));
    }

    #[test]
    fn commits_files_lines_and_what_is_not_committed_are_told() {
        let repository = tempfile::tempdir().unwrap();
        let root = repository.path().join("työ");
        fs::create_dir_all(root.join("plan")).unwrap();
        let write = |path: &str, text: &str| fs::write(root.join(path), text).unwrap();
        run(repository.path(), &["init", "-q"]);
        // What a repository's own settings name is not run.
        let trap = repository.path().join("trap");
        run(repository.path(), &["config", "diff.external", &format!("touch {}", trap.display())]);
        write("plan/tasks.md", "- [ ] T001 One\n++ odd\n");
        write("a b.rs", "1\n");
        run(repository.path(), &["add", "-A"]);
        run(repository.path(), &["commit", "-qm", "Plan it\n\nwith a body"]);
        write("plan/tasks.md", "- [x] T001 One\n++ odd\n");
        write("a b.rs", "2\n");
        run(repository.path(), &["commit", "-qam", "T001: do it"]);
        write("a b.rs", "3\n");
        write("new.rs", "");
        let history = history(&root, &["plan/tasks.md"]).unwrap();
        let shown: Vec<_> =
            history.commits.iter().map(|it| (it.message.as_str(), it.files.join(","))).collect();
        assert_eq!(
            shown,
            [
                ("Plan it\n\nwith a body", "a b.rs,plan/tasks.md".to_owned()),
                ("T001: do it", "a b.rs,plan/tasks.md".to_owned())
            ]
        );
        let added = |at: usize| history.commits[at].added.iter().map(|it| it.1.as_str()).collect::<Vec<_>>();
        assert_eq!(added(0), ["- [ ] T001 One", "++ odd"]);
        assert_eq!(added(1), ["- [x] T001 One"]);
        assert_eq!(history.commits[1].added[0].0, "plan/tasks.md");
        let mut uncommitted: Vec<_> = history.uncommitted.iter().map(String::as_str).collect();
        uncommitted.sort_unstable();
        assert_eq!(uncommitted, ["a b.rs", "new.rs"]);
        assert!(!history.cut);
        assert!(!trap.exists(), "a program that the repository names was run");
    }
}
