//! `sms-inbox --listen ADDRESS`: takes text messages as Azure Communication Services does, and
//! shows them to developers and tests instead of sending them.
//!
//! Reading order: `routes` (the two sides), `inbox` (what is kept), `page` (what is shown).

mod inbox;
mod page;
mod routes;

use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use crate::inbox::Inbox;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(address) = listen_address() else {
        eprintln!("usage: sms-inbox --listen ADDRESS");
        return ExitCode::FAILURE;
    };
    match serve(&address).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sms-inbox: {error}");
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

async fn serve(address: &str) -> Result<(), Box<dyn Error>> {
    let listener = platform_port::listen(address).await?;
    writeln!(io::stdout(), "ready: sms-inbox http://{}", listener.local_addr()?)?;
    warp::serve(routes::all(Arc::new(Inbox::default()))).incoming(listener).run().await;
    Ok(())
}
