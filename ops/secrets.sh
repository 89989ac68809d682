# Sourced after environment.sh: the secrets that services read as settings. A value never stands on
# a command line, where other users of the machine could read it.

# What a setting's secret is called in its service's vault; bicep/names.bicep says the same.
secret_name() {
  local name=${1,,}
  echo "${name//_/-}"
}

# Settings that hold keys, by service.
declare -rA keys=(
  [auth]='AUTH_TOKEN_SIGNING_KEYS AUTH_DIGEST_KEY AUTH_PIN_PEPPERS AUTH_INDEX_KEY'
  [qr-code]=QR_CODE_SIGNING_KEY
  [onboarding]=ONBOARDING_INDEX_KEY
  [graph]=GRAPH_INDEX_KEY
)

# Makes a value for one of them.
new_key() { # SETTING
  if printing; then
    echo NEW
    return
  fi
  case $1 in
    AUTH_TOKEN_SIGNING_KEYS) openssl genpkey -algorithm ed25519 -outform DER | base64 --wrap=0 ;;
    AUTH_DIGEST_KEY | AUTH_INDEX_KEY | AUTH_PIN_PEPPERS | QR_CODE_SIGNING_KEY | \
      ONBOARDING_INDEX_KEY | GRAPH_INDEX_KEY)
      openssl rand -base64 32
      ;;
    *) fail "no way is known to make a value for $1" ;;
  esac
}

# A vault that does not answer is no vault without the secret: what is missing is made anew.
has_secret() { # SERVICE SETTING
  local found
  found=$(ask '' az keyvault secret list --vault-name "${vault[$1]}" --output tsv \
    --query "[?name=='$(secret_name "$2")'].name") || fail "cannot list the secrets of $1"
  [[ -n $found ]]
}

put_secret() { # SERVICE SETTING < VALUE
  local file=VALUE_FILE status=0 value
  value=$(cat)
  [[ -n $value ]] || fail "there is no value for $2 of $1; the one before was kept"
  if ! printing; then
    file=$(mktemp)
    printf '%s' "$value" >"$file"
  fi
  run az keyvault secret set --vault-name "${vault[$1]}" --name "$(secret_name "$2")" \
    --file "$file" --encoding utf-8 --output none || status=$?
  printing || rm -f "$file"
  return "$status"
}

get_secret() { # SERVICE SETTING
  ask SECRET az keyvault secret show --vault-name "${vault[$1]}" --name "$(secret_name "$2")" \
    --query value --output tsv
}

site_of() { # SERVICE
  ask /SITE_ID az functionapp show --resource-group "${group[$1]}" --name "${app[$1]}" \
    --query id --output tsv
}

# Whether the app works with the present version of a secret.
uses_secret() { # SERVICE SETTING
  local present site used
  present=$(ask VERSION az keyvault secret show --vault-name "${vault[$1]}" \
    --name "$(secret_name "$2")" --query id --output tsv) || fail "cannot read $2 of $1"
  site=$(site_of "$1") || fail "cannot find the app of $1"
  used=$(ask VERSION az rest --method get --output tsv \
    --url "$management$site/config/configreferences/appsettings/$2?api-version=2024-11-01" \
    --query "properties.status=='Resolved' && properties.activeVersion") || used=''
  [[ -n $used && $used == "${present##*/}" ]]
}

readonly reload_polls=60
readonly reload_poll_seconds=5

# Makes the app read its secrets again, which by itself it does once a day.
refresh_secrets() { # SERVICE
  local site
  site=$(site_of "$1")
  run az rest --method post --output none \
    --url "$management$site/config/configreferences/appsettings/refresh?api-version=2024-11-01"
}

restart() { # SERVICE
  run az functionapp restart --resource-group "${group[$1]}" --name "${app[$1]}"
}

# Waits until a secret's new version is what the app is given when it starts.
take_in_secret() { # SERVICE SETTING
  refresh_secrets "$1"
  await_secret "$1" "$2"
}

await_secret() { # SERVICE SETTING
  local poll
  for ((poll = 0; poll < reload_polls; poll++)); do
    uses_secret "$1" "$2" && break
    sleep "$reload_poll_seconds"
  done
  ((poll < reload_polls)) ||
    fail "$1 has not taken in its new $2 after $((reload_polls * reload_poll_seconds)) s, so this" \
      "stops here; see docs/runbook.md, 'key-vault-unavailable', then run it again"
}

# The same for all secrets of a service, where they came after its app, as in a first deployment:
# Azure looks once a day by itself, and an app whose secrets it did not find cannot start.
take_in_secrets() { # SERVICE
  local setting refreshed=''
  for setting in "$(setting_of "$1" MYSQL_URL)" ${keys[$1]:-}; do
    uses_secret "$1" "$setting" && continue
    [[ -n $refreshed ]] || refresh_secrets "$1"
    refreshed=yes
    await_secret "$1" "$setting"
  done
}

# Waits until the app works with a secret's new version.
reload_secret() { # SERVICE SETTING
  take_in_secret "$1" "$2"
  restart "$1"
}
