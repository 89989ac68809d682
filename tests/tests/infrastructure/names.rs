//! Names stay in Azure's limits, and none is taken twice.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::deployment::{Deployment, Resource};
use crate::{finds, holds};

/// What a name may be made of, beside lower-case letters and digits.
#[derive(Clone, Copy, PartialEq)]
enum Letters {
    /// Nothing else.
    Plain,
    /// Hyphens within.
    Hyphens,
    /// Capitals, hyphens, dots, underscores and brackets.
    Loose,
}

/// A kind of resource, the shortest and longest name it may have, and of what; by Azure's page
/// "Naming rules and restrictions for Azure resources". True: the world shares its names.
const LIMITS: [(&str, usize, usize, Letters, bool); 25] = [
    ("Microsoft.Cache/redisEnterprise", 1, 60, Letters::Hyphens, true),
    (
        "Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments",
        1,
        60,
        Letters::Plain,
        false,
    ),
    ("Microsoft.Cdn/profiles", 1, 260, Letters::Hyphens, false),
    ("Microsoft.Cdn/profiles/afdEndpoints", 1, 46, Letters::Hyphens, true),
    ("Microsoft.CognitiveServices/accounts", 2, 64, Letters::Hyphens, true),
    ("Microsoft.Communication/communicationServices", 1, 63, Letters::Hyphens, true),
    ("Microsoft.DBforMySQL/flexibleServers", 3, 63, Letters::Hyphens, true),
    ("Microsoft.Databricks/workspaces", 3, 64, Letters::Hyphens, false),
    ("Microsoft.DocumentDB/databaseAccounts", 3, 44, Letters::Hyphens, true),
    ("Microsoft.EventGrid/systemTopics", 3, 128, Letters::Hyphens, false),
    ("Microsoft.EventHub/namespaces", 6, 50, Letters::Hyphens, true),
    ("Microsoft.Insights/components", 1, 260, Letters::Loose, false),
    ("Microsoft.Insights/metricAlerts", 1, 260, Letters::Loose, false),
    ("Microsoft.KeyVault/vaults", 3, 24, Letters::Hyphens, true),
    ("Microsoft.ManagedIdentity/userAssignedIdentities", 3, 128, Letters::Hyphens, false),
    ("Microsoft.Network/FrontDoorWebApplicationFirewallPolicies", 1, 128, Letters::Plain, false),
    ("Microsoft.Network/networkSecurityGroups", 1, 80, Letters::Loose, false),
    ("Microsoft.Network/privateEndpoints", 2, 64, Letters::Loose, false),
    ("Microsoft.Network/virtualNetworks", 2, 64, Letters::Loose, false),
    ("Microsoft.NotificationHubs/namespaces", 6, 50, Letters::Hyphens, true),
    ("Microsoft.OperationalInsights/workspaces", 4, 63, Letters::Hyphens, false),
    ("Microsoft.Resources/resourceGroups", 1, 90, Letters::Loose, false),
    ("Microsoft.Storage/storageAccounts", 3, 24, Letters::Plain, true),
    ("Microsoft.Web/serverfarms", 1, 60, Letters::Hyphens, false),
    ("Microsoft.Web/sites", 2, 60, Letters::Hyphens, true),
];
/// Two apps whose names begin with the same characters, so many, would share the host's leases.
const HOST_ID_LENGTH: usize = 32;
/// MySQL's limit for a user, who is called as the service's schema.
const MYSQL_USER_MAX: usize = 32;

fn is_made_of(name: &str, letters: Letters) -> bool {
    let inner = |c: char| match letters {
        Letters::Plain => false,
        Letters::Hyphens => c == '-',
        Letters::Loose => c.is_ascii_uppercase() || "-._()".contains(c),
    };
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.chars().all(|c| is_plain(c) || inner(c))
        && name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric())
        && !name.ends_with('-')
        && (letters == Letters::Loose || !name.contains("--"))
}

/// The last part of a resource's name: a child's name begins with its parent's.
fn last_name(resource: &Resource) -> &str {
    resource.name().rsplit('/').next().unwrap()
}

pub(crate) fn names_are_in_their_limits(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for (kind, shortest, longest, letters, _) in LIMITS {
        for resource in deployment.of(kind) {
            let name = last_name(resource);
            if !(shortest..=longest).contains(&name.len()) {
                wrong.push(format!("{name} has {} characters: {kind} takes {longest}", name.len()));
            }
            if !is_made_of(name, letters) {
                wrong.push(format!("{name} has a character that {kind} does not take"));
            }
        }
    }
    let schemas = deployment.of("Microsoft.DBforMySQL/flexibleServers/databases");
    let long = schemas.filter(|schema| last_name(schema).len() > MYSQL_USER_MAX);
    wrong.extend(long.map(|schema| format!("{} is no name for a user", schema.name())));
    wrong
}

/// What the whole world shares must differ between the profiles too: both may be in one tenant.
fn names_are_unique(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut ids = BTreeSet::new();
    let twice = deployment.resources.iter().filter(|it| !ids.insert(it.id().to_lowercase()));
    wrong.extend(twice.map(|resource| format!("{} is there twice", resource.id())));

    let others = || Deployment::all().iter().filter(|it| it.profile != deployment.profile);
    for (kind, .., is_shared_by_the_world) in LIMITS {
        if !is_shared_by_the_world {
            continue;
        }
        let mut names = BTreeSet::new();
        let here = deployment.of(kind).map(|it| last_name(it).to_owned());
        let there = others().flat_map(|it| it.of(kind)).map(|it| last_name(it).to_owned());
        for name in here.chain(there) {
            if !names.insert(name.clone()) {
                wrong.push(format!("{name} is taken twice"));
            }
        }
    }

    let mut hosts: BTreeMap<String, &str> = BTreeMap::new();
    for app in deployment.of("Microsoft.Web/sites") {
        let host: String = app.name().chars().take(HOST_ID_LENGTH).collect();
        if let Some(other) = hosts.insert(host, app.name()) {
            wrong.push(format!("the hosts of {other} and {} have one id", app.name()));
        }
    }
    wrong
}

fn rename(resource: &mut Resource, name: &str) {
    let id = resource.id().replace(resource.name(), name);
    resource.set("/id", json!(id));
    resource.set("/name", json!(name));
}

#[test]
fn names_stay_within_azures_limits() {
    let rule = names_are_in_their_limits;
    holds(rule);
    finds(rule, "kv-business-prod-123456-x has 25 characters", |it| {
        rename(it.find_mut("Microsoft.KeyVault/vaults", "kv-auth"), "kv-business-prod-123456-x");
    });
    finds(rule, "st-auth has a character", |it| {
        rename(it.find_mut("Microsoft.Storage/storageAccounts", "sthauth"), "st-auth");
    });
    finds(rule, "is no name for a user", |it| {
        let schema = it.find_mut("Microsoft.DBforMySQL/flexibleServers/databases", "/auth");
        rename(schema, "mysql/security_authentication_of_people");
    });
}

#[test]
fn no_name_is_taken_twice() {
    let rule = names_are_unique;
    holds(rule);
    finds(rule, "is there twice", |it| {
        let vault = it.find("Microsoft.KeyVault/vaults", "kv-auth").unwrap().clone();
        it.resources.push(vault);
    });
    finds(rule, "is taken twice", |it| {
        let other = Deployment::all().iter().find(|other| other.profile != it.profile).unwrap();
        let name = other.of("Microsoft.KeyVault/vaults").next().unwrap().name();
        rename(it.find_mut("Microsoft.KeyVault/vaults", "kv-auth"), name);
    });
    finds(rule, "have one id", |it| {
        let long = "func-a-very-long-name-for-a-service";
        rename(it.find_mut("Microsoft.Web/sites", "func-auth"), &format!("{long}-one"));
        rename(it.find_mut("Microsoft.Web/sites", "func-qr"), &format!("{long}-two"));
    });
}
