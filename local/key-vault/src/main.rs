//! `key-vault`: keys and secrets for the local platform, as Azure Key Vault serves them to its
//! clients.
//!
//! What it cannot do it refuses; nothing here is fit to keep a secret outside a developer's own
//! machine. Reading order: `routes` (what is answered, and to whom), `contents` and `rsa_key` (what
//! is kept), `store` (how), `server` (the connections).

mod arguments;
mod contents;
mod refusal;
mod routes;
mod rsa_key;
mod server;
mod store;

use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use platform_trust::Tokens;

use crate::arguments::{Arguments, USAGE};
use crate::routes::{RESOURCE, Vault};
use crate::store::Store;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse(env::args().skip(1));
    // As platform-identity is told it: what tokens are signed with.
    let (Some(arguments), Ok(secret)) = (arguments, env::var("IDENTITY_HEADER")) else {
        eprintln!("usage: IDENTITY_HEADER=… {USAGE}");
        return ExitCode::FAILURE;
    };
    match serve(&arguments, &secret).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("key-vault: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(arguments: &Arguments, secret: &str) -> Result<(), Box<dyn Error>> {
    let mut store = Store::open(&arguments.data)?;
    store.change(|contents| contents.create_missing(&arguments.keys, &arguments.secrets))?;
    let tls = platform_trust::acceptor(&arguments.tls, &[])?;
    let listener = platform_port::listen(arguments.listen).await?;
    writeln!(io::stdout(), "ready: key-vault https://{}", listener.local_addr()?)?;
    server::serve(listener, tls, Vault::new(store, Tokens::signed_with(secret, RESOURCE))).await
}
