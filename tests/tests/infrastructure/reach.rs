//! What must be reached, and by which name: an app reaches itself, a host its storage, and who asks
//! from inside for what has a private link somewhere gets an address.

use serde_json::{Value, json};

use crate::deployment::{Deployment, Resource};
use crate::kinds::{
    APP_SETTINGS, BLOB_SERVICES, CONTAINERS, NETWORKS, ROUTES, SECURITY_GROUPS, SITES, STORAGE,
};
use crate::{finds, holds};

/// The storage account of an app's host, by its settings.
fn host_storage<'a>(deployment: &'a Deployment, app: &str) -> Option<&'a str> {
    let settings = deployment.find(APP_SETTINGS, &format!("/{app}/"))?;
    let address = settings.text("/properties/AzureWebJobsStorage__blobServiceUri");
    deployment.of(STORAGE).map(Resource::name).find(|account| address.contains(account))
}

/// The host writes leases and checkpoints of its triggers all the time; versions and soft deletion
/// would keep each of these writes, and Event Hubs' readers must not have them.
pub(crate) fn hosts_keep_nothing(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for app in deployment.of(SITES) {
        let account = host_storage(deployment, app.name());
        let found = account.and_then(|account| {
            let place = format!("/storageAccounts/{account}/");
            Some((account, deployment.find(BLOB_SERVICES, &place)?))
        });
        let Some((account, service)) = found else {
            wrong.push(format!("{} has no host storage", app.name()));
            continue;
        };
        wrong.extend(kept(service, &format!("{account}, the host's,")));
    }
    wrong
}

/// What people were told is deleted, is: files of shops, pictures, and what those were made of.
pub(crate) fn what_can_be_made_again_is_gone_when_deleted(deployment: &Deployment) -> Vec<String> {
    let wrong =
        ["stdreports", "stduser", "stdbusiness", "stdmessages"].iter().flat_map(|account| {
            let service = deployment.find(BLOB_SERVICES, &format!("/storageAccounts/{account}"));
            service.map_or_else(
                || vec![format!("there is no account {account}")],
                |service| kept(service, account),
            )
        });
    wrong.collect()
}

/// In what an account would keep what is deleted or replaced.
fn kept(service: &Resource, account: &str) -> Vec<String> {
    let settings = ["/properties/isVersioningEnabled", "/properties/deleteRetentionPolicy/enabled"];
    let keeping = settings.into_iter().filter(|setting| *service.at(setting) != json!(false));
    keeping.map(|setting| format!("{account} must say false at {setting}")).collect()
}

/// The host calls its own public name when it reads its triggers anew; through the service endpoint
/// that call comes from its subnet. What Azure runs an app on also speaks within that subnet.
pub(crate) fn apps_reach_themselves(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for app in deployment.of(SITES) {
        let own = app.text("/properties/virtualNetworkSubnetId");
        let mut doors = app.list("/properties/siteConfig/ipSecurityRestrictions").iter();
        if !doors.any(|rule| rule["action"] == "Allow" && rule["vnetSubnetResourceId"] == own) {
            wrong.push(format!("{} does not answer itself", app.name()));
        }
        let name = own.rsplit('/').next().unwrap();
        let mut subnets = deployment.of(NETWORKS).flat_map(|it| it.list("/properties/subnets"));
        let subnet = &subnets.find(|it| it["name"] == name).unwrap()["properties"];
        let endpoints = subnet["serviceEndpoints"].as_array().unwrap();
        if !endpoints.iter().any(|it| it["service"] == "Microsoft.Web") {
            wrong.push(format!("{name} has no service endpoint of Microsoft.Web"));
        }
        let group = subnet["networkSecurityGroup"]["id"].as_str().unwrap();
        let group = deployment.of(SECURITY_GROUPS).find(|it| it.id() == group).unwrap();
        for (direction, end) in [("Inbound", "source"), ("Outbound", "destination")] {
            let is_own = |rule: &&Value| {
                let rule = &rule["properties"];
                rule["direction"] == direction
                    && rule["access"] == "Allow"
                    && rule[format!("{end}AddressPrefix")] == subnet["addressPrefix"]
            };
            if !group.list("/properties/securityRules").iter().any(|rule| is_own(&rule)) {
                wrong.push(format!("{}: {direction} is closed to {name} itself", group.name()));
            }
        }
    }
    wrong
}

/// Azure sends the public name of what has any private link to the zone of its kind; where that
/// zone is linked and has no record of it, the name would not exist.
pub(crate) fn private_names_resolve(deployment: &Deployment) -> Vec<String> {
    let endpoints: Vec<&Value> = deployment
        .of("Microsoft.Network/privateEndpoints")
        .flat_map(|it| it.list("/properties/privateLinkServiceConnections"))
        .collect();
    let here = endpoints.iter().map(|it| {
        let properties = &it["properties"];
        (&properties["privateLinkServiceId"], &properties["groupIds"][0])
    });
    let here: Vec<(&Value, &Value)> = here.collect();
    let elsewhere = deployment.of("Microsoft.Cdn/profiles/originGroups/origins").filter_map(|it| {
        let link = it.at("/properties/sharedPrivateLinkResource");
        link.is_object().then(|| (&link["privateLink"]["id"], &link["groupId"]))
    });
    let mut wrong = Vec::new();
    for (id, part) in elsewhere.filter(|linked| !here.contains(linked)) {
        let zone = format!("privatelink.{}.", part.as_str().unwrap());
        let links = deployment
            .of("Microsoft.Network/privateDnsZones/virtualNetworkLinks")
            .filter(|link| link.name().starts_with(&zone))
            .filter(|link| link.text("/properties/resolutionPolicy") != "NxDomainRedirect");
        wrong.extend(links.map(|link| format!("{id} has no address in {}", link.name())));
    }
    wrong
}

/// Each edge of Front Door sends probes of its own, some hundred a minute: for one origin alone,
/// that has no twin to turn to, they keep an app awake and its stores busy for nothing.
pub(crate) fn who_stands_alone_is_not_probed(deployment: &Deployment) -> Vec<String> {
    let groups = deployment.of("Microsoft.Cdn/profiles/originGroups").filter(|group| {
        let origins = deployment.of("Microsoft.Cdn/profiles/originGroups/origins");
        group.at("/properties/healthProbeSettings").is_object()
            && origins.filter(|origin| origin.is_in(group)).count() < 2
    });
    groups.map(|group| format!("{} is probed", group.name())).collect()
}

/// Clients use the links that a service signs from the internet, where an account's network takes
/// nobody: a route of Front Door hands a container on to it by private link.
pub(crate) fn links_lead_to_their_account(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for settings in deployment.of(APP_SETTINGS) {
        let given = settings.at("/properties").as_object().unwrap();
        let Some((name, _)) = given.iter().find(|(name, _)| name.ends_with("_LINKS_URL")) else {
            continue;
        };
        let address = given[&name.replace("_LINKS_", "_BLOB_")].as_str().unwrap();
        let account = deployment.of(STORAGE).find(|account| address.contains(account.name()));
        let account = account.unwrap();
        let origins = deployment.of("Microsoft.Cdn/profiles/originGroups/origins");
        let linked = origins.filter(|origin| {
            let link = origin.at("/properties/sharedPrivateLinkResource");
            link["privateLink"]["id"] == account.id() && link["groupId"] == "blob"
        });
        let groups: Vec<&str> = linked.filter_map(|it| it.id().split("/origins/").next()).collect();
        let routes = deployment
            .of(ROUTES)
            .filter(|route| groups.contains(&route.text("/properties/originGroup/id")));
        let patterns: Vec<&Value> =
            routes.flat_map(|route| route.list("/properties/patternsToMatch")).collect();
        let containers = deployment.of(CONTAINERS).filter(|container| container.is_in(account));
        let mut containers = containers.map(|it| it.id().rsplit('/').next().unwrap());
        if !containers.any(|container| patterns.contains(&&json!(format!("/{container}/*")))) {
            wrong.push(format!("links of {} lead nowhere", account.name()));
        }
    }
    wrong
}

#[test]
fn who_has_a_link_reaches_the_account() {
    let rule = links_lead_to_their_account;
    holds(rule);
    finds(rule, "links of stdonboard", |it| it.remove(ROUTES, "/onboarding-blobs"));
    finds(rule, "links of stdonboard", |it| {
        let origin = it.find_mut(
            "Microsoft.Cdn/profiles/originGroups/origins",
            "/onboarding-blobs/origins/onboarding-blobs",
        );
        origin.set("/properties/sharedPrivateLinkResource", Value::Null);
    });
}

#[test]
fn an_origin_without_a_twin_is_not_probed() {
    let rule = who_stands_alone_is_not_probed;
    holds(rule);
    finds(rule, "/payments is probed", |it| {
        let group = it.find_mut("Microsoft.Cdn/profiles/originGroups", "/originGroups/payments");
        group.set("/properties/healthProbeSettings", json!({ "probePath": "/" }));
    });
}

#[test]
fn an_app_answers_itself() {
    let rule = apps_reach_themselves;
    holds(rule);
    finds(rule, "func-qr-", |it| {
        let site = it.find_mut(SITES, "func-qr-");
        site.set("/properties/siteConfig/ipSecurityRestrictions/2/action", json!("Deny"));
    });
    finds(rule, "nsg-auth: Inbound is closed to snet-auth itself", |it| {
        let group = it.find_mut(SECURITY_GROUPS, "/nsg-auth");
        let rules = group.0["properties"]["securityRules"].as_array_mut().unwrap();
        rules.retain(|rule| rule["name"] != "own-subnet-in");
    });
    finds(rule, "snet-auth has no service endpoint of Microsoft.Web", |it| {
        let subnet = "/properties/subnets/0/properties/serviceEndpoints";
        it.find_mut(NETWORKS, "").set(subnet, json!([]));
    });
}

#[test]
fn a_name_that_is_private_elsewhere_resolves_inside_too() {
    let rule = private_names_resolve;
    holds(rule);
    finds(rule, "has no address in privatelink.blob.core.windows.net", |it| {
        let zone = it.find_mut(
            "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
            "/privatelink.blob.core.windows.net/",
        );
        zone.set("/properties/resolutionPolicy", json!("Default"));
    });
}

#[test]
fn a_hosts_storage_keeps_no_version_of_a_checkpoint() {
    let rule = hosts_keep_nothing;
    holds(rule);
    finds(rule, "must say false at /properties/isVersioningEnabled", |it| {
        let service = it.find_mut(BLOB_SERVICES, "/sthpayments");
        service.set("/properties/isVersioningEnabled", json!(true));
    });
    finds(rule, "has no host storage", |it| it.remove(BLOB_SERVICES, "/sthauth"));
}

#[test]
fn a_file_of_a_shop_and_a_picture_are_gone_once_they_are_deleted() {
    let rule = what_can_be_made_again_is_gone_when_deleted;
    holds(rule);
    finds(rule, "must say false at /properties/deleteRetentionPolicy/enabled", |it| {
        let service = it.find_mut(BLOB_SERVICES, "/storageAccounts/stdreports");
        service.set("/properties/deleteRetentionPolicy/enabled", json!(true));
    });
}
