//! `docs/security.md`, as far as a program can tell whether it is true: what it names is there, and
//! each requirement has one row.

use std::collections::BTreeSet;

use crate::checkout::{is_file, read};

const STATES: [&str; 4] = ["met", "partly", "missing", "not applicable"];
/// What the paths begin with that rows name.
const ROOTS: [&str; 6] = ["bicep/", "crates/", "docs/", "handlers/", "ops/", "tests/"];

/// All of the page: what stands beside the tables names files and tests, too.
pub(crate) fn lines() -> Vec<String> {
    read("docs/security.md").lines().map(str::to_owned).collect()
}

/// The rows of all tables.
pub(crate) fn rows() -> Vec<String> {
    lines().into_iter().filter(|line| line.starts_with('|')).collect()
}

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

/// Rows of requirements without a known state or what must stand beside it, and those that come
/// twice.
pub(crate) fn unsound(rows: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let wrong = rows.iter().filter(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let number = cells[1];
        if number.split('.').filter(|part| part.parse::<u8>().is_ok()).count() != 3 {
            return false;
        }
        let [_, _, asked, state, evidence, _] = cells[..] else { return true };
        let is_shown = state != "met" || spans(evidence).next().is_some();
        let is_whole = !asked.is_empty() && !evidence.is_empty() && STATES.contains(&state);
        !(seen.insert(number.to_owned()) && is_whole && is_shown)
    });
    wrong.cloned().collect()
}

/// The texts between backticks.
fn spans(text: &str) -> impl Iterator<Item = &str> {
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
    let own = "tests/tests/layout/security.rs";
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
fn a_row_without_its_state_or_evidence_is_found() {
    let sound = ["| # | asks for |", "| 1.1.1 | a | met | `b` |", "| 1.1.2 | a | missing | why |"];
    let with = |row: &str| {
        let rows: Vec<String> = sound.iter().chain([&row]).map(|row| (*row).to_owned()).collect();
        unsound(&rows)
    };
    assert_eq!(with("| 1.1.3 | a | partly | b |"), [""; 0]);
    for wrong in [
        "| 1.1.1 | again | met | `b` |",
        "| 1.1.3 | a | met | in words |",
        "| 1.1.3 | a | done | `b` |",
        "| 1.1.3 | a | missing | |",
        "| 1.1.3 | a | met |",
    ] {
        assert_eq!(with(wrong), [wrong]);
    }
}
