// The traces of one service.

import { Grant, Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the component.')
param name string

@description('Who may write traces.')
param grants Grant[]

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: stage.location
  tags: stage.tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: stage.workspaceId
    DisableLocalAuth: true
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
    scope: component
    name: guid(component.id, identities[i].id, grant.role)
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
