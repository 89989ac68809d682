//! What surrounds a handler, from outside: who is let in, what HTTP asks, what a request costs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod callers;
mod connections;
mod document;
mod requests;
mod step_up;
mod work;

use serde::{Deserialize, Serialize};
use service::trace::TraceContext;
use service::{
    Accepted, Administrator, Api, Caller, Change, Error, Id, IfMatch, Json, MergePatch, Public,
    Routes, TokenVerifier, Versioned,
};
use testkit::TokenIssuer;
use utoipa::ToSchema;
use values::{IdempotencyKey, Language, PaymentId};

/// A thing, as it is sent and answered.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Thing {
    name: String,
    note: Option<String>,
}

/// What is changed of a thing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeThing {
    #[serde(default)]
    #[schema(value_type = String)]
    name: Change<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    note: Change<Option<String>>,
}

/// Everything that a handler of a POST can take.
async fn create_thing(
    (): (),
    Id(_id): Id<PaymentId>,
    _caller: Caller,
    _key: IdempotencyKey,
    _trace: TraceContext,
    Json(thing): Json<Thing>,
) -> Result<Accepted<Thing>, Error> {
    Ok(Accepted(thing))
}

async fn read_thing((): (), _caller: Caller) -> Result<Json<Thing>, Error> {
    Ok(Json(Thing { name: "thing".to_owned(), note: None }))
}

async fn read_things((): (), _staff: Administrator) -> Result<Json<Thing>, Error> {
    Ok(Json(Thing { name: "thing".to_owned(), note: None }))
}

async fn read_versioned((): ()) -> Result<Versioned<Thing>, Error> {
    Ok(Versioned { version: 7, body: Thing { name: "thing".to_owned(), note: None } })
}

async fn change_versioned(
    (): (),
    if_match: IfMatch,
    MergePatch(input): MergePatch<ChangeThing>,
) -> Result<Versioned<Thing>, Error> {
    if_match.require(7)?;
    let name = input.name.given().unwrap_or("thing".to_owned());
    let note = input.note.given().unwrap_or(Some("kept".to_owned()));
    Ok(Versioned { version: 8, body: Thing { name, note } })
}

async fn read_public((): (), language: Language) -> Result<Public<Thing>, Error> {
    Ok(Public { language, body: Thing { name: language.code().to_owned(), note: None } })
}

async fn echo((): (), Json(thing): Json<Thing>) -> Result<Json<Thing>, Error> {
    Ok(Json(thing))
}

async fn break_off((): ()) -> Result<Json<Thing>, Error> {
    panic!("as a route should not")
}

fn routes(tokens: &TokenVerifier) -> Routes {
    Api::new("things", "Things", (), tokens)
        .get("/api/v1/things/me", "Reads the caller's thing.", read_thing)
        .post("/api/v1/things", "Answers what it was sent.", echo)
        .post("/api/v1/things/{payment_id}", "Creates a thing.", create_thing)
        .get("/api/v1/things/versioned", "Reads a thing that changes.", read_versioned)
        .patch("/api/v1/things/versioned", "Changes it.", change_versioned)
        .get("/api/v1/things/public", "Reads what anybody may.", read_public)
        .get("/api/v1/things/staff", "Reads all things.", read_things)
        .get("/api/v1/things/panic", "Panics.", break_off)
        .finish(Vec::new())
}

async fn issuer_and_routes() -> (TokenIssuer, Routes) {
    let issuer = TokenIssuer::start().await;
    let routes = routes(&TokenVerifier::follow(&issuer.auth_url).unwrap());
    (issuer, routes)
}
