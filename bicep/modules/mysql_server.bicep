// A MySQL Flexible Server inside the network, with the schemas of its services. The users of the
// schemas are SQL, not ARM: the deployment makes them from the runner subnet.

import { Encryption, Stage } from '../types.bicep'

@export()
@description('Compute and storage of a server.')
type Size = {
  @description('The SKU.')
  sku: string

  tier: 'Burstable' | 'GeneralPurpose' | 'MemoryOptimized'

  @description('Gigabytes to begin with; it grows by itself.')
  storage: int

  @description('Connections it takes: every instance of an app keeps up to 32.')
  connections: int
}

@description('What every resource shares.')
param stage Stage

@description('The name of the server.')
param name string

@description('Compute and storage.')
param size Size

@description('The subnet it lives in, delegated to it.')
param subnet string

@description('The private DNS zone of all servers.')
param zone string

@description('The schemas.')
param schemas string[]

@description('Password of the administrator `platform`, who makes users and grants.')
@secure()
param administratorPassword string

@description('The key of ours to encrypt with; Azure\'s when null.')
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

resource server 'Microsoft.DBforMySQL/flexibleServers@2024-12-30' = {
  name: name
  location: stage.location
  tags: stage.tags
  sku: { name: size.sku, tier: size.tier }
  identity: !ours ? null : { type: 'UserAssigned', userAssignedIdentities: { '${reader.id}': {} } }
  properties: {
    createMode: 'Default'
    version: '8.4'
    administratorLogin: 'platform'
    administratorLoginPassword: administratorPassword
    availabilityZone: stage.resilient ? '1' : null
    highAvailability: stage.resilient
      ? { mode: 'ZoneRedundant', standbyAvailabilityZone: '2' }
      : { mode: 'Disabled' }
    storage: {
      storageSizeGB: size.storage
      autoGrow: 'Enabled'
      autoIoScaling: 'Enabled'
    }
    backup: {
      backupRetentionDays: stage.resilient ? 35 : 7
      // Copies stay in Hong Kong, in several of its zones.
      geoRedundantBackup: 'Disabled'
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

  // One at a time, like all that changes the server: it refuses two changes at once.
  @batchSize(1)
  resource databases 'databases' = [
    for schema in schemas: {
      name: schema
      properties: { charset: 'utf8mb4', collation: 'utf8mb4_bin' }
    }
  ]

  resource threatProtection 'advancedThreatProtectionSettings' = {
    name: 'Default'
    properties: { state: 'Enabled' }
    dependsOn: [databases]
  }
}

// What a handler's connection keeps prepared: STATEMENTS_MAX of crates/service/src/database.rs.
var statementsPerConnection = 32

var configuration = {
  // Money that was answered for is on disk.
  innodb_flush_log_at_trx_commit: '1'
  require_secure_transport: 'ON'
  tls_version: 'TLSv1.2,TLSv1.3'
  max_connections: string(size.connections)
  max_prepared_stmt_count: string(size.connections * statementsPerConnection)
  // Its lines would carry what people wrote to the workspace; `ops/statements` shows what is slow.
  slow_query_log: 'OFF'
  audit_log_enabled: 'ON'
  audit_log_events: 'CONNECTION,ADMIN,DCL,DDL'
}

@batchSize(1)
resource configurations 'Microsoft.DBforMySQL/flexibleServers/configurations@2024-12-30' = [
  for item in items(configuration): {
    parent: server
    name: item.key
    properties: { value: item.value, source: 'user-override' }
    dependsOn: [server::threatProtection]
  }
]

// README.md says why not the whole group is locked.
resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (stage.resilient) {
  scope: server
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
    notes: 'Production: remove this lock on purpose before deleting.'
  }
}

#disable-next-line use-recent-api-versions // Azure's only stable version cannot name groups.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: server
  name: 'to-workspace'
  properties: {
    workspaceId: stage.workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
