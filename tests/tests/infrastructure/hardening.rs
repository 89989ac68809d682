//! What every resource of a kind must say of itself: identities instead of local keys, TLS 1.2 at
//! least, no public blob, no address let in.

use serde_json::{Value, json};

use crate::deployment::{Deployment, Resource};
use crate::kinds::{
    COGNITIVE, COMMUNICATION, CONTAINERS, COSMOS, DATABRICKS, FIREWALLS, HUB_NAMESPACES, HUB_RULES,
    INSIGHTS, PUBLISHING_POLICIES, REDIS, REDIS_DATABASES, ROUTES, SERVER_CONFIGURATIONS, SERVERS,
    SITES, STORAGE, VAULTS, WORKSPACES,
};
use crate::{finds, holds};

/// What every resource of a kind must say, and where.
pub(crate) const REQUIRED: [(&str, &str, Must); 43] = [
    (SITES, "/properties/httpsOnly", Must::Be(true)),
    (SITES, "/properties/siteConfig/minTlsVersion", Must::Say("1.2")),
    (SITES, "/properties/siteConfig/scmMinTlsVersion", Must::Say("1.2")),
    (SITES, "/properties/siteConfig/ipSecurityRestrictionsDefaultAction", Must::Say("Deny")),
    (SITES, "/properties/siteConfig/scmIpSecurityRestrictionsDefaultAction", Must::Say("Deny")),
    (SITES, "/properties/siteConfig/scmIpSecurityRestrictionsUseMain", Must::Be(false)),
    (PUBLISHING_POLICIES, "/properties/allow", Must::Be(false)),
    (STORAGE, "/properties/allowBlobPublicAccess", Must::Be(false)),
    (STORAGE, "/properties/allowSharedKeyAccess", Must::Be(false)),
    (STORAGE, "/properties/allowCrossTenantReplication", Must::Be(false)),
    (STORAGE, "/properties/minimumTlsVersion", Must::Say("TLS1_2")),
    (STORAGE, "/properties/supportsHttpsTrafficOnly", Must::Be(true)),
    (STORAGE, "/properties/networkAcls/defaultAction", Must::Say("Deny")),
    (STORAGE, "/properties/networkAcls/ipRules", Must::BeEmpty),
    (CONTAINERS, "/properties/publicAccess", Must::Say("None")),
    (VAULTS, "/properties/enableRbacAuthorization", Must::Be(true)),
    (VAULTS, "/properties/enablePurgeProtection", Must::Be(true)),
    (VAULTS, "/properties/networkAcls/defaultAction", Must::Say("Deny")),
    (VAULTS, "/properties/networkAcls/ipRules", Must::BeEmpty),
    (SERVERS, "/properties/network/publicNetworkAccess", Must::Say("Disabled")),
    (REDIS, "/properties/publicNetworkAccess", Must::Say("Disabled")),
    (REDIS, "/properties/minimumTlsVersion", Must::Say("1.2")),
    (REDIS_DATABASES, "/properties/accessKeysAuthentication", Must::Say("Disabled")),
    (REDIS_DATABASES, "/properties/clientProtocol", Must::Say("Encrypted")),
    (HUB_NAMESPACES, "/properties/disableLocalAuth", Must::Be(true)),
    (HUB_NAMESPACES, "/properties/minimumTlsVersion", Must::Say("1.2")),
    (HUB_RULES, "/properties/defaultAction", Must::Say("Deny")),
    (HUB_RULES, "/properties/ipRules", Must::BeEmpty),
    (COSMOS, "/properties/disableLocalAuth", Must::Be(true)),
    (COSMOS, "/properties/isVirtualNetworkFilterEnabled", Must::Be(true)),
    (COSMOS, "/properties/minimalTlsVersion", Must::Say("Tls12")),
    (COSMOS, "/properties/ipRules", Must::BeEmpty),
    (COGNITIVE, "/properties/disableLocalAuth", Must::Be(true)),
    (COGNITIVE, "/properties/networkAcls/defaultAction", Must::Say("Deny")),
    (COGNITIVE, "/properties/networkAcls/ipRules", Must::BeEmpty),
    (COMMUNICATION, "/properties/disableLocalAuth", Must::Be(true)),
    (INSIGHTS, "/properties/DisableLocalAuth", Must::Be(true)),
    (WORKSPACES, "/properties/features/disableLocalAuth", Must::Be(true)),
    (DATABRICKS, "/properties/publicNetworkAccess", Must::Say("Disabled")),
    (DATABRICKS, "/properties/parameters/enableNoPublicIp/value", Must::Be(true)),
    (ROUTES, "/properties/forwardingProtocol", Must::Say("HttpsOnly")),
    (FIREWALLS, "/properties/policySettings/mode", Must::Say("Prevention")),
    (FIREWALLS, "/properties/policySettings/enabledState", Must::Say("Enabled")),
];

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Must {
    Be(bool),
    Say(&'static str),
    /// An empty list, or none.
    BeEmpty,
}

impl Must {
    fn holds(self, value: &Value) -> bool {
        match self {
            Self::Be(wanted) => *value == json!(wanted),
            Self::Say(wanted) => *value == json!(wanted),
            Self::BeEmpty => value.as_array().is_none_or(Vec::is_empty),
        }
    }

    /// A value that it is not.
    fn broken(self) -> Value {
        match self {
            Self::Be(wanted) => json!(!wanted),
            Self::Say(wanted) => json!(format!("not {wanted}")),
            Self::BeEmpty => json!([{ "value": "203.0.113.7" }]),
        }
    }
}

/// MySQL's own settings for connections; a replica has those of its source.
const SERVER_SETTINGS: [(&str, &str); 2] =
    [("require_secure_transport", "ON"), ("tls_version", "TLSv1.2,TLSv1.3")];

pub(crate) fn resources_say_what_they_must(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for (kind, pointer, must) in REQUIRED {
        for resource in deployment.of(kind).filter(|it| !must.holds(it.at(pointer))) {
            wrong.push(format!("{} {pointer} must {must:?}", resource.name()));
        }
    }
    for server in deployment.of(SERVERS).filter(|server| !server.is_replica()) {
        for (name, value) in SERVER_SETTINGS {
            let id = format!("{}/configurations/{name}", server.id());
            let setting = deployment.of(SERVER_CONFIGURATIONS).find(|it| it.id() == id);
            if setting.is_none_or(|setting| setting.text("/properties/value") != value) {
                wrong.push(format!("{} must set {name} to {value}", server.name()));
            }
        }
    }
    wrong
}

/// A route takes no request without TLS, or sends whoever came without it to the same with it.
pub(crate) fn routes_demand_tls(deployment: &Deployment) -> Vec<String> {
    let is_safe = |route: &Resource| {
        *route.at("/properties/supportedProtocols") == json!(["Https"])
            || route.text("/properties/httpsRedirect") == "Enabled"
    };
    let open = deployment.of(ROUTES).filter(|route| !is_safe(route));
    open.map(|route| format!("{} takes requests without TLS", route.name())).collect()
}

#[test]
fn every_resource_demands_identities_tls_and_known_networks() {
    let rule = resources_say_what_they_must;
    holds(rule);
    for (kind, pointer, must) in REQUIRED {
        finds(rule, &format!("{pointer} must"), |it| {
            it.find_mut(kind, "").set(pointer, must.broken());
        });
    }
    finds(rule, "must set require_secure_transport", |it| {
        let setting = it.find_mut(SERVER_CONFIGURATIONS, "/require_secure_transport");
        setting.set("/properties/value", json!("OFF"));
    });
    finds(rule, "must set tls_version", |it| it.remove(SERVER_CONFIGURATIONS, "/tls_version"));
}

#[test]
fn front_door_takes_no_request_without_tls() {
    holds(routes_demand_tls);
    finds(routes_demand_tls, "/payments takes requests without TLS", |it| {
        let route = it.find_mut(ROUTES, "/routes/payments");
        route.set("/properties/supportedProtocols", json!(["Http", "Https"]));
    });
}
