//! Hubs from a file of the form that Microsoft's own emulator reads (`Config.json`). What else
//! stands in it, such as where to log, is passed over.

use std::{fs, path::Path};

use serde::Deserialize;

use crate::hub_argument::{HubArgument, MAX_GROUPS, MAX_PARTITIONS};

/// Why the file cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("--config {path}: {told}")]
    Unreadable { path: String, told: String },
    #[error(
        "--config {path}: {told}; as in {{\"UserConfig\": {{\"NamespaceConfig\": [{{\"Entities\": \
         [{{\"Name\": \"orders\", \"PartitionCount\": \"4\", \"ConsumerGroups\": \
         [{{\"Name\": \"billing\"}}]}}]}}]}}}}"
    )]
    Form { path: String, told: String },
    #[error(
        "--config {path}: the hub {name} has no name, no 1 to {MAX_PARTITIONS} partitions, or a \
         consumer group that is none, or more than {MAX_GROUPS}"
    )]
    Hub { path: String, name: String },
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ConfigFile {
    user_config: UserConfig,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UserConfig {
    namespace_config: Vec<Namespace>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Namespace {
    entities: Vec<Entity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entity {
    name: String,
    partition_count: Count,
    #[serde(default)]
    consumer_groups: Vec<ConsumerGroup>,
}

/// Microsoft's schema has a text here, people write a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Count {
    Text(String),
    Number(u64),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ConsumerGroup {
    name: String,
}

/// The hubs of all its namespaces: here is one.
pub(crate) fn read(path: &Path) -> Result<Vec<HubArgument>, ConfigError> {
    let named = || path.display().to_string();
    let text = fs::read(path)
        .map_err(|error| ConfigError::Unreadable { path: named(), told: error.to_string() })?;
    let file: ConfigFile = serde_json::from_slice(&text)
        .map_err(|error| ConfigError::Form { path: named(), told: error.to_string() })?;
    let entities = file.user_config.namespace_config.into_iter().flat_map(|found| found.entities);
    let hub = |entity: Entity| {
        let partitions = match entity.partition_count {
            Count::Text(text) => text,
            Count::Number(number) => number.to_string(),
        };
        let groups: Vec<&str> = entity.consumer_groups.iter().map(|group| &*group.name).collect();
        let hub = HubArgument::new(&entity.name, &partitions, &groups);
        hub.ok_or_else(|| ConfigError::Hub { path: named(), name: entity.name.clone() })
    };
    entities.map(hub).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Vec<HubArgument>, ConfigError> {
        let path = std::env::temp_dir().join(format!("config-{}.json", uuid::Uuid::new_v4()));
        fs::write(&path, text).unwrap();
        let hubs = read(&path);
        fs::remove_file(path).unwrap();
        hubs
    }

    #[test]
    fn the_file_of_microsofts_emulator_names_hubs_partitions_and_groups() {
        let hubs = read_text(
            r#"{"UserConfig": {"NamespaceConfig": [{"Type": "EventHub", "Name": "emulatorNs1",
                "Entities": [
                    {"Name": "eh1", "PartitionCount": "2", "ConsumerGroups": [{"Name": "cg1"}]},
                    {"Name": "eh2", "PartitionCount": 3}]}],
                "LoggingConfig": {"Type": "File"}}}"#,
        );
        let expected = ["eh1:2:cg1", "eh2:3"].map(|hub| HubArgument::parse(hub).unwrap());
        assert_eq!(hubs.unwrap(), expected);
    }

    #[test]
    fn what_is_wrong_is_told_with_file_place_and_form() {
        let told = read_text("{\"UserConfig\": {\n}}").unwrap_err().to_string();
        assert!(told.contains("missing field `NamespaceConfig` at line 2"), "{told}");
        assert!(told.contains(".json: ") && told.contains("\"PartitionCount\": \"4\""), "{told}");
        let hub = r#"{"UserConfig": {"NamespaceConfig": [{"Entities": [
            {"Name": "a:1", "PartitionCount": "2"}]}]}}"#;
        assert!(read_text(hub).unwrap_err().to_string().contains("the hub a:1 has no name"));
        let absent = read("no/such/file".as_ref()).unwrap_err().to_string();
        assert!(absent.starts_with("--config no/such/file: No such file"), "{absent}");
    }
}
