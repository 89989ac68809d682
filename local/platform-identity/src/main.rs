//! `platform-identity --listen ADDRESS`: the managed-identity endpoint that App Service gives each
//! app, and what stands for Entra ID where people who are staff log in.
//!
//! `IDENTITY_HEADER` is the secret that callers must send, as in Azure, and the one that tokens are
//! signed with. Reading order: `routes`, `token`, `sign_in`, `codes`, `people`.

mod codes;
mod people;
mod routes;
mod sign_in;
mod token;

use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use people::People;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let (Some(address), Ok(secret)) = (listen_address(), env::var("IDENTITY_HEADER")) else {
        eprintln!("usage: IDENTITY_HEADER=… platform-identity --listen ADDRESS");
        return ExitCode::FAILURE;
    };
    match serve(&address, secret).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("platform-identity: {error}");
            ExitCode::FAILURE
        }
    }
}

fn listen_address() -> Option<String> {
    let args: Vec<String> = env::args().skip(1).collect();
    match args.as_slice() {
        [flag, address] if flag == "--listen" => Some(address.clone()),
        _ => None,
    }
}

async fn serve(address: &str, secret: String) -> Result<(), Box<dyn Error>> {
    let listener = platform_port::listen(address).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let people = People::new(&url)?;
    writeln!(io::stdout(), "ready: platform-identity {url}")?;
    warp::serve(routes::all(secret, people)).incoming(listener).run().await;
    Ok(())
}
