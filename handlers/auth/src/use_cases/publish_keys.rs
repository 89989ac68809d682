//! Other services learn the public keys of all tokens, and the policy of step-up.

use serde_json::json;
use service::{Answer, Error, Operation};
use warp::Reply;
use warp::http::StatusCode;
use warp::reply::Response;

use crate::App;

/// A JWK set (RFC 7517), with the policy as another member of it. The rules are no secret: nothing
/// rests on a thief not knowing them.
pub(crate) struct KeySet(App);

impl Answer for KeySet {
    fn describe(operation: &mut Operation) {
        operation.answer(
            StatusCode::OK,
            json!({"application/json": {"schema": {
                "type": "object",
                "description": "A JWK set (RFC 7517), and the policy of step-up that holds.",
                "required": ["keys", "step_up_policy"],
                "properties": {
                    "keys": {"type": "array", "items": {"type": "object"}},
                    "step_up_policy": {"type": "object"},
                },
            }}}),
        );
    }

    fn into_response(self) -> Response {
        let (keys, policy) = (&self.0.signer.key_set().keys, self.0.tokens.policy());
        warp::reply::json(&json!({"keys": keys, "step_up_policy": *policy})).into_response()
    }
}

pub(crate) async fn publish_keys(app: App) -> Result<KeySet, Error> {
    Ok(KeySet(app))
}
