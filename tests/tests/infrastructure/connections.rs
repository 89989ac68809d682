//! A MySQL server takes all the connections that its apps may open, and all that they prepare.

use serde_json::json;

use crate::checkout::source;
use crate::deployment::{Deployment, Resource};
use crate::groups::Scale;
use crate::kinds::{SERVER_CONFIGURATIONS, SERVERS};
use crate::{finds, finds_in_prod, holds};

/// A constant of the handlers' pool.
fn pool_constant(name: &str) -> u64 {
    let code = source("crates/service/src/database.rs").code();
    let declaration = code.split(&format!("const {name}: usize = ")).nth(1).unwrap();
    declaration.split(';').next().unwrap().parse().unwrap()
}

fn configured(deployment: &Deployment, server: &Resource, name: &str) -> u64 {
    let id = format!("{}/configurations/{name}", server.id());
    let found = deployment.of(SERVER_CONFIGURATIONS).find(|it| it.id() == id);
    found.map_or(0, |it| it.text("/properties/value").parse().unwrap_or_default())
}

/// In dev one small server serves all apps: there a deployment gives each user its share.
pub(crate) fn servers_take_all_connections(deployment: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    let sources = deployment.of(SERVERS).filter(|it| !it.is_replica());
    for server in sources.filter(|server| server.owner() != "shared") {
        let user = deployment.service(server.owner());
        let scale = user.and_then(|user| Scale::of(deployment, user));
        let opened = scale.map_or(0, |scale| scale.connections(pool_constant("CONNECTIONS_MAX")));
        let taken = configured(deployment, server, "max_connections");
        if opened > taken {
            wrong.push(format!("{} takes {taken} of {opened} connections", server.name()));
        }
    }
    wrong
}

pub(crate) fn servers_take_all_statements(deployment: &Deployment) -> Vec<String> {
    let sources = deployment.of(SERVERS).filter(|it| !it.is_replica());
    let short = sources.filter(|server| {
        let connections = configured(deployment, server, "max_connections");
        let prepared = connections * pool_constant("STATEMENTS_MAX");
        configured(deployment, server, "max_prepared_stmt_count") < prepared
    });
    short.map(|server| format!("{} takes too few prepared statements", server.name())).collect()
}

#[test]
fn a_server_of_its_own_takes_every_connection_that_a_service_may_open() {
    let rule = servers_take_all_connections;
    holds(rule);
    finds_in_prod(rule, "mysql-payments-prod-ig7zuj takes 1279 of", |it| {
        let limit = it.resources.iter_mut().find(|it| {
            it.id().contains("/mysql-payments-")
                && it.id().ends_with("/configurations/max_connections")
        });
        limit.unwrap().set("/properties/value", json!("1279"));
    });
}

#[test]
fn a_server_takes_every_statement_that_its_connections_keep_prepared() {
    holds(servers_take_all_statements);
    finds(servers_take_all_statements, "takes too few prepared statements", |it| {
        let setting = it.find_mut(SERVER_CONFIGURATIONS, "/max_prepared_stmt_count");
        setting.set("/properties/value", json!("16382"));
    });
}
