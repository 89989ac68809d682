// An alert on a metric of one resource.

import { Stage } from '../types.bicep'

@export()
@description('What is watched.')
type MetricAlert = {
  @description('The name of the alert; docs/runbook.md says what to do.')
  name: string

  @description('The resource.')
  targetId: string

  @description('The metric, in Azure\'s words.')
  metric: string

  aggregation: 'Average' | 'Maximum' | 'Total'
  operator: 'GreaterThan' | 'LessThan'
  threshold: int

  @description('0 wakes people, 3 waits for the morning.')
  severity: 0 | 1 | 2 | 3
}

@description('What every resource shares.')
param stage Stage

@description('The alert.')
param alert MetricAlert

@description('Who is told.')
param actionGroup string

resource told 'Microsoft.Insights/actionGroups@2023-01-01' existing = {
  name: actionGroup
}

resource rule 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: alert.name
  location: 'global'
  tags: stage.tags
  properties: {
    description: 'docs/runbook.md says what to do.'
    severity: alert.severity
    enabled: true
    autoMitigate: true
    scopes: [alert.targetId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'condition'
          criterionType: 'StaticThresholdCriterion'
          metricName: alert.metric
          timeAggregation: alert.aggregation
          operator: alert.operator
          threshold: alert.threshold
        }
      ]
    }
    actions: [{ actionGroupId: told.id }]
  }
}
