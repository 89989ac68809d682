// The whole platform in one subscription. Who may use what follows from services.bicep; what
// differs between environments are the parameters here.

targetScope = 'subscription'

import { Stage } from 'types.bicep'
import {
  appSubnet
  encryptionOf
  globalName
  groupName
  identityOf
  localName
  sealersOf
  storageName
  storeOwner
  subnets
} from 'names.bicep'
import { services } from 'services.bicep'

@description('The name of the environment.')
param environmentName 'dev' | 'prod'

@description('The Azure region.')
param location string = deployment().location

@description('A /16 that no peered network uses.')
param addressSpace string

@description('Each service has its own MySQL, Redis and Event Hubs; otherwise all share one each.')
param isolated bool

@description('Several zones, standbys, instances that never stop, long backups, locks.')
param resilient bool

@description('The administrator of all MySQL servers. A pipeline secret, not kept in Azure.')
@secure()
@minLength(1)
param mysqlAdministratorPassword string

@description('''
Make the read replica of payments. True only for the deployment that makes it: Azure refuses to make
it again, and making it restarts the payments server.
''')
param createReplicas bool

@description('Encrypt stores with keys of ours. Choose before the first deployment.')
param customerManagedKeys bool

@description('The lowest maximum of instances that the region takes: ops/deploy.d/check compares.')
param instancesMin int

@description('Throughput units that an Event Hubs namespace grows to.')
param throughputUnitsMax int

@description('Request units a second that each container of the graph grows to.')
param cosmosUnitsMax int

@description('Gigabytes of logs a day; -1 for no limit.')
param logsDailyLimit int

@description('The firewall\'s managed rules refuse what they find; otherwise they log it.')
param firewallRefuses bool

@description('Days that logs stay.')
param logsRetention int

@description('Where alarms and warnings of cost go.')
param operatorsEmail string

@description('What a month may cost, in the currency of the subscription\'s bill.')
param budget int

@description('The first month of the budget: a first day, not in the past when it is made.')
param budgetStart string

@description('The number or name that text messages come from.')
param smsSender string

@description('The tenant of Entra ID that says who is staff: issuer,application,context.')
param staffEntraId string = 'off'

var tags = { application: 'payme', environment: environmentName }
var token = take(uniqueString(subscription().id, environmentName), 6)
var sharedGroup = groupName(environmentName, 'shared')
var networkGroup = groupName(environmentName, 'network')
var analyticsGroup = groupName(environmentName, 'analytics')
var workspaceName = localName('log', environmentName, 'shared')

var stage Stage = {
  environment: environmentName
  location: location
  token: token
  resilient: resilient
  network: { name: localName('vnet', environmentName, 'network'), group: networkGroup }
  workspaceId: resourceId(
    subscription().subscriptionId,
    sharedGroup,
    'Microsoft.OperationalInsights/workspaces',
    workspaceName
  )
  tags: tags
}

var runner = identityOf(environmentName, 'shared')
var databricks = identityOf(environmentName, 'analytics')
var capture = {
  name: localName('id', environmentName, 'capture')
  group: analyticsGroup
}
var lakeName = storageName('d', environmentName, token, 'lake')
var packagesName = storageName('d', environmentName, token, 'packages')
var captureContainer = 'events'
var cosmosName = globalName('cosmos', environmentName, token, 'graph')
var profileName = globalName('afd', environmentName, token, 'shared')
var workbookName = guid(subscription().id, environmentName, 'workbook')
var databricksWorkspace = localName('dbw', environmentName, 'analytics')
var databricksGroup = 'rg-${databricksWorkspace}-managed'
var endpointName = globalName('fde', environmentName, token, 'shared')

resource networkResourceGroup 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: networkGroup
  location: location
  tags: tags
}

// For machines of the runner subnet, which come and go.
resource runnersResourceGroup 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: groupName(environmentName, 'runners')
  location: location
  tags: tags
}

// The groups that have an identity and a vault: one for each service, and these two.
var foundations = concat(map(services, service => service.code), ['shared', 'analytics'])

resource groups 'Microsoft.Resources/resourceGroups@2025-04-01' = [
  for code in foundations: {
    name: groupName(environmentName, code)
    location: location
    tags: tags
  }
]

module workspace 'modules/log_analytics_workspace.bicep' = {
  scope: resourceGroup(sharedGroup)
  params: {
    location: location
    tags: tags
    name: workspaceName
    dailyLimit: logsDailyLimit
    retention: logsRetention
    locked: resilient
  }
  dependsOn: [groups]
}

module network 'parts/network.bicep' = {
  scope: networkResourceGroup
  params: {
    stage: stage
    services: services
    addressSpace: addressSpace
    isolated: isolated
  }
  dependsOn: [workspace]
}

module foundation 'parts/foundation.bicep' = [
  for (code, i) in foundations: {
    scope: groups[i]
    params: {
      stage: stage
      identity: identityOf(environmentName, code)
      isService: !contains(['shared', 'analytics'], code)
      runner: runner
      vault: globalName('kv', environmentName, token, code)
      vaultSubnets: concat(
        [subnets.runner],
        contains(['shared', 'analytics'], code) ? [] : [appSubnet(code)],
        map(sealersOf(services, code), sealer => appSubnet(sealer.code))
      )
      encryption: encryptionOf(customerManagedKeys, environmentName, token, code)
    }
    dependsOn: [network]
  }
]

module lake 'parts/lake.bicep' = {
  scope: resourceGroup(analyticsGroup)
  params: {
    stage: stage
    account: lakeName
    captureContainer: captureContainer
    capture: capture
    databricks: databricks
    encryption: encryptionOf(customerManagedKeys, environmentName, token, 'analytics')
  }
  dependsOn: [foundation]
}

module stores 'parts/stores.bicep' = {
  params: {
    stage: stage
    services: services
    isolated: isolated
    mysqlAdministratorPassword: mysqlAdministratorPassword
    createReplicas: createReplicas
    customerManagedKeys: customerManagedKeys
    throughputUnitsMax: throughputUnitsMax
    capture: capture
    lake: { name: lakeName, group: analyticsGroup }
    captureContainer: captureContainer
  }
  dependsOn: [lake]
}

module edge 'parts/edge.bicep' = {
  scope: resourceGroup(sharedGroup)
  params: {
    stage: stage
    services: services
    profile: profileName
    endpoint: endpointName
    firewallRefuses: firewallRefuses
    ownAddress: network.outputs.egressAddress
    runner: runner
  }
  dependsOn: [foundation]
}

module analytics 'parts/analytics.bicep' = {
  scope: resourceGroup(analyticsGroup)
  params: {
    stage: stage
    workspace: databricksWorkspace
    managedGroup: databricksGroup
    cosmosAccount: cosmosName
    graphWriters: map(filter(services, service => contains(service.uses, 'graph')), service => {
      identity: identityOf(environmentName, service.code)
      subnet: appSubnet(service.code)
    })
    databricks: databricks
    cosmosUnitsMax: cosmosUnitsMax
    encryption: encryptionOf(customerManagedKeys, environmentName, token, 'analytics')
  }
  dependsOn: [foundation]
}

module hosts 'parts/hosts.bicep' = {
  params: {
    stage: stage
    services: services
    isolated: isolated
    customerManagedKeys: customerManagedKeys
    packages: packagesName
    runner: runner
    workspace: { name: databricksWorkspace, group: analyticsGroup }
  }
  dependsOn: [stores, analytics]
}

// Azure reads these once Front Door stands: its host name and id are Azure's choice.
resource frontDoor 'Microsoft.Cdn/profiles@2025-06-01' existing = {
  scope: resourceGroup(sharedGroup)
  name: profileName
  dependsOn: [edge]

  resource endpoint 'afdEndpoints' existing = {
    name: endpointName
    dependsOn: [edge]
  }
}

module apps 'parts/service.bicep' = [
  for service in services: {
    scope: resourceGroup(groupName(environmentName, service.code))
    params: {
      stage: stage
      service: service
      isolated: isolated
      instancesMin: instancesMin
      runner: runner
      frontDoorId: frontDoor.properties.frontDoorId
      publicHost: frontDoor::endpoint.properties.hostName
      redis: service.?redis == null
        ? null
        : {
            name: globalName('redis', environmentName, token, storeOwner(isolated, service.code))
            group: groupName(environmentName, storeOwner(isolated, service.code))
          }
      cosmos: contains(service.uses, 'graph') ? cosmosName : null
      smsSender: smsSender
      staffEntraId: staffEntraId
      encryption: encryptionOf(customerManagedKeys, environmentName, token, service.code)
      watchers: map(filter(services, other => other.?watches.?service == service.name), other => {
        identity: identityOf(environmentName, other.code)
        subnet: appSubnet(other.code)
        container: other.watches!.container
      })
    }
    dependsOn: [edge, hosts]
  }
]

module blobs 'parts/blobs.bicep' = {
  params: {
    stage: stage
    services: services
    frontDoor: { profile: profileName, endpoint: endpointName, group: sharedGroup }
  }
  dependsOn: [apps]
}

module alerts 'parts/alerts.bicep' = {
  scope: resourceGroup(sharedGroup)
  params: {
    stage: stage
    services: services
    isolated: isolated
    vaultOwners: foundations
    frontDoor: profileName
    cosmosAccount: cosmosName
    email: operatorsEmail
    publicHost: frontDoor::endpoint.properties.hostName
    workbookName: workbookName
  }
  dependsOn: [blobs]
}

module governance 'parts/governance.bicep' = {
  params: {
    environmentName: environmentName
    runner: runner
    budget: budget
    budgetStart: budgetStart
    email: operatorsEmail
    databricksGroup: databricksGroup
  }
  dependsOn: [foundation]
}

resource logs 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  scope: resourceGroup(sharedGroup)
  name: workspaceName
  dependsOn: [workspace]
}

@description('What commands of operators need to know of each service.')
output services { *: string }[] = [
  for service in services: {
    name: service.name
    app: globalName('func', environmentName, token, service.code)
    group: groupName(environmentName, service.code)
    vault: globalName('kv', environmentName, token, service.code)
    server: globalName('mysql', environmentName, token, storeOwner(isolated, service.code))
  }
]

@description('The public host name.')
output frontDoorHost string = frontDoor::endpoint.properties.hostName

@description('The storage account of the web clients\' files.')
output webStorage string = storageName('d', environmentName, token, 'web')

@description('The storage account of the packages that apps run and ran.')
output packageStorage string = packagesName

@description('The id by which the workspace is queried.')
output workspaceId string = logs.properties.customerId

@description('The workbook.')
output workbookId string = resourceId(
  subscription().subscriptionId,
  sharedGroup,
  'Microsoft.Insights/workbooks',
  workbookName
)

@description('The resource group for machines in the runner subnet.')
output runnerGroup string = runnersResourceGroup.name

@description('The subnet that databases, vaults and the apps\' own addresses are open to.')
output runnerSubnetId string = resourceId(
  subscription().subscriptionId,
  networkGroup,
  'Microsoft.Network/virtualNetworks/subnets',
  stage.network.name,
  subnets.runner
)

@description('The identity for machines in the runner subnet.')
output runnerIdentityId string = resourceId(
  subscription().subscriptionId,
  sharedGroup,
  'Microsoft.ManagedIdentity/userAssignedIdentities',
  runner.name
)
