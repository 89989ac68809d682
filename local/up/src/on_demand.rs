//! A part that its first client starts: most tests need no Azurite, and it takes its time.

use std::io;
use std::net::Ipv4Addr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use crate::error::Error;
use crate::part::Part;
use crate::supervisor::Supervisor;

/// A port at which clients may turn to a part before it runs.
#[derive(Debug)]
pub(crate) struct OnDemand {
    listener: TcpListener,
    /// Where clients turn to.
    pub(crate) port: u16,
    /// Where the part will listen.
    behind: u16,
}

impl OnDemand {
    /// A free port for what will listen `behind` it.
    ///
    /// # Errors
    /// `Io`.
    pub(crate) async fn listen(behind: u16) -> Result<Self, Error> {
        let failed = || "cannot listen for a part's clients";
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(Error::io(failed()))?;
        let port = listener.local_addr().map_err(Error::io(failed()))?.port();
        Ok(Self { listener, port, behind })
    }

    async fn accept(&self) -> io::Result<(TcpStream, u16)> {
        self.listener.accept().await.map(|(client, _)| (client, self.behind))
    }
}

/// Starts `part` with its first client, and carries bytes between clients and part.
///
/// # Errors
/// Only errors are returned: the part does not start, or nobody can connect any more.
pub(crate) async fn serve(
    supervisor: &Supervisor,
    part: Part,
    [one, other]: [OnDemand; 2],
) -> Error {
    let mut part = Some(part);
    loop {
        let accepted = tokio::select! {
            accepted = one.accept() => accepted,
            accepted = other.accept() => accepted,
        };
        let (client, behind) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => return Error::io("cannot take a part's client")(error),
        };
        // Those that come meanwhile wait in the listeners' queues.
        if let Some(part) = part.take()
            && let Err(error) = supervisor.start(part).await
        {
            return error;
        }
        tokio::spawn(carry(client, behind));
    }
}

/// Until one of both ends closes; the other is told by the same.
async fn carry(mut client: TcpStream, behind: u16) -> io::Result<()> {
    let mut part = TcpStream::connect((Ipv4Addr::LOCALHOST, behind)).await?;
    copy_bidirectional(&mut client, &mut part).await.map(drop)
}
