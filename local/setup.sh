#!/usr/bin/env bash
# Installs what the build and the local platform need and the machine lacks. Does nothing when all is
# there.
set -euo pipefail
cd "$(dirname "$0")/.."

# program:Debian package
needed=(
  cc:gcc make:make pkg-config:pkg-config
  mariadbd:mariadb-server redis-server:redis-server setpriv:util-linux openssl:openssl
  zbarimg:zbar-tools chromium:chromium tesseract:tesseract-ocr pdftotext:poppler-utils
)
packages=()
for entry in "${needed[@]}"; do
  PATH="$PATH:/usr/sbin:/sbin" command -v "${entry%%:*}" >/dev/null || packages+=("${entry#*:}")
done
# The Event Hubs client speaks TLS through OpenSSL and is compiled against its headers.
pkg-config --exists openssl 2>/dev/null || packages+=(libssl-dev)
# Of Python's own modules Debian has this one apart; tools from PyPI are installed by it.
python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)

# What has no program of its own: what tesseract reads Chinese by, and the fonts of specimens, one
# of which statements are set in.
files=(
  tesseract-ocr/5/tessdata/chi_tra.traineddata:tesseract-ocr-chi-tra
  fonts/truetype/dejavu/DejaVuSansMono.ttf:fonts-dejavu-core
  fonts/opentype/noto/NotoSansCJK-Regular.ttc:fonts-noto-cjk
)
for entry in "${files[@]}"; do
  [[ -e /usr/share/${entry%%:*} ]] || packages+=("${entry#*:}")
done

if ((${#packages[@]})); then
  if ((EUID != 0)); then
    echo "setup: missing Debian packages. Install them, then run make again:" >&2
    echo "  sudo apt-get install --no-install-recommends ${packages[*]}" >&2
    echo "  sudo systemctl disable --now mariadb redis-server   # the platform starts its own" >&2
    exit 1
  fi
  echo "setup: installing ${packages[*]}"
  # The platform starts its own servers on its own ports, so the packages must start none.
  policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${packages[@]}"
  if command -v systemctl >/dev/null; then
    for unit in mariadb redis-server; do
      systemctl disable --quiet "$unit" 2>/dev/null || true # absent without systemd
    done
  fi
fi

if ! command -v npm >/dev/null; then
  echo "setup: npm is missing; install Node.js 20 or later, then run make again" >&2
  exit 1
fi
# npm writes this file last, so it is older than the lock file exactly when node_modules is stale.
if [[ ! node_modules/.package-lock.json -nt package-lock.json ]]; then
  echo "setup: installing node_modules"
  npm ci --ignore-scripts --no-audit --no-fund
  touch node_modules/.package-lock.json
fi
