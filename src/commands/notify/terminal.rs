//! What a terminal is sent: its bell, and its own notification where it has one.

use super::Message;
use crate::config::{Environment, NotifyBy};

/// The sequences, in one piece; empty when none is wanted.
pub(super) fn sequence(how: &[NotifyBy], environment: &Environment, message: &Message) -> String {
    let mut sequence = String::new();
    if how.contains(&NotifyBy::Osc) {
        sequence.push_str(&through_tmux(environment, &notification(environment, message)));
    }
    if how.contains(&NotifyBy::Bell) {
        sequence.push('\x07');
    }
    sequence
}

/// OSC 777 where it is known, with a title of its own; else OSC 9, which others pass over. Never both:
/// some terminals know both, and would tell twice.
fn notification(environment: &Environment, message: &Message) -> String {
    let term = environment.get("TERM").unwrap_or_default();
    let program = environment.get("TERM_PROGRAM").unwrap_or_default();
    let knows_777 =
        ["rxvt", "foot", "ghostty", "xterm-ghostty", "wezterm"].iter().any(|it| term.starts_with(it))
            || matches!(program, "ghostty" | "WezTerm")
            || environment.get("VTE_VERSION").is_some();
    if knows_777 {
        // A semicolon in the title would end it.
        let title = message.title.replace(';', ",");
        format!("\x1b]777;notify;{title};{}\x07", message.body)
    } else {
        format!("\x1b]9;{}: {}\x07", message.title, message.body)
    }
}

/// tmux passes on what is wrapped so, where it is allowed to, and drops it else.
fn through_tmux(environment: &Environment, sequence: &str) -> String {
    if environment.get("TMUX").is_some() {
        return format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b"));
    }
    sequence.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::run, *};
    use crate::run::Status;

    #[test]
    fn one_notification_is_sent_in_the_way_the_terminal_knows() {
        let message =
            Message { title: "next A; B failed".to_owned(), body: "run 1".to_owned(), urgent: true };
        let check = |pairs: &[(&str, &str)], how: &[NotifyBy], expected: &str| {
            let environment = Environment::from_pairs(pairs.iter().copied());
            assert_eq!(sequence(how, &environment, &message), expected, "{pairs:?}");
        };
        let (bell, osc) = (NotifyBy::Bell, NotifyBy::Osc);
        check(&[], &[bell], "\x07");
        check(&[], &[NotifyBy::Desktop], "");
        check(&[("TERM", "xterm")], &[bell, osc], "\x1b]9;next A; B failed: run 1\x07\x07");
        check(&[("TERM", "foot")], &[osc], "\x1b]777;notify;next A, B failed;run 1\x07");
        check(
            &[("TMUX", "/tmp/x"), ("TERM", "tmux-256color")],
            &[osc],
            "\x1bPtmux;\x1b\x1b]9;next A; B failed: run 1\x07\x1b\\",
        );
    }

    #[test]
    fn a_hostile_name_ends_no_sequence() {
        let sequence =
            sequence(&[NotifyBy::Osc], &Environment::from_pairs([]), &Message::of(&run(Status::Lost)));
        let inside = sequence.strip_prefix("\x1b]9;").unwrap().strip_suffix('\x07').unwrap();
        assert!(crate::text::is_plain(inside), "{inside:?}");
    }
}
