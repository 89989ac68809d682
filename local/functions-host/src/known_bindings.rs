//! The names that function.json may hold.

use crate::known_names::{Known, RETRY, TYPE, Within, any, object, word};

/// <https://learn.microsoft.com/azure/azure-functions/functions-triggers-bindings>
pub(crate) const FUNCTION_JSON: &[Known] = &[
    any("$schema"),
    any("generatedBy"),
    any("configurationSource"),
    any("scriptFile"),
    any("entryPoint"),
    any("disabled"),
    object("retry", RETRY),
    Known("bindings", Within::Typed(BINDINGS)),
];

const BINDINGS: &[(&str, &[Known])] = &[
    (
        "httpTrigger",
        &[
            any(TYPE),
            any("name"),
            any("direction"),
            any("dataType"),
            word("authLevel", &["anonymous", "function", "admin"]),
            any("methods"),
            any("route"),
        ],
    ),
    (
        "eventHubTrigger",
        &[
            any(TYPE),
            any("name"),
            any("direction"),
            word("dataType", DATA_TYPES),
            any("eventHubName"),
            any("connection"),
            any("consumerGroup"),
            word("cardinality", &["one", "many"]),
        ],
    ),
    (
        "queueTrigger",
        &[
            any(TYPE),
            any("name"),
            any("direction"),
            word("dataType", DATA_TYPES),
            any("queueName"),
            any("connection"),
        ],
    ),
    (
        "timerTrigger",
        &[
            any(TYPE),
            any("name"),
            any("direction"),
            any("dataType"),
            any("schedule"),
            any("runOnStartup"),
            any("useMonitor"),
        ],
    ),
    (
        "blobTrigger",
        &[
            any(TYPE),
            any("name"),
            any("direction"),
            word("dataType", DATA_TYPES),
            any("path"),
            any("connection"),
            word("source", &["LogsAndContainerScan", "EventGrid"]),
        ],
    ),
    ("cosmosDBTrigger", COSMOS_TRIGGER),
    (
        "eventGridTrigger",
        &[
            any(TYPE),
            any("name"),
            any("direction"),
            any("dataType"),
            word("cardinality", &["one", "many"]),
        ],
    ),
    ("http", &[any(TYPE), any("name"), any("direction"), any("dataType")]),
    (
        "eventHub",
        &[
            any(TYPE),
            any("name"),
            word("direction", DIRECTIONS),
            word("dataType", DATA_TYPES),
            any("eventHubName"),
            any("connection"),
        ],
    ),
    (
        "queue",
        &[
            any(TYPE),
            any("name"),
            word("direction", DIRECTIONS),
            word("dataType", DATA_TYPES),
            any("queueName"),
            any("connection"),
        ],
    ),
    (
        "blob",
        &[
            any(TYPE),
            any("name"),
            word("direction", DIRECTIONS),
            word("dataType", DATA_TYPES),
            any("path"),
            any("connection"),
        ],
    ),
    (
        "cosmosDB",
        &[
            any(TYPE),
            any("name"),
            word("direction", DIRECTIONS),
            word("dataType", DATA_TYPES),
            any("connection"),
            any("databaseName"),
            any("containerName"),
            any("createIfNotExists"),
            any("partitionKey"),
            any("containerThroughput"),
            any("preferredLocations"),
            any("id"),
            any("sqlQuery"),
        ],
    ),
];

const COSMOS_TRIGGER: &[Known] = &[
    any(TYPE),
    any("name"),
    any("direction"),
    any("dataType"),
    any("connection"),
    any("databaseName"),
    any("containerName"),
    any("leaseConnection"),
    any("leaseDatabaseName"),
    any("leaseContainerName"),
    any("leaseContainerPrefix"),
    any("createLeaseContainerIfNotExists"),
    any("leasesContainerThroughput"),
    any("leaseRenewInterval"),
    any("leaseAcquireInterval"),
    any("leaseExpirationInterval"),
    any("feedPollDelay"),
    any("maxItemsPerInvocation"),
    any("startFromBeginning"),
    any("startFromTime"),
    any("preferredLocations"),
];

const DIRECTIONS: &[&str] = &["in", "out", "inout"];

const DATA_TYPES: &[&str] = &["string", "binary", "stream"];
