//! `trace-view --listen ADDRESS`: takes telemetry as Application Insights' ingestion does, and
//! shows its traces to developers and tests.
//!
//! Reading order: `routes` (the two sides), `breeze` (what is sent), `telemetry` (what is kept),
//! `trace` (items put together), `page` (what is shown).

mod breeze;
mod page;
mod routes;
mod telemetry;
mod trace;

use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use crate::telemetry::Telemetry;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(address) = listen_address() else {
        eprintln!("usage: trace-view --listen ADDRESS");
        return ExitCode::FAILURE;
    };
    match serve(&address).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("trace-view: {error}");
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
    writeln!(io::stdout(), "ready: trace-view http://{}", listener.local_addr()?)?;
    warp::serve(routes::all(Arc::new(Telemetry::default()))).incoming(listener).run().await;
    Ok(())
}
