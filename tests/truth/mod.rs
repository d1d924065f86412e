//! Real plan files and what a separate program counted in them, for measuring readers against.
//!
//! `PLANDECK_CORPUS` names a folder with one folder a dialect; `TRUTH.tsv` stands beside it. Without
//! it the tests that use this say so and pass: the files belong to other people and are not kept here.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use plandeck::plan::listing::{Content, Entry, Listing};

/// The corpus, and the truth about one dialect.
pub struct Truth {
    /// The folder beside which the truth stands.
    root: PathBuf,
    /// Metric and value, by the file or folder they speak of and the scope within it.
    pub rows: BTreeMap<(String, String), BTreeMap<String, String>>,
}

impl Truth {
    /// Loads what is known of a dialect, where there is a corpus.
    #[expect(clippy::print_stdout, reason = "a measurement says what it measured")]
    pub fn of(dialect: &str) -> Option<Self> {
        #[expect(clippy::disallowed_methods, reason = "a test's own switch, no configuration")]
        let Some(open) = std::env::var_os("PLANDECK_CORPUS") else {
            println!("PLANDECK_CORPUS is not set: {dialect} is not measured");
            return None;
        };
        let root = Path::new(&open).parent().unwrap().to_owned();
        let mut rows = BTreeMap::<_, BTreeMap<_, _>>::new();
        for line in fs::read_to_string(root.join("TRUTH.tsv")).unwrap().lines() {
            let cells: Vec<_> = line.split('\t').map(str::to_owned).collect();
            if let [of, _, stored, scope, metric, value] = &cells[..]
                && of == dialect
            {
                let place = (stored.clone(), scope.clone());
                rows.entry(place).or_default().insert(metric.clone(), value.clone());
            }
        }
        Some(Self { root, rows })
    }

    /// A listing of everything in a folder of the corpus, or of one file; paths are as in the truth.
    pub fn listing(&self, stored: &str) -> Listing {
        let mut listing = Listing::new();
        self.add(&mut listing, stored);
        listing
    }

    fn add(&self, listing: &mut Listing, path: &str) {
        let on_disk = self.root.join(path);
        if on_disk.is_dir() {
            for entry in fs::read_dir(&on_disk).unwrap() {
                let name = entry.unwrap().file_name();
                self.add(listing, &format!("{path}/{}", name.to_str().unwrap()));
            }
            return;
        }
        let bytes = fs::read(&on_disk).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let content = Content::Text(text.strip_prefix('\u{feff}').unwrap_or(&text).into());
        listing.insert(path, Entry::plain(None, text.len() as u64, content));
    }
}

/// What was compared, and what came out otherwise.
#[derive(Default)]
pub struct Comparison {
    places: usize,
    metrics: usize,
    differences: Vec<String>,
}

impl Comparison {
    /// Begins with another file, folder or tag.
    pub fn place(&mut self) {
        self.places += 1;
    }

    /// Compares one metric.
    pub fn check(&mut self, place: &str, metric: &str, truth: &str, ours: &str) {
        self.metrics += 1;
        if truth != ours {
            self.differences.push(format!("{place} {metric}: truth {truth}, ours {ours}"));
        }
    }

    /// Prints the size of the measurement and fails on any difference that is not among the known
    /// ones, and on any known one that is gone.
    #[expect(clippy::print_stdout, reason = "a measurement says what it measured")]
    pub fn finish(self, dialect: &str, known: &[&str]) {
        println!("{dialect}: {} metrics in {} places compared", self.metrics, self.places);
        assert!(self.metrics > 0, "nothing was compared");
        assert_eq!(self.differences, known, "differences from the truth");
    }
}
