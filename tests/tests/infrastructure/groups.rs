//! How far apps scale: Azure scales each group of functions apart, and the maximum holds for each.
//! All HTTP functions of an app are one group; every event, queue and timer function is one.

use serde_json::{Value, json};

use crate::checkout::{Function, functions, read};
use crate::deployment::{Deployment, Resource, Service};
use crate::kinds::{HUBS, SITES};
use crate::{finds, finds_in_prod, holds};

/// No region refuses a maximum of 40 or more; many take no lower one.
const INSTANCES_ALWAYS_TAKEN: u64 = 40;
/// The instances of each group that an app in several zones always has.
const ALWAYS_IN_ZONES: u64 = 2;
/// Requests that Azure sends an instance at once unless told otherwise, by its megabytes.
const REQUESTS_AT_ONCE: [(u64, u64); 3] = [(512, 4), (2048, 16), (4096, 32)];
/// A request works on one connection; what it leaves behind, such as the relay, on another.
const CONNECTIONS_OF_REQUEST: u64 = 2;
/// A batch of one partition works on one connection; a process keeps one more.
const CONNECTIONS_OF_BATCH: u64 = 2;
/// A message works on one connection; what it leaves behind, such as the relay, on another.
const CONNECTIONS_OF_MESSAGE: u64 = 2;
/// The relay, which holds a lock, deletes and reads, takes the most of all timers.
const CONNECTIONS_OF_TIMER: u64 = 4;

/// What scales apart.
#[derive(Debug)]
pub(crate) enum Group {
    Http,
    /// It reads a hub of so many partitions.
    Hub(u64),
    Queue,
    Timer,
}

/// How far an app's groups scale, and how large an instance is.
pub(crate) struct Scale {
    groups: Vec<Group>,
    maximum: u64,
    megabytes: u64,
    requests_at_once: u64,
    always_ready: u64,
    is_zonal: bool,
}

impl Scale {
    /// That of an app with code; `None` for one that has none yet.
    pub(crate) fn of(deployment: &Deployment, service: &Service) -> Option<Self> {
        let own = functions().into_iter().filter(|it| it.service == service.name);
        let own: Vec<Function> = own.collect();
        let http = own.iter().any(Function::is_http).then_some(Group::Http);
        let others = own.iter().filter_map(|it| group(deployment, it));
        let groups: Vec<Group> = http.into_iter().chain(others).collect();
        let app = deployment.of(SITES).find(|app| app.name() == service.app)?;
        let scale = app.at("/properties/functionAppConfig/scaleAndConcurrency");
        let megabytes = scale["instanceMemoryMB"].as_u64()?;
        let by_memory = REQUESTS_AT_ONCE.iter().find(|(size, _)| *size == megabytes)?.1;
        let plan = app.text("/properties/serverFarmId").rsplit('/').next()?;
        let plan = deployment.of("Microsoft.Web/serverfarms").find(|it| it.name() == plan)?;
        (!groups.is_empty()).then_some(Self {
            groups,
            maximum: scale["maximumInstanceCount"].as_u64()?,
            megabytes,
            requests_at_once: scale["triggers"]["http"]["perInstanceConcurrency"]
                .as_u64()
                .unwrap_or(by_memory),
            always_ready: scale["alwaysReady"][0]["instanceCount"].as_u64().unwrap_or(0),
            is_zonal: *plan.at("/properties/zoneRedundant") == json!(true),
        })
    }

    /// Instances of all groups at most. A partition is read by one instance, a timer runs on one.
    pub(crate) fn instances(&self) -> u64 {
        let of = |group: &Group| match group {
            Group::Http | Group::Queue => self.maximum,
            Group::Hub(partitions) => self.maximum.min(*partitions),
            Group::Timer => 1,
        };
        self.groups.iter().map(of).sum()
    }

    /// Connections to its MySQL server at most, where one instance keeps `most`.
    pub(crate) fn connections(&self, most: u64) -> u64 {
        let http = self.maximum * most.min(CONNECTIONS_OF_REQUEST * self.requests_at_once);
        let of = |group: &Group| match group {
            Group::Http => http,
            Group::Hub(partitions) => CONNECTIONS_OF_BATCH * partitions,
            Group::Queue => self.maximum * most.min(CONNECTIONS_OF_MESSAGE * messages_at_once()),
            Group::Timer => CONNECTIONS_OF_TIMER,
        };
        self.groups.iter().map(of).sum()
    }

    /// Instances that never stop, and are paid for.
    fn never_stop(&self) -> u64 {
        let of = |group: &Group| {
            let declared = if matches!(group, Group::Http) { self.always_ready } else { 0 };
            if self.is_zonal { declared.max(ALWAYS_IN_ZONES) } else { declared }
        };
        self.groups.iter().map(of).sum()
    }
}

/// Messages of a queue that an instance works on at once: a batch, and the next one that is read
/// when so many are left.
fn messages_at_once() -> u64 {
    let host: Value = serde_json::from_str(&read("host.json")).unwrap();
    let queues = &host["extensions"]["queues"];
    queues["batchSize"].as_u64().unwrap() + queues["newBatchThreshold"].as_u64().unwrap()
}

fn group(deployment: &Deployment, function: &Function) -> Option<Group> {
    match function.values("type")[0] {
        "eventHubTrigger" => {
            let hub = format!("/eventhubs/{}", function.values("eventHubName")[0]);
            let hub = deployment.of(HUBS).find(|it| it.id().ends_with(&hub));
            let partitions = hub.map_or(0, partitions);
            Some(Group::Hub(partitions))
        }
        "queueTrigger" => Some(Group::Queue),
        "timerTrigger" => Some(Group::Timer),
        _ => None,
    }
}

fn partitions(hub: &Resource) -> u64 {
    hub.at("/properties/partitionCount").as_u64().unwrap_or(0)
}

fn scales(deployment: &Deployment) -> impl Iterator<Item = (&Service, Scale)> {
    deployment.services.iter().filter_map(|it| Some((it, Scale::of(deployment, it)?)))
}

/// The number that follows `words` in a document, thousands separated by commas.
fn said(path: &str, words: &str) -> u64 {
    let text = read(path);
    let rest = text.split(words).nth(1).unwrap_or_default().trim_start();
    let digits = rest.chars().take_while(|c| c.is_ascii_digit() || *c == ',');
    digits.filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
}

pub(crate) fn maxima_are_taken_everywhere(deployment: &Deployment) -> Vec<String> {
    let place = "/properties/functionAppConfig/scaleAndConcurrency/maximumInstanceCount";
    let low = deployment
        .of(SITES)
        .filter(|app| app.at(place).as_u64().is_none_or(|most| most < INSTANCES_ALWAYS_TAKEN));
    low.map(|app| format!("{} has a maximum that some regions refuse", app.name())).collect()
}

/// All apps at their maxima have the memory that is asked for before the first deployment.
pub(crate) fn memory_is_asked_for(deployment: &Deployment) -> Vec<String> {
    let asked = said("bicep/README.md", "Flex Consumption memory:");
    let taken: u64 = scales(deployment).map(|(_, it)| it.instances() * it.megabytes).sum();
    let is_short = taken > asked;
    is_short.then(|| format!("{taken} MB at most, {asked} asked for")).into_iter().collect()
}

/// What never stops is the largest part of what apps cost: the page on cost says how much that is.
fn what_never_stops_is_counted(deployment: &Deployment) -> Vec<String> {
    if deployment.profile == "dev" {
        return Vec::new();
    }
    let (mut instances, mut megabytes) = (0, 0);
    for (_, scale) in scales(deployment) {
        instances += scale.never_stop();
        megabytes += scale.never_stop() * scale.megabytes;
    }
    let says = format!("always ready: {instances} instances, {} GB", megabytes / 1024);
    let is_said = read("docs/cost.md").contains(&says);
    (!is_said).then(|| format!("docs/cost.md does not say {says:?}")).into_iter().collect()
}

#[test]
fn every_region_takes_the_maxima_of_instances() {
    holds(maxima_are_taken_everywhere);
    finds(maxima_are_taken_everywhere, "func-faq-", |it| {
        let place = "/properties/functionAppConfig/scaleAndConcurrency/maximumInstanceCount";
        it.find_mut(SITES, "func-faq-").set(place, json!(20));
    });
}

#[test]
fn all_groups_of_all_apps_have_the_memory_that_is_asked_for() {
    holds(memory_is_asked_for);
    finds(memory_is_asked_for, "asked for", |it| {
        let scale = "/properties/functionAppConfig/scaleAndConcurrency/instanceMemoryMB";
        for app in ["func-payments-", "func-auth-", "func-notify-", "func-qr-", "func-user-"] {
            it.find_mut(SITES, app).set(scale, json!(4096));
            let most = "/properties/functionAppConfig/scaleAndConcurrency/maximumInstanceCount";
            it.find_mut(SITES, app).set(most, json!(100));
        }
    });
}

#[test]
fn what_never_stops_stands_on_the_page_on_cost() {
    holds(what_never_stops_is_counted);
    finds_in_prod(what_never_stops_is_counted, "does not say", |it| {
        let plan = it.find_mut("Microsoft.Web/serverfarms", "func-notify-");
        plan.set("/properties/zoneRedundant", Value::Bool(true));
    });
}
