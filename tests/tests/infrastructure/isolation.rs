//! Who may connect to whom inside the network: a database only from its own service and the readers
//! of its replica, a store only from its owner's subnet and those that are listed.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::deployment::{Deployment, Resource};
use crate::kinds::{NETWORKS, SECURITY_GROUPS};
use crate::{finds, holds};

/// Who else may connect to a store of another owner: the store's kind and owner, whose subnet, why.
const GUESTS: [(&str, &str, &str, &str); 6] = [
    ("vaults", "onboard", "ocr", "seals what it reads with a key of onboarding"),
    ("vaults", "notify", "payments", "seals programs' keys with a key of notification"),
    ("storageAccounts", "onboard", "ocr", "reads the documents that it is told of"),
    ("storageAccounts", "analytics", "databricks", "the lake is where Databricks works"),
    ("databaseAccounts", "analytics", "graph", "writes the graph"),
    ("databaseAccounts", "analytics", "databricks", "reads the graph"),
];
/// Whose tables are read on a replica, and by whom.
const REPLICA_READERS: [(&str, &str); 2] = [("payments", "reports"), ("payments", "graph")];

/// The subnet with this range, without its prefix: `auth`, `mysql-auth`, `runner`.
fn subnet_of(deployment: &Deployment, range: &str) -> String {
    let subnets = deployment.of(NETWORKS).flat_map(|it| it.list("/properties/subnets"));
    let mut found = subnets.filter(|subnet| subnet["properties"]["addressPrefix"] == range);
    let name = found.next().and_then(|subnet| subnet["name"].as_str());
    name.map_or_else(|| range.to_owned(), |name| name.trim_start_matches("snet-").to_owned())
}

/// From where a rule lets in or to where it lets out, as subnets.
fn places(deployment: &Deployment, rule: &Value, end: &str) -> BTreeSet<String> {
    let properties = &rule["properties"];
    let one = properties[format!("{end}AddressPrefix")].as_str();
    let several = properties[format!("{end}AddressPrefixes")].as_array();
    let several = several.into_iter().flatten().filter_map(Value::as_str);
    one.into_iter().chain(several).map(|range| subnet_of(deployment, range)).collect()
}

fn rules<'a>(
    group: &'a Resource,
    direction: &'a str,
    access: &'a str,
) -> impl Iterator<Item = &'a Value> {
    group.list("/properties/securityRules").iter().filter(move |rule| {
        rule["properties"]["direction"] == direction && rule["properties"]["access"] == access
    })
}

pub(crate) fn databases_admit_only_their_service(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for group in deployment.of(SECURITY_GROUPS) {
        let Some(owner) = group.name().strip_prefix("nsg-mysql-") else { continue };
        let readers = REPLICA_READERS.iter().filter(|(source, _)| *source == owner);
        let mut wanted: BTreeSet<String> =
            readers.map(|(_, reader)| (*reader).to_owned()).collect();
        wanted.extend([owner.to_owned(), "runner".to_owned(), format!("mysql-{owner}")]);
        if owner == "shared" {
            wanted.extend(deployment.services.iter().map(|service| service.code.clone()));
            wanted.remove("shared");
        }
        let admitted: BTreeSet<String> = rules(group, "Inbound", "Allow")
            .flat_map(|rule| places(deployment, rule, "source"))
            .collect();
        wrong.extend(
            admitted.symmetric_difference(&wanted).map(|it| format!("{} and {it}", group.name())),
        );
    }
    wrong
}

/// An app reaches databases only as its own service or as a reader of a replica.
pub(crate) fn apps_reach_only_their_databases(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for service in &deployment.services {
        let group = deployment.find(SECURITY_GROUPS, &format!("/nsg-{}", service.code));
        let Some(group) = group else {
            wrong.push(format!("{} has no security group", service.name));
            continue;
        };
        let reached: BTreeSet<String> = rules(group, "Outbound", "Allow")
            .flat_map(|rule| places(deployment, rule, "destination"))
            .filter(|place| place.starts_with("mysql-"))
            .collect();
        let readers = REPLICA_READERS.iter().filter(|(_, reader)| *reader == service.code);
        let mut wanted: BTreeSet<String> =
            readers.map(|(source, _)| format!("mysql-{source}")).collect();
        wanted.insert(format!("mysql-{}", service.code));
        if deployment.profile == "dev" {
            wanted = BTreeSet::from(["mysql-shared".to_owned()]);
        }
        if reached != wanted {
            wrong.push(format!("{} reaches {reached:?}", group.name()));
        }
    }
    wrong
}

/// What no rule allows is denied: Azure's own last rules would let the whole network in.
pub(crate) fn what_is_not_allowed_is_denied(deployment: &Deployment) -> Vec<String> {
    let wrong = deployment.of(SECURITY_GROUPS).filter(|group| {
        !rules(group, "Inbound", "Deny")
            .any(|rule| rule["properties"]["sourceAddressPrefix"] == "VirtualNetwork")
    });
    wrong.map(|group| format!("{} lets in whatever is in the network", group.name())).collect()
}

/// The subnets that a store admits over service endpoints.
fn admitted(store: &Resource) -> impl Iterator<Item = &str> {
    let places = ["/properties/networkAcls/virtualNetworkRules", "/properties/virtualNetworkRules"];
    let rules = places.into_iter().flat_map(|place| store.list(place));
    let ids = rules.filter_map(|rule| rule["id"].as_str().or(rule["subnet"]["id"].as_str()));
    ids.map(|id| id.rsplit("/snet-").next().unwrap())
}

/// Event Hubs are left to the rule of their consumers.
pub(crate) fn stores_admit_only_their_owner(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for kind in [
        "Microsoft.KeyVault/vaults",
        "Microsoft.Storage/storageAccounts",
        "Microsoft.DocumentDB/databaseAccounts",
        "Microsoft.CognitiveServices/accounts",
    ] {
        for store in deployment.of(kind) {
            let strangers = admitted(store).filter(|subnet| {
                let is_guest = GUESTS.iter().any(|(guest_of, owner, guest, _)| {
                    kind.ends_with(guest_of)
                        && *owner == store.owner()
                        && subnet.split('-').next() == Some(guest)
                });
                *subnet != store.owner() && *subnet != "runner" && !is_guest
            });
            wrong.extend(strangers.map(|subnet| format!("{} admits {subnet}", store.name())));
        }
    }
    wrong
}

#[test]
fn a_database_admits_its_service_the_readers_of_its_replica_and_the_runner() {
    let rule = databases_admit_only_their_service;
    holds(rule);
    finds(rule, "and faq", |it| {
        let range = if it.profile == "dev" { "10.99.0.0/26" } else { "10.20.133.128/25" };
        let group = it.find_mut(SECURITY_GROUPS, "/nsg-mysql-");
        let rule = group.0["properties"]["securityRules"].as_array_mut().unwrap();
        let clients = rule.iter_mut().find(|rule| rule["name"] == "clients").unwrap();
        let ranges = clients["properties"]["sourceAddressPrefixes"].as_array_mut().unwrap();
        // In dev faq is a client already, so it is missed instead of found.
        ranges.retain(|it| it != "10.30.133.128/25");
        ranges.push(json!(range));
    });
}

#[test]
fn an_app_reaches_no_database_of_another_service() {
    let rule = apps_reach_only_their_databases;
    holds(rule);
    finds(rule, "nsg-faq reaches", |it| {
        let group = it.find_mut(SECURITY_GROUPS, "/nsg-faq");
        let rules = group.0["properties"]["securityRules"].as_array_mut().unwrap();
        let mysql = rules.iter_mut().find(|rule| rule["name"] == "mysql").unwrap();
        mysql["properties"]["destinationAddressPrefixes"] = json!([]);
    });
}

#[test]
fn a_subnet_lets_nobody_of_the_network_in_unless_a_rule_says_so() {
    let rule = what_is_not_allowed_is_denied;
    holds(rule);
    finds(rule, "nsg-endpoints lets in whatever", |it| {
        let group = it.find_mut(SECURITY_GROUPS, "/nsg-endpoints");
        let rules = group.0["properties"]["securityRules"].as_array_mut().unwrap();
        rules.retain(|rule| rule["name"] != "deny-network-in");
    });
}

#[test]
fn a_store_admits_its_owners_subnet_the_runners_and_listed_guests() {
    let rule = stores_admit_only_their_owner;
    holds(rule);
    finds(rule, "admits qr", |it| {
        let subnet = json!({ "id": "/virtualNetworks/vnet/subnets/snet-qr" });
        let vault = it.find_mut("Microsoft.KeyVault/vaults", "kv-auth");
        let rules = &mut vault.0["properties"]["networkAcls"]["virtualNetworkRules"];
        rules.as_array_mut().unwrap().push(subnet);
    });
}
