// The public side: Front Door, its firewall, and the web clients' files.

import { Identity, Service, Stage } from '../types.bicep'
import { globalName, localName, storageName, subnets } from '../names.bicep'
import { roles } from '../roles.bicep'

@description('What every resource shares.')
param stage Stage

@description('All services.')
param services Service[]

@description('The name of the profile.')
param profile string

@description('The name of the endpoint.')
param endpoint string

@description('The address from which the services themselves call.')
param ownAddress string

@description('The firewall\'s managed rules refuse what they find; otherwise they log it.')
param firewallRefuses bool

@description('The identity of the runner subnet, which uploads the files.')
param runner Identity

var assets = storageName('d', stage.environment, stage.token, 'web')
var container = 'web'
var reader = { name: localName('id', stage.environment, 'edge'), group: resourceGroup().name }
var wafPolicy = 'waf${stage.environment}${stage.token}'

module identity '../modules/user_assigned_identity.bicep' = {
  params: { stage: stage, name: reader.name }
}

module files '../modules/storage_account.bicep' = {
  params: {
    stage: stage
    name: assets
    containers: [container]
    subnets: [subnets.runner]
    coolAfterDays: 365
    grants: [
      {
        identity: reader
        role: roles.blobDataReader
        reason: 'Front Door reads the web clients\' files'
      }
      { identity: runner, role: roles.blobDataContributor, reason: 'uploads the web clients' }
    ]
  }
  dependsOn: [identity]
}

module firewall '../modules/waf_policy.bicep' = {
  params: { stage: stage, name: wafPolicy, refuses: firewallRefuses, ownAddress: ownAddress }
}

module frontDoor '../modules/front_door.bicep' = {
  params: {
    stage: stage
    name: profile
    endpointName: endpoint
    wafPolicy: wafPolicy
    origins: map(services, service => {
      name: service.name
      host: '${globalName('func', stage.environment, stage.token, service.code)}.azurewebsites.net'
      paths: service.paths
      cached: contains(service.uses, 'cdn')
      cachedPaths: service.?cachedPaths ?? []
      standsFor: service.?standsFor
    })
    assetsAccount: assets
    assetsContainer: container
    assetsReader: reader
  }
  dependsOn: [files, firewall]
}
