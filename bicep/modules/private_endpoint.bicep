// An address in the network for one resource outside it.

import { Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the endpoint.')
param name string

@description('The subnet it takes an address of.')
param subnet string

@description('The resource it leads to.')
param targetId string

@description('Which part of the resource, in Azure\'s words.')
param part 'blob' | 'redisEnterprise' | 'databricks_ui_api' | 'browser_authentication'

@description('The private DNS zone that holds its name.')
param zone string

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' existing = {
  scope: resourceGroup(stage.network.group)
  name: stage.network.name

  resource place 'subnets' existing = {
    name: subnet
  }
}

resource dnsZone 'Microsoft.Network/privateDnsZones@2024-06-01' existing = {
  scope: resourceGroup(stage.network.group)
  name: zone
}

resource endpoint 'Microsoft.Network/privateEndpoints@2025-05-01' = {
  name: name
  location: stage.location
  tags: stage.tags
  properties: {
    subnet: { id: network::place.id }
    customNetworkInterfaceName: 'nic-${name}'
    privateLinkServiceConnections: [
      {
        name: name
        properties: {
          privateLinkServiceId: targetId
          groupIds: [part]
        }
      }
    ]
  }

  resource names 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: part, properties: { privateDnsZoneId: dnsZone.id } }]
    }
  }
}
