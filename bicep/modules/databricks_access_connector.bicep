// The identity that Databricks reads and writes the lake as.

import { Identity, Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the connector.')
param name string

@description('Its identity.')
param identity Identity

resource program 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  scope: resourceGroup(identity.group)
  name: identity.name
}

resource connector 'Microsoft.Databricks/accessConnectors@2026-01-01' = {
  name: name
  location: stage.location
  tags: stage.tags
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${program.id}': {} } }
  properties: {}
}
