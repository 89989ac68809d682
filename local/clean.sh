#!/usr/bin/env bash
# Forgets all local data, unless something is using it: `up` holds a lock on each data folder.
set -euo pipefail
cd "$(dirname "$0")/.."

[[ -d .local ]] || exit 0
while read -r lock; do
  if ! flock --nonblock "$lock" true; then
    echo "clean-local: $(dirname "$lock") is in use (up, pid $(<"$lock")); stop it first" >&2
    exit 1
  fi
done < <(find .local -maxdepth 3 -name up.lock)
rm -rf .local
