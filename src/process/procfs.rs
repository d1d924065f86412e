//! What `/proc` says of processes. Reading it never fails loudly: who is gone is simply not there.

use std::{
    cmp::Reverse,
    fs::{self, File},
    io::{BufRead as _, BufReader, Read as _},
    sync::OnceLock,
};

use rustix::{
    process::{Pid, getpid},
    thread::gettid,
};

use super::launcher::MARK;
use crate::run::{ProcessId, Survivor};

/// A command line is kept to so many characters.
const COMMAND: usize = 200;

/// A process at one look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub pid: Pid,
    /// Absent for a child of the kernel or of a process outside our namespace.
    pub parent: Option<Pid>,
    pub group: Option<Pid>,
    pub session: Option<Pid>,
    /// Start time in clock ticks since boot: with the pid, who it is.
    pub birth: u64,
    /// It has ended and only waits to be reaped.
    pub dead: bool,
}

impl Seen {
    pub(super) fn look(pid: Pid) -> Option<Self> {
        // The name may hold anything, brackets and line ends included, and need not be UTF-8.
        // One read is enough: a line of fifty numbers.
        let mut line = [0; 1024];
        let length = File::open(format!("/proc/{pid}/stat")).ok()?.read(&mut line).ok()?;
        Self::parse(pid, &line[..length])
    }

    fn parse(pid: Pid, stat: &[u8]) -> Option<Self> {
        let after_name = memchr::memrchr(b')', stat)? + 1;
        let text = std::str::from_utf8(&stat[after_name..]).ok()?;
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let number = |at: usize| fields.get(at).and_then(|it| parse_pid(it));
        let threads: u64 = fields.get(17)?.parse().ok()?;
        Some(Self {
            pid,
            parent: number(1),
            group: number(2),
            session: number(3),
            birth: fields.get(19)?.parse().ok()?,
            // A process whose first thread has ended shows as a zombie too while others of it run.
            dead: matches!(*fields.first()?, "Z" | "X" | "x") && threads <= 1,
        })
    }
}

/// The numbers of all processes that can be seen, the highest first: those are mostly the youngest, and
/// the first to be gone again.
pub(super) fn numbers() -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let mut numbers: Vec<Pid> =
        entries.flatten().filter_map(|entry| parse_pid(entry.file_name().to_str()?)).collect();
    numbers.sort_unstable_by_key(|pid| Reverse(pid.as_raw_nonzero()));
    numbers
}

/// The children of this thread, and of the process's first one: that is who the kernel gives the orphans
/// to that a subreaper adopts. `None` where it does not tell. It may overlook one while others come and go.
pub(super) fn own_children() -> Option<Vec<Pid>> {
    let first = format!("/proc/self/task/{}/children", getpid());
    let mut children: Vec<Pid> = listed(&first)?;
    if gettid() != getpid() {
        children.extend(listed("/proc/thread-self/children")?);
    }
    Some(children)
}

fn listed(path: &str) -> Option<Vec<Pid>> {
    let list = fs::read_to_string(path).ok()?;
    Some(list.split_ascii_whitespace().filter_map(parse_pid).collect())
}

/// The attempt that a process says it belongs to, from the environment it was started with.
pub(super) fn mark_of(pid: Pid) -> Option<String> {
    let file = File::open(format!("/proc/{pid}/environ")).ok()?;
    BufReader::new(file).split(0).map_while(Result::ok).find_map(|variable| {
        let value = variable.strip_prefix(MARK.as_bytes())?.strip_prefix(b"=")?;
        String::from_utf8(value.to_vec()).ok()
    })
}

/// The command line, clipped; the bare name in brackets where there is none.
pub(super) fn command_of(pid: Pid) -> String {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let line = String::from_utf8_lossy(&line).trim_end_matches('\0').replace('\0', " ");
    if !line.is_empty() {
        return line.chars().take(COMMAND).collect();
    }
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    format!("[{}]", name.trim_end())
}

/// Every process alive in our process-number namespace that says it belongs to an attempt, with its mark.
#[must_use]
pub fn marked() -> Vec<(String, Survivor)> {
    let alive = |pid: &Pid| Seen::look(*pid).is_some_and(|it| !it.dead) && in_our_namespace(*pid);
    let named = |pid: Pid| {
        let number = pid.as_raw_nonzero().get().unsigned_abs();
        Some((mark_of(pid)?, Survivor { pid: number, command: command_of(pid) }))
    };
    numbers().into_iter().filter(alive).filter_map(named).collect()
}

/// True when the process lives in our process-number namespace.
pub(super) fn in_our_namespace(pid: Pid) -> bool {
    let namespace = |who: &str| fs::read_link(format!("/proc/{who}/ns/pid")).ok();
    let ours = namespace("self");
    ours.is_some() && namespace(&pid.to_string()) == ours
}

/// Who has this number now, told from anyone who may get it later. `None` when nobody has it.
#[must_use]
pub fn identity(pid: u32) -> Option<ProcessId> {
    let seen = Seen::look(Pid::from_raw(i32::try_from(pid).ok()?)?)?;
    let (boot, namespace) = here()?;
    Some(ProcessId { pid, birth: seen.birth, boot: boot.clone(), namespace: namespace.clone() })
}

/// True while exactly this process runs: number, birth, boot and namespace fit, and it is no zombie.
#[must_use]
pub fn is_alive(process: &ProcessId) -> bool {
    let here = here().is_some_and(|(boot, own)| *boot == process.boot && *own == process.namespace);
    let seen = i32::try_from(process.pid).ok().and_then(Pid::from_raw).and_then(Seen::look);
    here && seen.is_some_and(|it| it.birth == process.birth && !it.dead)
}

/// The boot and the namespace of numbers we live in. A process never sees another of either.
fn here() -> Option<&'static (String, String)> {
    static HERE: OnceLock<Option<(String, String)>> = OnceLock::new();
    HERE.get_or_init(|| Some((boot()?, namespace()?))).as_ref()
}

fn boot() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim_end().to_owned())
}

fn namespace() -> Option<String> {
    Some(fs::read_link("/proc/self/ns/pid").ok()?.to_string_lossy().into_owned())
}

/// The kernel writes -1 for the group and the session of a process that is just being reaped.
fn parse_pid(text: &str) -> Option<Pid> {
    text.parse().ok().filter(|raw| *raw > 0).and_then(Pid::from_raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pid(raw: i32) -> Pid {
        Pid::from_raw(raw).unwrap()
    }

    #[test]
    fn a_name_full_of_brackets_does_not_shift_the_fields() {
        let stat = b"7 (a) Z (\xff) S 3 7 5 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 991 0 0";
        let seen = Seen::parse(pid(7), stat).unwrap();
        assert_eq!((seen.parent, seen.group, seen.session), (Some(pid(3)), Some(pid(7)), Some(pid(5))));
        assert_eq!((seen.birth, seen.dead), (991, false));
    }

    #[test]
    fn a_process_that_is_being_reaped_has_no_group() {
        let stat = b"7 (x) Z 3 -1 -1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 991 0 0";
        let seen = Seen::parse(pid(7), stat).unwrap();
        assert_eq!((seen.parent, seen.group, seen.session), (Some(pid(3)), None, None));
    }

    #[test]
    fn a_zombie_with_living_threads_is_not_dead() {
        let dead = |threads: u32| {
            let stat = format!("7 (x) Z 3 7 5 0 -1 0 0 0 0 0 0 0 0 0 20 0 {threads} 0 991 0 0");
            Seen::parse(pid(7), stat.as_bytes()).unwrap().dead
        };
        assert!(dead(1));
        assert!(!dead(2));
    }

    #[test]
    fn a_process_is_told_from_a_stranger_with_its_number() {
        let me = identity(std::process::id()).unwrap();
        assert!(is_alive(&me));
        assert!(!is_alive(&ProcessId { birth: me.birth + 1, ..me.clone() }));
        assert!(!is_alive(&ProcessId { boot: "another".to_owned(), ..me.clone() }));
        assert!(!is_alive(&ProcessId { namespace: "pid:[1]".to_owned(), ..me }));
        assert_eq!(identity(0), None);
    }
}
