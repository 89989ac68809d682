//! What is put into each release package beside its handler.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// As `ops/package` builds.
const FEATURES: &str = "outbox/vendored-openssl";

#[test]
fn a_package_lists_each_crate_that_its_handler_links_with_licence_and_checksum() {
    let apps = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dependency-lists");
    for service in ["auth", "payments"] {
        fs::create_dir_all(apps.join(service)).unwrap();
        fs::write(apps.join(service).join("host.json"), "{}").unwrap();
    }
    let list = Path::new(CHECKOUT).join("ops/dependency_list.py");
    assert!(Command::new(list).arg(&apps).arg(FEATURES).status().unwrap().success());

    for (service, linked, not_linked) in
        [("auth", "argon2", "qrcode"), ("payments", "outbox", "argon2")]
    {
        let text = fs::read_to_string(apps.join(service).join("dependencies.cdx.json")).unwrap();
        let document: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["metadata"]["component"]["name"], service);
        let crates = document["components"].as_array().unwrap();
        let has = |wanted: &str| crates.iter().any(|entry| name(entry) == wanted);
        for crate_name in [linked, "tokio", "openssl-src"] {
            assert!(has(crate_name), "{service} links {crate_name}");
        }
        // A macro runs in the compiler, a testkit in tests only.
        for crate_name in [not_linked, "serde_derive", "testkit", service] {
            assert!(!has(crate_name), "{service} does not link {crate_name}");
        }
        for entry in crates {
            let is_ours = Path::new(CHECKOUT).join("crates").join(name(entry)).is_dir();
            let checksum = &entry["hashes"][0]["content"];
            assert!(is_ours || entry["purl"].is_string() && checksum.is_string(), "{entry}");
            assert!(entry["licenses"][0]["expression"].is_string(), "{entry}");
        }
        assert!(!text.contains("/handlers/"), "a path of this machine");
    }
}

fn name(entry: &Value) -> &str {
    entry["name"].as_str().unwrap()
}
