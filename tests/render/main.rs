//! Every screen, whole, at several widths: what a person sees is what is reviewed here.
//!
//! For each picture it is also checked that no line is wider than the screen and that nothing a
//! file or a child wrote reaches the terminal raw.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(clippy::assigning_clones, reason = "a fixture is read, not timed")]

mod following;
mod json;
mod pages;
mod panels;
mod plans;
mod runs;
mod timeline;

use std::fmt::Write as _;

use plandeck::{
    render::{Style, Theme},
    text,
};

/// Takes the picture at 40, 60, 80 and 120 columns, in accessible words, and in colour: one file.
fn pictures(name: &str, draw: &dyn Fn(&Style) -> String) {
    let mut album = String::new();
    for width in [40, 60, 80, 120] {
        let drawn = draw(&Style::plain(width));
        fits(&drawn, width);
        let _ = writeln!(album, "======== {width} columns\n{drawn}");
    }
    let words = draw(&accessible(72));
    fits(&words, 72);
    let _ = writeln!(album, "======== accessible, 72 columns\n{words}");
    let colours = Style { colour: true, links: true, ..Style::plain(80) };
    let coloured = draw(&colours);
    only_our_escapes(&coloured);
    assert_eq!(text::without_escapes(&coloured), draw(&Style::plain(80)), "colours change no text");
    let _ = writeln!(album, "======== colours and links, 80 columns\n{}", coloured.replace('\x1b', "␛"));
    settings().bind(|| insta::assert_snapshot!(format!("render_{name}"), album));
    for width in [0, 1, 2, 3, 5, 11, 12, 13, 20, 33] {
        fits(&draw(&Style::plain(width)), width);
        fits(&draw(&accessible(width)), width);
    }
}

fn accessible(width: usize) -> Style {
    Style { accessible: true, theme: Theme::named("none").unwrap(), ..Style::plain(width) }
}

fn picture(name: &str, drawn: &str, width: usize) {
    fits(drawn, width);
    settings().bind(|| insta::assert_snapshot!(format!("render_{name}"), drawn));
}

fn fits(drawn: &str, width: usize) {
    for line in drawn.lines() {
        assert!(text::is_plain(line), "a control character got through: {line:?}");
        assert!(text::display_width(line) <= width, "wider than {width}: {line}");
        assert_eq!(line.trim_end(), line, "nothing is printed that cannot be seen");
    }
}

/// Colours and links are ours to write; everything else would be somebody else's.
fn only_our_escapes(drawn: &str) {
    for rest in drawn.split('\x1b').skip(1) {
        let colour = rest.starts_with('[') && rest.find('m').is_some_and(|end| is_sgr(&rest[1..end]));
        let link = rest.starts_with("]8;;") || rest.starts_with('\\');
        assert!(colour || link, "not ours: {:?}", &rest[..rest.len().min(20)]);
    }
}

fn is_sgr(text: &str) -> bool {
    text.chars().all(|it| it.is_ascii_digit() || it == ';')
}

fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}
