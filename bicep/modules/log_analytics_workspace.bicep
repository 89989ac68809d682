// Where all logs and metrics come together.

@description('The Azure region.')
param location string

@description('The tags of every resource.')
param tags { *: string }

@description('The name of the workspace.')
param name string

@description('Gigabytes a day after which nothing more is taken in; -1 for no limit.')
param dailyLimit int

@description('Days that data stays.')
param retention int

@description('It must not be deleted by accident.')
param locked bool

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retention
    workspaceCapping: { dailyQuotaGb: dailyLimit }
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

// README.md says why not the whole group is locked.
resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (locked) {
  scope: workspace
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
    notes: 'Production: remove this lock on purpose before deleting.'
  }
}

#disable-next-line use-recent-api-versions // Azure's only stable version cannot name groups.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: workspace
  name: 'to-workspace'
  properties: {
    workspaceId: workspace.id
    logs: [{ categoryGroup: 'audit', enabled: true }]
  }
}
