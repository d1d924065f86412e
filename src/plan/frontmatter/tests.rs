use super::*;

fn fields(text: &str) -> Fields {
    Fields::read(&split(text).expect("front matter"))
}

#[test]
fn front_matter_stands_between_two_fences_at_the_top() {
    let check = |text: &str, yaml: Option<&str>, body: usize| {
        let found = split(text);
        assert_eq!(found.map(|it| it.yaml), yaml, "{text:?}");
        assert_eq!(found.map_or(0, |it| it.body), body, "{text:?}");
    };
    check("---\na: 1\n---\nbody", Some("a: 1\n"), 13);
    check("---\r\na: 1\r\n---\r\nbody", Some("a: 1\r\n"), 16);
    check("\n---\na: 1\n---\n", Some("a: 1\n"), 14);
    check("---\n---\n", Some(""), 8);
    check("---\na: 1\n...\n", Some("a: 1\n"), 13);
    check("---\na: 1\n---", Some("a: 1\n"), 12);
    check("---\na: 1\nnever closed", None, 0);
    check("text\n---\na: 1\n---\n", None, 0);
    check("----\na: 1\n----\n", None, 0);
    check("", None, 0);
}

#[test]
fn scalars_stay_the_text_they_were_written_as() {
    let fields = fields(
        "---\nid: 1.0\ndate: 2026-01-02 10:30\nnone: null\nempty:\ntitle: 'it''s: so'\nyes: true # remark\n---\n",
    );
    assert_eq!(fields.broken, None);
    assert_eq!(fields.text("id"), Some("1.0"));
    assert_eq!(fields.text("date"), Some("2026-01-02 10:30"));
    assert_eq!(fields.text("none"), Some(""));
    assert_eq!(fields.text("empty"), Some(""));
    assert_eq!(fields.text("title"), Some("it's: so"));
    assert_eq!(fields.text("yes"), Some("true"));
    assert_eq!(fields.text("absent"), None);
    assert_eq!(fields.get("title").map(|it| it.line), Some(6));
}

#[test]
fn lists_are_read_in_every_form() {
    let check = |yaml: &str, expected: &[&str]| {
        assert_eq!(fields(&format!("---\n{yaml}\n---\n")).words("needs"), expected, "{yaml:?}");
    };
    check("needs: [\"1.0\", 2.0]", &["1.0", "2.0"]);
    check("needs:\n  - task-1\n  - \"task-2\"", &["task-1", "task-2"]);
    check("needs:\n- a", &["a"]);
    check("needs: a, b", &["a", "b"]);
    check("needs: []", &[]);
    check("needs:", &[]);
    check("other: 1", &[]);
}

#[test]
fn fields_nest() {
    let fields =
        fields("---\ngraph:\n  nodes:\n    - id: a\n      file: a.md\n    - {id: b, file: b.md}\n---\n");
    let graph = fields.get("graph").and_then(|it| it.value.map()).expect("a map");
    let nodes = graph.get("nodes").expect("nodes");
    let ids: Vec<_> = nodes.value.entries().iter().filter_map(|it| it.map()?.text("id")).collect();
    assert_eq!(ids, ["a", "b"]);
    assert_eq!(nodes.line, 3);
}

#[test]
fn what_is_not_yaml_still_gives_its_fields() {
    let fields = fields(
        "---\nid: task-7\nassignee: @ana\nstatus: \"In Progress\" # now\nlabels: [a, 'b']\nneeds:\n  - task-1\nnote: it: is\n---\n",
    );
    assert_eq!(fields.broken.as_ref().map(|it| it.line), Some(3));
    assert_eq!(fields.text("id"), Some("task-7"));
    assert_eq!(fields.text("assignee"), Some("@ana"));
    assert_eq!(fields.text("status"), Some("In Progress"));
    assert_eq!(fields.words("labels"), ["a", "b"]);
    assert_eq!(fields.words("needs"), ["task-1"]);
    assert_eq!(fields.get("status").map(|it| it.line), Some(4));
}

#[test]
fn of_two_fields_with_one_key_the_last_one_holds() {
    assert_eq!(fields("---\nstatus: a\nstatus: b\n---\n").text("status"), Some("b"));
}

#[test]
fn hostile_documents_are_broken_and_nothing_else() {
    for yaml in [
        "[".repeat(100_000),
        "- ".repeat(10_000),
        "a: &x [*x, *x]".to_owned(),
        "just text".to_owned(),
        "a: {".repeat(5_000),
        "\0\u{1}".to_owned(),
        "%TAG\n".to_owned(),
        "\t".to_owned(),
    ] {
        let fields = fields(&format!("---\nid: 1\n{yaml}\n---\n"));
        assert_eq!(fields.text("id"), Some("1"), "{:?}", &yaml[..yaml.len().min(20)]);
    }
}

#[test]
fn a_lone_return_ends_no_line_of_the_file() {
    let fields = fields("---\na: 1\rb\r\r\nc: 2\r\n---\r\n");
    assert_eq!(fields.get("c").map(|it| it.line), Some(3));
    assert_eq!(fields.text("a"), Some("1 b"));
}
