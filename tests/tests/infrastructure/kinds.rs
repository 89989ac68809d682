//! The kinds of resources that several rules speak of, by their full names.

pub(crate) const BLOB_SERVICES: &str = "Microsoft.Storage/storageAccounts/blobServices";
pub(crate) const APP_SETTINGS: &str = "Microsoft.Web/sites/config";
pub(crate) const COGNITIVE: &str = "Microsoft.CognitiveServices/accounts";
pub(crate) const COMMUNICATION: &str = "Microsoft.Communication/communicationServices";
pub(crate) const CONSUMER_GROUPS: &str = "Microsoft.EventHub/namespaces/eventhubs/consumergroups";
pub(crate) const CONTAINERS: &str = "Microsoft.Storage/storageAccounts/blobServices/containers";
pub(crate) const COSMOS: &str = "Microsoft.DocumentDB/databaseAccounts";
pub(crate) const DATABRICKS: &str = "Microsoft.Databricks/workspaces";
pub(crate) const FIREWALLS: &str = "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies";
pub(crate) const GRAPH_ASSIGNMENTS: &str =
    "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments";
pub(crate) const HUBS: &str = "Microsoft.EventHub/namespaces/eventhubs";
pub(crate) const HUB_NAMESPACES: &str = "Microsoft.EventHub/namespaces";
pub(crate) const HUB_RULES: &str = "Microsoft.EventHub/namespaces/networkRuleSets";
pub(crate) const INSIGHTS: &str = "Microsoft.Insights/components";
pub(crate) const NETWORKS: &str = "Microsoft.Network/virtualNetworks";
pub(crate) const PUBLISHING_POLICIES: &str =
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies";
pub(crate) const QUEUES: &str = "Microsoft.Storage/storageAccounts/queueServices/queues";
pub(crate) const REDIS: &str = "Microsoft.Cache/redisEnterprise";
pub(crate) const REDIS_ASSIGNMENTS: &str =
    "Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments";
pub(crate) const REDIS_DATABASES: &str = "Microsoft.Cache/redisEnterprise/databases";
pub(crate) const ROLE_ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments";
pub(crate) const ROUTES: &str = "Microsoft.Cdn/profiles/afdEndpoints/routes";
pub(crate) const SECURITY_GROUPS: &str = "Microsoft.Network/networkSecurityGroups";
pub(crate) const SERVERS: &str = "Microsoft.DBforMySQL/flexibleServers";
pub(crate) const SERVER_CONFIGURATIONS: &str =
    "Microsoft.DBforMySQL/flexibleServers/configurations";
pub(crate) const SITES: &str = "Microsoft.Web/sites";
pub(crate) const STORAGE: &str = "Microsoft.Storage/storageAccounts";
pub(crate) const VAULTS: &str = "Microsoft.KeyVault/vaults";
pub(crate) const WORKSPACES: &str = "Microsoft.OperationalInsights/workspaces";
