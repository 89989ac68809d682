//! A request to a node, and the reply to it.

use fe2o3_amqp_types::{
    messaging::{AmqpValue, ApplicationProperties, Body, Message, Properties},
    primitives::{OrderedMap, SimpleValue, Value},
};

use crate::event::AnyMessage;

/// The answer to a request.
#[derive(Debug)]
pub(crate) struct Reply {
    /// As in HTTP.
    pub(crate) status: u16,
    pub(crate) description: String,
    pub(crate) body: OrderedMap<Value, Value>,
}

impl Reply {
    /// A reply without a body.
    pub(crate) fn status(status: u16, description: impl Into<String>) -> Self {
        Self { status, description: description.into(), body: OrderedMap::new() }
    }

    /// The reply as it goes to whoever sent the request with these properties.
    pub(crate) fn into_message(self, request: Properties) -> AnyMessage {
        let mut properties = Properties::new();
        properties.correlation_id = request.message_id;
        properties.to = request.reply_to;
        let application_properties = ApplicationProperties::builder()
            .insert("status-code", i32::from(self.status))
            .insert("status-description", self.description)
            .build();
        Message::builder()
            .properties(properties)
            .application_properties(application_properties)
            .body(Body::Value(AmqpValue(Value::Map(self.body))))
            .build()
    }
}

/// A text among a request's application properties.
pub(crate) fn text_property<'a>(request: &'a AnyMessage, name: &str) -> Option<&'a str> {
    let ApplicationProperties(properties) = request.application_properties.as_ref()?;
    if let SimpleValue::String(text) = properties.get(name)? { Some(text) } else { None }
}
