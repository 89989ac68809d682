//! What the Flex Consumption plan takes of an app, which is less than the type of a site allows:
//! Azure refuses an app that says anything else, or ignores it.

use serde_json::{Value, json};

use crate::deployment::Deployment;
use crate::kinds::{APP_SETTINGS, SITES};
use crate::{finds, holds};

/// What apps on this plan are known to take in `siteConfig`. By the documentation of the plan these
/// are refused: `alwaysOn`, `ftpsState`, `functionAppScaleLimit`,
/// `functionsRuntimeScaleMonitoringEnabled`, `linuxFxVersion`, `netFrameworkVersion`,
/// `preWarmedInstanceCount`, `use32BitWorkerProcess` and their like.
const SITE_CONFIG_TAKEN: [&str; 8] = [
    "http20Enabled",
    "ipSecurityRestrictions",
    "ipSecurityRestrictionsDefaultAction",
    "minTlsVersion",
    "scmIpSecurityRestrictions",
    "scmIpSecurityRestrictionsDefaultAction",
    "scmIpSecurityRestrictionsUseMain",
    "scmMinTlsVersion",
];
/// Settings that this plan replaces by `functionAppConfig` or by the network's own rules.
const SETTINGS_REPLACED: [&str; 15] = [
    "ENABLE_ORYX_BUILD",
    "FUNCTIONS_MAX_HTTP_CONCURRENCY",
    "FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED",
    "FUNCTIONS_WORKER_PROCESS_COUNT",
    "FUNCTIONS_WORKER_RUNTIME",
    "FUNCTIONS_WORKER_RUNTIME_VERSION",
    "SCM_DO_BUILD_DURING_DEPLOYMENT",
    "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
    "WEBSITE_CONTENTOVERVNET",
    "WEBSITE_CONTENTSHARE",
    "WEBSITE_DNS_SERVER",
    "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT",
    "WEBSITE_RUN_FROM_PACKAGE",
    "WEBSITE_SKIP_CONTENTSHARE_VALIDATION",
    "WEBSITE_VNET_ROUTE_ALL",
];
/// Properties of the site itself that this plan replaces.
const PROPERTIES_REPLACED: [&str; 5] =
    ["containerSize", "dailyMemoryTimeQuota", "isXenon", "reserved", "vnetRouteAllEnabled"];

pub(crate) fn apps_say_only_what_flex_takes(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for app in deployment.of(SITES) {
        let names = |pointer: &str| -> Vec<String> {
            let values = app.at(pointer).as_object();
            values.map_or_else(Vec::new, |values| values.keys().cloned().collect())
        };
        let config = names("/properties/siteConfig").into_iter();
        let config = config.filter(|name| !SITE_CONFIG_TAKEN.contains(&name.as_str()));
        wrong.extend(config.map(|name| format!("{} says siteConfig.{name}", app.name())));
        let own = names("/properties").into_iter();
        let own = own.filter(|name| PROPERTIES_REPLACED.contains(&name.as_str()));
        wrong.extend(own.map(|name| format!("{} says {name}", app.name())));
        if *app.at("/properties/functionAppConfig/runtime")
            != json!({ "name": "custom", "version": "1.0" })
        {
            wrong.push(format!("{} has another runtime than custom 1.0", app.name()));
        }
    }
    for settings in deployment.of(APP_SETTINGS) {
        let replaced = SETTINGS_REPLACED.into_iter().filter(|name| {
            settings.at("/properties").get(name).is_some_and(|value| !value.is_null())
        });
        wrong.extend(replaced.map(|name| format!("{} sets {name}", settings.name())));
    }
    wrong
}

#[test]
fn an_app_says_only_what_its_plan_takes() {
    let rule = apps_say_only_what_flex_takes;
    holds(rule);
    finds(rule, "says siteConfig.ftpsState", |it| {
        let site = it.find_mut(SITES, "func-auth-");
        site.set("/properties/siteConfig/ftpsState", json!("Disabled"));
    });
    finds(rule, "says dailyMemoryTimeQuota", |it| {
        it.find_mut(SITES, "func-auth-").set("/properties/dailyMemoryTimeQuota", json!(0));
    });
    finds(rule, "has another runtime", |it| {
        let place = "/properties/functionAppConfig/runtime/version";
        it.find_mut(SITES, "func-qr-").set(place, Value::Null);
    });
    finds(rule, "sets FUNCTIONS_WORKER_RUNTIME", |it| {
        let settings = it.find_mut(APP_SETTINGS, "func-qr-");
        settings.set("/properties/FUNCTIONS_WORKER_RUNTIME", json!("custom"));
    });
}
