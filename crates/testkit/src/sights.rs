//! Who sees what: a table of a service's reads and of those who read, with what each answer shows.
//!
//! No GET of the service's own document may be missing from it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;
use service::Routes;
use test_client::{Answer, Call};

use crate::InProcess;

/// Too little to be told apart: where answers come 2 ms sooner or later by chance, as over a mobile
/// network, whoever wants to be right in 99 of 100 cases asks 190,000 times for each id.
const HIDDEN: Duration = Duration::from_micros(30);
/// What a row says of a 200 that shows nothing of all that is searched for.
const NOTHING: &str = "-";

/// A table of who sees what.
///
/// What is seen is a word of letters, each for a text that the answer or its header contains; `-`
/// if it contains none; the status if it is not 200, and `403*` if that tells that there is
/// something: it is not what is answered to the same path with ids that nobody has.
pub struct Sights {
    marks: Vec<(char, String)>,
    /// What they are to whom the rows are about, and their tokens.
    readers: Vec<(&'static str, String)>,
    rows: Vec<Row>,
}

struct Row {
    route: &'static str,
    of: &'static str,
    /// One for each reader.
    paths: Vec<String>,
    seen: &'static str,
}

impl Sights {
    /// An empty table: what each letter stands for, and who reads.
    pub fn new(marks: &[(char, &str)], readers: &[(&'static str, &str)]) -> Self {
        Self {
            marks: marks.iter().map(|(letter, text)| (*letter, (*text).to_owned())).collect(),
            readers: readers.iter().map(|(who, token)| (*who, (*token).to_owned())).collect(),
            rows: Vec::new(),
        }
    }

    /// What each reader sees at a path of this route: a word for each, in their order.
    #[must_use]
    pub fn row(
        self,
        route: &'static str,
        of: &'static str,
        path: &str,
        seen: &'static str,
    ) -> Self {
        let paths = vec![path.to_owned(); self.readers.len()];
        self.row_of_each(route, of, paths, seen)
    }

    /// The same where each reader asks for something else.
    #[must_use]
    pub fn row_of_each(
        mut self,
        route: &'static str,
        of: &'static str,
        paths: Vec<String>,
        seen: &'static str,
    ) -> Self {
        self.rows.push(Row { route, of, paths, seen });
        self
    }

    /// Reads all of it, and each GET of the service's document has its row.
    pub async fn check(&self, routes: &Routes, document: &str) {
        let document = Call::get(document).send(routes).await.expect(200);
        let rows: BTreeSet<&str> = self.rows.iter().map(|row| row.route).collect();
        assert_eq!(rows, reads(&document), "rows of the table, and reads of the service");
        let mut wrong = Vec::new();
        for row in &self.rows {
            let expected: Vec<&str> = row.seen.split_whitespace().collect();
            assert_eq!(expected.len(), self.readers.len(), "{} ({})", row.route, row.of);
            for (((who, token), path), expected) in
                self.readers.iter().zip(&row.paths).zip(expected)
            {
                let seen = self.seen(routes, token, path).await;
                if seen != expected {
                    wrong.push(format!("{path} ({}), {who}: {expected} became {seen}", row.of));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn seen(&self, routes: &Routes, token: &str, path: &str) -> String {
        let answer = Call::get(path).bearer(token).send(routes).await;
        if answer.status != 200 {
            let absent = Call::get(&absent(path)).bearer(token).send(routes).await;
            let tells = if shown(&answer) == shown(&absent) { "" } else { "*" };
            return format!("{}{tells}", answer.status);
        }
        let headers: String = answer
            .headers
            .values()
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        let text = answer.text();
        let is_shown = |mark: &str| text.contains(mark) || headers.contains(mark);
        let letters = self.marks.iter().filter(|(_, mark)| is_shown(mark));
        let letters: String = letters.map(|(letter, _)| *letter).collect();
        if letters.is_empty() { NOTHING.to_owned() } else { letters }
    }
}

/// The paths that can be read, but those that tell of the service alone.
fn reads(document: &Value) -> BTreeSet<&str> {
    let paths = document["paths"].as_object().expect("a document with paths");
    let own = ["/health/live", "/health/ready", "/openapi.json"];
    paths
        .iter()
        .filter(|(path, item)| {
            item.get("get").is_some() && !own.iter().any(|end| path.ends_with(end))
        })
        .map(|(path, _)| path.as_str())
        .collect()
}

/// The same path with ids that nobody has, as old as those that it had.
fn absent(path: &str) -> String {
    let other = |segment: &str| match segment.rsplit_once('_') {
        Some((_, digits)) if digits.len() == 26 => {
            let (kept, last) = segment.split_at(segment.len().saturating_sub(1));
            format!("{kept}{}", if last == "0" { "1" } else { "0" })
        }
        _ => segment.to_owned(),
    };
    path.split('/').map(other).collect::<Vec<_>>().join("/")
}

/// What a refusal shows, without what differs from call to call.
fn shown(answer: &Answer) -> (u16, Value, Vec<String>) {
    let mut problem = answer.json();
    for own in ["trace_id", "instance"] {
        if let Some(field) = problem.get_mut(own) {
            field.take();
        }
    }
    (answer.status, problem, answer.headers.keys().map(ToString::to_string).collect())
}

/// Reads a path of what the reader must not know of, and the same path with ids that nobody has, in
/// turns and so often each: whatever else the machine does slows both. Either takes longer by
/// [`HIDDEN`] at most, as the median of the differences has it.
pub async fn assert_equally_long(routes: &Routes, token: &str, path: &str, samples: u32) {
    let absent = absent(path);
    let time = async |path: &str| {
        let call = Call::get(path).bearer(token);
        let start = Instant::now();
        let answer = call.send(routes).await;
        let took = start.elapsed();
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        i64::try_from(took.as_nanos()).expect("a short answer")
    };
    let mut differences = Vec::new();
    for round in 0..samples {
        // Each is the first as often as the other.
        let difference = if round % 2 == 0 {
            let there = time(path).await;
            there.saturating_sub(time(&absent).await)
        } else {
            let not_there = time(&absent).await;
            time(path).await.saturating_sub(not_there)
        };
        differences.push(difference);
    }
    differences.sort_unstable();
    let median = differences.get(differences.len() / 2).copied().unwrap_or_default();
    let difference = Duration::from_nanos(median.unsigned_abs());
    assert!(difference <= HIDDEN, "{path} and what is not there differ by {median} ns");
}
