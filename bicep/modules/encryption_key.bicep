// The key that stores of one owner are encrypted with, and the only identity that may use it.

import { Encryption, Stage } from '../types.bicep'
import { roles } from '../roles.bicep'

@description('What every resource shares.')
param stage Stage

@description('Where the key goes, and the names of key and identity.')
param encryption Encryption

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: encryption.vault

  resource key 'keys' = {
    name: encryption.key
    properties: {
      kty: 'RSA-HSM'
      keySize: 3072
      keyOps: ['wrapKey', 'unwrapKey']
      rotationPolicy: {
        lifetimeActions: [
          { action: { type: 'rotate' }, trigger: { timeAfterCreate: 'P1Y' } }
        ]
      }
    }
  }
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: encryption.identity
  location: stage.location
  tags: stage.tags
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault::key
  name: guid(vault::key.id, identity.id, roles.cryptoServiceEncryptionUser)
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.cryptoServiceEncryptionUser
    )
    description: 'encrypts its owner\'s stores'
  }
}
