//! What the plan's files say of an item, read when the attempt begins. Pure but for being given the text.

use serde_json::Value;

/// Most lines of an item that is a line among others.
const MOST_LINES: usize = 120;

/// What the text of a file says of an item: the whole file where it is the item's own, else its object,
/// or its line with what belongs to it.
pub(super) fn of_item(file: &str, text: &str, id: &str, line: Option<usize>) -> String {
    if file.ends_with(".json") {
        return object(text, id).unwrap_or_default();
    }
    let Some(line) = line else { return text.to_owned() };
    if file.ends_with(".jsonl") {
        let object =
            text.lines().nth(line.saturating_sub(1)).and_then(|it| serde_json::from_str::<Value>(it).ok());
        return object.and_then(|it| serde_json::to_string_pretty(&it).ok()).unwrap_or_default();
    }
    block(text, line)
}

/// The object of this id, wherever it stands; a dotted id is a part of a part (`5.2`).
fn object(text: &str, id: &str) -> Option<String> {
    let root: Value = serde_json::from_str(text).ok()?;
    let whole = find(&root, id);
    let part = || {
        let (outer, inner) = id.rsplit_once('.')?;
        find(find(&root, outer)?.get("subtasks")?, inner)
    };
    serde_json::to_string_pretty(whole.or_else(part)?).ok()
}

fn find<'a>(value: &'a Value, id: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => {
            let own = members.get("id").is_some_and(|it| it.as_str() == Some(id) || *it.to_string() == *id);
            if own { Some(value) } else { members.values().find_map(|it| find(it, id)) }
        }
        Value::Array(elements) => elements.iter().find_map(|it| find(it, id)),
        _ => None,
    }
}

/// A line with the heading above it and what stands below it further to the right.
fn block(text: &str, line: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let Some(first) = line.checked_sub(1).filter(|at| *at < lines.len()) else { return String::new() };
    let is_heading = |line: &str| line.starts_with('#');
    let heading = lines[..first].iter().rfind(|it| is_heading(it));
    let depth = |line: &str| line.len() - line.trim_start().len();
    let own = depth(lines[first]);
    let belongs = |line: &&&str| {
        line.trim().is_empty() || (!is_heading(line) && (depth(line) > own || is_heading(lines[first])))
    };
    let below = lines[first + 1..].iter().take(MOST_LINES).take_while(belongs);
    let all = heading.into_iter().chain([&lines[first]]).chain(below);
    all.copied().collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_told_with_what_belongs_to_it() {
        let tasks =
            "# Tasks\n\n## Phase 1\n\n- [ ] T001 One\n  - a part\n\n    more\n- [ ] T002 Two\n## Phase 2\n";
        let check = |line, expected: &str| assert_eq!(of_item("tasks.md", tasks, "x", line), expected);
        check(Some(5), "## Phase 1\n- [ ] T001 One\n  - a part\n\n    more");
        check(Some(9), "## Phase 1\n- [ ] T002 Two");
        check(Some(99), "");
        check(None, tasks);
    }

    #[test]
    fn an_object_is_found_by_its_id() {
        let tasks =
            r#"{"master":{"tasks":[{"id":1,"title":"a"},{"id":5,"subtasks":[{"id":2,"title":"b"}]}]}}"#;
        assert!(of_item("tasks.json", tasks, "1", None).contains("\"a\""));
        assert!(of_item("tasks.json", tasks, "5.2", Some(1)).contains("\"b\""));
        assert_eq!(of_item("tasks.json", tasks, "9", None), "");
        assert_eq!(
            of_item("issues.jsonl", "{\"id\":\"x\"}\n{\"id\":\"y\"}", "y", Some(2)),
            "{\n  \"id\": \"y\"\n}"
        );
    }
}
