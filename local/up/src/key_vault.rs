//! Our stand-in for Azure Key Vault.

use std::ffi::OsString;
use std::path::Path;

use crate::error::Error;
use crate::part::Part;

/// The setting with the secret that managed identity's callers send, which its tokens are signed
/// with.
pub(crate) const IDENTITY_SECRET: &str = "IDENTITY_HEADER";

/// The keys that services wrap data keys with.
const KEYS: [&str; 5] =
    ["personal-data", "documents", "merchant-credentials", "webhook-secrets", "phones"];

/// The vault as a part, its contents in `folder`, with these secrets: each is random at the first
/// start and then kept. It takes the tokens that are signed with `identity_secret`.
///
/// # Errors
/// `NotBuilt`.
pub(crate) fn part(
    tls: &Path,
    folder: &Path,
    port: u16,
    identity_secret: &str,
    secrets: &[&str],
) -> Result<Part, Error> {
    let mut args: Vec<OsString> = vec!["--tls".into(), tls.into(), "--data".into(), folder.into()];
    args.extend(KEYS.iter().flat_map(|key| ["--key".into(), key.into()]));
    args.extend(secrets.iter().flat_map(|secret| ["--secret".into(), secret.into()]));
    let mut part = Part::of_workspace("key-vault", port, args)?;
    part.env.push((IDENTITY_SECRET.to_owned(), identity_secret.to_owned()));
    Ok(part)
}

/// The vault's URL at a port.
pub(crate) fn url(port: u16) -> String {
    format!("https://127.0.0.1:{port}")
}
