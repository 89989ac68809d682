# Sourced after environment.sh: the operators' routes of payments, which want the app's function key.

# Chooses payments in an environment, and finds its routes and their key.
open_ledger() { # ENV
  choose_environment "$1"
  choose_service payments
  need_network
  ledger="https://${app[payments]}.azurewebsites.net/api/v1/ledger"
  key=$(ask KEY az functionapp keys list --resource-group "${group[payments]}" \
    --name "${app[payments]}" --query functionKeys.default --output tsv)
}
