// Says when a month becomes more expensive than planned. It stops nothing.

targetScope = 'subscription'

@description('The name of the budget.')
param name string

@description('What a month may cost, in the currency of the subscription\'s bill.')
param amount int

@description('The first month: a first day, not in the past when the budget is made.')
param start string

@description('Who is told.')
param email string

resource budget 'Microsoft.Consumption/budgets@2026-06-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: start }
    notifications: {
      eightyPercentSpent: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: [email]
      }
      allForecast: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: [email]
      }
    }
  }
}
