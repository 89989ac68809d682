//! Reading one's own writes, where lists are read from a replica that is late.
//!
//! An answer may carry a position (`Read-After`): how far the primary had come. Who hands it back
//! with a list gets one that shows all that was done up to there. A list says of which moment it is
//! (`As-Of`).

use serde_json::json;
use utoipa::PartialSchema;
use values::Timestamp;
use warp::Filter;
use warp::http::HeaderMap;
use warp::http::header::{HeaderName, HeaderValue};
use warp::reply::Response;

use crate::api::{Answer, Input, InputFilter, Operation, or_reject, value};
use crate::header::{AmbiguousHeader, single};
use crate::problem::Problem;
use crate::refusals::BAD_REQUEST;

const READ_AFTER: &str = "read-after";
const AS_OF: &str = "as-of";
/// Digits of a position. The longest number of so many is a `u64`.
const DIGITS_MAX: usize = 16;

/// How far the primary had come. Positions grow, and mean something to their service only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(pub u64);

/// The position that the client hands back, if it has one: what is read must be at least as new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadAfter(pub Option<Position>);

impl ReadAfter {
    fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        let invalid = || BAD_REQUEST.because("one Read-After is expected, as it was answered");
        let text = single(headers, READ_AFTER).map_err(|AmbiguousHeader| invalid())?;
        let number = |text: &str| {
            let is_ours =
                text.len() <= DIGITS_MAX && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|_| is_ours).map(Position).ok_or_else(invalid)
        };
        Ok(Self(text.map(number).transpose()?))
    }
}

/// The greatest position that the client was answered; absent if it has none.
impl Input for ReadAfter {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        operation.add_parameter(json!({
            "name": "Read-After",
            "in": "header",
            "description": "The greatest `Read-After` that the client was answered: the list shows \
                all that was done up to there.",
            "schema": schema(),
        }));
        warp::header::headers_cloned()
            .and_then(|headers: HeaderMap| async move { or_reject(Self::read(&headers)) })
            .boxed()
    }
}

/// The answer to something that was written, and the position that has it.
pub struct Written<A> {
    /// What is answered.
    pub answer: A,
    /// At or after the commit.
    pub position: Position,
}

impl<A: Answer> Answer for Written<A> {
    fn describe(operation: &mut Operation) {
        A::describe(operation);
        describe_read_after(operation);
    }

    fn into_response(self) -> Response {
        let mut response = self.answer.into_response();
        insert(&mut response, READ_AFTER, self.position.0.to_string());
        response
    }
}

/// An answer that shows all that was answered for before some moment, and perhaps more.
pub struct AsOf<A> {
    /// What is answered.
    pub answer: A,
    /// The moment.
    pub as_of: Timestamp,
    /// Where the next page must not be older than this one, though it may be read elsewhere.
    pub position: Option<Position>,
}

impl<A: Answer> Answer for AsOf<A> {
    fn describe(operation: &mut Operation) {
        A::describe(operation);
        describe_read_after(operation);
        operation.add_answer_header(
            "As-Of",
            json!({
                "description": "All that was answered for before this moment is shown.",
                "required": true,
                "schema": value(&Timestamp::schema()),
            }),
        );
    }

    fn into_response(self) -> Response {
        let mut response = self.answer.into_response();
        insert(&mut response, AS_OF, self.as_of.to_string());
        if let Some(position) = self.position {
            insert(&mut response, READ_AFTER, position.0.to_string());
        }
        response
    }
}

fn describe_read_after(operation: &mut Operation) {
    let read_after = json!({
        "description": "Keep the greatest, and hand it back with each list.",
        "schema": schema(),
    });
    operation.add_answer_header("Read-After", read_after);
}

fn schema() -> serde_json::Value {
    json!({"type": "string", "pattern": format!("^[0-9]{{1,{DIGITS_MAX}}}$")})
}

/// Such texts are always a header's value.
fn insert(response: &mut Response, name: &'static str, text: String) {
    let value = HeaderValue::try_from(text).ok();
    response.headers_mut().extend(value.map(|value| (HeaderName::from_static(name), value)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::headers;

    fn read(lines: &[&str]) -> Result<Option<u64>, Problem> {
        let read = ReadAfter::read(&headers(READ_AFTER, lines))?;
        Ok(read.0.map(|Position(number)| number))
    }

    #[test]
    fn a_position_is_read_as_it_was_answered_or_not_at_all() {
        assert_eq!(read(&[]).unwrap(), None);
        assert_eq!(read(&["1796098765432100"]).unwrap(), Some(1_796_098_765_432_100));
        for lines in
            [&[""][..], &["+1"], &["-1"], &["1.0"], &["x"], &["12345678901234567"], &["1", "1"]]
        {
            assert!(read(lines).is_err(), "{lines:?}");
        }
    }
}
