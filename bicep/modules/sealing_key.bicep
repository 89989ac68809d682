// A key that wraps the data keys of what a service seals. It never leaves its vault: programs send
// data keys there, to be wrapped and unwrapped.

import { Grant, Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The vault.')
param vault string

@description('The name of the key.')
param name string

@description('Who may wrap and unwrap with it.')
param grants Grant[]

resource holder 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vault

  resource key 'keys' = {
    name: name
    tags: stage.tags
    properties: {
      // Vaults of production keep keys in hardware.
      kty: stage.resilient ? 'RSA-HSM' : 'RSA'
      keySize: 3072
      keyOps: ['wrapKey', 'unwrapKey']
      attributes: { enabled: true, exportable: false }
      // What an older version has wrapped it also unwraps.
      rotationPolicy: {
        lifetimeActions: [{ action: { type: 'rotate' }, trigger: { timeAfterCreate: 'P1Y' } }]
      }
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
    scope: holder::key
    name: guid(holder::key.id, identities[i].id, grant.role)
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
