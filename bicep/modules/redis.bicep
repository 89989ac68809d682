// An Azure Managed Redis, reached with identities only and through a private endpoint.

import { Encryption, Identity, Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the instance.')
param name string

@description('The SKU: its size is in the name.')
param sku 'Balanced_B0' | 'Balanced_B1' | 'Balanced_B3'

@description('Who may use it. Azure knows one role here: everything.')
param users Identity[]

@description('The key of ours to encrypt with; Azure\'s when null.')
param encryption Encryption?

var ours = encryption != null

resource key 'Microsoft.KeyVault/vaults/keys@2026-02-01' existing = if (ours) {
  scope: resourceGroup(encryption.?group ?? '')
  name: '${encryption.?vault ?? ''}/${encryption.?key ?? ''}'
}

resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = if (ours) {
  scope: resourceGroup(encryption.?group ?? '')
  name: encryption.?identity ?? ''
}

resource cluster 'Microsoft.Cache/redisEnterprise@2025-07-01' = {
  name: name
  location: stage.location
  tags: stage.tags
  sku: { name: sku }
  identity: !ours ? null : { type: 'UserAssigned', userAssignedIdentities: { '${reader.id}': {} } }
  properties: {
    highAvailability: stage.resilient ? 'Enabled' : 'Disabled'
    minimumTlsVersion: '1.2'
    publicNetworkAccess: 'Disabled'
    encryption: !ours
      ? null
      : {
          customerManagedKeyEncryption: {
            keyEncryptionKeyUrl: key!.properties.keyUriWithVersion
            keyEncryptionKeyIdentity: {
              identityType: 'userAssignedIdentity'
              userAssignedIdentityResourceId: reader.id
            }
          }
        }
  }

  resource database 'databases' = {
    name: 'default'
    properties: {
      accessKeysAuthentication: 'Disabled'
      clientProtocol: 'Encrypted'
      // The handlers' client speaks to one address, not to the nodes of a cluster.
      clusteringPolicy: 'EnterpriseCluster'
      // What Redis holds may be lost, but a full one must not forget a throttle silently.
      evictionPolicy: 'NoEviction'
      port: 10000
    }
  }
}

resource identities 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = [
  for user in users: {
    scope: resourceGroup(user.group)
    name: user.name
  }
]

// One at a time: the database refuses two changes at once. Its names take letters and digits only.
@batchSize(1)
resource access 'Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments@2025-07-01' = [
  for (user, i) in users: {
    parent: cluster::database
    name: replace(user.name, '-', '')
    properties: {
      accessPolicyName: 'default'
      user: { objectId: identities[i].properties.principalId }
    }
  }
]

#disable-next-line use-recent-api-versions // Azure's only stable version cannot name groups.
resource clusterDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: cluster
  name: 'to-workspace'
  properties: {
    workspaceId: stage.workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

#disable-next-line use-recent-api-versions // Azure's only stable version cannot name groups.
resource databaseDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: cluster::database
  name: 'to-workspace'
  properties: {
    workspaceId: stage.workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}
