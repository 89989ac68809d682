// The services: the only place where one is listed. The order means nothing; `subnet` does.

import { Service } from 'types.bicep'

@export()
@description('All services, with what each owns, reads and needs.')
var services Service[] = [
  {
    name: 'auth'
    code: 'auth'
    subnet: 0
    live: true
    // The first administrators of staff are invited by operators, off the public's paths.
    paths: ['auth', 'staff']
    mysql: 'medium'
    redis: 'medium'
    publishes: true
    consumes: []
    // Whose wallets were closed: a hub would wake it for every payment.
    asks: ['payments']
    containers: []
    sealingKeys: ['phones']
    secrets: ['AUTH_TOKEN_SIGNING_KEYS', 'AUTH_DIGEST_KEY', 'AUTH_PIN_PEPPERS', 'AUTH_INDEX_KEY']
    uses: ['sms']
    memory: 2048
    // Every instance of the other services holds a poll open, which costs next to nothing.
    requestsAtOnce: 200
    instances: 20
    alwaysReady: 2
    zonal: true
  }
  {
    name: 'user-profile'
    code: 'user'
    subnet: 1
    live: true
    paths: ['users', 'user-profile']
    cachedPaths: ['users/pictures']
    mysql: 'small'
    publishes: true
    consumes: ['auth']
    containers: ['avatars']
    uploads: 'uploads'
    // Who takes a picture off wants it gone; who shows it can show it again.
    canBeMadeAgain: true
    secrets: []
    uses: []
    memory: 512
    instances: 10
    alwaysReady: 0
  }
  {
    name: 'business-profile'
    code: 'business'
    subnet: 2
    live: true
    paths: ['businesses', 'business-profile']
    cachedPaths: ['businesses/logos']
    mysql: 'small'
    publishes: true
    consumes: []
    containers: ['shop-logos']
    uploads: 'uploads'
    canBeMadeAgain: true
    secrets: []
    uses: []
    memory: 512
    instances: 10
    alwaysReady: 0
  }
  {
    name: 'onboarding'
    code: 'onboard'
    subnet: 3
    live: true
    // Lists of names, /api/v1/screening, are brought in by operators, off the public's paths.
    paths: ['onboarding']
    mysql: 'small'
    publishes: true
    consumes: ['ocr', 'business-profile']
    containers: ['documents']
    brought: ['screening']
    // Seven years, beyond what any hold keeps.
    keepDays: 2555
    sealingKeys: ['personal-data', 'documents']
    secrets: ['ONBOARDING_INDEX_KEY']
    uses: []
    memory: 512
    instances: 10
    alwaysReady: 0
  }
  {
    // Its audit of the ledger, /api/v1/ledger, is for operators and stays off the public's paths.
    name: 'payments'
    code: 'payments'
    subnet: 4
    live: true
    paths: [
      'wallets'
      'payments'
      'payment-requests'
      'peer-payments'
      'payees'
      'refunds'
      'fps-payments'
      'home'
      'money-requests'
      'bills'
      'pay-links'
      'red-packets'
      'claims'
      'releases'
      'disputes'
      'dispute-reviews'
      'held-payments'
      'schedules'
      'api-credentials'
      'merchant-api'
    ]
    // Clients of PayMe's API for shops call, and sign, paths at the root.
    standsFor: { roots: ['oauth2', 'payments'], path: 'merchant-api' }
    sealingKeys: ['merchant-credentials']
    sealsFor: { service: 'notification', key: 'webhook-secrets' }
    mysql: 'large'
    publishes: true
    consumes: ['auth', 'user-profile', 'business-profile', 'onboarding', 'social', 'graph']
    listsOnReplica: true
    // How many notifications are unread is part of what an app's first screen reads.
    asks: ['notification']
    containers: []
    secrets: []
    uses: ['bank']
    memory: 2048
    instances: 40
    alwaysReady: 2
    zonal: true
  }
  {
    name: 'payment-reporting'
    code: 'reports'
    subnet: 5
    live: true
    // Statements of the bank, /api/v1/bank-statements, are brought in by operators, off the public's paths.
    paths: ['reports', 'payment-exports', 'bank-days', 'payment-reporting']
    mysql: 'small'
    publishes: false
    consumes: ['payments']
    containers: ['exports']
    brought: ['bank-statements']
    // Its files last seven.
    keepDays: 8
    canBeMadeAgain: true
    readsReplicaOf: 'payments'
    secrets: ['PAYMENT_REPORTING_PAYMENTS_MYSQL_URL']
    uses: []
    memory: 512
    instances: 10
    alwaysReady: 0
  }
  {
    name: 'social'
    code: 'social'
    subnet: 6
    live: true
    paths: ['social']
    mysql: 'small'
    publishes: true
    consumes: ['user-profile', 'payments']
    containers: []
    secrets: []
    uses: []
    memory: 512
    instances: 10
    alwaysReady: 0
  }
  {
    name: 'timeline'
    code: 'timeline'
    subnet: 7
    live: true
    paths: ['timeline']
    mysql: 'small'
    publishes: false
    consumes: ['user-profile', 'payments', 'social']
    containers: []
    secrets: []
    uses: []
    memory: 512
    instances: 10
    alwaysReady: 0
  }
  {
    name: 'notification'
    code: 'notify'
    subnet: 8
    live: true
    paths: [
      'notifications'
      'notification-preferences'
      'webhook-endpoints'
      'webhook-deliveries'
      'notification'
    ]
    mysql: 'medium'
    redis: 'small'
    publishes: false
    consumes: [
      'auth'
      'payments'
      'user-profile'
      'business-profile'
      'onboarding'
      'social'
      'messages'
    ]
    containers: []
    sealingKeys: ['webhook-secrets']
    secrets: ['NOTIFICATION_PUSH_HUB_KEY']
    uses: ['push']
    memory: 2048
    // Open apps hold a stream each, which costs an instance next to nothing.
    requestsAtOnce: 1000
    instances: 20
    alwaysReady: 2
  }
  {
    name: 'qr-code'
    code: 'qr'
    subnet: 9
    live: true
    paths: ['qr', 'qr-code']
    mysql: 'small'
    publishes: false
    consumes: ['payments', 'business-profile']
    containers: []
    secrets: ['QR_CODE_SIGNING_KEY']
    uses: []
    memory: 2048
    instances: 20
    alwaysReady: 2
    zonal: true
  }
  {
    name: 'ocr'
    code: 'ocr'
    subnet: 10
    live: true
    paths: ['ocr']
    mysql: 'small'
    publishes: true
    consumes: []
    containers: []
    watches: { service: 'onboarding', container: 'documents' }
    sealsFor: { service: 'onboarding', key: 'documents' }
    secrets: []
    uses: ['vision']
    memory: 4096
    // Nobody asks it but probes; its connections are for the queues.
    requestsAtOnce: 4
    instances: 10
    alwaysReady: 0
  }
  {
    name: 'faq'
    code: 'faq'
    subnet: 11
    live: true
    paths: ['faq']
    mysql: 'small'
    publishes: false
    consumes: []
    containers: []
    secrets: []
    uses: ['cdn']
    memory: 512
    instances: 10
    alwaysReady: 0
  }
  {
    name: 'messages'
    code: 'messages'
    subnet: 12
    live: true
    paths: ['messages']
    mysql: 'small'
    publishes: true
    consumes: ['user-profile', 'payments', 'social']
    containers: ['message-pictures']
    uploads: 'uploads'
    // Who takes a picture back wants it gone.
    canBeMadeAgain: true
    secrets: []
    uses: []
    memory: 512
    instances: 10
    alwaysReady: 0
  }
  {
    // What operators compare and forget, /api/v1/graph-books, stays off the public's paths.
    name: 'graph'
    code: 'graph'
    subnet: 13
    live: true
    paths: ['graph']
    // Pseudonyms, looks, what is told and parked events; the graph itself is in Cosmos DB.
    mysql: 'small'
    publishes: true
    consumes: ['auth', 'business-profile', 'onboarding', 'payments', 'social']
    containers: []
    readsReplicaOf: 'payments'
    secrets: ['GRAPH_PAYMENTS_MYSQL_URL', 'GRAPH_INDEX_KEY']
    uses: ['graph']
    memory: 2048
    instances: 10
    alwaysReady: 0
  }
]
