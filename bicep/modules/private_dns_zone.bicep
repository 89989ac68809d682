// Names that only the network resolves.

import { Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the zone.')
param name string

@description('The name of the network that resolves it.')
param network string

resource virtualNetwork 'Microsoft.Network/virtualNetworks@2025-05-01' existing = {
  name: network
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: name
  location: 'global'
  tags: stage.tags

  resource link 'virtualNetworkLinks' = {
    name: network
    location: 'global'
    properties: {
      registrationEnabled: false
      // Azure's own zones: who has a private link elsewhere only, like the account that Front Door
      // reads, has no record here, and is asked for in public.
      resolutionPolicy: startsWith(name, 'privatelink.') ? 'NxDomainRedirect' : 'Default'
      virtualNetwork: { id: virtualNetwork.id }
    }
  }
}
