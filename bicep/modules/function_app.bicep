// One function app on Flex Consumption, alone on its plan as Azure demands.

import { Grant, Identity, Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the app.')
param name string

@description('The identity the program runs as.')
param identity Identity

@description('The subnet it connects from.')
param subnet string

@description('The subnet operators and pipelines connect from.')
param runnerSubnet string

@description('The Front Door profile that requests must come through.')
param frontDoorId string

@description('The storage account that holds the package and the host\'s own state.')
param hostStorage string

@description('The container of the package.')
param packageContainer string

@description('Application Insights component.')
param insights string

@description('Megabytes of one instance.')
param memory 512 | 2048 | 4096

@description('Requests that an instance takes at once; null for what Azure makes of its memory.')
param requestsAtOnce int?

@description('Instances of each group of functions at most.')
param instances int

@description('It runs in several zones: two instances of each group never stop.')
param zonal bool

@description('HTTP instances that never stop.')
param alwaysReady int

@description('Settings, besides those the Functions host needs.')
param settings { *: string }

@description('Who may do what with the app.')
param grants Grant[]

// Azure takes other names too and then never starts the app.
var runtime = { name: 'custom', version: '1.0' }

resource programIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  scope: resourceGroup(identity.group)
  name: identity.name
}

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' existing = {
  scope: resourceGroup(stage.network.group)
  name: stage.network.name

  resource own 'subnets' existing = {
    name: subnet
  }

  resource runner 'subnets' existing = {
    name: runnerSubnet
  }
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insights
}

var clientId = programIdentity.properties.clientId
var blobEndpoint = 'https://${hostStorage}.blob.${environment().suffixes.storage}/'

var hostSettings = {
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
  APPLICATIONINSIGHTS_CONNECTION_STRING: component.properties.ConnectionString
  AZURE_CLIENT_ID: clientId
  AzureWebJobsStorage__blobServiceUri: blobEndpoint
  AzureWebJobsStorage__clientId: clientId
  AzureWebJobsStorage__credential: 'managedidentity'
  FUNCTIONS_EXTENSION_VERSION: '~4'
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: stage.location
  tags: stage.tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: {
    reserved: true
    zoneRedundant: zonal
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: stage.location
  tags: stage.tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${programIdentity.id}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled'
    clientCertEnabled: false
    virtualNetworkSubnetId: network::own.id
    keyVaultReferenceIdentity: programIdentity.id
    functionAppConfig: {
      runtime: runtime
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${blobEndpoint}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: programIdentity.id
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: memory
        maximumInstanceCount: instances
        alwaysReady: alwaysReady == 0 ? [] : [{ name: 'http', instanceCount: alwaysReady }]
        triggers: requestsAtOnce == null
          ? null
          : { http: { perInstanceConcurrency: requestsAtOnce } }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      ipSecurityRestrictionsDefaultAction: 'Deny'
      ipSecurityRestrictions: [
        {
          name: 'front-door'
          priority: 100
          action: 'Allow'
          tag: 'ServiceTag'
          ipAddress: 'AzureFrontDoor.Backend'
          headers: { 'x-azure-fdid': [frontDoorId] }
        }
        {
          name: 'runner'
          priority: 200
          action: 'Allow'
          vnetSubnetResourceId: network::runner.id
        }
        {
          // The host calls itself when its triggers are read anew.
          name: 'itself'
          priority: 300
          action: 'Allow'
          vnetSubnetResourceId: network::own.id
        }
      ]
      scmIpSecurityRestrictionsUseMain: false
      scmIpSecurityRestrictionsDefaultAction: 'Deny'
      scmIpSecurityRestrictions: [
        {
          name: 'runner'
          priority: 100
          action: 'Allow'
          vnetSubnetResourceId: network::runner.id
        }
      ]
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(hostSettings, settings)
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
    dependsOn: [appSettings]
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
    dependsOn: [ftp]
  }
}

resource identities 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = [
  for grant in grants: {
    scope: resourceGroup(grant.identity.group)
    name: grant.identity.name
  }
]

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in grants: {
    scope: app
    name: guid(app.id, identities[i].id, grant.role)
    properties: {
      principalId: identities[i].properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        grant.role
      )
      description: grant.reason
    }
  }
]

#disable-next-line use-recent-api-versions // Azure's only stable version cannot name groups.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: app
  name: 'to-workspace'
  properties: {
    workspaceId: stage.workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
