//! `cosmos-emulator`: an Azure Cosmos DB account for NoSQL on this machine.
//!
//! The account is Microsoft's own, in memory, as the driver of their Rust SDK brings it for its
//! tests. Around it stands what it lacks: HTTP, tokens, data that outlive a kill, and a clear
//! refusal where it would answer wrongly. README.md says what it can do. Reading order:
//! `operations` (what a request is), `routes` (what is done with it), `account` (Microsoft's part),
//! `changes` and `log` (what is kept), `containers` (what there is), `page`, `server`.

mod account;
mod arguments;
mod changes;
mod containers;
mod log;
mod operations;
mod page;
mod refusal;
mod routes;
mod server;
mod token;

use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use platform_trust::Tokens;

use crate::account::Account;
use crate::arguments::{Arguments, USAGE};
use crate::containers::Containers;
use crate::log::Log;
use crate::routes::Service;

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
            eprintln!("cosmos-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(arguments: &Arguments, secret: &str) -> Result<(), Box<dyn Error>> {
    let containers = Containers::of_deployment(&arguments.deployment)?;
    let listener = platform_port::listen(arguments.listen).await?;
    let url = format!("https://{}", listener.local_addr()?);
    // Rust's SDK speaks HTTP/2, unless it is told not to.
    let tls = platform_trust::acceptor(&arguments.tls, &["h2", "http/1.1"])?;
    let account = Account::new(&url, &containers)?;
    let log = match &arguments.data {
        Some(folder) => Some(Log::open(folder, &account).await?),
        None => None,
    };
    writeln!(io::stdout(), "ready: cosmos-emulator {url}")?;
    let tokens = Tokens::signed_with(secret, token::RESOURCE);
    server::serve(listener, tls, Service::new(account, containers, log, tokens)).await
}
