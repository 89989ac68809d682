// Lets an identity write to one queue of an account that another module made.

import { Grant } from '../types.bicep'

@description('The storage account.')
param account string

@description('The queue.')
param queue string

@description('Who may do what.')
param grant Grant

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  scope: resourceGroup(grant.identity.group)
  name: grant.identity.name
}

resource target 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' existing = {
  name: '${account}/default/${queue}'
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: target
  name: guid(target.id, identity.id, grant.role)
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
    description: grant.reason
  }
}
