//! What Linux says of processes: who listens where, for how long they have run, how much memory
//! they have.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// The state of a socket that listens, in `/proc/net/tcp`.
const LISTENING: &str = "0A";
/// Where in its line of `/proc/net/tcp` a socket has its address, its state and its inode.
const ADDRESS: usize = 1;
const STATE: usize = 3;
const INODE: usize = 9;

/// The process that listens on each port, as far as this user may see. Empty where the kernel tells
/// nothing.
pub(crate) fn listeners() -> BTreeMap<u16, u32> {
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
pub(crate) fn name(pid: u32) -> Option<String> {
    fs::read_to_string(format!("/proc/{pid}/comm")).ok().map(|name| name.trim_end().to_owned())
}

/// Whether the process runs: one that nobody has reaped yet does not.
pub(crate) fn is_running(pid: u32) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|command| !command.is_empty())
}

/// Its resident memory in MB, and that of all that it has started.
pub(crate) fn memory_mb(pid: u32) -> u64 {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
    let children = children.unwrap_or_default();
    let children = children.split_whitespace().filter_map(|child| child.parse().ok());
    let of_children: u64 = children.map(memory_mb).sum();
    resident_mb(pid).unwrap_or_default().saturating_add(of_children)
}

fn resident_mb(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes.div_ceil(1024))
}

/// How long ago the file was written.
pub(crate) fn age(file: &Path) -> Option<Duration> {
    let written = fs::metadata(file).and_then(|data| data.modified()).ok()?;
    SystemTime::now().duration_since(written).ok()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn this_process_is_found_by_the_port_on_which_it_listens() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let own = std::process::id();
        assert_eq!(listeners().get(&port), Some(&own));
        assert!(name(own).is_some() && is_running(own) && memory_mb(own) > 0);
        drop(listener);
        assert_eq!(listeners().get(&port), None);
    }
}
