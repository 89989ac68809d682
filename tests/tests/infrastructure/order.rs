//! The order in which Azure is asked, read from the compiled template: what Azure changes one at a
//! time is never asked for at once, neither by a loop nor by two neighbours.
//!
//! A snapshot cannot show this: it says what would exist, not in which order it is made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::{CHECKOUT, bicep};

/// Kinds of which their parent refuses two at once: a loop over one of them is serial.
const SERIAL: [&str; 8] = [
    "Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments",
    "Microsoft.DBforMySQL/flexibleServers/configurations",
    "Microsoft.DBforMySQL/flexibleServers/databases",
    "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers",
    "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments",
    "Microsoft.EventHub/namespaces/eventhubs",
    "Microsoft.EventHub/namespaces/eventhubs/consumergroups",
    "Microsoft.Network/virtualNetworks/subnets",
];
/// The same of a whole subnet or subscription: every loop around it is serial too, and it stands at
/// one place only, since two places would be asked for at once.
const SERIAL_EVERYWHERE: [&str; 2] =
    ["Microsoft.Network/privateEndpoints", "Microsoft.Security/pricings"];
/// A parent that takes one change at a time, and its parts: of two in one template one waits for
/// the other.
const NEIGHBOURS: [(&str, &[&str]); 5] = [
    (
        "Microsoft.DBforMySQL/flexibleServers",
        &["databases", "advancedThreatProtectionSettings", "configurations"],
    ),
    (
        "Microsoft.DocumentDB/databaseAccounts",
        &["sqlDatabases", "sqlDatabases/containers", "sqlRoleAssignments"],
    ),
    (
        "Microsoft.EventHub/namespaces",
        &["networkRuleSets", "eventhubs", "eventhubs/consumergroups"],
    ),
    ("Microsoft.Storage/storageAccounts", &["blobServices", "queueServices", "managementPolicies"]),
    ("Microsoft.Web/sites", &["config", "basicPublishingCredentialsPolicies"]),
];

/// A resource of the compiled template, wherever it stands.
struct Asked<'a> {
    /// The modules on the way to it and its own name, such as `apps/app/plan`.
    path: String,
    kind: &'a str,
    /// The template it stands in.
    template: &'a Value,
    name: &'a str,
    resource: &'a Value,
    /// A loop around it, the loops of its modules included, is not serial.
    is_made_at_once: bool,
}

fn is_parallel(resource: &Value) -> bool {
    let copy = &resource["copy"];
    !copy.is_null() && (copy["mode"] != "serial" || copy["batchSize"] != 1)
}

/// All resources that a template asks for, those of its modules included.
fn asked<'a>(template: &'a Value, path: &str, is_in_loop: bool, found: &mut Vec<Asked<'a>>) {
    // Without symbolic names they are a list: then none waits for another by name.
    let Some(resources) = template["resources"].as_object() else { return };
    for (name, resource) in resources.iter().filter(|(_, it)| it["existing"] != true) {
        let path = format!("{path}{name}");
        let is_made_at_once = is_in_loop || is_parallel(resource);
        let kind = resource["type"].as_str().unwrap();
        if kind == "Microsoft.Resources/deployments" {
            let inner = &resource["properties"]["template"];
            asked(inner, &format!("{path}/"), is_made_at_once, found);
        }
        found.push(Asked { path, kind, template, name, resource, is_made_at_once });
    }
}

fn all(template: &Value) -> Vec<Asked<'_>> {
    let mut found = Vec::new();
    asked(template, "", false, &mut found);
    found
}

/// The names that a resource of a template waits for, also through others.
fn awaited<'a>(template: &'a Value, name: &'a str) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    let mut open = vec![name];
    while let Some(name) = open.pop() {
        let direct = template["resources"][name]["dependsOn"].as_array();
        for text in direct.into_iter().flatten().filter_map(Value::as_str) {
            // `[format('groups[{0}]', copyIndex())]` is one of the loop `groups`.
            let text = text
                .strip_prefix("[format('")
                .map_or(text, |rest| rest.split("[{").next().unwrap());
            if names.insert(text) {
                open.push(text);
            }
        }
    }
    names
}

fn loops_are_serial(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for it in all(template) {
        let own = SERIAL.contains(&it.kind) && is_parallel(it.resource);
        if own || (SERIAL_EVERYWHERE.contains(&it.kind) && it.is_made_at_once) {
            wrong.push(format!("{}: several {} at once", it.path, it.kind));
        }
    }
    for kind in SERIAL_EVERYWHERE {
        let places: Vec<_> =
            all(template).into_iter().filter(|it| it.kind == kind).map(|it| it.path).collect();
        if places.len() > 1 {
            wrong.push(format!("{kind} at once by {}", places.join(" and ")));
        }
    }
    wrong
}

fn neighbours_wait_for_each_other(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let found = all(template);
    for (parent, parts) in NEIGHBOURS {
        let mut by_folder: BTreeMap<&str, Vec<&Asked<'_>>> = BTreeMap::new();
        for it in &found {
            let part = it.kind.strip_prefix(parent).and_then(|rest| rest.strip_prefix('/'));
            if part.is_some_and(|part| parts.contains(&part)) {
                let folder = it.path.rsplit_once('/').map_or("", |(folder, _)| folder);
                by_folder.entry(folder).or_default().push(it);
            }
        }
        for neighbours in by_folder.values() {
            for (at, one) in neighbours.iter().enumerate() {
                for other in &neighbours[at + 1..] {
                    let waits = awaited(one.template, one.name).contains(other.name)
                        || awaited(other.template, other.name).contains(one.name);
                    if !waits {
                        wrong.push(format!("{} and {} at once", one.path, other.name));
                    }
                }
            }
        }
    }
    wrong
}

/// The template as Azure gets it; `None` without a Bicep CLI.
fn compiled() -> Option<Value> {
    let built = Command::new(bicep()?)
        .args(["build", "bicep/main.bicep", "--stdout"])
        .current_dir(Path::new(CHECKOUT))
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Some(serde_json::from_slice(&built.stdout).unwrap())
}

/// The resource at a path of modules and names.
fn at<'a>(template: &'a mut Value, path: &str) -> &'a mut Value {
    let (module, rest) = path.split_once('/').map_or((path, None), |(m, rest)| (m, Some(rest)));
    let resource = &mut template["resources"][module];
    assert!(!resource.is_null(), "no {module}");
    match rest {
        None => resource,
        Some(rest) => at(&mut resource["properties"]["template"], rest),
    }
}

fn finds(rule: fn(&Value) -> Vec<String>, words: &str, template: &Value) {
    let offences = rule(template);
    let is_found = offences.iter().any(|offence| offence.contains(words));
    assert!(is_found, "nothing says {words:?}, only: {offences:#?}");
}

#[test]
fn what_azure_changes_one_at_a_time_is_asked_for_one_at_a_time() {
    let Some(template) = compiled() else { return };
    for rule in [loops_are_serial, neighbours_wait_for_each_other] {
        assert_eq!(rule(&template), Vec::<String>::new());
    }
    for (path, words) in [
        ("stores/redis/access", "several Microsoft.Cache/redisEnterprise/databases/acc"),
        ("stores/mysql/configurations", "flexibleServers/configurations at once"),
        ("hosts/endpoints", "hosts/endpoints/endpoint: several Microsoft.Network/privateEndpoints"),
        ("governance/defender", "governance/defender/pricing: several Microsoft.Security"),
    ] {
        let mut broken = template.clone();
        at(&mut broken, path)["copy"]["batchSize"] = json!(2);
        finds(loops_are_serial, words, &broken);
    }
    let mut broken = template.clone();
    let endpoints = at(&mut broken, "hosts/endpoints").clone();
    broken["resources"]["more"] = endpoints;
    finds(loops_are_serial, "by hosts/endpoints/endpoint and more/endpoint", &broken);
    for (path, words) in [
        ("analytics/graph/readerAssignments", "readerAssignments and writerAssignments at once"),
        ("apps/app/app::scm", "app::ftp and app::scm at once"),
        ("stores/eventHubs/children", "children and namespace::network at once"),
    ] {
        let mut broken = template.clone();
        at(&mut broken, path)["dependsOn"] = json!([]);
        finds(neighbours_wait_for_each_other, words, &broken);
    }
}
