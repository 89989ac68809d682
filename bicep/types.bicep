// What the modules say to each other.

@export()
@description('A service: one function app and everything that only it may use.')
type Service = {
  @description('The name in URLs, event hubs and settings.')
  name: string

  @description('The name in Azure resources, where names are short. Never change it.')
  @maxLength(8)
  code: string

  @description('Which slice of the address space. Never change it: subnets cannot move.')
  @minValue(0)
  @maxValue(255)
  subnet: int

  @description('Its code exists, so its absence is an alarm.')
  live: bool

  @description('What the public reaches: the first segments after /api/v1/.')
  paths: string[]

  @description('Paths after /api/v1/ below which it takes no tokens, and Front Door may keep answers.')
  cachedPaths: string[]?

  @description('The size of its MySQL server where each service has its own.')
  mysql: 'small' | 'medium' | 'large'

  @description('The size of its Redis where each service has its own; null without one.')
  redis: ('small' | 'medium')?

  @description('It sends events to the hub of its name.')
  publishes: bool

  @description('The services whose events it reads.')
  consumes: string[]

  @description('The services that it asks over HTTP; auth is asked by all.')
  asks: string[]?

  @description('Its blob containers, in which it writes, deletes and makes links.')
  containers: string[]

  @description('Containers that operators fill from inside the network, and it only reads.')
  brought: string[]?

  @description('Days after which a blob of its own is deleted whatever became of it: beyond its own rules.')
  keepDays: int?

  @description('What is in its containers can be made again: deleted, it is gone at once.')
  canBeMadeAgain: bool?

  @description('The folder of its containers where clients upload: what is left there goes after a day.')
  uploads: string?

  @description('Keys of its vault that wrap the data keys of what it seals.')
  sealingKeys: string[]?

  @description('The root paths of an API of others that it serves, and where it has them.')
  standsFor: { roots: string[], path: string }?

  @description('A key of another service, by which it seals what it tells that service.')
  sealsFor: { service: string, key: string }?

  @description('A container of another service whose new blobs it is told of and may read.')
  watches: { service: string, container: string }?

  @description('The service whose tables it reads, on a replica and as a user that may only read.')
  readsReplicaOf: string?

  @description('It reads lists on the replica of its own server; on the server where none stands.')
  listsOnReplica: bool?

  @description('Settings that an operator puts into its vault, besides the MySQL URL.')
  secrets: string[]

  @description('What only this service uses of Azure; `cdn`: its answers may be cached, and it takes no tokens; `bank`: not of Azure.')
  uses: ('sms' | 'push' | 'vision' | 'graph' | 'cdn' | 'bank')[]

  @description('Megabytes of one instance.')
  memory: 512 | 2048 | 4096

  @description('Requests that an instance takes at once; null for what Azure makes of its memory.')
  @maxValue(1000)
  requestsAtOnce: int?

  @description('''
  Instances that a group of its functions needs at most; all HTTP functions are one group, every
  other function is one. All together have the addresses of its /25.
  ''')
  @maxValue(100)
  instances: int

  @description('HTTP instances that never stop, in production.')
  alwaysReady: int

  @description('''
  It outlives a zone, in production: two instances of each group of its functions never stop, and
  are paid for. For what people wait for at the till.
  ''')
  zonal: bool?
}

@export()
@description('What every resource of a deployment shares.')
type Stage = {
  @description('The name of the environment.')
  environment: 'dev' | 'prod'

  @description('The Azure region.')
  location: string

  @description('What makes global names unique: the same on every run.')
  token: string

  @description('True: several zones, standbys, longer backups, locks.')
  resilient: bool

  @description('The network, and its resource group.')
  network: { name: string, group: string }

  @description('The Log Analytics workspace that all diagnostics go to.')
  workspaceId: string

  @description('The tags of every resource.')
  tags: { *: string }
}

@export()
@description('A user-assigned identity.')
type Identity = {
  @description('Its name.')
  name: string

  @description('Its resource group.')
  group: string
}

@export()
@description('What one identity may do, and why.')
type Grant = {
  @description('Who.')
  identity: Identity

  @description('The id of the role definition.')
  role: string

  @description('Why; kept with the assignment.')
  reason: string
}

@export()
@description('A key of ours that a store is encrypted with.')
type Encryption = {
  @description('The vault that holds the key.')
  vault: string

  @description('The resource group of the vault and of the identity.')
  group: string

  @description('The key.')
  key: string

  @description('The identity that may use the key.')
  identity: string
}
