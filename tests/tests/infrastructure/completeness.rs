//! What must stand beside a resource: a resource without it would work, and fail when it counts.

use serde_json::{Value, json};

use crate::deployment::{Deployment, Resource};
use crate::kinds::{COSMOS, HUBS, SERVERS, SITES, STORAGE, VAULTS, WORKSPACES};
use crate::{finds, finds_in_prod, holds};

/// Each resource of a kind has this below it.
const CHILDREN: [(&str, &str); 10] = [
    (SITES, "/basicPublishingCredentialsPolicies/ftp"),
    (SITES, "/basicPublishingCredentialsPolicies/scm"),
    (SITES, "/config/appsettings"),
    (SERVERS, "/advancedThreatProtectionSettings/Default"),
    (STORAGE, "/blobServices/default"),
    ("Microsoft.EventHub/namespaces", "/networkRuleSets/default"),
    ("Microsoft.Cache/redisEnterprise", "/databases/default"),
    ("Microsoft.Network/privateEndpoints", "/privateDnsZoneGroups/"),
    ("Microsoft.Network/privateDnsZones", "/virtualNetworkLinks/"),
    (COSMOS, "/sqlDatabases/graph/containers/elements"),
];
/// Kinds whose diagnostics go to the workspace.
const DIAGNOSED: [&str; 14] = [
    "Microsoft.Cache/redisEnterprise",
    "Microsoft.Cdn/profiles",
    "Microsoft.CognitiveServices/accounts",
    "Microsoft.Communication/communicationServices",
    SERVERS,
    "Microsoft.Databricks/workspaces",
    COSMOS,
    "Microsoft.EventGrid/systemTopics",
    "Microsoft.EventHub/namespaces",
    VAULTS,
    "Microsoft.Network/networkSecurityGroups",
    WORKSPACES,
    SITES,
    "Microsoft.Network/virtualNetworks",
];
/// Kinds that hold what cannot be had again, and so are locked in production.
const LOCKED: [&str; 5] = [SERVERS, STORAGE, VAULTS, COSMOS, WORKSPACES];

/// Whose absence stops a payment at a shop: they run in several zones. That costs two instances of
/// each group of functions, so the others are started anew where a zone is lost.
const AT_THE_TILL: [&str; 3] = ["auth", "payments", "qr"];

pub(crate) fn children_are_there(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    let has = |parent: &Resource, below: &str| {
        let place = format!("{}{below}", parent.id());
        deployment.resources.iter().any(|child| child.id().starts_with(&place))
    };
    for (kind, below) in CHILDREN {
        let bare = deployment.of(kind).filter(|parent| !has(parent, below));
        wrong.extend(bare.map(|parent| format!("{} has no {below}", parent.name())));
    }
    let setting = "/providers/Microsoft.Insights/diagnosticSettings/";
    for kind in DIAGNOSED {
        let silent = deployment.of(kind).filter(|resource| !has(resource, setting));
        wrong.extend(silent.map(|resource| format!("{} has no diagnostics", resource.name())));
    }
    // Of an account, the blobs are what is watched.
    let accounts = deployment.of(STORAGE).filter(|account| {
        !has(account, setting) && !has(account, &format!("/blobServices/default{setting}"))
    });
    wrong.extend(accounts.map(|account| format!("{} has no diagnostics", account.name())));
    wrong
}

pub(crate) fn production_survives(deployment: &Deployment) -> Vec<String> {
    if deployment.profile != "prod" {
        return Vec::new();
    }
    let mut wrong = Vec::new();
    for kind in LOCKED {
        for resource in deployment.of(kind).filter(|resource| !resource.is_replica()) {
            let lock = format!("{}/providers/Microsoft.Authorization/locks/", resource.id());
            if !deployment.resources.iter().any(|it| it.id().starts_with(&lock)) {
                wrong.push(format!("{} can be deleted by accident", resource.name()));
            }
        }
    }
    let must_say: [(&str, &str, Value); 5] = [
        (SERVERS, "/properties/highAvailability/mode", json!("ZoneRedundant")),
        (SERVERS, "/properties/backup/backupRetentionDays", json!(35)),
        ("Microsoft.Cache/redisEnterprise", "/properties/highAvailability", json!("Enabled")),
        (COSMOS, "/properties/backupPolicy/type", json!("Continuous")),
        (STORAGE, "/sku/name", json!("Standard_ZRS")),
    ];
    for (kind, pointer, value) in must_say {
        let weak = deployment.of(kind).filter(|it| !it.is_replica() && *it.at(pointer) != value);
        wrong.extend(weak.map(|it| format!("{} {pointer} must be {value}", it.name())));
    }
    for owner in AT_THE_TILL {
        let is_zonal = |plan: &Resource| *plan.at("/properties/zoneRedundant") == json!(true);
        let mut plans = deployment.of("Microsoft.Web/serverfarms").filter(|it| it.owner() == owner);
        if !plans.any(is_zonal) {
            wrong.push(format!("{owner} stands still with a zone"));
        }
    }
    wrong
}

/// Events of every hub are kept in the lake, and what a month costs is watched.
pub(crate) fn data_and_cost_are_watched(deployment: &Deployment) -> Vec<String> {
    let kept = "/properties/captureDescription/enabled";
    let lost = deployment.of(HUBS).filter(|hub| *hub.at(kept) != json!(true));
    let mut wrong: Vec<String> =
        lost.map(|hub| format!("{} is not captured", hub.name())).collect();
    if deployment.of("Microsoft.Consumption/budgets").next().is_none() {
        wrong.push("there is no budget".to_owned());
    }
    for plan in ["KeyVaults", "OpenSourceRelationalDatabases"] {
        let bought = deployment.of("Microsoft.Security/pricings").any(|it| it.name() == plan);
        if !bought {
            wrong.push(format!("Defender does not watch {plan}"));
        }
    }
    wrong
}

#[test]
fn what_must_stand_beside_a_resource_does() {
    let rule = children_are_there;
    holds(rule);
    for (kind, below) in CHILDREN {
        finds(rule, &format!("has no {below}"), |it| {
            let parent = it.of(kind).next().unwrap().id().to_owned();
            let place = format!("{parent}{below}");
            it.resources.retain(|resource| !resource.id().starts_with(&place));
        });
    }
    finds(rule, "kv-auth", |it| {
        let setting = "/providers/Microsoft.Insights/diagnosticSettings/";
        it.resources.retain(|it| !(it.id().contains("/kv-auth-") && it.id().contains(setting)));
    });
}

#[test]
fn production_has_locks_standbys_and_long_backups() {
    let rule = production_survives;
    holds(rule);
    finds_in_prod(rule, "mysql-payments-prod-ig7zuj can be deleted", |it| {
        it.remove("Microsoft.Authorization/locks", "/mysql-payments-");
    });
    finds_in_prod(rule, "qr stands still with a zone", |it| {
        let plan = it.find_mut("Microsoft.Web/serverfarms", "func-qr-");
        plan.set("/properties/zoneRedundant", json!(false));
    });
    finds_in_prod(rule, "highAvailability/mode must be", |it| {
        let server = it.find_mut(SERVERS, "/mysql-auth-");
        server.set("/properties/highAvailability/mode", json!("Disabled"));
    });
}

#[test]
fn events_are_captured_and_the_bill_and_attacks_are_watched() {
    let rule = data_and_cost_are_watched;
    holds(rule);
    finds(rule, "/payments is not captured", |it| {
        let hub = it.find_mut(HUBS, "/eventhubs/payments");
        hub.set("/properties/captureDescription/enabled", json!(false));
    });
    finds(rule, "there is no budget", |it| it.remove("Microsoft.Consumption/budgets", ""));
    finds(rule, "does not watch KeyVaults", |it| {
        it.remove("Microsoft.Security/pricings", "/KeyVaults");
    });
}
