// The vault of one service. Its secrets are not written here: an operator puts them in from the
// runner subnet (see README.md), so a deployment neither knows nor resets them.

import { Grant, Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the vault.')
param name string

@description('It holds keys, which stay in hardware.')
param holdsKeys bool

@description('The subnets that may reach it.')
param subnets string[]

@description('Who may do what.')
param grants Grant[]

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: name
  location: stage.location
  tags: stage.tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: holdsKeys ? 'premium' : 'standard' }
    enableRbacAuthorization: true
    enablePurgeProtection: true
    softDeleteRetentionInDays: stage.resilient ? 90 : 7
    publicNetworkAccess: 'Enabled'
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
    }
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
    scope: vault
    name: guid(vault.id, identities[i].id, grant.role)
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

// README.md says why not the whole group is locked.
resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (stage.resilient) {
  scope: vault
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
    notes: 'Production: remove this lock on purpose before deleting.'
  }
}

#disable-next-line use-recent-api-versions // Azure's only stable version cannot name groups.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'to-workspace'
  properties: {
    workspaceId: stage.workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
