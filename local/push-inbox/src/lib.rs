//! A push hub that shows what it takes instead of bringing it to Apple and Google: to developers,
//! as a program, and to tests, as a part of theirs.
//!
//! Reading order: `routes` (the two sides), `inbox` (what is kept, and what goes wrong), `page`
//! (what is shown).

mod inbox;
mod page;
mod routes;

use std::error::Error;
use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::ToSocketAddrs;

pub use inbox::{Faults, Inbox, Push};

/// Serves an inbox at an address until the runtime ends; where that is.
///
/// # Errors
/// The address cannot be listened on.
pub async fn serve(
    inbox: Arc<Inbox>,
    address: impl ToSocketAddrs + Display,
) -> Result<SocketAddr, Box<dyn Error>> {
    let listener = platform_port::listen(address).await?;
    let address = listener.local_addr()?;
    tokio::spawn(warp::serve(routes::all(inbox)).incoming(listener).run());
    Ok(address)
}
