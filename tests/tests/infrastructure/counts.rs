//! How many resources of each kind there are: `make infra-counts` prints the table.

use std::collections::BTreeMap;

use crate::deployment::Deployment;
use crate::kinds::{SERVERS, SITES};
use crate::{finds, holds};

/// Kinds of which each service has one in both profiles.
const ONE_EACH: [&str; 5] = [
    SITES,
    "Microsoft.Web/serverfarms",
    "Microsoft.Insights/components",
    "Microsoft.Insights/webtests",
    "Microsoft.DBforMySQL/flexibleServers/databases",
];
/// The one service whose server others read a replica of.
const REPLICATED: &str = "payments";

/// The same kinds in every profile, and as many as there are services where each has its own.
pub(crate) fn services_have_their_own(deployment: &Deployment) -> Vec<String> {
    let services = deployment.services.len();
    let mut wrong: Vec<String> = ONE_EACH
        .into_iter()
        .filter(|kind| deployment.of(kind).count() != services)
        .map(|kind| format!("{services} services have {} {kind}", deployment.of(kind).count()))
        .collect();
    let is_isolated = deployment.profile == "prod";
    let servers = if is_isolated { services + 1 } else { 1 };
    let found = deployment.of(SERVERS).count();
    if found != servers {
        wrong.push(format!("{found} MySQL servers instead of {servers}"));
    }
    let replicas =
        deployment.of(SERVERS).filter(|server| server.is_replica() && server.owner() == REPLICATED);
    if is_isolated && replicas.count() != 1 {
        wrong.push(format!("{REPLICATED} has no replica"));
    }
    if is_isolated {
        for service in &deployment.services {
            let users = deployment.of(SERVERS);
            let own = users.filter(|server| server.owner() == service.code).count();
            if own == 0 {
                wrong.push(format!("{} has no server of its own", service.name));
            }
        }
    }
    wrong
}

#[test]
fn each_service_has_its_own_of_what_its_profile_isolates() {
    let rule = services_have_their_own;
    holds(rule);
    finds(rule, "14 services have 13 Microsoft.Web/sites", |it| {
        it.remove(SITES, "func-faq");
    });
    finds(rule, "MySQL servers instead of", |it| {
        let server = it.find(SERVERS, "").unwrap().clone();
        it.resources.push(server);
    });
}

#[test]
fn resource_counts_by_kind_and_profile() {
    let deployments = Deployment::all();
    let mut counts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, deployment) in deployments.iter().enumerate() {
        for resource in &deployment.resources {
            counts.entry(resource.kind()).or_insert_with(|| vec![0; deployments.len()])[at] += 1;
        }
    }
    let heads: Vec<String> = deployments.iter().map(|it| format!("{:>6}", it.profile)).collect();
    println!("{:<72}{}", "kind", heads.concat());
    for (kind, row) in &counts {
        let cells: Vec<String> = row.iter().map(|count| format!("{count:>6}")).collect();
        println!("{kind:<72}{}", cells.concat());
    }
    let totals: Vec<String> =
        deployments.iter().map(|it| format!("{:>6}", it.resources.len())).collect();
    println!("{:<72}{}", "all", totals.concat());
    assert!(counts.len() > 50, "{} kinds", counts.len());
}

/// Rows that begin with a kind and "(DEV / PROD)", and not with what is counted in another way.
#[test]
fn the_page_on_cost_counts_what_is_deployed() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/cost.md");
    let page = std::fs::read_to_string(page).unwrap();
    let row = |line: &str| {
        let (kind, rest) = line.strip_prefix("| `")?.split_once('`')?;
        let (_, counts) = rest.split_once('|')?.0.split_once('(')?;
        let (dev, prod) = counts.split_once(')')?.0.split_once(" / ")?;
        let counts = [dev.parse::<usize>().ok()?, prod.parse().ok()?];
        kind.contains('/').then(|| (format!("Microsoft.{kind}"), counts))
    };
    let rows: Vec<_> = page.lines().filter_map(row).collect();
    assert!(rows.len() > 8, "{rows:?}");
    let [dev, prod] = Deployment::all() else { panic!("two profiles") };
    for (kind, counts) in rows {
        assert_eq!([dev, prod].map(|it| it.of(&kind).count()), counts, "{kind}");
    }
}
