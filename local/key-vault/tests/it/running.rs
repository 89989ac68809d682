//! A vault of the test's own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::{env, fs};

use azure_security_keyvault_keys::KeyClient;
use azure_security_keyvault_secrets::SecretClient;
use sealed::SealingKey;

/// A running vault with the keys `personal-data` and `documents` and the secret `index-key`. It and
/// its folder vanish with the value.
pub(crate) struct Running {
    process: Child,
    pub(crate) folder: PathBuf,
    pub(crate) url: String,
}

impl Running {
    pub(crate) fn start(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("key-vault-{}-{name}", std::process::id()));
        let _left_behind = fs::remove_dir_all(&folder);
        Self::start_in(folder)
    }

    fn start_in(folder: PathBuf) -> Self {
        let mut process = command(&folder).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("ready: key-vault ").expect("it starts").to_owned();
        Self { process, folder, url }
    }

    /// SIGKILL, and a start on the same folder.
    pub(crate) fn kill_and_start(mut self) -> Self {
        self.kill();
        Self::start_in(std::mem::take(&mut self.folder))
    }

    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// As a process just started has it: it has heard of nothing yet.
    pub(crate) fn sealing_key(&self, name: &str) -> SealingKey {
        SealingKey::new(testkit::vault_credential(), &self.url, name).unwrap()
    }

    pub(crate) fn keys(&self) -> KeyClient {
        KeyClient::new(&self.url, testkit::vault_credential(), None).unwrap()
    }

    pub(crate) fn secrets(&self) -> SecretClient {
        SecretClient::new(&self.url, testkit::vault_credential(), None).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _ended = self.process.wait();
        if !self.folder.as_os_str().is_empty() {
            let _gone = fs::remove_dir_all(&self.folder);
        }
    }
}

/// How a start on a folder ends that cannot succeed.
pub(crate) fn refused_start(folder: &Path) -> Output {
    command(folder).output().unwrap()
}

fn command(folder: &Path) -> Command {
    let variable = |name: &str| env::var(name).expect("run `make test-one CRATE=key-vault`");
    // The certificate that clients are told to trust stands beside its authority's.
    let trust = PathBuf::from(variable("SSL_CERT_FILE"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_key-vault"));
    command.args(["--listen", "127.0.0.1:0", "--secret", "index-key"]);
    command.args(["--key", "personal-data", "--key", "documents"]);
    command.arg("--data").arg(folder).arg("--tls").arg(trust.parent().unwrap());
    command.env("IDENTITY_HEADER", variable("TEST_IDENTITY_SECRET"));
    command
}
