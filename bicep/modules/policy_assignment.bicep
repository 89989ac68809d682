// One of Azure's own policies, for the whole subscription.

targetScope = 'subscription'

@description('The name of the assignment.')
@maxLength(24)
param name string

@description('The policy, or the set of policies.')
param definitionId string

@description('Its parameters.')
param values { *: { value: string } }

@description('Resource groups it does not apply to.')
param notScopes string[]

resource assignment 'Microsoft.Authorization/policyAssignments@2025-03-01' = {
  name: name
  properties: {
    displayName: name
    policyDefinitionId: definitionId
    notScopes: notScopes
    parameters: values
  }
}
