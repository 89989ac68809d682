//! Every event that a service sends or reads has its hub, its consumer group, its role and its way
//! through the network.

use crate::checkout::{folders, functions, settings_read};
use crate::deployment::{Deployment, Resource, Service, identity_in};
use crate::kinds::{CONSUMER_GROUPS, HUB_RULES, HUBS, ROLE_ASSIGNMENTS};
use crate::{finds, finds_in_prod, holds};

const SENDER: &str = "2b629674-e913-4c01-ae53-ef4638d8f975";
const RECEIVER: &str = "a638d3c7-ab3a-418d-83e6-5f17a39d4fde";
/// Azure takes no more hubs in one namespace of the Standard tier.
const HUBS_MAX: usize = 10;

/// An event function: who reads whose hub, as which consumer group, by which connection.
struct Subscription {
    consumer: String,
    producer: String,
    group: String,
    connection: String,
}

fn subscriptions() -> Vec<Subscription> {
    let triggers =
        functions().into_iter().filter(|it| it.values("type").contains(&"eventHubTrigger"));
    triggers
        .map(|function| {
            let text = |name: &str| function.values(name)[0].to_owned();
            Subscription {
                consumer: function.service.clone(),
                producer: text("eventHubName"),
                group: text("consumerGroup"),
                connection: text("connection"),
            }
        })
        .collect()
}

fn hub<'a>(deployment: &'a Deployment, producer: &str) -> Option<&'a Resource> {
    deployment.of(HUBS).find(|hub| hub.id().ends_with(&format!("/eventhubs/{producer}")))
}

/// The host name of the namespace that a hub is in.
fn host(hub: &Resource) -> String {
    format!("{}.servicebus.windows.net", hub.name().split('/').next().unwrap())
}

/// Whether a service's identity has a role on a hub, and its subnet may connect to the namespace.
fn lacks(deployment: &Deployment, service: &Service, hub: &Resource, role: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let identity = format!("id-{}-{}", service.code, deployment.profile);
    let has_role = deployment.of(ROLE_ASSIGNMENTS).any(|grant| {
        grant.is_in(hub)
            && grant.text("/properties/roleDefinitionId").ends_with(role)
            && identity_in(grant.text("/properties/principalId")) == Some(&identity)
    });
    if !has_role {
        wrong.push(format!("{} has no role on the hub {}", service.name, hub.name()));
    }
    let namespace = hub.name().split('/').next().unwrap();
    let subnet = format!("/subnets/snet-{}", service.code);
    let may_connect = deployment.find(HUB_RULES, &format!("/{namespace}/")).is_some_and(|rules| {
        let mut subnets = rules.list("/properties/virtualNetworkRules").iter();
        subnets.any(|rule| rule["subnet"]["id"].as_str().unwrap().ends_with(&subnet))
    });
    if !may_connect {
        wrong.push(format!("the subnet of {} may not connect to {namespace}", service.name));
    }
    wrong
}

pub(crate) fn consumers_can_read(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for Subscription { consumer, producer, group, connection } in subscriptions() {
        let Some(service) = deployment.service_named(&consumer) else {
            wrong.push(format!("{consumer} is no service"));
            continue;
        };
        let Some(hub) = hub(deployment, &producer) else {
            wrong.push(format!("{consumer} reads {producer}, which has no hub"));
            continue;
        };
        let place = format!("{}/consumergroups/{group}", hub.id());
        if !deployment.of(CONSUMER_GROUPS).any(|it| it.id() == place) {
            wrong.push(format!("{consumer} has no consumer group at {producer}"));
        }
        wrong.extend(lacks(deployment, service, hub, RECEIVER));
        let setting = format!("/properties/{connection}__fullyQualifiedNamespace");
        let namespace = deployment.settings(service).text(&setting);
        if namespace != host(hub) {
            wrong.push(format!("{consumer} looks for {producer} at {namespace:?}"));
        }
    }
    wrong
}

pub(crate) fn producers_can_send(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    for name in folders("handlers") {
        let prefix = name.to_uppercase().replace('-', "_");
        let setting = format!("{prefix}_EVENTS_ENDPOINT");
        if !settings_read(&name).contains(&setting) {
            continue;
        }
        let Some(service) = deployment.service_named(&name) else { continue };
        let Some(hub) = hub(deployment, &name) else {
            wrong.push(format!("{name} sends events, but has no hub"));
            continue;
        };
        wrong.extend(lacks(deployment, service, hub, SENDER));
        let endpoint = deployment.settings(service).text(&format!("/properties/{setting}"));
        if endpoint != format!("amqps://{}", host(hub)) {
            wrong.push(format!("{name} sends its events to {endpoint:?}"));
        }
    }
    wrong
}

/// Each group is read by a function, where the reader has code; nobody reads as `$Default`.
pub(crate) fn groups_have_readers(deployment: &Deployment) -> Vec<String> {
    let (built, subscriptions) = (folders("handlers"), subscriptions());
    let groups = deployment.of(CONSUMER_GROUPS).filter(|group| {
        let mut ends = group.name().rsplit('/');
        let (reader, producer) = (ends.next().unwrap(), ends.next().unwrap());
        let is_read = subscriptions.iter().any(|it| it.group == reader && it.producer == producer);
        (built.contains(reader) && !is_read) || deployment.service_named(reader).is_none()
    });
    groups.map(|group| format!("nobody reads {}", group.name())).collect()
}

/// The alert on consumers that stand still knows every event function whose producer has code; it
/// is for namespaces that one service has for itself.
fn the_alert_knows_every_consumer(deployment: &Deployment) -> Vec<String> {
    if deployment.profile == "dev" {
        return Vec::new();
    }
    let alert = deployment.find("Microsoft.Insights/scheduledQueryRules", "/consumer-stopped");
    let query = alert.map_or("", |alert| alert.text("/properties/criteria/allOf/0/query"));
    let built = folders("handlers");
    let event_functions = functions().into_iter().filter(|it| {
        it.values("type").contains(&"eventHubTrigger")
            && it.values("eventHubName").iter().any(|producer| built.contains(*producer))
    });
    let unknown = event_functions.filter(|it| !query.contains(&format!("\"{}\"", it.name)));
    unknown.map(|it| format!("consumer-stopped does not watch {}", it.name)).collect()
}

pub(crate) fn namespaces_have_room(deployment: &Deployment) -> Vec<String> {
    let namespaces = deployment.of("Microsoft.EventHub/namespaces");
    let full =
        namespaces.filter(|it| deployment.of(HUBS).filter(|hub| hub.is_in(it)).count() > HUBS_MAX);
    full.map(|namespace| format!("{} has too many hubs", namespace.name())).collect()
}

#[test]
fn a_consumer_has_a_hub_a_group_a_role_and_a_way_to_all_that_it_reads() {
    let rule = consumers_can_read;
    holds(rule);
    finds(rule, "payments reads auth, which has no hub", |it| it.remove(HUBS, "/eventhubs/auth"));
    finds(rule, "qr-code has no consumer group at payments", |it| {
        it.remove(CONSUMER_GROUPS, "/payments/consumergroups/qr-code");
    });
    finds(rule, "notification has no role on the hub", |it| {
        let is_reader = |grant: &Resource| {
            let identity = identity_in(grant.text("/properties/principalId")).unwrap_or_default();
            grant.id().contains("/eventhubs/payments/") && identity.starts_with("id-notify-")
        };
        it.resources.retain(|grant| !is_reader(grant));
    });
    finds(rule, "the subnet of payments may not connect", |it| {
        let owner = if it.profile == "dev" { "shared" } else { "auth" };
        let rules = it.find_mut(HUB_RULES, &format!("/evhns-{owner}-"));
        let subnets = rules.0["properties"]["virtualNetworkRules"].as_array_mut().unwrap();
        subnets.retain(|rule| !rule["subnet"]["id"].as_str().unwrap().ends_with("/snet-payments"));
    });
    finds(rule, "payments looks for auth at \"elsewhere\"", |it| {
        let settings = it.find_mut("Microsoft.Web/sites/config", "func-payments-");
        settings.set("/properties/AUTH_EVENTS__fullyQualifiedNamespace", "elsewhere".into());
    });
}

#[test]
fn a_producer_has_a_hub_a_role_and_a_way_to_it() {
    holds(producers_can_send);
    finds(producers_can_send, "payments sends events, but has no hub", |it| {
        it.remove(HUBS, "/eventhubs/payments");
    });
    finds(producers_can_send, "auth has no role on the hub", |it| {
        let sender = it.resources.iter_mut().find(|grant| {
            grant.kind() == ROLE_ASSIGNMENTS
                && grant.id().contains("/eventhubs/auth/")
                && grant.text("/properties/roleDefinitionId").ends_with(SENDER)
        });
        sender.unwrap().set("/properties/roleDefinitionId", RECEIVER.into());
    });
}

#[test]
fn a_consumer_group_has_a_reader() {
    holds(groups_have_readers);
    finds(groups_have_readers, "nobody reads", |it| {
        let mut group =
            it.find(CONSUMER_GROUPS, "/payments/consumergroups/qr-code").unwrap().clone();
        for pointer in ["/id", "/name"] {
            let text = group.text(pointer).replace("payments/", "social/");
            group.set(pointer, text.into());
        }
        it.resources.push(group);
    });
}

#[test]
fn a_consumer_that_stands_still_is_an_alert() {
    let rule = the_alert_knows_every_consumer;
    holds(rule);
    finds_in_prod(rule, "consumer-stopped does not watch payments_on_auth", |it| {
        it.remove("Microsoft.Insights/scheduledQueryRules", "/consumer-stopped");
    });
}

#[test]
fn a_namespace_has_no_more_hubs_than_azure_allows() {
    holds(namespaces_have_room);
    finds(namespaces_have_room, "has too many hubs", |it| {
        let hub = it.find(HUBS, "/eventhubs/payments").unwrap().clone();
        it.resources.extend(std::iter::repeat_n(hub, HUBS_MAX));
    });
}
