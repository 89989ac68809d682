# Sourced after secrets.sh: SQL on a service's own schema, as the server's administrator.

readonly administrator=platform
sql_files=()

schema_of() { echo "${1//-/_}"; }

setting_of() { # SERVICE SUFFIX
  local prefix=${1^^}
  echo "${prefix//-/_}_$2"
}

# The value of a service's MYSQL_URL. Azure's certificates lead to public roots, which handlers know.
mysql_url() { # USER PASSWORD HOST SCHEMA
  echo "mysql://$1:$2@$3:3306/$4?require_ssl=true"
}

# The present value of a service's MYSQL_URL.
present_url() { # SERVICE
  get_secret "$1" "$(setting_of "$1" MYSQL_URL)"
}

# The server that a service works with: after a promotion it is not the one that the stack names.
host_of() { # SERVICE
  local url
  if ! has_secret "$1" "$(setting_of "$1" MYSQL_URL)"; then
    echo "${server[$1]}.mysql.database.azure.com"
    return
  fi
  url=$(present_url "$1")
  [[ $url =~ @([a-z0-9.-]+): ]] || fail "the MYSQL_URL of $1 names no server"
  echo "${BASH_REMATCH[1]}"
}

# The password that a service works with. Those made here are hexadecimal, so they need no quoting.
password_of() { # SERVICE
  local url
  url=$(present_url "$1")
  ! printing || url=mysql://USER:PASSWORD@HOST
  [[ $url =~ ^mysql://[^:]+:([A-Za-z0-9]+)@ ]] || fail "the MYSQL_URL of $1 holds no plain password"
  echo "${BASH_REMATCH[1]}"
}

# Writes the client's options to a file that only this user may read.
open_sql() { # SERVICE
  local roots
  need_administrator_password
  sql_host=$(host_of "$1") || exit 1
  if printing; then
    sql_options=OPTIONS_FILE
    return
  fi
  sql_options=$(mktemp)
  sql_files+=("$sql_options")
  trap 'rm -f "${sql_files[@]}"' EXIT
  # Debian's place, and that of Azure Linux, which ops/runner starts.
  for roots in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt; do
    [[ ! -f $roots ]] || break
  done
  # Oracle's client takes the first way to demand the server's certificate, MariaDB's the second.
  cat >"$sql_options" <<OPTIONS
[client]
host=$sql_host
user=$administrator
password=$MYSQL_ADMINISTRATOR_PASSWORD
ssl-ca=$roots
loose-ssl-mode=VERIFY_IDENTITY
loose-ssl-verify-server-cert
OPTIONS
}

# Runs the statements on stdin in the service's schema; rows come as lines of tab-separated cells.
sql() { # SERVICE
  if printing; then
    show mysql --defaults-extra-file="$sql_options" --batch --skip-column-names "$(schema_of "$1")"
    sed 's/^/    /' >&3
  else
    mysql --defaults-extra-file="$sql_options" --batch --skip-column-names "$(schema_of "$1")"
  fi
}
