// Tells a queue of each new blob in a container.

import { Identity, Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the topic.')
param name string

@description('The storage account that is watched.')
param account string

@description('The container that is watched.')
param container string

@description('The identity that writes to the queue. It must have its role there already.')
param identity Identity

@description('The queue, by its storage account, that account\'s resource group and its name.')
param queue { account: string, group: string, name: string }

resource writer 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  scope: resourceGroup(identity.group)
  name: identity.name
}

resource source 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: account
}

resource target 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  scope: resourceGroup(queue.group)
  name: queue.account
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  location: stage.location
  tags: stage.tags
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${writer.id}': {} } }
  properties: {
    source: source.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }

  resource subscription 'eventSubscriptions' = {
    name: container
    properties: {
      deliveryWithResourceIdentity: {
        identity: { type: 'UserAssigned', userAssignedIdentity: writer.id }
        destination: {
          endpointType: 'StorageQueue'
          properties: {
            resourceId: target.id
            queueName: queue.name
            queueMessageTimeToLiveInSeconds: 604800
          }
        }
      }
      eventDeliverySchema: 'CloudEventSchemaV1_0'
      filter: {
        includedEventTypes: ['Microsoft.Storage.BlobCreated']
        subjectBeginsWith: '/blobServices/default/containers/${container}/'
      }
      retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    }
  }
}

#disable-next-line use-recent-api-versions // Azure's only stable version cannot name groups.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: topic
  name: 'to-workspace'
  properties: {
    workspaceId: stage.workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
