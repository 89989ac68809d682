// Who is told when something is wrong.

import { Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the group.')
param name string

@description('Where messages go.')
param email string

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: name
  location: 'global'
  tags: stage.tags
  properties: {
    enabled: true
    groupShortName: 'payme-${stage.environment}'
    emailReceivers: [
      { name: 'operations', emailAddress: email, useCommonAlertSchema: true }
    ]
  }
}
