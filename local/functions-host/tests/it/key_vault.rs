//! Settings that refer to a secret of a vault.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use azure_security_keyvault_secrets::models::SetSecretParameters;
use azure_security_keyvault_secrets::{ResourceExt, SecretClient};
use serde_json::{Value, json};

use crate::platform::{Folder, Host, build, http_function, target_dir, write_app};

/// The managed identity of the host, ended with the value.
struct Identity(Child);

impl Identity {
    /// Answers its endpoint as well. Its tokens are good for the vault of the tests.
    fn start() -> (Self, String) {
        build(&["--bin", "platform-identity"]);
        let mut process = Command::new(target_dir().join("platform-identity"))
            .args(["--listen", "127.0.0.1:0"])
            .env("IDENTITY_HEADER", env::var("TEST_IDENTITY_SECRET").unwrap())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("ready: platform-identity ").unwrap();
        (Self(process), format!("{url}/msi/token"))
    }
}

impl Drop for Identity {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sets both values one after the other and answers the version of the first.
fn set_twice(secret: &str, values: [&str; 2]) -> String {
    let vault = SecretClient::new(&testkit::vault_url(), testkit::vault_credential(), None);
    let vault = vault.unwrap();
    let set = async |value: &str| {
        let parameters = SetSecretParameters { value: Some(value.into()), ..Default::default() };
        let set = vault.set_secret(secret, parameters.try_into().unwrap(), None).await.unwrap();
        set.into_model().unwrap().resource_id().unwrap().version.unwrap()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let first = set(values[0]).await;
        set(values[1]).await;
        first
    })
}

#[test]
fn a_reference_gives_the_handler_its_secret_and_one_that_cannot_be_resolved_is_told() {
    let secret = format!("host-{}", uuid::Uuid::new_v4());
    let first = set_twice(&secret, ["the first value", "the newest value"]);
    let (_identity, endpoint) = Identity::start();
    let of_vault = |path: &str| {
        format!("@Microsoft.KeyVault(SecretUri={}/secrets/{path})", testkit::vault_url())
    };
    let folder = Folder::new();
    let functions = [("env", http_function("env"))];
    let values = json!({
        "IDENTITY_ENDPOINT": endpoint,
        "IDENTITY_HEADER": env::var("TEST_IDENTITY_SECRET").unwrap(),
        "AZURE_CLIENT_ID": "shop",
        "NEWEST": of_vault(&secret),
        "FIRST": of_vault(&format!("{secret}/{first}")),
        "ABSENT": of_vault("absent"),
        "MALFORMED": "@Microsoft.KeyVault(Secret=x)",
    });
    write_app(&folder, "shop", &functions, values);

    let host = Host::start(folder);
    let environment = host.get("/api/env").json();
    assert_eq!(environment["NEWEST"], "the newest value");
    assert_eq!(environment["FIRST"], "the first value");
    assert_eq!(environment["ABSENT"], Value::Null);
    assert_eq!(environment["MALFORMED"], Value::Null);

    let status = host.status("shop");
    let unresolved = status["unresolved"].as_array().unwrap();
    let names: Vec<_> = unresolved.iter().map(|one| one["setting"].as_str().unwrap()).collect();
    assert_eq!(names, ["ABSENT", "MALFORMED"]);
    assert!(unresolved[0]["reason"].as_str().unwrap().contains("no such secret"), "{status}");
    assert!(!status.to_string().contains("newest value"), "{status}");
}
