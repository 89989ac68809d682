// Azure AI Document Intelligence: reads identity documents.

import { Grant, Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the account, also in its address.')
param name string

@description('The subnets that may reach it.')
param subnets string[]

@description('Who may call it.')
param grants Grant[]

resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' = {
  name: name
  location: stage.location
  tags: stage.tags
  kind: 'FormRecognizer'
  sku: { name: 'S0' }
  properties: {
    customSubDomainName: name
    disableLocalAuth: true
    publicNetworkAccess: 'Enabled'
    restrictOutboundNetworkAccess: true
    allowedFqdnList: []
    networkAcls: {
      defaultAction: 'Deny'
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
