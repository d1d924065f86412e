use proptest::prelude::*;

use super::{
    Cover::{Comment, Fence, FrontMatter, IndentedCode, Prose, Table},
    *,
};
use crate::plan::frontmatter;

/// Every box as `line:depth[mark]text`, `>` for a quoted one, `P` when the marker comes first.
fn boxes(text: &str) -> Vec<String> {
    let outline = Outline::read(text);
    let shown = outline.boxes().map(|item| {
        let mark = item.mark.expect("a box");
        assert_eq!(&text[mark.offset - 1..mark.offset], "[");
        assert!(text[mark.offset..].starts_with(mark.text));
        let quoted = if item.quoted { ">" } else { "" };
        let first = if item.marker_first { "P" } else { "" };
        format!("{}:{}{quoted}{first}[{}]{}", item.line, item.depth, mark.text, item.text)
    });
    shown.collect()
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(boxes(text), expected, "{text}");
}

#[test]
fn every_bullet_and_every_mark_is_a_checkbox() {
    check(
        "- [ ] a\n* [x] b\n+ [X] c\n1. [~] d\n12) [-] e",
        &["1:0[ ]a", "2:0[x]b", "3:0[X]c", "4:0[~]d", "5:0[-]e"],
    );
    check(
        "- [⚠️] a\n- [✅] b\n- [>] c\n- [👨‍👩‍👧] d\n- [\t] e",
        &["1:0[⚠️]a", "2:0[✅]b", "3:0[>]c", "4:0[👨‍👩‍👧]d", "5:0[\t]e"],
    );
    check("- [x]\n-\t[x]\ta\r\n-   [x]   b  ", &["1:0[x]", "2:0[x]a", "3:0[x]b"]);
}

#[test]
fn what_only_looks_like_a_checkbox_is_none() {
    check("- [P] tasks = different files", &[]);
    check("- [a](b) link\n- [ab] c\n- [] d\n- [ x ] e\n- [x]f\n-[x] g\n[x] h\n1234567890. [ ] i", &[]);
    check("| - [x] a | b |\n|---|---|\n| - [ ] c | d |", &[]);
    check("text - [x] a", &[]);
}

#[test]
fn a_marker_may_stand_before_the_box() {
    check("* [P] [ ] T005 text", &["1:0P[ ]T005 text"]);
}

#[test]
fn fences_and_comments_hide_what_is_in_them() {
    check("```\n- [ ] a\n```\n- [ ] b", &["4:0[ ]b"]);
    check("~~~~md\n- [ ] a\n~~~\n- [ ] a\n~~~~\n- [ ] b", &["6:0[ ]b"]);
    check("- [ ] a\n  ```\n  - [ ] b\n  ```\n- [ ] c", &["1:0[ ]a", "5:0[ ]c"]);
    check("- [ ] a\n  ```\n  - [ ] b\n- [ ] c", &["1:0[ ]a", "4:0[ ]c"]);
    check("> ```\n> - [ ] a\n> ```\n> - [ ] b", &["4:0>[ ]b"]);
    check("<!-- - [ ] a\n- [ ] b\n-->\n- [ ] c", &["4:0[ ]c"]);
    check("text <!--\n- [ ] b\n-->\n- [ ] c <!-- d -->", &["4:0[ ]c <!-- d -->"]);
    check("- [ ] a `<!--` b\n- [ ] c", &["1:0[ ]a `<!--` b", "2:0[ ]c"]);
    check("- [ ] a\n\n      ```\n      - [ ] b\n      ```\n      - [ ] c", &["1:0[ ]a", "6:1[ ]c"]);
    check("- [ ] a\n        ```\n        - [ ] b\n        ```\n- [ ] c", &["1:0[ ]a", "5:0[ ]c"]);
    check("```\n- [ ] never closed", &[]);
    check("- [ ] a\n<!-- never closed\n- [ ] b", &["1:0[ ]a"]);
    check("- [ ] a <!-- never closed\n- [ ] b", &["1:0[ ]a <!-- never closed", "2:0[ ]b"]);
}

#[test]
fn tags_hide_nothing() {
    check("<details>\n- [ ] a\n```\n- [ ] b\n\n```\n</details>\n- [ ] c", &["2:0[ ]a", "8:0[ ]c"]);
    let outline = Outline::read("</task_context>\n# Title\n<div> <!-- -->\n---\n");
    assert_eq!(outline.headings.len(), 1);
    assert_eq!((outline.headings[0].text.as_str(), outline.headings[0].line), ("Title", 2));
    check("<!--\n<div> -->\n- [ ] a", &["3:0[ ]a"]);
}

#[test]
fn a_checkbox_counts_at_any_indentation_and_in_quotes() {
    check("text\n\n    - [ ] a\n\n\t\t- [x] b", &["3:0[ ]a", "5:1[x]b"]);
    check("> - [ ] a\n>   - [ ] b\n> > - [x] c", &["1:0>[ ]a", "2:1>[ ]b", "3:0>[x]c"]);
}

#[test]
fn an_item_is_inside_the_one_it_is_indented_under() {
    check(
        "- [ ] a\n  - [ ] b\n    - [ ] c\n- [ ] d\n\n  still d\n\n  - [ ] e\n\nend\n\n  - [ ] f",
        &["1:0[ ]a", "2:1[ ]b", "3:2[ ]c", "4:0[ ]d", "8:1[ ]e", "12:0[ ]f"],
    );
    check("1. plain\n  - [ ] a\n## Heading\n  - [ ] b", &["2:1[ ]a", "4:0[ ]b"]);
}

#[test]
fn headings_between_bare_carriage_returns_share_their_line() {
    let outline = Outline::read("# One\r# Two\r# Three\n# Four\r# Five");
    let shown: Vec<_> = outline.headings.iter().map(|it| (it.text.as_str(), it.line)).collect();
    assert_eq!(shown, [("One", 1), ("Two", 1), ("Three", 1), ("Four", 2), ("Five", 2)]);
}

#[test]
fn headings_are_plain_text_with_their_lines() {
    let text = "---\n# not: one\n---\n# **One** `code` #\n\nTwo\n===\n\n> # Quoted\n- # In a list\n\n      # code\n```\n# fenced\n```\n### Three\n- [ ] a";
    let outline = Outline::read(text);
    let shown: Vec<_> =
        outline.headings.iter().map(|it| (it.level, it.text.as_str(), it.line, it.nested)).collect();
    assert_eq!(
        shown,
        [
            (1, "One code", 4, false),
            (1, "Two", 6, false),
            (1, "Quoted", 9, true),
            (1, "In a list", 10, true),
            (3, "Three", 16, false),
        ]
    );
    assert_eq!(outline.items.last().and_then(|it| it.heading), Some(4));
}

#[test]
fn every_line_says_what_it_is() {
    let text = "---\na: 1\n---\ntext\n\n| a |\n|---|\n| b |\n\n    code\n\n```\nx\n```\n<!-- c\n-->\nend";
    let covers: Vec<_> = Outline::read(text).lines().map(|it| it.cover).collect();
    assert_eq!(
        covers,
        [
            FrontMatter,
            FrontMatter,
            FrontMatter,
            Prose,
            Prose,
            Table,
            Table,
            Table,
            Prose,
            IndentedCode,
            Prose,
            Fence,
            Fence,
            Fence,
            Comment,
            Comment,
            Prose,
        ]
    );
    let lines: Vec<_> =
        Outline::read("a\r\nb\n\nc").lines().map(|it| (it.number, it.offset, it.text)).collect();
    assert_eq!(lines, [(1, 0, "a"), (2, 3, "b"), (3, 5, ""), (4, 6, "c")]);
}

#[test]
fn hostile_texts_are_read_to_the_end() {
    let lines =
        |indents: &mut dyn Iterator<Item = String>| indents.map(|it| it + "- [ ] a\n").collect::<String>();
    let deep = lines(&mut (0..2_000).map(|it| " ".repeat(it)));
    assert_eq!(Outline::read(&deep).boxes().count(), 2_000);
    let nested = lines(&mut (0..10_000).map(|it| "\t".repeat(it % 300)));
    assert_eq!(Outline::read(&nested).boxes().count(), 10_000);
    for piece in [
        ">",
        "> ",
        "- ",
        "```\n",
        "<!--",
        "<!-- -->\n",
        "<a>\n",
        "[",
        "[x] ",
        "`",
        "*a_",
        "|a|b|\n|-|-|\n",
        "\0",
        "\r",
        "- [\0] a\n",
        "    ",
        "é",
        "<é",
        "- [é",
        "#",
        "---\n",
        "1. ",
        "[a]: b\n",
    ] {
        let text = piece.repeat(10_000);
        let outline = Outline::read(&text);
        assert_eq!(
            outline.lines().map(|it| it.number).last().unwrap_or(0),
            text.lines().count(),
            "{piece:?}"
        );
    }
}

/// What an outline says, a line each.
fn said(outline: &Outline<'_>) -> Vec<String> {
    let headings = outline.headings.iter().map(|it| format!("{it:?}"));
    let items = outline.items.iter().map(|it| format!("{it:?}"));
    headings.chain(items).chain(outline.lines().map(|it| format!("{it:?}"))).collect()
}

/// Holds the reading line by line against the full parser's; false when it gave up.
fn is_read_alike(text: &str) -> bool {
    let from = frontmatter::split(text).map_or(0, |it| it.body);
    let body = comment::without_tag_lines(&text[from..]);
    let Some(quick) = blocks::read(&body, from) else { return false };
    let book = structure::by_the_book(&body, from);
    let outline = |found: structure::Structure| said(&Outline::gather(text, found.with_comments(text)));
    assert_eq!(outline(quick), outline(book), "{text:?}");
    true
}

#[test]
fn everyday_markdown_is_read_line_by_line_as_the_full_parser_reads_it() {
    for text in [
        "---\nid: 1\n---\n# Plan: `a` **b**\n\nText with `code\nover` lines.\n\n## Phase 1\n\n- [ ] T001 a\n",
        "- [ ] a\n  - [x] b\n    more\n\n    ```sh\n    - [ ] c\n    ```\n\n1. one\n2. two\n\ntext\n\n    code\n",
        "| a | b |\n|---|---|\n| - [ ] c | d |\n\ntext\n| e |\n|---|\n| f |\n- [ ] g\n",
        "> quote\n> - [ ] a\n> ```\n> - [ ] b\n\n<!-- comment\n- [ ] c\n-->\n- [ ] d <!-- e -->\n",
        "Title\n=====\n\nOther\n---\n\n***\n\n<details>\n- [ ] a\n</details>\n\n[a](b `c) d` e\n",
        "~~~~md\n# a\n~~~\n~~~~\n# b #\n- ## c\n- - - d\n* * *\n- [a](b) `c`, `d<e>` <f\n",
    ] {
        let _ = is_read_alike(text);
    }
    assert!(is_read_alike("# A\n\n- [ ] b `c` [d](e) **f**\n\n| g | h |\n|---|---|\n\n```\ni\n```\n\n> j\n"));
}

/// What Markdown is made of, and what it breaks on.
const PIECES: &[&str] = &[
    "\n",
    "\n\n",
    "  ",
    "    ",
    "- ",
    "* ",
    "1. ",
    "10) ",
    "- [ ] ",
    "> ",
    "# ",
    "###",
    "#",
    "```",
    "~~~",
    "`",
    "``",
    "`<!--`",
    "<!-- ",
    " -->",
    "<b>",
    "</d>",
    "< 5",
    "text",
    "T001 words",
    "**bold**",
    "_",
    "|",
    "| a | b |",
    "|---|---|",
    "|:-:|-|",
    "---",
    "***",
    "===",
    "- - -",
    "[a](b)",
    "[a]: b",
    "[",
    "](",
    ")",
    "\\",
    "\\|",
    "\\`",
    "&amp;",
    "![x](y)",
    "é",
    "\t",
    "\r\n",
    "=",
    ":",
    "\"",
    "-\n",
    "      ",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn whatever_is_read_line_by_line_is_read_as_the_full_parser_reads_it(
        drawn in prop::collection::vec(prop_oneof![
            prop::sample::select(PIECES),
            prop::sample::select(&PIECES[..12]),
        ], 1..30),
    ) {
        let _ = is_read_alike(&drawn.concat());
    }
}
