//! `docs/security.md`, as far as a program can tell whether it is true: each requirement has one
//! row, with its state and what shows it.

use std::collections::BTreeSet;

use crate::checkout::read;
use crate::named::spans;

const STATES: [&str; 4] = ["met", "partly", "missing", "not applicable"];

/// All of the page: what stands beside the tables names files and tests, too.
pub(crate) fn lines() -> Vec<String> {
    read("docs/security.md").lines().map(str::to_owned).collect()
}

/// The rows of all tables.
pub(crate) fn rows() -> Vec<String> {
    lines().into_iter().filter(|line| line.starts_with('|')).collect()
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
