// Nothing in this resource group can be deleted until someone removes the lock on purpose.

resource lock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
    notes: 'Production: remove this lock on purpose before deleting anything.'
  }
}
