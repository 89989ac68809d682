//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

pub(crate) const USAGE: &str = "key-vault --listen ADDRESS --data FOLDER --tls FOLDER \
     [--key NAME]… [--secret NAME]…";

/// How the program was called.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) listen: SocketAddr,
    /// Where the contents are kept.
    pub(crate) data: PathBuf,
    /// Holds `server.pem` and `server.key`.
    pub(crate) tls: PathBuf,
    /// Keys that there must be.
    pub(crate) keys: Vec<String>,
    /// Secrets that there must be; a new one is 32 random bytes in base64.
    pub(crate) secrets: Vec<String>,
}

impl Arguments {
    /// Parses what follows the program's name.
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Option<Self> {
        let (mut listen, mut data, mut tls) = (None, None, None);
        let (mut keys, mut secrets) = (Vec::new(), Vec::new());
        while let Some(option) = words.next() {
            let value = words.next()?;
            match option.as_str() {
                "--listen" => listen = Some(value.parse().ok()?),
                "--data" => data = Some(value.into()),
                "--tls" => tls = Some(value.into()),
                "--key" => keys.push(value),
                "--secret" => secrets.push(value),
                _ => return None,
            }
        }
        Some(Self { listen: listen?, data: data?, tls: tls?, keys, secrets })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Option<Arguments> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn keys_and_secrets_are_named_one_by_one() {
        let line = "--listen 127.0.0.1:0 --data d --tls t --key a --secret s --key b";
        let arguments = parse(line).unwrap();
        assert_eq!((arguments.keys.len(), arguments.secrets.len()), (2, 1));
    }

    #[test]
    fn a_missing_or_unknown_option_is_refused() {
        for line in [
            "--data d --tls t",
            "--listen 127.0.0.1:0 --data d --tls",
            "--listen here --data d --tls t",
            "--listen 127.0.0.1:0 --data d --tls t --hub a",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
