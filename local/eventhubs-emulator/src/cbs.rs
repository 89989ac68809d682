//! The `$cbs` node: takes the token a client presents for an address. Any token will do here, but
//! there must be one, and the hub must exist.

use fe2o3_amqp_types::{
    messaging::{AmqpValue, Body},
    primitives::Value,
};

use crate::{
    address::Address,
    event::AnyMessage,
    hubs::Hubs,
    request::{Reply, text_property},
};

/// Answers `put-token`.
pub(crate) fn put_token(request: &AnyMessage, hubs: &Hubs) -> Reply {
    match text_property(request, "operation") {
        Some("put-token") => {}
        Some(other) => return Reply::status(501, format!("{other} is not put-token")),
        None => return Reply::status(400, "the request names no operation"),
    }
    let audience = text_property(request, "name").and_then(Address::parse);
    if let Some(hub) = audience.and_then(|address| address.hub())
        && hubs.get(hub).is_none()
    {
        return Reply::status(404, format!("the event hub {hub} does not exist"));
    }
    match &request.body {
        Body::Value(AmqpValue(Value::String(token))) if !token.is_empty() => {
            Reply::status(202, "Accepted")
        }
        Body::Value(_) | Body::Data(_) | Body::Sequence(_) | Body::Empty => {
            Reply::status(401, "the request holds no token")
        }
    }
}
