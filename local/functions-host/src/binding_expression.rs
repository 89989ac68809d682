//! Binding expressions: `{name}` in the path of a binding. That of a blob trigger takes a name
//! apart; that of an output is filled with what started the function.

use serde_json::Value;
use time::OffsetDateTime;
use time::macros::format_description;
use uuid::Uuid;

use crate::envelope::Envelope;

/// Why an expression cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum ExpressionError {
    /// Braces that do not pair, or nothing between them.
    #[error("`{0}`: each `{{` needs a name and a `}}`")]
    Braces(String),
    /// A format stands behind a name.
    #[error("`{0}`: a format behind `:` is not supported here")]
    Format(String),
    /// What started the function has no value of this name.
    #[error("there is no binding data `{0}`")]
    Absent(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Name(String),
}

fn parts(text: &str) -> Result<Vec<Part>, ExpressionError> {
    let broken = || ExpressionError::Braces(text.to_owned());
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((literal, tail)) = rest.split_once('{') {
        let (name, after) = tail.split_once('}').ok_or_else(broken)?;
        if name.is_empty() || name.contains('{') || literal.contains('}') {
            return Err(broken());
        }
        if name.contains(':') {
            return Err(ExpressionError::Format(text.to_owned()));
        }
        parts.push(Part::Literal(literal.to_owned()));
        parts.push(Part::Name(name.to_owned()));
        rest = after;
    }
    if rest.contains('}') {
        return Err(broken());
    }
    parts.push(Part::Literal(rest.to_owned()));
    parts.retain(|part| *part != Part::Literal(String::new()));
    Ok(parts)
}

/// The names of blobs that start a function; empty means all.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PathPattern(Vec<Part>);

impl PathPattern {
    /// Reads what stands behind the container in the path of a trigger.
    pub(crate) fn parse(text: &str) -> Result<Self, ExpressionError> {
        Ok(Self(parts(text)?))
    }

    /// What the names of the pattern stand for in `path`, which may contain folders; nothing if the
    /// path is another. The first name takes as much as it can.
    pub(crate) fn captures(&self, path: &str) -> Option<Vec<(String, String)>> {
        if self.0.is_empty() {
            return Some(Vec::new());
        }
        capture(&self.0, path)
    }
}

fn capture(parts: &[Part], path: &str) -> Option<Vec<(String, String)>> {
    match parts.split_first() {
        None => path.is_empty().then(Vec::new),
        Some((Part::Literal(literal), rest)) => capture(rest, path.strip_prefix(literal.as_str())?),
        Some((Part::Name(name), rest)) => {
            let ends = path.char_indices().map(|(at, _)| at).chain([path.len()]);
            ends.rev().find_map(|end| {
                let (value, tail) = path.split_at_checked(end)?;
                let mut found = capture(rest, tail)?;
                found.insert(0, (name.clone(), value.to_owned()));
                Some(found)
            })
        }
    }
}

/// A text with names that are filled in for each invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

impl Template {
    /// Reads the text of an output's path, queue or hub.
    pub(crate) fn parse(text: &str) -> Result<Self, ExpressionError> {
        Ok(Self(parts(text)?))
    }

    /// The text for an invocation.
    pub(crate) fn fill(&self, envelope: &Envelope) -> Result<String, ExpressionError> {
        let filled = self.0.iter().map(|part| match part {
            Part::Literal(literal) => Ok(literal.clone()),
            Part::Name(name) => {
                value(name, envelope).ok_or_else(|| ExpressionError::Absent(name.clone()))
            }
        });
        filled.collect()
    }
}

fn value(name: &str, envelope: &Envelope) -> Option<String> {
    let mut segments = name.split('.');
    let first = segments.next().unwrap_or_default();
    if let Some(known) = envelope.binding_data(first) {
        let found = segments.try_fold(known, |value, segment| {
            let mut members = value.as_object()?.iter();
            members.find(|(name, _)| name.eq_ignore_ascii_case(segment)).map(|(_, value)| value)
        })?;
        return match found {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
    }
    match name.to_ascii_lowercase().as_str() {
        "rand-guid" | "sys.randguid" => Some(Uuid::new_v4().to_string()),
        "datetime" | "sys.utcnow" => {
            let seconds = format_description!("[year]-[month]-[day]T[hour]-[minute]-[second]Z");
            OffsetDateTime::now_utc().format(seconds).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn captured(pattern: &str, path: &str) -> Option<Vec<String>> {
        let pattern = PathPattern::parse(pattern).unwrap();
        Some(pattern.captures(path)?.into_iter().map(|(name, value)| name + "=" + &value).collect())
    }

    #[test]
    fn a_pattern_takes_a_name_apart_and_its_first_name_takes_the_most() {
        assert_eq!(captured("", "a/b.txt"), Some(Vec::new()));
        assert_eq!(captured("{name}", "a/b.txt").unwrap(), ["name=a/b.txt"]);
        assert_eq!(captured("{name}.{ext}", "a.b.txt").unwrap(), ["name=a.b", "ext=txt"]);
        assert_eq!(captured("in/{name}.txt", "in/\u{6587}.txt").unwrap(), ["name=\u{6587}"]);
        assert_eq!(captured("in/{name}.txt", "out/a.txt"), None);
        assert_eq!(captured("exact", "exactly"), None);
    }

    #[test]
    fn a_template_is_filled_with_what_started_the_function_in_any_letter_case() {
        let envelope = Envelope::default()
            .with_metadata("Name", "a.txt".into())
            .with_metadata("BlobTrigger", "in/a.txt".into())
            .with_metadata("sale", json!({ "id": 7 }));
        let fill = |text| Template::parse(text).unwrap().fill(&envelope);
        assert_eq!(fill("out/{name}-{sale.ID}").unwrap(), "out/a.txt-7");
        assert_eq!(fill("{blobTrigger}").unwrap(), "in/a.txt");
        assert_eq!(fill("{rand-guid}").unwrap().len(), 36);
        assert_eq!(fill("{nobody}"), Err(ExpressionError::Absent("nobody".to_owned())));
    }

    #[test]
    fn braces_without_a_name_or_with_a_format_are_refused() {
        for text in ["{", "a}", "{}", "{a{b}}"] {
            assert_eq!(parts(text), Err(ExpressionError::Braces(text.to_owned())));
        }
        let format = "{DateTime:yyyy}";
        assert_eq!(parts(format), Err(ExpressionError::Format(format.to_owned())));
    }
}
