// MySQL, Redis and Event Hubs: one of each for each service, or one for all.

targetScope = 'subscription'

import { Identity, Service, Stage } from '../types.bicep'
import {
  appSubnet
  encryptionOf
  globalName
  groupName
  identityOf
  isReplicated
  mysqlSubnet
  ownersOf
  schemaName
  zones
} from '../names.bicep'
import { roles } from '../roles.bicep'
import { hubPartitions, mysqlSizes, redisSizes } from '../sizes.bicep'

@description('What every resource shares.')
param stage Stage

@description('All services.')
param services Service[]

@description('Each service has its own.')
param isolated bool

@description('The administrator of all MySQL servers.')
@secure()
param mysqlAdministratorPassword string

@description('Make the read replicas, once.')
param createReplicas bool

@description('Encrypt with keys of ours.')
param customerManagedKeys bool

@description('Throughput units that a namespace grows to.')
param throughputUnitsMax int

@description('The identity that Event Hubs writes to the lake as.')
param capture Identity

@description('The lake.')
param lake { name: string, group: string }

@description('The lake\'s container for captured events.')
param captureContainer string

func consumersOf(services Service[], producer Service) Service[] =>
  filter(services, service => contains(service.consumes, producer.name))

// Those that send to a namespace, and those that read from it.
func usersOf(services Service[], producers Service[]) Service[] =>
  filter(
    services,
    service =>
      !empty(intersection(
        map(producers, producer => producer.name),
        concat(service.consumes, [service.name])
      ))
  )

var servers = ownersOf(isolated, services)
var caches = ownersOf(isolated, filter(services, service => service.?redis != null))
// Azure takes ten hubs in one namespace of this tier; the shared one has nine.
var namespaces = ownersOf(isolated, filter(services, service => service.publishes))

var replicated = filter(servers, server => isReplicated(isolated, services, server.owner))

module mysql '../modules/mysql_server.bicep' = [
  for server in servers: {
    scope: resourceGroup(groupName(stage.environment, server.owner))
    params: {
      stage: stage
      name: globalName('mysql', stage.environment, stage.token, server.owner)
      size: mysqlSizes[isolated ? server.users[0].mysql : 'shared']
      subnet: mysqlSubnet(server.owner)
      zone: zones.mysql
      schemas: map(server.users, user => schemaName(user.name))
      administratorPassword: mysqlAdministratorPassword
      encryption: encryptionOf(customerManagedKeys, stage.environment, stage.token, server.owner)
    }
  }
]

module replicas '../modules/mysql_replica.bicep' = [
  for server in (createReplicas ? replicated : []): {
    scope: resourceGroup(groupName(stage.environment, server.owner))
    params: {
      stage: stage
      name: globalName('mysql-replica', stage.environment, stage.token, server.owner)
      source: globalName('mysql', stage.environment, stage.token, server.owner)
      size: mysqlSizes[server.users[0].mysql]
      subnet: mysqlSubnet(server.owner)
      zone: zones.mysql
      encryption: encryptionOf(customerManagedKeys, stage.environment, stage.token, server.owner)
    }
    dependsOn: [mysql]
  }
]

module redis '../modules/redis.bicep' = [
  for cache in caches: {
    scope: resourceGroup(groupName(stage.environment, cache.owner))
    params: {
      stage: stage
      name: globalName('redis', stage.environment, stage.token, cache.owner)
      sku: redisSizes[isolated ? cache.users[0].redis! : 'shared']
      users: map(cache.users, user => identityOf(stage.environment, user.code))
      encryption: encryptionOf(customerManagedKeys, stage.environment, stage.token, cache.owner)
    }
  }
]

module eventHubs '../modules/event_hubs_namespace.bicep' = [
  for namespace in namespaces: {
    scope: resourceGroup(groupName(stage.environment, namespace.owner))
    params: {
      stage: stage
      name: globalName('evhns', stage.environment, stage.token, namespace.owner)
      hubs: map(namespace.users, producer => {
        name: producer.name
        partitions: hubPartitions[isolated ? producer.mysql : 'shared']
        consumers: map(consumersOf(services, producer), consumer => consumer.name)
        grants: concat(
          [
            {
              identity: identityOf(stage.environment, producer.code)
              role: roles.eventHubsSender
              reason: 'sends its events'
            }
          ],
          map(consumersOf(services, producer), consumer => {
            identity: identityOf(stage.environment, consumer.code)
            role: roles.eventHubsReceiver
            reason: '${consumer.name} reads the events of ${producer.name}'
          })
        )
      })
      unitsMax: throughputUnitsMax
      subnets: map(usersOf(services, namespace.users), user => appSubnet(user.code))
      captureIdentity: capture
      captureAccountId: resourceId(
        subscription().subscriptionId,
        lake.group,
        'Microsoft.Storage/storageAccounts',
        lake.name
      )
      captureContainer: captureContainer
    }
  }
]
