//! Scripts match on the codes of problems: each is documented, with the severity it has.

use std::{collections::BTreeMap, fs};

use plandeck::plan::problem::Code;

#[test]
fn every_code_stands_in_the_table_with_its_severity_and_no_other_does() {
    let text = fs::read_to_string("docs/lint.md").unwrap();
    let documented: BTreeMap<&str, &str> = text
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| `")?.split(" | ");
            Some((cells.next()?.trim_end_matches('`'), cells.next()?))
        })
        .collect();
    let real: BTreeMap<&str, &str> =
        Code::ALL.iter().map(|code| (code.word(), code.severity().word())).collect();
    assert_eq!(documented, real);
}
