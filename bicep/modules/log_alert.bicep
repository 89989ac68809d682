// An alert on what services write.

import { Stage } from '../types.bicep'

@export()
@description('What is watched.')
type LogAlert = {
  @description('The name of the alert; docs/runbook.md says what to do.')
  name: string

  @description('KQL that gives a number called `value` for each AppRoleName.')
  query: string

  @description('It stays open until somebody closes it; otherwise it ends with its cause.')
  staysOpen: bool?

  @description('How far back the query looks; 15 minutes when null.')
  lookback: 'P2D'?

  @description('More than this is wrong.')
  threshold: int

  @description('0 wakes people, 3 waits for the morning.')
  severity: 0 | 1 | 2 | 3
}

@description('What every resource shares.')
param stage Stage

@description('The alert.')
param alert LogAlert

@description('Who is told.')
param actionGroup string

resource told 'Microsoft.Insights/actionGroups@2023-01-01' existing = {
  name: actionGroup
}

resource rule 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = {
  name: alert.name
  location: stage.location
  tags: stage.tags
  kind: 'LogAlert'
  properties: {
    displayName: alert.name
    description: 'docs/runbook.md says what to do.'
    severity: alert.severity
    enabled: true
    autoMitigate: !(alert.?staysOpen ?? false)
    scopes: [stage.workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    overrideQueryTimeRange: alert.?lookback
    // Tables come into being with their first rows, after the first deployment.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: alert.query
          timeAggregation: 'Maximum'
          metricMeasureColumn: 'value'
          operator: 'GreaterThan'
          threshold: alert.threshold
          dimensions: [{ name: 'AppRoleName', operator: 'Include', values: ['*'] }]
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [told.id] }
  }
}
