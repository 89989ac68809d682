//! What clients upload as a picture, and what they make of it by the link, is gone after a day
//! whatever the service does.

use serde_json::json;

use crate::deployment::{Deployment, Resource};
use crate::kinds::CONTAINERS;
use crate::{finds, holds};

const POLICIES: &str = "Microsoft.Storage/storageAccounts/managementPolicies";
/// Containers of `crates/pictures`.
const OF_PICTURES: [&str; 3] = ["avatars", "shop-logos", "message-pictures"];

fn uploads_are_deleted(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for name in OF_PICTURES {
        let rules = deployment
            .of(CONTAINERS)
            .filter(|container| container.id().ends_with(&format!("/containers/{name}")))
            .flat_map(|container| rules_of(deployment, container));
        let prefix = json!(format!("{name}/uploads/"));
        let is_deleted = |rule: &serde_json::Value| {
            let prefixes = rule["definition"]["filters"]["prefixMatch"].as_array();
            let actions = &rule["definition"]["actions"];
            prefixes.is_some_and(|prefixes| prefixes.contains(&prefix))
                && actions["baseBlob"]["delete"]["daysAfterModificationGreaterThan"] == 1
                && actions["snapshot"]["delete"]["daysAfterCreationGreaterThan"] == 1
        };
        if !rules.into_iter().any(is_deleted) {
            wrong.push(format!("uploads stay in {name}"));
        }
    }
    wrong
}

fn rules_of<'a>(
    deployment: &'a Deployment,
    container: &'a Resource,
) -> impl Iterator<Item = &'a serde_json::Value> {
    let account = container.id().split("/blobServices/").next().unwrap_or_default();
    let policies = deployment.of(POLICIES).filter(move |it| it.id().starts_with(account));
    policies.flat_map(|policy| policy.list("/properties/policy/rules"))
}

#[test]
fn an_upload_and_its_snapshots_are_deleted_after_a_day() {
    holds(uploads_are_deleted);
    for (container, folder) in OF_PICTURES.iter().zip(["user", "business", "messages"]) {
        let words = format!("uploads stay in {container}");
        finds(uploads_are_deleted, &words, |it| {
            let policy = it.find_mut(POLICIES, &format!("-{folder}/"));
            policy.set("/properties/policy/rules/1/definition/actions/snapshot", json!(null));
        });
    }
}
