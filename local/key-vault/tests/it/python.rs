//! The SDKs of Python, unmodified: their credential gets a token where an app gets it, and their
//! client has a secret for it.

use std::env;
use std::process::Command;

use testkit::Program;

use crate::running::Running;

const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/python_client.py");
const TOOL: &str = "azure-keyvault-secrets";

#[test]
fn the_python_sdks_get_a_token_and_a_secret_for_it() {
    let installed = Command::new("ops/tools").arg(TOOL).current_dir(CHECKOUT).status();
    if !installed.unwrap().success() {
        eprintln!("SKIPPED: {TOOL} cannot be installed from PyPI");
        return;
    }
    Program::build(&["platform-identity"]);
    let identity = Program::start("platform-identity", &["--listen", "127.0.0.1:0"]);
    let vault = Running::start("python");
    let ran = Command::new(format!("{CHECKOUT}/.local/tools/{TOOL}/bin/python"))
        .args([SCRIPT, &vault.url, &env::var("SSL_CERT_FILE").unwrap()])
        .env("IDENTITY_ENDPOINT", format!("{}/msi/token", identity.url))
        .env("IDENTITY_HEADER", testkit::identity_secret())
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}
