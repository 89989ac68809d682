// Push messages to phones. The credentials of Apple and Google are put in by an operator, who also
// puts the key of the hub's rule into the service's vault: the hub knows no identities.

import { Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the namespace.')
param name string

resource namespace 'Microsoft.NotificationHubs/namespaces@2023-09-01' = {
  name: name
  location: stage.location
  tags: stage.tags
  sku: { name: stage.resilient ? 'Standard' : 'Free' }
  properties: {
    zoneRedundancy: stage.resilient ? 'Enabled' : 'Disabled'
  }

  resource hub 'notificationHubs' = {
    name: 'phones'
    location: stage.location
    tags: stage.tags
    properties: {}

    // Sends, and asks what became of it: Azure names no smaller right for the second than all three.
    resource rule 'authorizationRules' = {
      name: 'notification'
      properties: { rights: ['Listen', 'Manage', 'Send'] }
    }
  }
}

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
