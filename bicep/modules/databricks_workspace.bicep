// Databricks in our network: its workers have no public addresses, and its pages are reached by
// private endpoint only.

import { Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the workspace.')
param name string

@description('The resource group that Databricks makes for itself.')
param managedGroup string

@description('The subnet of the workers\' hosts.')
param hostSubnet string

@description('The subnet of the workers\' containers.')
param containerSubnet string

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' existing = {
  scope: resourceGroup(stage.network.group)
  name: stage.network.name
}

resource workspace 'Microsoft.Databricks/workspaces@2026-01-01' = {
  name: name
  location: stage.location
  tags: stage.tags
  sku: { name: 'premium' }
  properties: {
    computeMode: 'Hybrid'
    managedResourceGroupId: subscriptionResourceId(
      'Microsoft.Resources/resourceGroups',
      managedGroup
    )
    publicNetworkAccess: 'Disabled'
    requiredNsgRules: 'NoAzureDatabricksRules'
    parameters: {
      customVirtualNetworkId: { value: network.id }
      customPublicSubnetName: { value: hostSubnet }
      customPrivateSubnetName: { value: containerSubnet }
      enableNoPublicIp: { value: true }
      requireInfrastructureEncryption: { value: true }
    }
  }
}

#disable-next-line use-recent-api-versions // Azure's only stable version cannot name groups.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: workspace
  name: 'to-workspace'
  properties: {
    workspaceId: stage.workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}
