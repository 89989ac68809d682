// Asks one service, from outside and through Front Door, whether it lives.

import { Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the test and of its alert.')
param name string

@description('What is asked.')
param url string

@description('The Application Insights component that keeps the answers.')
param insights string

@description('Who is told, in the shared resource group.')
param actionGroup { name: string, group: string }

@description('The service has code to ask.')
param enabled bool

// Hong Kong, Singapore and Japan, in the words of Application Insights.
var places = ['apac-hk-hkn-azr', 'apac-sg-sin-azr', 'apac-jp-kaw-edge']

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insights
}

resource told 'Microsoft.Insights/actionGroups@2023-01-01' existing = {
  scope: resourceGroup(actionGroup.group)
  name: actionGroup.name
}

resource test 'Microsoft.Insights/webtests@2022-06-15' = {
  name: name
  location: stage.location
  // The tag is how Azure knows where the answers go.
  tags: union(stage.tags, { 'hidden-link:${component.id}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: name
    Name: name
    Kind: 'standard'
    Enabled: enabled
    Frequency: 300
    Timeout: 30
    RetryEnabled: true
    Locations: [for place in places: { Id: place }]
    Request: { RequestUrl: url, HttpVerb: 'GET', ParseDependentRequests: false }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 14
    }
  }
}

resource alert 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: name
  location: 'global'
  tags: stage.tags
  properties: {
    description: 'docs/runbook.md says what to do.'
    severity: 1
    enabled: enabled
    autoMitigate: true
    scopes: [test.id, component.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: test.id
      componentId: component.id
      failedLocationCount: 2
    }
    actions: [{ actionGroupId: told.id }]
  }
}
