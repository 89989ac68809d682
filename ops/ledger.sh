# Sourced after environment.sh: the operators' routes of payments.
source ops/operators.sh

# Chooses payments in an environment, and finds its routes and their key.
open_ledger() { # ENV
  open_routes "$1" payments ledger
  ledger=$routes
}
