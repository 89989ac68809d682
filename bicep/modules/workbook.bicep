// One page: is it up, what is slow, what is failing, where does the money stand?

import { Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the workbook: a GUID, as Azure wants it.')
param name string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: name
  location: stage.location
  tags: stage.tags
  kind: 'shared'
  properties: {
    displayName: 'PayMe ${stage.environment}'
    category: 'workbook'
    sourceId: stage.workspaceId
    serializedData: loadTextContent('../workbook.json')
  }
}
