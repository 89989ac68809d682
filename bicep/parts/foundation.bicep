// What stands first in a resource group: its identity, its vault and its encryption key.

import { Encryption, Identity, Stage } from '../types.bicep'
import { roles } from '../roles.bicep'

@description('What every resource shares.')
param stage Stage

@description('The identity of the group\'s programs.')
param identity Identity

@description('The programs read settings from the vault.')
param isService bool

@description('Who puts secrets into the vault.')
param runner Identity

@description('The name of the vault.')
param vault string

@description('The subnets that may reach the vault.')
param vaultSubnets string[]

@description('The key of ours for the group\'s stores; null to leave encryption to Azure.')
param encryption Encryption?

module program '../modules/user_assigned_identity.bicep' = {
  params: { stage: stage, name: identity.name }
}

module secrets '../modules/key_vault.bicep' = {
  params: {
    stage: stage
    name: vault
    holdsKeys: encryption != null
    subnets: vaultSubnets
    grants: concat(
      isService
        ? [{ identity: identity, role: roles.secretsUser, reason: 'reads its settings' }]
        : [],
      [{ identity: runner, role: roles.secretsOfficer, reason: 'puts in and rotates secrets' }]
    )
  }
  dependsOn: [program]
}

module key '../modules/encryption_key.bicep' = if (encryption != null) {
  params: { stage: stage, encryption: encryption! }
  dependsOn: [secrets]
}
