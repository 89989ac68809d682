//! The SDK of Python, unmodified, agrees with that of Rust. On this machine it checks no
//! certificate.

use std::process::Command;

use crate::documents::read;
use crate::running::{Running, thing};

const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/python_client.py");

#[tokio::test]
async fn what_one_sdk_writes_the_other_reads() {
    let installed = Command::new("ops/tools").arg("azure-cosmos").current_dir(CHECKOUT).status();
    if !installed.unwrap().success() {
        eprintln!("SKIPPED: azure-cosmos cannot be installed from PyPI");
        return;
    }
    let account = Running::start("python");
    let things = account.things().await;
    things.upsert_item("p", "of rust", &thing("p", "of rust", 1), None).await.unwrap();
    let authorization = testkit::cosmos_authorization();
    let ran = Command::new(format!("{CHECKOUT}/.local/tools/azure-cosmos/bin/python"))
        .args([SCRIPT, &account.url])
        .env("TOKEN", authorization.rsplit('=').next().unwrap())
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(read(&things, "p", "of rust").await.unwrap()["number"], 2);
    assert_eq!(read(&things, "p", "of python").await.unwrap()["number"], 3);
}
