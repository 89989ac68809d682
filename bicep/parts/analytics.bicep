// What data scientists work with: the lake, the graph and Databricks.

import { Encryption, Identity, Stage } from '../types.bicep'
import { subnets } from '../names.bicep'

@description('What every resource shares.')
param stage Stage

@description('The Databricks workspace.')
param workspace string

@description('The resource group that Databricks makes for itself.')
param managedGroup string

@description('The Cosmos account of the graph.')
param cosmosAccount string

@description('Who writes the graph, and from which subnet.')
param graphWriters { identity: Identity, subnet: string }[]

@description('The identity Databricks works as.')
param databricks Identity

@description('Request units a second that each container of the graph grows to.')
param cosmosUnitsMax int

@description('The key of ours to encrypt with; Azure\'s when null.')
param encryption Encryption?

var databricksSubnets = [subnets.databricksHost, subnets.databricksContainer]

module graph '../modules/cosmos_account.bicep' = {
  params: {
    stage: stage
    name: cosmosAccount
    subnets: concat(map(graphWriters, writer => writer.subnet), databricksSubnets)
    unitsMax: cosmosUnitsMax
    writers: map(graphWriters, writer => writer.identity)
    readers: [databricks]
    encryption: encryption
  }
}

module databricksWorkspace '../modules/databricks_workspace.bicep' = {
  params: {
    stage: stage
    name: workspace
    managedGroup: managedGroup
    hostSubnet: subnets.databricksHost
    containerSubnet: subnets.databricksContainer
  }
}
