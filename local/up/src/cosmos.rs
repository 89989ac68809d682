//! Our stand-in for Azure Cosmos DB.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use crate::error::Error;
use crate::key_vault::IDENTITY_SECRET;
use crate::part::Part;
use crate::programs::CHECKOUT;

/// Its start does all writes again that it keeps.
const READY_LIMIT: Duration = Duration::from_secs(180);
/// What Bicep makes in an environment. The containers are the same in each.
const DEPLOYMENT: &str = "bicep/env/dev.snapshot.json";

/// The account as a part. Its data are in `folder`, and end with it without one. It takes the
/// tokens that are signed with `identity_secret`.
///
/// # Errors
/// `NotBuilt`.
pub(crate) fn part(
    tls: &Path,
    folder: Option<&Path>,
    port: u16,
    identity_secret: &str,
) -> Result<Part, Error> {
    let deployment = Path::new(CHECKOUT).join(DEPLOYMENT);
    let mut args: Vec<OsString> = vec!["--tls".into(), tls.into()];
    args.extend(["--deployment".into(), deployment.into()]);
    if let Some(folder) = folder {
        args.extend(["--data".into(), folder.into()]);
    }
    let mut part = Part::of_workspace("cosmos-emulator", port, args)?;
    part.ready_limit = READY_LIMIT;
    part.env.push((IDENTITY_SECRET.to_owned(), identity_secret.to_owned()));
    Ok(part)
}

/// The account's URL at a port.
pub(crate) fn url(port: u16) -> String {
    format!("https://127.0.0.1:{port}")
}
