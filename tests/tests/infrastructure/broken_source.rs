//! The way from the templates to the rules: templates that are broken on purpose are evaluated by
//! the compiler, and every rule finds its break.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::deployment::{Deployment, PROFILES};
use crate::{
    CHECKOUT, Rule, bicep, completeness, connections, counts, events, exposure, flex, grants,
    groups, hardening, isolation, names, settings, subnets,
};

/// As in `ops/infra-check`.
const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000001";

/// A template, a text in it, what that becomes, the rule that must notice in one of the profiles,
/// and how it says so.
type Break = (&'static str, &'static str, &'static str, Rule, &'static str);

/// That names and rights are given once, and that the alert on consumers misses none, is shown on
/// the snapshots only.
const BREAKS: [Break; 30] = [
    (
        "parts/service.bicep",
        "AUTH_URL:",
        "AUTH_KEYS_URL:",
        settings::settings_are_those_that_are_read,
        "payments reads AUTH_URL, not given",
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
        "services.bicep",
        "subnet: 13\n    live: true",
        "subnet: 13\n    live: false",
        settings::alarms_are_on_where_there_is_code,
        "`live` of graph is wrong",
    ),
    (
        "parts/stores.bicep",
        "role: roles.eventHubsReceiver",
        "role: roles.eventHubsSender",
        events::consumers_can_read,
        "qr-code has no role on the hub",
    ),
    (
        "parts/service.bicep",
        "'amqps://${hubHost(",
        "'amqps://old.${hubHost(",
        events::producers_can_send,
        "payments sends its events to \"amqps://old.",
    ),
    (
        "parts/stores.bicep",
        "consumers: map(consumersOf(services, producer), consumer => consumer.name)",
        "consumers: map(consumersOf(services, producer), consumer => consumer.code)",
        events::groups_have_readers,
        "nobody reads",
    ),
    (
        "services.bicep",
        "publishes: false",
        "publishes: true",
        events::namespaces_have_room,
        "has too many hubs",
    ),
    (
        "services.bicep",
        "code: 'user'\n    subnet: 1\n",
        "code: 'user'\n    subnet: 0\n",
        subnets::ranges_are_apart,
        "snet-auth overlaps snet-user",
    ),
    (
        "parts/network.bicep",
        "cidrSubnet(addressSpace, 24, 10)",
        "cidrSubnet(addressSpace, 28, 160)",
        subnets::subnets_have_room,
        "snet-endpoints has 11 addresses",
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
        "modules/front_door.bicep",
        "supportedProtocols: ['Https']",
        "supportedProtocols: ['Http', 'Https']",
        hardening::routes_demand_tls,
        "/payments takes requests without TLS",
    ),
    (
        "modules/front_door.bicep",
        "domains: [{ id: endpoint.id }]",
        "domains: []",
        exposure::the_firewall_covers_every_endpoint,
        "has no firewall",
    ),
    (
        "modules/function_app.bicep",
        "ipAddress: 'AzureFrontDoor.Backend'",
        "ipAddress: 'Internet'",
        exposure::apps_answer_only_front_door,
        "lets in \"front-door\"",
    ),
    (
        "modules/function_app.bicep",
        "http20Enabled: true",
        "alwaysOn: true",
        flex::apps_say_only_what_flex_takes,
        "says siteConfig.alwaysOn",
    ),
    (
        "parts/service.bicep",
        "max(service.instances, instancesMin)",
        "min(service.instances, instancesMin)",
        groups::maxima_are_taken_everywhere,
        "has a maximum that some regions refuse",
    ),
    (
        "modules/nat_gateway.bicep",
        "'Microsoft.Network/publicIPAddresses@",
        "'Microsoft.Network/publicIPPrefixes@",
        exposure::kinds_are_known,
        "Microsoft.Network/publicIPPrefixes: may the internet",
    ),
    (
        "modules/redis.bicep",
        "publicNetworkAccess: 'Disabled'",
        "publicNetworkAccess: 'Enabled'",
        exposure::only_known_kinds_have_public_addresses,
        "has a public address",
    ),
    (
        "modules/virtual_network.bicep",
        "defaultOutboundAccess: false",
        "defaultOutboundAccess: true",
        exposure::networks_are_closed,
        "has a way out that nobody sees",
    ),
    (
        "sizes.bicep",
        "storage: 1024, connections: 5000",
        "storage: 1024, connections: 1200",
        connections::servers_take_all_connections,
        "takes 1200 of",
    ),
    (
        "modules/mysql_server.bicep",
        "var statementsPerConnection = 32",
        "var statementsPerConnection = 3",
        connections::servers_take_all_statements,
        "takes too few prepared statements",
    ),
    (
        "modules/mysql_server.bicep",
        "mode: 'ZoneRedundant'",
        "mode: 'SameZone'",
        completeness::production_survives,
        "highAvailability/mode must be",
    ),
    (
        "modules/function_app.bicep",
        "name: 'scm'\n",
        "name: 'web'\n",
        completeness::children_are_there,
        "has no /basicPublishingCredentialsPolicies/scm",
    ),
    (
        "modules/event_hubs_namespace.bicep",
        "captureDescription: {\n        enabled: true",
        "captureDescription: {\n        enabled: false",
        completeness::data_and_cost_are_watched,
        "/payments is not captured",
    ),
    (
        "parts/network.bicep",
        "filter(services, service => contains(server.clients, service.code))",
        "services",
        isolation::databases_admit_only_their_service,
        "nsg-mysql-auth and qr",
    ),
    (
        "parts/network.bicep",
        "filter(mysqlRanges, server => contains(server.clients, service.code))",
        "mysqlRanges",
        isolation::apps_reach_only_their_databases,
        "nsg-qr reaches",
    ),
    (
        "parts/network.bicep",
        "from: 'VirtualNetwork'",
        "from: 'AzureLoadBalancer'",
        isolation::what_is_not_allowed_is_denied,
        "nsg-payments lets in whatever",
    ),
    (
        "main.bicep",
        "? [] : [appSubnet(code)]",
        "? [] : [appSubnet(code), appSubnet('faq')]",
        isolation::stores_admit_only_their_owner,
        "admits faq",
    ),
];

/// Evaluates a profile in a copy of the templates with all breaks, prod without its replica.
fn evaluate(bicep: &str, scratch: &Path, profile: &'static str) -> Deployment {
    let evaluation = Command::new(bicep)
        .args(["snapshot", &format!("env/{profile}.bicepparam"), "--mode", "overwrite"])
        .args(["--subscription-id", SUBSCRIPTION, "--location", "eastasia"])
        .env("CREATE_REPLICAS", "false")
        .current_dir(scratch)
        .output()
        .unwrap();
    assert!(evaluation.status.success(), "{}", String::from_utf8_lossy(&evaluation.stderr));
    Deployment::read(&scratch.join(format!("env/{profile}.snapshot.json")), profile)
}

fn break_templates(scratch: &Path) {
    let _absent = fs::remove_dir_all(scratch);
    let templates = Path::new(CHECKOUT).join("bicep");
    let copied = Command::new("cp").arg("-r").arg(templates).arg(scratch).status();
    assert!(copied.unwrap().success());
    for (file, text, broken, ..) in BREAKS {
        let path = scratch.join(file);
        let source = fs::read_to_string(&path).unwrap();
        assert!(source.contains(text), "{file} does not say {text:?}");
        fs::write(&path, source.replace(text, broken)).unwrap();
    }
}

#[test]
fn every_rule_finds_what_is_broken_in_the_templates() {
    let Some(bicep) = bicep() else { return };
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("broken_source");
    break_templates(&scratch);
    let deployments = PROFILES.map(|profile| evaluate(&bicep, &scratch, profile));
    let replica: Break = ("", "", "", counts::services_have_their_own, "payments has no replica");
    for (file, _, broken, rule, words) in BREAKS.into_iter().chain([replica]) {
        let offences: Vec<String> = deployments.iter().flat_map(rule).collect();
        let is_found = offences.iter().any(|offence| offence.contains(words));
        assert!(is_found, "{file}, {broken:?}: nothing says {words:?}, only: {offences:#?}");
    }
}
