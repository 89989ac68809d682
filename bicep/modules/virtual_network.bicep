// The network. All subnets stand in it: as resources of their own they would undo each other.

import { Stage } from '../types.bicep'

@export()
@description('One subnet.')
type Subnet = {
  @description('The name of the subnet.')
  name: string

  @description('Its address range.')
  range: string

  @description('The name of its network security group.')
  securityGroup: string

  @description('Who may put resources into it.')
  delegation: string?

  @description('Azure services that see its addresses.')
  serviceEndpoints: string[]

  @description('It reaches the internet through the NAT gateway.')
  goesOut: bool
}

@description('What every resource shares.')
param stage Stage

@description('The name of the network.')
param name string

@description('Its address space.')
param addressSpace string

@description('The name of the NAT gateway.')
param natGateway string

@description('Its subnets.')
param subnets Subnet[]

resource gateway 'Microsoft.Network/natGateways@2025-05-01' existing = {
  name: natGateway
}

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: name
  location: stage.location
  tags: stage.tags
  properties: {
    addressSpace: { addressPrefixes: [addressSpace] }
    subnets: [
      for subnet in subnets: {
        name: subnet.name
        properties: {
          addressPrefix: subnet.range
          defaultOutboundAccess: false
          networkSecurityGroup: {
            id: resourceId('Microsoft.Network/networkSecurityGroups', subnet.securityGroup)
          }
          natGateway: subnet.goesOut ? { id: gateway.id } : null
          delegations: map(subnet.?delegation == null ? [] : [subnet.?delegation], service => {
            name: 'delegation'
            properties: { serviceName: service }
          })
          serviceEndpoints: map(subnet.serviceEndpoints, service => { service: service })
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }
}

#disable-next-line use-recent-api-versions // Azure's only stable version cannot name groups.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: network
  name: 'to-workspace'
  properties: {
    workspaceId: stage.workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
