// Tells one service of new blobs in a container of another: through a queue, so that nothing is
// called from outside and what cannot be read waits.

targetScope = 'subscription'

import { Service, Stage } from '../types.bicep'
import { documentsQueue, groupName, localName, storageName } from '../names.bicep'
import { roles } from '../roles.bicep'

@description('What every resource shares.')
param stage Stage

@description('The service that owns the container.')
param source Service

@description('The container.')
param container string

@description('The service that is told.')
param reader Service

var sourceGroup = groupName(stage.environment, source.code)
var readerGroup = groupName(stage.environment, reader.code)
var readerAccount = storageName('d', stage.environment, stage.token, reader.code)
var sender = {
  name: localName('id-blobs', stage.environment, source.code)
  group: sourceGroup
}

module identity '../modules/user_assigned_identity.bicep' = {
  scope: resourceGroup(sourceGroup)
  params: { stage: stage, name: sender.name }
}

module role '../modules/storage_queue_role.bicep' = {
  scope: resourceGroup(readerGroup)
  params: {
    account: readerAccount
    queue: documentsQueue
    grant: {
      identity: sender
      role: roles.queueMessageSender
      reason: 'tells ${reader.name} of new ${container} of ${source.name}'
    }
  }
  dependsOn: [identity]
}

module topic '../modules/event_grid_topic.bicep' = {
  scope: resourceGroup(sourceGroup)
  params: {
    stage: stage
    name: localName('evgt', stage.environment, source.code)
    account: storageName('d', stage.environment, stage.token, source.code)
    container: container
    identity: sender
    queue: { account: readerAccount, group: readerGroup, name: documentsQueue }
  }
  dependsOn: [role]
}
