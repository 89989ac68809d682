// What operators are told of the ledger, what shops took, the graph, and what waits for people or the bank.

import { LogAlert } from '../modules/log_alert.bicep'

@export()
var moneyAlerts LogAlert[] = [
  {
    name: 'ledger-does-not-balance'
    staysOpen: true
    query: '''
AppTraces
| where Message has "the ledger does not balance"
| summarize value = count() by AppRoleName
'''
    threshold: 0
    severity: 0
  }
  {
    name: 'ledger-not-audited'
    lookback: 'P2D'
    query: '''
AppMetrics
| where Name == "ledger.audited" and TimeGenerated > ago(26h)
| summarize completed = sum(Sum)
| project AppRoleName = "payments", value = iff(completed > 0, 0, 1)
'''
    threshold: 0
    severity: 1
  }
  {
    name: 'takings-do-not-agree'
    staysOpen: true
    query: '''
AppTraces
| where Message has "takings do not agree with the ledger"
| summarize value = count() by AppRoleName
'''
    threshold: 0
    severity: 1
  }
  {
    name: 'takings-not-checked'
    lookback: 'P2D'
    query: '''
AppMetrics
| where Name == "takings.checked" and TimeGenerated > ago(26h)
| summarize completed = sum(Sum)
| project AppRoleName = "payment-reporting", value = iff(completed > 0, 0, 1)
'''
    threshold: 0
    severity: 2
  }
  {
    name: 'exports-fail'
    query: '''
AppMetrics
| where Name == "exports.ended" and tostring(Properties.outcome) != "done"
| summarize value = sum(Sum) by AppRoleName
'''
    threshold: 0
    severity: 2
  }
  {
    name: 'graph-differs-from-ledger'
    staysOpen: true
    query: '''
AppTraces
| where Message has "the graph is not what the ledger says"
| summarize value = count() by AppRoleName
'''
    threshold: 0
    severity: 2
  }
  {
    name: 'graph-not-verified'
    lookback: 'P2D'
    query: '''
AppMetrics
| where Name == "graph.verified" and TimeGenerated > ago(26h)
| summarize completed = sum(Sum)
| project AppRoleName = "graph", value = iff(completed > 0, 0, 1)
'''
    threshold: 0
    severity: 2
  }
  {
    name: 'ledger-months-not-kept'
    lookback: 'P2D'
    query: '''
AppMetrics
| where Name == "ledger.months_kept" and tostring(Properties.outcome) == "kept"
| summarize kept = sum(Sum)
| project AppRoleName = "payments", value = iff(kept > 0, 0, 1)
'''
    threshold: 0
    severity: 2
  }
  {
    name: 'bank-answers-overdue'
    query: '''
AppMetrics
| where Name == "ledger.bank_answers_overdue"
| summarize value = max(Max) by AppRoleName
'''
    threshold: 0
    severity: 2
  }
  {
    name: 'payments-held'
    query: '''
AppMetrics
| where Name == "ledger.payments_held"
| summarize value = max(Max) by AppRoleName
'''
    threshold: 50
    severity: 2
  }
  {
    name: 'settlement-late'
    query: '''
AppMetrics
| where Name == "ledger.settlement_late"
| summarize arg_max(TimeGenerated, Max) by AppRoleName
| project AppRoleName, value = Max
'''
    threshold: 0
    severity: 2
  }
  {
    name: 'bank-days-late'
    query: '''
AppMetrics
| where Name == "bank.days_late"
| summarize arg_max(TimeGenerated, Max) by AppRoleName
| project AppRoleName, value = Max
'''
    threshold: 0
    severity: 2
  }
]
