// Production: every service has its own of everything.
using '../main.bicep'

param environmentName = 'prod'
param location = 'eastasia'
param addressSpace = '10.20.0.0/16'
param isolated = true
param resilient = true
param customerManagedKeys = true
param instancesMin = 40
param throughputUnitsMax = 10
param cosmosUnitsMax = 4000
param logsDailyLimit = -1
param logsRetention = 90
// docs/first-deployment.md says when to change it.
param firewallRefuses = false
param operatorsEmail = 'operations@payme.example'
param budget = 30000
param smsSender = '+85230000000'

// Azure makes a replica once and refuses to make it again: `ops/deploy` says false where it stands.
// What is left out stays as it is.
param createReplicas = bool(readEnvironmentVariable('CREATE_REPLICAS', 'true'))

// `ops/deploy` says the first day of this month, or what the budget that stands has.
param budgetStart = readEnvironmentVariable('BUDGET_START', '2026-12-01')

// From the environment of whoever deploys; never written down. Without it the snapshot still works,
// and Azure refuses to deploy: the placeholder is too short for a password.
param mysqlAdministratorPassword = readEnvironmentVariable('MYSQL_ADMINISTRATOR_PASSWORD', 'unset')
