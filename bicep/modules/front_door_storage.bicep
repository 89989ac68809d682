// Front Door hands requests for the containers of a storage account on to it, by private link. Who
// holds a link that the account's service has signed is let in by the account; Front Door adds no
// right of its own.

import { Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The Front Door profile.')
param profile string

@description('Its endpoint.')
param endpoint string

@description('The name of the route.')
param name string

@description('The storage account.')
param account { name: string, group: string }

@description('The containers; each is the first segment of a public path.')
param containers string[]

var host = '${account.name}.blob.${environment().suffixes.storage}'

resource frontDoor 'Microsoft.Cdn/profiles@2025-06-01' existing = {
  name: profile

  resource point 'afdEndpoints' existing = {
    name: endpoint
  }

  resource headers 'ruleSets' existing = {
    name: 'headers'
  }
}

resource group 'Microsoft.Cdn/profiles/originGroups@2025-06-01' = {
  parent: frontDoor
  name: name
  properties: {
    loadBalancingSettings: { sampleSize: 4, successfulSamplesRequired: 2 }
  }

  resource origin 'origins' = {
    name: name
    properties: {
      hostName: host
      originHostHeader: host
      httpsPort: 443
      enforceCertificateNameCheck: true
      sharedPrivateLinkResource: {
        privateLink: {
          id: resourceId(account.group, 'Microsoft.Storage/storageAccounts', account.name)
        }
        privateLinkLocation: stage.location
        groupId: 'blob'
        requestMessage: 'Front Door hands on what links are for'
      }
    }
  }
}

resource route 'Microsoft.Cdn/profiles/afdEndpoints/routes@2025-06-01' = {
  parent: frontDoor::point
  name: name
  properties: {
    originGroup: { id: group.id }
    patternsToMatch: map(containers, container => '/${container}/*')
    supportedProtocols: ['Https']
    httpsRedirect: 'Disabled'
    forwardingProtocol: 'HttpsOnly'
    linkToDefaultDomain: 'Enabled'
    ruleSets: [{ id: frontDoor::headers.id }]
  }
  dependsOn: [group::origin]
}
