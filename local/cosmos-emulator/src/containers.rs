//! The databases and containers of the account: those of the Bicep deployment, which stand in the
//! committed snapshot of what the templates evaluate to, and nowhere else.

use std::error::Error;
use std::fs;
use std::path::Path;

use azure_data_cosmos_driver::models::PartitionKeyDefinition;
use serde_json::{Map, Value};

const DATABASE: &str = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases";
const CONTAINER: &str = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers";
/// What a container may say of itself. All else (a time to live, unique keys, computed properties,
/// …) Microsoft's account would silently not do.
const KNOWN: [&str; 3] = ["id", "partitionKey", "indexingPolicy"];

/// All databases and containers.
#[derive(Debug)]
pub(crate) struct Containers {
    pub(crate) databases: Vec<String>,
    pub(crate) all: Vec<Container>,
}

#[derive(Debug)]
pub(crate) struct Container {
    pub(crate) database: String,
    pub(crate) name: String,
    pub(crate) partition_key: PartitionKeyDefinition,
    /// As the partition key is written: `/partition`.
    pub(crate) partition_path: String,
}

impl Container {
    /// Its path in URLs.
    pub(crate) fn path(&self) -> String {
        format!("dbs/{}/colls/{}", self.database, self.name)
    }
}

impl Containers {
    /// # Errors
    /// The snapshot cannot be read, has no container, or one that asks for what cannot be done.
    pub(crate) fn of_deployment(snapshot: &Path) -> Result<Self, Box<dyn Error>> {
        let text = fs::read_to_string(snapshot)
            .map_err(|error| format!("cannot read {}: {error}", snapshot.display()))?;
        Self::parse(&text).map_err(|error| format!("{}: {error}", snapshot.display()).into())
    }

    fn parse(text: &str) -> Result<Self, Box<dyn Error>> {
        let snapshot: Value = serde_json::from_str(text)?;
        let resources = snapshot["predictedResources"].as_array().ok_or("no list of resources")?;
        let of_type = |wanted| resources.iter().filter(move |found| found["type"] == wanted);
        let databases: Vec<String> =
            of_type(DATABASE).filter_map(database).map(str::to_owned).collect();
        let all: Vec<Container> = of_type(CONTAINER).map(container).collect::<Result<_, _>>()?;
        if all.is_empty() {
            return Err("it has no container".into());
        }
        Ok(Self { databases, all })
    }
}

/// The second part of `account/database/container`.
fn database(resource: &Value) -> Option<&str> {
    resource["name"].as_str()?.split('/').nth(1)
}

fn container(resource: &Value) -> Result<Container, Box<dyn Error>> {
    let empty = Map::new();
    let said = resource["properties"]["resource"].as_object().unwrap_or(&empty);
    if let Some(unknown) = said.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(format!("{}: this emulator does not do {unknown:?}", resource["name"]).into());
    }
    let key = said.get("partitionKey").cloned().unwrap_or_default();
    let paths: Vec<&str> =
        key["paths"].as_array().into_iter().flatten().flat_map(Value::as_str).collect();
    let [path] = paths[..] else {
        return Err(format!("{}: this emulator wants one path", resource["name"]).into());
    };
    Ok(Container {
        database: database(resource).ok_or("a container without a database")?.to_owned(),
        name: said.get("id").and_then(Value::as_str).ok_or("a container without an id")?.to_owned(),
        partition_path: path.to_owned(),
        partition_key: serde_json::from_value(key)?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(resource: &Value) -> Result<Containers, String> {
        let resources = json!([
            { "type": DATABASE, "name": "account/graph" },
            { "type": CONTAINER, "name": "account/graph/c",
              "properties": { "resource": resource } },
        ]);
        let snapshot = json!({ "predictedResources": resources }).to_string();
        Containers::parse(&snapshot).map_err(|error| error.to_string())
    }

    #[test]
    fn a_container_is_made_as_the_deployment_says() {
        let key = json!({ "paths": ["/pk"], "kind": "Hash", "version": 2 });
        let containers = parse(&json!({ "id": "c", "partitionKey": key })).unwrap();
        assert_eq!(containers.databases, ["graph"]);
        assert_eq!(containers.all[0].path(), "dbs/graph/colls/c");
        assert_eq!(containers.all[0].partition_path, "/pk");
    }

    #[test]
    fn the_containers_of_bicep_can_be_made_and_are_the_same_in_each_environment() {
        let of = |environment: &str| {
            let bicep = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bicep/env");
            let snapshot = format!("{bicep}/{environment}.snapshot.json");
            let containers = Containers::of_deployment(Path::new(&snapshot)).unwrap();
            let describe = |it: &Container| (it.path(), it.partition_path.clone());
            containers.all.iter().map(describe).collect::<Vec<_>>()
        };
        assert_eq!(of("dev"), of("prod"));
    }

    #[test]
    fn what_the_emulator_would_silently_not_do_is_refused_at_the_start() {
        let key = json!({ "paths": ["/pk"], "kind": "Hash", "version": 2 });
        let ttl = parse(&json!({ "id": "c", "partitionKey": key, "defaultTtl": 60 }));
        assert!(ttl.unwrap_err().contains("defaultTtl"));
        let unique = json!({ "uniqueKeys": [{ "paths": ["/name"] }] });
        let unique = parse(&json!({ "id": "c", "partitionKey": key, "uniqueKeyPolicy": unique }));
        assert!(unique.unwrap_err().contains("uniqueKeyPolicy"));
        let levels = json!({ "paths": ["/a", "/b"], "kind": "MultiHash", "version": 2 });
        assert!(parse(&json!({ "id": "c", "partitionKey": levels })).is_err());
        assert!(Containers::parse(r#"{ "predictedResources": [] }"#).is_err());
    }
}
