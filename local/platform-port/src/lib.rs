//! The ports of this machine: listening on one, and who already does.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{fs, io, process};

use tokio::net::{TcpListener, ToSocketAddrs};

/// Below those that Linux gives to clients unless it is told otherwise, and beside those of whole
/// platforms: whoever is told one of these has a moment to listen there.
const UNTAKEN_FIRST: u32 = 10_000;
const UNTAKEN_COUNT: u32 = 10_000;
/// How far apart two processes begin to look.
const STRIDE: u32 = 61;

/// Nobody can listen there. `Display` says who does, if that is why, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source}{}", remedy(.address))]
pub struct NoListener {
    address: String,
    source: io::Error,
}

/// Listens on an address.
///
/// # Errors
/// It is no address of this machine, or another process listens there.
pub async fn listen(address: impl ToSocketAddrs + Display) -> Result<TcpListener, NoListener> {
    let named = address.to_string();
    TcpListener::bind(address).await.map_err(|source| NoListener { address: named, source })
}

/// A port of 127.0.0.1 on which nobody listens. This process is told each once, until it was told
/// all.
///
/// # Errors
/// All are taken.
pub fn free() -> io::Result<u16> {
    static TOLD: AtomicU32 = AtomicU32::new(0);
    let first = process::id().wrapping_mul(STRIDE) % UNTAKEN_COUNT;
    for _ in 0..UNTAKEN_COUNT {
        let next = first.saturating_add(TOLD.fetch_add(1, Ordering::Relaxed)) % UNTAKEN_COUNT;
        let port = u16::try_from(UNTAKEN_FIRST.saturating_add(next)).unwrap_or_default();
        if std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::ErrorKind::AddrNotAvailable.into())
}

fn remedy(address: &str) -> String {
    let port = address.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    let holder = port.and_then(|port: u16| holder(port));
    holder.map_or_else(String::new, |holder| {
        format!("; {holder} listens there: end it, or give another address")
    })
}

/// Who listens on a port, such as `redis-server (pid 77)`.
#[must_use]
pub fn holder(port: u16) -> Option<String> {
    let pid = *listeners().get(&port)?;
    Some(format!("{} (pid {pid})", name(pid)?))
}

/// The state of a socket that listens, in `/proc/net/tcp`.
const LISTENING: &str = "0A";
/// Where in its line of `/proc/net/tcp` a socket has its address, its state and its inode.
const ADDRESS: usize = 1;
const STATE: usize = 3;
const INODE: usize = 9;

/// The process that listens on each port, as far as this user may see. Empty where the kernel tells
/// nothing.
#[must_use]
pub fn listeners() -> BTreeMap<u16, u32> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(fs::read_to_string);
    let tables: String = tables.into_iter().flatten().collect();
    let ports: BTreeMap<String, u16> = tables.lines().filter_map(listening).collect();
    let sockets = pids().flat_map(|pid| sockets(pid).map(move |inode| (inode, pid)));
    sockets.filter_map(|(inode, pid)| Some((*ports.get(&inode)?, pid))).collect()
}

/// The inode and port of a socket that listens.
fn listening(line: &str) -> Option<(String, u16)> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let (_, port) = fields.get(ADDRESS)?.rsplit_once(':')?;
    let is_listening = *fields.get(STATE)? == LISTENING;
    let port = u16::from_str_radix(port, 16).ok()?;
    is_listening.then_some((fields.get(INODE)?.to_string(), port))
}

fn pids() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn sockets(pid: u32) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    entries.filter_map(|entry| {
        let target = fs::read_link(entry.path()).ok()?;
        let inode = target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
        Some(inode.to_owned())
    })
}

/// What the program is called; `None` if the process has ended.
fn name(pid: u32) -> Option<String> {
    fs::read_to_string(format!("/proc/{pid}/comm")).ok().map(|name| name.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_free_port_is_told_once_and_is_none_that_linux_gives_to_clients() {
        let told: Vec<u16> = (0..100).map(|_| free().unwrap()).collect();
        assert!(told.iter().all(|port| (10_000..20_000).contains(port)), "{told:?}");
        assert_eq!(BTreeSet::from_iter(&told).len(), told.len());
        let taken = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, free().unwrap())).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert!((0..UNTAKEN_COUNT).all(|_| free().unwrap() != port));
    }

    #[tokio::test]
    async fn who_cannot_listen_is_told_who_does_and_what_to_do() {
        let first = listen("127.0.0.1:0").await.unwrap();
        let address = first.local_addr().unwrap();
        let told = listen(address).await.unwrap_err().to_string();
        let own = std::process::id();
        assert!(told.starts_with(&format!("cannot listen on {address}: Address already in use")));
        assert!(told.contains(&format!("(pid {own}) listens there: end it, or")), "{told}");
        assert_eq!(listeners().get(&address.port()), Some(&own));
        drop(first);
        assert_eq!(holder(address.port()), None);
        assert!(
            listen("nowhere").await.unwrap_err().to_string().contains("cannot listen on nowhere")
        );
    }
}
