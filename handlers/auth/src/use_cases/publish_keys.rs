//! Other services learn the public keys of all tokens.

use serde_json::json;
use service::{Answer, Error, Operation};
use warp::Reply;
use warp::http::StatusCode;
use warp::reply::Response;

use crate::App;

/// A JWK set (RFC 7517).
pub(crate) struct KeySet(App);

impl Answer for KeySet {
    fn describe(operation: &mut Operation) {
        operation.answer(
            StatusCode::OK,
            json!({"application/json": {"schema": {
                "type": "object",
                "description": "A JWK set (RFC 7517).",
                "required": ["keys"],
                "properties": {"keys": {"type": "array", "items": {"type": "object"}}},
            }}}),
        );
    }

    fn into_response(self) -> Response {
        warp::reply::json(self.0.signer.key_set()).into_response()
    }
}

pub(crate) async fn publish_keys(app: App) -> Result<KeySet, Error> {
    Ok(KeySet(app))
}
