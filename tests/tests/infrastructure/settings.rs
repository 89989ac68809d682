//! What a program reads is what its app is given.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::checkout::{folders, functions, settings_read};
use crate::deployment::{Deployment, Resource, Service, identity_in};
use crate::kinds::APP_SETTINGS;
use crate::{finds, finds_in_prod, holds};

/// What the Functions host, the Azure SDK and telemetry read in every app, beside a service's own.
const PLATFORM: [&str; 7] = [
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "AZURE_CLIENT_ID",
    "AzureWebJobsStorage__blobServiceUri",
    "AzureWebJobsStorage__clientId",
    "AzureWebJobsStorage__credential",
    "FUNCTIONS_EXTENSION_VERSION",
];
/// The services that have code.
fn built(deployment: &Deployment) -> impl Iterator<Item = &Service> {
    let folders = folders("handlers");
    deployment.services.iter().filter(move |service| folders.contains(&service.name))
}

fn names(settings: &Resource) -> BTreeSet<String> {
    settings.at("/properties").as_object().unwrap().keys().cloned().collect()
}

/// The settings that a service's code and triggers read.
fn read(service: &Service) -> BTreeSet<String> {
    let mut read = settings_read(&service.name);
    for (connection, suffixes) in connections(service) {
        read.extend(suffixes.iter().map(|suffix| format!("{connection}__{suffix}")));
    }
    read.extend(PLATFORM.map(str::to_owned));
    read
}

/// The connections that a service's functions name, and what the host reads for each.
fn connections(service: &Service) -> Vec<(String, &'static [&'static str])> {
    let own = functions().into_iter().filter(|function| function.service == service.name);
    own.flat_map(|function| {
        let connections = function.connections().into_iter();
        connections.map(|(name, suffixes)| (name.to_owned(), suffixes)).collect::<Vec<_>>()
    })
    .collect()
}

pub(crate) fn settings_are_those_that_are_read(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for service in built(deployment) {
        let (given, read) = (names(deployment.settings(service)), read(service));
        let name = &service.name;
        wrong.extend(read.difference(&given).map(|it| format!("{name} reads {it}, not given")));
        wrong.extend(given.difference(&read).map(|it| format!("{name} is given {it}, not read")));
    }
    wrong
}

pub(crate) fn connections_resolve(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for service in built(deployment) {
        let settings = deployment.settings(service);
        for (connection, suffixes) in connections(service) {
            if suffixes.is_empty() {
                wrong.push(format!("{connection} of {}: an unknown trigger", service.name));
            }
            for suffix in suffixes {
                let setting = format!("{connection}__{suffix}");
                let value = settings.text(&format!("/properties/{setting}"));
                let is_right = match *suffix {
                    "credential" => value == "managedidentity",
                    "clientId" => is_own_identity(service, deployment.profile, value),
                    _ => !value.is_empty(),
                };
                if !is_right {
                    wrong.push(format!("{setting} of {} is {value:?}", service.name));
                }
            }
        }
    }
    wrong
}

fn is_own_identity(service: &Service, profile: &str, expression: &str) -> bool {
    identity_in(expression) == Some(&format!("id-{}-{profile}", service.code))
}

pub(crate) fn secrets_come_from_the_own_vault(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for service in &deployment.services {
        let vaults = deployment.of("Microsoft.KeyVault/vaults");
        let own = vaults.filter(|vault| vault.owner() == service.code).map(Resource::name);
        let own: Vec<&str> = own.collect();
        let settings = deployment.settings(service);
        for (name, value) in settings.at("/properties").as_object().unwrap() {
            let value = value.as_str().unwrap_or_default();
            let secret = name.to_lowercase().replace('_', "-");
            let vault = own.first().unwrap_or(&"");
            let wanted = format!("@Microsoft.KeyVault(VaultName={vault};SecretName={secret})");
            if value.starts_with("@Microsoft.KeyVault") && value != wanted {
                wrong.push(format!("{name} of {}: {value}", service.name));
            }
            if is_secret(name) && value != wanted {
                wrong.push(format!("{name} of {} is no secret of its vault", service.name));
            }
        }
    }
    wrong
}

/// Its amounts decide how a payment ends, so where money is real nobody gets there.
pub(crate) fn the_sandbox_is_in_dev_alone(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for service in built(deployment) {
        for (name, value) in deployment.settings(service).at("/properties").as_object().unwrap() {
            if value == "sandbox" && deployment.profile != "dev" {
                wrong.push(format!("{name} of {} is a sandbox", service.name));
            }
        }
    }
    wrong
}

/// Whether a setting's name says that its value must not be read by who may read an app.
fn is_secret(name: &str) -> bool {
    ["_KEY", "_KEYS", "_PASSWORD", "_SECRET", "_MYSQL_URL"].iter().any(|end| name.ends_with(end))
}

pub(crate) fn alarms_are_on_where_there_is_code(deployment: &Deployment) -> Vec<String> {
    let built: BTreeSet<&str> = built(deployment).map(|service| &*service.code).collect();
    let tests = deployment.of("Microsoft.Insights/webtests");
    let wrong = tests.filter(|test| {
        *test.at("/properties/Enabled") != Value::Bool(built.contains(test.owner()))
    });
    wrong.map(|test| format!("`live` of {} is wrong", test.owner())).collect()
}

#[test]
fn every_setting_that_a_service_reads_is_given_to_its_app_and_no_other() {
    let rule = settings_are_those_that_are_read;
    holds(rule);
    finds(rule, "payments reads PAYMENTS_EVENTS_ENDPOINT, not given", |deployment| {
        let settings = deployment.find_mut(APP_SETTINGS, "func-payments-");
        settings.0["properties"].as_object_mut().unwrap().remove("PAYMENTS_EVENTS_ENDPOINT");
    });
    finds(rule, "auth is given AUTH_COLOUR, not read", |deployment| {
        deployment
            .find_mut(APP_SETTINGS, "func-auth-")
            .set("/properties/AUTH_COLOUR", json!("red"));
    });
}

#[test]
fn every_connection_of_a_trigger_resolves_to_settings_of_the_own_identity() {
    holds(connections_resolve);
    finds(connections_resolve, "PAYMENTS_EVENTS__fullyQualifiedNamespace of qr-code", |it| {
        let settings = it.find_mut(APP_SETTINGS, "func-qr-");
        settings.set("/properties/PAYMENTS_EVENTS__fullyQualifiedNamespace", Value::Null);
    });
    finds(connections_resolve, "AUTH_EVENTS__clientId of payments", |it| {
        let other = it.find_mut(APP_SETTINGS, "func-qr-").at("/properties/AZURE_CLIENT_ID").clone();
        it.find_mut(APP_SETTINGS, "func-payments-").set("/properties/AUTH_EVENTS__clientId", other);
    });
}

#[test]
fn secrets_are_references_to_the_services_own_vault() {
    let rule = secrets_come_from_the_own_vault;
    holds(rule);
    finds(rule, "QR_CODE_MYSQL_URL of qr-code is no secret", |deployment| {
        let settings = deployment.find_mut(APP_SETTINGS, "func-qr-");
        settings.set("/properties/QR_CODE_MYSQL_URL", json!("mysql://qr:password@somewhere"));
    });
    finds(rule, "AUTH_MYSQL_URL of auth: @Microsoft.KeyVault(VaultName=kv-qr", |deployment| {
        let value = "@Microsoft.KeyVault(VaultName=kv-qr;SecretName=auth-mysql-url)";
        deployment
            .find_mut(APP_SETTINGS, "func-auth-")
            .set("/properties/AUTH_MYSQL_URL", json!(value));
    });
}

#[test]
fn no_sandbox_stands_where_money_is_real() {
    holds(the_sandbox_is_in_dev_alone);
    finds_in_prod(the_sandbox_is_in_dev_alone, "PAYMENTS_BANK of payments is a", |deployment| {
        let settings = deployment.find_mut(APP_SETTINGS, "func-payments-");
        settings.set("/properties/PAYMENTS_BANK", json!("sandbox"));
    });
}

#[test]
fn a_service_is_called_live_if_and_only_if_it_has_code() {
    holds(alarms_are_on_where_there_is_code);
    finds(alarms_are_on_where_there_is_code, "`live` of payments is wrong", |deployment| {
        let test = deployment.find_mut("Microsoft.Insights/webtests", "unreachable-payments");
        test.set("/properties/Enabled", json!(false));
    });
}
