// What leads to the blobs of services: links of clients, and queues of who is told of new ones.

targetScope = 'subscription'

import { Service, Stage } from '../types.bicep'
import { groupName, storageName } from '../names.bicep'

@description('What every resource shares.')
param stage Stage

@description('All services.')
param services Service[]

@description('The Front Door profile, its endpoint, and the group of both.')
param frontDoor { profile: string, endpoint: string, group: string }

// One after the other: they are children of one profile.
@batchSize(1)
module links '../modules/front_door_storage.bicep' = [
  for service in filter(services, service => !empty(service.containers)): {
    scope: resourceGroup(frontDoor.group)
    params: {
      stage: stage
      profile: frontDoor.profile
      endpoint: frontDoor.endpoint
      name: '${service.name}-blobs'
      account: {
        name: storageName('d', stage.environment, stage.token, service.code)
        group: groupName(stage.environment, service.code)
      }
      containers: service.containers
    }
  }
]

module events 'blob_events.bicep' = [
  for reader in filter(services, service => service.?watches != null): {
    params: {
      stage: stage
      source: filter(services, service => service.name == reader.watches!.service)[0]
      container: reader.watches!.container
      reader: reader
    }
  }
]
