// What the sizes in services.bicep mean; `shared` is the one that all services share.

import { Size } from 'modules/mysql_server.bicep'

@export()
@description('MySQL servers.')
var mysqlSizes { *: Size } = {
  shared: { sku: 'Standard_B2ms', tier: 'Burstable', storage: 64, connections: 1350 }
  small: { sku: 'Standard_D2ads_v5', tier: 'GeneralPurpose', storage: 128, connections: 1360 }
  medium: { sku: 'Standard_D4ads_v5', tier: 'GeneralPurpose', storage: 256, connections: 2500 }
  large: { sku: 'Standard_E8ads_v5', tier: 'MemoryOptimized', storage: 1024, connections: 5000 }
}

@export()
@description('Partitions of a service\'s hub: what it writes to MySQL is also what it tells.')
var hubPartitions { *: int } = { shared: 4, small: 4, medium: 4, large: 16 }

@export()
@description('Redis instances.')
var redisSizes { *: ('Balanced_B0' | 'Balanced_B1' | 'Balanced_B3') } = {
  shared: 'Balanced_B0'
  small: 'Balanced_B1'
  medium: 'Balanced_B3'
}
