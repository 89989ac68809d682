# Sourced after environment.sh: the operators' routes of a service, which want the app's function key.

# Chooses a service in an environment, and finds its routes and their key.
open_routes() { # ENV SERVICE PATH
  choose_environment "$1"
  choose_service "$2"
  need_network
  routes="https://${app[$2]}.azurewebsites.net/api/v1/$3"
  key=$(ask KEY az functionapp keys list --resource-group "${group[$2]}" \
    --name "${app[$2]}" --query functionKeys.default --output tsv)
}

# Finds who is signed in to Azure, for the record of what they do.
find_operator() {
  operator=$(ask OPERATOR az account show --query user.name --output tsv)
  [[ -n $operator && $operator != *AssignedIdentity ]] ||
    fail "the record must say who did it; sign in as yourself: az login --use-device-code"
}
