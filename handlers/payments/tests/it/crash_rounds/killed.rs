//! What is killed in a round, beside the broker.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use tokio::time::sleep;

use super::Handler;
use super::server::Server;
use crate::Fixture;

/// In turns, from round to round.
#[derive(Debug, Clone, Copy)]
pub(super) enum Killed {
    /// Either is the first to go, and the handler may see that its database is away.
    HandlerAndDatabase,
    Database,
    /// As a failover of the server kills them.
    HandlerAndConnections,
    Handler,
}

impl Killed {
    pub(super) const fn in_round(round: u64) -> Self {
        match round % 4 {
            1 => Self::HandlerAndDatabase,
            2 => Self::Database,
            3 => Self::HandlerAndConnections,
            _ => Self::Handler,
        }
    }

    /// Gives the handler back if it lives on. Another outlives its database for that long.
    pub(super) async fn crash(
        self,
        handler: Handler,
        handler_lives: Duration,
        server: &mut Server,
        fixture: &Fixture,
    ) -> Option<Handler> {
        match self {
            Self::HandlerAndDatabase => {
                let end_handler = async {
                    sleep(handler_lives).await;
                    drop(handler);
                };
                tokio::join!(server.crash(), end_handler);
            }
            Self::Database => {
                server.crash().await;
                return Some(handler);
            }
            Self::HandlerAndConnections => {
                kill_connections(fixture).await;
                drop(handler);
            }
            Self::Handler => drop(handler),
        }
        None
    }
}

async fn kill_connections(fixture: &Fixture) {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "SELECT ID FROM information_schema.PROCESSLIST
        WHERE DB = DATABASE() AND ID <> CONNECTION_ID() AND COMMAND = 'Query'";
    for id in conn.query::<u64, _>(sql).await.unwrap() {
        // Whoever has gone by now needs no killing.
        let _ = conn.query_drop(format!("KILL {id}")).await;
    }
}
