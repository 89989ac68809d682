//! Nothing but Front Door listens to the internet, and the firewall stands before it.

use serde_json::{Value, json};

use crate::checkout::functions;
use crate::deployment::{Deployment, Resource};
use crate::hardening::REQUIRED;
use crate::kinds::{
    COGNITIVE, COMMUNICATION, COSMOS, HUB_NAMESPACES, HUB_RULES, NETWORKS, REDIS, SECURITY_GROUPS,
    SITES, STORAGE, VAULTS,
};
use crate::{finds, holds};

const ROUTES: &str = "Microsoft.Cdn/profiles/afdEndpoints/routes";

/// Kinds that answer from a public address, and what keeps strangers out instead.
const PUBLIC_BY_DESIGN: [(&str, &str); 8] = [
    (SITES, "restrictions: Front Door's service tag and profile id, and the runner's subnet"),
    (STORAGE, "networkAcls: the subnets that are named"),
    (VAULTS, "networkAcls: the subnets that are named"),
    (HUB_NAMESPACES, "networkRuleSets: the subnets that are named"),
    (COSMOS, "virtualNetworkRules: the subnets that are named"),
    (COGNITIVE, "networkAcls: the subnets that are named"),
    (COMMUNICATION, "Entra tokens only: the service has no rules for networks"),
    (HUB_RULES, "says the same as its namespace"),
];

/// Kinds that were looked at: they open nothing by themselves, or a rule here speaks of them.
const KNOWN: [&str; 50] = [
    "Microsoft.Authorization/locks",
    "Microsoft.Authorization/policyAssignments",
    "Microsoft.Authorization/roleAssignments",
    "Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments",
    "Microsoft.Cdn/profiles",
    "Microsoft.Cdn/profiles/afdEndpoints",
    "Microsoft.Cdn/profiles/originGroups",
    "Microsoft.Cdn/profiles/originGroups/origins",
    "Microsoft.Cdn/profiles/ruleSets",
    "Microsoft.Cdn/profiles/ruleSets/rules",
    "Microsoft.Cdn/profiles/securityPolicies",
    "Microsoft.Consumption/budgets",
    "Microsoft.DBforMySQL/flexibleServers/advancedThreatProtectionSettings",
    "Microsoft.DBforMySQL/flexibleServers/configurations",
    "Microsoft.DBforMySQL/flexibleServers/databases",
    "Microsoft.Databricks/accessConnectors",
    "Microsoft.DocumentDB/databaseAccounts/sqlDatabases",
    "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers",
    "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments",
    "Microsoft.EventGrid/systemTopics",
    "Microsoft.EventGrid/systemTopics/eventSubscriptions",
    "Microsoft.EventHub/namespaces/eventhubs",
    "Microsoft.EventHub/namespaces/eventhubs/consumergroups",
    "Microsoft.Insights/actionGroups",
    "Microsoft.Insights/diagnosticSettings",
    "Microsoft.Insights/metricAlerts",
    "Microsoft.Insights/scheduledQueryRules",
    "Microsoft.Insights/webtests",
    "Microsoft.Insights/workbooks",
    "Microsoft.KeyVault/vaults/keys",
    "Microsoft.ManagedIdentity/userAssignedIdentities",
    "Microsoft.Network/natGateways",
    "Microsoft.Network/networkSecurityGroups",
    "Microsoft.Network/privateDnsZones",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    "Microsoft.Network/privateEndpoints",
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
    "Microsoft.Network/publicIPAddresses",
    "Microsoft.Network/virtualNetworks",
    // Knows only keys; notification's vault holds one.
    "Microsoft.NotificationHubs/namespaces",
    "Microsoft.NotificationHubs/namespaces/notificationHubs",
    "Microsoft.NotificationHubs/namespaces/notificationHubs/authorizationRules",
    "Microsoft.Resources/resourceGroups",
    "Microsoft.Security/pricings",
    "Microsoft.Storage/storageAccounts/blobServices",
    "Microsoft.Storage/storageAccounts/managementPolicies",
    "Microsoft.Storage/storageAccounts/queueServices",
    "Microsoft.Storage/storageAccounts/queueServices/queues",
    "Microsoft.Web/serverfarms",
    "Microsoft.Web/sites/config",
];

pub(crate) fn kinds_are_known(deployment: &Deployment) -> Vec<String> {
    let is_known = |kind: &str| {
        KNOWN.contains(&kind) || REQUIRED.iter().any(|(required, ..)| *required == kind)
    };
    let new = deployment.resources.iter().filter(|it| !is_known(it.kind()));
    new.map(|it| format!("{}: may the internet reach it?", it.kind())).collect()
}

pub(crate) fn only_known_kinds_have_public_addresses(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for resource in &deployment.resources {
        let is_by_design = PUBLIC_BY_DESIGN.iter().any(|(kind, _)| *kind == resource.kind());
        if resource.text("/properties/publicNetworkAccess") == "Enabled" && !is_by_design {
            wrong.push(format!("{} has a public address", resource.name()));
        }
    }
    let gateways: Vec<&Value> = deployment
        .of("Microsoft.Network/natGateways")
        .flat_map(|gateway| gateway.list("/properties/publicIpAddresses"))
        .map(|address| &address["id"])
        .collect();
    let addresses = deployment.of("Microsoft.Network/publicIPAddresses");
    let loose = addresses.filter(|address| !gateways.contains(&address.at("/id")));
    wrong.extend(loose.map(|it| format!("{} is no gateway's address", it.name())));
    wrong
}

/// Apps answer Front Door, the runner's subnet and their own only; their deployment endpoints the
/// runner's only.
pub(crate) fn apps_answer_only_front_door(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for app in deployment.of(SITES) {
        let is_runner = |rule: &Value| {
            let subnet = rule["vnetSubnetResourceId"].as_str().unwrap_or_default();
            subnet.ends_with("/subnets/snet-runner")
        };
        let is_front_door = |rule: &Value| {
            let id = rule["headers"]["x-azure-fdid"][0].as_str().unwrap_or_default();
            rule["tag"] == "ServiceTag"
                && rule["ipAddress"] == "AzureFrontDoor.Backend"
                && id.contains("Microsoft.Cdn/profiles")
        };
        let is_itself = |rule: &&Value| {
            rule["vnetSubnetResourceId"] == *app.at("/properties/virtualNetworkSubnetId")
        };
        let doors = app.list("/properties/siteConfig/ipSecurityRestrictions").iter();
        let back_doors = app.list("/properties/siteConfig/scmIpSecurityRestrictions").iter();
        let open =
            doors.filter(|rule| !is_front_door(rule) && !is_runner(rule) && !is_itself(rule));
        let open = open.chain(back_doors.filter(|rule| !is_runner(rule)));
        wrong.extend(open.map(|rule| format!("{} lets in {}", app.name(), rule["name"])));
    }
    wrong
}

pub(crate) fn networks_are_closed(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for subnet in deployment.of(NETWORKS).flat_map(|it| it.list("/properties/subnets")) {
        let (name, properties) = (&subnet["name"], &subnet["properties"]);
        if properties["defaultOutboundAccess"] != json!(false) {
            wrong.push(format!("{name} has a way out that nobody sees"));
        }
        if properties["networkSecurityGroup"]["id"].is_null() {
            wrong.push(format!("{name} has no security group"));
        }
    }
    for group in deployment.of(SECURITY_GROUPS) {
        let open = group.list("/properties/securityRules").iter().filter(|rule| {
            let rule = &rule["properties"];
            let everyone = ["*", "Internet", "0.0.0.0/0"].map(|who| json!(who));
            rule["direction"] == "Inbound"
                && rule["access"] == "Allow"
                && everyone.contains(&rule["sourceAddressPrefix"])
        });
        wrong.extend(
            open.map(|rule| format!("{} lets everyone in: {}", group.name(), rule["name"])),
        );
    }
    wrong
}

/// The firewall stands before every host name of Front Door.
pub(crate) fn the_firewall_covers_every_endpoint(deployment: &Deployment) -> Vec<String> {
    let covered: Vec<&Value> = deployment
        .of("Microsoft.Cdn/profiles/securityPolicies")
        .flat_map(|policy| policy.list("/properties/parameters/associations"))
        .filter(|association| association["patternsToMatch"] == json!(["/*"]))
        .flat_map(|association| association["domains"].as_array().unwrap())
        .map(|domain| &domain["id"])
        .collect();
    let endpoints = deployment.of("Microsoft.Cdn/profiles/afdEndpoints");
    let bare = endpoints.filter(|endpoint| !covered.contains(&endpoint.at("/id")));
    bare.map(|endpoint| format!("{} has no firewall", endpoint.name())).collect()
}

/// What asks for a function key is for the runner's subnet: no route of Front Door leads there.
pub(crate) fn what_asks_for_a_function_key_is_off_front_door(
    deployment: &Deployment,
) -> Vec<String> {
    let is_at_or_below = |path: &str, other: &str| {
        path.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let functions = functions();
    let keyed = functions.iter().filter(|it| it.values("authLevel").contains(&"function"));
    let keyed: Vec<String> = keyed
        .flat_map(|function| function.values("route"))
        .map(|route| format!("/api/{}", route.trim_end_matches("/{*rest}")))
        .collect();
    let routes = deployment.of(ROUTES);
    // Storage has no functions.
    let routes = routes.filter(|it| !it.text("/properties/originGroup/id").ends_with("/static"));
    let patterns = routes.flat_map(|route| route.list("/properties/patternsToMatch"));
    let mut wrong = Vec::new();
    for pattern in patterns.filter_map(Value::as_str) {
        let fixed = pattern.trim_end_matches('*').trim_end_matches('/').to_lowercase();
        let leads = |path: &&String| is_at_or_below(path, &fixed) || is_at_or_below(&fixed, path);
        let open = keyed.iter().filter(leads);
        wrong.extend(open.map(|path| format!("{pattern} leads to {path}")));
    }
    wrong
}

#[test]
fn a_new_kind_of_resource_is_looked_at_before_it_is_deployed() {
    holds(kinds_are_known);
    finds(kinds_are_known, "Microsoft.Compute/virtualMachines: may the internet", |it| {
        it.resources.push(Resource(json!({ "type": "Microsoft.Compute/virtualMachines" })));
    });
}

#[test]
fn only_the_kinds_that_need_one_have_a_public_address() {
    let rule = only_known_kinds_have_public_addresses;
    holds(rule);
    finds(rule, "redis-auth has a public address", |it| {
        let properties = json!({ "publicNetworkAccess": "Enabled" });
        let redis = json!({ "type": REDIS, "name": "redis-auth", "properties": properties });
        it.resources.push(Resource(redis));
    });
    finds(rule, "pip-loose is no gateway's address", |it| {
        let address = json!({ "type": "Microsoft.Network/publicIPAddresses", "name": "pip-loose" });
        it.resources.push(Resource(address));
    });
}

#[test]
fn apps_answer_only_front_door_and_the_runner() {
    let rule = apps_answer_only_front_door;
    holds(rule);
    finds(rule, "lets in \"front-door\"", |it| {
        let restriction = "/properties/siteConfig/ipSecurityRestrictions/0/headers";
        it.find_mut(SITES, "func-auth-").set(restriction, Value::Null);
    });
    finds(rule, "lets in \"office\"", |it| {
        let office = json!({ "name": "office", "action": "Allow", "ipAddress": "203.0.113.7/32" });
        let app = it.find_mut(SITES, "func-payments-");
        let rules = &mut app.0["properties"]["siteConfig"]["scmIpSecurityRestrictions"];
        rules.as_array_mut().unwrap().push(office);
    });
}

#[test]
fn subnets_let_nobody_in_and_nothing_out_unseen() {
    holds(networks_are_closed);
    finds(networks_are_closed, "has a way out that nobody sees", |it| {
        let place = "/properties/subnets/0/properties/defaultOutboundAccess";
        it.find_mut(NETWORKS, "").set(place, json!(true));
    });
    finds(networks_are_closed, "has no security group", |it| {
        let place = "/properties/subnets/0/properties/networkSecurityGroup";
        it.find_mut(NETWORKS, "").set(place, Value::Null);
    });
    finds(networks_are_closed, "lets everyone in", |it| {
        let place = "/properties/securityRules/0/properties";
        let open = json!({
            "direction": "Inbound", "access": "Allow", "sourceAddressPrefix": "Internet",
        });
        it.find_mut(SECURITY_GROUPS, "nsg-auth").set(place, open);
    });
}

#[test]
fn every_front_door_endpoint_stands_behind_the_firewall() {
    let rule = the_firewall_covers_every_endpoint;
    holds(rule);
    finds(rule, "has no firewall", |it| {
        it.remove("Microsoft.Cdn/profiles/securityPolicies", "");
    });
}

#[test]
fn no_route_of_front_door_leads_to_what_asks_for_a_function_key() {
    let rule = what_asks_for_a_function_key_is_off_front_door;
    holds(rule);
    for (pattern, path) in [
        ("/api/v1/ledger", "/api/v1/ledger"),
        ("/api/v1/Ledger/accounts/*", "/api/v1/ledger"),
        ("/api/v1/first-invitations/*", "/api/v1/first-invitations"),
        ("/api/v1/*", "/api/v1/first-invitations"),
        ("/*", "/api/v1/ledger"),
    ] {
        finds(rule, &format!("{pattern} leads to {path}"), |it| {
            let route = it.find_mut(ROUTES, "/routes/payments");
            let patterns = &mut route.0["properties"]["patternsToMatch"];
            patterns.as_array_mut().unwrap().push(json!(pattern));
        });
    }
}
