//! The `$cbs` node: takes the token that a client shows for an address.

use fe2o3_amqp_types::{
    messaging::{AmqpValue, Body},
    primitives::Value,
};

use crate::{
    access::Access,
    address,
    event::AnyMessage,
    hubs::Hubs,
    request::{Reply, text_property},
};

/// Answers `put-token`. Who shows no good token learns nothing of the hubs.
pub(crate) fn put_token(request: &AnyMessage, hubs: &Hubs, access: &Access) -> Reply {
    match text_property(request, "operation") {
        Some("put-token") => {}
        Some(other) => return Reply::status(501, format!("{other} is not put-token")),
        None => return Reply::status(400, "the request names no operation"),
    }
    let Some(audience) = text_property(request, "name") else {
        return Reply::status(400, "the request names no audience");
    };
    let is_good = match &request.body {
        Body::Value(AmqpValue(Value::String(token))) => access.show(token, audience, hubs),
        Body::Value(_) | Body::Data(_) | Body::Sequence(_) | Body::Empty => false,
    };
    if !is_good {
        return Reply::status(401, "the token is not signed for this, or not good at this time");
    }
    match address::hub_of(audience).map(|name| access.hub(name, hubs)) {
        // Who asks for properties hears of it there: the SDKs keep to themselves what they are
        // told here.
        Some(Err(denied)) if !audience.ends_with("/$management") => {
            Reply::status(404, denied.to_string())
        }
        Some(Ok(_) | Err(_)) | None => Reply::status(202, "Accepted"),
    }
}
