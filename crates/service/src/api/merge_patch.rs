//! A change as a JSON merge patch (RFC 7396): what is absent stays, and null clears.

use hyper::body::Bytes;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use utoipa::ToSchema;
use warp::Filter;

use super::document::Operation;
use super::input::Input;
use super::shape::Shape;
use super::{InputFilter, or_reject};
use crate::body;

/// Clients and their libraries know this type better than the patch's own; it means the same here.
const MEDIA_TYPES: &[&str] = &[body::MERGE_PATCH, body::JSON];

/// A merge patch of the documented shape, at every depth, or 400. Its fields are [`Change`]s.
pub struct MergePatch<T>(pub T);

impl<T: DeserializeOwned + ToSchema + Send + 'static> Input for MergePatch<T> {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        operation.take_body::<T>(MEDIA_TYPES);
        let shape = Shape::of::<T>();
        body::json_bytes(MEDIA_TYPES)
            .and_then(move |bytes: Bytes| {
                let read = shape.read(&bytes).map(Self);
                async move { or_reject(read) }
            })
            .boxed()
    }
}

/// What a merge patch says of one field: nothing, or its new value. A field that can be cleared is
/// a `Change<Option<T>>`, and any other refuses null.
///
/// It needs `#[serde(default)]`, since serde asks nobody else about a field that is absent, and
/// `#[schema(value_type = T)]`, since the document knows the value only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<T>(Option<T>);

impl<T> Change<T> {
    /// The new value; none if the field stays as it is.
    pub fn given(self) -> Option<T> {
        self.0
    }
}

impl<T> Default for Change<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        T::deserialize(from).map(|value| Self(Some(value)))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct ChangeThing {
        #[serde(default)]
        #[schema(value_type = String)]
        name: Change<String>,
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        note: Change<Option<String>>,
        #[serde(default)]
        #[schema(value_type = Option<Part>)]
        part: Change<Option<Part>>,
    }

    #[derive(Debug, PartialEq, Eq, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Part {
        size: u32,
    }

    /// The thing `n` with the note `x` and the part 1, changed.
    fn change(patch: &str) -> Option<(String, Option<String>, Option<u32>)> {
        let patch: ChangeThing = Shape::of::<ChangeThing>().read(patch.as_bytes()).ok()?;
        let name = patch.name.given().unwrap_or("n".to_owned());
        let note = patch.note.given().unwrap_or(Some("x".to_owned()));
        let part = patch.part.given().unwrap_or(Some(Part { size: 1 }));
        Some((name, note, part.map(|part| part.size)))
    }

    #[test]
    fn what_is_absent_stays_and_null_clears() {
        let thing = |name: &str, note: Option<&str>, part| {
            Some((name.to_owned(), note.map(str::to_owned), part))
        };
        assert_eq!(change("{}"), thing("n", Some("x"), Some(1)));
        assert_eq!(change(r#"{"name":"m"}"#), thing("m", Some("x"), Some(1)));
        assert_eq!(change(r#"{"note":null,"part":null}"#), thing("n", None, None));
        assert_eq!(change(r#"{"note":"y","part":{"size":2}}"#), thing("n", Some("y"), Some(2)));
    }

    #[test]
    fn what_cannot_be_cleared_and_what_is_not_known_are_refused_at_every_depth() {
        for patch in [
            r#"{"name":null}"#,
            r#"{"name":1}"#,
            r#"{"surprise":1}"#,
            r#"{"part":{"size":2,"surprise":1}}"#,
            r#"{"part":{"size":null}}"#,
            r#"{"part":[2]}"#,
            r#"{"name":"a","name":"b"}"#,
            "[]",
            "null",
            "",
        ] {
            assert_eq!(change(patch), None, "{patch}");
        }
    }
}
