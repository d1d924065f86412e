//! The desktop's notification, by whichever small program there is to ask for one.

use super::Message;
use crate::config::Environment;

/// The argument vector that asks for a notification; absent where there is no desktop or no such program.
pub(super) fn argv(
    environment: &Environment,
    message: &Message,
    find: &dyn Fn(&str) -> Option<String>,
) -> Option<Vec<String>> {
    let reachable = ["DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY", "DISPLAY"];
    if !reachable.iter().any(|name| environment.get(name).is_some_and(|it| !it.is_empty())) {
        return None;
    }
    let (title, body) = (message.title.as_str(), message.body.as_str());
    let words = |program: String, words: &[&str]| {
        Some(std::iter::once(program).chain(words.iter().map(|it| (*it).to_owned())).collect())
    };
    if let Some(program) = find("notify-send") {
        let urgency = if message.urgent { "--urgency=critical" } else { "--urgency=normal" };
        return words(program, &["--app-name=plandeck", urgency, "--", title, body]);
    }
    if let Some(program) = find("gdbus") {
        let method = "org.freedesktop.Notifications.Notify";
        let (title, body) = (quoted(title), quoted(body));
        return words(
            program,
            &[
                "call",
                "--session",
                "--dest",
                "org.freedesktop.Notifications",
                "--object-path",
                "/org/freedesktop/Notifications",
                "--method",
                method,
                "plandeck",
                "0",
                "",
                &title,
                &body,
                "[]",
                "{}",
                "-1",
            ],
        );
    }
    let program = find("busctl")?;
    words(
        program,
        &[
            "--user",
            "call",
            "org.freedesktop.Notifications",
            "/org/freedesktop/Notifications",
            "org.freedesktop.Notifications",
            "Notify",
            "susssasa{sv}i",
            "plandeck",
            "0",
            "",
            title,
            body,
            "0",
            "0",
            "-1",
        ],
    )
}

/// A text as gdbus reads one, or it would take `3 tasks` for a number and stumble.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_program_that_is_there_is_asked_and_without_a_desktop_none() {
        let message = Message { title: "--it's done".to_owned(), body: "run 1".to_owned(), urgent: false };
        let check = |pairs: &[(&str, &str)], there: &[&str], expected: Option<&str>| {
            let find = |name: &str| there.contains(&name).then(|| format!("/bin/{name}"));
            let argv = argv(&Environment::from_pairs(pairs.iter().copied()), &message, &find);
            assert_eq!(argv.map(|it| shell_words::join(&it)).as_deref(), expected);
        };
        let desktop = [("DISPLAY", ":0")];
        let all = ["notify-send", "gdbus", "busctl"];
        check(&[], &all, None);
        check(&[("DISPLAY", "")], &all, None);
        check(&desktop, &[], None);
        check(
            &desktop,
            &all,
            Some(r"/bin/notify-send '--app-name=plandeck' '--urgency=normal' -- '--it'\''s done' 'run 1'"),
        );
        let find = |name: &str| (name == "gdbus").then(|| name.to_owned());
        let argv = argv(&Environment::from_pairs(desktop), &message, &find).unwrap();
        assert_eq!(argv[12..14], [r"'--it\'s done'", "'run 1'"]);
    }
}
