//! The same for many things, on a few threads.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// What one thread takes at a time: enough that asking for more costs nothing beside it.
const BLOCK: usize = 16;

/// Fewer things than this are done before a second thread has begun.
const FEW: usize = 2 * BLOCK;

/// `of` each thing, in their order, on at most `threads` threads, the caller's own among them.
///
/// Which thread does what changes nothing in the answer. A thread that can't be had is done without.
pub fn each<T: Sync, R: Send>(threads: usize, things: &[T], of: impl Fn(&T) -> R + Sync) -> Vec<R> {
    if threads < 2 || things.len() < FEW {
        return things.iter().map(of).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Vec<R>)>> = Mutex::new(Vec::new());
    side_by_side(threads, || {
        loop {
            let start = next.fetch_add(BLOCK, Ordering::Relaxed);
            let Some(rest) = things.get(start..).filter(|it| !it.is_empty()) else { return };
            let block = rest.iter().take(BLOCK).map(&of).collect();
            done.lock().unwrap_or_else(PoisonError::into_inner).push((start, block));
        }
    });
    let mut blocks = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    blocks.sort_unstable_by_key(|(start, _)| *start);
    blocks.into_iter().flat_map(|(_, block)| block).collect()
}

/// `change` each thing, on at most `threads` threads.
pub fn each_mut<T: Send>(threads: usize, things: &mut [T], change: impl Fn(&mut T) + Sync) {
    if threads < 2 || things.len() < FEW {
        return things.iter_mut().for_each(change);
    }
    let blocks = Mutex::new(things.chunks_mut(BLOCK));
    let next = || blocks.lock().unwrap_or_else(PoisonError::into_inner).next();
    side_by_side(threads, || {
        while let Some(block) = next() {
            block.iter_mut().for_each(&change);
        }
    });
}

/// Does the same on several threads until all have come back.
fn side_by_side(threads: usize, work: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 1..threads {
            if thread::Builder::new().spawn_scoped(scope, &work).is_err() {
                break;
            }
        }
        work();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_in_order_whoever_did_it() {
        for count in [0, 1, FEW - 1, FEW, FEW + 1, 1_000] {
            let things: Vec<usize> = (0..count).collect();
            for threads in [0, 1, 2, 3] {
                let doubled: Vec<usize> = things.iter().map(|it| it * 2).collect();
                assert_eq!(each(threads, &things, |it| it * 2), doubled);
                let mut changed = things.clone();
                each_mut(threads, &mut changed, |it| *it *= 2);
                assert_eq!(changed, doubled);
            }
        }
    }
}
