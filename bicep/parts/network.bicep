// The network: a subnet for each app and each database, and who may speak to whom.

import { Service, Stage } from '../types.bicep'
import { appSubnet, localName, mysqlSubnet, ownersOf, subnets, zones } from '../names.bicep'
import { Rule } from '../modules/network_security_group.bicep'

@description('What every resource shares.')
param stage Stage

@description('All services.')
param services Service[]

@description('A /16. Services have /25s of its upper half, databases /28s from its ninth /24.')
param addressSpace string

@description('Each service has its own MySQL server.')
param isolated bool

// Whose databases there are, which slice is theirs, and which apps connect to them.
var sharedSlice = 31
var servers = map(ownersOf(isolated, services), server => {
  owner: server.owner
  slice: isolated ? server.users[0].subnet : sharedSlice
  clients: concat(
    map(server.users, user => user.code),
    map(
      filter(
        services,
        service =>
          isolated && contains(map(server.users, user => user.name), service.?readsReplicaOf ?? '')
      ),
      service => service.code
    )
  )
})

// All groups of functions of an app together may have more instances than a /26 has addresses.
func appRange(addressSpace string, slice int) string => cidrSubnet(addressSpace, 25, 256 + slice)

var firstMysqlSlice = 128
var mysqlRanges = map(servers, server => {
  clients: server.clients
  range: cidrSubnet(addressSpace, 28, firstMysqlSlice + server.slice)
})
var appRanges = map(services, service => appRange(addressSpace, service.subnet))
var endpointsRange = cidrSubnet(addressSpace, 24, 10)
var runnerRange = cidrSubnet(addressSpace, 27, 88)
var databricksRanges = [cidrSubnet(addressSpace, 24, 12), cidrSubnet(addressSpace, 24, 13)]

var denyInbound Rule = {
  name: 'deny-network-in'
  priority: 4000
  direction: 'Inbound'
  access: 'Deny'
  protocol: '*'
  from: 'VirtualNetwork'
}
var denyOutbound Rule = {
  name: 'deny-network-out'
  priority: 4000
  direction: 'Outbound'
  access: 'Deny'
  protocol: '*'
  to: 'VirtualNetwork'
}

var egress = localName('ng', stage.environment, 'network')

module gateway '../modules/nat_gateway.bicep' = {
  params: { stage: stage, name: egress }
}

module appGroups '../modules/network_security_group.bicep' = [
  for (service, i) in services: {
    params: {
      stage: stage
      name: 'nsg-${service.code}'
      rules: concat(
        [
          {
            // What Azure runs an app on may speak within its subnet.
            name: 'own-subnet-in'
            priority: 100
            direction: 'Inbound'
            access: 'Allow'
            protocol: '*'
            from: appRanges[i]
          }
          denyInbound
          {
            name: 'own-subnet-out'
            priority: 120
            direction: 'Outbound'
            access: 'Allow'
            protocol: '*'
            to: appRanges[i]
          }
          {
            name: 'mysql'
            priority: 100
            direction: 'Outbound'
            access: 'Allow'
            toRanges: map(
              filter(mysqlRanges, server => contains(server.clients, service.code)),
              server => server.range
            )
            ports: ['3306']
          }
          {
            name: 'private-endpoints'
            priority: 110
            direction: 'Outbound'
            access: 'Allow'
            to: endpointsRange
            ports: ['443', '10000']
          }
          {
            name: 'azure-and-internet'
            priority: 4010
            direction: 'Outbound'
            access: 'Allow'
            to: 'Internet'
            ports: ['443', '5671']
          }
          {
            name: 'deny-internet-out'
            priority: 4020
            direction: 'Outbound'
            access: 'Deny'
            protocol: '*'
            to: 'Internet'
          }
        ],
        [denyOutbound]
      )
    }
  }
]

module mysqlGroups '../modules/network_security_group.bicep' = [
  for (server, i) in servers: {
    params: {
      stage: stage
      name: 'nsg-mysql-${server.owner}'
      rules: [
        {
          name: 'clients'
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          fromRanges: concat(
            map(
              filter(services, service => contains(server.clients, service.code)),
              service => appRange(addressSpace, service.subnet)
            ),
            [runnerRange]
          )
          ports: ['3306']
        }
        {
          name: 'standby-and-replicas-in'
          priority: 110
          direction: 'Inbound'
          access: 'Allow'
          protocol: '*'
          from: mysqlRanges[i].range
        }
        denyInbound
        {
          name: 'standby-and-replicas-out'
          priority: 110
          direction: 'Outbound'
          access: 'Allow'
          protocol: '*'
          to: mysqlRanges[i].range
        }
        denyOutbound
      ]
    }
  }
]

module endpointsGroup '../modules/network_security_group.bicep' = {
  params: {
    stage: stage
    name: 'nsg-endpoints'
    rules: [
      {
        name: 'apps'
        priority: 100
        direction: 'Inbound'
        access: 'Allow'
        fromRanges: appRanges
        ports: ['443', '10000']
      }
      {
        name: 'runner'
        priority: 110
        direction: 'Inbound'
        access: 'Allow'
        from: runnerRange
        ports: ['443']
      }
      {
        // The ports of Databricks' control plane and its relay, behind the workspace's endpoint.
        name: 'databricks'
        priority: 120
        direction: 'Inbound'
        access: 'Allow'
        fromRanges: databricksRanges
        ports: ['443', '3306', '6666', '8443-8451']
      }
      denyInbound
      denyOutbound
    ]
  }
}

module runnerGroup '../modules/network_security_group.bicep' = {
  params: { stage: stage, name: 'nsg-runner', rules: [denyInbound] }
}

module databricksGroup '../modules/network_security_group.bicep' = {
  params: {
    stage: stage
    name: 'nsg-databricks'
    rules: [
      {
        name: 'workers-in'
        priority: 100
        direction: 'Inbound'
        access: 'Allow'
        protocol: '*'
        fromRanges: databricksRanges
      }
      denyInbound
    ]
  }
}

module network '../modules/virtual_network.bicep' = {
  params: {
    stage: stage
    name: stage.network.name
    addressSpace: addressSpace
    natGateway: egress
    subnets: concat(
      map(services, service => {
        name: appSubnet(service.code)
        range: appRange(addressSpace, service.subnet)
        securityGroup: 'nsg-${service.code}'
        delegation: 'Microsoft.App/environments'
        serviceEndpoints: concat(
          ['Microsoft.EventHub', 'Microsoft.KeyVault', 'Microsoft.Storage', 'Microsoft.Web'],
          contains(service.uses, 'graph') ? ['Microsoft.AzureCosmosDB'] : [],
          contains(service.uses, 'vision') ? ['Microsoft.CognitiveServices'] : []
        )
        goesOut: true
      }),
      map(servers, server => {
        name: mysqlSubnet(server.owner)
        range: cidrSubnet(addressSpace, 28, firstMysqlSlice + server.slice)
        securityGroup: 'nsg-mysql-${server.owner}'
        delegation: 'Microsoft.DBforMySQL/flexibleServers'
        serviceEndpoints: []
        goesOut: false
      }),
      [
        {
          name: subnets.endpoints
          range: endpointsRange
          securityGroup: 'nsg-endpoints'
          serviceEndpoints: []
          goesOut: false
        }
        {
          name: subnets.runner
          range: runnerRange
          securityGroup: 'nsg-runner'
          delegation: 'Microsoft.ContainerInstance/containerGroups'
          serviceEndpoints: ['Microsoft.KeyVault', 'Microsoft.Storage', 'Microsoft.Web']
          goesOut: true
        }
        {
          name: subnets.databricksHost
          range: databricksRanges[0]
          securityGroup: 'nsg-databricks'
          delegation: 'Microsoft.Databricks/workspaces'
          serviceEndpoints: ['Microsoft.AzureCosmosDB', 'Microsoft.Storage']
          goesOut: true
        }
        {
          name: subnets.databricksContainer
          range: databricksRanges[1]
          securityGroup: 'nsg-databricks'
          delegation: 'Microsoft.Databricks/workspaces'
          serviceEndpoints: ['Microsoft.AzureCosmosDB', 'Microsoft.Storage']
          goesOut: true
        }
      ]
    )
  }
  dependsOn: [gateway, appGroups, mysqlGroups, endpointsGroup, runnerGroup, databricksGroup]
}

module dnsZones '../modules/private_dns_zone.bicep' = [
  for zone in items(zones): {
    params: { stage: stage, name: zone.value, network: stage.network.name }
    dependsOn: [network]
  }
]

@description('The address from which all services call others.')
output egressAddress string = gateway.outputs.address
