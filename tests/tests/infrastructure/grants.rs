//! Who may do what: every right of every identity is on a list, with its reason, and the list has
//! nothing that nobody uses.

use std::collections::BTreeSet;

use serde_json::json;

use crate::deployment::{Deployment, Resource, identity_in, owner_of};
use crate::kinds::{GRAPH_ASSIGNMENTS, REDIS_ASSIGNMENTS, ROLE_ASSIGNMENTS};
use crate::{finds, finds_in_prod, holds};

const RECEIVER: &str = "Event Hubs Data Receiver";

/// The roles in use, by the names Azure shows.
const ROLES: [(&str, &str); 18] = [
    ("00000000-0000-0000-0000-000000000001", "Cosmos DB Built-in Data Reader"),
    ("00000000-0000-0000-0000-000000000002", "Cosmos DB Built-in Data Contributor"),
    ("09976791-48a7-449e-bb21-39d1a415f350", "Communication and Email Service Owner"),
    ("2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", "Storage Blob Data Reader"),
    ("2b629674-e913-4c01-ae53-ef4638d8f975", "Event Hubs Data Sender"),
    ("3913510d-42f4-4e42-8a64-420c390055eb", "Monitoring Metrics Publisher"),
    ("4633458b-17de-408a-b874-0445c86b69e6", "Key Vault Secrets User"),
    ("974c5e8b-45b9-4653-ba55-5f855dd0fb88", "Storage Queue Data Contributor"),
    ("a638d3c7-ab3a-418d-83e6-5f17a39d4fde", RECEIVER),
    ("a97b65f3-24c7-4388-baec-2e87135dc908", "Cognitive Services User"),
    ("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader"),
    ("b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "Storage Blob Data Owner"),
    ("b86a8fe4-44ce-4948-aee5-eccb2c155cd7", "Key Vault Secrets Officer"),
    ("ba92f5b4-2d11-453d-a403-e96b0029c9fe", "Storage Blob Data Contributor"),
    ("c6a89b2d-59bc-44d0-9896-0f6e12d7b80a", "Storage Queue Data Message Sender"),
    ("db58b8e5-c6ad-4a2a-8342-4190687cbf4a", "Storage Blob Delegator"),
    ("de139f84-1756-47ae-9be6-808fbbe84772", "Website Contributor"),
    ("e147488a-f6f5-4113-8e2d-b22465e65bf6", "Key Vault Crypto Service Encryption User"),
];

/// Every right that an identity may have, and why. `a service` is the identity that its handler
/// runs as; `shared` that of the runner, by which deployments and operators' commands work.
const ALLOWED: [(&str, &str); 43] = [
    ("a service: Key Vault Secrets User on its own vault", "its settings"),
    ("a service: Storage Blob Data Owner on its own host storage", "the host's keys and leases"),
    ("a service: Storage Blob Delegator on its own data storage", "links to its documents"),
    ("onboard: Storage Blob Data Contributor on its own container documents", "its documents"),
    ("reports: Storage Blob Data Contributor on its own container exports", "files for shops"),
    ("user: Storage Blob Data Contributor on its own container avatars", "people's pictures"),
    ("business: Storage Blob Data Contributor on its own container shop-logos", "shops' pictures"),
    (
        "messages: Storage Blob Data Contributor on its own container message-pictures",
        "pictures that people send",
    ),
    ("onboard: Storage Blob Data Reader on its own container screening", "lists of names"),
    ("shared: Storage Blob Data Contributor on another's container screening", "brings lists in"),
    ("reports: Storage Blob Data Reader on its own container bank-statements", "the bank's files"),
    (
        "shared: Storage Blob Data Contributor on another's container bank-statements",
        "brings the bank's files in",
    ),
    ("a service: Storage Queue Data Contributor on its own data storage", "word of new blobs"),
    ("a service: Monitoring Metrics Publisher on its own traces", "telemetry"),
    ("a service: Event Hubs Data Sender on its own hub", "its events"),
    ("a service: default on its own Redis", "Azure's only role: throttles, one-time codes"),
    ("auth: Communication and Email Service Owner on its own text messages", "one-time codes"),
    ("ocr: Cognitive Services User on its own document reader", "reads documents"),
    ("a service: Event Hubs Data Receiver on another's hub", "the events it consumes"),
    ("ocr: Storage Blob Data Reader on another's container documents", "documents to read"),
    ("graph: Cosmos DB Built-in Data Contributor on another's graph", "projects events into it"),
    ("blobs: Storage Queue Data Message Sender on another's queue documents", "word of new blobs"),
    ("cmk: Key Vault Crypto Service Encryption User on its own key stores", "encrypted stores"),
    (
        "auth: Key Vault Crypto Service Encryption User on its own key phones",
        "seals people's phone numbers",
    ),
    (
        "onboard: Key Vault Crypto Service Encryption User on its own key personal-data",
        "seals what it knows of people",
    ),
    (
        "onboard: Key Vault Crypto Service Encryption User on its own key documents",
        "opens what was read on documents",
    ),
    (
        "payments: Key Vault Crypto Service Encryption User on its own key merchant-credentials",
        "seals what shops' programs sign with",
    ),
    (
        "ocr: Key Vault Crypto Service Encryption User on another's key documents",
        "seals what it reads; Azure has no role that only wraps",
    ),
    (
        "payments: Key Vault Crypto Service Encryption User on another's key webhook-secrets",
        "seals programs' keys for what they are told; Azure has no role that only wraps",
    ),
    (
        "notify: Key Vault Crypto Service Encryption User on its own key webhook-secrets",
        "seals what webhooks are signed with",
    ),
    ("shared: Key Vault Secrets Officer on its own vault", "deployments and rotation"),
    ("shared: Key Vault Secrets Officer on another's vault", "deployments and rotation"),
    ("shared: Website Contributor on another's app", "publishes code"),
    ("shared: Storage Blob Data Contributor on its own packages", "publishes, and the way back"),
    ("shared: Storage Blob Data Contributor on its own web files", "uploads the web clients"),
    ("shared: Reader on another's subscription", "finds what was deployed; reads no data"),
    ("capture: Storage Blob Data Contributor on its own container events", "Event Hubs capture"),
    ("analytics: Storage Blob Data Contributor on its own container events", "and forgets people"),
    ("analytics: Storage Blob Data Contributor on its own container bronze", "refined data"),
    ("analytics: Storage Blob Data Contributor on its own container silver", "refined data"),
    ("analytics: Storage Blob Data Contributor on its own container gold", "refined data"),
    ("analytics: Cosmos DB Built-in Data Reader on its own graph", "reads the graph"),
    ("edge: Storage Blob Data Reader on its own web files", "Front Door serves the web clients"),
];

/// A right of an identity.
struct Grant {
    /// The identity without its prefix and environment: a service's code, `shared`, `cmk`, …
    who: String,
    role: String,
    /// What the right is on, as an id.
    scope: String,
    is_own: bool,
}

impl Grant {
    /// As [`ALLOWED`] says it, of this identity or of any service's.
    fn says(&self, who: &str) -> String {
        let whose = if self.is_own { "its own" } else { "another's" };
        format!("{who}: {} on {whose} {}", self.role, place(&self.scope))
    }
}

/// What an id stands for.
fn place(scope: &str) -> String {
    let mut ends = scope.rsplit('/');
    let (name, kind) = (ends.next().unwrap(), ends.next().unwrap());
    match kind {
        "subscriptions" => "subscription".to_owned(),
        "vaults" => "vault".to_owned(),
        "keys" => format!("key {name}"),
        "storageAccounts" if name.starts_with("stdweb") => "web files".to_owned(),
        "storageAccounts" if name.starts_with("stdpackages") => "packages".to_owned(),
        "storageAccounts" if name.starts_with("std") => "data storage".to_owned(),
        "storageAccounts" if name.starts_with("sth") => "host storage".to_owned(),
        "containers" => format!("container {name}"),
        "queues" => format!("queue {name}"),
        "eventhubs" => "hub".to_owned(),
        "dbs" => "graph".to_owned(),
        "databases" => "Redis".to_owned(),
        "components" => "traces".to_owned(),
        "communicationServices" => "text messages".to_owned(),
        "accounts" => "document reader".to_owned(),
        "sites" => "app".to_owned(),
        _ => scope.to_owned(),
    }
}

/// The right that a resource gives, or what is wrong with how it says so.
fn grant(deployment: &Deployment, resource: &Resource) -> Result<Grant, String> {
    let (scope, role, principal) = match resource.kind() {
        REDIS_ASSIGNMENTS => (
            resource.id().split("/accessPolicyAssignments/").next().unwrap(),
            resource.text("/properties/accessPolicyName"),
            resource.text("/properties/user/objectId"),
        ),
        GRAPH_ASSIGNMENTS => (
            resource.text("/properties/scope"),
            resource.text("/properties/roleDefinitionId"),
            resource.text("/properties/principalId"),
        ),
        _ => (
            resource.id().split("/providers/Microsoft.Authorization/").next().unwrap(),
            resource.text("/properties/roleDefinitionId"),
            resource.text("/properties/principalId"),
        ),
    };
    let identity = identity_in(principal)
        .ok_or_else(|| format!("{} is for nobody known: {principal}", resource.id()))?;
    let role_id = role.rsplit('/').next().unwrap();
    let known = ROLES.iter().find(|(id, _)| *id == role_id);
    let role = known.map_or(role_id, |(_, name)| name).to_owned();
    let who = identity.trim_start_matches("id-");
    let who = who.strip_suffix(&format!("-{}", deployment.profile)).unwrap_or(who);
    let service = deployment.service(who);
    let is_own = match (place(scope).as_str(), service) {
        ("hub", Some(service)) => scope.ends_with(&format!("/eventhubs/{}", service.name)),
        ("Redis", _) if owner_of(scope) == "shared" => true,
        _ => owner_of(scope) == owner_of(principal),
    };
    let who = who.split('-').next().unwrap().to_owned();
    Ok(Grant { who, role, scope: scope.to_owned(), is_own })
}

fn grants(deployment: &Deployment) -> impl Iterator<Item = Result<Grant, String>> {
    let kinds = [ROLE_ASSIGNMENTS, GRAPH_ASSIGNMENTS, REDIS_ASSIGNMENTS];
    let resources = kinds.into_iter().flat_map(|kind| deployment.of(kind));
    resources.map(|resource| grant(deployment, resource))
}

/// What of [`ALLOWED`] lets an identity have a right.
fn permission(deployment: &Deployment, grant: &Grant) -> Option<&'static str> {
    let service = deployment.service(&grant.who).map(|_| grant.says("a service"));
    let own = grant.says(&grant.who);
    let allowed = ALLOWED.iter().map(|(says, _)| *says);
    allowed.into_iter().find(|says| **says == own || Some(*says) == service.as_deref())
}

pub(crate) fn rights_are_on_the_list(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for grant in grants(deployment) {
        match grant {
            Err(offence) => wrong.push(offence),
            Ok(grant) if permission(deployment, &grant).is_none() => {
                wrong.push(format!("{} ({})", grant.says(&grant.who), grant.scope));
            }
            Ok(grant) if grant.role == RECEIVER && !consumes(deployment, &grant) => {
                wrong.push(format!("{} may read {}, but does not", grant.who, grant.scope));
            }
            Ok(_) => {}
        }
    }
    wrong
}

/// Whether the hub has a consumer group for the service.
fn consumes(deployment: &Deployment, grant: &Grant) -> bool {
    let Some(service) = deployment.service(&grant.who) else { return false };
    let group = format!("{}/consumergroups/{}", grant.scope, service.name);
    deployment
        .of("Microsoft.EventHub/namespaces/eventhubs/consumergroups")
        .any(|it| it.id() == group)
}

/// A duplicate would be refused by Azure, or hide which reason holds.
fn rights_are_given_once(deployment: &Deployment) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let twice = grants(deployment)
        .flatten()
        .filter(|grant| !seen.insert((grant.who.clone(), grant.role.clone(), grant.scope.clone())));
    twice.map(|grant| format!("{} twice", grant.says(&grant.who))).collect()
}

/// Lets another identity have a right too that `from` has.
fn share(deployment: &mut Deployment, kind: &str, part: &str, from: &str, to: &str) {
    let mut grant = deployment.find(kind, part).unwrap().clone();
    let user = grant.text("/properties/user/objectId");
    let pointer =
        if user.is_empty() { "/properties/principalId" } else { "/properties/user/objectId" };
    let identity = grant.text(pointer).replace(&format!("-{from}/"), &format!("-{to}/"));
    let identity = identity.replace(&format!("/id-{from}-"), &format!("/id-{to}-"));
    assert_ne!(identity, grant.text(pointer), "{part} is not a right of {from}");
    grant.set(pointer, json!(identity));
    deployment.resources.push(grant);
}

#[test]
fn no_identity_has_a_right_that_is_not_listed_with_a_reason() {
    let rule = rights_are_on_the_list;
    holds(rule);
    finds(rule, "qr: Key Vault Secrets User on another's vault", |it| {
        share(it, ROLE_ASSIGNMENTS, "/vaults/kv-auth-", "auth", "qr");
    });
    finds(rule, "social: Storage Blob Data Contributor on another's container documents", |it| {
        share(it, ROLE_ASSIGNMENTS, "/containers/documents/", "onboard", "social");
    });
    finds(rule, "faq: Event Hubs Data Sender on another's hub", |it| {
        share(it, ROLE_ASSIGNMENTS, "/eventhubs/payments/", "payments", "faq");
    });
    finds(rule, "faq: Cosmos DB Built-in Data Contributor on another's graph", |it| {
        share(it, GRAPH_ASSIGNMENTS, "", "graph", "faq");
    });
    finds(rule, "may read", |it| {
        it.remove("Microsoft.EventHub/namespaces/eventhubs/consumergroups", "/auth/consumergroups");
    });
    finds(rule, "auth: Key Vault Secrets Officer on its own vault", |it| {
        let officer = it.find(ROLE_ASSIGNMENTS, "/vaults/kv-shared-").unwrap().clone();
        let role = officer.at("/properties/roleDefinitionId").clone();
        it.find_mut(ROLE_ASSIGNMENTS, "/vaults/kv-auth-").set("/properties/roleDefinitionId", role);
    });
    finds(rule, "is for nobody known", |it| {
        let grant = it.find_mut(ROLE_ASSIGNMENTS, "/vaults/kv-auth-");
        grant.set("/properties/principalId", json!("8f0d1c5e-0000-4000-8000-000000000000"));
    });
}

#[test]
fn where_each_service_has_its_own_redis_no_other_gets_in() {
    finds_in_prod(rights_are_on_the_list, "notify: default on another's Redis", |it| {
        share(it, REDIS_ASSIGNMENTS, "/redis-auth-", "auth", "notify");
    });
}

#[test]
fn no_identity_has_one_right_twice() {
    holds(rights_are_given_once);
    finds(rights_are_given_once, "twice", |it| {
        let grant = it.find(ROLE_ASSIGNMENTS, "/vaults/kv-auth-").unwrap().clone();
        it.resources.push(grant);
    });
}

#[test]
fn the_list_of_rights_has_nothing_that_nobody_uses() {
    let used: BTreeSet<&str> = Deployment::all()
        .iter()
        .flat_map(|it| {
            grants(it).flatten().filter_map(|grant| permission(it, &grant)).collect::<Vec<_>>()
        })
        .collect();
    let unused: Vec<&str> =
        ALLOWED.iter().map(|(says, _)| *says).filter(|says| !used.contains(says)).collect();
    assert_eq!(unused, Vec::<&str>::new());
}
