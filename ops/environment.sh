# Sourced first by every command of ops/, which has said in `usage` how it is called: where Azure is
# and what the environment is made of. With OPS_PRINT=1 commands are printed instead of run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec 3>&1

readonly command_name=${0##*/}
# shellcheck disable=SC2034 # the commands use it
readonly management=https://management.azure.com

fail() {
  echo "$command_name: $*" >&2
  exit 1
}

misused() {
  # shellcheck disable=SC2154 # set by the command
  echo "usage: $usage" >&2
  exit 2
}

printing() { [[ -n ${OPS_PRINT:-} ]]; }

# Shows a command as it would be typed.
show() {
  local word line=''
  for word in "$@"; do
    [[ $word =~ ^[A-Za-z0-9_./:=@%+,-]+$ ]] || word="'${word//\'/\'\\\'\'}'"
    line+="$word "
  done
  printf '%s\n' "${line% }" >&3
}

# Runs a command that changes something, or shows it.
run() { if printing; then show "$@"; else "$@"; fi; }

# The output of a command; when commands are only shown, the name that stands for it.
ask() {
  local name=$1
  shift
  if printing; then
    show "$@"
    echo "$name"
  else
    "$@"
  fi
}

# Checks the environment's name and the login.
choose_environment() {
  environment=${1:-}
  local known=(bicep/env/*.bicepparam)
  known=("${known[@]##*/}")
  known=("${known[@]%.bicepparam}")
  [[ " ${known[*]} " == *" ${environment:-?} "* ]] ||
    fail "no environment '$environment'; choose one of: ${known[*]}"
  stack="payme-$environment"
  location=$(sed -n "s/^param location = '\(.*\)'$/\1/p" "bicep/env/$environment.bicepparam")
  [[ -n $location ]] || fail "bicep/env/$environment.bicepparam does not say: param location = '…'"
  # shellcheck disable=SC2034 # the commands use it
  entra_id=$(sed -n "s/^param staffEntraId = '\(.*\)'$/\1/p" "bicep/env/$environment.bicepparam")
  : "${entra_id:=off}"
  printing && return
  command -v az >/dev/null ||
    fail "the Azure CLI is missing; install it: https://learn.microsoft.com/cli/azure/install-azure-cli"
  az account show --output none 2>/dev/null ||
    fail "not logged in to Azure; run: az login"
}

# What the templates are told of what stands already.
choose_parameters() {
  choose_replicas
  choose_budget_start
}

# A budget begins in the month in which it is made, and keeps its beginning.
choose_budget_start() {
  local begun
  begun=$(ask '' az consumption budget list --output tsv \
    --query "[?name=='payme-$environment'].timePeriod.startDate | [0]") ||
    fail "cannot ask for the budget of '$environment'"
  [[ $begun == 20* ]] || begun=$(date --utc +%Y-%m-01)
  export BUDGET_START=${begun:0:10}
  ! printing || show export BUDGET_START="$BUDGET_START"
}

# Azure makes a replica once and refuses to make it again, so the templates leave out what stands.
choose_replicas() {
  local standing
  grep -q CREATE_REPLICAS "bicep/env/$environment.bicepparam" || return 0
  standing=$(ask 0 az resource list --resource-type Microsoft.DBforMySQL/flexibleServers --output tsv \
    --query "length([?starts_with(name, 'mysql-replica-') && contains(name, '-$environment-')])")
  export CREATE_REPLICAS=false
  [[ $standing != 0 ]] || CREATE_REPLICAS=true
  ! printing || show export CREATE_REPLICAS="$CREATE_REPLICAS"
}

# What the deployed stack says of each service, by the service's name.
declare -A app group vault server

load_services() {
  local table name
  if printing; then
    for name in $(ls functions); do
      local word=${name^^}
      word=${word//-/_}
      app[$name]=${word}_APP group[$name]=${word}_GROUP vault[$name]=${word}_VAULT
      server[$name]=${word}_SERVER
    done
    return
  fi
  table=$(az stack sub show --name "$stack" --output tsv --query \
    'outputs.services.value[].[name, app, group, vault, server]') ||
    fail "environment '$environment' is not deployed; run: make deploy ENV=$environment"
  while IFS=$'\t' read -r name app_name group_name vault_name server_name; do
    app[$name]=$app_name group[$name]=$group_name vault[$name]=$vault_name
    server[$name]=$server_name
  done <<<"$table"
}

# The administrator of all MySQL servers of the environment: a secret of the pipeline, which Azure
# does not keep.
need_administrator_password() {
  printing && return
  [[ -n ${MYSQL_ADMINISTRATOR_PASSWORD:-} ]] ||
    fail "MYSQL_ADMINISTRATOR_PASSWORD is not set; it is a secret of the environment's pipeline"
  [[ $MYSQL_ADMINISTRATOR_PASSWORD =~ ^[A-Za-z0-9._~-]+$ ]] ||
    fail "MYSQL_ADMINISTRATOR_PASSWORD may hold only letters, digits and . _ ~ -, as it stands in URLs"
}

# The resource group of a service's MySQL server, which may be one for all services; the server's name
# says whose it is (bicep/names.bicep).
server_group() { # SERVICE
  local owner=${server[$1]#mysql-}
  printing && owner=${server[$1]}
  echo "rg-payme-$environment-${owner%%-*}"
}

# Loads the services and checks that this is one of them.
choose_service() {
  service=${1:-}
  load_services
  [[ -n $service && -n ${app[$service]:-} ]] ||
    fail "no service '$service'; choose one of: $(printf '%s\n' "${!app[@]}" | sort | xargs)"
}

# An output of the stack that is not about one service.
stack_output() {
  ask "${1^^}" az stack sub show --name "$stack" --output tsv --query "outputs.$1.value"
}

# MySQL, the vaults and the apps' own addresses are open only to the runner subnet.
need_network() {
  printing && return
  local server_name=${server[auth]}
  [[ $(getent ahostsv4 "$server_name.mysql.database.azure.com" || true) == 10.* ]] ||
    fail "this machine is outside the network of '$environment'; for a shell inside: ops/runner $environment"
}
