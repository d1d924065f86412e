//! The table of counts, and the comparison.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// What was counted: by file or folder and scope, metric to value.
pub type Truth = BTreeMap<(String, String), BTreeMap<String, String>>;

/// The folder that holds `open`, when the tests are meant to run.
pub fn corpus() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test asks the environment whether there is a corpus")]
    let folder = std::env::var_os("PLANDECK_CORPUS")?;
    Some(Path::new(&folder).parent().expect("the corpus folder stands in another").to_owned())
}

/// The rows of one dialect.
pub fn truth(root: &Path, dialect: &str) -> Truth {
    let table = fs::read_to_string(root.join("TRUTH.tsv")).expect("the table");
    let mut truth = Truth::new();
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [of, _, stored, scope, metric, value] = cells[..] else { panic!("{row}") };
        if of == dialect {
            let key = (stored.to_owned(), scope.to_owned());
            truth.entry(key).or_default().insert(metric.to_owned(), value.to_owned());
        }
    }
    truth
}

/// What is known to be wrong in the table: file or folder (its end), metric, and the line that proves
/// it.
pub type Disagreement = (&'static str, &'static str, &'static str);

/// Compares and counts.
pub struct Comparison {
    named: &'static [Disagreement],
    compared: usize,
    used: Vec<Disagreement>,
    wrong: Vec<String>,
}

impl Comparison {
    pub fn new(named: &'static [Disagreement]) -> Self {
        Self { named, compared: 0, used: Vec::new(), wrong: Vec::new() }
    }

    pub fn check(&mut self, place: &str, metric: &str, expected: &str, ours: &str) {
        self.compared += 1;
        if expected == ours {
            return;
        }
        match self.named.iter().find(|it| place.ends_with(it.0) && it.1 == metric) {
            Some(named) => self.used.push(*named),
            None => self.wrong.push(format!("{place}: {metric} is {expected}, we say {ours}")),
        }
    }

    #[expect(clippy::print_stdout, reason = "how much was compared is for whoever runs it")]
    pub fn finish(self, dialect: &str, files: usize) {
        for (place, metric, proof) in &self.used {
            println!("  the table is wrong: {place}: {metric}: {proof}");
        }
        println!(
            "{dialect}: {files} files, {} metrics compared, {} named disagreements, {} others",
            self.compared,
            self.used.len(),
            self.wrong.len()
        );
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        let stale: Vec<_> = self.named.iter().filter(|it| !self.used.contains(it)).collect();
        assert!(stale.is_empty(), "named disagreements that are none: {stale:?}");
    }
}
