// A read replica. Azure refuses to make one again that exists, and the first one restarts its
// source: deploy this once, then leave it out (see `createReplicas` in main.bicep).

import { Encryption, Stage } from '../types.bicep'
import { Size } from 'mysql_server.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the replica.')
param name string

@description('The server it follows, in the same resource group.')
param source string

@description('Compute and storage: not less than the source\'s.')
param size Size

@description('The subnet it lives in: the source\'s.')
param subnet string

@description('The private DNS zone of all servers.')
param zone string

@description('The key of ours to encrypt with: the source\'s.')
param encryption Encryption?

var ours = encryption != null

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' existing = {
  scope: resourceGroup(stage.network.group)
  name: stage.network.name

  resource place 'subnets' existing = {
    name: subnet
  }
}

resource dnsZone 'Microsoft.Network/privateDnsZones@2024-06-01' existing = {
  scope: resourceGroup(stage.network.group)
  name: zone
}

resource key 'Microsoft.KeyVault/vaults/keys@2026-02-01' existing = if (ours) {
  scope: resourceGroup(encryption.?group ?? '')
  name: '${encryption.?vault ?? ''}/${encryption.?key ?? ''}'
}

resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = if (ours) {
  scope: resourceGroup(encryption.?group ?? '')
  name: encryption.?identity ?? ''
}

resource primary 'Microsoft.DBforMySQL/flexibleServers@2024-12-30' existing = {
  name: source
}

resource replica 'Microsoft.DBforMySQL/flexibleServers@2024-12-30' = {
  name: name
  location: stage.location
  tags: stage.tags
  sku: { name: size.sku, tier: size.tier }
  identity: !ours ? null : { type: 'UserAssigned', userAssignedIdentities: { '${reader.id}': {} } }
  properties: {
    createMode: 'Replica'
    sourceServerResourceId: primary.id
    availabilityZone: '3'
    storage: {
      storageSizeGB: size.storage
      autoGrow: 'Enabled'
      autoIoScaling: 'Enabled'
    }
    network: {
      delegatedSubnetResourceId: network::place.id
      privateDnsZoneResourceId: dnsZone.id
      publicNetworkAccess: 'Disabled'
    }
    dataEncryption: !ours
      ? { type: 'SystemManaged' }
      : {
          type: 'AzureKeyVault'
          primaryKeyURI: key!.properties.keyUriWithVersion
          primaryUserAssignedIdentityId: reader.id
        }
  }

  resource threatProtection 'advancedThreatProtectionSettings' = {
    name: 'Default'
    properties: { state: 'Enabled' }
  }
}

#disable-next-line use-recent-api-versions // Azure's only stable version cannot name groups.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: replica
  name: 'to-workspace'
  properties: {
    workspaceId: stage.workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
