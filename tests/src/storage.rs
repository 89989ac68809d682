//! The storage account: what clients upload by links, and what operators bring into it.

use std::time::Duration;

use reqwest::{Certificate, Client, Response};
use serde_json::Value;
use test_client::Mismatch;

use crate::http::{Api, OverHttp};
use crate::platform::Addresses;
use crate::{Error, same};

/// For a whole upload.
const UPLOAD_LIMIT: Duration = Duration::from_secs(30);
const API_VERSION: &str = "2026-04-06";
const TOKEN: &str = "/msi/token?api-version=2019-08-01&resource=https://storage.azure.com";

/// Uploads by a link that `onboarding` gave, and answers the status.
///
/// # Errors
/// `NoAnswer`, or `Platform` when the account cannot be trusted.
pub async fn upload(addresses: &Addresses, link: &Value, bytes: Vec<u8>) -> Result<u16, Error> {
    let url = link["url"].as_str().unwrap_or_default();
    let mut put = client(addresses)?.put(url).header("content-length", bytes.len());
    for header in link["headers"].as_array().into_iter().flatten() {
        let text = |field: &str| header[field].as_str().unwrap_or_default();
        put = put.header(text("name"), text("value"));
    }
    // Whoever has the link can upload, so it is named nowhere.
    let sent = put.body(bytes).send().await;
    let answer = sent.map_err(|source| no_answer("PUT a document", source.without_url()))?;
    Ok(answer.status().as_u16())
}

/// Brings a file into a container, as an operator whom the account lets in.
///
/// # Errors
/// As `upload`, or `Mismatch` when the account refuses it.
pub(crate) async fn bring(
    addresses: &Addresses,
    (container, name): (&str, &str),
    bytes: Vec<u8>,
) -> Result<(), Error> {
    let token = token(addresses).await?;
    let put = |path: &str| {
        let put = client(addresses)?.put(format!("{}/{path}", addresses.blobs));
        Ok::<_, Error>(put.bearer_auth(&token).header("x-ms-version", API_VERSION))
    };
    // In Azure the container comes with the account.
    let made = put(&format!("{container}?restype=container"))?.header("content-length", 0);
    let made = status("the container", made.send().await)?;
    same("the container is there", &matches!(made, 201 | 409), &true)?;
    let file = put(&format!("{container}/{name}"))?.header("x-ms-blob-type", "BlockBlob");
    let file = file.header("content-length", bytes.len()).body(bytes);
    same("the file's upload", &status("the file", file.send().await)?, &201)
}

/// How many messages a queue has, also those that somebody is working on; none if it is not there.
///
/// # Errors
/// As `upload`, or `Mismatch` when the account does not tell.
pub async fn messages_in(addresses: &Addresses, queue: &str) -> Result<u64, Error> {
    let ask = client(addresses)?.get(format!("{}/{queue}?comp=metadata", addresses.queues));
    let ask = ask.bearer_auth(token(addresses).await?).header("x-ms-version", API_VERSION);
    let answer = ask.send().await.map_err(|source| no_answer("GET a queue", source))?;
    if answer.status().as_u16() == 404 {
        return Ok(0);
    }
    let count = answer.headers().get("x-ms-approximate-messages-count");
    let count = count.and_then(|count| count.to_str().ok()?.parse().ok());
    count.ok_or_else(|| {
        let (expected, came) = ("a number".to_owned(), answer.status().to_string());
        Mismatch { what: "messages of a queue".to_owned(), expected, came }.into()
    })
}

/// What lets an app into the account.
async fn token(addresses: &Addresses) -> Result<String, Error> {
    let asked = Api::new(&addresses.identity).get(TOKEN);
    let asked = asked.header("x-identity-header", &addresses.identity_header()?);
    let token: Value = asked.send().await?.parse(200)?;
    Ok(token["access_token"].as_str().unwrap_or_default().to_owned())
}

fn status(what: &str, sent: Result<Response, reqwest::Error>) -> Result<u16, Error> {
    let answer = sent.map_err(|source| no_answer(what, source))?;
    Ok(answer.status().as_u16())
}

fn no_answer(what: &str, source: reqwest::Error) -> Error {
    Error::NoAnswer { what: what.to_owned(), source }
}

/// One that trusts the platform's own authority.
fn client(addresses: &Addresses) -> Result<Client, Error> {
    let untrusted = |error: reqwest::Error| Error::Platform(format!("its certificate: {error}"));
    let authority = Certificate::from_pem(&addresses.authority()?).map_err(untrusted)?;
    let client = Client::builder().timeout(UPLOAD_LIMIT).tls_certs_merge([authority]);
    client.build().map_err(untrusted)
}
