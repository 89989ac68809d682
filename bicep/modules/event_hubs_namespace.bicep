// An Event Hubs namespace, its hubs, and one consumer group per reading service. Everything that
// arrives is also written to the lake.

import { Grant, Identity, Stage } from '../types.bicep'

@export()
@description('A hub.')
type Hub = {
  @description('The name of its producer.')
  name: string

  @description('No reader has more instances at work. They cannot be changed later.')
  partitions: int

  @description('The services that read it, each by a group of its own.')
  consumers: string[]

  @description('Who may send or receive.')
  grants: Grant[]
}

@description('What every resource shares.')
param stage Stage

@description('The name of the namespace.')
param name string

@description('The hubs.')
param hubs Hub[]

@description('Throughput units that it grows to.')
param unitsMax int

@description('The subnets that may reach it.')
param subnets string[]

@description('The identity that writes to the lake. It must have its role there already.')
param captureIdentity Identity

@description('The lake.')
param captureAccountId string

@description('The lake\'s container for captured events.')
param captureContainer string

var groups = flatten(map(hubs, hub => map(hub.consumers, name => { hub: hub.name, name: name })))
var grants = flatten(map(hubs, hub => map(hub.grants, grant => { hub: hub.name, grant: grant })))

var archiveDay = '{Namespace}/{EventHub}/{PartitionId}/{Year}/{Month}/{Day}'
var archiveName = '${archiveDay}/{Hour}/{Minute}/{Second}'

resource writer 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  scope: resourceGroup(captureIdentity.group)
  name: captureIdentity.name
}

resource namespace 'Microsoft.EventHub/namespaces@2026-01-01' = {
  name: name
  location: stage.location
  tags: stage.tags
  sku: { name: 'Standard', tier: 'Standard', capacity: 1 }
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${writer.id}': {} } }
  properties: {
    disableLocalAuth: true
    isAutoInflateEnabled: true
    maximumThroughputUnits: unitsMax
    minimumTlsVersion: '1.2'
    publicNetworkAccess: 'Enabled'
    zoneRedundant: stage.resilient
  }

  resource network 'networkRuleSets' = {
    name: 'default'
    properties: {
      defaultAction: 'Deny'
      publicNetworkAccess: 'Enabled'
      trustedServiceAccessEnabled: true
      virtualNetworkRules: [
        for subnet in subnets: {
          subnet: {
            id: resourceId(
              stage.network.group,
              'Microsoft.Network/virtualNetworks/subnets',
              stage.network.name,
              subnet
            )
          }
        }
      ]
    }
  }
}

// One at a time, like all that is in a namespace: it refuses two changes at once.
@batchSize(1)
resource children 'Microsoft.EventHub/namespaces/eventhubs@2026-01-01' = [
  for hub in hubs: {
    parent: namespace
    name: hub.name
    properties: {
      partitionCount: hub.partitions
      retentionDescription: { cleanupPolicy: 'Delete', retentionTimeInHours: 168 }
      captureDescription: {
        enabled: true
        encoding: 'Avro'
        intervalInSeconds: 300
        sizeLimitInBytes: 314572800
        skipEmptyArchives: true
        destination: {
          name: 'EventHubArchive.AzureBlockBlob'
          identity: { type: 'UserAssigned', userAssignedIdentity: writer.id }
          properties: {
            storageAccountResourceId: captureAccountId
            blobContainer: captureContainer
            archiveNameFormat: archiveName
          }
        }
      }
    }
    dependsOn: [namespace::network]
  }
]

@batchSize(1)
resource consumerGroups 'Microsoft.EventHub/namespaces/eventhubs/consumergroups@2026-01-01' = [
  for group in groups: {
    name: '${name}/${group.hub}/${group.name}'
    dependsOn: [children]
  }
]

resource identities 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = [
  for item in grants: {
    scope: resourceGroup(item.grant.identity.group)
    name: item.grant.identity.name
  }
]

resource grantedHubs 'Microsoft.EventHub/namespaces/eventhubs@2026-01-01' existing = [
  for item in grants: { parent: namespace, name: item.hub }
]

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (item, i) in grants: {
    scope: grantedHubs[i]
    name: guid(grantedHubs[i].id, identities[i].id, item.grant.role)
    properties: {
      principalId: identities[i].properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        item.grant.role
      )
      description: item.grant.reason
    }
    dependsOn: [children]
  }
]

#disable-next-line use-recent-api-versions // Azure's only stable version cannot name groups.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: namespace
  name: 'to-workspace'
  properties: {
    workspaceId: stage.workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
