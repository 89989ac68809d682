// A storage account without keys, open to no one but the subnets and resources named here.

import { Encryption, Grant, Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the account.')
param name string

@description('A lake: folders are real, versions are not kept.')
param hierarchical bool = false

@description('A Functions host keeps its state here: leases and checkpoints, written all the time.')
param isHost bool = false

@description('What it has can be made again: what is deleted is gone at once.')
param canBeMadeAgain bool = false

@description('Containers, all private.')
param containers string[]

@description('Queues.')
param queues string[] = []

@description('The subnets that may reach it; without any, only private endpoints lead to it.')
param subnets string[] = []

@description('The Databricks access connector that reaches it from outside the network.')
param accessConnectorId string?

@description('Days after which blobs move to cheaper storage, and old versions are deleted.')
param coolAfterDays int = 90

@description('Days after which a blob is deleted; one that was replaced, after seven. Null: never.')
param keepDays int?

@description('The containers in which that is so.')
param keepsIn string[] = []

@description('The folder of the containers in which nothing lies for longer than a day; null: none.')
param uploads string?

@description('Who may do what in the whole account.')
param grants Grant[]

@description('Who may do what in one container.')
param containerGrants { container: string, grant: Grant }[] = []

@description('The key of ours to encrypt with; Azure\'s when null.')
param encryption Encryption?

var ours = encryption != null
var hasQueues = !empty(queues)
var keepsNothing = isHost || canBeMadeAgain

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = if (ours) {
  scope: resourceGroup(encryption.?group ?? '')
  name: encryption.?vault ?? ''
}

resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = if (ours) {
  scope: resourceGroup(encryption.?group ?? '')
  name: encryption.?identity ?? ''
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: stage.location
  tags: stage.tags
  kind: 'StorageV2'
  sku: { name: stage.resilient ? 'Standard_ZRS' : 'Standard_LRS' }
  identity: !ours ? null : { type: 'UserAssigned', userAssignedIdentities: { '${reader.id}': {} } }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    isHnsEnabled: hierarchical
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: empty(subnets) ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: 'Deny'
      bypass: 'AzureServices'
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
      resourceAccessRules: accessConnectorId == null
        ? []
        : [{ resourceId: accessConnectorId, tenantId: tenant().tenantId }]
    }
    encryption: {
      requireInfrastructureEncryption: true
      keySource: !ours ? 'Microsoft.Storage' : 'Microsoft.Keyvault'
      identity: !ours ? null : { userAssignedIdentity: reader.id }
      keyvaultproperties: !ours
        ? null
        : { keyname: encryption!.key, keyvaulturi: vault!.properties.vaultUri }
      services: {
        blob: { enabled: true, keyType: 'Account' }
        queue: { enabled: true, keyType: 'Account' }
      }
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      // Event Hubs' checkpoints must not be kept: each write of a lease would leave a version.
      isVersioningEnabled: !hierarchical && !keepsNothing
      deleteRetentionPolicy: keepsNothing ? { enabled: false } : { enabled: true, days: 7 }
      containerDeleteRetentionPolicy: { enabled: true, days: 7 }
    }

    resource folders 'containers' = [
      for container in containers: {
        name: container
        properties: { publicAccess: 'None' }
      }
    ]
  }

  resource queueService 'queueServices' = if (hasQueues) {
    name: 'default'
    dependsOn: [lifecycle]

    resource children 'queues' = [for queue in queues: { name: queue }]
  }

  resource lifecycle 'managementPolicies' = if (!isHost) {
    name: 'default'
    properties: {
      policy: {
        rules: concat(
          [
            {
              name: 'age'
              type: 'Lifecycle'
              definition: {
                filters: { blobTypes: ['blockBlob'] }
                actions: {
                  baseBlob: {
                    tierToCool: { daysAfterModificationGreaterThan: coolAfterDays }
                  }
                  version: hierarchical
                    ? null
                    : {
                        delete: {
                          daysAfterCreationGreaterThan: keepDays == null ? coolAfterDays : 7
                        }
                      }
                }
              }
            }
          ],
          keepDays == null
            ? []
            : [
                {
                  name: 'backstop'
                  type: 'Lifecycle'
                  definition: {
                    filters: {
                      blobTypes: ['blockBlob']
                      prefixMatch: map(keepsIn, container => '${container}/')
                    }
                    actions: {
                      baseBlob: { delete: { daysAfterModificationGreaterThan: keepDays! } }
                    }
                  }
                }
              ],
          uploads == null
            ? []
            : [
                {
                  name: 'uploads'
                  type: 'Lifecycle'
                  definition: {
                    filters: {
                      blobTypes: ['blockBlob']
                      prefixMatch: map(containers, container => '${container}/${uploads!}/')
                    }
                    actions: {
                      baseBlob: { delete: { daysAfterModificationGreaterThan: 1 } }
                      snapshot: { delete: { daysAfterCreationGreaterThan: 1 } }
                    }
                  }
                }
              ]
        )
      }
    }
    dependsOn: [blobs]
  }
}

resource identities 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = [
  for grant in grants: {
    scope: resourceGroup(grant.identity.group)
    name: grant.identity.name
  }
]

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in grants: {
    scope: account
    name: guid(account.id, identities[i].id, grant.role)
    properties: {
      principalId: identities[i].properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        grant.role
      )
      description: grant.reason
    }
  }
]

resource grantees 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = [
  for item in containerGrants: {
    scope: resourceGroup(item.grant.identity.group)
    name: item.grant.identity.name
  }
]

resource places 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' existing = [
  for item in containerGrants: { parent: account::blobs, name: item.container }
]

resource containerAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (item, i) in containerGrants: {
    scope: places[i]
    name: guid(places[i].id, grantees[i].id, item.grant.role)
    properties: {
      principalId: grantees[i].properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        item.grant.role
      )
      description: item.grant.reason
    }
    dependsOn: [account::blobs::folders]
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
  scope: account::blobs
  name: 'to-workspace'
  properties: {
    workspaceId: stage.workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

#disable-next-line use-recent-api-versions // Azure's only stable version cannot name groups.
resource queueLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (hasQueues) {
  scope: account::queueService
  name: 'to-workspace'
  properties: {
    workspaceId: stage.workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}
