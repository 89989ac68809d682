// Development: one small MySQL, Redis and Event Hubs namespace for all services.
using '../main.bicep'

param environmentName = 'dev'
param location = 'eastasia'
param addressSpace = '10.30.0.0/16'
param isolated = false
param resilient = false
param customerManagedKeys = false
param createReplicas = false
param instancesMin = 40
param throughputUnitsMax = 2
param cosmosUnitsMax = 1000
param logsDailyLimit = 2
param logsRetention = 30
// docs/first-deployment.md says when to change it.
param firewallRefuses = false
param operatorsEmail = 'operations@payme.example'
param budget = 1500
param smsSender = '+85230000000'

// `ops/deploy` says the first day of this month, or what the budget that stands has.
param budgetStart = readEnvironmentVariable('BUDGET_START', '2026-12-01')

// From the environment of whoever deploys; never written down. Without it the snapshot still works,
// and Azure refuses to deploy: the placeholder is too short for a password.
param mysqlAdministratorPassword = readEnvironmentVariable('MYSQL_ADMINISTRATOR_PASSWORD', 'unset')
