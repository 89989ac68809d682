// The lake: what Event Hubs captures goes in first, what Databricks makes of it next to it.

import { Encryption, Identity, Stage } from '../types.bicep'
import { localName, subnets } from '../names.bicep'
import { roles } from '../roles.bicep'

@description('What every resource shares.')
param stage Stage

@description('The storage account.')
param account string

@description('The container that Event Hubs writes.')
param captureContainer string

@description('The identity that Event Hubs writes as.')
param capture Identity

@description('The identity Databricks works as.')
param databricks Identity

@description('The key of ours to encrypt with; Azure\'s when null.')
param encryption Encryption?

var connector = localName('dbac', stage.environment, 'analytics')

module identity '../modules/user_assigned_identity.bicep' = {
  params: { stage: stage, name: capture.name }
}

module accessConnector '../modules/databricks_access_connector.bicep' = {
  params: { stage: stage, name: connector, identity: databricks }
}

module lake '../modules/storage_account.bicep' = {
  params: {
    stage: stage
    name: account
    hierarchical: true
    containers: [captureContainer, 'bronze', 'silver', 'gold']
    subnets: [subnets.databricksHost, subnets.databricksContainer]
    accessConnectorId: resourceId('Microsoft.Databricks/accessConnectors', connector)
    grants: []
    containerGrants: concat(
      [
        {
          container: captureContainer
          grant: {
            identity: capture
            role: roles.blobDataContributor
            reason: 'Event Hubs writes what it captures'
          }
        }
        {
          container: captureContainer
          grant: {
            identity: databricks
            role: roles.blobDataContributor
            reason: 'reads what was captured, and writes files anew without who is forgotten'
          }
        }
      ],
      map(['bronze', 'silver', 'gold'], container => {
        container: container
        grant: {
          identity: databricks
          role: roles.blobDataContributor
          reason: 'refines what was captured'
        }
      })
    )
    encryption: encryption
  }
  dependsOn: [identity, accessConnector]
}
