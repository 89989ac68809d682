//! `push-inbox --listen ADDRESS`: takes pushes as Azure Notification Hubs does, and shows them to
//! developers and tests instead of sending them.

use std::env;
use std::error::Error;
use std::future::pending;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use push_inbox::Inbox;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(address) = listen_address() else {
        eprintln!("usage: push-inbox --listen ADDRESS");
        return ExitCode::FAILURE;
    };
    match serve(&address).await {
        Ok(()) => pending().await,
        Err(error) => {
            eprintln!("push-inbox: {error}");
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
    let address = push_inbox::serve(Arc::new(Inbox::default()), address).await?;
    writeln!(io::stdout(), "ready: push-inbox http://{address}")?;
    Ok(())
}
