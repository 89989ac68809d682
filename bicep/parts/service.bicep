// One service: its storage, its traces, the Azure services only it uses, and its function app.

import { Encryption, Identity, Service, Stage } from '../types.bicep'
import {
  appSubnet
  documentsQueue
  globalName
  groupName
  identityOf
  isReplicated
  localName
  packageContainer
  sealersOf
  secretName
  settingPrefix
  storageName
  storeOwner
  subnets
} from '../names.bicep'
import { roles } from '../roles.bicep'
import { services } from '../services.bicep'

@description('What every resource shares.')
param stage Stage

@description('The service.')
param service Service

@description('The service has its own MySQL, Redis and Event Hubs.')
param isolated bool

@description('The lowest maximum of instances that the region takes.')
param instancesMin int

@description('The identity of the runner subnet, which deploys code.')
param runner Identity

@description('The Front Door profile that requests must come through.')
param frontDoorId string

@description('The public host name.')
param publicHost string

@description('Its Redis, if it has one.')
param redis { name: string, group: string }?

@description('The Cosmos account of the graph, if it writes it.')
param cosmos string?

@description('The number or name that text messages come from.')
param smsSender string

@description('The tenant of Entra ID that says who is staff, or `off`.')
param staffEntraId string

@description('The key of ours to encrypt with; Azure\'s when null.')
param encryption Encryption?

@description('Services that are told of new blobs in a container of this one, and read them.')
param watchers { identity: Identity, subnet: string, container: string }[]

var identity = identityOf(stage.environment, service.code)

var hostAccount = storageName('h', stage.environment, stage.token, service.code)
var dataAccount = storageName('d', stage.environment, stage.token, service.code)
var insights = localName('appi', stage.environment, service.code)
var vision = globalName('di', stage.environment, stage.token, service.code)
var sms = globalName('acs', stage.environment, stage.token, service.code)
var vault = globalName('kv', stage.environment, stage.token, service.code)
var queues = service.?watches == null ? [] : [documentsQueue]
var sends = contains(service.uses, 'sms')
var pushHub = globalName('ntfns', stage.environment, stage.token, service.code)
var writes = cosmos != null
var caches = redis != null
var brought = service.?brought ?? []
var hasData = !empty(service.containers) || !empty(queues)

var prefix = settingPrefix(service.name)
var storage = environment().suffixes.storage

module dataStorage '../modules/storage_account.bicep' = if (hasData) {
  params: {
    stage: stage
    name: dataAccount
    containers: concat(service.containers, brought)
    queues: queues
    subnets: concat(
      [appSubnet(service.code)],
      map(watchers, watcher => watcher.subnet),
      empty(brought) ? [] : [subnets.runner]
    )
    keepDays: service.?keepDays
    keepsIn: service.containers
    uploads: service.?uploads
    canBeMadeAgain: service.?canBeMadeAgain ?? false
    grants: concat(
      empty(service.containers)
        ? []
        : [
            {
              identity: identity
              role: roles.blobDelegator
              reason: 'signs short-lived links to its own documents'
            }
          ],
      empty(queues)
        ? []
        : [
            {
              identity: identity
              role: roles.queueDataContributor
              reason: 'takes what it is told of, and parks what it cannot read'
            }
          ]
    )
    containerGrants: concat(
      map(service.containers, container => {
        container: container
        grant: { identity: identity, role: roles.blobDataContributor, reason: 'its own documents' }
      }),
      map(brought, container => {
        container: container
        grant: { identity: identity, role: roles.blobDataReader, reason: 'reads what is brought' }
      }),
      map(brought, container => {
        container: container
        grant: {
          identity: runner
          role: roles.blobDataContributor
          reason: 'operators bring in what the service reads'
        }
      }),
      map(watchers, watcher => {
        container: watcher.container
        grant: {
          identity: watcher.identity
          role: roles.blobDataReader
          reason: 'reads the documents it is told of'
        }
      })
    )
    encryption: encryption
  }
}

// Azure has no role that only wraps: who may wrap may unwrap too.
module sealingKeys '../modules/sealing_key.bicep' = [
  for key in service.?sealingKeys ?? []: {
    params: {
      stage: stage
      vault: vault
      name: key
      grants: concat(
        [
          {
            identity: identity
            role: roles.cryptoServiceEncryptionUser
            reason: 'wraps and unwraps the keys of what it seals'
          }
        ],
        map(
          filter(sealersOf(services, service.code), sealer => sealer.?sealsFor.?key == key),
          sealer => {
            identity: identityOf(stage.environment, sealer.code)
            role: roles.cryptoServiceEncryptionUser
            reason: 'seals what only this service opens'
          }
        )
      )
    }
  }
]

module traces '../modules/application_insights.bicep' = {
  params: {
    stage: stage
    name: insights
    grants: [
      { identity: identity, role: roles.metricsPublisher, reason: 'writes traces and metrics' }
    ]
  }
}

module textMessages '../modules/communication_service.bicep' = if (sends) {
  params: {
    stage: stage
    name: sms
    grants: [
      {
        identity: identity
        role: roles.communicationOwner
        reason: 'sends text messages; Azure has no smaller role for that'
      }
    ]
  }
}

module push '../modules/notification_hub.bicep' = if (contains(service.uses, 'push')) {
  params: {
    stage: stage
    name: pushHub
  }
}

module documentReader '../modules/cognitive_account.bicep' = if (contains(service.uses, 'vision')) {
  params: {
    stage: stage
    name: vision
    subnets: [appSubnet(service.code)]
    grants: [
      { identity: identity, role: roles.cognitiveServicesUser, reason: 'reads documents' }
    ]
  }
}

var hubDomain = 'servicebus.windows.net'

func secret(vault string, setting string) string =>
  '@Microsoft.KeyVault(VaultName=${vault};SecretName=${secretName(setting)})'

func codeOf(name string) string => filter(services, service => service.name == name)[0].code

func blobHost(account string) string => '${account}.blob.${environment().suffixes.storage}'

func blobUrl(stage Stage, code string) string =>
  'https://${blobHost(storageName('d', stage.environment, stage.token, code))}'

func vaultUrl(vault string) string => 'https://${vault}${environment().suffixes.keyvaultDns}'

func resourceOf(name string) string => filter(services, service => service.name == name)[0].paths[0]

// An address only: a replica has the users and passwords of its primary.
func listsServer(isolated bool, code string) string =>
  isReplicated(isolated, services, code) ? 'mysql-replica' : 'mysql'

func listsAddress(stage Stage, owner string, kind string) string =>
  '${globalName(kind, stage.environment, stage.token, owner)}.mysql.database.azure.com:3306'

func hubHost(stage Stage, isolated bool, code string) string =>
  '${globalName('evhns', stage.environment, stage.token, storeOwner(isolated, code))}.${hubDomain}'

resource program 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identity.name
}

resource sender 'Microsoft.Communication/communicationServices@2025-09-01' existing = if (sends) {
  name: sms
  dependsOn: [textMessages]
}

resource cache 'Microsoft.Cache/redisEnterprise@2025-07-01' existing = if (caches) {
  scope: resourceGroup(redis.?group ?? '')
  name: redis.?name ?? ''
}

resource graph 'Microsoft.DocumentDB/databaseAccounts@2026-03-15' existing = if (writes) {
  scope: resourceGroup(groupName(stage.environment, 'analytics'))
  name: cosmos ?? ''
}

// Values that operators put into the vault; see secretName for what each is called there.
var secretSettings = toObject(
  concat(['${prefix}_MYSQL_URL'], service.secrets),
  setting => setting,
  setting => secret(vault, setting)
)

// The Functions host reads a producer's hub by these three.
var consumedHubs = map(service.consumes, producer => {
  '${settingPrefix(producer)}_EVENTS__fullyQualifiedNamespace': hubHost(
    stage,
    isolated,
    codeOf(producer)
  )
  '${settingPrefix(producer)}_EVENTS__credential': 'managedidentity'
  '${settingPrefix(producer)}_EVENTS__clientId': program.properties.clientId
})

// Through Front Door, as a client would.
var askedServices = map(service.?asks ?? [], asked => {
  '${prefix}_${settingPrefix(asked)}_URL': 'https://${publicHost}/api/v1/${resourceOf(asked)}'
})

var settings = reduce(
  concat(
    [
      // Auth itself knows its keys and its logins. Passkeys belong to the host that they were made for.
      service.name == 'auth'
        ? {
            AUTH_PASSKEY_RP_ID: publicHost
            AUTH_PASSKEY_ORIGINS: 'https://${publicHost}'
            AUTH_ENTRA_ID: staffEntraId
          }
        : {}
      // What caches may keep is the same for everybody, so whoever answers it takes no tokens; and
      // nobody calls who is told of blobs.
      service.name == 'auth' || contains(service.uses, 'cdn') || !empty(queues)
        ? {}
        : { AUTH_URL: 'https://${publicHost}/api/v1/auth' }
      secretSettings
      service.?listsOnReplica != true
        ? {}
        : {
            '${prefix}_REPLICA_ADDRESS': listsAddress(
              stage,
              storeOwner(isolated, service.code),
              listsServer(isolated, service.code)
            )
          }
      service.?redis == null
        ? {}
        : { '${prefix}_REDIS_URL': 'rediss://${cache!.properties.hostName}:10000' }
      service.publishes
        ? { '${prefix}_EVENTS_ENDPOINT': 'amqps://${hubHost(stage, isolated, service.code)}' }
        : {}
      // Clients reach the account through Front Door alone.
      empty(service.containers)
        ? {}
        : {
            '${prefix}_BLOB_URL': blobUrl(stage, service.code)
            '${prefix}_LINKS_URL': 'https://${publicHost}'
          }
      empty(queues)
        ? {}
        : {
            '${prefix}_DOCUMENTS_URL': blobUrl(stage, codeOf(service.?watches.?service ?? ''))
            '${prefix}_QUEUE__queueServiceUri': 'https://${dataAccount}.queue.${storage}/'
            '${prefix}_QUEUE__credential': 'managedidentity'
            '${prefix}_QUEUE__clientId': program.properties.clientId
          }
      empty(service.?sealingKeys ?? []) ? {} : { '${prefix}_VAULT_URL': vaultUrl(vault) }
      service.?sealsFor == null
        ? {}
        : {
            '${prefix}_SEALING_VAULT_URL': vaultUrl(globalName(
              'kv',
              stage.environment,
              stage.token,
              codeOf(service.?sealsFor.?service ?? '')
            ))
          }
      sends
        ? {
            '${prefix}_SMS_ENDPOINT': 'https://${sender!.properties.hostName}'
            '${prefix}_SMS_SENDER': smsSender
          }
        : {}
      contains(service.uses, 'push')
        ? { '${prefix}_PUSH_HUB_URL': 'https://${pushHub}.servicebus.windows.net/phones' }
        : {}
      // The sandbox gives money to whoever asks.
      contains(service.uses, 'bank')
        ? { '${prefix}_BANK': stage.environment == 'dev' ? 'sandbox' : 'operators' }
        : {}
      contains(service.uses, 'vision')
        ? { '${prefix}_ENGINE': 'https://${vision}.cognitiveservices.azure.com' }
        : {}
      !writes ? {} : { '${prefix}_COSMOS_ENDPOINT': graph!.properties.documentEndpoint }
    ],
    consumedHubs,
    askedServices
  ),
  {},
  (all, some) => union(all, some)
)

module app '../modules/function_app.bicep' = {
  params: {
    stage: stage
    name: globalName('func', stage.environment, stage.token, service.code)
    identity: identity
    subnet: appSubnet(service.code)
    runnerSubnet: subnets.runner
    frontDoorId: frontDoorId
    hostStorage: hostAccount
    packageContainer: packageContainer
    insights: insights
    memory: service.memory
    requestsAtOnce: service.?requestsAtOnce
    instances: max(service.instances, instancesMin)
    zonal: stage.resilient && service.?zonal == true
    alwaysReady: stage.resilient ? service.alwaysReady : 0
    settings: settings
    grants: [{ identity: runner, role: roles.websiteContributor, reason: 'deploys code' }]
  }
  dependsOn: [dataStorage, traces, textMessages, documentReader]
}
