//! The ports of 127.0.0.1 that one platform uses: a two-digit base, then three digits per part.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::error::Error;

/// Stands in all committed settings; another base replaces it.
const SETTINGS_BASE: u16 = 27;
/// 32 keeps the highest port, 32673, below 32768: from there on Linux takes ports for its clients,
/// also while no part listens yet. Below 20 are those that `platform_port::free` tells.
const BASES: std::ops::RangeInclusive<u16> = 20..=32;
/// The parts of a killed platform need a moment to end and free their ports.
const FREE_LIMIT: Duration = Duration::from_secs(3);
const FREE_POLL: Duration = Duration::from_millis(100);

/// Ports derived from a base.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    base: u16,
    pub(crate) status_page: u16,
    pub(crate) front_door: u16,
    pub(crate) identity: u16,
    pub(crate) sms_inbox: u16,
    pub(crate) push_inbox: u16,
    pub(crate) key_vault: u16,
    pub(crate) cosmos: u16,
    pub(crate) trace_view: u16,
    pub(crate) blob: u16,
    pub(crate) queue: u16,
    pub(crate) event_grid: u16,
    pub(crate) mysql: u16,
    pub(crate) mysql_replica: u16,
    pub(crate) redis: u16,
    pub(crate) event_hubs: u16,
    pub(crate) event_hubs_admin: u16,
}

impl Ports {
    /// # Errors
    /// `Usage` when `base` is no number in range.
    pub(crate) fn from_base(base: &str) -> Result<Self, Error> {
        let base: u16 = base.parse().ok().filter(|base| BASES.contains(base)).ok_or_else(|| {
            Error::Usage(format!("--port-base must be {} to {}", BASES.start(), BASES.end()))
        })?;
        let port = |offset: u16| base.saturating_mul(1000).saturating_add(offset);
        Ok(Self {
            base,
            status_page: port(70),
            front_door: port(71),
            identity: port(80),
            sms_inbox: port(81),
            push_inbox: port(82),
            key_vault: port(83),
            cosmos: port(84),
            trace_view: port(90),
            blob: port(100),
            queue: port(101),
            event_grid: port(102),
            mysql: port(306),
            mysql_replica: port(307),
            redis: port(379),
            event_hubs: port(672),
            event_hubs_admin: port(673),
        })
    }

    /// `text` with the local addresses of the committed settings moved to these ports.
    pub(crate) fn move_addresses(self, text: &str) -> String {
        // A page with passkeys needs a name.
        let hosts = ["127.0.0.1", "localhost"].into_iter();
        hosts.fold(text.to_owned(), |text, host| {
            let from = format!("{host}:{SETTINGS_BASE}");
            text.replace(&from, &format!("{host}:{}", self.base))
        })
    }

    /// A sentence for each that another process listens on, with what to do.
    pub(crate) async fn taken(self) -> Vec<String> {
        let parts = [
            (self.status_page, "the status page"),
            (self.front_door, "functions-host"),
            (self.identity, "platform-identity"),
            (self.sms_inbox, "sms-inbox"),
            (self.push_inbox, "push-inbox"),
            (self.key_vault, "key-vault"),
            (self.cosmos, "cosmos-emulator"),
            (self.trace_view, "trace-view"),
            (self.blob, "azurite"),
            (self.queue, "azurite"),
            (self.event_grid, "event-grid"),
            (self.mysql, "mariadb-primary"),
            (self.mysql_replica, "mariadb-replica"),
            (self.redis, "redis"),
            (self.event_hubs, "eventhubs-emulator"),
            (self.event_hubs_admin, "eventhubs-emulator"),
        ];
        let began = Instant::now();
        let mut taken = Vec::new();
        for (port, part) in parts {
            while !is_free(port) && began.elapsed() < FREE_LIMIT {
                sleep(FREE_POLL).await;
            }
            if !is_free(port) {
                taken.push((port, part));
            }
        }
        let sentence = |(port, part): (u16, &str)| {
            let by = platform_port::holder(port).unwrap_or_else(|| "another process".to_owned());
            format!("port {port}, for {part}, is taken by {by}; end that, or take --port-base")
        };
        taken.into_iter().map(sentence).collect()
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// A port for a part that is about to start.
///
/// # Errors
/// `Io`.
pub(crate) fn any_free() -> Result<u16, Error> {
    platform_port::free().map_err(Error::io("cannot find a free port"))
}
