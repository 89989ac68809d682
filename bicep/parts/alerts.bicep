// What operators are told of, and the page they look at. docs/runbook.md has a section for each
// alert, under its name.

import { Service, Stage } from '../types.bicep'
import {
  globalName
  groupName
  isReplicated
  localName
  ownersOf
} from '../names.bicep'
import { mysqlSizes } from '../sizes.bicep'
import { LogAlert } from '../modules/log_alert.bicep'
import { MetricAlert } from '../modules/metric_alert.bicep'
import { moneyAlerts } from 'money_alerts.bicep'

@description('What every resource shares.')
param stage Stage

@description('All services.')
param services Service[]

@description('Each service has its own MySQL, Redis and Event Hubs.')
param isolated bool

@description('The groups that have a vault.')
param vaultOwners string[]

@description('The Front Door profile.')
param frontDoor string

@description('The Cosmos account of the graph.')
param cosmosAccount string

@description('Where messages go.')
param email string

@description('The public host name.')
param publicHost string

@description('The name of the workbook.')
param workbookName string

var actionGroup = localName('ag', stage.environment, 'shared')
var live = filter(services, service => service.live)

var servers = ownersOf(isolated, services)
var caches = ownersOf(isolated, filter(services, service => service.?redis != null))
var namespaces = ownersOf(isolated, filter(services, service => service.publishes))
var watched = filter(services, service => service.?watches != null)

func idOf(stage Stage, owner string, type string, name string) string =>
  resourceId(subscription().subscriptionId, groupName(stage.environment, owner), type, name)

func mysqlAlerts(owner string, id string, connections int) MetricAlert[] => [
  {
    name: 'mysql-cpu-${owner}'
    targetId: id
    metric: 'cpu_percent'
    aggregation: 'Average'
    operator: 'GreaterThan'
    threshold: 80
    severity: 2
  }
  {
    name: 'mysql-storage-${owner}'
    targetId: id
    metric: 'storage_percent'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 80
    severity: 2
  }
  {
    name: 'mysql-connections-${owner}'
    targetId: id
    metric: 'active_connections'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: connections * 8 / 10
    severity: 2
  }
]

var serverType = 'Microsoft.DBforMySQL/flexibleServers'
var metricAlerts MetricAlert[] = flatten([
  flatten(map(
    servers,
    server =>
      mysqlAlerts(
        server.owner,
        idOf(
          stage,
          server.owner,
          serverType,
          globalName('mysql', stage.environment, stage.token, server.owner)
        ),
        mysqlSizes[isolated ? server.users[0].mysql : 'shared'].connections
      )
  ))
  map(filter(servers, server => isReplicated(isolated, services, server.owner)), server => {
    name: 'mysql-replica-lag-${server.owner}'
    targetId: idOf(
      stage,
      server.owner,
      serverType,
      globalName('mysql-replica', stage.environment, stage.token, server.owner)
    )
    metric: 'replication_lag'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 60
    severity: 2
  })
  map(caches, cache => {
    name: 'redis-memory-${cache.owner}'
    targetId: idOf(
      stage,
      cache.owner,
      'Microsoft.Cache/redisEnterprise',
      globalName('redis', stage.environment, stage.token, cache.owner)
    )
    metric: 'usedmemorypercentage'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 80
    severity: 2
  })
  map(namespaces, namespace => {
    name: 'event-hubs-throttled-${namespace.owner}'
    targetId: idOf(
      stage,
      namespace.owner,
      'Microsoft.EventHub/namespaces',
      globalName('evhns', stage.environment, stage.token, namespace.owner)
    )
    metric: 'ThrottledRequests'
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    severity: 2
  })
  map(vaultOwners, owner => {
    name: 'key-vault-unavailable-${owner}'
    targetId: idOf(
      stage,
      owner,
      'Microsoft.KeyVault/vaults',
      globalName('kv', stage.environment, stage.token, owner)
    )
    metric: 'Availability'
    aggregation: 'Average'
    operator: 'LessThan'
    threshold: 99
    severity: 1
  })
  map(watched, reader => {
    name: 'blob-events-undelivered-${reader.code}'
    targetId: idOf(
      stage,
      filter(services, service => service.name == reader.watches!.service)[0].code,
      'Microsoft.EventGrid/systemTopics',
      localName(
        'evgt',
        stage.environment,
        filter(services, service => service.name == reader.watches!.service)[0].code
      )
    )
    metric: 'DeliveryAttemptFailCount'
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 5
    severity: 2
  })
  [
    {
      name: 'front-door-5xx'
      targetId: resourceId('Microsoft.Cdn/profiles', frontDoor)
      metric: 'Percentage5XX'
      aggregation: 'Average'
      operator: 'GreaterThan'
      threshold: 2
      severity: 1
    }
    {
      name: 'graph-throughput'
      targetId: idOf(stage, 'analytics', 'Microsoft.DocumentDB/databaseAccounts', cosmosAccount)
      metric: 'NormalizedRUConsumption'
      aggregation: 'Maximum'
      operator: 'GreaterThan'
      threshold: 90
      severity: 3
    }
  ]
])

// Who reads whose namespace, by which function, where both have code. One namespace for all hubs
// does not say whose events came.
var readers = flatten(map(
  isolated ? live : [],
  consumer =>
    map(filter(live, producer => contains(consumer.consumes, producer.name)), producer => {
      namespace: globalName('evhns', stage.environment, stage.token, producer.code)
      function: replace('${consumer.name}_on_${producer.name}', '-', '_')
    })
))

// The stream of notifications stays open on purpose, so its length says nothing.
var logAlerts LogAlert[] = [
  {
    name: 'consumer-stopped'
    query: format(
      '''
let readers = datatable(Namespace: string, Function: string) [{0}];
let came = AzureMetrics
| where MetricName == "IncomingMessages"
| summarize came = sum(Total) by Namespace = tolower(Resource);
let ran = AppRequests
| summarize runs = count() by Function = OperationName;
readers
| join kind=inner came on Namespace
| join kind=leftouter ran on Function
| project AppRoleName = Function, value = iff(came >= 20 and isnull(runs), 1, 0)
''',
      join(map(readers, it => '"${it.namespace}", "${it.function}"'), ', ')
    )
    threshold: 0
    severity: 1
  }
  {
    name: 'requests-failing'
    query: '''
AppRequests
| where isnotempty(Url)
| summarize failed = countif(toint(ResultCode) >= 500), total = count() by AppRoleName
| where total >= 20
| project AppRoleName, value = 100.0 * failed / total
'''
    threshold: 1
    severity: 1
  }
  {
    name: 'requests-slow'
    query: '''
AppRequests
| where isnotempty(Url) and Url !has "/notifications/stream"
| summarize value = percentile(DurationMs, 95), total = count() by AppRoleName
| where total >= 20
'''
    threshold: 1000
    severity: 2
  }
  {
    name: 'events-not-sent'
    query: '''
AppMetrics
| where Name == "outbox.age"
| summarize value = max(Max) by AppRoleName
'''
    threshold: 60
    severity: 1
  }
  {
    name: 'events-not-consumed'
    query: '''
AppRequests
| extend lag = todouble(Measurements.timeSinceEnqueued)
| where isnotnull(lag)
| summarize value = max(lag) / 1000 by AppRoleName
'''
    threshold: 60
    severity: 1
  }
  {
    name: 'events-parked'
    staysOpen: true
    query: '''
AppMetrics
| where Name == "events.consumed" and tostring(Properties.outcome) == "parked"
| summarize value = sum(Sum) by AppRoleName
'''
    threshold: 0
    severity: 2
  }
  {
    name: 'codes-do-not-come-back'
    query: '''
let codes = AppMetrics
| where Name == "otp.codes"
| extend outcome = tostring(Properties.outcome), range = tostring(Properties.range);
union codes, (codes | extend range = "all")
| summarize sent = sumif(Sum, outcome == "sent"), back = sumif(Sum, outcome == "came-back")
    by AppRoleName, range
| where sent >= 100
| summarize value = max(100.0 * (sent - back) / sent) by AppRoleName
'''
    threshold: 70
    severity: 2
  }
  {
    // What carriers say of messages that were taken.
    name: 'messages-not-delivered'
    query: '''
ACSSMSIncomingOperations
| where OperationName == "SMSDeliveryReportsReceived"
| summarize failed = countif(ResultType != "Succeeded"), total = count()
| where total >= 20
| project AppRoleName = "auth", value = 100.0 * failed / total
'''
    threshold: 20
    severity: 2
  }
  {
    // A line each 30 seconds: for three minutes.
    name: 'webhooks-fail'
    query: '''
AppTraces
| where Message has "most shops get no webhooks"
| summarize value = count() by AppRoleName
'''
    threshold: 5
    severity: 2
  }
  {
    // A line each second or more rarely while the hub takes nothing that is due.
    name: 'pushes-fail'
    query: '''
AppTraces
| where Message has "the push hub takes nothing"
| summarize value = count() by AppRoleName
'''
    threshold: 20
    severity: 2
  }
  {
    name: 'service-cannot-start'
    query: '''
AppTraces
| where Message has "cannot start"
| summarize value = count() by AppRoleName
'''
    threshold: 0
    severity: 1
  }
]

module told '../modules/action_group.bicep' = {
  params: { stage: stage, name: actionGroup, email: email }
}

module onMetrics '../modules/metric_alert.bicep' = [
  for alert in metricAlerts: {
    params: { stage: stage, alert: alert, actionGroup: actionGroup }
    dependsOn: [told]
  }
]

module onLogs '../modules/log_alert.bicep' = [
  for alert in concat(logAlerts, moneyAlerts): {
    params: { stage: stage, alert: alert, actionGroup: actionGroup }
    dependsOn: [told]
  }
]

module tests '../modules/availability_test.bicep' = [
  for service in services: {
    scope: resourceGroup(groupName(stage.environment, service.code))
    params: {
      stage: stage
      name: localName('unreachable', stage.environment, service.code)
      url: 'https://${publicHost}/api/v1/${service.name}/health/live'
      insights: localName('appi', stage.environment, service.code)
      actionGroup: { name: actionGroup, group: resourceGroup().name }
      enabled: service.live
    }
    dependsOn: [told]
  }
]

module workbook '../modules/workbook.bicep' = {
  params: { stage: stage, name: workbookName }
}
