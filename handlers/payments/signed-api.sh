#!/usr/bin/env bash
# Calls our own API of shops' programs with curl and openssl alone, as docs/merchant-api.md shows it: each request is
# signed as RFC 9421 says. In the environment: MERCHANT_API (https://<host>), SIGNING_KEY_ID, SIGNING_KEY, and
# IDEMPOTENCY_KEY for a POST that is repeated.
# usage: signed-api.sh METHOD PATH [BODY]      e.g. signed-api.sh GET /received-payments
set -euo pipefail
(( $# == 2 || $# == 3 )) || { sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2; }
readonly method=$1 url=$MERCHANT_API/api/v1/merchant-api$2 body=${3:-}

header=() components='"@method" "@target-uri"' lines="\"@method\": $method
\"@target-uri\": $url
"
cover() { # NAME VALUE: sends this header, and signs it
  header+=(--header "$1: $2")
  components+=" \"$1\"" lines+="\"$1\": $2
"
}
if [[ -n $body ]]; then
  cover content-type application/json
  cover content-digest "sha-256=:$(printf %s "$body" | openssl dgst -sha256 -binary | base64 -w 0):"
  header+=(--data-binary "$body")
elif [[ $method != GET ]]; then
  header+=(--header 'Content-Length: 0') # else curl sends none, and proxies refuse that with 411
fi
[[ $method != POST ]] || cover idempotency-key "${IDEMPOTENCY_KEY:-$(cat /proc/sys/kernel/random/uuid)}"
nonce=$(cat /proc/sys/kernel/random/uuid)
parameters="($components);created=$(date +%s);keyid=\"$SIGNING_KEY_ID\";nonce=\"$nonce\""
key=$(printf %s "$SIGNING_KEY" | base64 -d | od -An -v -tx1 | tr -d ' \n')
# openssl takes a MAC's key as an argument, which others on this machine could read: for tests, not for shops.
signature=$(printf %s "$lines\"@signature-params\": $parameters" |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64 -w 0)

curl --silent --show-error --max-time 30 --request "$method" "${header[@]}" \
  --header "Signature-Input: sig1=$parameters" --header "Signature: sig1=:$signature:" "$url"
