// What function apps stand on: the storage of their hosts, the packages that they run and ran, and
// the private addresses of all that has one.

targetScope = 'subscription'

import { Identity, Service, Stage } from '../types.bicep'
import {
  encryptionOf
  globalName
  groupName
  identityOf
  ownersOf
  packageContainer
  storageName
  subnets
  zones
} from '../names.bicep'
import { roles } from '../roles.bicep'

@description('What every resource shares.')
param stage Stage

@description('All services.')
param services Service[]

@description('Each service has its own Redis.')
param isolated bool

@description('Encrypt with keys of ours.')
param customerManagedKeys bool

@description('The storage account of packages.')
param packages string

@description('The identity of the runner subnet, which publishes them.')
param runner Identity

@description('The Databricks workspace.')
param workspace { name: string, group: string }

@description('What gets an address: a resource, a part of it, and the zone that holds its name.')
type Target = {
  kind: string
  name: string
  group: string
  part: 'blob' | 'redisEnterprise' | 'databricks_ui_api' | 'browser_authentication'
  zone: string
}

var caches = ownersOf(isolated, filter(services, service => service.?redis != null))

var targets Target[] = concat(
  map(services, service => {
    kind: 'Microsoft.Storage/storageAccounts'
    name: storageName('h', stage.environment, stage.token, service.code)
    group: groupName(stage.environment, service.code)
    part: 'blob'
    zone: zones.blob
  }),
  map(caches, cache => {
    kind: 'Microsoft.Cache/redisEnterprise'
    name: globalName('redis', stage.environment, stage.token, cache.owner)
    group: groupName(stage.environment, cache.owner)
    part: 'redisEnterprise'
    zone: zones.redis
  }),
  map(['databricks_ui_api', 'browser_authentication'], part => {
    kind: 'Microsoft.Databricks/workspaces'
    name: workspace.name
    group: workspace.group
    part: part
    zone: zones.databricks
  })
)

module hostStorage '../modules/storage_account.bicep' = [
  for service in services: {
    scope: resourceGroup(groupName(stage.environment, service.code))
    params: {
      stage: stage
      name: storageName('h', stage.environment, stage.token, service.code)
      isHost: true
      containers: [packageContainer]
      grants: [
        {
          identity: identityOf(stage.environment, service.code)
          role: roles.blobDataOwner
          reason: 'the Functions host keeps its package, keys, leases and checkpoints here'
        }
      ]
      encryption: encryptionOf(customerManagedKeys, stage.environment, stage.token, service.code)
    }
  }
]

// What was published is kept here, to go back to it: a host's own storage keeps nothing.
module archive '../modules/storage_account.bicep' = {
  scope: resourceGroup(groupName(stage.environment, 'shared'))
  params: {
    stage: stage
    name: packages
    containers: [packageContainer]
    subnets: [subnets.runner]
    grants: [
      {
        identity: runner
        role: roles.blobDataContributor
        reason: 'keeps what it publishes, to go back to it'
      }
    ]
    encryption: encryptionOf(customerManagedKeys, stage.environment, stage.token, 'shared')
  }
}

// One after the other: a subnet refuses an endpoint while it makes room for another.
@batchSize(1)
module endpoints '../modules/private_endpoint.bicep' = [
  for target in targets: {
    scope: resourceGroup(target.group)
    params: {
      stage: stage
      name: startsWith(target.zone, 'privatelink.azuredatabricks')
        ? 'pe-${target.name}-${replace(target.part, '_', '-')}'
        : 'pe-${target.name}'
      subnet: subnets.endpoints
      targetId: resourceId(subscription().subscriptionId, target.group, target.kind, target.name)
      part: target.part
      zone: target.zone
    }
    dependsOn: [hostStorage]
  }
]
