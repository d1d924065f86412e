//! Writes notes into a plan's files: read as they are now, compared, swapped.

use std::{
    collections::{HashMap, HashSet},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use super::{
    ledger::{Note, Said, Totals},
    place::{Finder, Page},
    summary::{session_summary, summary},
};
use crate::{
    clock::Clock,
    ids::{ItemId, TaskName},
    plan::{
        Change, Dialect, Failed, Item, LineEdit, NoEdit, Record, SetStates, complete_session,
        says_how_it_stands, set_states,
    },
    run::Specification,
    workspace::{
        EditError, Editor,
        state::{StateFolder, private_file, private_folder},
    },
};

/// How often a file that somebody else keeps changing is read again, and how long we stand back.
const TRIES: u32 = 50;
const STAND_BACK: Duration = Duration::from_millis(4);

/// What became of notes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Tasks whose items stand in the plan now as their ends were.
    pub tasks: Vec<TaskName>,
    /// Tasks whose items do not, and why.
    pub not: Vec<(TaskName, String)>,
    /// The files that were changed or made.
    pub files: Vec<String>,
    /// What the file system refused, and its words: it may be tried again.
    pub later: Vec<(Note, String)>,
}

/// Writes what a run has to say into its plan.
pub struct Pen {
    spec: Arc<Specification>,
    dialect: Dialect,
    editor: Editor,
    root: PathBuf,
    /// Where each file is kept as it was before its first change.
    before: PathBuf,
    kept: HashSet<String>,
    finder: Finder,
    errand: String,
    clock: Arc<dyn Clock>,
}

impl Pen {
    /// For the plan of a run; nothing when the run is about no plan whose dialect is known.
    pub fn of(
        spec: &Arc<Specification>,
        root: &Path,
        state: &StateFolder,
        clock: Arc<dyn Clock>,
    ) -> Option<Self> {
        let plan = spec.plan.as_ref()?;
        let dialect = Dialect::from_word(&plan.dialect)?;
        Some(Self {
            dialect,
            editor: Editor::new(root, state.clone(), spec.umask),
            root: root.to_owned(),
            before: state.run(spec.run).before(),
            kept: HashSet::new(),
            finder: Finder::new(root, dialect, plan),
            errand: format!("run {}", spec.run),
            spec: Arc::clone(spec),
            clock,
        })
    }

    /// Writes what can be written.
    pub fn write(&mut self, notes: Vec<Note>) -> Written {
        let mut written = Written::default();
        match self.write_all(&notes, &mut written) {
            Ok(()) => {}
            Err(error) if notes.len() == 1 || self.finder.is_one_file() => {
                tracing::warn!("the plan can't be written: {error}");
                let last = notes.into_iter().filter(|note| note.what.is_last());
                written.later.extend(last.map(|note| (note, error.to_string())));
            }
            // One file that can't be written keeps no other from being written.
            Err(_) => {
                for note in notes {
                    let one = self.write(vec![note]);
                    written.add(one);
                }
            }
        }
        written
    }

    fn write_all(&mut self, notes: &[Note], written: &mut Written) -> Result<(), EditError> {
        let mut tries = 0;
        loop {
            let edits = self.edits(notes)?;
            let done = self.swap(&edits.lines);
            match done {
                Err(EditError::Changed { .. }) if tries < TRIES => {
                    tries += 1;
                    thread::park_timeout(STAND_BACK * tries.min(10));
                }
                Err(error) => return Err(error),
                Ok(()) => {
                    written.take(notes, edits);
                    return Ok(());
                }
            }
        }
    }

    /// Lets a plan that says itself how it stands say that all of it is over, when it is, and leaves what
    /// the run did in figures. What can't be written is only told to those who look after the program: the
    /// items stand as they are without it.
    pub fn conclude(&mut self, totals: &Totals) -> Vec<String> {
        let mut files = Vec::new();
        if self.dialect == Dialect::Ccw
            && let Err(error) = self.conclude_session(totals, &mut files)
        {
            tracing::warn!("the session can't be concluded: {error}");
        }
        files
    }

    fn conclude_session(&mut self, totals: &Totals, files: &mut Vec<String>) -> Result<(), EditError> {
        for _ in 0..TRIES {
            let (plan, texts) = self.finder.whole()?;
            let Some(file) = says_how_it_stands(&plan) else { return Ok(()) };
            let lines = complete_session(&plan, &file, &texts, self.clock.wall());
            if lines.is_empty() {
                return Ok(());
            }
            match self.swap(&lines) {
                Err(EditError::Changed { .. }) => thread::park_timeout(STAND_BACK),
                Err(error) => return Err(error),
                Ok(()) => {
                    files.push(file);
                    let summary = format!("{}/.summaries/SESSION-summary.md", plan.folder);
                    if self.editor.create_for(
                        &self.errand,
                        &summary,
                        &session_summary(&self.spec, totals, &plan),
                    )? {
                        files.push(summary);
                    }
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// What changes for these notes in the files as they are now.
    fn edits(&mut self, notes: &[Note]) -> Result<Edits, EditError> {
        let items: Vec<&ItemId> = notes.iter().map(|note| &note.item).collect();
        let mut page = self.finder.page(&items)?;
        if items.iter().any(|item| page.plan.item(item).is_none()) && !self.finder.is_one_file() {
            self.finder.forget();
            page = self.finder.page(&items)?;
        }
        let mut edits = Edits::default();
        let by_id: HashMap<&ItemId, &Item> = page.plan.items.iter().map(|item| (&item.id, item)).collect();
        let mut found: Vec<(&Note, &Item, Record)> = Vec::with_capacity(notes.len());
        for note in notes {
            match by_id.get(&note.item).filter(|item| self.finder.is_at_its_place(item)) {
                Some(item) => {
                    let record = self.record(note, item, &mut edits)?;
                    found.push((note, item, record));
                }
                None if note.what.is_last() => {
                    edits.not.push((note.task.clone(), self.finder.lost(&note.item)));
                }
                None => {}
            }
        }
        let changes: Vec<Change<'_>> = found
            .iter()
            .map(|(note, item, record)| Change {
                item,
                state: note.what.state(self.dialect),
                record: Some(record),
            })
            .collect();
        let SetStates { edits: lines, answers } =
            set_states(&page.plan, &changes, &page.texts, self.clock.wall());
        edits.lines = lines;
        for ((note, item, _), answer) in found.iter().zip(answers) {
            edits.take(note, item, answer, &page);
        }
        Ok(edits)
    }

    fn record(&self, note: &Note, item: &Item, edits: &mut Edits) -> Result<Record, EditError> {
        let has_summary = note.what == Said::Succeeded && self.sum_up(note, item, edits)?;
        let failure = match &note.what {
            Said::Failed(outcome) => Some(Failed {
                outcome: outcome.word().to_owned(),
                run: self.spec.run.to_string(),
                attempts: note.work.attempts,
            }),
            _ => None,
        };
        Ok(Record { passages: note.passages.clone(), failure, has_summary })
    }

    /// Leaves a summary of a finished task where its dialect keeps them and its agent wrote none. True
    /// when there is one.
    fn sum_up(&self, note: &Note, item: &Item, edits: &mut Edits) -> Result<bool, EditError> {
        if self.dialect != Dialect::Ccw {
            return Ok(false);
        }
        let file = format!("{}/.summaries/{}-summary.md", self.finder.folder(), item.id);
        if self.root.join(&file).exists() {
            return Ok(true);
        }
        let text = summary(&self.spec, note, item);
        if self.editor.create_for(&self.errand, &file, &text)? {
            edits.files.push(file);
        }
        Ok(true)
    }

    fn swap(&mut self, lines: &[LineEdit]) -> Result<(), EditError> {
        if lines.is_empty() {
            return Ok(());
        }
        let (kept, before) = (&mut self.kept, &self.before);
        self.editor.replace_lines_for(&self.errand, lines, &mut |file, bytes| {
            if kept.insert(file.to_owned()) { keep(before, file, bytes) } else { Ok(()) }
        })
    }
}

/// Keeps a file as it was before its first change by the run.
fn keep(folder: &Path, file: &str, bytes: &[u8]) -> io::Result<()> {
    let path = folder.join(file);
    // It was changed by an earlier supervisor of this run: what is kept is older.
    if path.exists() {
        return Ok(());
    }
    private_folder(path.parent().unwrap_or(folder))?;
    private_file(&path)?.write_all(bytes)
}

#[derive(Default)]
struct Edits {
    lines: Vec<LineEdit>,
    files: Vec<String>,
    not: Vec<(TaskName, String)>,
    refused: HashSet<TaskName>,
}

impl Edits {
    fn take(&mut self, note: &Note, item: &Item, answer: Result<(), NoEdit>, page: &Page) {
        let why = match answer {
            Ok(()) | Err(NoEdit::Already) => return,
            Err(why) => why,
        };
        self.refused.insert(note.task.clone());
        // What is only begun or given back is a courtesy where a dialect has no word for it.
        if matches!(note.what, Said::Begun | Said::Dropped | Said::Stuck) {
            return;
        }
        let dialect = page.plan.dialect;
        let what = note.what.state(dialect).word();
        let why = match why {
            NoEdit::NoWord => format!("{dialect} plans have no mark for {what}"),
            NoEdit::NotFound => format!("nothing at {} holds the state of {}", item.place, item.id),
            NoEdit::Container => format!("{} only gathers other items", item.id),
            NoEdit::DecidedElsewhere => format!("something else than its mark decides: {}", item.why),
            NoEdit::StateIsFiles | NoEdit::Already => format!("{} can't be set to {what}", item.id),
        };
        self.not.push((note.task.clone(), why));
    }
}

impl Written {
    fn take(&mut self, notes: &[Note], edits: Edits) {
        let not: HashSet<TaskName> = edits.not.iter().map(|(task, _)| task.clone()).collect();
        let is_said = |note: &&Note| {
            note.what.is_last() && !not.contains(&note.task) && !edits.refused.contains(&note.task)
        };
        self.tasks.extend(notes.iter().filter(is_said).map(|note| note.task.clone()));
        self.not.extend(edits.not);
        self.files.extend(edits.files);
        self.files.extend(edits.lines.into_iter().map(|edit| edit.file));
        self.files.sort_unstable();
        self.files.dedup();
    }

    /// Adds what became of other notes.
    pub fn add(&mut self, other: Self) {
        self.tasks.extend(other.tasks);
        self.not.extend(other.not);
        self.files.extend(other.files);
        self.later.extend(other.later);
    }
}
