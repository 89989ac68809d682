//! What an app must be able to reach to start and to run: its host's storage, and what that keeps.

use serde_json::json;

use crate::deployment::{Deployment, Resource};
use crate::kinds::{APP_SETTINGS, BLOB_SERVICES, SITES, STORAGE};
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
        for kept in ["/properties/isVersioningEnabled", "/properties/deleteRetentionPolicy/enabled"]
        {
            if *service.at(kept) != json!(false) {
                wrong.push(format!("{account}, the host's, must say false at {kept}"));
            }
        }
    }
    wrong
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
