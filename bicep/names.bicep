// Every name that Azure sees. Each function keeps its resource's limit for codes of 8 characters,
// environments of 4 and tokens of 6; names that the world shares carry the token.

import { Encryption, Identity, Service } from 'types.bicep'

@export()
@description('Resource group: 90 characters.')
func groupName(environment string, part string) string => 'rg-payme-${environment}-${part}'

@export()
@description('Resources that need to be unique only in their group.')
func localName(kind string, environment string, part string) string =>
  '${kind}-${part}-${environment}'

@export()
@description('''
Resources with a public DNS name. Key vaults have the tightest limit, 24 characters: a code of nine
just fits.
''')
func globalName(kind string, environment string, token string, code string) string =>
  '${kind}-${code}-${environment}-${token}'

@export()
@description('Storage account: 24 lower-case letters and digits.')
func storageName(use string, environment string, token string, code string) string =>
  'st${use}${code}${environment}${token}'

@export()
@description('What the names of a service\'s settings begin with, before an underscore.')
func settingPrefix(service string) string => toUpper(replace(service, '-', '_'))

@export()
@description('The MySQL schema of a service, and the user that works in it.')
func schemaName(service string) string => replace(service, '-', '_')

@export()
@description('The secret that holds the value of a setting.')
func secretName(setting string) string => toLower(replace(setting, '_', '-'))

@export()
@description('Whose MySQL, Redis and Event Hubs a service uses: its own, or the shared ones.')
func storeOwner(isolated bool, code string) string => isolated ? code : 'shared'

@export()
@description('The identity that the programs of a resource group run as.')
func identityOf(environment string, code string) Identity => {
  name: localName('id', environment, code)
  group: groupName(environment, code)
}

@export()
@description('The key that the stores of a resource group are encrypted with; null when unwanted.')
func encryptionOf(wanted bool, environment string, token string, code string) Encryption? =>
  wanted
    ? {
        vault: globalName('kv', environment, token, code)
        group: groupName(environment, code)
        key: 'stores'
        identity: localName('id-cmk', environment, code)
      }
    : null

@export()
@description('Who owns the stores of one kind, and which of the services use each.')
func ownersOf(isolated bool, users Service[]) { owner: string, users: Service[] }[] =>
  isolated
    ? map(users, user => { owner: user.code, users: [user] })
    : [{ owner: 'shared', users: users }]

@export()
@description('A service has its own server, and others read a replica of it.')
func isReplicated(isolated bool, services Service[], code string) bool =>
  isolated && !empty(intersection(
    map(services, service => service.?readsReplicaOf ?? ''),
    map(filter(services, service => service.code == code), service => service.name)
  ))

@export()
@description('The services that seal by keys of the one with this code.')
func sealersOf(services Service[], code string) Service[] =>
  filter(
    services,
    service =>
      contains(
        map(filter(services, owner => owner.code == code), owner => owner.name),
        service.?sealsFor.?service ?? ''
      )
  )

@export()
@description('The subnet of a service\'s function app.')
func appSubnet(code string) string => 'snet-${code}'

@export()
@description('The subnet of a service\'s MySQL server.')
func mysqlSubnet(code string) string => 'snet-mysql-${code}'

@export()
@description('The container of packages, in an app\'s host storage and in the account of all.')
var packageContainer = 'packages'

@export()
@description('The queue that tells a service of new blobs, in its data storage account.')
var documentsQueue = 'documents'

@export()
@description('The subnets that belong to no service.')
var subnets = {
  databricksContainer: 'snet-databricks-container'
  databricksHost: 'snet-databricks-host'
  endpoints: 'snet-endpoints'
  runner: 'snet-runner'
}

@export()
@description('The private DNS zones. The one of MySQL is ours to name; Azure names the others.')
var zones = {
  #disable-next-line no-hardcoded-env-urls // Azure gives no function for this suffix.
  blob: 'privatelink.blob.core.windows.net'
  databricks: 'privatelink.azuredatabricks.net'
  mysql: 'payme.private.mysql.database.azure.com'
  redis: 'privatelink.redis.azure.net'
}
