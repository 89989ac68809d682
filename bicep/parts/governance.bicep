// What holds for the whole subscription: one subscription holds one environment.

targetScope = 'subscription'

import { Identity } from '../types.bicep'
import { roles } from '../roles.bicep'

@description('The name of the environment.')
param environmentName string

@description('The identity of the runner subnet.')
param runner Identity

@description('What a month may cost, in the currency of the subscription\'s bill.')
param budget int

@description('The first month of the budget: a first day.')
param budgetStart string

@description('Where messages go.')
param email string

@description('The resource group that Databricks makes for itself, by rules of its own.')
param databricksGroup string

var denied = [
  // Storage accounts: no public blobs, no shared keys, TLS 1.2.
  { name: 'no-public-blobs', id: '4fa4b6c0-31ca-4c0d-b10d-24b96f62a751' }
  { name: 'no-shared-keys', id: '8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54' }
  { name: 'storage-tls', id: 'fe83a0eb-a853-422d-aac2-1bffd182c5d0' }
  // No local keys.
  { name: 'no-event-hubs-keys', id: '5d4e3c65-4873-47be-94f3-6f8b953a3598' }
  { name: 'no-cosmos-keys', id: '5450f5bd-9c72-4390-a9c4-a7aba4edfdd2' }
  { name: 'no-ai-keys', id: '71ef260a-8f18-47b7-abcb-62d0673d94dc' }
]

module denials '../modules/policy_assignment.bicep' = [
  for policy in denied: {
    params: {
      name: policy.name
      definitionId: tenantResourceId('Microsoft.Authorization/policyDefinitions', policy.id)
      values: { effect: { value: 'Deny' } }
      notScopes: [
        subscriptionResourceId('Microsoft.Resources/resourceGroups', databricksGroup)
      ]
    }
  }
]

// Microsoft's cloud security benchmark only reports.
module benchmark '../modules/policy_assignment.bicep' = {
  params: {
    name: 'security-benchmark'
    definitionId: tenantResourceId(
      'Microsoft.Authorization/policySetDefinitions',
      '1f3afdf9-d0c9-4c3d-847f-89da613e70a8'
    )
    values: {}
    notScopes: []
  }
}

// One at a time: Azure refuses two changes of plans at once.
@batchSize(1)
module defender '../modules/defender_plan.bicep' = [
  for plan in ['KeyVaults', 'OpenSourceRelationalDatabases']: {
    params: { plan: plan }
  }
]

module spending '../modules/budget.bicep' = {
  params: {
    name: 'payme-${environmentName}'
    amount: budget
    start: budgetStart
    email: email
  }
}

module readsDeployment '../modules/subscription_role.bicep' = {
  params: {
    grant: {
      identity: runner
      role: roles.reader
      reason: 'finds the names of what was deployed'
    }
  }
}
