//! Requests whose sender is known by a signature over all of them (RFC 9421), and by no token: a
//! handler checks it, and reads the body only then.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde_json::json;
use utoipa::ToSchema;
use warp::Filter;

use super::InputFilter;
use super::document::Operation;
use super::foreign::{WholeRequest, whole_request};
use super::input::Input;
use super::shape::Shape;
use crate::body::{self, BODY_BYTES_MAX};
use crate::problem::Problem;

/// A signed request without a body of its own.
pub struct SignedRequest(pub WholeRequest);

/// A signed request with a JSON body, which nobody has read.
pub struct SignedBody<T> {
    /// The request.
    pub request: WholeRequest,
    shape: Shape,
    of: PhantomData<fn() -> T>,
}

impl WholeRequest {
    /// Its body.
    ///
    /// # Errors
    /// 413 if that is longer than an API route reads.
    pub fn whole_body(&self) -> Result<&[u8], Problem> {
        Ok(self.body.as_deref().ok_or_else(|| body::too_large(BODY_BYTES_MAX))?)
    }
}

impl<T: DeserializeOwned> SignedBody<T> {
    /// What the body says, if it has the documented shape.
    ///
    /// # Errors
    /// 400, 413 or 415, as of any other body.
    pub fn read(&self) -> Result<T, Problem> {
        body::says_json(&self.request.headers, &[body::JSON])?;
        self.shape.read(self.request.whole_body()?)
    }
}

impl Input for SignedRequest {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        describe(operation);
        whole_request().map(Self).boxed()
    }
}

impl<T: DeserializeOwned + ToSchema + Send + 'static> Input for SignedBody<T> {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        describe(operation);
        operation.add_parameter(json!({
            "name": "Content-Digest",
            "in": "header",
            "required": true,
            "description": "The digest of the body (RFC 9530): `sha-256`, `sha-512` or both.",
            "schema": {"type": "string"},
        }));
        operation.take_body::<T>(&[body::JSON]);
        let shape = Shape::of::<T>();
        whole_request()
            .map(move |request| Self { request, shape: shape.clone(), of: PhantomData })
            .boxed()
    }
}

fn describe(operation: &mut Operation) {
    operation.require_signature();
    operation.add_parameter(json!({
        "name": "Signature-Input",
        "in": "header",
        "required": true,
        "description": "What is signed, when, and with which key (RFC 9421); one signature.",
        "schema": {"type": "string"},
    }));
}
