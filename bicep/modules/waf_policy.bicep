// What Front Door refuses before it reaches us.

import { Stage } from '../types.bicep'

@description('What every resource shares.')
param stage Stage

@description('The name of the policy: letters and digits.')
param name string

@description('The managed rules refuse what they find; otherwise they log it.')
param refuses bool

@description('The address from which the services call one another, which no limit is for.')
param ownAddress string

// Many phones share an address behind a Hong Kong carrier, so these stop machines, not people; the
// auth service has limits of its own for each phone number.
var limits = [
  { name: 'authChallenges', path: '/api/v1/auth/otp-challenges', requests: 60 }
  { name: 'authSessions', path: '/api/v1/auth/sessions', requests: 120 }
  { name: 'authUsers', path: '/api/v1/auth/users', requests: 60 }
  { name: 'authOther', path: '/api/v1/auth/', requests: 600 }
  { name: 'everything', path: '/api/', requests: 6000 }
  { name: 'programTokens', path: '/oauth2/', requests: 600 }
  { name: 'programs', path: '/payments/', requests: 6000 }
  { name: 'documents', path: '/documents/', requests: 600 }
  { name: 'exports', path: '/exports/', requests: 600 }
  { name: 'avatars', path: '/avatars/', requests: 600 }
  { name: 'logos', path: '/shop-logos/', requests: 600 }
  // Phones also read these: a few for each page of a conversation.
  { name: 'messagePictures', path: '/message-pictures/', requests: 6000 }
]

// What people write, in the JSON of requests: "drop it; select one" is a fair note. It is never part
// of a statement or a page. A name is all those on the way to it, without the places in lists.
var freeTexts = [
  'address'
  'answer'
  'case_number'
  'description'
  'device.name'
  'display_name'
  'handle'
  'holder_name'
  'legal_name'
  'legal_name_chinese'
  'name'
  'name_chinese'
  'note'
  'operator'
  'owners.name'
  'owners.name_chinese'
  'payee.proxy'
  'payload'
  'phone'
  'phones'
  'proxy'
  'reason'
  'reference'
  'return_url'
  'shop_name'
  'shop_name_latin'
  'statement'
  'text'
  'url'
  'words'
]

// The same of PayMe's API for shops, which stands in no document of ours.
var foreignTexts = [
  'appFailCallback'
  'appSuccessCallback'
  'merchantData.orderDescription'
  'merchantData.orderId'
  'notificationUri'
  'reasonMessage'
]

// Keys, signatures and secrets of chance: base64url, in which two hyphens may stand, as before a
// comment of SQL. Nobody is to be refused by chance.
var chanceTexts = [
  'approval_secret'
  'confirmation.signature'
  'credential.response.attestationObject'
  'credential.response.authenticatorData'
  'credential.response.clientDataJSON'
  'credential.response.signature'
  'device.key.x'
  'device.key.y'
  'proposal_secret'
  'refresh_token'
  'signature'
]

// The same as free texts, in the query.
var freeQueries = [
  'q'
  'text'
]

// The signature of a link into a storage account: base64, which may look like anything.
var linkQueries = [
  'sig'
]

// Which logins have ended is for our own services: a stranger would hold places that they need.
var onlyServicesPoll = {
  name: 'onlyServicesPoll'
  priority: 1
  enabledState: 'Enabled'
  ruleType: 'MatchRule'
  matchConditions: [
    {
      matchVariable: 'RequestUri'
      operator: 'Contains'
      negateCondition: false
      matchValue: ['/api/v1/auth/revoked-sessions']
      transforms: ['Lowercase', 'UrlDecode']
    }
    {
      matchVariable: 'SocketAddr'
      operator: 'IPMatch'
      negateCondition: true
      matchValue: [ownAddress]
    }
  ]
  action: 'Block'
}

var limitRules = [
  for (limit, i) in limits: {
    name: limit.name
    priority: 10 * (i + 1)
    enabledState: 'Enabled'
    ruleType: 'RateLimitRule'
    rateLimitDurationInMinutes: 1
    rateLimitThreshold: limit.requests
    groupBy: [{ variableName: 'SocketAddr' }]
    matchConditions: [
      {
        matchVariable: 'RequestUri'
        operator: 'Contains'
        negateCondition: false
        matchValue: [limit.path]
        transforms: ['Lowercase', 'UrlDecode']
      }
      {
        // All services poll auth from one address.
        matchVariable: 'SocketAddr'
        operator: 'IPMatch'
        negateCondition: true
        matchValue: [ownAddress]
      }
    ]
    action: 'Block'
  }
]

var jsonExclusions = [
  for name in concat(freeTexts, foreignTexts, chanceTexts): {
    matchVariable: 'RequestBodyJsonArgNames'
    selectorMatchOperator: 'Equals'
    selector: name
  }
]

var queryExclusions = [
  for name in concat(freeQueries, linkQueries): {
    matchVariable: 'QueryStringArgNames'
    selectorMatchOperator: 'Equals'
    selector: name
  }
]

resource policy 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies@2025-11-01' = {
  name: name
  location: 'global'
  tags: stage.tags
  sku: { name: 'Premium_AzureFrontDoor' }
  properties: {
    policySettings: {
      enabledState: 'Enabled'
      mode: 'Prevention'
      requestBodyCheck: 'Enabled'
    }
    customRules: {
      rules: concat([onlyServicesPoll], limitRules)
    }
    managedRules: {
      managedRuleSets: [
        {
          ruleSetType: 'Microsoft_DefaultRuleSet'
          ruleSetVersion: '2.1'
          ruleSetAction: refuses ? 'Block' : 'Log'
          exclusions: concat(jsonExclusions, queryExclusions)
        }
        { ruleSetType: 'Microsoft_BotManagerRuleSet', ruleSetVersion: '1.1' }
      ]
    }
  }
}
