#!/usr/bin/env bash
# Calls the merchant API with curl and openssl alone, as docs/merchant-api.md shows it: each call is signed as
# PayMe's clients sign. The credential is in the environment: MERCHANT_API (https://<host>), CLIENT_ID,
# CLIENT_SECRET, SIGNING_KEY_ID, SIGNING_KEY.
# usage: merchant-api.sh METHOD PATH [BODY]      e.g. merchant-api.sh GET /payments/transactions
set -euo pipefail
(( $# == 2 || $# == 3 )) || { sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2; }
readonly method=$1 path=$2 body=${3:-}

token=$(printf 'client_id=%s&client_secret=%s' "$CLIENT_ID" "$CLIENT_SECRET" |
  curl --fail-with-body --silent --show-error --max-time 30 --data @- "$MERCHANT_API/oauth2/token" |
  sed -n 's/.*"accessToken":"\([^"]*\)".*/\1/p')

moment=$(date -u +%Y-%m-%dT%H:%M:%SZ)
trace=$(cat /proc/sys/kernel/random/uuid)
digest=SHA-256=$(printf %s "$body" | openssl dgst -sha256 -binary | base64 -w 0)
signed='(request-target) Api-Version Request-Date-Time Trace-Id Authorization Digest'
text="(request-target): ${method,,} $path
api-version: 0.12
request-date-time: $moment
trace-id: $trace
authorization: Bearer $token
digest: $digest"
key=$(printf %s "$SIGNING_KEY" | base64 -d | od -An -v -tx1 | tr -d ' \n')
# openssl takes a MAC's key as an argument, which others on this machine could read: for tests, not for shops.
signature=$(printf %s "$text" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64 -w 0)

curl --silent --show-error --max-time 30 --request "$method" --header @- --data-binary "$body" \
  "$MERCHANT_API$path" <<HEADER
Api-Version: 0.12
Request-Date-Time: $moment
Trace-Id: $trace
Authorization: Bearer $token
Digest: $digest
Content-Type: application/json
Accept: application/json
Signature: keyId="$SIGNING_KEY_ID",algorithm="hmac-sha256",headers="$signed",signature="$signature"
HEADER
