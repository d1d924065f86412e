//! Files as a full disk, a careless merge or an unlucky editor leave them: cut off anywhere, with
//! something foreign anywhere. No reader may panic, lose what still stands there without a word, or
//! name a line that is not there.

use super::{Reader, Scope, backlog, beads, ccw, taskmaster};
use crate::plan::{Place, listing::Listing, settle};

const FILES: [(Reader, &str, &str); 6] = [
    (
        taskmaster::READER,
        ".taskmaster/tasks/tasks.json",
        "{\"kiln\": {\"tasks\": [\n{\"id\": 1, \"title\": \"Glaze \\ud83d\\ude00\", \"status\": \"done\",\r\n\"subtasks\": [{\"id\": \"1.1\", \"dependencies\": [1, \"2\"]}]},\n{\"id\": 2}],\n\"metadata\": {\"totalTasks\": 9}}}",
    ),
    (
        beads::READER,
        ".beads/issues.jsonl",
        "{\"id\":\"k-1\",\"title\":\"Glaze\",\"status\":\"open\",\"dependencies\":[{\"depends_on_id\":\"k-2\",\"type\":\"blocks\"}]}\n\n{\"id\":\"k-2\",\"title\":\"Fire\",\"status\":\"tombstone\"}\r\n",
    ),
    (
        backlog::READER,
        "backlog/tasks/task-1 - Glaze.md",
        "---\r\nid: task-1\ntitle: >-\n  Glaze the\n  bowl\nstatus: To Do\nassignee: [@ana]\ndependencies: [task-2]\n---\n\n## Acceptance Criteria\n<!-- AC:BEGIN -->\n- [x] #1 Even\n- [ ] #2 Blue\n<!-- AC:END -->\n```\n- [ ] no\n```\n",
    ),
    (
        ccw::READER,
        ".workflow/active/WFS-kiln/.task/IMPL-1.json",
        "{\n\"id\": \"IMPL-1\", \"title\": \"Glaze\",\n\"status\": \"pending\", \"context\": {\"depends_on\": [\"IMPL-2.*\", \"IMPL-1 ~ 3\"]},\n\"meta\": {\"execution_group\": null}}",
    ),
    (
        ccw::READER,
        ".workflow/active/WFS-kiln/TODO_LIST.md",
        "# Tasks\n\n## Phase 1\n\u{25b8} **IMPL-1**: Glaze \u{2192} [x](./.task/IMPL-1.json)\n  - [ ] **IMPL-1.1**: Mix | [y](a)\r\n  - [x] ~~IMPL-1.2~~ (dropped)\n### IMPL-2: Fire\n- [\u{26a0}\u{fe0f}] heat\n",
    ),
    (
        ccw::READER,
        ".workflow/active/WFS-kiln/workflow-session.json",
        "{\"session_id\": \"WFS-kiln\", \"project\": \"Kiln\",\n\"status\": \"paused\",\n\"tasks\": [{\"id\": \"IMPL-1\"}, \"IMPL-2\", 3, null]}",
    ),
];

/// Puts a text where its reader looks, reads it, settles it, and checks what must hold of any plan.
fn survives(reader: &Reader, path: &str, text: &str) {
    let listing = Listing::new().with(path, text);
    let mut plans = (reader.read)(&listing, &Scope::Workspace).plans;
    for plan in &mut plans {
        settle(plan);
        let places = plan.problems.iter().map(|it| &it.place).chain(plan.items.iter().map(|it| &it.place));
        places.for_each(|place| assert!(is_there(&listing, place), "{place} in {text:?}"));
        assert!(!plan.items.is_empty() || !plan.problems.is_empty(), "nothing is said of {text:?}");
    }
    let _ = (reader.claims)(path, text);
    let _ = (reader.read)(&listing, &Scope::Path(path.to_owned()));
}

/// A line of a file that was given, or a file or folder as a whole.
fn is_there(listing: &Listing, place: &Place) -> bool {
    match (listing.text(&place.file), place.line) {
        (Some(text), Some(line)) => (1..=text.split('\n').count()).contains(&line),
        (_, line) => line.is_none(),
    }
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_survived() {
    for (reader, path, text) in &FILES {
        for (end, _) in text.char_indices() {
            survives(reader, path, &text[..end]);
            survives(reader, path, &text[end..]);
        }
    }
}

#[test]
fn a_file_with_something_foreign_anywhere_is_survived() {
    let foreign = [
        "\0",
        "\u{feff}",
        "\\ud800",
        "\\",
        "\"",
        "{",
        "]",
        "\n<<<<<<< HEAD\n",
        "---\n",
        "\u{202e}",
        "1e999",
        "~~~\n",
    ];
    for (reader, path, text) in &FILES {
        for (at, _) in text.char_indices() {
            for piece in foreign {
                survives(reader, path, &format!("{}{piece}{}", &text[..at], &text[at..]));
            }
        }
    }
}

#[test]
fn a_file_of_one_thing_over_and_over_is_survived() {
    for (reader, path, text) in &FILES {
        for piece in
            ["[", "{\"tasks\":", "{\"a\":", "- [ ] ", "\\ud800", "> ", "---\n", "\n", "IMPL-1/", "<!--"]
        {
            survives(reader, path, &piece.repeat(20_000));
            survives(reader, path, &format!("{text}{}", piece.repeat(20_000)));
        }
    }
}
