//! What readings left behind, so that what has not changed is not read again.
//!
//! While a reader reads one plan, the listing writes down everything it is asked: which files, which
//! folders. The plan is kept with the prints of all that. When the same is asked again and every print
//! is what it was, the plan is too. Nobody has to say on what a plan depends, so nobody can forget it.

use std::{
    collections::{BTreeMap, HashMap, btree_map::Entry},
    fmt,
    hash::{DefaultHasher, Hash, Hasher as _},
    ops::{Deref, Range},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::listing::{Listing, Stamp};

/// Something that a listing was asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Touch {
    /// What is at a path, if anything.
    Entry(String),
    /// What stands directly in a folder.
    Children(String),
    /// What stands in a folder at any depth.
    Below(String),
}

/// What a listing was asked for in the course of one reading, and its prints.
#[derive(Debug, Default)]
pub struct Trace(Mutex<BTreeMap<Touch, Option<u64>>>);

impl Trace {
    pub(super) fn note(&self, touch: Touch, print: impl FnOnce(&Touch) -> Option<u64>) {
        let mut touched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Vacant(vacant) = touched.entry(touch) {
            let print = print(vacant.key());
            vacant.insert(print);
        }
    }

    /// Nothing when a change of something could go unseen.
    fn prints(&self) -> Option<Vec<(Touch, u64)>> {
        let touched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        touched.iter().map(|(touch, print)| Some((touch.clone(), (*print)?))).collect()
    }
}

/// An answer with all it depends on.
#[derive(Serialize, Deserialize)]
struct Kept {
    inputs: u64,
    touched: Vec<(Touch, u64)>,
    /// The bytes of the answer.
    #[serde(skip)]
    answer: Part,
    /// Of everything above, and of the question.
    seal: u64,
}

impl Kept {
    /// The seal of what answers the question of this kind and key.
    fn seal(&self, kind: &str, key: &str) -> u64 {
        print(&(kind, key, self.inputs, &self.touched, &*self.answer))
    }
}

/// Some of many bytes.
#[derive(Default)]
struct Part {
    all: Arc<Vec<u8>>,
    range: Range<usize>,
}

impl Deref for Part {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.all[self.range.clone()]
    }
}

impl From<Vec<u8>> for Part {
    fn from(all: Vec<u8>) -> Self {
        Self { range: 0..all.len(), all: Arc::new(all) }
    }
}

/// What stands before the answers: the texts, what was seen, and how many answers follow.
type Head = (HashMap<String, Stamp>, Option<u64>, usize);

type Answers = HashMap<String, HashMap<String, Arc<Kept>>>;

/// The answers of the last look and of this one, and the texts that were read.
#[derive(Default)]
pub struct Memory {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    last: Answers,
    now: Answers,
    /// The files that are known to be texts.
    texts: Arc<HashMap<String, Stamp>>,
    /// Answers that were not recalled since they were last written down.
    fresh: usize,
    /// Of everything that was seen at the last look, and is seen at this one.
    seen: Option<u64>,
    sees: Option<u64>,
}

impl Inner {
    /// This look sees what the last one saw: nothing has to be looked at by itself.
    fn is_all_the_same(&self) -> bool {
        self.sees.is_some() && self.sees == self.seen
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Memory")
    }
}

impl Memory {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn recall<T: DeserializeOwned>(
        &self,
        kind: &str,
        key: &str,
        inputs: u64,
        listing: &Listing,
    ) -> Option<T> {
        let inner = self.inner();
        let all_the_same = inner.is_all_the_same();
        let kept = Arc::clone(inner.last.get(kind)?.get(key)?);
        drop(inner);
        let same = |(touch, print): &(Touch, u64)| listing.print_of(touch) == Some(*print);
        if kept.inputs != inputs
            || !(all_the_same || kept.touched.iter().all(same))
            || kept.seal != kept.seal(kind, key)
        {
            return None;
        }
        let answer = postcard::from_bytes(&kept.answer).ok()?;
        self.inner().now.entry(kind.to_owned()).or_default().insert(key.to_owned(), kept);
        Some(answer)
    }

    pub(super) fn keep<T: Serialize>(&self, kind: &str, key: &str, inputs: u64, trace: &Trace, answer: &T) {
        let mut inner = self.inner();
        inner.fresh += 1;
        drop(inner);
        let Some(touched) = trace.prints() else { return };
        let Ok(answer) = postcard::to_allocvec(answer) else { return };
        let mut kept = Kept { inputs, touched, answer: answer.into(), seal: 0 };
        kept.seal = kept.seal(kind, key);
        let kept = Arc::new(kept);
        self.inner().now.entry(kind.to_owned()).or_default().insert(key.to_owned(), kept);
    }

    /// The texts that were read at the last look, with their stamps.
    pub fn texts(&self) -> Arc<HashMap<String, Stamp>> {
        Arc::clone(&self.inner().texts)
    }

    /// A look begins that sees this ([`Listing::print`]).
    pub fn begin_look(&self, sees: Option<u64>) {
        self.inner().sees = sees;
    }

    /// A look is over: what it did not ask for is forgotten.
    pub fn end_look(&self, listing: &Listing) {
        let texts = listing.stamped_texts().map(|(path, stamp)| (path.to_owned(), stamp)).collect();
        let mut inner = self.inner();
        inner.texts = Arc::new(texts);
        inner.last = std::mem::take(&mut inner.now);
        inner.seen = inner.sees.take();
    }

    /// How many answers were not recalled since it was last written down.
    pub fn fresh(&self) -> usize {
        self.inner().fresh
    }

    /// Everything, as bytes.
    pub fn write(&self) -> Vec<u8> {
        let mut inner = self.inner();
        inner.fresh = 0;
        let count = inner.last.values().map(HashMap::len).sum::<usize>();
        let mut bytes = postcard::to_allocvec(&(&*inner.texts, inner.seen, count)).unwrap_or_default();
        let answers = inner.last.iter().flat_map(|(kind, of_kind)| of_kind.iter().map(move |it| (kind, it)));
        for (kind, (key, kept)) in answers {
            let head = (kind, key, &**kept, kept.answer.len());
            bytes.extend(postcard::to_allocvec(&head).unwrap_or_default());
            bytes.extend_from_slice(&kept.answer);
        }
        bytes
    }

    /// What was written; nothing when it is not what [`Memory::write`] writes.
    pub fn read(bytes: Vec<u8>) -> Option<Self> {
        let bytes = Arc::new(bytes);
        let ((texts, seen, count), mut rest) = postcard::take_from_bytes::<Head>(&bytes).ok()?;
        let mut last = Answers::new();
        for _ in 0..count {
            let ((kind, key, mut kept, length), behind) =
                postcard::take_from_bytes::<(String, String, Kept, usize)>(rest).ok()?;
            let start = bytes.len() - behind.len();
            rest = behind.get(length..)?;
            kept.answer = Part { all: Arc::clone(&bytes), range: start..start + length };
            last.entry(kind).or_default().insert(key, Arc::new(kept));
        }
        let inner = Inner { last, seen, texts: Arc::new(texts), ..Inner::default() };
        Some(Self { inner: Mutex::new(inner) })
    }
}

/// A number that is the same for the same, in every process of this program.
pub(super) fn print(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
