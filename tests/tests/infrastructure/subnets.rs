//! The address space: nothing overlaps, and everything that takes addresses has room.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use crate::deployment::{Deployment, Resource};
use crate::groups::Scale;
use crate::kinds::{NETWORKS, SERVERS, SITES};
use crate::{finds, holds};

/// Addresses of each subnet that Azure keeps for itself.
const KEPT_BY_AZURE: u64 = 5;
/// The longest prefix that Databricks takes.
const DATABRICKS_PREFIX_MAX: u32 = 26;

/// A range of addresses.
#[derive(Clone, Copy)]
struct Range {
    first: u64,
    size: u64,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let size = 1u64 << 32u32.checked_sub(length.parse().ok()?)?;
        let first = u64::from(u32::from(address.parse::<Ipv4Addr>().ok()?));
        (first % size == 0).then_some(Self { first, size })
    }

    const fn end(self) -> u64 {
        self.first + self.size
    }

    const fn overlaps(self, other: Self) -> bool {
        self.first < other.end() && other.first < self.end()
    }

    const fn contains(self, other: Self) -> bool {
        self.first <= other.first && other.end() <= self.end()
    }
}

/// A subnet of the one network.
struct Subnet {
    name: String,
    id: String,
    range: Range,
    delegation: String,
}

fn subnets(deployment: &Deployment) -> Result<Vec<Subnet>, String> {
    let network = deployment.of(NETWORKS).next().unwrap();
    let subnets = network.list("/properties/subnets").iter().map(|subnet| {
        let name = subnet["name"].as_str().unwrap().to_owned();
        let properties = &subnet["properties"];
        let prefix = properties["addressPrefix"].as_str().unwrap_or_default();
        let range = Range::parse(prefix).ok_or(format!("{name} has no range: {prefix:?}"))?;
        let delegation = &properties["delegations"][0]["properties"]["serviceName"];
        Ok(Subnet {
            id: format!("{}/subnets/{name}", network.id()),
            name,
            range,
            delegation: delegation.as_str().unwrap_or_default().to_owned(),
        })
    });
    subnets.collect()
}

pub(crate) fn ranges_are_apart(deployment: &Deployment) -> Vec<String> {
    let subnets = match subnets(deployment) {
        Ok(subnets) => subnets,
        Err(wrong) => return vec![wrong],
    };
    let network = deployment.of(NETWORKS).next().unwrap();
    let space = Range::parse(network.text("/properties/addressSpace/addressPrefixes/0")).unwrap();
    let mut wrong = Vec::new();
    for (at, one) in subnets.iter().enumerate() {
        if !space.contains(one.range) {
            wrong.push(format!("{} is outside the network", one.name));
        }
        let others = subnets.iter().skip(at + 1).filter(|other| one.range.overlaps(other.range));
        wrong.extend(others.map(|other| format!("{} overlaps {}", one.name, other.name)));
    }
    wrong
}

/// The addresses that something takes at most, with the delegation that its subnet needs.
struct Tenant {
    name: String,
    subnet: String,
    addresses: u64,
    delegation: &'static str,
}

fn tenants(deployment: &Deployment) -> Vec<Tenant> {
    let tenant = |resource: &Resource, subnet: &str, addresses, delegation| Tenant {
        name: resource.name().to_owned(),
        subnet: resource.text(subnet).to_owned(),
        addresses,
        delegation,
    };
    let instances = "/properties/functionAppConfig/scaleAndConcurrency/maximumInstanceCount";
    let apps = deployment.of(SITES).map(|app| {
        let service = deployment.services.iter().find(|it| it.app == app.name());
        let scale = service.and_then(|service| Scale::of(deployment, service));
        let most = scale.map_or_else(|| app.at(instances).as_u64().unwrap(), |it| it.instances());
        tenant(app, "/properties/virtualNetworkSubnetId", most, "Microsoft.App/environments")
    });
    let servers = deployment.of(SERVERS).map(|server| {
        let has_standby = server.text("/properties/highAvailability/mode") == "ZoneRedundant";
        let nodes = if has_standby { 2 } else { 1 };
        tenant(server, "/properties/network/delegatedSubnetResourceId", nodes, SERVERS)
    });
    let endpoints = deployment.of("Microsoft.Network/privateEndpoints");
    let endpoints = endpoints.map(|it| tenant(it, "/properties/subnet/id", 1, ""));
    apps.chain(servers).chain(endpoints).collect()
}

pub(crate) fn subnets_have_room(deployment: &Deployment) -> Vec<String> {
    let tenants = tenants(deployment);
    let mut wrong = Vec::new();
    for subnet in subnets(deployment).unwrap_or_default() {
        let mine: Vec<&Tenant> = tenants.iter().filter(|it| it.subnet == subnet.id).collect();
        let taken: u64 = mine.iter().map(|tenant| tenant.addresses).sum();
        let room = subnet.range.size.saturating_sub(KEPT_BY_AZURE);
        if taken > room {
            wrong.push(format!("{} has {room} addresses, {taken} are taken", subnet.name));
        }
        for tenant in &mine {
            if tenant.delegation != subnet.delegation {
                wrong.push(format!("{} is not delegated to {}", subnet.name, tenant.name));
            }
        }
        // Azure puts no second app into the subnet of an app on Flex Consumption.
        if subnet.delegation == "Microsoft.App/environments" && mine.len() != 1 {
            wrong.push(format!("{} has {} apps", subnet.name, mine.len()));
        }
        let length = 32 - subnet.range.size.ilog2();
        if subnet.name.contains("databricks") && length > DATABRICKS_PREFIX_MAX {
            wrong.push(format!("{} is too small for Databricks", subnet.name));
        }
    }
    let known: Vec<String> =
        subnets(deployment).unwrap_or_default().into_iter().map(|it| it.id).collect();
    let lost = tenants.iter().filter(|tenant| !known.contains(&tenant.subnet));
    wrong.extend(lost.map(|tenant| format!("{} is in no subnet", tenant.name)));
    wrong
}

fn prefix_of<'a>(deployment: &'a mut Deployment, subnet: &str) -> &'a mut Value {
    let network = deployment.find_mut(NETWORKS, "vnet");
    let subnets = network.0["properties"]["subnets"].as_array_mut().unwrap();
    let found = subnets.iter_mut().find(|it| it["name"] == subnet);
    &mut found.unwrap()["properties"]["addressPrefix"]
}

#[test]
fn subnets_do_not_overlap() {
    holds(ranges_are_apart);
    finds(ranges_are_apart, "snet-auth overlaps snet-user", |it| {
        let other = prefix_of(it, "snet-user").clone();
        *prefix_of(it, "snet-auth") = other;
    });
    finds(ranges_are_apart, "snet-runner is outside the network", |it| {
        *prefix_of(it, "snet-runner") = json!("192.168.0.0/27");
    });
    finds(ranges_are_apart, "snet-qr has no range", |it| {
        *prefix_of(it, "snet-qr") = json!("10.20.0.1/26");
    });
}

#[test]
fn each_subnet_has_room_for_all_that_may_run_in_it() {
    holds(subnets_have_room);
    finds(subnets_have_room, "snet-payments has 123 addresses, 1", |it| {
        let most = "/properties/functionAppConfig/scaleAndConcurrency/maximumInstanceCount";
        it.find_mut(SITES, "func-payments-").set(most, json!(120));
    });
    finds(subnets_have_room, "snet-endpoints has 11 addresses", |it| {
        *prefix_of(it, "snet-endpoints") = json!("10.250.0.0/28");
    });
    finds(subnets_have_room, "snet-user has 2 apps", |it| {
        let place = "/properties/virtualNetworkSubnetId";
        let other = it.find_mut(SITES, "func-user-").at(place).clone();
        it.find_mut(SITES, "func-auth-").set(place, other);
    });
    finds(subnets_have_room, "is not delegated to mysql", |it| {
        let place = "/properties/network/delegatedSubnetResourceId";
        let endpoints = it.find_mut("Microsoft.Network/privateEndpoints", "pe-").clone();
        let endpoints = endpoints.at("/properties/subnet/id").clone();
        it.find_mut(SERVERS, "mysql-").set(place, endpoints);
    });
    finds(subnets_have_room, "snet-databricks-host is too small", |it| {
        *prefix_of(it, "snet-databricks-host") = json!("10.250.0.0/27");
    });
}
