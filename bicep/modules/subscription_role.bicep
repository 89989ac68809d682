// What an identity may do in the whole subscription.

targetScope = 'subscription'

import { Grant } from '../types.bicep'

@description('Who may do what.')
param grant Grant

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  scope: resourceGroup(grant.identity.group)
  name: grant.identity.name
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, identity.id, grant.role)
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
    description: grant.reason
  }
}
