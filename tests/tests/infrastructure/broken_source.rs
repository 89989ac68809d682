//! The way from the templates to the rules: templates that are broken on purpose are evaluated by
//! the compiler, and every rule finds its break.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::deployment::Deployment;
use crate::{
    Rule, connections, counts, events, exposure, grants, hardening, names, settings, subnets,
};

const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// As in `ops/infra-check`.
const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000001";

/// A text of a template, what it becomes, the rule that must notice, and how it says so.
type Break = (&'static str, &'static str, &'static str, Rule, &'static str);

const BREAKS: [Break; 10] = [
    (
        "parts/service.bicep",
        "AUTH_JWKS_URL:",
        "AUTH_KEYS_URL:",
        settings::settings_are_those_that_are_read,
        "payments reads AUTH_JWKS_URL, not given",
    ),
    (
        "parts/service.bicep",
        "_EVENTS__credential': 'managedidentity'",
        "_EVENTS__credential': 'key'",
        settings::connections_resolve,
        "AUTH_EVENTS__credential of payments is \"key\"",
    ),
    (
        "parts/service.bicep",
        "'@Microsoft.KeyVault(VaultName=${vault};",
        "'@Microsoft.KeyVault(VaultName=kv-shared;",
        settings::secrets_come_from_the_own_vault,
        "AUTH_MYSQL_URL of auth",
    ),
    (
        "parts/stores.bicep",
        "role: roles.eventHubsReceiver",
        "role: roles.eventHubsSender",
        events::consumers_can_read,
        "qr-code has no role on the hub",
    ),
    (
        "services.bicep",
        "code: 'user'\n    subnet: 1\n",
        "code: 'user'\n    subnet: 0\n",
        subnets::ranges_are_apart,
        "snet-auth overlaps snet-user",
    ),
    (
        "sizes.bicep",
        "storage: 1024, connections: 5000",
        "storage: 1024, connections: 1200",
        connections::servers_take_all_connections,
        "takes 1200 of 1280 connections",
    ),
    (
        "parts/foundation.bicep",
        "role: roles.secretsUser",
        "role: roles.secretsOfficer",
        grants::rights_are_on_the_list,
        "auth: Key Vault Secrets Officer on its own vault",
    ),
    (
        "names.bicep",
        "'${kind}-${code}-${environment}-${token}'",
        "'${kind}-payme-${code}-${environment}-${token}'",
        names::names_are_in_their_limits,
        "kv-payme-business-prod-ig7zuj has 29 characters",
    ),
    (
        "modules/storage_account.bicep",
        "allowSharedKeyAccess: false",
        "allowSharedKeyAccess: true",
        hardening::resources_say_what_they_must,
        "/properties/allowSharedKeyAccess must",
    ),
    (
        "modules/function_app.bicep",
        "ipAddress: 'AzureFrontDoor.Backend'",
        "ipAddress: 'Internet'",
        exposure::apps_answer_only_front_door,
        "lets in \"front-door\"",
    ),
];

/// Evaluates prod in a copy of the templates with all breaks, and without its replica.
fn evaluate(bicep: &str) -> Deployment {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("broken_source");
    let _absent = fs::remove_dir_all(&scratch);
    let templates = Path::new(CHECKOUT).join("bicep");
    let copied = Command::new("cp").arg("-r").arg(templates).arg(&scratch).status();
    assert!(copied.unwrap().success());
    for (file, text, broken, ..) in BREAKS {
        let path = scratch.join(file);
        let source = fs::read_to_string(&path).unwrap();
        assert!(source.contains(text), "{file} does not say {text:?}");
        fs::write(&path, source.replace(text, broken)).unwrap();
    }
    let evaluation = Command::new(bicep)
        .args(["snapshot", "env/prod.bicepparam", "--mode", "overwrite", "--location", "eastasia"])
        .args(["--subscription-id", SUBSCRIPTION])
        .env("CREATE_REPLICAS", "false")
        .current_dir(&scratch)
        .output()
        .unwrap();
    assert!(evaluation.status.success(), "{}", String::from_utf8_lossy(&evaluation.stderr));
    Deployment::read(&scratch.join("env/prod.snapshot.json"), "prod")
}

#[test]
fn every_rule_finds_what_is_broken_in_the_templates() {
    let found = Command::new(Path::new(CHECKOUT).join("ops/bicep-cli")).output().unwrap();
    let bicep = String::from_utf8(found.stdout).unwrap();
    if bicep.trim().is_empty() {
        println!("SKIPPED: no Bicep CLI; install one by: az bicep install");
        return;
    }
    let deployment = evaluate(bicep.trim());
    let replica: Break = ("", "", "", counts::services_have_their_own, "payments has no replica");
    for (file, _, broken, rule, words) in BREAKS.into_iter().chain([replica]) {
        let offences = rule(&deployment);
        let is_found = offences.iter().any(|offence| offence.contains(words));
        assert!(is_found, "{file}, {broken:?}: nothing says {words:?}, only: {offences:#?}");
    }
}
