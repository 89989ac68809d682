// An identity that programs run as.

import { Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the identity.')
param name string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: stage.location
  tags: stage.tags
}
