// Text messages. The number they come from is not ARM: it is ordered, and for Hong Kong registered,
// by hand.

import { Grant, Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the account.')
param name string

@description('Who may send.')
param grants Grant[]

resource account 'Microsoft.Communication/communicationServices@2025-09-01' = {
  name: name
  location: 'global'
  tags: stage.tags
  properties: {
    dataLocation: 'Asia Pacific'
    disableLocalAuth: true
    publicNetworkAccess: 'Enabled'
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

#disable-next-line use-recent-api-versions // Azure's only stable version cannot name groups.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account
  name: 'to-workspace'
  properties: {
    workspaceId: stage.workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
