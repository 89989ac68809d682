// The way out: one public address that connections to others come from, and nothing listens on.

import { Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the gateway.')
param name string

resource address 'Microsoft.Network/publicIPAddresses@2025-05-01' = {
  name: 'pip-${name}'
  location: stage.location
  tags: stage.tags
  sku: { name: 'Standard' }
  zones: stage.resilient ? ['1', '2', '3'] : []
  properties: { publicIPAllocationMethod: 'Static' }
}

resource gateway 'Microsoft.Network/natGateways@2025-05-01' = {
  name: name
  location: stage.location
  tags: stage.tags
  sku: { name: 'Standard' }
  properties: {
    idleTimeoutInMinutes: 4
    publicIpAddresses: [{ id: address.id }]
  }
}

#disable-next-line use-recent-api-versions // Azure's only stable version cannot name groups.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: address
  name: 'to-workspace'
  properties: {
    workspaceId: stage.workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('The address that others see.')
output address string = address.properties.ipAddress
