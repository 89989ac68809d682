#!/usr/bin/env bash
# Runs one packaged function app under Azure Functions Core Tools, on the running platform's stores.
set -euo pipefail
cd "$(dirname "$0")/.."

service="${1:-}"
app=".local/apps/$service"
if ! command -v func >/dev/null; then
  echo "func: not installed; get it with: npm install --global azure-functions-core-tools@4" >&2
  exit 1
fi
if [[ -z $service || ! -f $app/host.json ]]; then
  echo "func: no app in '$app'; name one, and let make run prepare it: make func SERVICE=payments" >&2
  exit 1
fi
# Core Tools reads its host storage from Azurite, whose certificate our own CA signed.
export SSL_CERT_FILE="$PWD/.local/tls/trust.pem"
cd "$app"
exec func start --port 7071
