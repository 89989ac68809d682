//! What the vault answers: the operations on keys and secrets that the platform uses, and those
//! with which people rotate them.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::error::Unspecified;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, WWW_AUTHENTICATE};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use platform_trust::Tokens;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::contents::{Contents, Secret, Version};
use crate::refusal::Refusal;
use crate::rsa_key::{ALGORITHM, RsaKey};
use crate::store::Store;

/// The longest secret in JSON's escapes.
const BODY_BYTES_MAX: usize = 160 * 1024;
const BODY_LIMIT: Duration = Duration::from_secs(10);
/// What tokens are asked for. Clients insist that the vault's host is below the resource's, which
/// no address is; of a scheme that they do not know they read no host.
pub(crate) const RESOURCE: &str = "vault://0.0.1";
/// Nobody asks there: the identity endpoint is known from the environment.
const AUTHORITY: &str = "https://login.microsoftonline.com/9b0a6c1e-53c4-4c5e-8f57-5f1f6c0f7a01";

/// The vault.
pub(crate) struct Vault {
    store: Mutex<Store>,
    tokens: Tokens,
}

/// The body of `wrapkey` and `unwrapkey`; the bytes are in base64url.
#[derive(Deserialize)]
struct KeyOperation {
    alg: String,
    value: String,
}

#[derive(Deserialize)]
struct NewKey {
    kty: String,
    #[serde(default)]
    key_size: Option<u32>,
}

impl Vault {
    pub(crate) fn new(store: Store, tokens: Tokens) -> Self {
        Self { store: Mutex::new(store), tokens }
    }

    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let answer = self.operate(request).await;
        let (status, body) = match &answer {
            Ok(body) => (StatusCode::OK, body.clone()),
            Err(refusal) => (refusal.status(), refusal.body()),
        };
        let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if answer == Err(Refusal::Unauthorized)
            && let Ok(challenge) =
                format!("Bearer authorization=\"{AUTHORITY}\", resource=\"{RESOURCE}\"").parse()
        {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }

    async fn operate(&self, request: Request<Incoming>) -> Result<Value, Refusal> {
        // First of all, so that strangers learn nothing.
        let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer "));
        if !token.is_some_and(|token| self.tokens.admit(token)) {
            return Err(Refusal::Unauthorized);
        }
        let base = base(request.headers())?;
        let (head, body) = request.into_parts();
        let body = timeout(BODY_LIMIT, Limited::new(body, BODY_BYTES_MAX).collect()).await;
        let body = body.map_err(|_| Refusal::TooLong)?.map_err(|_| Refusal::TooLong)?.to_bytes();
        let path: Vec<&str> = head.uri.path().split('/').skip(1).collect();
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        match (&head.method, &*path) {
            (&Method::GET, _) => read(store.contents(), &base, &path),
            // Without a version there are two slashes in a row.
            (&Method::POST, ["keys", name, version, "wrapkey"]) => {
                let key = store.contents().key(name, version)?;
                let result = operation(&body, |bytes| key.value.wrap(bytes))?;
                Ok(json!({ "kid": id(&base, "keys", name, &key.id), "value": result }))
            }
            (&Method::POST, ["keys", name, version, "unwrapkey"]) => {
                let key = store.contents().key(name, version)?;
                let result = operation(&body, |bytes| key.value.unwrap(bytes))?;
                Ok(json!({ "kid": id(&base, "keys", name, &key.id), "value": result }))
            }
            (&Method::POST, ["keys", name, "create"]) => {
                let new: NewKey = parse(&body)?;
                if new.kty != "RSA" || new.key_size.is_some_and(|bits| bits != 2048) {
                    return Err(Refusal::BadParameter("keys here are RSA of 2048 bits"));
                }
                store.change(|contents| key_bundle(&base, name, contents.add_key(name)?))
            }
            (&Method::POST, ["keys", name, "rotate"]) => store.change(|contents| {
                contents.key(name, "")?;
                key_bundle(&base, name, contents.add_key(name)?)
            }),
            (&Method::PUT, ["secrets", name]) => {
                let secret: Secret = parse(&body)?;
                let add = |contents: &mut Contents| {
                    Ok(secret_bundle(&base, name, contents.add_secret(name, secret)?))
                };
                store.change(add)
            }
            _ => Err(Refusal::NoSuchOperation),
        }
    }
}

fn read(contents: &Contents, base: &str, path: &[&str]) -> Result<Value, Refusal> {
    match path {
        ["keys", name] => key_bundle(base, name, contents.key(name, "")?),
        ["keys", name, version] => key_bundle(base, name, contents.key(name, version)?),
        ["secrets"] => {
            let newest = contents.secrets.iter().filter_map(|(name, versions)| {
                let newest = versions.last()?;
                let id = format!("{base}/secrets/{name}");
                Some(json!({ "id": id, "attributes": attributes(newest) }))
            });
            Ok(json!({ "value": newest.collect::<Vec<_>>(), "nextLink": null }))
        }
        ["secrets", name, "versions"] => {
            let versions = contents.secrets.get(*name).ok_or(Refusal::SecretNotFound)?;
            let items = versions.iter().map(|version| {
                let id = id(base, "secrets", name, &version.id);
                json!({ "id": id, "attributes": attributes(version) })
            });
            Ok(json!({ "value": items.collect::<Vec<_>>(), "nextLink": null }))
        }
        ["secrets", name] => Ok(secret_bundle(base, name, contents.secret(name, "")?)),
        ["secrets", name, version] => {
            Ok(secret_bundle(base, name, contents.secret(name, version)?))
        }
        _ => Err(Refusal::NoSuchOperation),
    }
}

fn operation(
    body: &[u8],
    operate: impl FnOnce(&[u8]) -> Result<Vec<u8>, Unspecified>,
) -> Result<String, Refusal> {
    let operation: KeyOperation = parse(body)?;
    if operation.alg != ALGORITHM {
        return Err(Refusal::BadParameter("alg must be RSA-OAEP-256"));
    }
    let value = URL_SAFE_NO_PAD.decode(operation.value);
    let value = value.map_err(|_| Refusal::BadParameter("value must be base64url"))?;
    let result = operate(&value);
    let result = result.map_err(|Unspecified| Refusal::BadParameter("the key cannot do it"))?;
    Ok(URL_SAFE_NO_PAD.encode(result))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::BadParameter("the body is not as expected"))
}

/// The vault's address as the client calls it, which is what ids begin with.
fn base(headers: &HeaderMap) -> Result<String, Refusal> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.ok_or(Refusal::BadParameter("there must be a Host"))?;
    Ok(format!("https://{host}"))
}

fn id(base: &str, kind: &str, name: &str, version: &str) -> String {
    format!("{base}/{kind}/{name}/{version}")
}

fn attributes<T>(version: &Version<T>) -> Value {
    let created = version.created;
    json!({ "enabled": true, "created": created, "updated": created })
}

fn key_bundle(base: &str, name: &str, key: &Version<RsaKey>) -> Result<Value, Refusal> {
    let [n, e] = key.value.public().map_err(|Unspecified| Refusal::NotKept)?;
    let operations = ["wrapKey", "unwrapKey"];
    let kid = id(base, "keys", name, &key.id);
    let public = json!({ "kid": kid, "kty": "RSA", "key_ops": operations, "n": n, "e": e });
    Ok(json!({ "key": public, "attributes": attributes(key) }))
}

fn secret_bundle(base: &str, name: &str, secret: &Version<Secret>) -> Value {
    let id = id(base, "secrets", name, &secret.id);
    let Secret { value, content_type } = &secret.value;
    let attributes = attributes(secret);
    match content_type {
        Some(kind) => {
            json!({ "id": id, "value": value, "contentType": kind, "attributes": attributes })
        }
        None => json!({ "id": id, "value": value, "attributes": attributes }),
    }
}
