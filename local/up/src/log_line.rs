//! A line of a log, as the programs of the platform write them: when it was, and how bad.

use std::fmt::{self, Display};

use serde_json::{Map, Value};

use crate::error::Error;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Fields of a line of a handler that stand before all others, or say nothing to a person.
const SHOWN_FIRST: [&str; 4] = ["timestamp", "level", "message", "target"];
/// Fields with what surrounds an event, of which the second repeats the first.
const SPAN: &str = "span";
const SPANS: &str = "spans";

/// How bad; the worst is the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Error,
    Warning,
    Info,
}

impl Level {
    /// # Errors
    /// `Usage`.
    pub(crate) fn named(name: &str) -> Result<Self, Error> {
        match name {
            "error" => Ok(Self::Error),
            "warn" => Ok(Self::Warning),
            "info" | "" => Ok(Self::Info),
            _ => Err(Error::Usage("--level must be error, warn or info".to_owned())),
        }
    }

    fn of(text: &str) -> Self {
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        if has(&["ERROR", "panicked at", "error:"]) {
            Self::Error
        } else if has(&["WARN", "[Warning]"]) {
            Self::Warning
        } else {
            Self::Info
        }
    }
}

/// A line of a part's or a handler's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) part: String,
    /// `2026-12-01T00:57:47.381`, with as many digits as there are; empty before the first.
    pub(crate) time: String,
    pub(crate) level: Level,
    /// The rest.
    pub(crate) text: String,
}

impl Line {
    /// What stands before the first line of a part.
    pub(crate) const fn first(part: String) -> Self {
        Self { part, time: String::new(), level: Level::Info, text: String::new() }
    }

    /// The next of the same part. Without a time it goes on with what this one tells.
    pub(crate) fn followed_by(&self, text: &str) -> Self {
        let part = self.part.clone();
        if let Ok(Value::Object(said)) = serde_json::from_str(text) {
            let time = said
                .get("timestamp")
                .and_then(Value::as_str)
                .unwrap_or(&self.time)
                .trim_end_matches('Z');
            let (time, text) = (time.to_owned(), sentence(&said));
            return Self { part, time, level: Level::of(&text), text };
        }
        match time_before(text) {
            Some((time, rest)) => {
                Self { part, time, level: Level::of(rest), text: rest.to_owned() }
            }
            None => {
                let (time, level) = (self.time.clone(), self.level.min(Level::of(text)));
                Self { part, time, level, text: text.to_owned() }
            }
        }
    }
}

impl Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.time.split_once('T').map_or("", |(_, time)| time);
        write!(f, "{time:<12.12} {:<18} {}", self.part, self.text)
    }
}

/// What a handler says in JSON, for a person.
fn sentence(said: &Map<String, Value>) -> String {
    let text = |name: &str| said.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut sentence = format!("{} {}", text("level"), text("message"));
    let own = said.iter().filter(|(name, _)| {
        !SHOWN_FIRST.contains(&name.as_str()) && ![SPAN, SPANS].contains(&name.as_str())
    });
    let span = said.get(SPAN).and_then(Value::as_object).into_iter().flatten();
    for (name, value) in own.chain(span) {
        match value.as_str() {
            Some(text) => sentence.push_str(&format!(" {name}={text}")),
            None => sentence.push_str(&format!(" {name}={value}")),
        }
    }
    sentence
}

/// The time at the beginning of a line, and what follows it.
fn time_before(text: &str) -> Option<(String, &str)> {
    of_ours(text).or_else(|| of_mariadb(text)).or_else(|| of_redis(text))
}

/// `2026-12-01T00:57:47.574Z`, or the same in brackets.
fn of_ours(text: &str) -> Option<(String, &str)> {
    let (time, rest) = text.split_once(' ')?;
    let time = time.trim_matches(['[', ']']).strip_suffix('Z')?;
    (is_date(time) && time.contains('T')).then(|| (time.to_owned(), rest.trim_start()))
}

/// `2026-12-01  0:57:47`, in UTC since its part is told so.
fn of_mariadb(text: &str) -> Option<(String, &str)> {
    let (date, rest) = text.split_once(' ')?;
    let (time, rest) = rest.trim_start().split_once(' ')?;
    (is_date(date) && time.contains(':')).then(|| (format!("{date}T{time:0>8}"), rest))
}

/// `8175:M 01 Dec 2026 00:57:47.711`, likewise.
fn of_redis(text: &str) -> Option<(String, &str)> {
    let mut words = text.splitn(6, ' ');
    let (_process, day, month, year) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let (time, rest) = (words.next()?, words.next()?);
    let month = MONTHS.iter().position(|name| *name == month)?.saturating_add(1);
    Some((format!("{year}-{month:02}-{day}T{time}"), rest))
}

fn is_date(text: &str) -> bool {
    let date = text.as_bytes().first_chunk::<10>();
    date.is_some_and(|date| {
        date.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_program_says_in_its_own_way_when_it_was_and_how_bad() {
        let before = Line::first("p".to_owned());
        for (text, time, level, rest) in [
            (
                "2026-12-01T00:57:47.574530Z  INFO hub: x",
                "00:57:47.574530",
                Level::Info,
                "INFO hub: x",
            ),
            (
                "[2026-12-01T00:57:47.556Z] ERROR failed",
                "00:57:47.556",
                Level::Error,
                "ERROR failed",
            ),
            (
                "2026-12-01  0:57:47 0 [Warning] slow",
                "00:57:47",
                Level::Warning,
                "0 [Warning] slow",
            ),
            ("8:M 01 Dec 2026 00:57:47.711 * ready", "00:57:47.711", Level::Info, "* ready"),
            (
                r#"{"timestamp":"2026-12-01T00:57:47.3Z","level":"WARN","message":"late","ms":8,
                    "target":"t","span":{"service":"auth"},"spans":[]}"#,
                "00:57:47.3",
                Level::Warning,
                "WARN late ms=8 service=auth",
            ),
        ] {
            let line = before.followed_by(text);
            assert_eq!(line.time, format!("2026-12-01T{time}"));
            assert_eq!((line.level, &*line.text), (level, rest));
        }
    }

    #[test]
    fn a_line_without_a_time_goes_on_with_the_one_before() {
        let panicked = Line::first("p".to_owned()).followed_by("2026-12-01T00:57:47Z ERROR a");
        let next = panicked.followed_by("  at src/main.rs");
        assert_eq!((&next.time, next.level), (&panicked.time, Level::Error));
        assert_eq!(next.to_string(), "00:57:47     p                    at src/main.rs");
        let said = panicked.followed_by(r#"{"level":"INFO","message":"b"}"#);
        assert_eq!((&said.time, &*said.text), (&panicked.time, "INFO b"));
    }
}
