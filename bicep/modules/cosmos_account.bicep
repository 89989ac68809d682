// The graph as documents: vertices, and edges kept with the vertex they leave, as Gremlin keeps them
// too: in one container.

import { Encryption, Identity, Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the account.')
param name string

@description('The subnets that may reach it.')
param subnets string[]

@description('Request units a second that each container grows to; a tenth is always there.')
param unitsMax int

@description('Who writes.')
param writers Identity[]

@description('Who only reads.')
param readers Identity[]

@description('The key of ours to encrypt with; Azure\'s when null. Only possible at creation.')
param encryption Encryption?

var ours = encryption != null

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = if (ours) {
  scope: resourceGroup(encryption.?group ?? '')
  name: encryption.?vault ?? ''
}

resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = if (ours) {
  scope: resourceGroup(encryption.?group ?? '')
  name: encryption.?identity ?? ''
}

var containers = [
  { name: 'elements', partitionKey: '/partition' }
]

// What is asked for by value. All else would only cost units at each write.
var indexed = ['/label/?', '/happened_at/?', '/operation/?', '/day/?', '/_vertexId/?', '/_sink/?']

resource account 'Microsoft.DocumentDB/databaseAccounts@2026-03-15' = {
  name: name
  location: stage.location
  tags: stage.tags
  kind: 'GlobalDocumentDB'
  identity: !ours ? null : { type: 'UserAssigned', userAssignedIdentities: { '${reader.id}': {} } }
  properties: {
    databaseAccountOfferType: 'Standard'
    locations: [
      {
        locationName: stage.location
        failoverPriority: 0
        isZoneRedundant: stage.resilient
      }
    ]
    consistencyPolicy: { defaultConsistencyLevel: 'Session' }
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    publicNetworkAccess: 'Enabled'
    isVirtualNetworkFilterEnabled: true
    virtualNetworkRules: [
      for subnet in subnets: {
        id: resourceId(
          stage.network.group,
          'Microsoft.Network/virtualNetworks/subnets',
          stage.network.name,
          subnet
        )
      }
    ]
    networkAclBypass: 'None'
    backupPolicy: {
      type: 'Continuous'
      continuousModeProperties: { tier: stage.resilient ? 'Continuous30Days' : 'Continuous7Days' }
    }
    keyVaultKeyUri: !ours ? null : '${vault!.properties.vaultUri}keys/${encryption!.key}'
    defaultIdentity: !ours ? null : 'UserAssignedIdentity=${reader.id}'
  }

  resource graph 'sqlDatabases' = {
    name: 'graph'
    properties: { resource: { id: 'graph' } }

    @batchSize(1)
    resource children 'containers' = [
      for container in containers: {
        name: container.name
        properties: {
          resource: {
            id: container.name
            partitionKey: { paths: [container.partitionKey], kind: 'Hash', version: 2 }
            indexingPolicy: {
              indexingMode: 'consistent'
              includedPaths: map(indexed, path => { path: path })
              excludedPaths: [{ path: '/*' }]
            }
          }
          options: { autoscaleSettings: { maxThroughput: unitsMax } }
        }
      }
    ]
  }

  // Cosmos keeps its data-plane roles to itself: 1 reads, 2 also writes.
  resource readerRole 'sqlRoleDefinitions' existing = {
    name: '00000000-0000-0000-0000-000000000001'
  }

  resource writerRole 'sqlRoleDefinitions' existing = {
    name: '00000000-0000-0000-0000-000000000002'
  }
}

resource writerIdentities 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = [
  for identity in writers: { scope: resourceGroup(identity.group), name: identity.name }
]

// One at a time, and after all that is in the account: it locks itself for each change.
@batchSize(1)
resource writerAssignments 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2026-03-15' = [
  for (identity, i) in writers: {
    parent: account
    name: guid(account.id, writerIdentities[i].id, account::writerRole.id)
    properties: {
      principalId: writerIdentities[i].properties.principalId
      roleDefinitionId: account::writerRole.id
      scope: '${account.id}/dbs/${account::graph.name}'
    }
    dependsOn: [account::graph::children]
  }
]

resource readerIdentities 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = [
  for identity in readers: { scope: resourceGroup(identity.group), name: identity.name }
]

@batchSize(1)
resource readerAssignments 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2026-03-15' = [
  for (identity, i) in readers: {
    parent: account
    name: guid(account.id, readerIdentities[i].id, account::readerRole.id)
    properties: {
      principalId: readerIdentities[i].properties.principalId
      roleDefinitionId: account::readerRole.id
      scope: '${account.id}/dbs/${account::graph.name}'
    }
    dependsOn: [writerAssignments]
  }
]

// README.md says why not the whole group is locked.
resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (stage.resilient) {
  scope: account
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
    notes: 'Production: remove this lock on purpose before deleting.'
  }
}

#disable-next-line use-recent-api-versions // Azure's only stable version cannot name groups.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account
  name: 'to-workspace'
  properties: {
    workspaceId: stage.workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'Requests', enabled: true }]
  }
}
