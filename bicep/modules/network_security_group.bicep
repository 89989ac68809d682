// A network security group: who may open connections to and from one kind of subnet.

import { Stage } from '../types.bicep'

@export()
@description('One rule. Where nothing is said, it is about any address.')
type Rule = {
  @description('What it is for.')
  name: string

  @description('Lower wins.')
  priority: int

  direction: 'Inbound' | 'Outbound'
  access: 'Allow' | 'Deny'

  @description('TCP unless said otherwise.')
  protocol: ('Tcp' | '*')?

  @description('Address range or service tag.')
  from: string?

  @description('Several address ranges.')
  fromRanges: string[]?

  @description('Address range or service tag.')
  to: string?

  @description('Several address ranges.')
  toRanges: string[]?

  @description('Ports; all when absent.')
  ports: string[]?
}

@description('What every resource shares.')
param stage Stage

@description('The name of the group.')
param name string

@description('Its rules, after which Azure\'s own follow.')
param rules Rule[]

resource group 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: name
  location: stage.location
  tags: stage.tags
  properties: {
    securityRules: [
      for rule in rules: {
        name: rule.name
        properties: {
          priority: rule.priority
          direction: rule.direction
          access: rule.access
          protocol: rule.?protocol ?? 'Tcp'
          sourceAddressPrefix: rule.?fromRanges == null ? rule.?from ?? '*' : null
          sourceAddressPrefixes: rule.?fromRanges ?? []
          sourcePortRange: '*'
          destinationAddressPrefix: rule.?toRanges == null ? rule.?to ?? '*' : null
          destinationAddressPrefixes: rule.?toRanges ?? []
          destinationPortRange: rule.?ports == null ? '*' : null
          destinationPortRanges: rule.?ports ?? []
        }
      }
    ]
  }
}

#disable-next-line use-recent-api-versions // Azure's only stable version cannot name groups.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: group
  name: 'to-workspace'
  properties: {
    workspaceId: stage.workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}
