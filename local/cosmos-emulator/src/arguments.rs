//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

pub(crate) const USAGE: &str =
    "cosmos-emulator --listen ADDRESS --tls FOLDER --deployment SNAPSHOT [--data FOLDER]";

/// How the program was called.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) listen: SocketAddr,
    /// Holds `server.pem` and `server.key`.
    pub(crate) tls: PathBuf,
    /// What a Bicep deployment evaluates to; its containers are made.
    pub(crate) deployment: PathBuf,
    /// Where the data are kept; without it they end with the program.
    pub(crate) data: Option<PathBuf>,
}

impl Arguments {
    /// Parses what follows the program's name.
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Option<Self> {
        let (mut listen, mut tls, mut deployment, mut data) = (None, None, None, None);
        while let Some(option) = words.next() {
            let value = words.next()?;
            match option.as_str() {
                "--listen" => listen = Some(value.parse().ok()?),
                "--tls" => tls = Some(value.into()),
                "--deployment" => deployment = Some(value.into()),
                "--data" => data = Some(value.into()),
                _ => return None,
            }
        }
        Some(Self { listen: listen?, tls: tls?, deployment: deployment?, data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_unknown_option_is_refused() {
        let parse = |line: &str| Arguments::parse(line.split_whitespace().map(str::to_owned));
        assert!(parse("--listen 127.0.0.1:0 --tls t --deployment d --data f").is_some());
        assert!(parse("--listen 127.0.0.1:0 --tls t --deployment d").is_some());
        for line in [
            "--tls t --deployment d",
            "--listen 127.0.0.1:0 --tls t",
            "--listen 127.0.0.1:0 --deployment d",
            "--listen here --tls t --deployment d",
            "--listen 127.0.0.1:0 --tls t --deployment d --data",
            "--listen 127.0.0.1:0 --tls t --deployment d --hub a",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
