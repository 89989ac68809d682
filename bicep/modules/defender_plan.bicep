// Defender for Cloud, for one kind of resource.

targetScope = 'subscription'

@description('The plan, in Azure\'s words.')
param plan 'KeyVaults' | 'OpenSourceRelationalDatabases'

resource pricing 'Microsoft.Security/pricings@2026-07-01' = {
  name: plan
  properties: { pricingTier: 'Standard' }
}
