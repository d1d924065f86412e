//! Where this runs: what could end a run from outside, said beforehand.

use std::{fs, path::Path};

use super::finding::Finding;
use crate::control::open::Parts;

/// Programs that mind a whole machine or container until somebody ends that.
const INITS: &[&str] = &["systemd", "init", "launchd", "openrc-init", "runit", "s6-svscan", "procd", "dinit"];

/// Where logind is told what to do at logout; later ones stand above earlier ones.
const LOGIND: &[&str] = &[
    "/usr/lib/systemd/logind.conf",
    "/usr/lib/systemd/logind.conf.d",
    "/run/systemd/logind.conf.d",
    "/etc/systemd/logind.conf",
    "/etc/systemd/logind.conf.d",
];

/// Both.
pub(super) fn examine(parts: &Parts, findings: &mut Vec<Finding>) {
    let before = findings.len();
    findings.extend(container());
    findings.extend(logout(parts));
    if findings.len() == before {
        findings.push(Finding::fine("machine", "nothing here ends a run before its time"));
    }
}

fn container() -> Option<Finding> {
    let first = fs::read_to_string("/proc/1/comm").ok()?;
    let first = first.trim();
    if INITS.contains(&first) {
        return None;
    }
    let message =
        format!("the first process here is {first}, not an init: with its end every run ends, as lost");
    Some(Finding::note("machine", message, "keep the container alive for as long as runs go on"))
}

fn logout(parts: &Parts) -> Option<Finding> {
    if !Path::new("/run/systemd/system").exists() || !kills_at_logout() {
        return None;
    }
    let user = parts.environment.iter().find(|(name, _)| name == "USER").map(|(_, user)| user);
    if user.is_some_and(|it| Path::new("/var/lib/systemd/linger").join(it).exists()) {
        return None;
    }
    let message = "logind kills your processes when you log out (KillUserProcesses=yes): runs would be lost";
    Some(Finding::note("machine", message, "loginctl enable-linger"))
}

fn kills_at_logout() -> bool {
    let said = LOGIND
        .iter()
        .rev()
        .find_map(|place| texts(Path::new(place)).iter().rev().find_map(|text| kill_user_processes(text)));
    said.unwrap_or(false)
}

/// A file's text, or those of a folder's `*.conf` in the order of their names.
fn texts(place: &Path) -> Vec<String> {
    if !place.is_dir() {
        return fs::read_to_string(place).into_iter().collect();
    }
    let mut paths: Vec<_> = fs::read_dir(place).into_iter().flatten().flatten().map(|it| it.path()).collect();
    paths.retain(|it| it.extension().is_some_and(|it| it == "conf"));
    paths.sort();
    paths.into_iter().filter_map(|it| fs::read_to_string(it).ok()).collect()
}

/// What a file says of it, the last word counting.
fn kill_user_processes(text: &str) -> Option<bool> {
    let value = |line: &str| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == "KillUserProcesses").then(|| value.trim().to_lowercase())
    };
    let last = text.lines().filter_map(value).next_back()?;
    Some(matches!(last.as_str(), "yes" | "true" | "on" | "1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_logind_is_told_is_read() {
        let check = |text: &str, expected| assert_eq!(kill_user_processes(text), expected, "{text:?}");
        check("[Login]\n#KillUserProcesses=yes\n", None);
        check("[Login]\nKillUserProcesses=no\nKillUserProcesses = Yes\n", Some(true));
        check("KillUserProcesses=0", Some(false));
        check("", None);
    }
}
