# Sourced after environment.sh: the secrets that services read as settings. A value never stands on
# a command line, where other users of the machine could read it.

# What a setting's secret is called in its service's vault; bicep/names.bicep says the same.
secret_name() {
  local name=${1,,}
  echo "${name//_/-}"
}

# Settings that hold a key, by service.
declare -rA keys=([auth]=AUTH_TOKEN_SIGNING_KEYS [qr-code]=QR_CODE_SIGNING_KEY)

# Makes a value for one of them.
new_key() { # SETTING
  case $1 in
    AUTH_TOKEN_SIGNING_KEYS) openssl genpkey -algorithm ed25519 -outform DER | base64 --wrap=0 ;;
    QR_CODE_SIGNING_KEY) openssl rand -base64 32 ;;
    *) fail "no way is known to make a value for $1" ;;
  esac
}

has_secret() { # SERVICE SETTING
  local found
  found=$(ask '' az keyvault secret list --vault-name "${vault[$1]}" --output tsv \
    --query "[?name=='$(secret_name "$2")'].name")
  [[ -n $found ]]
}

put_secret() { # SERVICE SETTING < VALUE
  local file=VALUE_FILE status=0 value
  value=$(cat)
  if ! printing; then
    file=$(mktemp)
    printf '%s' "$value" >"$file"
  fi
  run az keyvault secret set --vault-name "${vault[$1]}" --name "$(secret_name "$2")" \
    --file "$file" --encoding utf-8 --output none || status=$?
  printing || rm -f "$file"
  return "$status"
}

get_secret() { # VAULT NAME
  ask SECRET az keyvault secret show --vault-name "$1" --name "$2" --query value --output tsv
}

# Makes the app read its secrets again, which by itself it does once a day.
reload_secrets() { # SERVICE
  local site
  site=$(ask /SITE_ID az functionapp show --resource-group "${group[$1]}" --name "${app[$1]}" \
    --query id --output tsv)
  run az rest --method post --output none \
    --url "$management$site/config/configreferences/appsettings/refresh?api-version=2024-11-01"
  run az functionapp restart --resource-group "${group[$1]}" --name "${app[$1]}"
}
