// A Redis and the address it has in the network.

import { Encryption, Identity, Stage } from '../types.bicep'
import { subnets, zones } from '../names.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the instance.')
param name string

@description('The SKU.')
param sku 'Balanced_B0' | 'Balanced_B1' | 'Balanced_B3'

@description('Who may use it.')
param users Identity[]

@description('The key of ours to encrypt with; Azure\'s when null.')
param encryption Encryption?

module cluster '../modules/redis.bicep' = {
  params: { stage: stage, name: name, sku: sku, users: users, encryption: encryption }
}

module endpoint '../modules/private_endpoint.bicep' = {
  params: {
    stage: stage
    name: 'pe-${name}'
    subnet: subnets.endpoints
    targetId: resourceId('Microsoft.Cache/redisEnterprise', name)
    part: 'redisEnterprise'
    zone: zones.redis
  }
  dependsOn: [cluster]
}
