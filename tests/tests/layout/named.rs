//! What our pages name between backticks: the files and tests must be there.

use crate::checkout::{is_file, read};

/// What the paths begin with that pages name.
const ROOTS: [&str; 7] = ["bicep/", "crates/", "docs/", "handlers/", "local/", "ops/", "tests/"];

/// The files and tests that a line names and that are not there. A test is `path: name`, or only
/// its name after another of the same file; after a script's path may stand what it is called with.
pub(crate) fn absent(line: &str) -> Vec<String> {
    let (mut file, mut absent) = ("", Vec::new());
    for span in spans(line) {
        let (path, name) = span.split_once(": ").unwrap_or((span, ""));
        let path = path.split(' ').next().unwrap_or_default();
        let is_path = ROOTS.iter().any(|root| path.starts_with(root));
        if is_path {
            file = path;
        }
        let test = if is_path { name } else { span };
        let is_test = test.contains('_') && test.bytes().all(is_of_names);
        if is_path && !is_file(file) {
            absent.push(file.to_owned());
        } else if is_test && is_file(file) && !has_test(&read(file), test) {
            absent.push(format!("{file}: {test}"));
        } else if is_path && !name.is_empty() && !is_test {
            absent.push(span.to_owned());
        }
    }
    absent
}

/// The rows of a page's tables that show a rule, and name no test that shows it.
pub(crate) fn unshown(page: &str) -> Vec<String> {
    let lines: Vec<&str> = page.lines().collect();
    let bodies =
        lines.windows(2).filter(|pair| pair[0].starts_with('|') && pair[1].starts_with('|'));
    let rows = bodies.map(|pair| pair[1]).filter(|row| !row.starts_with("|---"));
    let wrong = rows.filter(|row| !spans(row).any(|span| span.contains(".rs: ")));
    wrong.map(str::to_owned).collect()
}

/// The texts between backticks.
pub(crate) fn spans(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn is_of_names(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'
}

fn has_test(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    lines.windows(2).any(|pair| {
        let is_marked = pair[0] == "#[test]" || pair[0].starts_with("#[tokio::test");
        let definition = pair[1].strip_prefix("async ").unwrap_or(pair[1]);
        let is_it = definition.strip_prefix("fn ").and_then(|rest| rest.strip_prefix(name));
        is_marked && is_it.is_some_and(|rest| rest.starts_with('('))
    })
}

#[test]
fn what_is_gone_or_no_test_is_found() {
    let own = "tests/tests/layout/named.rs";
    let real = "what_is_gone_or_no_test_is_found";
    assert_eq!(absent(&format!("| `{own}: {real}`, `{real}`, `kid`, `auth` |")), [""; 0]);
    for (row, gone) in [
        (format!("| `{own}: has_test` |"), format!("{own}: has_test")),
        (format!("| `{own}: what_is_gone` |"), format!("{own}: what_is_gone")),
        (format!("| `{own}: {real}`, `no_such_test` |"), format!("{own}: no_such_test")),
        (format!("| `{own}: No test` |"), format!("{own}: No test")),
        ("| `docs/no.md` |".to_owned(), "docs/no.md".to_owned()),
        ("How it goes: `docs/no.md`.".to_owned(), "docs/no.md".to_owned()),
        ("By `ops/no ENV forget`.".to_owned(), "ops/no".to_owned()),
        (format!("| `tests/no.rs: {real}` |"), "tests/no.rs".to_owned()),
    ] {
        assert_eq!(absent(&row), [gone], "{row}");
    }
}

#[test]
fn a_rule_that_names_no_test_is_found() {
    let page = "| rule | test |\n|---|---|\n| a | `src/a.rs: b` |\n| c | `src/a.rs` |\n\nWords.";
    assert_eq!(unshown(page), ["| c | `src/a.rs` |"]);
}
