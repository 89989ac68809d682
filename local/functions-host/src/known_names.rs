//! The names that host.json, function.json and local.settings.json may hold. As in Azure they match
//! in any letter case; other than there, one that does not exist is refused: a misspelt setting
//! would be passed over, and found out when it is missed. Those of bindings stand in
//! `known_bindings`.

use serde_json::{Map, Value};

/// A name that may stand in an object.
pub(crate) struct Known(pub(crate) &'static str, pub(crate) Within);

/// What may stand behind a name.
pub(crate) enum Within {
    Anything,
    /// One of these words.
    Word(&'static [&'static str]),
    /// An object with these names.
    Object(&'static [Known]),
    /// An array of objects whose names depend on their `type`; those of a type that is not listed
    /// stay as they are.
    Typed(&'static [(&'static str, &'static [Known])]),
}

/// A name that cannot stand where it stands.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Misnamed {
    #[error("`{0}` is no setting: is it misspelt?")]
    Unknown(String),
    #[error("`{0}` is set twice")]
    Repeated(String),
}

pub(crate) const TYPE: &str = "type";

pub(crate) const fn any(name: &'static str) -> Known {
    Known(name, Within::Anything)
}

pub(crate) const fn word(name: &'static str, words: &'static [&'static str]) -> Known {
    Known(name, Within::Word(words))
}

pub(crate) const fn object(name: &'static str, names: &'static [Known]) -> Known {
    Known(name, Within::Object(names))
}

pub(crate) const RETRY: &[Known] = &[
    word("strategy", &["fixedDelay", "exponentialBackoff"]),
    any("maxRetryCount"),
    any("delayInterval"),
    any("minimumInterval"),
    any("maximumInterval"),
];

/// <https://learn.microsoft.com/azure/azure-functions/functions-host-json>
pub(crate) const HOST_JSON: &[Known] = &[
    any("$schema"),
    any("version"),
    any("aggregator"),
    any("concurrency"),
    any("configurationProfile"),
    object(
        "customHandler",
        &[
            object(
                "description",
                &[
                    any("defaultExecutablePath"),
                    any("workingDirectory"),
                    any("workerDirectory"),
                    any("arguments"),
                    any("defaultWorkerPath"),
                    any("workerArguments"),
                ],
            ),
            any("enableForwardingHttpRequest"),
            any("enableProxyingHttpRequest"),
            any("initializationTimeout"),
            any("port"),
            any("http"),
            any("type"),
        ],
    ),
    any("extensionBundle"),
    object("extensions", EXTENSIONS),
    any("functions"),
    any("functionTimeout"),
    any("healthMonitor"),
    any("logging"),
    any("managedDependency"),
    object("retry", RETRY),
    any("sendCanceledInvocationsToWorker"),
    any("singleton"),
    any("telemetryMode"),
    any("watchDirectories"),
    any("watchFiles"),
];

/// Of those that this host has, all names; of the others, only their own.
const EXTENSIONS: &[Known] = &[
    object(
        "http",
        &[
            any("routePrefix"),
            any("maxOutstandingRequests"),
            any("maxConcurrentRequests"),
            any("dynamicThrottlesEnabled"),
            any("hsts"),
            any("customHeaders"),
        ],
    ),
    object(
        "eventHubs",
        &[
            any("maxEventBatchSize"),
            any("minEventBatchSize"),
            any("maxWaitTime"),
            any("batchCheckpointFrequency"),
            any("prefetchCount"),
            any("transportType"),
            any("clientRetryOptions"),
            any("initialOffsetOptions"),
            any("trackLastEnqueuedEventProperties"),
            any("targetUnprocessedEventThreshold"),
            any("loadBalancingUpdateInterval"),
            any("partitionOwnershipExpirationInterval"),
            any("webProxy"),
            any("customEndpointAddress"),
        ],
    ),
    object(
        "queues",
        &[
            any("batchSize"),
            any("newBatchThreshold"),
            any("maxDequeueCount"),
            any("visibilityTimeout"),
            any("maxPollingInterval"),
            word("messageEncoding", &["base64", "none"]),
        ],
    ),
    any("blobs"),
    any("cosmosDB"),
    any("dapr"),
    any("durableTask"),
    any("eventGrid"),
    any("kafka"),
    any("mcp"),
    any("rabbitMQ"),
    any("redis"),
    any("sendGrid"),
    any("serviceBus"),
    any("signalR"),
    any("tables"),
    any("warmup"),
];

/// What `func` writes.
pub(crate) const LOCAL_SETTINGS: &[Known] =
    &[any("$schema"), any("IsEncrypted"), any("Values"), any("ConnectionStrings"), HOST];

const HOST: Known = object(
    "Host",
    &[any("LocalHttpPort"), any("LocalHttpAddress"), any("CORS"), any("CORSCredentials")],
);

/// Gives every name, and every word, the letter case in which it is read, or tells of a name that
/// does not exist.
pub(crate) fn settle(json: &mut Value, names: &[Known]) -> Result<(), Misnamed> {
    match json.as_object_mut() {
        Some(members) => settle_members(members, names, ""),
        None => Ok(()),
    }
}

fn settle_members(
    members: &mut Map<String, Value>,
    names: &[Known],
    place: &str,
) -> Result<(), Misnamed> {
    for (name, mut value) in std::mem::take(members) {
        let known = names.iter().find(|Known(known, _)| known.eq_ignore_ascii_case(&name));
        let Some(Known(known, within)) = known else {
            return Err(Misnamed::Unknown(format!("{place}{name}")));
        };
        settle_value(&mut value, within, &format!("{place}{known}."))?;
        if members.insert((*known).to_owned(), value).is_some() {
            return Err(Misnamed::Repeated(format!("{place}{known}")));
        }
    }
    Ok(())
}

fn settle_value(value: &mut Value, within: &Within, place: &str) -> Result<(), Misnamed> {
    match within {
        Within::Anything => {}
        Within::Word(words) => {
            let said = value.as_str().unwrap_or_default();
            if let Some(word) = words.iter().find(|word| word.eq_ignore_ascii_case(said)) {
                *value = (*word).into();
            }
        }
        Within::Object(names) => {
            if let Some(members) = value.as_object_mut() {
                settle_members(members, names, place)?;
            }
        }
        Within::Typed(kinds) => {
            for member in value.as_array_mut().into_iter().flatten() {
                if let Some(members) = member.as_object_mut() {
                    settle_typed(members, kinds, place)?;
                }
            }
        }
    }
    Ok(())
}

fn settle_typed(
    members: &mut Map<String, Value>,
    kinds: &[(&str, &[Known])],
    place: &str,
) -> Result<(), Misnamed> {
    let name = members.keys().find(|name| name.eq_ignore_ascii_case(TYPE)).cloned();
    let said = name.and_then(|name| members.remove(&name)).unwrap_or_default();
    let text = said.as_str().unwrap_or_default();
    let kind = kinds.iter().find(|(kind, _)| kind.eq_ignore_ascii_case(text));
    members.insert(TYPE.to_owned(), kind.map_or(said.clone(), |(kind, _)| (*kind).into()));
    kind.map_or(Ok(()), |(_, names)| settle_members(members, names, place))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::known_bindings::FUNCTION_JSON;

    #[test]
    fn names_and_words_match_in_any_letter_case() {
        let mut function = json!({
            "Bindings": [{ "TYPE": "EventHubTrigger", "Name": "e", "cardinality": "Many" }],
            "retry": { "Strategy": "FixedDelay" },
        });
        settle(&mut function, FUNCTION_JSON).unwrap();
        let settled = json!({
            "bindings": [{ "type": "eventHubTrigger", "name": "e", "cardinality": "many" }],
            "retry": { "strategy": "fixedDelay" },
        });
        assert_eq!(function, settled);
    }

    #[test]
    fn a_name_that_does_not_exist_is_told_with_its_place() {
        for (names, json, told) in [
            (HOST_JSON, json!({ "functionTimeOuts": "00:01:00" }), "functionTimeOuts"),
            (
                HOST_JSON,
                json!({ "CustomHandler": { "enableProxyingHttpReqest": true } }),
                "customHandler.enableProxyingHttpReqest",
            ),
            (HOST_JSON, json!({ "extensions": { "eventHub": {} } }), "extensions.eventHub"),
            (
                FUNCTION_JSON,
                json!({ "bindings": [{ "type": "httpTrigger", "authlevels": "admin" }] }),
                "bindings.authlevels",
            ),
            (LOCAL_SETTINGS, json!({ "Value": {} }), "Value"),
            (LOCAL_SETTINGS, json!({ "host": { "port": 7072 } }), "Host.port"),
        ] {
            let error = settle(&mut json.clone(), names).unwrap_err();
            assert_eq!(error.to_string(), format!("`{told}` is no setting: is it misspelt?"));
        }
    }

    #[test]
    fn a_name_that_stands_twice_in_whichever_case_is_refused() {
        let mut json = json!({ "functionTimeout": "00:01:00", "FunctionTimeout": "00:02:00" });
        let error = settle(&mut json, HOST_JSON).unwrap_err();
        assert_eq!(error.to_string(), "`functionTimeout` is set twice");
    }

    #[test]
    fn what_this_host_does_not_read_may_hold_anything() {
        let mut json = json!({
            "logging": { "LogLevel": { "Host": "Error" } },
            "extensions": { "signalR": { "x": 1 } },
        });
        let before = json.clone();
        settle(&mut json, HOST_JSON).unwrap();
        assert_eq!(json, before);
        let mut foreign = json!({ "bindings": [{ "type": "kafkaTrigger", "topic": "a" }] });
        let before = foreign.clone();
        settle(&mut foreign, FUNCTION_JSON).unwrap();
        assert_eq!(foreign, before);
    }
}
